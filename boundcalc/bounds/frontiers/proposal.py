"""Proposes parameters of U9 for m = 3: the row program on few row points, which follow its solution where it violates the rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from flint import fmpq

from boundcalc.bounds.frontiers.cubic import USUAL, CubicChoice, CubicWeights, certified_value, simple_choices
from boundcalc.bounds.frontiers.members import MemberSet, start
from boundcalc.bounds.frontiers.neighbours import of_features
from boundcalc.bounds.frontiers.polish import Setting, polished
from boundcalc.bounds.frontiers.program import peaks_of
from boundcalc.bounds.frontiers.rounding import DIGITS, rational
from boundcalc.bounds.frontiers.row_models import FrontierRows
from boundcalc.bounds.frontiers.row_program import SHARP, TOLERANCE, Array, RowPoints, RowProgram, Solution, octaves
from boundcalc.certify.attempts import Attempt, tightest
from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.model.problem import Problem
from boundcalc.numbers.constants import welch_constant
from boundcalc.numbers.enclosure import to_float

FEW = 10
CROWDED = 1000
"""For n up to 10 τ_3(d), or 1000 d over the balancing capacity, the program has the unknowns that only a finite n has."""
LEAST_P = fmpq(1, 10**60)
"""Below this p the program leaves the range of floats; the simple parameters are within 3 d μ_2/5 of the optimum there."""
MAX_D = 10**12
CLEAR = 0.999
"""A proposal below this part of the simple parameters' value in floats is the better one."""
_STEPS = 32
_ROUNDS, _EARLY = 14, 5
"""After the second, or once a solution is within the tolerance, programs are solved to the last digits: few features at
neighbouring n may differ by less, and the conditions of optimality often leave unknowns of theirs open."""
_TOLERANCE, _SHARP = 2e-9, 5e-11
_POLISHED = (0, 1, 3)
"""The rounds after which the solution is polished."""
_MEASURED = 1e-6
"""To this part values in floats, on grids, tell which of two solutions is the better one; the certified values tell more."""
_FAR = 0.03
_APART = 0.04
"""Rows within the first part of the greatest are contacts to begin with, if they are farther apart than the second of their t."""
_ORDERS = (3, 2)
_CLOSER = 1e-3
"""The points from which a peak is located once more are so far apart, relative to it."""
_TOUCHING = -1e-6
"""Polynomials touch where they come nearer than this."""
_KEPT = 0.98
_FEWEST = 6
"""Rows that stay from one program to the next: those of at least this part of the greatest, and so many in any case."""
_SAME = 1e-7
"""A row so near to another, relative to it, is the same."""


@dataclass(frozen=True)
class RowSolution:
    """A solution, its members, its value with the largest row found, and whether the conditions of optimality gave it."""

    solution: Solution
    members: list[MemberSet]
    value: float
    polished: bool = False


class CubicProgram:
    """The program for one problem; everything is divided by p.

    Attributes
    ----------
    active : list of int
        Which of the two terms is there: 0 for κ_6 Q_6, 1 for 15 κ_4 κ_2 Q_4 Q_2.
    few : bool
        Whether n is small enough for the unknowns that only a finite n has.
    centre : float
        Near the capacity at which the terms of D̃ balance, κ_2 (15/κ_6)^{1/3}.
    """

    def __init__(self, problem: Problem, *, any_n: bool = False) -> None:
        w, p = CubicWeights.of(problem), problem.p
        self.problem, self.weights = problem, w
        self.active = [i for i, weight in enumerate((w.pure, w.mixed)) if weight > 0]
        self.coefficients = [to_float((w.pure, w.mixed)[i] / p) for i in self.active]
        self.fourth, self.second, self.rest = (to_float(value / p) for value in (w.fourth, w.second, w.rest))
        largest = max((w.pure, w.rest, fmpq(1, 10**9) * p))
        # rounded: the last bit of a root differs from machine to machine
        self.centre = to_float(min(rational(to_float(w.rest / largest) ** (1 / 3), 3), fmpq(1)))
        reach = max(FEW * to_float(welch_constant(fmpq(problem.d), 3)), CROWDED * problem.d / self.centre)
        self.few = not (any_n or problem.is_infinite) and problem.n <= reach
        # the first point stands for the limit t -> 0, where tiny features give 3 kappa_2/5 for each unit of capacity
        tiny = octaves(self.centre * 2.0**-40, self.centre * 2.0**-10, 2)[:-1] if self.few else np.array([self.centre * 2.0**-40])
        self.fine = np.concatenate([tiny, octaves(self.centre * 2.0**-10, 1.0, _STEPS)])
        self.candidates = self.rows(self.fine)

    def rows(self, t: Array) -> RowPoints:
        """Row points at the capacities t."""
        q = 1 / t
        others = float(self.problem.n) - 1 if self.few and self.problem.n > 1 else np.inf
        crowd, c = (q - 1) * (q - 1), np.array(self.coefficients)[:, None]
        factor = np.stack([np.ones_like(q), q])[self.active]
        least = np.stack([1 + crowd * (q - 1) / (others * others), q * (1 + crowd / others)])[self.active]
        base = self.rest * (q * q * q)
        return RowPoints(self.fourth + self.second * q, base, t, np.ones_like(t), np.sqrt(factor), c * factor, c * least)

    def simple(self) -> float:
        """The lesser of U7 and of U8 with λ = κ_4, near the optimum's size."""
        rows, d, law = self.candidates, fmpq(self.problem.d), self.problem.law
        energy = rows.base + sum(rows.energy)
        capacity = self.problem.rank * float((rows.gain * rows.gain / (rows.leverage * energy)).max())
        pure = welch_constant(d, 3) * law.moment(4) ** 2 / law.moment(6)
        return min(capacity, to_float(pure + d * law.moment(2) * fmpq(3, 5)))

    def row_sums(self, solution: Solution, rows: RowPoints) -> tuple[float, float]:
        """r sup g(t)/t, and for few features r σ + n sup (g(t) − σ t)_+."""
        values, t, r = solution.row_values(rows), rows.leverage, self.problem.rank
        above = max(float((values - solution.sigma * t).max()), 0.0)
        return r * float((values / t).max()), r * solution.sigma + float(self.problem.n) * above if self.few else np.inf

    def _sharp(self, solution: Solution, peaks: Array) -> Array:
        """The peaks once more, from three points that are closer together than the grid's: to some 1e-7 of t."""
        inside = peaks * (1 + _CLOSER) < 1
        t = peaks[inside]
        low, middle, high = (solution.ratio(self.rows(t * factor)) for factor in (1 - _CLOSER, 1.0, 1 + _CLOSER))
        bend = low - 2 * middle + high
        moved = np.where(bend < 0, (low - high) / np.where(bend < 0, 2 * bend, 1.0), 0.0)
        return np.concatenate([t * (1 + _CLOSER * np.clip(moved, -2, 2)), peaks[~inside]])

    def _value(self, solution: Solution, refined: list[MemberSet], peaks: Array) -> float:
        """The value with the largest row that floats find, and what h exceeds."""
        rows_alone, priced = self.row_sums(solution, self.candidates.join(self.rows(peaks)))
        return (1 + max(own.excess for own in refined)) * (solution.heads(self.coefficients) + min(rows_alone, priced))

    def solve(self) -> list[RowSolution]:
        """The refined optimum, and others that may be as good; none where the solver fails."""
        problem = self.problem
        n, orders = float(problem.n) if self.few else np.inf, [_ORDERS[i] for i in self.active]
        beside = 1 / (n - 1) if 1 < n < np.inf else 0.0
        model = FrontierRows(self.fourth, self.second, self.rest, orders, self.coefficients, beside)
        setting = Setting(problem.d, problem.rank, n, self.coefficients, model, self.few, self.fourth)
        program = RowProgram(
            rank=float(problem.rank),
            n=n,
            coefficients=self.coefficients,
            scale=to_float(rational(self.simple(), 2)),
            centre=self.rows(np.array([self.centre])),
            top=[self.fourth if i == 0 else np.inf for i in self.active],
            shares=self.few,
        )
        members = [start(problem.d, order, _TOUCHING) for order in orders]
        tiny = np.ldexp(self.centre, -np.arange(28, 4, -4)) if self.few else self.fine[:1]
        rows = self.rows(np.concatenate([tiny, octaves(self.centre / 32, min(1.0, 32 * self.centre), 1), [1.0]]))
        best: list[RowSolution] = []
        others: list[RowSolution] = []
        least, before, arrived, sharp = np.inf, np.inf, np.inf, False
        for attempt in range(_ROUNDS):
            solution = program.solve(rows, [own.columns for own in members], SHARP if sharp else TOLERANCE)
            if solution is None or solution.value > arrived * (1 - _TOLERANCE):
                break
            ratio = solution.ratio(self.candidates)
            peaks = self._sharp(solution, peaks_of(self.fine, ratio, 1 - 1e-3))
            following = [own.refined(weights) for own, weights in zip(members, solution.weights, strict=True)]
            value = self._value(solution, following, peaks)
            if value < least:
                least, best = value, [RowSolution(solution, members, value)]
            if attempt in _POLISHED:
                near = _apart(peaks_of(self.fine, ratio, 1 - _FAR))
                inside = (near < 1) & (near > self.fine[0] * (1 + _SAME))
                found = polished(setting, solution, members, 1 / near[None], inside[None])
                if found is not None:
                    own = [one.refined(weights) for one, weights in zip(found[1], found[0].weights, strict=True)]
                    peaks_there = peaks_of(self.fine, found[0].ratio(self.candidates), 1 - 1e-3)
                    final = self._value(found[0], own, self._sharp(found[0], peaks_there))
                    if final < least:
                        least, best = final, [RowSolution(*found, final, polished=True)]
                        # where an order is left out, the conditions say nothing of it: rounds go on
                        if 0.0 not in found[0].share or final < solution.value * (1 + _TOLERANCE):
                            if not self.few:
                                return best
                            # few features have unknowns of which the conditions may say nothing: a program near it tells
                            solution, following, peaks, arrived = found[0], own, self._sharp(found[0], peaks_there), final
                    elif final < least * (1 + _MEASURED):
                        others.append(RowSolution(*found, final, polished=True))
            gap = max(value - solution.value, abs(solution.value - before)) / value
            if sharp and gap < _SHARP:
                break
            if not sharp and (gap < _TOLERANCE or attempt == _EARLY):
                sharp, others = True, others + best
            before = solution.value
            old = solution.ratio(rows)
            if not sharp:  # to the last digits each row counts that ever did
                rows = rows.at(np.flatnonzero(old >= min(_KEPT, np.sort(old)[-min(_FEWEST, len(old))])))
            moves = np.array([np.abs(rows.leverage - peak).min() for peak in peaks.tolist()])
            peaks, moves = peaks[moves > _SAME * peaks], moves[moves > _SAME * peaks]
            # the contact points move less and less: on both sides of each, as far as a part of its last move
            moves = np.minimum(moves, peaks) / 4
            around = np.concatenate([peaks - moves, peaks, peaks + moves])
            rows = rows.join(self.rows(around[around <= 1]))
            members = following
        return best + [one for one in others if one is not best[0]]


def _apart(points: Array) -> Array:
    """Points in order, of those that are close together the first."""
    found = np.sort(points)
    return found[np.append(True, found[1:] > (1 + _APART) * found[:-1])] if len(found) else found


def proposals(problem: Problem) -> tuple[list[CubicChoice], float, float]:
    """Parameters from the program, rounded and proven feasible (for few features with σ as a price and without), their value,
    divided by p, and what part of that of the simple ones it is.

    None, 0 and 1 where the solver fails.
    """
    program = CubicProgram(problem)
    found = program.solve()
    choices = []
    for one in found:
        alone = _rounded(program, one)
        price = rational(max(one.solution.sigma, 0.0)) * problem.p
        choices += [replace(alone, price=price), alone] if program.few else [alone]
    if program.few and problem.n > problem.d and not (found and found[0].polished):
        # parameters for any n serve this one, and no worse where only few unknowns that a finite n has are of use
        program = CubicProgram(problem, any_n=True)
        more = program.solve()[:1]
        choices += [_rounded(program, one) for one in more]
        found += more
    if not found:
        return [], 0.0, 1.0
    value = min(one.value for one in found)
    return choices, value, value / program.simple()


def _rounded(program: CubicProgram, found: RowSolution) -> CubicChoice:
    problem, w, s = program.problem, program.weights, found.solution
    zero = fmpq(0)
    members = [FrontierPolynomial(problem.d, order, fmpq(1), (zero,)) for order in _ORDERS]
    moved, multipliers = [zero, zero], [zero, zero]
    for at, i in enumerate(program.active):
        members[i] = found.members[at].polynomial(s.weights[at], shares=program.few, digits=DIGITS)
        if s.moved[at] > 1e-12:
            moved[i] = min(rational(s.moved[at]), members[i].x)
    draft = CubicChoice(zero, zero, members[0], members[1], (moved[0], moved[1]))
    for at, i in enumerate(program.active):
        if draft.pair(problem, _ORDERS[i])[1] > 0:
            multipliers[i] = rational(s.multiplier[at]) * problem.p
    return CubicChoice(min(multipliers[0], w.fourth), multipliers[1], members[0], members[1], draft.moved)


def best_choice(problem: Problem) -> CubicChoice:
    """The best of the simple parameters and of the program's; of equal values, the simpler."""
    if problem.p < LEAST_P or problem.d > MAX_D or CubicWeights.of(problem).mixed == 0:
        return _best(problem, simple_choices(problem))[0]

    def attempt() -> Attempt[CubicChoice]:
        proposed, value, share = proposals(problem)
        if problem.d == 1 and not problem.is_infinite:  # few conditions of optimality, and programs that end early
            proposed = proposed + proposals(of_features(problem, int(problem.n) + 1))[0]
        best, least = _best(problem, proposed if share < CLEAR else simple_choices(problem) + proposed)
        return Attempt(best, to_float(least / problem.p), value)

    found = tightest(attempt).chosen
    assert found is not None
    return found


def _best(problem: Problem, candidates: list[CubicChoice]) -> tuple[CubicChoice, fmpq]:
    """The best of the candidates, of equal ones the first, and its value."""
    values = [certified_value(problem, candidate, USUAL).upper for candidate in candidates]
    least = min(values)
    return candidates[values.index(least)], least
