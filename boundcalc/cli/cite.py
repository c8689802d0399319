"""``boundcalc cite``: BibTeX of the literature."""

from __future__ import annotations

import click


@click.command("cite")
@click.argument("key", required=False)
def command(key: str | None) -> None:
    """BibTeX of the sources of the bound KEY and of its lemmas; of everything cited without KEY."""
    from boundcalc.bounds.catalog import find
    from boundcalc.render.bibliography import bibtex, keys_of

    if key is None:
        click.echo(bibtex())
        return
    bound = find(key)
    wanted = keys_of(bound)
    if wanted:
        click.echo(bibtex(wanted))
    else:
        click.echo(f"note: {bound.key} cites no literature; it is derived in boundcalc, without peer review", err=True)
