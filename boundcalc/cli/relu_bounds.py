"""Runs ``boundcalc bounds --activation relu``: floors of the loss over all W and b, and a network in closed form."""

from __future__ import annotations

from typing import Any

import click

from boundcalc.cli.options import echo_json
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.parsing import positive_seconds

SHARE = 0.8
"""Of the time given that the floor of pairs may take; what is left is for the others."""


def run_relu_bounds(
    problem: ReluProblem, digits: int, as_json: bool, seconds: str, certificate: str | None = None, *, force: bool = False
) -> None:
    """The command with --activation relu."""
    from boundcalc.numbers.budget import OutOfTimeError, within
    from boundcalc.render.relu_bounds import relu_bounds_json, relu_bounds_lines

    def answer(*, pairs: bool) -> dict[str, Any]:
        if certificate is not None:  # it refuses what it cannot write before anything is computed
            from boundcalc.certificate.write_relu import write_relu_certificate

            write_relu_certificate(problem, certificate, digits, force=force, pairs=pairs)
        return relu_bounds_json(problem, digits, pairs=pairs)

    limit = to_float(positive_seconds(seconds, parameter="seconds"))
    try:
        with within(SHARE * limit):
            found = answer(pairs=True)
    except OutOfTimeError:
        click.echo(f"note: left out after a share of {seconds} s: pairs", err=True)
        found = answer(pairs=False)
    if as_json:
        echo_json(found)
    else:
        click.echo("\n".join(relu_bounds_lines(found)))
