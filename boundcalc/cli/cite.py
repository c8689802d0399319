"""Runs ``boundcalc cite``: BibTeX of the literature."""

from __future__ import annotations

import click

from boundcalc.cli.options import echo_json, json_option


@click.command("cite")
@click.argument("key", required=False)
@json_option
def command(key: str | None, as_json: bool) -> None:
    """BibTeX of the sources of the bound KEY and of its lemmas; of everything cited without KEY."""
    from boundcalc.bounds.catalog import find
    from boundcalc.render.bibliography import bibtex, entries, keys_of

    bound = None if key is None else find(key)
    wanted = list(entries()) if bound is None else keys_of(bound)
    if as_json:
        sources = [{"key": name, "bibtex": bibtex([name])} for name in wanted]
        echo_json({"sources": sources})
    elif wanted:
        click.echo(bibtex(wanted))
    if bound is not None and not wanted:
        click.echo(f"note: {bound.key} cites no literature; it is derived in boundcalc, without peer review", err=True)
