"""Computes rows of U11 for m = 5 in floating point: for the program, at their best e, and where they are greatest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from boundcalc.bounds.frontiers.coupled_quintic import (
    FIRST,
    LAST,
    OWN,
    PAYER,
    PURE,
    QuinticRow,
    coefficients,
    exchanged,
)
from boundcalc.bounds.frontiers.coupled_quintic_proof import ALONG, BAD, Cells, worst_of
from boundcalc.bounds.frontiers.coupled_rows import peaks
from boundcalc.bounds.frontiers.program import Array, Proposal, Rows
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.rings import EXACT
from boundcalc.numbers.weighted_sums import shortened, whole_power

MOST_CONTACTS = 16
_THETA = np.array([1.0, 0.85, 0.7, 0.55, 0.45, 0.36, 0.29, 0.22, 0.15, 0.07])
_HEIGHTS = 4
_BLOCK = 1000
_AROUND = np.array(list(product((-1.0, 0.0, 1.0), repeat=3))).T
"""Where rows are tried around another, in steps."""
_CLOSER = 3
CLIMBS = 7
"""How often the greatest rows are located more finely."""
CLEARLY = {3: 1e-3, 4: 2e-5}
"""After so many times a part of z by which a row that needs as much more is clearly above it."""
_SAME = 1e-4
"""A row so near to another, relative to it, is the same."""


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
        self.c = {parts: to_float(value) for parts, value in exact.items()}
        self.kappa = [0.0, *(to_float(value) for value in kappa[1:])]
        self.p = to_float(problem.p)
        self.b = self.c[PAYER] / (2 * self.c[PURE])
        self.exchanges = exchanged(problem)
        self.weights = np.array([to_float(one.weight) for one in self.exchanges])
        self.balance = min(1.0, (self.c[LAST] / self.c[PURE]) ** 0.1)
        self.least = min(np.sqrt(self.kappa[1]), 0.5) / 16
        s = shortened(2.0 ** np.linspace(np.log2(self.least), 0, int(-4 * np.log2(self.least)) + 1))
        s = np.concatenate([s[0] * 2.0 ** np.array([-9.0, -6.0, -3.0]), s])
        low = min(self.kappa[1] / 16, 0.01)
        near = [low * 2.0**k for k in range(8) if low * 2.0**k < 0.3]
        height = np.concatenate([[0.0], near, shortened(near[-1] ** (1 - np.arange(1, _HEIGHTS) / (_HEIGHTS - 1)))])
        shape = len(s), len(_THETA), len(height)
        self.steps = [s, _THETA, height]
        grid = np.meshgrid(s, _THETA, height, indexing="ij")
        most = (1 - grid[0] ** 2) ** 2
        self.grid = Points(grid[0], np.maximum(grid[1], grid[0] ** 2), np.minimum(grid[2], most))
        self.open = Points(self.grid.s[:, :1, :1], self.grid.theta[:, :, :1], self.grid.y[:, :1])
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
        two, three, ten = t * t + y, t * t * t + y * y, whole_power(t, 5)
        factor: list[Array] = []
        least: list[Array] = []
        for one in self.exchanges:
            size = len(one.factor)
            if one.linked or one.order == FIRST[0]:
                factor.append(1 / whole_power(t, size))
            else:
                factor.append((1 + e / (t * t)) ** 2 if one.order == PURE[0] else rho * rho / (t * t))
            least.append(two / whole_power(t, size + 2) if one.linked else factor[-1])
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
        s, _, y = self.shape
        index = np.ravel_multi_index(
            [part.ravel() for part in np.meshgrid(np.arange(0, s, 4), [0, 4], np.arange(0, y, 3), indexing="ij")],
            self.shape,
        )
        points = self.grid.at(index)
        _, second, _, sixth, *_ = self.kappa
        wanted = min(15 * second**3 / sixth if sixth > 0 else np.inf, np.sqrt(self.c[LAST] / self.c[PURE]))
        with np.errstate(divide="ignore"):  # rows of length 0 would like any e
            return points, np.sqrt(np.maximum(0.0, 1 - 0.6 * wanted / (self.b * points.theta**2)))

    def contacts(self, row: QuinticRow, *, early: bool = False) -> tuple[Points, Array, Array]:
        """The greatest rows, located between the points of the grid, what they need, and ρ there.

        With ``early`` they are located less finely where one of them needs clearly more than z.
        """
        at, _, steps = self._peaks(row)
        at, value, rho = self._climbed(row, at, steps, early=early)
        order = np.argsort(-value, kind="stable")
        kept = order[_first_of(at.at(order))]
        return at.at(kept), value[kept], rho[kept]

    def largest_in(self, row: QuinticRow, cells: Cells) -> float:
        """What the greatest row in or near some small cells needs."""
        s, theta, y = ((a + b) / 2 for a, b in ((cells.s0, cells.s1), (cells.t1, cells.t1), (cells.y0, cells.y1)))
        points = Points(s, theta, y)
        value = best(row, points, 1)[0]
        kept = np.argsort(-value, kind="stable")[:MOST_CONTACTS]
        steps = np.log2(cells.s1 / s), (cells.t1 - cells.t0) / 2, cells.y1 - cells.y0
        return float(self._climbed(row, points.at(kept), tuple(step[kept] for step in steps))[1].max())

    @staticmethod
    def _climbed(row: QuinticRow, at: Points, steps: tuple[Array, ...], *, early: bool = False) -> tuple[Points, Array, Array]:
        """Rises to the greatest rows near those given; their values and ρ.

        Each time a row goes to the best of 27 around it, or to the vertex of the parabola through them. A step in which it went
        its whole length stays, others become shorter.
        """
        each, step = np.arange(len(at.s)), np.stack(steps)

        def moved(part: Array) -> Points:
            s = np.minimum(at.s[:, None] * shortened(2.0 ** (step[0][:, None] * part[0])), 1.0)
            theta = np.clip(at.theta[:, None] + step[1][:, None] * part[1], s * s, 1.0)
            return Points(s, theta, np.clip(at.y[:, None] + step[2][:, None] * part[2], 0, (1 - s * s) ** 2))

        for climb in range(CLIMBS):
            tried = moved(_AROUND[:, None, :])
            found = best(row, tried, 1)[0]
            move = _vertex(found, tried)
            there = moved(move[:, :, None])
            found = np.concatenate([found, best(row, there, 1)[0]], axis=1)
            pick, before = found.argmax(axis=1), at
            at = Points(*(np.concatenate(pair, axis=1)[each, pick] for pair in _pairs(tried, there)))
            far = np.abs(np.where(pick == len(_AROUND[0]), move, _AROUND[:, pick % len(_AROUND[0])])) == 1
            stays = np.stack([new == old for new, old in _pairs(at, before)])
            step = np.where(far & ~stays, step, step / _CLOSER)
            if early and found.max() > row.z * (1 + CLEARLY.get(climb + 1, np.inf)):
                break
        return at, *best(row, at, 3)

    def _peaks(self, row: QuinticRow) -> tuple[Points, Array, tuple[Array, Array, Array]]:
        """Local maxima on the grid and at further heights, with the steps around them."""
        needed, rho = best(row, self.open, 1, row.z / 2)
        first = np.flatnonzero(peaks(needed))
        found = [(self.grid.at(first), needed.ravel()[first], first)]
        s, theta = self.grid.s[:, :, 0], self.grid.theta[:, :, 0]
        place = np.arange(needed.size).reshape(self.shape)
        turns = [*_turns(row, s, theta, 1.0 + 0 * s), *_turns(row, s, theta, rho[:, :, 0])]
        heights = np.clip(np.stack(turns), 0, (1 - s * s) ** 2)
        values = best(row, Points(s[None], theta[None], heights), 1, row.z / 2)[0]
        for y, value in zip(heights, values, strict=True):
            k = np.flatnonzero(peaks(value))
            nearest = np.abs(self.steps[2][None, :] - y.ravel()[k][:, None]).argmin(axis=1)
            found.append((Points(s, theta, y).at(k), value.ravel()[k], place[:, :, 0].ravel()[k] + nearest))
        at, value, index = found[0]
        for points, more, near in found[1:]:
            at, value, index = at.join(points), np.concatenate([value, more]), np.concatenate([index, near])
        order = np.argsort(-value, kind="stable")
        order = order[value[order] > 0.5 * row.z]
        place = np.stack(np.unravel_index(index, self.shape))
        bad = value[order] >= BAD * row.z
        kept = np.concatenate([_apart(place[::2], order[bad]), _apart(place, order[~bad])])
        if not len(kept):
            kept = np.argsort(-value, kind="stable")[:1]
        at, value, (i, j, k) = at.at(kept), value[kept], place[:, kept]
        scales, angles, heights = self.steps
        log_s = np.log2(scales[np.minimum(i + 1, len(scales) - 1)] / scales[np.maximum(i - 1, 0)]) / 2
        wide = np.maximum(angles[np.maximum(j - 1, 0)] - angles[np.minimum(j + 1, len(angles) - 1)], 0.02) / 2
        tall = (heights[np.minimum(k + 1, len(heights) - 1)] - heights[np.maximum(k - 1, 0)]) / 2
        return at, value, (log_s, wide, tall)


def _pairs(first: Points, second: Points) -> Iterable[tuple[Array, Array]]:
    return zip(vars(first).values(), vars(second).values(), strict=True)


def _apart(place: Array, order: Array) -> Array:
    """The first of each group of neighbours in a grid: others rise to the same contact."""
    found: list[int] = []
    for k in order.tolist():
        if not found or np.abs(place[:, found] - place[:, k, None]).max(axis=0).min() > 1:
            found.append(k)
        if len(found) == MOST_CONTACTS:
            break
    return np.array(found, dtype=int)


def _first_of(points: Points) -> Array:
    """Which of the rows are not next to an earlier one."""
    scales = points.s, np.ones_like(points.s), points.y
    ways = [np.abs(part[:, None] - part) <= _SAME * scale for part, scale in zip(vars(points).values(), scales, strict=True)]
    return ~np.tril(ways[0] & ways[1] & ways[2], -1).any(axis=1)


def _vertex(values: Array, tried: Points) -> Array:
    """Where the parabola through the values at ``_AROUND`` is greatest, in steps of at most 1.

    A coordinate at an end stays; one along which values bend upward goes a step to the greater side.
    """
    cube = values.reshape(-1, 3, 3, 3)
    middle = cube[:, 1, 1, 1]
    slope, bend = np.zeros((3, len(cube))), np.zeros((3, 3, len(cube)))
    for i, line in enumerate(_lines(cube)):
        slope[i], bend[i, i] = (line[:, 2] - line[:, 0]) / 2, line[:, 2] - 2 * middle + line[:, 0]
    for i, j, plane in ((0, 1, cube[:, :, :, 1]), (0, 2, cube[:, :, 1, :]), (1, 2, cube[:, 1, :, :])):
        bend[i, j] = bend[j, i] = (plane[:, 2, 2] - plane[:, 2, 0] - plane[:, 0, 2] + plane[:, 0, 0]) / 4
    for i, part in enumerate(vars(tried).values()):
        low, here, high = _lines(part.reshape(-1, 3, 3, 3))[i].T
        ended = (low == here) | (here == high)
        free = ~ended & (bend[i, i] < 0)
        slope[i] = np.where(free, slope[i], np.where(ended, 0.0, np.sign(slope[i])))
        bend[i] *= free
        bend[:, i] *= free
        bend[i, i] -= ~free
    # by cofactors: the same bits with every library
    next_one, last = [1, 2, 0], [2, 0, 1]
    cofactors = bend[next_one][:, next_one] * bend[last][:, last] - bend[next_one][:, last] * bend[last][:, next_one]
    whole = bend[0, 0] * cofactors[0, 0] + bend[0, 1] * cofactors[0, 1] + bend[0, 2] * cofactors[0, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        move = -(cofactors[0] * slope[0] + cofactors[1] * slope[1] + cofactors[2] * slope[2]) / whole
    return np.where(np.isfinite(move).all(axis=0), np.clip(move, -1, 1), 0.0)


def _lines(cube: Array) -> tuple[Array, Array, Array]:
    """The values along each axis through the middle."""
    return cube[:, :, 1, 1], cube[:, 1, :, 1], cube[:, 1, 1, :]


def thinnest(row: QuinticRow, s: Array) -> tuple[Points, Array]:
    """The rows at which E without payments is least in proportion to its positive parts, and this share."""

    def share(s: Array) -> tuple[Array, Array]:
        y = np.clip(_turns(row, s, 1 + 0 * s, 1 + 0 * s)[1], 0, (1 - s * s) ** 2)
        powers, heights = _powers(s), [1.0, y, y * y, y * y * y]
        parts = [value * powers[i] * heights[k] for (i, k), value in row.energy.items()]
        parts += [row.pure * powers[10], row.payer * powers[6]]
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
    e, powers = row.b * (1 - rho * rho) * theta * theta, _powers(s)

    def part(terms: Mapping[tuple[int, int], float], k: int) -> Array:
        return sum((value * powers[i] for (i, j), value in terms.items() if j == k), 0 * s)

    n0, g = part(row.gain, 0) - row.nu * rho * s * s - row.lam * e, part(row.gain, 1)
    e0 = part(row.energy, 0) + row.pure * s * s * (powers[4] + e) ** 2 - row.whole * e * e + row.payer * rho * rho * powers[6]
    e1, e2 = part(row.energy, 1), part(row.energy, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        turns = [(n0 * e1 - 2 * g * e0) / (g * e1 - 2 * n0 * e2), np.maximum(-e1 / (2 * e2), 0)]
        e3, y = part(row.energy, 3), turns[1]
        for _ in range(5):  # Newton's method; E is convex in y
            y = np.maximum(y - (e1 + y * (2 * e2 + y * 3 * e3)) / (2 * e2 + y * 6 * e3), 0)
        turns[1] = y
    return [np.where(np.isfinite(turn), turn, 0.0) for turn in turns]


def best(row: QuinticRow, points: Points, rounds: int, floor: float = 0.0) -> tuple[Array, Array]:
    """The least of θ P_+²/E over ρ for each row, and that ρ; rows that are seen to be below ``floor`` are left as they are seen.

    The arrays of ``points`` may be of any shapes that go together. Each of the ``rounds`` comes three times closer to ρ.
    """
    shape = np.broadcast_shapes(*(part.shape for part in vars(points).values()))
    powers = _powers(points.s)
    parts = points.s, points.theta, _polynomial(row.gain, powers, points.y), _polynomial(row.energy, powers, points.y)
    s, theta, inner, outer = (np.broadcast_to(part, shape).ravel() for part in parts)
    # e beyond what makes E negative is of no use; where b = 0 there is no e, and every rho serves
    with np.errstate(divide="ignore"):
        root = np.sqrt(np.maximum(1 - np.sqrt(row.energy[0, 0] / row.whole) / (row.b * theta**2), 0.0))
    rho = 1 - (1 - root) * (np.arange(9) / 8)[:, None]
    found = _in_blocks(row, s, theta, inner, outer, rho)
    each, at = np.arange(len(s)), found.argmin(axis=0)
    value, chosen = found[at, each], rho[at, each]
    rest = np.flatnonzero(value > floor)
    each, s, theta, inner, outer = np.arange(len(rest)), s[rest], theta[rest], inner[rest], outer[rest]
    found, rho, at = found[:, rest], rho[:, rest], at[rest]
    for _ in range(rounds):
        low, high = rho[np.minimum(at + 1, len(rho) - 1), each], rho[np.maximum(at - 1, 0), each]
        rho = high - (high - low) * (np.arange(7) / 6)[:, None]
        found = _in_blocks(row, s, theta, inner, outer, rho)
        at = found.argmin(axis=0)
    # the vertex of the parabola through the last three
    before, after = np.maximum(at - 1, 0), np.minimum(at + 1, len(rho) - 1)
    least, near, left, right = found[at, each], rho[at, each], found[before, each], found[after, each]
    bent = left - 2 * least + right
    inside = (before < at) & (at < after) & (bent > 0)
    vertex = near + np.where(inside, (left - right) / np.where(inside, 2 * bent, 1.0), 0.0) * (rho[after, each] - near)
    there = _in_blocks(row, s, theta, inner, outer, vertex[None])[0]
    value[rest], chosen[rest] = np.minimum(there, least), np.where(there < least, vertex, near)
    return value.reshape(shape), chosen.reshape(shape)


def _powers(s: Array) -> list[Array]:
    """s^0, …, s^10."""
    found = [np.ones_like(s)]
    for _ in range(ALONG):
        found.append(found[-1] * s)
    return found


def _polynomial(terms: Mapping[tuple[int, int], float], powers: list[Array], y: Array) -> Array:
    """Σ c s^i y^k."""
    total = 0.0
    for height in range(max(k for _, k in terms), -1, -1):
        total = total * y + sum(value * powers[i] for (i, k), value in terms.items() if k == height)
    return total


def _in_blocks(row: QuinticRow, s: Array, theta: Array, inner: Array, outer: Array, rho: Array) -> Array:
    """θ P_+²/E for all ρ, for some rows at a time: what does not fit into the processor's cache takes four times as long."""
    starts = range(0, len(s), _BLOCK) or [0]
    parts = (slice(start, start + _BLOCK) for start in starts)
    found = [worst_of(row, s[part], theta[part], inner[part], outer[part], rho[:, part]) for part in parts]
    return found[0] if len(found) == 1 else np.concatenate(found, axis=1)
