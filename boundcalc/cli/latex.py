r"""Runs ``boundcalc latex``: bounds, proofs, limits, tables and reports as LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from boundcalc.cli.options import echo_json, json_option, problem_options, read_digits
from boundcalc.model.problem import Problem

if TYPE_CHECKING:
    from boundcalc.bounds.declaration import Bound
    from boundcalc.bounds.evaluate import Report
    from boundcalc.render.renaming import Renaming

Written = tuple[str, str, str, Iterable[str]]
"""What a command writes: of what, the packages it needs, the LaTeX, and the keys of the literature that it cites."""


def _writes(function: Callable[..., Written | str]) -> Callable[..., Any]:
    """Prints what a command returns, in the reader's symbols; text alone is a whole document."""

    @click.option("--notation", help=r"Your symbols for ours, such as 'n=N,d=D,p=\epsilon,W=V'.")
    @click.option("--standalone", is_flag=True, help="A whole document for pdflatex: amsmath, amsthm, booktabs alone.")
    @json_option
    @wraps(function)
    def command(*, notation: str | None, standalone: bool, as_json: bool, **given: Any) -> None:
        from boundcalc.render import document
        from boundcalc.render.renaming import parse_renaming

        renaming = parse_renaming(notation)
        found = function(renaming=renaming, **given)
        if not isinstance(found, str):
            what, needs, text, cited = found
            body = f"{document.header(what, needs, renaming)}\n{text}"
            found = document.standalone(body, cited) if standalone else f"{body}\n"
        if as_json:
            echo_json({"latex": found})
        else:
            click.echo(found, nl=False)

    return command


def _of_bound(function: Callable[..., Any]) -> Callable[..., Any]:
    """The argument KEY and --m, which arrive as ``bound`` and the exponent ``m``."""

    @click.argument("key")
    @click.option("--m", help="Odd exponent for which it is written out; 3 or 5 where none is given.")
    @wraps(function)
    def command(*, key: str, m: str | None, **given: Any) -> Any:
        from boundcalc.bounds.catalog import find

        bound = find(key)
        return function(bound=bound, m=bound.exponent(m), **given)

    return command


def _digits(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--digits", help="Significant digits, 1 to 10000 (10 unless given).")(function)


@click.group("latex")
def command() -> None:
    """LaTeX as an author would paste it."""


@command.command("bound")
@click.option("--n", help="Number of features, or inf: with --d, --p and --law the certified value is added.")
@click.option("--d", help="Hidden dimensions.")
@click.option("--p", help="Probability that a feature is active.")
@click.option("--law", help="Law of the active values.")
@_digits
@_of_bound
@_writes
def bound_command(bound: Bound, m: int, digits: str | None, renaming: Renaming, **given: str | None) -> Written:
    """Statement of the bound KEY with its hypotheses; with numbers where a whole problem is given."""
    from boundcalc.bounds.declaration import UpperBound
    from boundcalc.bounds.evaluate import evaluate_lower, evaluate_upper
    from boundcalc.numbers.errors import ParameterError
    from boundcalc.render.statement import numbers, statement

    count, text = read_digits(digits, False), statement(bound, m, renaming)
    missing = [name for name, value in given.items() if value is None]
    if not missing:
        evaluate: Any = evaluate_upper if isinstance(bound, UpperBound) else evaluate_lower
        text += "\n" + numbers(evaluate(bound, Problem(m=m, **given), count), count, renaming)  # type: ignore[arg-type]
    elif len(missing) < len(given):
        raise ParameterError(missing[0], "", "must be given together with --n, --d, --p and --law, for a number to be filled in")
    return f"bound {bound.key} ({bound.section})", "amsmath", text, ()


@command.command("proof")
@_of_bound
@_writes
def proof_command(bound: Bound, m: int, renaming: Renaming) -> Written:
    """The bound KEY as a theorem: its lemmas, the numbered proof, citations, and how each step was checked."""
    from boundcalc.render.bibliography import keys_of
    from boundcalc.render.theorem import with_lemmas

    needs = "amsmath, amsthm; environments theorem, lemma, remark; BibTeX from boundcalc cite"
    return f"proof of {bound.key} ({bound.section})", needs, with_lemmas([bound], m, renaming), keys_of(bound)


@command.command("limits")
@click.option("--d", help="Hidden dimensions, filled in.")
@click.option("--law", help="Law of the active values, whose moments are filled in.")
@_of_bound
@_writes
def limits_command(bound: Bound, m: int, d: str | None, law: str | None, renaming: Renaming) -> Written:
    """Leading terms of the bound KEY as p tends to 0 and d to infinity."""
    from boundcalc.render.asymptotics import asymptotics

    return f"limits of {bound.key} ({bound.section})", "amsmath", asymptotics(bound, m, renaming, d=d, law=law), ()


@command.command("table")
@problem_options
@_digits
@_writes
def table_command(problem: Problem, digits: str | None, renaming: Renaming) -> Written:
    """A booktabs table of all bounds for one problem."""
    from boundcalc.render.table import table

    return "table", "amsmath, booktabs", table(_report(problem, digits), renaming), ()


@command.command("report")
@problem_options
@_digits
@_writes
def report_command(problem: Problem, digits: str | None, renaming: Renaming) -> str:
    """A standalone document: problem, table, witness, proofs of the best bounds, references."""
    from boundcalc.render.report import report_document

    return report_document(_report(problem, digits), renaming)


def _report(problem: Problem, digits: str | None) -> Report:
    from boundcalc.bounds.evaluate import report

    return report(problem, digits=read_digits(digits, False))
