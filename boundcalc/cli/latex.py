r"""Runs ``boundcalc latex``: bounds, proofs, limits, tables and reports as LaTeX."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from boundcalc.cli.options import any_problem_options, model_options, read_digits
from boundcalc.model.problem import Problem

if TYPE_CHECKING:
    from boundcalc.model.features import AnyProblem

F = TypeVar("F", bound=Callable[..., Any])

SEVERAL_DIGITS = 5
"""Digits in a table of several p, unless given."""
NOTATION_HELP = r"Your symbols for ours, such as 'n=N,d=D,p=\epsilon,W=V' or 'n=n_{\mathrm{sae}}'."


def _unequal(function: F) -> F:
    return click.option("--unequal", is_flag=True, help="What the bound says of features that differ.")(function)


def _notation(function: F) -> F:
    return click.option("--notation", help=NOTATION_HELP)(function)


def _standalone(function: F) -> F:
    return click.option("--standalone", is_flag=True, help="A whole document for pdflatex: amsmath, amsthm, booktabs alone.")(
        function
    )


def _digits(function: F) -> F:
    return click.option("--digits", help="Significant digits, 1 to 10000 (10 unless given).")(function)


def _json(function: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="JSON on stdout, with the LaTeX as its text.")(function)


@click.group("latex")
def command() -> None:
    """LaTeX as an author would paste it."""


@command.command("bound")
@click.argument("key")
@click.option("--m", help="Odd exponent for which the formula is written out; 3 or 5 where none is given.")
@click.option("--n", help="Number of features, or inf: with --d, --p and --law the certified value is added.")
@click.option("--d", help="Hidden dimensions.")
@click.option("--p", help="Probability that a feature is active.")
@click.option("--law", help="Law of the active values.")
@click.option("--flavour", help="latex, or sympy: formulas that SymPy's parse_latex reads back right, one a line.")
@_digits
@_notation
@_unequal
@_standalone
@_json
def bound_command(
    key: str,
    m: str | None,
    n: str | None,
    d: str | None,
    p: str | None,
    law: str | None,
    flavour: str | None,
    digits: str | None,
    notation: str | None,
    unequal: bool,
    standalone: bool,
    as_json: bool,
) -> None:
    """Statement of the bound KEY with its hypotheses; with numbers where a whole problem is given."""
    from boundcalc.bounds.catalog import find
    from boundcalc.bounds.declaration import UpperBound
    from boundcalc.bounds.evaluate import evaluate_lower, evaluate_upper
    from boundcalc.numbers.errors import ParameterError
    from boundcalc.render.fragments import latex

    bound, count = find(key), read_digits(digits, False)
    what: Any = key
    if flavour not in (None, "latex"):
        from boundcalc.render.closed_forms.for_sympy import for_sympy

        if flavour != "sympy":
            raise ParameterError("flavour", flavour, "must be latex or sympy")
        unfit = {"n": n, "d": d, "p": p, "law": law, "digits": digits, "notation": notation, "standalone": standalone or None}
        if found := [f"--{name}" for name, value in unfit.items() if value is not None]:
            raise ParameterError("flavour", "sympy", f"is for the formula alone: leave out {', '.join(found)}")
        _echo(for_sympy(bound, bound.exponent(m)), as_json)
        return
    if n is not None and d is not None and p is not None and law is not None:
        problem = Problem(n=n, d=d, m=bound.exponent(m), p=p, law=law)
        what = (evaluate_upper if isinstance(bound, UpperBound) else evaluate_lower)(bound, problem, count)  # type: ignore[arg-type]
    elif n is not None or d is not None or p is not None or law is not None:
        given = {"n": n, "d": d, "p": p, "law": law}
        missing = next(name for name, value in given.items() if value is None)
        raise ParameterError(missing, "", "must be given together with --n, --d, --p and --law, for a number to be filled in")
    _echo(latex(what, m=m, notation=notation, standalone=standalone, digits=count, unequal=unequal), as_json)


@command.command("proof")
@click.argument("key")
@click.option("--m", help="Odd exponent for which the formula is written out; 3 or 5 where none is given.")
@_notation
@_unequal
@_standalone
@_json
def proof_command(key: str, m: str | None, notation: str | None, unequal: bool, standalone: bool, as_json: bool) -> None:
    """The bound KEY as a theorem: its lemmas, the numbered proof, citations, and how each step was checked."""
    from boundcalc.render.fragments import latex

    _echo(latex(key, "proof", m=m, notation=notation, standalone=standalone, unequal=unequal), as_json)


@command.command("limits")
@click.argument("key")
@click.option("--m", help="Odd exponent for which the limits are taken; 3 or 5 where none is given.")
@click.option("--d", help="Hidden dimensions, filled in.")
@click.option("--law", help="Law of the active values, whose moments are filled in.")
@_notation
@_standalone
@_json
def limits_command(
    key: str, m: str | None, d: str | None, law: str | None, notation: str | None, standalone: bool, as_json: bool
) -> None:
    """Leading terms of the bound KEY as p tends to 0 and d to infinity."""
    from boundcalc.render.fragments import latex

    _echo(latex(key, "limits", m=m, d=d, law=law, notation=notation, standalone=standalone), as_json)


@command.command("table")
@click.option("--n", required=True, help="Number of features, or inf.")
@click.option("--d", required=True, help="Hidden dimensions.")
@model_options
@_digits
@_notation
@_standalone
@_json
def table_command(
    n: str,
    d: str,
    m: str,
    p: str,
    law: str,
    digits: str | None,
    notation: str | None,
    standalone: bool,
    as_json: bool,
) -> None:
    """A booktabs table of all bounds for one problem, or for several P with commas between, a column each."""
    from boundcalc.bounds.evaluate import report
    from boundcalc.render.fragments import latex

    every = [Problem(n=n, d=d, m=m, p=each, law=law) for each in p.split(",")]
    count = SEVERAL_DIGITS if digits is None and len(every) > 1 else read_digits(digits, False)
    answers = [report(problem, digits=count) for problem in every]
    _echo(latex(answers, notation=notation, standalone=standalone), as_json)


@command.command("report")
@any_problem_options
@_digits
@_notation
@click.option("--standalone", is_flag=True, help="Accepted for symmetry: a report always is a whole document.")
@_json
def report_command(
    problem: AnyProblem,
    digits: str | None,
    notation: str | None,
    standalone: bool,
    as_json: bool,
) -> None:
    """A standalone document: problem, table, witness, proofs of the best bounds, references."""
    from boundcalc.bounds.evaluate import report
    from boundcalc.render.fragments import latex

    _echo(latex(report(problem, digits=read_digits(digits, False)), "report", notation=notation), as_json)


def _echo(text: str, as_json: bool) -> None:
    if as_json:
        import json

        click.echo(json.dumps({"latex": text}, indent=1, ensure_ascii=False))
    else:
        click.echo(text, nl=False)
