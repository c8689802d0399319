"""Searches for a counterexample: log(lhs/rhs) is maximised by L-BFGS from structured starts, confirmed in exact arithmetic."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from scipy.optimize import minimize

from boundcalc.check.exact.case_grid import depends, fixed_p, is_discrete
from boundcalc.check.exact.counterexample import counterexample
from boundcalc.check.exact.tally import Instance
from boundcalc.check.falsify import case_starts as starts
from boundcalc.check.falsify.confirm import Confirmer
from boundcalc.check.falsify.dual import Array, Dual
from boundcalc.check.falsify.float_case import NotEvaluable
from boundcalc.check.falsify.floating import Evaluator
from boundcalc.check.falsify.layout import Layout, Rational, Shape
from boundcalc.check.falsify.shrink import shrink
from boundcalc.check.falsify.statement_objective import Reading, RelationInstance, StatementObjective
from boundcalc.check.verdict import Engine, Outcome, Verdict
from boundcalc.language.latex import statement_latex
from boundcalc.language.names import resolve
from boundcalc.language.statement import Statement
from boundcalc.model.named.quantity import Dependence

TOLERANCES = (0.4, 0.2, 0.05, 0.01, 1e-3, 1e-5, 1e-8, 1e-12)
"""Relative distances at which rationals near a suspected violation are tried."""
BARRIERS = (0.3, 1e-2, 1e-4)
"""Weights of the barriers that keep a climb inside the conditions."""
WORST = 1e6
ATTAINED, APPROACHED = 1 - 1e-9, 0.999
SCALES = (0.1, 0.3, 0.6, 1.5, 3.0)
"""Factors of the weights that a start is tried at."""
LOCAL = 0.4
"""Share of the starts that are local moves from the worst case so far."""
MAX_CONFIRMATIONS, FEW_CONFIRMATIONS = 40, 10
"""Cases that seem false and are looked at in exact arithmetic: of inequalities, and of equalities, which fail nearly everywhere."""
MAX_FRUITLESS = 200
"""Starts without an admissible case after which the search gives up."""


@dataclass(frozen=True)
class Budget:
    """How long to search: evaluations of both sides, or seconds; the first that is used up ends it. The seed draws the starts."""

    evaluations: int | None = 2000
    seconds: float | None = None
    seed: int = 0


def search(statement: Statement, budget: Budget | None = None) -> Verdict:
    """Looks for a case in which a statement is false.

    Parameters
    ----------
    statement : Statement
    budget : Budget, optional
        By default 2000 evaluations. With evaluations alone the result depends on nothing but the seed.

    Returns
    -------
    Verdict
        ``REFUTED`` with an exact and minimal counterexample, ``NO_CASE`` if no case met the conditions, else ``HOLDS``:
        nothing was found, in floating point.

    Raises
    ------
    StatementError
        If a name of the statement has no meaning.
    """
    return _Search(statement, budget or Budget()).run()


class _Search:
    def __init__(self, statement: Statement, budget: Budget) -> None:
        self.statement, self.budget = statement, budget
        self.resolved = resolve(statement)
        self.confirmer = Confirmer(self.resolved)
        self.rng = np.random.default_rng(budget.seed)
        self.started, self.evaluations = time.monotonic(), 0
        self.cases = self.comparisons = 0
        self.slack = [0] * 10
        self.best: tuple[float, Array, Layout, RelationInstance] | None = None
        self.patience = 0.0
        """How false a case must seem to be worth another exact evaluation; grows with each that was not."""
        self.confirmations, self.unconfirmed = 0, 0.0
        """How false the worst case seemed that exact arithmetic did not confirm."""
        self.found: tuple[Rational, Instance] | None = None
        self.deciding = [each for each in self.resolved.conditions if not each.restricts and is_discrete(each)]
        self.fixed_p = next((value for each in self.resolved.conditions if (value := fixed_p(each)) is not None), None)

    def run(self) -> Verdict:
        if not self.sizes:
            return self.verdict()
        own = Dependence.FEATURES in depends(self.resolved)
        for turn, shape in enumerate(starts.shapes(self.sizes, self.rng, symmetric=self.statement.symmetric, own=own)):
            if self.spent() or self.refuted() or (turn >= MAX_FRUITLESS and not self.cases):
                break
            self.attack(shape, turn)
        return self.verdict()

    def refuted(self) -> bool:
        return self.found is not None

    def spent(self) -> bool:
        limit, seconds = self.budget.evaluations, self.budget.seconds
        if limit is not None and self.evaluations >= limit:
            return True
        return seconds is not None and time.monotonic() - self.started >= seconds

    @cached_property
    def sizes(self) -> list[tuple[int, int, int]]:
        """(n, d, m) that the conditions on sizes alone allow, smaller ones first."""
        wide = [(n, d) for n in range(1, 9) for d in range(1, 7)]
        for pairs in (starts.GRADUAL, wide):
            found = [(n, d, m) for n, d in pairs for m in self.statement.exponents if self.allowed(n, d, m)]
            if found:
                return found
        return []

    def allowed(self, n: int, d: int, m: int) -> bool:
        """Whether the conditions that the sizes decide admit these."""
        bare = replace(self.resolved, free=())
        case, _ = Layout(bare, Shape(n, d, m)).case(np.zeros(d * n + 3), gradient=False)
        try:
            evaluator = Evaluator(case, {})
            return all(evaluator.holds(each).all() for each in self.deciding)
        except NotEvaluable:
            return False

    def attack(self, shape: Shape, turn: int) -> None:
        """One start: read, climb, read again."""
        rng = self.rng
        log_p = float(rng.choice(starts.LOG_PROBABILITIES)) if rng.random() < 0.7 else float(rng.uniform(-12, 0))
        kind = starts.KINDS[turn % len(starts.KINDS)] if turn % 3 else "random"
        try:
            nearby = self.best is not None and turn >= 8 and rng.random() < LOCAL
            if nearby and self.best is not None:
                near = starts.neighbour(self.best[2].shape, rng, self.statement.exponents)
                shape = near if self.allowed(near.n, near.d, near.m) else shape
            drawn = self.integers(shape, log_p)
            layout = Layout(self.resolved, replace(shape, integers=drawn), self.fixed_p)
            if nearby and self.best is not None:
                start = starts.moved(self.best[2], self.best[1], layout, rng)
            else:
                start = starts.vector(layout, kind, rng, log_p)
            objective = StatementObjective(self.resolved, layout)
            objective.rescale(start)
            readings = self.read(objective, start)
            if not readings or self.refuted():
                return
            start, readings = self.scaled(objective, start, readings)
            if self.refuted():
                return
            chosen = readings[turn % len(readings)] if rng.random() < 0.5 else max(readings, key=lambda each: each.score)
            if chosen.sign != "=" or chosen.unmet:
                self.climb(objective, start, chosen)
        except NotEvaluable:
            self.evaluations += 1

    def scaled(self, objective: StatementObjective, start: Array, readings: list[Reading]) -> tuple[Array, list[Reading]]:
        """The start at the scale of the weights where it is worst: many claims are about one scale of W alone."""
        best, found = start, readings
        for factor in SCALES:
            vector = start.copy()
            vector[objective.layout.weights] *= factor
            try:
                tried = self.read(objective, np.clip(vector, *objective.layout.bounds))
            except NotEvaluable:
                continue
            if self.refuted():
                break
            if tried and _worth(tried) > _worth(found):
                best, found = vector, tried
        return best, found

    def integers(self, shape: Shape, log_p: float) -> tuple[tuple[str, int], ...]:
        """Values of the free integer variables, drawn from their ranges."""
        if all(variable.real for variable in self.resolved.free):
            return ()
        bare = Layout(replace(self.resolved, free=()), shape, self.fixed_p)
        case, _ = bare.case(starts.vector(bare, "random", self.rng, log_p), gradient=False)
        values: dict[str, Dual | int] = {}
        for variable in self.resolved.free:
            evaluator = Evaluator(case, values)
            if variable.real:
                values[variable.name] = (evaluator.value(variable.first) + evaluator.value(variable.last)) * 0.5
                continue
            first, last, step = (evaluator.integer(part) for part in (variable.first, variable.last, variable.step))
            choices = range(first, last + 1, max(step, 1))
            if not choices:
                raise NotEvaluable(f"the range of {variable.name} is empty")
            values[variable.name] = int(choices[int(self.rng.integers(len(choices)))])
        return tuple((name, value) for name, value in values.items() if isinstance(value, int))

    def read(self, objective: StatementObjective, vector: Array) -> list[Reading]:
        """Reads a case, keeps the record, and confirms what seems false."""
        self.evaluations += 1
        readings = objective.read(vector)
        admissible = [each for each in readings if each.unmet == 0]
        if admissible:
            self.cases += 1
            self.comparisons += sum(each.comparisons for each in admissible)
        for each in admissible:
            if each.ratio is not None and each.score <= 1e-9:
                ratio = min(max(each.ratio, 0.0), 1.0)
                self.slack[min(int(10 * ratio), 9)] += 1
                if self.best is None or ratio > self.best[0]:
                    self.best = (ratio, vector.copy(), objective.layout, each.place)
        for each in sorted(readings, key=lambda each: -each.suspect):
            least, most = (0.0, FEW_CONFIRMATIONS) if each.sign == "=" else (self.patience, MAX_CONFIRMATIONS)
            if each.suspect > least and each.unmet < 1e-4 and self.confirmations < most and not self.refuted():
                self.confirm(objective.layout, vector, each)
        return readings

    def confirm(self, layout: Layout, vector: Array, reading: Reading) -> None:
        """Tries rationals near a case that seems to violate the statement, the simplest first."""
        for tolerance in TOLERANCES[:4] if reading.sign == "=" else TOLERANCES:
            case = layout.rational(vector, tolerance)
            failure = self.confirmer.failure(case)
            if failure is not None:
                self.found = (case, failure)
                return
        self.confirmations += 1
        if reading.sign != "=":
            self.patience = 3 * reading.suspect if reading.suspect < 1 else reading.suspect + 0.2
        if reading.unmet == 0:
            self.unconfirmed = max(self.unconfirmed, reading.suspect)

    def climb(self, objective: StatementObjective, start: Array, reading: Reading) -> None:
        """Into the conditions, then L-BFGS on the score at one place; the place is chosen anew when another became worse."""
        vector, place = start, reading.place
        if objective.conditions:
            vector = self.maximise(objective, vector, objective.feasibility)
        for barrier in BARRIERS if objective.conditions else BARRIERS[:1]:
            for _ in range(2):
                goal = partial(objective.guarded, place=place, barrier=barrier)
                vector = self.maximise(objective, vector, goal)
                readings = self.read(objective, vector)
                if self.refuted() or not readings or self.spent():
                    return
                worst = max(readings, key=lambda each: each.score).place
                if worst == place:
                    break
                place = worst

    def maximise(self, objective: StatementObjective, start: Array, goal: Callable[[Array], tuple[float, Array]]) -> Array:
        def negative(vector: Array) -> tuple[float, Array]:
            self.evaluations += 1
            try:
                value, gradient = goal(vector)
            except NotEvaluable:
                return WORST, np.zeros_like(vector)
            return -value, -gradient

        bounds = list(zip(*objective.layout.bounds, strict=True))
        with np.errstate(all="ignore"):
            result = minimize(negative, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 40, "maxfun": 60})
        return np.asarray(result.x) if result.fun < WORST else start

    def verdict(self) -> Verdict:
        statement = self.statement
        shared: dict[str, Any] = {
            "owner": statement.owner,
            "key": statement.key,
            "engine": Engine.SEARCH,
            "statement": statement.latex or statement_latex(statement),
            "cases": self.cases,
            "comparisons": self.comparisons,
            "slack": tuple(self.slack) if any(self.slack) else (),
        }
        if self.found is not None:
            _, failure = shrink(self.confirmer, self.found[0])
            return Verdict(
                **{**shared, "cases": max(self.cases, 1)},
                outcome=Outcome.REFUTED,
                counterexample=counterexample(self.resolved, failure),
            )
        if not self.cases:
            return Verdict(**shared, outcome=Outcome.NO_CASE, note="no case met the hypotheses")
        note = f"{self.evaluations} evaluations in floating point, none refutes it"
        if self.unconfirmed > 0:
            note += "; what seemed to in floating point was not so in exact arithmetic"
        if self.best is None:
            return Verdict(**shared, outcome=Outcome.HOLDS, note=note)
        ratio, vector, layout, _ = self.best
        attained = "attained" if ratio >= ATTAINED else "approached" if ratio >= APPROACHED else ""
        return Verdict(
            **shared, outcome=Outcome.HOLDS, note=note, tightest=ratio, tightest_case=layout.describe(vector), attained=attained
        )


def _worth(readings: list[Reading]) -> float:
    """Largest score, less where conditions fail."""
    return max((each.score - 100 * each.unmet for each in readings if each.sign != "="), default=0.0)
