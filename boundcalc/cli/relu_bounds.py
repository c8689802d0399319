"""Runs ``boundcalc bounds --activation relu``: floors of the loss over all W and b, and a network in closed form."""

from __future__ import annotations

import click

from boundcalc.cli.options import echo_json
from boundcalc.model.relu_problem import ReluProblem


def run_relu_bounds(
    problem: ReluProblem, digits: int, as_json: bool, certificate: str | None = None, *, force: bool = False
) -> None:
    """The command with --activation relu."""
    from boundcalc.render.relu_bounds import relu_bounds_json, relu_bounds_lines

    if certificate is not None:
        from boundcalc.certificate.write_relu import write_relu_certificate

        write_relu_certificate(problem, certificate, digits, force=force)
    found = relu_bounds_json(problem, digits)
    if as_json:
        echo_json(found)
    else:
        click.echo("\n".join(relu_bounds_lines(found)))
