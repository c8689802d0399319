r"""Runs ``boundcalc latex``: bounds, proofs, limits, tables and reports as LaTeX."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from boundcalc.cli.options import (
    any_problem_options,
    asked_problem,
    echo_json,
    feature_options,
    json_option,
    read_digits,
    report_within,
    size_options,
)

if TYPE_CHECKING:
    from boundcalc.model.features import AnyProblem

SEVERAL_DIGITS = 5
"""Digits in a table of several p, unless given."""


def _prints(function: Callable[..., tuple[Any, str, dict[str, Any]] | str]) -> Callable[..., Any]:
    """Prints LaTeX: what a command returns are arguments of :func:`boundcalc.render.fragments.latex`, or the text itself."""

    @click.option("--notation", help=r"Your symbols for ours, such as 'n=N,d=D,p=\epsilon,W=V' or 'n=n_{\mathrm{sae}}'.")
    @click.option("--standalone", is_flag=True, help="A whole document for pdflatex: amsmath, amsthm, booktabs alone.")
    @json_option
    @wraps(function)
    def command(*, notation: str | None, standalone: bool, as_json: bool, **given: Any) -> None:
        from boundcalc.render.fragments import latex

        found = function(**given)
        if not isinstance(found, str):
            what, kind, options = found
            found = latex(what, kind, notation=notation, standalone=standalone, **options)
        if as_json:
            echo_json({"latex": found})
        else:
            click.echo(found, nl=False)

    return command


def _of_bound(function: Callable[..., Any]) -> Callable[..., Any]:
    """The argument KEY and --m."""
    written = click.option("--m", help="Odd exponent for which it is written out; 3 or 5 where none is given.")
    return click.argument("key")(written(function))


def _unequal(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--unequal", is_flag=True, help="What the bound says of features that differ.")(function)


def _digits(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--digits", help="Significant digits, 1 to 10000 (10 unless given).")(function)


@click.group("latex")
def command() -> None:
    """LaTeX as an author would paste it."""


@command.command("bound")
@click.option("--n", help="Number of features, or inf.")
@click.option("--d", help="Hidden dimensions.")
@click.option("--p", help="Probability that a feature is active: a number, or a formula in i as in boundcalc bounds.")
@click.option("--law", help="Law of the active values.")
@click.option("--importance", help="Of features that differ: a number, or a formula in i such as 0.9^i.")
@click.option("--groups", help="A table of features in place of --n, --p and --law.")
@click.option("--flavour", help="latex, or sympy: formulas that SymPy's parse_latex reads back right, one a line.")
@_digits
@_unequal
@_of_bound
@_prints
def bound_command(
    key: str, m: str | None, flavour: str | None, digits: str | None, unequal: bool, **given: str | None
) -> tuple[Any, str, dict[str, Any]] | str:
    """Statement of the bound KEY with its hypotheses; with numbers where a whole problem is given: then KEY may be `best`."""
    from boundcalc.bounds.catalog import find
    from boundcalc.bounds.declaration import UpperBound
    from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
    from boundcalc.bounds.relu.proofs import FLOOR_PROOFS
    from boundcalc.numbers.errors import ParameterError

    if key in FLOOR_PROOFS:
        return key, "bound", {}
    count = read_digits(digits, False)
    if key == "best":
        if flavour not in (None, "latex"):
            raise ParameterError("flavour", flavour, "is for the formula of one bound: give its key in place of best")
        _check_whole(given)
        answer = report_within(asked_problem(m=m or "3", **given), count)  # type: ignore[arg-type]
        return answer.best_upper, "bound", {"digits": count, "unequal": unequal}
    bound = find(key)
    if flavour not in (None, "latex"):
        from boundcalc.render.closed_forms.for_sympy import for_sympy

        if flavour != "sympy":
            raise ParameterError("flavour", flavour, "must be latex or sympy")
        unfit = [f"--{name}" for name in (*given, "digits", "notation", "standalone") if click.get_current_context().params[name]]
        if unfit:
            raise ParameterError("flavour", "sympy", f"is for the formula alone: leave out {', '.join(unfit)}")
        return for_sympy(bound, bound.exponent(m))
    if all(value is None for value in given.values()):
        return bound, "bound", {"m": m, "unequal": unequal}
    _check_whole(given)
    problem = asked_problem(m=str(bound.exponent(m)), **given)  # type: ignore[arg-type]
    evaluate: Any = evaluate_upper if isinstance(bound, UpperBound) else evaluate_lower
    return evaluate(bound, problem, count), "bound", {"digits": count, "unequal": unequal}


def _check_whole(given: dict[str, str | None]) -> None:
    """Refuses a part of a problem."""
    from boundcalc.numbers.errors import ParameterError

    needed = ("d",) if given["groups"] is not None else ("n", "d", "p", "law")
    missing = [name for name in needed if given[name] is None]
    if missing:
        others = "--groups" if len(needed) == 1 else "--n, --d, --p and --law"
        raise ParameterError(missing[0], "nothing", f"must be given together with {others}, for numbers to be filled in")


@command.command("proof")
@_unequal
@_of_bound
@_prints
def proof_command(key: str, **given: Any) -> tuple[Any, str, dict[str, Any]]:
    """The bound KEY as a theorem: its lemmas, the numbered proof, citations, and how each step was checked."""
    return key, "proof", given


@command.command("limits")
@click.option("--d", help="Hidden dimensions, filled in.")
@click.option("--law", help="Law of the active values, whose moments are filled in.")
@_of_bound
@_prints
def limits_command(key: str, **given: str | None) -> tuple[Any, str, dict[str, Any]]:
    """Leading terms of the bound KEY as p tends to 0 and d to infinity."""
    return key, "limits", given


@command.command("table")
@size_options
@feature_options
@_digits
@_prints
def table_command(digits: str | None, **given: Any) -> tuple[Any, str, dict[str, Any]]:
    """A booktabs table of all bounds for one problem, or for several P with commas between, a column each."""
    from boundcalc.language.formulas import is_formula

    p, differ = given["p"], given["importance"] is not None or given["groups"] is not None
    several = [p] if p is None or differ or is_formula(p) else p.split(",")
    every = [asked_problem(**{**given, "p": each}) for each in several]
    count = SEVERAL_DIGITS if digits is None and len(every) > 1 else read_digits(digits, False)
    return [report_within(problem, count) for problem in every], "table", {}


@command.command("report")
@any_problem_options
@_digits
@_prints
def report_command(problem: AnyProblem, digits: str | None) -> tuple[Any, str, dict[str, Any]]:
    """A standalone document: problem, table, witness, proofs of the best bounds, references."""
    return report_within(problem, read_digits(digits, False)), "report", {}
