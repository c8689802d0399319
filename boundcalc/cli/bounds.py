"""Runs ``boundcalc bounds``: every bound of the catalog on one problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from boundcalc.cli.options import force_option, output_options, problem_options, read_digits

if TYPE_CHECKING:
    from flint import fmpq

    from boundcalc.bounds.evaluate import Report
    from boundcalc.model.problem import Problem

TABLE_DIGITS = 24
"""With more digits the rows are printed as lines, to be wrapped by the terminal."""
DISPLAYS = ("improvement", "normalized", "per-feature")


@click.command("bounds")
@problem_options
@output_options
@click.option(
    "--display",
    type=click.Choice(DISPLAYS),
    default="improvement",
    help="In tables: the improvement I, I/p (inputs divided by sqrt p), or I/n. JSON is always I.",
)
@click.option("--witness", help="Weights (.npy, .npz or .safetensors) to enter as a lower bound of their own.")
@click.option("--certificate", "certificate_path", help="Write what proves the best two bounds to this file.")
@force_option
def command(
    problem: Problem,
    digits: str | None,
    as_json: bool,
    display: str,
    witness: str | None,
    certificate_path: str | None,
    force: bool,
) -> None:
    """Certified upper and lower bounds on the improvement I* = p n mu_2 - (best loss)."""
    from boundcalc.bounds.catalog import LOWER
    from boundcalc.bounds.evaluate import report

    if problem.n < problem.d:
        click.echo(
            f"note: {problem.n} features fit into {problem.d} dimensions; for n = {problem.d} features in d = {problem.n} "
            "dimensions swap --n and --d",
            err=True,
        )
    count = read_digits(digits, as_json)
    if certificate_path is not None:
        from boundcalc.certificate.write import FORMAT
        from boundcalc.numbers.files import check_target

        reads = () if witness is None else (witness,)
        check_target(certificate_path, "certificate", marks=(FORMAT.encode(),), force=force, reads=reads)
    extra = []
    if witness is not None:
        from boundcalc.bounds.lower.search import witness_bound
        from boundcalc.loss.weights import load_weights

        extra.append(witness_bound(load_weights(witness, transpose=False).array, problem))
    answer = report(problem, count, lower=(*LOWER, *extra))
    if certificate_path is not None:
        from boundcalc.certificate.write import write

        write(answer, certificate_path)
    if as_json:
        import json

        from boundcalc.bounds.report_json import report_json

        click.echo(json.dumps(report_json(answer), indent=1, ensure_ascii=False))
    else:
        _print_table(answer, display)


def describe_witness(shown: dict[str, Any]) -> str:
    """A witness in a few words."""
    if "witness" in shown:
        return f"{shown['witness']} of the table of witnesses, {shown['n']} features in {shown['d']} dimensions"
    name = shown.get("frame") or shown.get("construction") or ("rational matrix" if "matrix" in shown else "direct sum")
    return f"{name}, {shown['n']} features in {shown['d']} dimensions" if "n" in shown else str(name)


def _print_table(answer: Report, display: str) -> None:
    from rich.console import Console
    from rich.table import Table

    from boundcalc.numbers.enclosure import decimal_ceiling, decimal_floor

    problem, digits = answer.problem, answer.digits
    unit, by = _unit(answer, display)
    console = Console(highlight=False)
    shown = problem.as_json()
    console.print(" ".join(f"{name} = {shown[name]}" for name in ("n", "d", "m", "p", "law")), soft_wrap=True)
    rows = [("", "bound", "", unit, "status", "")]
    for side, outcomes, best in (("I <=", answer.upper, answer.best_upper), ("I >=", answer.lower, answer.best_lower)):
        for outcome in outcomes:
            if outcome.value is None:
                continue
            value = outcome.value.certified / by
            text = decimal_ceiling(value, digits) if side == "I <=" else decimal_floor(value, digits)
            mark = "best" if outcome is best else ""
            rows.append((side, outcome.bound.key, outcome.bound.section, text, outcome.status.value, mark))
    if digits > TABLE_DIGITS:
        for row in rows[1:]:
            console.print("  ".join(cell for cell in row if cell), soft_wrap=True)
    else:
        table = Table(box=None, pad_edge=False)
        for title in rows[0]:
            table.add_column(title, no_wrap=True)
        for row in rows[1:]:
            table.add_row(*row)
        console.print(table)
    for key, why_not in [(outcome.bound.key, outcome.why_not) for outcome in (*answer.upper, *answer.lower)]:
        if why_not:
            console.print(f"{key} does not apply: {why_not}", soft_wrap=True)
    for key, known in [(o.bound.key, o.value.enclosure.digits) for o in (*answer.upper, *answer.lower) if o.value is not None]:
        if known < digits:
            console.print(f"{key}: {known} digits are certain, not {digits}", soft_wrap=True)
    console.print()
    for line in summary(answer):
        console.print(line, soft_wrap=True)


def summary(answer: Report) -> list[str]:
    """What follows from the best two bounds, in sentences."""
    from boundcalc.language.claims import counted, legend
    from boundcalc.numbers.enclosure import Enclosure

    digits = answer.digits
    lines = [
        f"witness: {describe_witness(dict(answer.best_lower.choice.shown))}",
        f"best upper / best lower: {_interval(answer.ratio.decimals(digits))}",
        f"best improvement without superposition: {_interval(Enclosure.of(answer.baseline).decimals(digits))}",
        f"gain of superposition: {_interval(answer.gain.decimals(digits))}",
    ]
    if answer.loss is not None and answer.unexplained is not None:
        lines.append(f"best loss: {_interval(answer.loss.decimals(digits))}")
        lines.append(f"unexplained fraction: {_interval(answer.unexplained.decimals(digits))}")
    lines += [sentence for sentence in (answer.verdict, answer.optimality) if sentence]
    best = (answer.best_upper, answer.best_lower)
    lines += [f"proof of {outcome.bound.key}: {counted(outcome.bound.counts)} steps" for outcome in best]
    shown = {outcome.status for outcome in (*answer.upper, *answer.lower) if outcome.value is not None}
    lines += ["", "status of a bound, the weakest of its steps (numbers are certified in any case):"]
    return lines + [f"  {line}" for line in legend(shown)]


def _interval(ends: tuple[str, str]) -> str:
    return f"{ends[0]} exactly" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _unit(answer: Report, display: str) -> tuple[str, fmpq]:
    from flint import fmpq

    from boundcalc.numbers.errors import ParameterError

    if display == "normalized":
        return "I/p", answer.problem.p
    if display == "per-feature":
        if answer.problem.is_infinite:
            raise ParameterError("display", display, "needs a finite n")
        return "I/n", fmpq(int(answer.problem.n))
    return "improvement I", fmpq(1)
