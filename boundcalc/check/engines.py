"""Puts a step to the engines in turn: exact algebra, exact enumeration, large cases, search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from boundcalc.check.algebra.symbolic import check_symbolically
from boundcalc.check.exact.case_grid import STANDARD, CaseGrid, depends
from boundcalc.check.exact.enumeration import check_by_enumeration, compile_statement
from boundcalc.check.verdict import Engine, Outcome, Verdict
from boundcalc.language.resolved import Resolved
from boundcalc.language.statement import Statement
from boundcalc.model.named.quantity import Dependence

if TYPE_CHECKING:
    from boundcalc.check.falsify.counterexample_search import Budget
    from boundcalc.check.wide.case_laws import Effort

Prover = Callable[[Resolved], Verdict | None]
PROVERS: tuple[Prover, ...] = (check_symbolically,)
"""Engines that prove a statement for every case, or say nothing about it; the first that does is believed."""
NO_CASE_OF_PROOF = "exact algebra proves it, but nothing that meets its hypotheses was found"


def check(statement: Statement, *, grid: CaseGrid = STANDARD, large: Effort | None = None, search: Budget | None = None) -> Verdict:
    """What the first engine that decides says of a statement.

    What algebra proves is enumerated as well: it tells the tightest case, and that the hypotheses can be met.

    Parameters
    ----------
    statement : Statement
    grid : CaseGrid
        Of the enumeration.
    large : Effort, optional
        Of the large cases, which are tried only with one, and only on what algebra did not prove, or enumeration found no case of.
    search : Budget, optional
        Of the search, which runs only with one, and only on what algebra did not prove and enumeration did not refute.

    Raises
    ------
    StatementError
        For a statement that names something unknown, has no value in an admissible case, or asks for sizes that do not exist.
    """
    compiled = compile_statement(statement)
    if Dependence.FEATURES in depends(compiled.resolved):
        large = None  # the large configurations are of equal features
    if large is not None:
        from boundcalc.check.wide.sizes import require_sizes

        require_sizes(compiled)
    proven = next((found for prove in PROVERS if (found := prove(compiled.resolved)) is not None), None)
    enumerated = check_by_enumeration(compiled, grid)
    unproven = proven is None or enumerated.outcome is Outcome.NO_CASE
    if large is not None and unproven and enumerated.outcome is not Outcome.REFUTED:
        from boundcalc.check.wide.attack import check_large

        enumerated = _both(enumerated, check_large(compiled, large))
    if enumerated.outcome is Outcome.REFUTED:
        return enumerated
    if proven is not None and enumerated.outcome is not Outcome.NO_CASE:
        return _with_cases(proven, enumerated)
    if search is None:
        return enumerated if proven is None else replace(enumerated, note=NO_CASE_OF_PROOF)
    from boundcalc.check.falsify.counterexample_search import search as seek

    found = seek(statement, search)
    if enumerated.outcome is Outcome.NO_CASE:
        return found if proven is None or found.outcome.failed else _with_cases(proven, found)
    return _both(enumerated, found)


def _with_cases(proven: Verdict, tried: Verdict) -> Verdict:
    """A proof, with the cases in which the hypotheses were met: a proof about no case at all would be worth nothing."""
    return replace(
        tried, outcome=Outcome.PROVEN, engine=proven.engine, note=proven.note, attained=tried.attained, counterexample=None
    )


def _both(first: Verdict, then: Verdict) -> Verdict:
    """The verdict of two engines of which the first did not refute a step: the tighter of the two, the counts of both."""
    if then.outcome is Outcome.REFUTED or first.outcome is Outcome.NO_CASE:
        return then
    if then.outcome is Outcome.NO_CASE:
        return replace(first, note="; ".join(note for note in (first.note, then.note) if note))
    tighter = then.tightest is not None and (first.tightest is None or then.tightest > first.tightest)
    last = then if tighter else first
    return replace(
        last,
        outcome=first.outcome if first.outcome is Outcome.UNDECIDED or then.engine is Engine.SEARCH else then.outcome,
        cases=first.cases + then.cases,
        comparisons=first.comparisons + then.comparisons,
        slack=first.slack if then.engine is Engine.SEARCH else tuple(map(sum, zip_longest(first.slack, then.slack, fillvalue=0))),
        attained=last.attained,
        note="; ".join(note for note in (first.note, then.note) if note),
        tried=_united(first.tried, then.tried),
        unreached=then.unreached or first.unreached,
    )


def _united(first: dict[str, Any], then: dict[str, Any]) -> dict[str, Any]:
    """The cases of both."""
    if not first or not then:
        return first or then
    return {
        "sizes": sorted({*map(tuple, first["sizes"]), *map(tuple, then["sizes"])}, key=lambda size: (size[1], size[0])),
        "m": sorted({*first["m"], *then["m"]}),
        "laws": list(dict.fromkeys((*first["laws"], *then["laws"]))),
        "p": sorted({*first["p"], *then["p"]}, key=Fraction),
    }
