"""Proposes parameters of U9 for m = 3: the cone program on a grid, refined where its solution violates the constraints."""

from __future__ import annotations

import numpy as np
from flint import fmpq

from boundcalc.bounds.frontiers.cubic import CubicChoice, CubicWeights
from boundcalc.bounds.frontiers.program import Array, Program, Proposal, Rows, clustered, peaks_of
from boundcalc.bounds.frontiers.rounding import rational, repaired
from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.model.problem import Problem
from boundcalc.numbers.constants import welch_constant

DEGREE = 6
"""Degree of h in u = t²."""
FEW = 10
CROWDED = 1000
"""For n up to 10 τ_3(d), or 1000 d over the balancing capacity, the program has the unknowns that only a finite n has."""
LEAST_P = fmpq(1, 10**60)
"""Below this p the program leaves the range of floats; the simple parameters are within 3 d μ_2/5 of the optimum there."""
MAX_D = 10**12
_FINE = 3000
_ROUNDS = 6
_TOLERANCE = 1e-8
_ORDERS = (3, 2)


def as_float(value: fmpq) -> float:
    """The nearest float of a rational of any size of numerator and denominator."""
    return int(value.p) / int(value.q)


class CubicProgram:
    """The program for one problem; everything is divided by p.

    Attributes
    ----------
    active : list of int
        Which of the two terms is there: 0 for κ_6 Q_6, 1 for 15 κ_4 κ_2 Q_4 Q_2.
    few : bool
        Whether n is small enough for the unknowns that only a finite n has.
    centre : float
        The capacity at which the terms of D̃ balance, κ_2 (15/κ_6)^{1/3}.
    """

    def __init__(self, problem: Problem, *, any_n: bool = False) -> None:
        w, p = CubicWeights.of(problem), problem.p
        self.problem, self.weights = problem, w
        self.active = [i for i, weight in enumerate((w.pure, w.mixed)) if weight > 0]
        self.coefficients = np.array([as_float((w.pure, w.mixed)[i] / p) for i in self.active])
        self.fourth, self.second, self.rest = (as_float(value / p) for value in (w.fourth, w.second, w.rest))
        largest = max((w.pure, w.rest, fmpq(1, 10**9) * p))
        self.centre = min(1.0, as_float(w.rest / largest) ** (1 / 3))
        reach = max(FEW * as_float(welch_constant(fmpq(problem.d), 3)), CROWDED * problem.d / self.centre)
        self.few = not (any_n or problem.is_infinite) and problem.n <= reach
        lowest = self.centre * 1e-3
        near = np.geomspace(max(self.centre * 0.1, lowest), min(1, self.centre * 10), 20)
        # the first point stands for the limit t -> 0, where tiny features give 3 kappa_2/5 for each unit of capacity
        self.grid = np.unique(np.concatenate([[lowest * 1e-9], np.geomspace(lowest, 1, 60), near]))
        self.fine = np.unique(np.concatenate([np.geomspace(lowest, 1, _FINE), np.linspace(min(self.centre, 0.5), 1, _FINE // 3)]))
        self.candidates = self.rows(self.fine)

    def rows(self, t: Array) -> Rows:
        """Row points at the capacities t."""
        q = 1 / t
        others = float(self.problem.n) - 1 if self.few and self.problem.n > 1 else np.inf
        factor = np.stack([np.ones_like(q), q])
        least = np.stack([1 + (q - 1) ** 3 / others**2, q * (1 + (q - 1) ** 2 / others)])
        return Rows(t, self.fourth + self.second * q, self.rest * q**3, factor[self.active], least[self.active])

    def size(self) -> float:
        """The lesser of U7 and of U8 with λ = κ_4, near the optimum's size."""
        rows, d, law = self.candidates, fmpq(self.problem.d), self.problem.law
        energy = rows.base + self.coefficients @ rows.factor
        capacity = self.problem.rank * float((rows.correlation**2 / (rows.t * energy)).max())
        pure = welch_constant(d, 3) * law.moment(4) ** 2 / law.moment(6)
        return min(capacity, as_float(pure + d * law.moment(2) * fmpq(3, 5)))

    def solve(self) -> tuple[Proposal, float] | None:
        """The refined optimum with the excess of h that is left; ``None`` where the solver fails."""
        problem, few = self.problem, self.few
        program = Program(
            d=problem.d,
            rank=problem.rank,
            n=float(problem.n) if few else None,
            orders=[_ORDERS[i] for i in self.active],
            coefficients=self.coefficients,
            centre=self.rows(np.array([self.centre])),
            scale=self.size(),
            top=self.fourth if 0 in self.active else None,
            degree=DEGREE,
            shares=few,
        )
        program.add_rows(self.rows(self.grid))
        best = None
        for _ in range(_ROUNDS):
            proposal = program.solve()
            if proposal is None:
                break
            excess = program.add_nodes(proposal)
            ratio = proposal.ratio(self.candidates, self.coefficients)
            best = proposal, max(excess, 0.0)
            if excess < _TOLERANCE and ratio.max() < 1 + _TOLERANCE:
                break
            peaks = peaks_of(self.fine, ratio, 1 + _TOLERANCE / 10)
            if len(peaks):
                program.add_rows(self.rows(clustered(program.capacities, peaks)))
        return best


def proposals(problem: Problem) -> list[CubicChoice]:
    """Parameters from the cone program, rounded and proven feasible; none where the solver fails.

    For a finite n with and without the unknowns that only a finite n has: the smaller program is solved more accurately.
    """
    if problem.p < LEAST_P or problem.d > MAX_D or CubicWeights.of(problem).mixed == 0:
        return []
    programs = [CubicProgram(problem)]
    if programs[0].few:
        programs.append(CubicProgram(problem, any_n=True))
    found = [(program, program.solve()) for program in programs]
    return [_rounded(program, *answer) for program, answer in found if answer is not None]


def _rounded(program: CubicProgram, proposal: Proposal, excess: float) -> CubicChoice:
    problem, w = program.problem, program.weights
    zero = fmpq(0)
    members = [FrontierPolynomial(problem.d, order, fmpq(1), (zero,)) for order in _ORDERS]
    moved, multipliers = [zero, zero], [zero, zero]
    for at, i in enumerate(program.active):
        members[i] = repaired(proposal.h[at], float(proposal.share[at]), _ORDERS[i], problem.d, excess)
        if proposal.moved[at] > 1e-12:
            moved[i] = min(rational(float(proposal.moved[at])), members[i].x)
    price = None
    if proposal.tau > 0 and float(problem.n) * proposal.tau > 1e-9 * proposal.value:
        price = rational(max(proposal.sigma, 0.0)) * problem.p
    draft = CubicChoice(zero, zero, members[0], members[1], (moved[0], moved[1]), price)
    for at, i in enumerate(program.active):
        if draft.pair(problem, _ORDERS[i])[1] > 0:
            multipliers[i] = rational(float(proposal.nu[at])) * problem.p
    return CubicChoice(min(multipliers[0], w.fourth), multipliers[1], members[0], members[1], draft.moved, price)
