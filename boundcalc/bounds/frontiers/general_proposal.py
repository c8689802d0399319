"""Proposes parameters of U9 for m = 5: the cone program on row points that are added where its solution is violated."""

from __future__ import annotations

from functools import cached_property
from itertools import product

import numpy as np
from flint import fmpq, fmpq_poly

from boundcalc.bounds.frontiers import quintic
from boundcalc.bounds.frontiers.absorption import absorbed
from boundcalc.bounds.frontiers.coupled_rows import peaks
from boundcalc.bounds.frontiers.flat import flattest
from boundcalc.bounds.frontiers.general import Exchange, GeneralChoice, exchanges, value_of
from boundcalc.bounds.frontiers.neighbours import of_features, shared
from boundcalc.bounds.frontiers.program import Array, Program, Proposal, Rows
from boundcalc.bounds.frontiers.proposal import FEW
from boundcalc.bounds.frontiers.rounding import rational, repaired
from boundcalc.bounds.frontiers.tiny_p import NEAR_P, alike, near, scaled
from boundcalc.certify.attempts import LOOSE, Attempt, tightest
from boundcalc.certify.gegenbauer import gegenbauer_coefficients
from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.lemmas.row import least_share
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.constants import tensor_dimension, welch_constant
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.moments import correlation, moments_from_cumulants
from boundcalc.numbers.remarks import remembered
from boundcalc.numbers.rings import EXACT
from boundcalc.numbers.weighted_sums import shortened, weighted, whole_power

LEAST_P = fmpq(1, 10**45)
"""Below this p the proof of a price leaves the range of floats."""
TINY_P = fmpq(1, 10**10)
"""Below this p links with small factors only hinder the solver, where tiny features crowd, and ..."""
SPARSE_P = fmpq(1, 10**5)
"""... below this p they may, and those with large factors do where features are few."""
SOLVED_P = fmpq(1, 10**30)
"""Below this p the program does."""
MAX_D = 10**6
EXTRA_DEGREE = 1
"""h has degree m + 1 in u = t²."""
_HARDLY_THERE = 1e-6
"""Links of few features with a smaller share are left out: nothing is gained by them, and they fit one n alone."""
_ROUNDS = 14
_TRIES = 10
_CUTS = 6
"""How often a row that an examination finds is added, and the program solved again."""
_WEAKER = fmpq(1, 1000)
"""Links leave E little room, which a proof may want: they are weakened by this part where it is undecided."""
_TOLERANCE = 2e-5
_RAISED = 1e-3
"""What rows lack is added to the price, up to this part of it."""
_COSTLY = 100
"""About what an excess of h costs, times that excess, where E has little room."""
_OTHERS = 3
"""So many solutions are tried for which that is least."""
_NEW_POINTS = 24
_SPREAD = 0.3
"""How far from the worst rows further ones are added, in steps of the grid."""
_NODES = 12
_NEAR = 0.05
"""Violations of grid points from which the worst row off the grid is looked for: between grid points they are larger."""
_POOR = 1.05
"""Where few features certify this much above their proposal, the parameters for any n are tried too."""


def _balance(problem: Problem) -> float:
    """The crowding at which the two ends of D̃ are equal."""
    found, m = absorbed(problem), problem.m
    assert found is not None
    return max(1.0, to_float(abs(Quantities(EXACT, problem).kappa[m]) / found[0][(1,) * m]) ** (1 / m))


def _is_few(problem: Problem) -> bool:
    """Whether rows of n features hardly get to that crowding."""
    welch = to_float(welch_constant(fmpq(problem.d), problem.m))
    return not problem.is_infinite and problem.n <= FEW * max(welch, problem.d * _balance(problem))


def _tiny_crowd(problem: Problem) -> bool:
    """Whether the best weights have more tiny features than any others: the p where they come depends on d."""
    return problem.p < TINY_P and (problem.p * problem.d**problem.m < 1 or problem.p < 10 * NEAR_P)


class GeneralProgram:
    """The program for one problem; everything is divided by p.

    Row points have coordinates (log q, u) with u in [0, 1]: θ = 1/(n−1) plus the part u²/(1 + w²)^{1−u} of what is left, so that
    u runs through the least g_2, and evenly through the logarithms of g_2 from 1 to w².
    """

    def __init__(self, problem: Problem, *, any_n: bool = False, linked: bool = True, crowded: bool = False) -> None:
        p = problem.p
        self.problem = problem
        kappa, found = Quantities(EXACT, problem).kappa, absorbed(problem)
        assert found is not None
        self.monomials = [(parts, to_float(c / p)) for parts, c in found[0].items() if c > 0]
        self.kappa = [0.0, *(to_float(k) for k in kappa[1:])]
        self.p = to_float(p)
        balance = _balance(problem)
        self.few = not any_n and _is_few(problem)
        self.crowded = crowded or _tiny_crowd(problem)
        self.exchanges = [one for one in exchanges(problem) if not one.linked or (linked and self._matters(one))]
        self.weights = np.array([to_float(one.weight / p) for one in self.exchanges])
        # beyond 1/kappa_2 the last term of C~ dominates and the row function only nears its limit; few features hardly get there
        self.crowd = balance if self.few else max(balance, 1 / self.kappa[1])
        self.reach = float(shortened(np.log(self.crowd * 1e3)))
        self.least = to_float(least_share(problem.n)) if self.few else 0.0
        axes = [np.linspace(0, self.reach, int(max(90, 5 * self.reach))), np.linspace(0, 1, 24)]
        # the last point stands for the limit t -> 0, where for few features any price is paid by the excess
        axes[0] = np.append(axes[0], self.reach + (np.array([7]) if self.few else np.array([3, 6, 10, 17])))
        self.shape = tuple(len(axis) for axis in axes)
        self.steps = [axis[1] - axis[0] for axis in axes]
        self.fine = np.stack([grid.ravel() for grid in np.meshgrid(*axes, indexing="ij")])
        self.candidates = self.rows(self.fine)
        self.seen: list[tuple[Proposal, float, float]] = []  # every solution, the excess of its h, and what its price lacks

    def _matters(self, link: Exchange) -> bool:
        """Links with large factors matter where features crowd, others where they are few, and all for moderate p."""
        large = len(link.factor) > 2
        return self.problem.p >= SPARSE_P if self.few and large else large or not self.crowded

    def rows(self, points: Array) -> Rows:
        """Row points at coordinates of shape (2, points)."""
        q, u = shortened(np.exp(points[0])), points[1]
        scale = 1 + np.minimum(q - 1, shortened(np.exp(self.reach))) ** 2
        return self._rows(q, u**2 / shortened(scale ** (1 - u)))

    def _rows(self, q: Array, share: Array) -> Rows:
        """Row points at Q_2 and at a share of what is left to θ; the other sums at the least values that the proof uses."""
        m, w = self.problem.m, q - 1
        theta = self.least + (1 - self.least) * share
        g = theta * w * w
        sums = [0, q, 1 + g, *(1 + g * whole_power(g / q, j - 2) for j in range(3, m + 1))]
        moments = moments_from_cumulants([0] + [k * s for k, s in zip(self.kappa[1:], sums[1:], strict=True)])
        gain = correlation(m, self.kappa, 1.0, moments[: (m + 1) // 2]) / self.p
        factor = np.stack([one.at(sums) * np.ones_like(q) for one in self.exchanges])
        least = np.stack([one.at(sums) * sums[one.order] for one in self.exchanges])
        energy = sum(c * np.prod([sums[j] for j in parts], axis=0) for parts, c in self.monomials)
        return Rows(1 / q, gain, energy - weighted(self.weights, least), factor, least)

    def size(self) -> float:
        """The least of U1, U7 and U8 with λ = κ_{m+1}, near the optimum's size."""
        rows, problem, law = self.candidates, self.problem, self.problem.law
        m, d = problem.m, fmpq(problem.d)
        energy = rows.base + weighted(self.weights, rows.least)
        capacity = problem.rank * float((rows.correlation**2 / (rows.t * energy)).max())
        found = [capacity, to_float(law.moment(2) * tensor_dimension(d, m))]
        top = to_float(Quantities(EXACT, problem).kappa[(m + 1) // 2] / problem.p)
        if top > 0 and self.exchanges[0].order == m:
            with np.errstate(divide="ignore", invalid="ignore"):  # for tiny p the difference may be 0 in floats
                rest = np.maximum(rows.correlation - top, 0) ** 2 / (rows.t * (energy - self.weights[0] * rows.least[0]))
            tau = to_float(welch_constant(d, m))
            found.append(tau * top**2 / self.weights[0] + problem.rank * float(np.nanmax(rest)))
        return min(found)

    @cached_property
    def cones(self) -> Program:
        """The program on a coarse grid of row points, which grows as it is solved."""
        problem, m = self.problem, self.problem.m
        centre = np.array([[np.log(self.crowd)], [0.0 if self.few else 0.5]])
        program = Program(
            d=problem.d,
            rank=problem.rank,
            n=float(problem.n) if self.few else None,
            orders=[one.order for one in self.exchanges],
            coefficients=list(self.weights),
            centre=self.rows(centre),
            scale=self.size(),
            top=None,
            degree=m + EXTRA_DEGREE,
            shares=True,
            linked=[one.linked for one in self.exchanges],
            nodes=_NODES,
        )
        coarse = np.zeros(self.shape, dtype=bool)
        coarse[::4, ::4] = True
        coarse[-1 if self.few else -4 :] = False
        coarse[-1, ::2] = True
        program.add_rows(self.candidates.at(np.flatnonzero(coarse.ravel())))
        return program

    def solve(self) -> tuple[Proposal, float, float] | None:
        """The refined optimum, the excess of h that is left, and what its price lacks; ``None`` where the solver fails."""
        best, least = None, np.inf
        for _ in range(_ROUNDS):
            proposal = self.cones.solve()
            if proposal is None:
                break
            self.cones.keep_near(proposal)
            excess = self.cones.add_nodes(proposal)
            peaks, worst = self.peaks(proposal)
            excess, lacking = max(excess, 0.0), 2 * max(worst, 0.0)  # a violation is half of what the ratio lacks
            self.seen.append((proposal, excess, lacking))
            if (value := proposal.value * (1 + excess) * (1 + lacking)) < least:
                best, least = (proposal, excess, lacking), value
            if excess < 1e-6 and worst < _TOLERANCE:
                break
            if peaks.shape[1]:
                self.cones.add_rows(self.rows(peaks))
        return best

    def cut(self, s: float, z: float) -> None:
        """Adds a row at which an examination failed, and rows near it (m = 5)."""
        near = np.array([1.0, 0.98, 1.02])
        q = np.maximum(1, near / s**2)
        g = np.minimum((z**2 + 2 * s**2 * z) / s**4 * near, (q - 1) ** 2)
        with np.errstate(invalid="ignore", divide="ignore"):
            theta = np.where(q > 1, g / (q - 1) ** 2, 0.0)
        room = 1 - self.least  # none for two features, whose rows have one theta
        self.cones.add_rows(self._rows(q, np.maximum(theta - self.least, 0) / room if room else 0 * theta))

    def peaks(self, proposal: Proposal) -> tuple[Array, float]:
        """Where the row constraint is violated most, off the grid too, and the worst violation."""
        found = proposal.violation(self.candidates, self.weights).reshape(self.shape)
        local = peaks(found) & (found > -_NEAR)
        index = np.flatnonzero(local.ravel())
        index = index[np.argsort(-found.ravel()[index], kind="stable")][:_NEW_POINTS]
        at, values = self.fine[:, index], found.ravel()[index]
        if not len(index):
            return at, float(found.max())
        offsets = np.array(list(product((-1, -0.5, 0, 0.5, 1), repeat=2))).T
        steps, high = np.array(self.steps), np.array([self.fine[0].max(), 1.0])
        for _ in range(5):
            tried = np.clip(at[:, :, None] + (steps[:, None] * offsets)[:, None, :], 0, high[:, None, None])
            more = proposal.violation(self.rows(tried.reshape(len(steps), -1)), self.weights).reshape(len(index), -1)
            pick = more.argmax(axis=1)
            at, values, steps = tried[:, np.arange(len(index)), pick], more.max(axis=1), steps / 2.5
        shifts = list(product((-1, 0, 1), repeat=2))  # a contact moves in both coordinates as rows are added
        near = np.concatenate([at + (_SPREAD * np.array(shift) * np.array(self.steps))[:, None] for shift in shifts], axis=1)
        keep = np.tile(values > _TOLERANCE / 10, len(shifts))
        return np.clip(near, 0, high[:, None])[:, keep], float(values.max())


def propose(problem: Problem) -> GeneralChoice | None:
    """Parameters from the cone program, rounded, with a price that is proven; ``None`` where that fails.

    They are those of :func:`boundcalc.bounds.frontiers.neighbours.shared` or, where the bound is flat in n, of the most features
    for which it is: all smaller n have the same then.
    """
    if not LEAST_P <= problem.p or problem.d > MAX_D:
        return None
    return _shared_by_all(shared(problem))


@remembered(64)
def _shared_by_all(problem: Problem) -> GeneralChoice | None:
    like = problem if problem.p >= NEAR_P else near(problem)
    if like == problem or not alike(like, problem):
        return flattest(problem, _proposed) if problem.p >= SOLVED_P or not exchanges(problem) else None
    # parameters of a larger p, those for any n too where n is finite, and the program's where n is few for this p alone
    candidates = [] if problem.is_infinite else [_shared_by_all(of_features(problem, "inf"))]
    if problem.is_infinite or _is_few(like):
        found = _shared_by_all(like)
        candidates.append(found and quintic.proven(problem, scaled(found, like, problem), _TRIES)[0])
    elif problem.p >= SOLVED_P and _is_few(problem):
        candidates.append(_rounded(GeneralProgram(problem), patient=False)[0])
    return _least(problem, candidates)


@remembered(64)
def _proposed(problem: Problem) -> GeneralChoice | None:
    if not exchanges(problem):
        return _nothing(problem)
    programs: list[GeneralProgram] = []

    def attempt() -> Attempt[GeneralChoice]:
        programs.append(GeneralProgram(problem))
        return _attempt(programs[-1])

    first = tightest(attempt)
    candidates = [first.chosen]
    if problem.p < SPARSE_P and not (programs[0].few or programs[0].crowded):
        candidates.append(tightest(lambda: _attempt(GeneralProgram(problem, crowded=True))).chosen)
    if first.chosen is None:  # with the rows that were added, in the first scaling
        candidates.append(_rounded(programs[0])[0])

    def poor() -> bool:
        """Whether all that was certified is far above the proposal."""
        return all(choice is None or _size(problem, choice) > _POOR * first.proposed for choice in candidates)

    if programs[0].few and poor():
        # the solver likes fewer unknowns
        candidates.append(_unlinked(problem))
        if poor():
            candidates.append(_rounded(GeneralProgram(problem, any_n=True))[0])
            candidates.append(_welch(problem))
    elif all(choice is None for choice in candidates):
        candidates += [_unlinked(problem), _nothing(problem), _welch(problem)]
    return _least(problem, candidates)


def _least(problem: Problem, candidates: list[GeneralChoice | None]) -> GeneralChoice | None:
    return min((c for c in candidates if c is not None), key=lambda choice: value_of(problem, choice), default=None)


def _attempt(program: GeneralProgram) -> Attempt[GeneralChoice]:
    """What the program's parameters prove, where that is decided at once; those of other solutions where they prove little.

    Few features keep to the first solution, so that the bound grows with n as the programs' optima do.
    """
    problem = program.problem
    chosen, value = _rounded(program, patient=False)
    if not program.few and (chosen is None or _size(problem, chosen) > LOOSE * value):
        others = sorted(program.seen, key=lambda one: one[0].value * (1 + _COSTLY * one[1]))[:_OTHERS]
        chosen = _least(problem, [chosen, *(quintic.proven(problem, _draft(program, *one[:2], 1.0), _TRIES)[0] for one in others)])
    return Attempt(chosen, np.inf if chosen is None else _size(problem, chosen), value)


def _size(problem: Problem, choice: GeneralChoice) -> float:
    """The value, divided by p."""
    return to_float(value_of(problem, choice) / problem.p)


def _unlinked(problem: Problem) -> GeneralChoice | None:
    """The parameters without links, which some problems have alone."""
    if all(one.linked for one in exchanges(problem)):
        return _nothing(problem)
    return _rounded(GeneralProgram(problem, linked=False))[0]


def _rounded(program: GeneralProgram, *, patient: bool = True) -> tuple[GeneralChoice | None, float]:
    """The program's parameters with a proven price, where there are any, and the value that it proposed, divided by p.

    Not ``patient``: where the proof of its price is not decided at once, higher ones, which take seconds, are not tried.
    """
    problem, value = program.problem, 0.0
    for attempt in range(1 + _CUTS):
        found = program.solve()
        if found is None:
            break
        proposal, excess, lacking = found
        value = proposal.value
        draft = _draft(program, proposal, excess, 1 + lacking if lacking < _RAISED else 1.0)
        if attempt == _CUTS:
            return _proven(problem, draft), value
        chosen, against = quintic.proven(problem, draft, 1)
        if chosen is not None:
            return chosen, value
        if against is None:  # undecided
            chosen = quintic.proven(problem, quintic.weakened(problem, draft, _WEAKER), _TRIES if patient else 2)[0]
            if chosen is None and patient:
                chosen = quintic.proven(problem, draft, _TRIES, 1)[0]
            return chosen, value
        program.cut(*against)
    return None, value


def _draft(program: GeneralProgram, proposal: Proposal, excess: float, raised: float) -> GeneralChoice:
    """The proposal in rationals, its polynomials proven; its price is not."""
    problem = program.problem
    members, moved, multipliers = [], [], []
    for one in exchanges(problem):
        member, part, nu = FrontierPolynomial(problem.d, one.order, fmpq(0), (fmpq(0),)), fmpq(0), fmpq(0)
        i = program.exchanges.index(one) if one in program.exchanges else None
        if i is not None and not (program.few and one.linked and proposal.share[i] < _HARDLY_THERE):
            member = repaired(proposal.h[i], float(proposal.share[i]), one.order, problem.d, excess, linked=one.linked)
            part = rational(float(proposal.moved[i])) if proposal.moved[i] > 1e-12 else fmpq(0)
            if member.y + (part / int(problem.n) if part else 0) > 0 and proposal.nu[i] > 0:
                nu = rational(float(proposal.nu[i])) * problem.p
        members.append(member)
        moved.append(part)
        multipliers.append(nu)
    priced = proposal.tau > 0 and float(problem.n) * proposal.tau > 1e-6 * proposal.value
    price = rational(max(proposal.sigma, 1e-9 * proposal.value / problem.rank) * raised) * problem.p
    paid = rational(proposal.tau * raised) * problem.p if priced else fmpq(0)
    return GeneralChoice(tuple(multipliers), tuple(members), tuple(moved), price, paid)


def _nothing(problem: Problem) -> GeneralChoice | None:
    """No square split off: the parameters of U7."""
    members = tuple(FrontierPolynomial(problem.d, one.order, fmpq(0), (fmpq(0),)) for one in exchanges(problem))
    none = (fmpq(0),) * len(members)
    size = to_float(problem.law.moment(2))
    return _proven(problem, GeneralChoice(none, members, none, rational(size) * problem.p))


def _welch(problem: Problem) -> GeneralChoice | None:
    """λ = κ_{m+1} with h = t^{2m} for the pure term, the others whole."""
    m, active = problem.m, exchanges(problem)
    top = Quantities(EXACT, problem).kappa[(m + 1) // 2]
    if active[0].order != m or top <= 0:
        return None
    power = gegenbauer_coefficients(fmpq_poly([0] * m + [1]), problem.d) if problem.d > 1 else (fmpq(1),)
    members = [FrontierPolynomial(problem.d, one.order, fmpq(0), (fmpq(0),)) for one in active]
    members[0] = FrontierPolynomial(problem.d, m, fmpq(1), power)
    zeros = (fmpq(0),) * len(active)
    size = to_float(problem.law.moment(2))
    draft = GeneralChoice((top, *zeros[1:]), tuple(members), zeros, rational(size) * problem.p)
    return _proven(problem, draft)


def _proven(problem: Problem, draft: GeneralChoice) -> GeneralChoice | None:
    """The draft with a price and an excess that are proven to hold on every row."""
    return quintic.proven(problem, draft, _TRIES)[0]
