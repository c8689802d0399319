"""Computes rows of U11 for m = 5 in floating point: for the program, at their best e, and where they are greatest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
from boundcalc.bounds.frontiers.coupled_quintic_proof import BAD, Cells, worst_of
from boundcalc.bounds.frontiers.coupled_rows import peaks
from boundcalc.bounds.frontiers.program import Array, Proposal, Rows
from boundcalc.bounds.frontiers.rounding import as_float
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT
from boundcalc.numbers.weighted_sums import shortened, whole_power

MOST_CONTACTS = 16
_THETA = np.array([1.0, 0.85, 0.7, 0.55, 0.45, 0.36, 0.29, 0.22, 0.15, 0.07])
_HEIGHTS = 4
_BLOCK = 1000
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

    def contacts(self, row: QuinticRow, rounds: int) -> tuple[Points, Array, Array]:
        """The greatest rows, located between the points of the grid, what they need, and ρ there."""
        return self._climbed(row, *self._peaks(row), rounds)

    def largest_in(self, row: QuinticRow, cells: Cells, rounds: int) -> float:
        """What the greatest row in or near some small cells needs."""
        s, theta, y = ((a + b) / 2 for a, b in ((cells.s0, cells.s1), (cells.t1, cells.t1), (cells.y0, cells.y1)))
        points = Points(s, theta, y)
        value = best(row, points, 3)[0]
        kept = np.argsort(-value, kind="stable")[:MOST_CONTACTS]
        steps = np.log2(cells.s1 / s), (cells.t1 - cells.t0) / 2, cells.y1 - cells.y0
        return float(self._climbed(row, points.at(kept), value[kept], tuple(step[kept] for step in steps), rounds)[1].max())

    @staticmethod
    def _climbed(row: QuinticRow, at: Points, value: Array, steps: tuple[Array, ...], rounds: int) -> tuple[Points, Array, Array]:
        each, (log_s, theta, y) = np.arange(len(value)), steps
        for _ in range(rounds):
            a, b, c = (part.ravel() for part in np.meshgrid(_PART, _PART, _PART, indexing="ij"))
            s = np.minimum(at.s[:, None] * shortened(2.0 ** (log_s[:, None] * a)), 1.0)
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
        needed, rho = best(row, self.grid, 3, row.z / 2)
        first = np.flatnonzero(peaks(needed))
        found = [(self.grid.at(first), needed.ravel()[first], first)]
        s, theta = self.grid.s[:, :, 0], self.grid.theta[:, :, 0]
        place = np.arange(needed.size).reshape(self.shape)
        for turns in (_turns(row, s, theta, 1.0 + 0 * s), _turns(row, s, theta, rho[:, :, 0])):
            for height in turns:
                y = np.clip(height, 0, (1 - s * s) ** 2)
                value = best(row, Points(s, theta, y), 3, row.z / 2)[0]
                k = np.flatnonzero(peaks(value))
                nearest = np.abs(self.steps[2][None, :] - y.ravel()[k][:, None]).argmin(axis=1)
                found.append((Points(s, theta, y).at(k), value.ravel()[k], place[:, :, 0].ravel()[k] + nearest))
        at, value, index = found[0]
        for points, more, near in found[1:]:
            at, value, index = at.join(points), np.concatenate([value, more]), np.concatenate([index, near])
        order = np.argsort(-value, kind="stable")
        order = order[value[order] > 0.5 * row.z]
        bad = value[order] >= BAD * row.z
        kept = np.concatenate([order[bad][:MOST_CONTACTS], order[~bad][:MOST_CONTACTS]])
        if not len(kept):
            kept = np.argsort(-value, kind="stable")[:1]
        at, value = at.at(kept), value[kept]
        i, j, k = np.unravel_index(index[kept], self.shape)
        scales, angles, heights = self.steps
        log_s = np.log2(scales[np.minimum(i + 1, len(scales) - 1)] / scales[np.maximum(i - 1, 0)]) / 2
        wide = np.maximum(angles[np.maximum(j - 1, 0)] - angles[np.minimum(j + 1, len(angles) - 1)], 0.02) / 2
        tall = (heights[np.minimum(k + 1, len(heights) - 1)] - heights[np.maximum(k - 1, 0)]) / 2
        return at, value, (log_s, wide, tall)


def thinnest(row: QuinticRow, s: Array) -> tuple[Points, Array]:
    """The rows at which E without payments is least in proportion to its positive parts, and this share."""

    def share(s: Array) -> tuple[Array, Array]:
        y = np.clip(_turns(row, s, 1 + 0 * s, 1 + 0 * s)[1], 0, (1 - s * s) ** 2)
        parts = [value * whole_power(s, i) * whole_power(y, k) for (i, k), value in row.energy.items()]
        parts += [row.pure * whole_power(s, 10), row.payer * whole_power(s, 6)]
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
        return sum((value * whole_power(s, i) for (i, j), value in terms.items() if j == k), 0 * s)

    n0, g = part(row.gain, 0) - row.nu * rho * s * s - row.lam * e, part(row.gain, 1)
    e0 = (
        part(row.energy, 0)
        + row.pure * s * s * (whole_power(s, 4) + e) ** 2
        - row.whole * e * e
        + row.payer * rho * rho * whole_power(s, 6)
    )
    e1, e2 = part(row.energy, 1), part(row.energy, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        turns = [(n0 * e1 - 2 * g * e0) / (g * e1 - 2 * n0 * e2), np.maximum(-e1 / (2 * e2), 0)]
        e3, y = part(row.energy, 3), turns[1]
        for _ in range(5):  # Newton's method; E is convex in y
            y = np.maximum(y - (e1 + y * (2 * e2 + y * 3 * e3)) / (2 * e2 + y * 6 * e3), 0)
        turns[1] = y
    return [np.where(np.isfinite(turn), turn, 0.0) for turn in turns]


def best(row: QuinticRow, points: Points, rounds: int, floor: float = 0.0) -> tuple[Array, Array]:
    """The least of θ P_+²/E over ρ for each row, and that ρ; rows that are seen to be below ``floor`` are left as they are seen."""
    s, theta, y = (part.ravel() for part in (points.s, points.theta, points.y))
    inner = sum(value * whole_power(s, i) * whole_power(y, k) for (i, k), value in row.gain.items())
    outer = sum(value * whole_power(s, i) * whole_power(y, k) for (i, k), value in row.energy.items())
    # e beyond what makes E negative is of no use; where b = 0 there is no e, and every rho serves
    with np.errstate(divide="ignore"):
        root = np.sqrt(np.maximum(1 - np.sqrt(row.energy[0, 0] / row.whole) / (row.b * theta**2), 0.0))
    rho = 1 - (1 - root) * (np.arange(9) / 8)[:, None]
    found = _in_blocks(row, s, theta, inner, outer, rho)
    each, at = np.arange(len(s)), found.argmin(axis=0)
    value, chosen = found[at, each], rho[at, each]
    rest = np.flatnonzero(value > floor)
    each, s, theta, inner, outer, rho, at = (
        np.arange(len(rest)),
        s[rest],
        theta[rest],
        inner[rest],
        outer[rest],
        rho[:, rest],
        at[rest],
    )
    for _ in range(rounds):
        low, high = rho[np.minimum(at + 1, len(rho) - 1), each], rho[np.maximum(at - 1, 0), each]
        rho = high - (high - low) * (np.arange(7) / 6)[:, None]
        found = _in_blocks(row, s, theta, inner, outer, rho)
        at = found.argmin(axis=0)
    if rounds:
        value[rest], chosen[rest] = found[at, each], rho[at, each]
    return value.reshape(points.s.shape), chosen.reshape(points.s.shape)


def _in_blocks(row: QuinticRow, s: Array, theta: Array, inner: Array, outer: Array, rho: Array) -> Array:
    """θ P_+²/E for all ρ, for some rows at a time: what does not fit into the processor's cache takes four times as long."""
    starts = range(0, len(s), _BLOCK) or [0]
    parts = (slice(start, start + _BLOCK) for start in starts)
    found = [worst_of(row, s[part], theta[part], inner[part], outer[part], rho[:, part]) for part in parts]
    return found[0] if len(found) == 1 else np.concatenate(found, axis=1)
