r"""Solves the cone program of U9 and U11 for m = 3 in floating point: few unknowns, few row points. It proves nothing.

The frontier of order k is the hull of known members (x_j, y_j), so that the unknowns are weights mu_j >= 0 of the members, for
each order a multiplier nu, for finite n the part v of x that moves to y, and sigma and tau. Minimised is

    sum nu^2/(c y) + r sigma + n tau,      x = sum mu_j x_j - v,  y = sum mu_j y_j + v/n,
    (gain - sum nu b)_+^2 <= (sigma l + tau o) (base + sum [e x + k (1 - s)]),   s = sum mu_j <= 1,

on the row points. Everything here is made of + - * / and square roots in a fixed order, so that no kernel changes a bit of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = Any
"""A float64 array."""
TOLERANCE = 1e-9


@dataclass(frozen=True)
class RowPoints:
    """Row points; the last axis runs over them, the first of the two-dimensional ones over the orders.

    Attributes
    ----------
    gain, base, leverage, alone : shape (points,)
        C̃, the part of D̃ without members, and what σ and τ are multiplied with.
    multiplier, energy, kept : shape (orders, points)
        What ν, x and 1 − s are multiplied with.
    """

    gain: Array
    base: Array
    leverage: Array
    alone: Array
    multiplier: Array
    energy: Array
    kept: Array

    def at(self, index: Array) -> RowPoints:
        """The points of that index."""
        return RowPoints(*(values[..., index] for values in vars(self).values()))

    def join(self, other: RowPoints) -> RowPoints:
        """The points of both."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return RowPoints(*(np.concatenate(pair, axis=-1) for pair in pairs))


@dataclass(frozen=True)
class MemberColumns:
    """What the program mixes for one order: x = Σ w x_j, y = Σ w y_j and s = Σ w s_j for weights w ≥ 0 with below · w ≥ 0."""

    x: Array
    y: Array
    share: Array
    below: Array


@dataclass(frozen=True)
class Solution:
    """The solver's answer, for each order: multiplier, the members' weights, x, y, s and v; σ, τ and the optimum."""

    multiplier: list[float]
    weights: list[Array]
    x: list[float]
    y: list[float]
    share: list[float]
    moved: list[float]
    sigma: float
    tau: float
    value: float

    def heads(self, coefficients: Sequence[float]) -> float:
        """Σ ν²/(c y), a multiplier of 0 left out."""
        terms = zip(self.multiplier, coefficients, self.y, strict=True)
        return sum((nu * nu / (c * y) if y > 0 else float("inf") for nu, c, y in terms if nu), 0.0)

    def ratio(self, rows: RowPoints) -> Array:
        """The row constraint's left side over its right side."""
        return self.row_values(rows) / np.maximum(rows.leverage * self.sigma + rows.alone * self.tau, 1e-300)

    def row_values(self, rows: RowPoints) -> Array:
        """(C̃ − Σ ν b)_+²/D̃′."""
        inner, energy = rows.gain, rows.base
        for k, nu in enumerate(self.multiplier):
            inner = inner - nu * rows.multiplier[k]
            energy = energy + self.x[k] * rows.energy[k] + (1 - self.share[k]) * rows.kept[k]
        inner = np.maximum(inner, 0)
        return inner * inner / np.maximum(energy, 1e-300)


@dataclass(frozen=True)
class RowProgram:
    """What stays the same while row points and members change.

    Attributes
    ----------
    rank, n : float
        r, and n or infinity: without n, v and τ are 0.
    coefficients : list of float
        c of each order.
    scale : float
        The size of the optimum.
    centre : RowPoints
        One point that sets the multipliers' scale.
    top : list of float
        The largest multiplier of each order, or infinity.
    shares : bool
        Whether s is free; otherwise it is 1.
    """

    rank: float
    n: float
    coefficients: Sequence[float]
    scale: float
    centre: RowPoints
    top: Sequence[float]
    shares: bool

    def solve(self, rows: RowPoints, members: Sequence[MemberColumns]) -> Solution | None:
        """The optimum for these row points and the columns of each order; ``None`` where the solver fails."""
        orders, points, finite = len(members), len(rows.gain), np.isfinite(self.n)
        sizes = [len(own.x) for own in members]
        first = [3 * orders + 2 + sum(sizes[:k]) for k in range(orders)]
        sigma, tau, total = 3 * orders, 3 * orders + 1, 3 * orders + 2 + sum(sizes)
        constant = total + points
        units = [float(own.y.max()) for own in members]
        nu_scale = [float(self.centre.gain[0] / self.centre.multiplier[k, 0]) for k in range(orders)]
        whole = rows.base + sum(np.maximum(rows.energy[k], rows.kept[k]) for k in range(orders))
        whole = np.maximum(whole, np.abs(rows.base))

        # columns: for each order nu, head, v; sigma, tau; the weights; one a >= inner a point; the constants
        cost = np.zeros(constant)
        cost[sigma] = 1.0
        cost[tau] = 1.0 if finite else 0.0
        zeros: list[Array] = []
        flat: list[Array] = []
        for k in range(orders):
            cost[3 * k + 1] = nu_scale[k] ** 2 / (self.coefficients[k] * units[k] * self.scale)
            line = np.zeros(constant + 1)
            line[first[k] : first[k] + sizes[k]] = -members[k].share
            line[-1] = 1.0
            (flat if self.shares else zeros).append(line)
            below = np.zeros((len(members[k].below), constant + 1))
            below[:, first[k] : first[k] + sizes[k]] = members[k].below
            flat.extend(below)
            line = np.zeros(constant + 1)
            line[first[k] : first[k] + sizes[k]] = members[k].x
            line[3 * k + 2] = -1.0
            flat.append(line)
            if np.isfinite(self.top[k]):
                line = np.zeros(constant + 1)
                line[3 * k], line[-1] = -1.0, self.top[k] / nu_scale[k]
                flat.append(line)
        if not finite:
            for column in [tau, *(3 * k + 2 for k in range(orders))]:
                line = np.zeros(constant + 1)
                line[column] = 1.0
                zeros.append(line)
        signs = np.zeros((total, constant + 1))
        signs[np.arange(total), np.arange(total)] = 1.0

        a = total + np.arange(points)
        index = np.arange(points)
        above = np.zeros((points, constant + 1))
        above[index, a] = 1.0
        above[:, -1] = -1.0
        left = np.zeros((points, constant + 1))
        left[:, -1] = rows.base / whole
        for k in range(orders):
            above[:, 3 * k] = nu_scale[k] * rows.multiplier[k] / rows.gain
            e, kept = rows.energy[k] / whole, rows.kept[k] / whole
            left[:, first[k] : first[k] + sizes[k]] = e[:, None] * members[k].x - kept[:, None] * members[k].share
            left[:, 3 * k + 2] = -e
            left[:, -1] += kept
        size = self.scale * whole / (rows.gain * rows.gain)
        right = np.zeros((points, constant + 1))
        right[:, sigma] = size * rows.leverage / self.rank
        if finite:
            right[:, tau] = size * rows.alone / self.n
        # equal sizes on both sides of the rotated cone help the solver where the constraint is slack
        balance = right.max(axis=1)
        right, above[:, :total], above[:, -1] = (
            right / balance[:, None],
            above[:, :total] / np.sqrt(balance)[:, None],
            above[:, -1] / np.sqrt(balance),
        )

        cones = np.zeros((3 * (orders + points), constant + 1))
        for k in range(orders):
            y = np.zeros(constant + 1)
            y[first[k] : first[k] + sizes[k]] = members[k].y / units[k]
            if finite:
                y[3 * k + 2] = 1 / (self.n * units[k])
            cones[3 * k], cones[3 * k + 1] = y, y
            cones[3 * k, 3 * k + 1] += 1.0
            cones[3 * k + 1, 3 * k + 1] -= 1.0
            cones[3 * k + 2, 3 * k] = 2.0
        rotated = cones[3 * orders :].reshape(points, 3, constant + 1)
        rotated[:, 0], rotated[:, 1] = left + right, left - right
        rotated[index, 2, a] = 2.0

        x = solved(cost, np.array(zeros).reshape(len(zeros), constant + 1), np.concatenate([flat, signs, above]), cones)
        if x is None:
            return None
        found = Solution([], [], [], [], [], [], float(x[sigma]) * self.scale / self.rank, 0.0, 0.0)
        for k in range(orders):
            weights = np.maximum(x[first[k] : first[k] + sizes[k]], 0)
            given = _sum(weights * members[k].share)
            share = min(given, 1.0) if self.shares else 1.0
            weights = weights * (share / given) if given > 0 else weights
            moved = max(float(x[3 * k + 2]), 0.0) if finite else 0.0
            own = max(_sum(weights * members[k].x), 0.0)
            found.multiplier.append(max(float(x[3 * k]), 0.0) * nu_scale[k])
            found.weights.append(weights)
            found.moved.append(min(moved, own))
            found.x.append(own - found.moved[-1])
            found.y.append(_sum(weights * members[k].y) + found.moved[-1] / self.n)
            found.share.append(share)
        tau_value = max(float(x[tau]), 0.0) * self.scale / self.n if finite else 0.0
        value = sum(float(c) * float(v) for c, v in zip(cost, x, strict=False)) * self.scale
        return Solution(**{**vars(found), "tau": tau_value, "value": value})


def octaves(low: float, high: float, steps: int) -> Array:
    """Points from low to high, ``steps`` to each factor of 2, made without a logarithm or a power."""
    found = [low]
    while found[-1] < high:
        start = found[-1]
        found += [start * (1 + j / steps) for j in range(1, steps + 1)]
    return np.array([value for value in found if value < high] + [high])


def _sum(values: Array) -> float:
    """The sum in order: numpy's own depends on the width of the processor's vectors."""
    return float(sum(values.tolist()))


def solved(cost: Array, zeros: Array, flat: Array, cones: Array) -> Array | None:
    """Minimises cost · x with zeros [x, 1] = 0, flat [x, 1] >= 0, and [x, 1] of three rows each in a second-order cone."""
    import clarabel
    from scipy import sparse

    rows = np.concatenate([zeros, flat, cones])
    columns, places = np.nonzero(rows[:, :-1].T)
    starts = np.searchsorted(columns, np.arange(len(cost) + 1))
    matrix = sparse.csc_matrix((-rows[places, columns], places, starts), shape=(len(rows), len(cost)))
    kinds = [clarabel.ZeroConeT(len(zeros))] if len(zeros) else []
    kinds += [clarabel.NonnegativeConeT(len(flat))] + [clarabel.SecondOrderConeT(3)] * (len(cones) // 3)
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = TOLERANCE
    empty = sparse.csc_matrix((len(cost), len(cost)))
    solution = clarabel.DefaultSolver(empty, cost, matrix, rows[:, -1], kinds, settings).solve()
    return np.array(solution.x) if str(solution.status) in ("Solved", "AlmostSolved") else None
