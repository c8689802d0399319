"""Searches parameters of U11 for m = 5: the cone program for fixed e, and the best e of each row, in turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from flint import fmpq

from boundcalc.bounds.frontiers.coupled_quintic import (
    FIRST,
    LAST,
    OWN,
    PAYER,
    PURE,
    CoupledQuintic,
    QuinticRow,
    coefficients,
    exchanged,
)
from boundcalc.bounds.frontiers.coupled_quintic_proof import BAD, prove, worst_of
from boundcalc.bounds.frontiers.general import GeneralChoice, exchanges
from boundcalc.bounds.frontiers.program import Array, Program, Proposal, Rows
from boundcalc.bounds.frontiers.rounding import as_float, rational, repaired
from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.errors import CertificationError
from boundcalc.numbers.rings import EXACT

LEAST_P = fmpq(1, 10**15)
"""Below this p the program leaves what the solver can."""
MOST_D = 10
"""For larger d and n = ∞ less than 1% is left to gain."""
DEGREE = 6
"""Of h in u."""
ROUNDS = 16
CLOSE = 2e-5
DIGITS = 9
MOST_CONTACTS = 16
FEWEST = 30
"""The rows that stay from one program to the next."""
THIN = 1e-4
"""The least part of its positive terms that E may be."""
ROOM = (1e-4, 1e-3, 1e-2)
"""By what part z exceeds the largest row that floats find, the first for which the proof succeeds."""
NODES = 12
_THETA = np.array([1.0, 0.85, 0.7, 0.55, 0.45, 0.36, 0.29, 0.22, 0.15, 0.07])
_HEIGHTS = 4
_PART = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])


@dataclass(frozen=True)
class Points:
    """Rows (s, θ, y); arrays of one shape."""

    s: Array
    theta: Array
    y: Array

    def at(self, index: Array) -> Points:
        """Those of that index, as vectors."""
        return Points(self.s.ravel()[index], self.theta.ravel()[index], self.y.ravel()[index])

    def join(self, other: Points) -> Points:
        """Both."""
        return Points(*(np.concatenate(pair) for pair in zip(vars(self).values(), vars(other).values(), strict=True)))


class CoupledProgram:
    """The program for one problem; everything is divided by p, and n = ∞."""

    def __init__(self, problem: Problem, size: float) -> None:
        exact, kappa = coefficients(problem), Quantities(EXACT, problem).kappa
        assert exact is not None
        self.problem, self.size = problem, size
        self.c = {parts: as_float(value) for parts, value in exact.items()}
        self.kappa = [0.0, *(as_float(value) for value in kappa[1:])]
        self.p = as_float(problem.p)
        self.b = self.c[PAYER] / (2 * self.c[PURE])
        self.exchanges = exchanged(problem)
        self.weights = np.array([as_float(one.weight) for one in self.exchanges])
        self.balance = min(1.0, (self.c[LAST] / self.c[PURE]) ** 0.1)
        self.least = min(np.sqrt(self.kappa[1]), 0.5) / 16
        s = 2.0 ** np.linspace(np.log2(self.least), 0, int(-4 * np.log2(self.least)) + 1)
        s = np.concatenate([s[0] * 2.0 ** np.array([-9.0, -6.0, -3.0]), s])
        low = min(self.kappa[1] / 16, 0.01)
        near = [low * 2.0**k for k in range(8) if low * 2.0**k < 0.3]
        height = np.concatenate([[0.0], near, near[-1] ** (1 - np.arange(1, _HEIGHTS) / (_HEIGHTS - 1))])
        shape = len(s), len(_THETA), len(height)
        self.steps = [s, _THETA, height]
        grid = np.meshgrid(s, _THETA, height, indexing="ij")
        most = (1 - grid[0] ** 2) ** 2
        self.grid = Points(grid[0], np.maximum(grid[1], grid[0] ** 2), np.minimum(grid[2], most))
        self.shape = shape

    def e_of(self, theta: Array, rho: Array) -> Array:
        """e s⁴ = β θ²."""
        return self.b * (1 - rho * rho) * theta * theta

    def rows(self, points: Points, rho: Array) -> Rows:
        """Row points for the program."""
        s, theta, y, c = points.s, points.theta, points.y, self.c
        _, second, fourth, sixth, *_ = self.kappa
        t = s * s
        e = self.e_of(theta, rho)
        gain = (sixth + 5 * second * fourth) * t * t + 10 * fourth * second * t + 15 * second**3 + 5 * second * fourth * y
        two, three, ten = t * t + y, t**3 + y * y, t**5
        factor, least = [], []
        for one in self.exchanges:
            size = len(one.factor)
            if one.linked or one.order == FIRST[0]:
                factor.append(1 / t**size)
            else:
                factor.append((1 + e / (t * t)) ** 2 if one.order == PURE[0] else rho * rho / (t * t))
            least.append(two / t ** (size + 2) if one.linked else factor[-1])
        steady = c[LAST] - c[PURE] * e * e + c[(3, 2)] * three * two + c[(2, 2, 1)] * two * two + c[(2, 1, 1, 1)] * two
        base = steady / ten
        for weight, one, value in zip(self.weights, self.exchanges, least, strict=True):
            if one.linked:
                base = base - weight * value
        return Rows(t / theta, gain / (t * t) / self.p, base / self.p, np.stack(factor), np.stack(least))

    def row(self, proposal: Proposal) -> QuinticRow:
        """The row condition for a proposal, in floats."""
        own = dict.fromkeys(OWN, (0.0, 0.0))
        links = []
        for k, one in enumerate(self.exchanges):
            nu, share, end = float(proposal.nu[k]) * self.p, float(proposal.share[k]), float(sum(proposal.h[k]))
            if one.linked:
                links.append((len(one.factor), float(self.weights[k]), nu, share - end, share))
            else:
                own[(one.order, *one.factor)] = nu, 1 - end
        return QuinticRow.made(self.kappa, self.c, own, links, proposal.sigma * self.p)

    def first(self) -> tuple[Points, Array]:
        """Few rows to start from, with ρ for e = 0.6 of what they would like."""
        s, theta, y = self.shape
        index = np.ravel_multi_index(
            [part.ravel() for part in np.meshgrid(np.arange(0, s, 3), [0, 3, 6], np.arange(0, y, 2), indexing="ij")], self.shape
        )
        points = self.grid.at(index)
        _, second, _, sixth, *_ = self.kappa
        wanted = min(15 * second**3 / sixth if sixth > 0 else np.inf, np.sqrt(self.c[LAST] / self.c[PURE]))
        return points, np.sqrt(np.maximum(0.0, 1 - 0.6 * wanted / (self.b * points.theta**2)))

    def contacts(self, row: QuinticRow, rounds: int) -> tuple[Points, Array, Array]:
        """The greatest rows, located between the points of the grid, what they need, and ρ there."""
        at, value, (log_s, theta, y) = self._peaks(row)
        each = np.arange(len(value))
        for _ in range(rounds):
            a, b, c = (part.ravel() for part in np.meshgrid(_PART, _PART, _PART, indexing="ij"))
            s = np.minimum(at.s[:, None] * 2.0 ** (log_s[:, None] * a), 1.0)
            tried = Points(
                s,
                np.clip(at.theta[:, None] + theta[:, None] * b, s * s, 1.0),
                np.clip(at.y[:, None] + y[:, None] * c, 0, (1 - s * s) ** 2),
            )
            found = best(row, tried, 3)[0]
            pick = found.argmax(axis=1)
            at = Points(*(values[each, pick] for values in vars(tried).values()))
            value = np.maximum(found[each, pick], value)
            log_s, theta, y = log_s / 2, theta / 2, y / 2
        return at, value, best(row, at, 5)[1]

    def _peaks(self, row: QuinticRow) -> tuple[Points, Array, tuple[Array, Array, Array]]:
        """Local maxima on the grid and at further heights, with the steps around them."""
        from scipy.ndimage import maximum_filter

        needed, rho = best(row, self.grid, 3)
        found = [
            (self.grid.at(k), needed.ravel()[k], k) for k in [np.flatnonzero((needed >= maximum_filter(needed, size=3)).ravel())]
        ]
        s, theta = self.grid.s[:, :, 0], self.grid.theta[:, :, 0]
        place = np.arange(needed.size).reshape(self.shape)
        for heights in (_turns(row, s, theta, 1.0 + 0 * s), _turns(row, s, theta, rho[:, :, 0])):
            for height in heights:
                y = np.clip(height, 0, (1 - s * s) ** 2)
                value = best(row, Points(s, theta, y), 3)[0]
                k = np.flatnonzero((value >= maximum_filter(value, size=3)).ravel())
                nearest = np.abs(self.steps[2][None, :] - y.ravel()[k][:, None]).argmin(axis=1)
                found.append((Points(s, theta, y).at(k), value.ravel()[k], place[:, :, 0].ravel()[k] + nearest))
        at, value, index = found[0]
        for points, more, k in found[1:]:
            at, value, index = at.join(points), np.concatenate([value, more]), np.concatenate([index, k])
        order = np.argsort(-value, kind="stable")
        order = order[value[order] > 0.5 * row.z]
        bad = value[order] >= BAD * row.z
        kept = np.concatenate([order[bad][:MOST_CONTACTS], order[~bad][:MOST_CONTACTS]])
        if not len(kept):
            kept = np.argsort(-value, kind="stable")[:1]
        at, value = at.at(kept), value[kept]
        i, j, k = np.unravel_index(index[kept], self.shape)
        s, angles, heights = self.steps
        log_s = np.log2(s[np.minimum(i + 1, len(s) - 1)] / s[np.maximum(i - 1, 0)]) / 2
        wide = np.maximum(angles[np.maximum(j - 1, 0)] - angles[np.minimum(j + 1, len(angles) - 1)], 0.02) / 2
        tall = (heights[np.minimum(k + 1, len(heights) - 1)] - heights[np.maximum(k - 1, 0)]) / 2
        return at, value, (log_s, wide, tall)


def thinnest(row: QuinticRow, s: Array) -> tuple[Points, Array]:
    """The rows at which E without payments is least in proportion to its positive parts, and this share."""

    def share(s: Array) -> tuple[Array, Array]:
        y = np.clip(_turns(row, s, 1 + 0 * s, 1 + 0 * s)[1], 0, (1 - s * s) ** 2)
        parts = [value * s**i * y**k for (i, k), value in row.energy.items()]
        parts += [row.pure * s**10, row.payer * s**6]
        return sum(parts) / sum(np.maximum(part, 0) for part in parts), y

    value, _ = share(s)
    at = np.flatnonzero((value <= np.append(value[1:], np.inf)) & (value <= np.append(np.inf, value[:-1])) & (value < 0.2))
    low, high = s[np.maximum(at - 1, 0)], s[np.minimum(at + 1, len(s) - 1)]
    best_s = s[at]
    for _ in range(5):
        tried = low[:, None] + (high - low)[:, None] * (np.arange(9) / 8)
        k, each = share(tried)[0].argmin(axis=1), np.arange(len(at))
        best_s = tried[each, k]
        low, high = tried[each, np.maximum(k - 1, 0)], tried[each, np.minimum(k + 1, 8)]
    value, y = share(best_s)
    return Points(best_s, 1 + 0 * best_s, y), value


def _turns(row: QuinticRow, s: Array, theta: Array, rho: Array) -> list[Array]:
    """The y at which P²/E turns, E cut after y², and at which E does."""
    e = row.b * (1 - rho * rho) * theta * theta

    def part(terms: Mapping[tuple[int, int], float], k: int) -> Array:
        return sum((value * s**i for (i, j), value in terms.items() if j == k), 0 * s)

    n0, g = part(row.gain, 0) - row.nu * rho * s * s - row.lam * e, part(row.gain, 1)
    e0 = part(row.energy, 0) + row.pure * s * s * (s**4 + e) ** 2 - row.whole * e * e + row.payer * rho * rho * s**6
    e1, e2 = part(row.energy, 1), part(row.energy, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        turns = [(n0 * e1 - 2 * g * e0) / (g * e1 - 2 * n0 * e2), np.maximum(-e1 / (2 * e2), 0)]
        e3, y = part(row.energy, 3), turns[1]
        for _ in range(5):  # Newton's method; E is convex in y
            y = np.maximum(y - (e1 + y * (2 * e2 + y * 3 * e3)) / (2 * e2 + y * 6 * e3), 0)
        turns[1] = y
    return [np.where(np.isfinite(turn), turn, 0.0) for turn in turns]


def best(row: QuinticRow, points: Points, rounds: int) -> tuple[Array, Array]:
    """The least of θ P_+²/E over ρ for each row, and that ρ."""
    s, theta, y = (part.ravel()[:, None] for part in (points.s, points.theta, points.y))
    inner = sum(value * s**i * y**k for (i, k), value in row.gain.items())
    outer = sum(value * s**i * y**k for (i, k), value in row.energy.items())
    # e beyond what makes E negative is of no use
    root = np.sqrt(np.maximum(1 - np.sqrt(row.energy[0, 0] / row.whole) / (row.b * theta**2), 0.0))
    rho = 1 - (1 - root) * (np.arange(9) / 8)
    each = np.arange(len(s))
    for k in range(rounds + 1):
        found = worst_of(row, s, theta, inner, outer, rho)
        at = found.argmin(axis=1)
        if k < rounds:
            low = rho[each, np.minimum(at + 1, rho.shape[1] - 1)][:, None]
            high = rho[each, np.maximum(at - 1, 0)][:, None]
            rho = high - (high - low) * (np.arange(7) / 6)
    return found[each, at].reshape(points.s.shape), rho[each, at].reshape(points.s.shape)


def search(problem: Problem, limit: fmpq) -> CoupledQuintic | None:
    """The best parameters found, z proven for them; ``None`` where they are not below ``limit``."""
    if coefficients(problem) is None or problem.p < LEAST_P or not 2 <= problem.d <= MOST_D or problem.n <= problem.d:
        return None
    program = CoupledProgram(problem, as_float(rational(as_float(limit / problem.p), 2)))
    found = _solved(program, as_float(limit / problem.p))
    if found is None:
        return None
    draft = _rounded(program, *found)
    row = QuinticRow.of(problem, draft.general)
    largest = float(program.contacts(row.mapped(as_float), 6)[1].max())
    for room in ROOM:
        drafted = draft.with_z(rational(largest * (1 + room), DIGITS))
        if drafted.value(problem) >= limit:
            return None
        try:
            prove(QuinticRow.of(problem, drafted.general), program.least)
        except CertificationError:
            continue
        return drafted
    return None


def _solved(program: CoupledProgram, limit: float) -> tuple[Proposal, float] | None:
    """The best of the programs' solutions and the excess of its h; ``None`` where none is below ``limit``, divided by p."""
    problem = program.problem
    centre = program.rows(Points(*(np.array([value]) for value in (program.balance, 1.0, 0.0))), np.array([1.0]))
    cones = Program(
        d=problem.d,
        rank=problem.rank,
        n=None,
        orders=[one.order for one in program.exchanges],
        coefficients=list(program.weights / program.p),
        centre=centre,
        scale=program.size,
        top=None,
        degree=DEGREE,
        shares=True,
        linked=[one.linked for one in program.exchanges],
        nodes=NODES,
    )
    points, rho = program.first()
    drawn = False
    best_found: tuple[Proposal, float] | None = None
    least, before = limit, np.inf
    for _ in range(ROUNDS):
        cones.rows = program.rows(points, rho)
        proposal = cones.solve()
        if proposal is None or proposal.sigma <= 0:
            break
        excess = max(cones.add_nodes(proposal), 0.0)
        row = program.row(proposal)
        more, needed, _ = program.contacts(row, 2)
        larger = float(needed.max()) / row.z
        value = (proposal.value + (larger - 1) * problem.rank * proposal.sigma) * (1 + excess)
        thin, room = thinnest(row, program.steps[0])
        if value < least and room.min(initial=1.0) > THIN:
            least, best_found = value, (proposal, excess)
        settled = abs(proposal.value - before) < CLOSE * proposal.value and value < proposal.value * (1 + CLOSE)
        if settled and room.min(initial=1.0) > THIN:
            break
        before = proposal.value
        if not drawn:
            old = best(row, points, 3)[0]
            points, drawn = points.at(np.flatnonzero(old >= min(row.z / 2, np.sort(old)[-min(FEWEST, len(old))]))), True
        points = points.join(more.at(np.flatnonzero(needed > row.z * (1 - CLOSE))))
        rho = best(row, points, 5)[1]
        thin = thin.at(np.flatnonzero(room < 10 * THIN))
        points, rho = points.join(thin), np.append(rho, np.ones(len(thin.s)))
    return best_found


def _rounded(program: CoupledProgram, proposal: Proposal, excess: float) -> CoupledQuintic:
    """Short rational parameters next to a proposal, z not yet."""
    problem, own = program.problem, program.exchanges
    members, multipliers = [], []
    for one in exchanges(problem):
        member, nu = FrontierPolynomial(problem.d, one.order, fmpq(0), (fmpq(0),)), fmpq(0)
        if one in own:
            i = own.index(one)
            member = repaired(
                proposal.h[i], float(proposal.share[i]) if one.linked else 1.0, one.order, problem.d, excess, linked=one.linked
            )
            if member.y > 0 and proposal.nu[i] > 0:
                nu = rational(float(proposal.nu[i])) * problem.p
        members.append(member)
        multipliers.append(nu)
    nothing = (fmpq(0),) * len(members)
    z = rational(proposal.sigma, DIGITS) * problem.p
    return CoupledQuintic(GeneralChoice(tuple(multipliers), tuple(members), nothing, z))
