"""Confirms one case of a statement in exact arithmetic: is it admissible, and where does it fail?"""

from __future__ import annotations

from boundcalc.check.exact.case_grid import depends
from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.enumeration import check_case, compile_statement
from boundcalc.check.exact.radicals import Undecided
from boundcalc.check.exact.tally import Instance, Tally
from boundcalc.check.exact.unequal_case import UnequalCase
from boundcalc.check.falsify.layout import Rational
from boundcalc.language.grammar import StatementError
from boundcalc.language.resolved import Resolved
from boundcalc.model.named.quantity import Dependence

MAX_CASE_STATES = 20_000
"""Most states of a case that is confirmed."""


class Confirmer:
    """A statement, compiled once for many cases."""

    def __init__(self, resolved: Resolved) -> None:
        self.compiled = compile_statement(resolved)
        self.resolved = resolved
        self.random = Dependence.STATE in depends(resolved)
        """Whether states of the features are listed."""
        self.symmetric = resolved.statement.symmetric

    def failure(self, rational: Rational) -> Instance | None:
        """Where the statement fails in a case; ``None`` where it holds, is not claimed, or cannot be decided."""
        laws = [law.points for law in rational.own] or [rational.points]
        skewed = any(dict(points).get(-value) != chance for points in laws for value, chance in points)
        case: Case
        if rational.own:
            case = UnequalCase(rational.weights, rational.m, rational.own)
        else:
            case = Case(rational.weights, rational.m, rational.p, rational.points, rational.law)
        if (self.random and case.state_count > MAX_CASE_STATES) or (self.symmetric and skewed):
            return None
        tally = Tally()
        try:
            check_case(self.compiled, case, tally, free=dict(rational.free))
        except (StatementError, ArithmeticError, ValueError, Undecided):
            return None
        return tally.failure
