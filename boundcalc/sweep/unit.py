"""Evaluates one unit of a sweep: a problem in, exact text out. Small, independent of all others, and the same wherever it runs."""

from __future__ import annotations

import hashlib
import json
import platform
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from flint import fmpq

from boundcalc.language.formulas import features_from_formulas
from boundcalc.model.features import AnyProblem, FeatureProblem
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError, shortened
from boundcalc.sweep.groups import features_of_groups, is_groups
from boundcalc.sweep.plan import Plan, Search

if TYPE_CHECKING:
    from boundcalc.bounds.evaluate import Report

OF_FORMULAS = ("d", "p")
"""What the formulas of features that differ may name besides i and n."""
_ONE_AT_A_TIME = threading.Lock()
"""Arb's precision is global to the process; a worker of a cluster may run tasks in threads."""


@dataclass(frozen=True)
class Unit:
    """A problem of a grid as text.

    Attributes
    ----------
    number : int
        Its place in the grid.
    fault : str or None
        Why the grid's expressions have no value here.
    importance, activity : str or None
        Formulas in i, n, d and p for features that differ; ``None`` for importance 1 and activity p. Groups stand as JSON in the
        first, without the second.
    """

    number: int
    n: str
    d: str
    m: str
    p: str
    law: str
    fault: str | None = None
    importance: str | None = None
    activity: str | None = None

    def problem(self) -> AnyProblem:
        """The problem; features that are equal after all are a :class:`Problem`.

        Raises
        ------
        ParameterError
        """
        equal = Problem(self.n, self.d, self.m, self.p, self.law)
        if self.importance is None and self.activity is None:
            return equal
        if equal.is_infinite:
            raise ParameterError("n", "inf", "must be finite for features that differ")
        importance, activity = self.importance or "1", self.activity or "p"
        known = {"d": fmpq(equal.d), "p": equal.p}
        if is_groups(self.importance):
            features = features_of_groups(importance, self.law, known)
        else:
            features = features_from_formulas(int(equal.n), importance, activity, self.law, known)[0]
        problem = FeatureProblem(features, equal.d, equal.m)
        return problem.equal[0] if problem.equal is not None and problem.equal[1] == 1 else problem


@dataclass(frozen=True, slots=True)
class UnitResult:
    """What enters the store: the columns of ``units`` in their order, then the versions as JSON."""

    unit: int
    n: str
    d: str
    m: str
    p: str
    law: str
    status: str
    error: str | None
    best_upper_key: str | None
    best_upper_lower: str | None
    best_upper_upper: str | None
    best_lower_key: str | None
    best_lower_lower: str | None
    best_lower_upper: str | None
    ratio_lower: str | None
    ratio_upper: str | None
    verdict: str | None
    optimality: str | None
    gain_lower: str | None
    gain_upper: str | None
    details: str | None
    seed: int
    seconds: float
    versions: str
    importance: str | None = None
    activity: str | None = None

    @classmethod
    def without_answer(cls, unit: Unit, plan: Plan, status: str, error: str, seconds: float = 0.0) -> UnitResult:
        """An ``invalid`` or ``failed`` unit, and why."""
        problem = (unit.number, unit.n, unit.d, unit.m, unit.p, unit.law)
        rest = (seed_of(unit, plan), seconds, versions(), unit.importance, unit.activity)
        return cls(*problem, status, error, *(None,) * 13, *rest)


def evaluate_all(units: Sequence[Unit], plan: Plan) -> list[UnitResult]:
    """Evaluates units one after the other; this is what executors send to a worker."""
    return [evaluate(unit, plan) for unit in units]


def evaluate(unit: Unit, plan: Plan) -> UnitResult:
    """Evaluates a unit. Errors are outcomes: one bad unit does not end a sweep."""
    if unit.fault is not None:
        return UnitResult.without_answer(unit, plan, "invalid", unit.fault)
    with _ONE_AT_A_TIME:
        began = time.perf_counter()
        try:
            problem = unit.problem()
        except ParameterError as error:
            return UnitResult.without_answer(unit, plan, "invalid", str(error))
        try:
            answer, searched = _answer(problem, plan, seed_of(unit, plan))
            return _outcome(unit, plan, answer, searched, began)
        except Exception as error:  # whatever it is, the other units go on and this one tells it
            reason = shortened(f"{type(error).__name__}: {error}")
            return UnitResult.without_answer(unit, plan, "failed", reason, time.perf_counter() - began)


def _outcome(unit: Unit, plan: Plan, answer: Report, searched: dict[str, Any] | None, began: float) -> UnitResult:
    from boundcalc.bounds.report_json import best_json, outcome_json

    best = best_json(answer)
    upper, lower, ratio = best["upper"], best["lower"], best["ratio"]
    details = {
        "upper": [outcome_json(outcome, plan.digits) for outcome in answer.upper],
        "lower": [outcome_json(outcome, plan.digits) for outcome in answer.lower],
        "witness": lower["witness"],
        "loss": best.get("loss"),
        "unexplained_fraction": best.get("unexplained_fraction"),
    }
    if searched is not None:
        details["search"] = searched
    return UnitResult(
        *(unit.number, unit.n, unit.d, unit.m, unit.p, unit.law, "done", None),
        *(upper["key"], upper["improvement"]["lower"], upper["improvement"]["upper"]),
        *(lower["key"], lower["improvement"]["lower"], lower["improvement"]["upper"]),
        *(ratio["lower"], ratio["upper"]),
        answer.verdict or None,
        answer.optimality or None,
        *(best["gain"]["lower"], best["gain"]["upper"]),
        compact_json(details),
        seed_of(unit, plan),
        round(time.perf_counter() - began, 6),
        versions(),
        unit.importance,
        unit.activity,
    )


def compact_json(value: Any) -> str:
    """The same text for equal objects."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _answer(problem: AnyProblem, plan: Plan, seed: int) -> tuple[Report, dict[str, Any] | None]:
    from boundcalc.bounds.evaluate import report
    from boundcalc.sweep.selection import chosen_bounds

    upper, lower = chosen_bounds(plan.bounds)
    answer = report(problem, digits=plan.digits, upper=upper, lower=lower)
    if plan.search is None:
        return answer, None
    if problem.is_infinite or problem.n * problem.d > plan.search.largest:
        return answer, {"why_not": f"n d exceeds {plan.search.largest}"}
    from boundcalc.sweep.searched import searched, searched_features

    if isinstance(problem, FeatureProblem) and problem.m < 3:
        return answer, {"why_not": "m = 1 needs no search"}
    if isinstance(problem, FeatureProblem):
        return searched_features(problem, answer, plan.search, seed)
    return searched(problem, answer, plan.search, seed)


def seed_of(unit: Unit, plan: Plan) -> int:
    """The unit's own seed: of the sweep's seed and the problem, whatever else the grid holds; 0 without a search."""
    search: Search | None = plan.search
    if search is None:
        return 0
    formulas = [text for text in (unit.importance, unit.activity) if text is not None]
    text = "|".join((str(search.seed), unit.n, unit.d, unit.m, unit.p, unit.law, *formulas))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


@cache
def versions() -> str:
    """Of what computed the numbers, as JSON."""
    from importlib.metadata import version

    import boundcalc

    fields = {"boundcalc": boundcalc.__version__, "python": platform.python_version()}
    fields |= {name: version(name) for name in ("python-flint", "numpy", "scipy", "clarabel")}
    return compact_json(fields)
