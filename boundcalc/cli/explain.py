"""Runs ``boundcalc explain``: what a bound says, why it holds and whence it comes."""

from __future__ import annotations

import sys

import click

from boundcalc.cli.options import echo_json, json_option


def _keys(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What a shell offers to complete."""
    from boundcalc.bounds.catalog import BOUNDS

    return [key for key in BOUNDS if key.startswith(incomplete)]


@click.command("explain")
@click.argument("key", shell_complete=_keys)
@click.option("--m", help="Odd exponent for which the formula is written out; 3 or 5 where none is given.")
@click.option("--latex", is_flag=True, help="Formulas as LaTeX; as Unicode otherwise.")
@json_option
def command(key: str, m: str | None, latex: bool, as_json: bool) -> None:
    """Statement, hypotheses, proof steps with status, and sources of the bound KEY."""
    from boundcalc.render.explanation import explain, explanation_lines

    found = explain(key, m)
    if as_json:
        echo_json(found.fields)
    else:
        text = "\n".join(explanation_lines(found.bound, found.m, latex=latex))
        try:
            text.encode(sys.stdout.encoding or "ascii")
        except UnicodeEncodeError:  # a terminal without these letters
            text = "\n".join(explanation_lines(found.bound, found.m, latex=True))
        click.echo(text)
