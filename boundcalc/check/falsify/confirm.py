"""Confirms one case of a statement in exact arithmetic: is it admissible, and where does it fail?"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.enumeration import check_case, compile_statement
from boundcalc.check.exact.expressions import integer_range
from boundcalc.check.exact.grid import depends
from boundcalc.check.exact.radicals import Undecided
from boundcalc.check.exact.tally import Instance, Tally
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
        if (self.random and (len(rational.points) + 1) ** rational.n > MAX_CASE_STATES) or (
            self.symmetric and not _symmetric(rational)
        ):
            return None
        case = Case(rational.weights, rational.m, rational.p, rational.points, rational.law)
        tally = Tally()
        try:
            free = self.free(case, rational)
            if free is not None:
                check_case(self.compiled, case, tally, free=free)
        except (StatementError, ArithmeticError, ValueError, Undecided):
            return None
        return tally.failure

    def free(self, case: Case, rational: Rational) -> dict[str, Any] | None:
        """The values of the free variables that the case has, if they are in their ranges."""
        values, found = dict(rational.free), dict[str, Any]()
        for each in self.compiled.free:
            name, value = each.source.name, values.get(each.source.name)
            if value is None or not each.needs <= set(found):
                continue
            first, last = each.first.run(case, found), each.last.run(case, found)
            if each.source.real:
                if not first <= value <= last:
                    return None
                found[name] = value
            else:
                if value.q != 1 or int(value.p) not in integer_range(first, last, each.step.run(case, found), 0):
                    return None
                found[name] = int(value.p)
        return found


def _symmetric(rational: Rational) -> bool:
    chances: dict[fmpq, fmpq] = dict(rational.points)
    return all(chances.get(-value) == chance for value, chance in rational.points)
