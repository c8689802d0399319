"""A step put to the engines in turn: exact algebra, exact enumeration, search."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from boundcalc.check.algebra.symbolic import check_symbolically
from boundcalc.check.exact.enumeration import check_by_enumeration, compile_statement
from boundcalc.check.exact.grid import STANDARD, Grid
from boundcalc.check.language.statement import Statement
from boundcalc.check.verdict import Engine, Outcome, Verdict

if TYPE_CHECKING:
    from boundcalc.check.falsify.search import Budget

NO_CASE_OF_PROOF = "exact algebra proves it, but nothing that meets its hypotheses was found"


def check(statement: Statement, *, grid: Grid = STANDARD, search: Budget | None = None) -> Verdict:
    """What the first engine that decides says of a statement.

    What algebra proves is enumerated as well: it tells the tightest case, and that the hypotheses can be met.

    Parameters
    ----------
    statement : Statement
    grid : Grid
        Of the enumeration.
    search : Budget, optional
        Of the search, which runs only with one, and only on what algebra did not prove and enumeration did not refute.

    Raises
    ------
    StatementError
        For a statement that names something unknown, or has no value in an admissible case.
    """
    compiled = compile_statement(statement)
    proven = check_symbolically(compiled.resolved)
    enumerated = check_by_enumeration(compiled, grid)
    if enumerated.outcome is Outcome.REFUTED:
        return enumerated
    if proven is not None and enumerated.outcome is not Outcome.NO_CASE:
        return _with_cases(proven, enumerated)
    if search is None:
        return enumerated if proven is None else replace(enumerated, note=NO_CASE_OF_PROOF)
    from boundcalc.check.falsify.search import search as seek

    found = seek(statement, search)
    if found.outcome is Outcome.REFUTED or enumerated.outcome is Outcome.NO_CASE:
        return found if proven is None or found.outcome.failed else _with_cases(proven, found)
    return _both(enumerated, found)


def _with_cases(proven: Verdict, tried: Verdict) -> Verdict:
    """A proof, with the cases in which the hypotheses were met: a proof about no case at all would be worth nothing."""
    return replace(
        tried, outcome=Outcome.PROVEN, engine=Engine.SYMBOLIC, note=proven.note, attained=tried.attained, counterexample=None
    )


def _both(enumerated: Verdict, found: Verdict) -> Verdict:
    """The verdict of a step that neither enumeration nor search refuted: the tighter of the two, the counts of both."""
    tighter = found.tightest is not None and (enumerated.tightest is None or found.tightest > enumerated.tightest)
    last = found if tighter else enumerated
    return replace(
        last,
        outcome=enumerated.outcome,
        cases=enumerated.cases + found.cases,
        comparisons=enumerated.comparisons + found.comparisons,
        slack=enumerated.slack,
        attained=last.attained,
        note="; ".join(note for note in (enumerated.note, found.note) if note),
    )
