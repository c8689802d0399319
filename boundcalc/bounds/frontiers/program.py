r"""Solves the cone program of U9 in floating point: it proposes parameters and proves nothing.

Unknowns, for each monomial c f Q_{2j} of D_i that is symmetrised: the Gegenbauer coefficients of h, a share s with
h(u) <= s u^j on [0, 1], a multiplier nu and, for finite n, the part v of s - h(1) that is moved to y. Minimised is

    sum nu^2 / (c y) + r sigma + n tau,     y = h_0 + v / n,
    (C~ - sum nu sqrt(f~))_+^2 <= (t sigma + tau) D~'  on the row points,
    D~' = base + sum c [(1 - s) rho + (s - h(1) - v) f~],

a second-order cone program. Every unknown is scaled to its natural size; C~ and D~ come divided by p.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from boundcalc.bounds.frontiers.row_program import solved
from boundcalc.numbers.constants import welch_constant
from boundcalc.numbers.weighted_sums import shortened, weighted, whole_power

Array = Any
"""A float64 array."""
ROW_ROOM, NODE_ROOM, FEWEST = 0.01, 1e-3, 20
"""Rows and nodes with more room are left out of the next program, but for so many rows."""
FINE = 750
"""How many points u, evenly and evenly in their logarithms, h is compared with s u^j at."""
MOST_WORTH = 100.0
"""Multipliers are measured in units of at most so many times the one whose square costs the optimum."""
ROOM = 2e-4
"""What links take from D~' counts for so much more: D~' stays positive by some room, which a proof needs."""


def gegenbauer_values(d: int, degree: int, u: Array) -> Array:
    """P_{2k}(t) at t² = u for S^{d−1}, P(1) = 1; shape (points, degree + 1). d = 1 has the constant alone."""
    if d == 1:
        return np.ones((len(u), 1))
    t = np.sqrt(u)
    before, now, even = np.ones_like(t), t, [np.ones_like(t)]
    for k in range(1, 2 * degree):
        before, now = now, ((2 * k + d - 2) * t * now - k * before) / (k + d - 2)
        if k % 2:
            even.append(now)
    return np.stack(even, axis=1)


@dataclass(frozen=True)
class Rows:
    """Row points; the last axis runs over them.

    Attributes
    ----------
    t, correlation, base : shape (points,)
        Capacity, C̃/p, and the part of D̃/p that is not symmetrised.
    factor, least : shape (monomials, points)
        f̃ and ρ, the least value of f̃ Q_{2j}.
    """

    t: Array
    correlation: Array
    base: Array
    factor: Array
    least: Array

    def at(self, index: Array) -> Rows:
        """The points of that index."""
        return Rows(self.t[index], self.correlation[index], self.base[index], self.factor[:, index], self.least[:, index])

    def join(self, other: Rows) -> Rows:
        """The points of both."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Rows(*(np.concatenate(pair, axis=-1) for pair in pairs))


@dataclass(frozen=True)
class Proposal:
    """The solver's answer: floats that satisfy the constraints on the grid to the solver's tolerance.

    Attributes
    ----------
    nu, share, moved : shape (monomials,)
        Multipliers divided by p, s and v.
    h : list of arrays
        Gegenbauer coefficients h_0, h_1, … of each monomial.
    sigma, tau : float
        The row function's bound t σ + τ, divided by p.
    value : float
        The optimum divided by p.
    linked : shape (monomials,)
        1 for a link, whose share may exceed 1; 0 otherwise.
    """

    nu: Array
    share: Array
    moved: Array
    h: list[Array]
    sigma: float
    tau: float
    value: float
    linked: Array

    def _row(self, rows: Rows, coefficients: Array) -> tuple[Array, Array, Array, Array]:
        """N_+², D~', what the links take from it, and what the row may contribute, t σ + τ."""
        inner = rows.correlation - weighted(self.nu, np.sqrt(rows.factor))
        ends = np.array([sum(h) for h in self.h])
        x = (self.share - ends - self.moved)[:, None]
        kept = weighted(coefficients, x * rows.factor + (1 - self.share)[:, None] * rows.least)
        taken = weighted(coefficients * self.linked, self.share[:, None] * rows.least - x * rows.factor)
        return np.maximum(inner, 0) ** 2, rows.base + kept, taken, rows.t * self.sigma + self.tau

    def ratio(self, rows: Rows, coefficients: Array) -> Array:
        """The row constraint's left side over its right side, at the given points; infinite where D~' is not positive."""
        square, d_row, _, right = self._row(rows, coefficients)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(d_row > 0, square / (d_row * right), np.inf)

    def violation(self, rows: Rows, coefficients: Array) -> Array:
        """How far the left side exceeds the right side, relative to both with D~' as it is before the links.

        Twelve digits of it: which of equal rows comes first is then the same on every processor.
        """
        square, d_row, taken, right = self._row(rows, coefficients)
        return np.round((square - (d_row - ROOM * taken) * right) / (square + (d_row + np.maximum(taken, 0)) * right), 12)


class Program:
    """The program on a grid that grows.

    Parameters
    ----------
    orders, coefficients : sequences
        j and c/p of each symmetrised monomial; the first may be the pure one.
    centre : Rows
        One row point that sets the multipliers' scale.
    scale : float
        The size of the optimum, divided by p.
    n : float or None
        ``None`` leaves out what only a finite n has: v and τ.
    shares : bool
        Whether s is free; otherwise it is 1.
    linked : sequence of bool
        For each monomial, whether s may exceed 1: f̃ Q_{2j} is a function of the row variables, and ``base`` may hold it negatively.
    nodes : int
        How many points u the grid starts with, evenly, and a few more towards 0.
    top : float or None
        The largest ν of the first monomial, where it has one.
    degree : int
        Degree of h in u.
    """

    def __init__(
        self,
        d: int,
        rank: int,
        n: float | None,
        orders: Sequence[int],
        coefficients: Sequence[float] | Array,
        centre: Rows,
        scale: float,
        top: float | None,
        degree: int,
        shares: bool,
        linked: Sequence[bool] = (),
        nodes: int = 30,
    ) -> None:
        self.d, self.rank, self.n, self.scale, self.shares = d, rank, n, scale, shares
        self.orders, self.coefficients = list(orders), np.array(coefficients, dtype=float)
        self.linked = list(linked) or [False] * len(self.orders)
        self.degree = 0 if d == 1 else degree
        self.tau = [float(welch_constant(d, j)) for j in self.orders]
        self.size = [self._size(j, tau) for j, tau in zip(self.orders, self.tau, strict=True)]
        self.units = [tau if n is None else min(tau, n) for tau in self.tau]
        # none is worth more than the optimum: for few features at tiny p the centre's are 10^9 times that, and solvers fail
        worth = np.sqrt(self.coefficients * scale / np.array(self.units))
        self.nu_scale = np.minimum(abs(centre.correlation[0]) / np.sqrt(centre.factor[:, 0]), MOST_WORTH * worth)
        self.top: float | None = None
        if top is not None:
            self.nu_scale[0] = min(self.nu_scale[0], top)
            self.top = top / self.nu_scale[0]
        u = (
            np.unique(np.concatenate([np.linspace(0, 1, nodes), shortened(np.geomspace(1e-2 / d, 1, nodes + 10))]))
            if d > 1
            else np.ones(1)
        )
        self.nodes, self.first_nodes = [u for _ in self.orders], u
        self.rows: Rows | None = None

    def _size(self, order: int, tau: float) -> Array:
        lower = [float(self.d) ** -(order - k) if k < order else 1.0 for k in range(1, self.degree + 1)]
        return np.array([1 / tau, *lower])

    def add_rows(self, rows: Rows) -> None:
        """Adds row points to the grid."""
        self.rows = rows if self.rows is None else self.rows.join(rows)

    @property
    def capacities(self) -> Array:
        """The grid's capacities t, ascending."""
        assert self.rows is not None
        return np.unique(self.rows.t)

    def keep_near(self, proposal: Proposal) -> None:
        """Leaves rows and nodes out at which the proposal has much room; a grid finds those that are missed."""
        assert self.rows is not None
        room = -proposal.violation(self.rows, self.coefficients)
        self.rows = self.rows.at(np.flatnonzero(room <= max(ROW_ROOM, float(np.sort(room)[min(FEWEST, len(room)) - 1]))))
        if self.d == 1:
            return
        for i, order in enumerate(self.orders):
            u = self.nodes[i]
            power = whole_power(u, order)
            below = proposal.share[i] * power - weighted(proposal.h[i], gegenbauer_values(self.d, self.degree, u).T)
            near = below / np.maximum(power, 1 / self.tau[i]) < NODE_ROOM
            self.nodes[i] = np.unique(np.concatenate([self.first_nodes, u[near]]))

    @cached_property
    def _fine(self) -> tuple[Array, Array, dict[int, Array]]:
        """Many points u, the Gegenbauer polynomials there, and the powers u^j."""
        u = np.unique(np.concatenate([np.linspace(0, 1, FINE), shortened(np.geomspace(1e-3 / self.d, 1, FINE))]))
        return u, gegenbauer_values(self.d, self.degree, u).T, {order: whole_power(u, order) for order in set(self.orders)}

    def add_nodes(self, proposal: Proposal) -> float:
        """Adds the points u where h exceeds s u^j most; returns the largest excess over max(u^j, 1/τ_j)."""
        if self.d == 1:
            return 0.0
        (u, values, powers), worst = self._fine, 0.0
        for i, order in enumerate(self.orders):
            power = powers[order]
            excess = (weighted(proposal.h[i], values) - proposal.share[i] * power) / np.maximum(power, 1 / self.tau[i])
            new = clustered(self.nodes[i], peaks_of(u, excess, 1e-9))
            self.nodes[i] = np.unique(np.concatenate([self.nodes[i], new]))
            worst = max(worst, float(excess.max()))
        return worst

    def solve(self) -> Proposal | None:
        """The optimum on the present grid; ``None`` where the solver fails."""
        assert self.rows is not None
        width, count = self.degree + 1, len(self.orders)
        # for each monomial h, s, v, nu, epigraph, end: the rows contain h through end <= s - h(1) - v alone
        per = width + 5
        sigma, tau = per * count, per * count + 1
        rows, finite = self.rows, self.n is not None
        points = len(rows.t)
        total = per * count + 1 + finite
        constant = total + points
        starts = per * np.arange(count)
        signed = np.concatenate([at + np.array([*range(1, width), width, width + 1, width + 2]) for at in starts])
        signed = np.concatenate([signed, [sigma, tau] if finite else [sigma]])
        own_ends = [k for k in range(count) if not self.linked[k]]
        fixed = [] if self.shares else list(range(count))
        capped = [0] if self.top is not None else []
        sizes = [len(u) for u in self.nodes]
        more = 2 * len(own_ends) + len(fixed) + len(capped) + count
        lines = [0 if finite else count, len(signed) + more + sum(sizes) + points, 3 * (count + points)]
        matrix = np.zeros((sum(lines), constant + 1))
        zeros, flat, cones = np.split(matrix, np.cumsum(lines[:-1]))
        flat[np.arange(len(signed)), signed] = 1.0
        place = len(signed)
        cost = np.zeros(constant)
        cost[sigma] = 1.0
        if finite:
            cost[tau] = 1.0
        else:
            zeros[np.arange(count), starts + width + 1] = 1.0
        whole = rows.base + weighted(self.coefficients, np.maximum(rows.factor, rows.least))
        # where the correlation is not positive, the row's own scale is what it may contribute
        own = np.where(rows.correlation > 0, rows.correlation, np.sqrt(self.scale * rows.t * whole / self.rank))
        size = self.scale * whole / own**2
        right = size * rows.t / self.rank
        # equal sizes on both sides of the rotated cone help the solver where the constraint is slack
        balance = np.maximum(right, size / self.n) if self.n is not None else right
        root, index = np.sqrt(balance), np.arange(points)
        above, left, other = flat[len(flat) - points :], cones[3 * count :: 3], cones[3 * count + 1 :: 3]
        above[index, total + index] = 1.0
        above[:, -1] = -rows.correlation / own / root
        left[:, -1] = rows.base / whole
        for i, at in enumerate(starts.tolist()):
            s, v, nu, epigraph, end = range(at + width, at + per)
            if not self.linked[i]:
                flat[place, s], flat[place, -1], flat[place + 1, end] = -1.0, 1.0, 1.0
                place += 2
            if not self.shares:
                flat[place, s], flat[place, -1] = 1.0, -1.0
                place += 1
            if i == 0 and self.top is not None:
                flat[place, nu], flat[place, -1] = -1.0, self.top
                place += 1
            flat[place, s], flat[place, v], flat[place, end], flat[place, at : at + width] = 1.0, -1.0, -1.0, -self.size[i]
            place += 1
            u = self.nodes[i]
            power = whole_power(u, self.orders[i])
            weight = 1 / np.maximum(power, 1 / self.tau[i])
            block = flat[place : place + sizes[i]]
            block[:, at : at + width] = -gegenbauer_values(self.d, self.degree, u) * (weight[:, None] * self.size[i])
            block[:, s] = weight * power
            place += sizes[i]
            # nu^2 <= epigraph * (unit y), where y is near 1/unit
            unit = self.units[i]
            head = cones[3 * i : 3 * i + 3]
            head[:2, at] = unit / self.tau[i]
            if self.n is not None:
                head[:2, v] = unit / self.n
            head[0, epigraph], head[1, epigraph], head[2, nu] = 1.0, -1.0, 2.0
            cost[epigraph] = self.nu_scale[i] ** 2 * unit / (self.coefficients[i] * self.scale)
            f, rho = (self.coefficients[i] * x[i] / whole for x in (rows.factor, rows.least))
            part = 1 + ROOM if self.linked[i] else 1.0
            left[:, end] = part * f
            left[:, s] = -part * rho
            left[:, -1] += rho
            above[:, nu] = self.nu_scale[i] * np.sqrt(rows.factor[i]) / own / root
        other[:] = left
        left[:, sigma], other[:, sigma] = right / balance, -right / balance
        if self.n is not None:
            left[:, tau], other[:, tau] = size / self.n / balance, -size / self.n / balance
        cones[3 * count + 2 :: 3][index, total + index] = 2.0
        x = solved(cost, matrix, lines, refined=False)
        if x is None:
            return None
        blocks = x[: per * count].reshape(count, per)
        return Proposal(
            nu=np.maximum(blocks[:, width + 2], 0) * self.nu_scale,
            share=np.clip(blocks[:, width], 0, np.where(self.linked, np.inf, 1)) if self.shares else np.ones(count),
            moved=np.maximum(blocks[:, width + 1], 0) if self.n is not None else np.zeros(count),
            h=[np.append(block[:1], np.maximum(block[1:width], 0)) * size for block, size in zip(blocks, self.size, strict=True)],
            sigma=float(x[sigma]) * self.scale / self.rank,
            tau=float(max(x[tau], 0)) * self.scale / self.n if self.n is not None else 0.0,
            value=float(weighted(cost, x)) * self.scale,
            linked=np.array(self.linked, dtype=float),
        )


def peaks_of(x: Array, y: Array, floor: float) -> Array:
    """Abscissas of the local maxima of sampled values above ``floor``, at the vertex of the parabola through three points."""
    inner = np.flatnonzero((y >= np.append(y[1:], -np.inf)) & (y >= np.append(-np.inf, y[:-1])) & (y > floor))
    edge = (inner == 0) | (inner == len(x) - 1)
    ends, index = x[inner[edge]], inner[~edge]
    x0, x1, x2, y0, y1, y2 = x[index - 1], x[index], x[index + 1], y[index - 1], y[index], y[index + 1]
    above = (x1 - x0) ** 2 * (y1 - y2) - (x1 - x2) ** 2 * (y1 - y0)
    below = (x1 - x0) * (y1 - y2) - (x1 - x2) * (y1 - y0)
    with np.errstate(divide="ignore", invalid="ignore"):
        vertex = x1 - above / (2 * below)
    return np.concatenate([ends, np.where(np.isfinite(vertex), np.clip(vertex, x0, x2), x1)])


def clustered(grid: Array, peaks: Array) -> Array:
    """The peaks with some points around each, closer together than the grid's: contact points move as the grid grows."""
    if not len(peaks) or len(grid) < 2:
        return peaks
    at = np.clip(np.searchsorted(grid, peaks), 1, len(grid) - 1)
    cell = grid[at] - grid[at - 1]
    around = np.concatenate([peaks + offset * cell for offset in (-0.4, -0.15, -0.05, 0.0, 0.05, 0.15, 0.4)])
    return np.unique(np.clip(around, grid[0], grid[-1]))
