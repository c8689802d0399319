"""Runs ``boundcalc bounds``: every bound of the catalog on one problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from boundcalc.cli.options import echo_json, either_problem_options, force_option, output_options, read_digits, report_within
from boundcalc.model.features import FeatureProblem
from boundcalc.model.problem import Problem, all_fit
from boundcalc.numbers.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np

    from boundcalc.model.features import AnyProblem
    from boundcalc.model.relu_problem import ReluProblem

DISPLAYS = ("improvement", "normalized", "per-feature")


@click.command("bounds")
@either_problem_options
@output_options
@click.option(
    "--display",
    type=click.Choice(DISPLAYS),
    default="improvement",
    help="In tables: the improvement I, I/p (inputs divided by sqrt p), or I/n. JSON is always I.",
)
@click.option("--all", "every", is_flag=True, help="In tables: every bound, and why the others do not apply.")
@click.option("--witness", help="Weights (.npy, .npz or .safetensors) to enter as a lower bound of their own.")
@click.option("--name", help="Which array of the witness's file, where it holds several.")
@click.option("--transpose/--no-transpose", default=None, help="The witness's array has a feature a row, or a feature a column.")
@click.option("--certificate", "certificate_path", help="Write what proves the best two bounds to this file.")
@click.option("--witness-out", help="Write the weights of the best lower bound to this .npz file, at the best scale.")
@click.option("--seconds", default="20", help="Bounds that take long are left out, so that all take at most this; 20 unless given.")
@force_option
def command(
    problem: AnyProblem | ReluProblem,
    digits: str | None,
    as_json: bool,
    display: str,
    every: bool,
    witness: str | None,
    name: str | None,
    transpose: bool | None,
    certificate_path: str | None,
    witness_out: str | None,
    seconds: str,
    force: bool,
) -> None:
    """Certified upper and lower bounds on the improvement I* = p n mu_2 - (best loss).

    With --activation relu: bounds on the best loss of ReLU(W'W x + b), features uniform on [0, c].
    """
    if not isinstance(problem, (Problem, FeatureProblem)):
        from boundcalc.cli.relu_bounds import run_relu_bounds

        for option, given in (
            ("witness", witness),
            ("name", name),
            ("transpose", transpose),
            ("witness-out", witness_out),
            ("display", None if display == DISPLAYS[0] else display),
        ):
            if given is not None:
                raise ParameterError(option, given, "is for x^m; with relu see loss --activation relu")
        run_relu_bounds(problem, read_digits(digits, as_json), as_json, seconds, certificate_path, force=force)
        return
    from boundcalc.bounds.catalog import LOWER
    from boundcalc.numbers.files import check_target

    if problem.n < problem.d:
        click.echo(f"note: {all_fit(problem.n, problem.d)} swap --n and --d", err=True)
    count = read_digits(digits, as_json)
    if witness is None and (name is not None or transpose is not None):
        raise ParameterError("name" if transpose is None else "transpose", name or transpose, "is for the file of --witness")
    reads = () if witness is None else (witness,)
    if certificate_path is not None:
        from boundcalc.certificate.write import FORMAT

        check_target(certificate_path, "certificate", marks=(FORMAT.encode(),), force=force, reads=reads)
    if witness_out is not None:
        check_target(witness_out, "witness-out", marks=(b"witness.npy",), force=force, reads=reads, ending=".npz")
    extra = []
    if witness is not None:
        from boundcalc.bounds.lower.search import witness_bound

        extra.append(witness_bound(_weights(witness, name, transpose, problem), problem))
    answer = report_within(problem, count, seconds, lower=(*LOWER, *extra))
    if certificate_path is not None:
        from boundcalc.certificate.write import write_certificate

        write_certificate(answer, certificate_path, force=force)
    if witness_out is not None:
        from boundcalc.bounds.witness_file import write_witness

        click.echo(f"written: {write_witness(answer.best_lower, witness_out)}", err=True)
    if as_json:
        from boundcalc.bounds.report_json import report_json

        echo_json(report_json(answer))
    else:
        from boundcalc.render.terminal import report_text

        click.echo(report_text(answer, display, every=every))


def _weights(path: str, name: str | None, transpose: bool | None, problem: AnyProblem) -> np.ndarray:
    """The witness, turned round where only that fits the problem."""
    from boundcalc.loss.weights import load_weights

    rows, columns = load_weights(path, name=name, transpose=False, parameter="witness").array.shape
    fits, turned = rows <= problem.d and columns <= problem.n, columns <= problem.d and rows <= problem.n
    if transpose is None and turned != fits:
        if turned:
            click.echo("note: the witness is turned round, to fit: its rows are the features", err=True)
        transpose = turned
    elif not fits and not turned:
        transpose = bool(transpose)  # the bound says what fits
    return load_weights(path, name=name, transpose=transpose, parameter="witness").array
