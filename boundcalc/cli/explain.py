"""Runs ``boundcalc explain``: what a bound says, why it holds and whence it comes."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from boundcalc.cli.options import echo_json, json_option


def _keys(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What a shell offers to complete."""
    from boundcalc.bounds.catalog import BOUNDS
    from boundcalc.bounds.relu.proofs import FLOOR_PROOFS

    return [key for key in (*BOUNDS, *FLOOR_PROOFS) if key.startswith(incomplete)]


@click.command("explain")
@click.argument("key", shell_complete=_keys)
@click.option("--m", help="Odd exponent for which the formula is written out; 3 or 5 where none is given.")
@click.option("--latex", is_flag=True, help="Formulas as LaTeX; as Unicode otherwise.")
@json_option
def command(key: str, m: str | None, latex: bool, as_json: bool) -> None:
    """Statement, hypotheses, proof steps with status, and sources of the bound KEY, or of a floor of the ReLU loss."""
    from boundcalc.bounds.relu.proofs import FLOOR_PROOFS

    floor = FLOOR_PROOFS.get(key)
    if floor is not None:
        from boundcalc.numbers.errors import ParameterError
        from boundcalc.render.relu_floor import floor_json, floor_lines

        if m is not None:
            raise ParameterError("m", m, f"is for bounds of x^m, {key} is a floor of the ReLU loss")
        if as_json:
            echo_json(floor_json(floor))
        else:
            _echo(lambda written: floor_lines(floor, latex=written), latex)
        return
    from boundcalc.render.explanation import explain, explanation_lines

    found = explain(key, m)
    if as_json:
        echo_json(found.fields)
    else:
        _echo(lambda written: explanation_lines(found.bound, found.m, latex=written), latex)


def _echo(lines: Callable[[bool], list[str]], latex: bool) -> None:
    """Unicode where the terminal has these letters."""
    text = "\n".join(lines(latex))
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        text = "\n".join(lines(True))
    click.echo(text)
