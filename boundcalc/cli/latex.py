r"""Runs ``boundcalc latex``: bounds, proofs, limits, tables and reports as LaTeX."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from boundcalc.cli.options import echo_json, json_option, problem_options, read_digits
from boundcalc.model.problem import Problem

if TYPE_CHECKING:
    from boundcalc.bounds.evaluate import Report
    from boundcalc.render.renaming import Renaming

F = TypeVar("F", bound=Callable[..., Any])

NOTATION_HELP = r"Your symbols for ours, such as 'n=N,d=D,p=\epsilon,W=V'."


def _notation(function: F) -> F:
    return click.option("--notation", help=NOTATION_HELP)(function)


def _standalone(function: F) -> F:
    return click.option("--standalone", is_flag=True, help="A whole document for pdflatex: amsmath, amsthm, booktabs alone.")(
        function
    )


def _digits(function: F) -> F:
    return click.option("--digits", help="Significant digits, 1 to 10000 (10 unless given).")(function)


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
@_digits
@_notation
@_standalone
@json_option
def bound_command(
    key: str,
    m: str | None,
    n: str | None,
    d: str | None,
    p: str | None,
    law: str | None,
    digits: str | None,
    notation: str | None,
    standalone: bool,
    as_json: bool,
) -> None:
    """Statement of the bound KEY with its hypotheses; with numbers where a whole problem is given."""
    from boundcalc.bounds.catalog import find
    from boundcalc.bounds.evaluate import evaluate_lower, evaluate_upper
    from boundcalc.numbers.errors import ParameterError
    from boundcalc.render.document import header
    from boundcalc.render.statement import numbers, statement

    bound, renaming, count = find(key), _renaming(notation), read_digits(digits, False)
    exponent = bound.exponent(m)
    parts = [header(f"bound {bound.key} ({bound.section})", "amsmath", renaming), statement(bound, exponent, renaming)]
    if n is not None and d is not None and p is not None and law is not None:
        from boundcalc.bounds.declaration import UpperBound

        problem = Problem(n=n, d=d, m=exponent, p=p, law=law)
        evaluate: Any = evaluate_upper if isinstance(bound, UpperBound) else evaluate_lower
        parts.append(numbers(evaluate(bound, problem, count), count, renaming))
    elif n is not None or d is not None or p is not None or law is not None:
        given = {"n": n, "d": d, "p": p, "law": law}
        missing = next(name for name, value in given.items() if value is None)
        raise ParameterError(missing, "", "must be given together with --n, --d, --p and --law, for a number to be filled in")
    _write("\n".join(parts), standalone, (), as_json)


@command.command("proof")
@click.argument("key")
@click.option("--m", help="Odd exponent for which the formula is written out; 3 or 5 where none is given.")
@_notation
@_standalone
@json_option
def proof_command(key: str, m: str | None, notation: str | None, standalone: bool, as_json: bool) -> None:
    """The bound KEY as a theorem: its lemmas, the numbered proof, citations, and how each step was checked."""
    from boundcalc.bounds.catalog import find
    from boundcalc.render.bibliography import keys_of
    from boundcalc.render.document import header
    from boundcalc.render.theorem import with_lemmas

    bound, renaming = find(key), _renaming(notation)
    needs = "amsmath, amsthm; environments theorem, lemma, remark; BibTeX from boundcalc cite"
    opening = header(f"proof of {bound.key} ({bound.section})", needs, renaming)
    _write(opening + "\n" + with_lemmas([bound], bound.exponent(m), renaming), standalone, keys_of(bound), as_json)


@command.command("limits")
@click.argument("key")
@click.option("--m", help="Odd exponent for which the limits are taken; 3 or 5 where none is given.")
@click.option("--d", help="Hidden dimensions, filled in.")
@click.option("--law", help="Law of the active values, whose moments are filled in.")
@_notation
@_standalone
@json_option
def limits_command(
    key: str, m: str | None, d: str | None, law: str | None, notation: str | None, standalone: bool, as_json: bool
) -> None:
    """Leading terms of the bound KEY as p tends to 0 and d to infinity."""
    from boundcalc.bounds.catalog import find
    from boundcalc.render.asymptotics import asymptotics
    from boundcalc.render.document import header

    bound, renaming = find(key), _renaming(notation)
    text = asymptotics(bound, bound.exponent(m), renaming, d=d, law=law)
    _write(header(f"limits of {bound.key} ({bound.section})", "amsmath", renaming) + "\n" + text, standalone, (), as_json)


@command.command("table")
@problem_options
@_digits
@_notation
@_standalone
@json_option
def table_command(
    problem: Problem,
    digits: str | None,
    notation: str | None,
    standalone: bool,
    as_json: bool,
) -> None:
    """A booktabs table of all bounds for one problem."""
    from boundcalc.render.document import header
    from boundcalc.render.table import table

    renaming = _renaming(notation)
    answer = _report(problem, digits)
    _write(header("table", "amsmath, booktabs", renaming) + "\n" + table(answer, renaming), standalone, (), as_json)


@command.command("report")
@problem_options
@_digits
@_notation
@click.option("--standalone", is_flag=True, help="Accepted for symmetry: a report always is a whole document.")
@json_option
def report_command(
    problem: Problem,
    digits: str | None,
    notation: str | None,
    standalone: bool,
    as_json: bool,
) -> None:
    """A standalone document: problem, table, witness, proofs of the best bounds, references."""
    from boundcalc.render.report import report_document

    renaming = _renaming(notation)
    _echo(report_document(_report(problem, digits), renaming), as_json)


def _renaming(text: str | None) -> Renaming:
    from boundcalc.render.renaming import parse_renaming

    return parse_renaming(text)


def _report(problem: Problem, digits: str | None) -> Report:
    from boundcalc.bounds.evaluate import report

    return report(problem, digits=read_digits(digits, False))


def _write(body: str, standalone: bool, cited: Any, as_json: bool) -> None:
    from boundcalc.render import document

    _echo(document.standalone(body, cited) if standalone else f"{body}\n", as_json)


def _echo(text: str, as_json: bool) -> None:
    if as_json:
        echo_json({"latex": text})
    else:
        click.echo(text, nl=False)
