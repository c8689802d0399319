"""Proposes parameters of U9 for any m: the cone program on row points that are added where its solution is violated."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
from flint import fmpq, fmpq_poly

from boundcalc.bounds.frontiers.general import (
    ACCURACY,
    GeneralChoice,
    active_terms,
    divided_terms,
    ratios_of,
    row_ratio,
    value_of,
)
from boundcalc.bounds.frontiers.general_minorant import price_factor
from boundcalc.bounds.frontiers.program import Array, Program, Proposal, Rows
from boundcalc.bounds.frontiers.proposal import FEW
from boundcalc.bounds.frontiers.rounding import as_float, rational, repaired
from boundcalc.bounds.frontiers.terms import terms
from boundcalc.certify.gegenbauer import gegenbauer_coefficients
from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.lemmas.row import free_ratios, least_share, power_sums
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.constants import tensor_dimension, welch_constant
from boundcalc.numbers.errors import CertificationError
from boundcalc.numbers.moments import correlation, moments_from_cumulants
from boundcalc.numbers.rings import EXACT

LEAST_P = fmpq(1, 10**30)
"""Below this p the program leaves the range of floats."""
MAX_D = 10**6
EXTRA_DEGREE = 2
"""h has degree m + 2 in u = t²."""
_ROUNDS = 6
_TOLERANCE = 1e-4
_NEW_POINTS = 24
_USELESS = 100
_TINY_P = fmpq(1, 10**6)
_NEAR, _NEAR_TINY = 2e-4, 2e-2
"""A price this near the proposal, relative to the whole bound, is not searched for in two variables, which is slow for tiny p."""
_POOR = 1.05
"""Where few features certify this much above their proposal, the parameters for any n are tried too."""


class GeneralProgram:
    """The program for one problem; everything is divided by p.

    Row points have coordinates (log q, u_1, …) with u in [0, 1]: θ = u²/(1 + w²)^{1−u} of what is left, so that u runs
    through g_2 = 0, and evenly through the logarithms of g_2 from 1 to w².
    """

    def __init__(self, problem: Problem, *, any_n: bool = False) -> None:
        m, p = problem.m, problem.p
        self.problem, self.free = problem, free_ratios(m)
        kappa = Quantities(EXACT, problem).kappa
        self.terms, others = divided_terms(problem)
        self.others = [(as_float(term.coefficient(kappa) / p), term) for term in others]
        self.last = as_float(terms(m)[-1].coefficient(kappa) / p)
        self.coefficients = np.array([as_float(term.coefficient(kappa) / p) for term in self.terms])
        self.kappa = [0.0, *(as_float(k) for k in kappa[1:])]
        self.p = as_float(p)
        quotient = as_float(max(kappa[m], fmpq(0)) / terms(m)[-1].coefficient(kappa))
        self.balance = max(1.0, quotient ** (1 / m))
        few = FEW * max(as_float(welch_constant(fmpq(problem.d), m)), problem.d * self.balance)
        self.few = not any_n and not problem.is_infinite and problem.n <= few
        # beyond 1/kappa_2 the last term of C~ dominates and the row function only nears its limit; few features hardly get there
        self.crowd = self.balance if self.few else max(self.balance, 1 / self.kappa[1])
        self.reach = np.log(self.crowd * 1e3)
        self.least = as_float(least_share(problem.n)) if self.few else 0.0
        sizes = (int(max(90, 5 * self.reach)), 24) if self.free == 1 else (60, 14, 8)
        axes = [np.linspace(0, self.reach, sizes[0])] + [np.linspace(0, 1, size) for size in sizes[1:]]
        axes[0] = np.append(axes[0], self.reach + 7)  # stands for the limit t -> 0
        self.shape = tuple(len(axis) for axis in axes)
        self.steps = [axis[1] - axis[0] for axis in axes]
        self.fine = np.stack([grid.ravel() for grid in np.meshgrid(*axes, indexing="ij")])
        self.candidates = self.rows(self.fine)

    def rows(self, points: Array) -> Rows:
        """Row points at coordinates of shape (1 + free, points)."""
        m = self.problem.m
        q = np.exp(points[0])
        w = q - 1
        scale = 1 + np.minimum(w, np.exp(self.reach)) ** 2
        shares = [u**2 / scale ** (1 - u) for u in points[1:]]
        ratios = [theta * w for theta in ratios_of(self.least, shares)]
        sums = power_sums(m, w, ratios)
        moments = moments_from_cumulants([0] + [k * s for k, s in zip(self.kappa[1:], sums[1:], strict=True)])
        gain = correlation(m, self.kappa, 1.0, moments[: (m + 1) // 2]) / self.p
        factor = np.stack([term.factor(sums) * np.ones_like(q) for term in self.terms])
        least = np.stack([term.factor(sums) * sums[term.order] for term in self.terms])
        base = self.last * q**m + sum(c * term.factor(sums) * sums[term.order] for c, term in self.others)
        return Rows(1 / q, gain, base, factor, least)

    def size(self) -> float:
        """The least of U1, U7 and U8 with λ = κ_{m+1}, near the optimum's size."""
        rows, problem, law = self.candidates, self.problem, self.problem.law
        m, d = problem.m, fmpq(problem.d)
        energy = rows.base + self.coefficients @ rows.least
        capacity = problem.rank * float((rows.correlation**2 / (rows.t * energy)).max())
        found = [capacity, as_float(law.moment(2) * tensor_dimension(d, m))]
        pure = self.terms[0] if self.terms and self.terms[0].order == m else None
        if pure is not None:
            top = as_float(Quantities(EXACT, problem).kappa[(m + 1) // 2] / problem.p)
            with np.errstate(divide="ignore", invalid="ignore"):  # for tiny p the difference may be 0 in floats
                rest = np.maximum(rows.correlation - top, 0) ** 2 / (rows.t * (energy - self.coefficients[0] * rows.least[0]))
            tau = as_float(welch_constant(d, m))
            found.append(tau * top**2 / self.coefficients[0] + problem.rank * float(np.nanmax(rest)))
        return min(found)

    def solve(self) -> tuple[Proposal, float] | None:
        """The refined optimum with the excess of h that is left; ``None`` where the solver fails."""
        problem, m = self.problem, self.problem.m
        kappa = Quantities(EXACT, problem).kappa
        centre = np.zeros((1 + self.free, 1))
        centre[0] = np.log(self.crowd)
        centre[1:] = 0 if self.few else 0.5
        program = Program(
            d=problem.d,
            rank=problem.rank,
            n=float(problem.n) if self.few else None,
            orders=[term.order for term in self.terms],
            coefficients=list(self.coefficients),
            centre=self.rows(centre),
            scale=self.size(),
            top=as_float(kappa[(m + 1) // 2] / problem.p) if self.terms[0].order == m else None,
            degree=m + EXTRA_DEGREE,
            shares=True,
        )
        coarse = np.zeros(self.shape, dtype=bool)
        coarse[tuple(slice(None, None, 4) for _ in self.shape)] = True
        coarse[-1, ...] = False
        coarse[(-1,) + (0,) * self.free] = True
        program.add_rows(self.candidates.at(np.flatnonzero(coarse.ravel())))
        best = None
        for _ in range(_ROUNDS):
            proposal = program.solve()
            if proposal is None:
                break
            excess = program.add_nodes(proposal)
            best = proposal, max(excess, 0.0)
            peaks, worst = self.peaks(proposal)
            if excess < _TOLERANCE / 100 and worst < 1 + _TOLERANCE:
                break
            if peaks.shape[1]:
                program.add_rows(self.rows(peaks))
        return best

    def peaks(self, proposal: Proposal) -> tuple[Array, float]:
        """Where the row constraint is violated most, off the grid too, and the worst ratio of its sides."""
        from scipy.ndimage import maximum_filter

        ratio = proposal.ratio(self.candidates, self.coefficients).reshape(self.shape)
        local = (ratio >= maximum_filter(ratio, size=3)) & (ratio > 1 - 10 * _TOLERANCE)
        index = np.flatnonzero(local.ravel())
        index = index[np.argsort(-ratio.ravel()[index])][:_NEW_POINTS]
        at, values = self.fine[:, index], ratio.ravel()[index]
        if not len(index):
            return at, float(ratio.max())
        offsets = np.array(list(product((-1, -0.5, 0, 0.5, 1), repeat=1 + self.free))).T
        steps, high = np.array(self.steps), np.array([self.fine[0].max()] + [1.0] * self.free)
        for _ in range(5):
            tried = np.clip(at[:, :, None] + (steps[:, None] * offsets)[:, None, :], 0, high[:, None, None])
            found = proposal.ratio(self.rows(tried.reshape(len(steps), -1)), self.coefficients).reshape(len(index), -1)
            pick = found.argmax(axis=1)
            at, values, steps = tried[:, np.arange(len(index)), pick], found.max(axis=1), steps / 2.5
        near = np.concatenate([at + (shift * np.array(self.steps) * 0.15)[:, None] for shift in (-1, 0, 1)], axis=1)
        keep = np.tile(values > 1 + _TOLERANCE / 10, 3)
        return np.clip(near, 0, high[:, None])[:, keep], float(values.max())


def propose(problem: Problem) -> GeneralChoice | None:
    """Parameters from the cone program, rounded, with a price that is proven; ``None`` where that fails."""
    if not LEAST_P <= problem.p or problem.d > MAX_D:
        return None
    if not active_terms(problem):
        return _nothing(problem)
    program = GeneralProgram(problem)
    chosen, proposed = _rounded(program)
    candidates = [chosen]
    if program.few and (chosen is None or as_float(value_of(problem, chosen) / problem.p) > _POOR * proposed):
        candidates.append(_rounded(GeneralProgram(problem, any_n=True))[0])
        if chosen is None:
            candidates.append(_welch(problem))
    elif chosen is None:
        candidates += [_nothing(problem), _welch(problem)]
    return min((c for c in candidates if c is not None), key=lambda choice: value_of(problem, choice), default=None)


def _rounded(program: GeneralProgram) -> tuple[GeneralChoice | None, float]:
    """The program's parameters with a proven price, where there are any, and the value that it proposed, divided by p."""
    problem, found = program.problem, program.solve()
    if found is None:
        return None, 0.0
    proposal, excess = found
    members, moved, multipliers = [], [], []
    kappa = Quantities(EXACT, problem).kappa
    for i, term in enumerate(program.terms):
        member = repaired(proposal.h[i], float(proposal.share[i]), term.order, problem.d, excess)
        part = min(rational(float(proposal.moved[i])), member.x) if proposal.moved[i] > 1e-12 else fmpq(0)
        y = member.y + (part / int(problem.n) if part else 0)
        nu = rational(float(proposal.nu[i])) * problem.p if y > 0 and proposal.nu[i] > 0 else fmpq(0)
        members.append(member)
        moved.append(part)
        multipliers.append(min(nu, kappa[(problem.m + 1) // 2]) if term.order == problem.m else nu)
    draft = GeneralChoice(tuple(multipliers), tuple(members), tuple(moved), fmpq(0))
    priced = proposal.tau > 0 and float(problem.n) * proposal.tau > 1e-6 * proposal.value
    least = 1e-9 * proposal.value / problem.rank
    return _proven(problem, draft, max(proposal.sigma, least), proposal.tau if priced else 0.0, proposal.value), proposal.value


def _nothing(problem: Problem) -> GeneralChoice | None:
    """No square split off: the parameters of U7."""
    members = tuple(FrontierPolynomial(problem.d, term.order, fmpq(0), (fmpq(0),)) for term in active_terms(problem))
    none = (fmpq(0),) * len(members)
    size = as_float(problem.law.moment(2))
    return _proven(problem, GeneralChoice(none, members, none, fmpq(0)), size, 0.0, problem.rank * size)


def _welch(problem: Problem) -> GeneralChoice | None:
    """λ = κ_{m+1} with h = t^{2m} for the pure term, the others whole."""
    m, active = problem.m, active_terms(problem)
    if active[0].order != m:
        return None
    power = gegenbauer_coefficients(fmpq_poly([0] * m + [1]), problem.d) if problem.d > 1 else (fmpq(1),)
    members = [FrontierPolynomial(problem.d, term.order, fmpq(0), (fmpq(0),)) for term in active]
    members[0] = FrontierPolynomial(problem.d, m, fmpq(1), power)
    zeros = (fmpq(0),) * len(active)
    multipliers = (Quantities(EXACT, problem).kappa[(m + 1) // 2], *zeros[1:])
    size = as_float(problem.law.moment(2))
    pure = as_float(welch_constant(fmpq(problem.d), m) * problem.law.moment(m + 1) ** 2 / problem.law.moment(2 * m))
    return _proven(problem, GeneralChoice(multipliers, tuple(members), zeros, fmpq(0)), size, 0.0, pure, quick_is_enough=True)


def _proven(
    problem: Problem, draft: GeneralChoice, price: float, excess: float, value: float, *, quick_is_enough: bool = False
) -> GeneralChoice | None:
    """The draft with a price and an excess that hold on every row: the proposed ones times what is proven to be enough.

    All floats are divided by p, ``value`` is the proposal's.
    """
    p = problem.p
    draft = replace(draft, price=rational(price) * p, excess=rational(excess) * p if excess > 0 else fmpq(0))
    rows = problem.rank * price + (float(problem.n) * excess if excess > 0 else 0.0)
    relative = ACCURACY / 2 * rational(min(max(value / rows, 1.0), 100.0))
    candidates = []
    try:
        if (quick := price_factor(problem, draft, relative)) is not None:
            candidates.append(_scaled(draft, quick))
            loss = as_float(value_of(problem, candidates[0]) / p) / value - 1
            if quick_is_enough or loss < (_NEAR if p >= _TINY_P else _NEAR_TINY):
                return candidates[0]
        factor = max(row_ratio(problem, draft, relative).enclosure.upper, fmpq(0)) ** 2
        if factor <= _USELESS:  # otherwise the search's budget ended first
            candidates.append(_scaled(draft, factor))
    except CertificationError:
        pass
    return min(candidates, key=lambda choice: choice.price, default=None)


def _scaled(draft: GeneralChoice, factor: fmpq) -> GeneralChoice:
    return replace(draft, price=_above(draft.price * factor), excess=_above(draft.excess * factor))


def _above(value: fmpq) -> fmpq:
    """A short decimal that is not less."""
    if value <= 0:
        return fmpq(0)
    near = rational(as_float(value))
    return near if near >= value else rational(as_float(value * (1 + fmpq(1, 10**11))))
