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

from boundcalc.certify.cone_solver import ConeProgram, SparseColumns, proposed

Array = Any
"""A float64 array."""
TOLERANCE, SHARP = 1e-9, 1e-12
"""What the solver is asked for: the optimum to within the first, while row points still move; in the end to within the second."""


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

    def solve(self, rows: RowPoints, members: Sequence[MemberColumns], tolerance: float = TOLERANCE) -> Solution | None:
        """The optimum for these row points and the columns of each order; ``None`` where the solver fails, or floats end."""
        with np.errstate(over="ignore", invalid="ignore"):
            return self._solve(rows, members, tolerance)

    def _solve(self, rows: RowPoints, members: Sequence[MemberColumns], tolerance: float) -> Solution | None:
        orders, points, finite = len(members), len(rows.gain), bool(np.isfinite(self.n))
        # columns: head; s; nu, x, sigma, tau, v, and the weights, which are not negative; one a >= inner a point; the constants.
        # The rows contain the weights through x and s alone, so that they are short
        sizes, below = [len(own.x) for own in members], [len(own.below) for own in members]
        share = orders
        nu = share + (orders if self.shares else 0)
        x, sigma = nu + orders, nu + 2 * orders
        tau, moved = sigma + 1, sigma + 2
        first = [sigma + 1 + (1 + orders if finite else 0) + sum(sizes[:k]) for k in range(orders)]
        total = first[-1] + sizes[-1] if orders else sigma + 1 + finite
        constant, signed = total + points, total - nu
        units = [float(own.y.max()) for own in members]
        nu_scale = [float(self.centre.gain[0] / self.centre.multiplier[k, 0]) for k in range(orders)]
        capped = [k for k in range(orders) if np.isfinite(self.top[k])]
        whole = rows.base + sum(np.maximum(rows.energy[k], rows.kept[k]) for k in range(orders))
        whole = np.maximum(whole, np.abs(rows.base))
        size = self.scale * whole / (rows.gain * rows.gain)
        right = size * rows.leverage / self.rank
        # equal sizes on both sides of the rotated cone help the solver where the constraint is slack
        balance = np.maximum(right, size * rows.alone / self.n) if finite else right
        root, at = np.sqrt(balance), np.arange(points)

        cost = np.zeros(constant)
        cost[sigma] = 1.0
        lines = [2 * orders, signed + sum(below) + (orders if self.shares else 0) + len(capped) + points, 3 * orders, 3 * points]
        matrix = np.zeros((sum(lines), constant + 1))
        zeros, flat, heads, rotated = np.split(matrix, np.cumsum(lines[:-1]))
        flat[np.arange(signed), nu + np.arange(signed)] = 1.0
        above, left, half = flat[len(flat) - points :], rotated[0::3], rotated[1::3]
        above[at, total + at] = 1.0
        above[:, -1] = -1 / root
        left[:, -1] = rows.base / whole
        line = signed
        for k, own in enumerate(members):
            mixed = slice(first[k], first[k] + sizes[k])
            cost[k] = nu_scale[k] ** 2 / (self.coefficients[k] * units[k] * self.scale)
            zeros[2 * k, mixed], zeros[2 * k, x + k] = own.x, -1.0
            zeros[2 * k + 1, mixed] = own.share
            flat[line : line + below[k], mixed] = own.below
            line += below[k]
            kept = rows.kept[k] / whole
            if self.shares:
                zeros[2 * k + 1, share + k] = -1.0
                flat[line, share + k], flat[line, -1] = -1.0, 1.0
                line += 1
                left[:, share + k] = -kept
                left[:, -1] += kept
            else:
                zeros[2 * k + 1, -1] = -1.0
            above[:, nu + k] = nu_scale[k] * rows.multiplier[k] / rows.gain / root
            left[:, x + k] = rows.energy[k] / whole
            heads[3 * k, mixed] = own.y / units[k]
            if finite:
                zeros[2 * k, moved + k] = -1.0
                heads[3 * k, moved + k] = 1 / (self.n * units[k])
            heads[3 * k + 1] = heads[3 * k]
            heads[3 * k, k], heads[3 * k + 1, k], heads[3 * k + 2, nu + k] = 1.0, -1.0, 2.0
        for k in capped:
            flat[line, nu + k], flat[line, -1] = -1.0, self.top[k] / nu_scale[k]
            line += 1
        half[:] = left
        columns = [(sigma, right / balance)]
        if finite:
            cost[tau] = 1.0
            columns.append((tau, size * rows.alone / self.n / balance))
        for column, values in columns:
            left[:, column], half[:, column] = values, -values
        rotated[2::3][at, total + at] = 2.0

        found = solved(cost, matrix, lines, tolerance=tolerance) if np.isfinite(matrix).all() else None
        if found is None:
            return None
        value = sum(float(c) * float(v) for c, v in zip(cost, found, strict=True)) * self.scale
        price = max(float(found[tau]), 0.0) * self.scale / self.n if finite else 0.0
        solution = Solution([], [], [], [], [], [], float(found[sigma]) * self.scale / self.rank, price, value)
        for k, own in enumerate(members):
            weights = np.maximum(found[first[k] : first[k] + sizes[k]], 0)
            given = _sum(weights * own.share)
            part = min(given, 1.0) if self.shares else 1.0
            weights = weights * (part / given) if given > 0 else weights
            most = max(_sum(weights * own.x), 0.0)
            solution.multiplier.append(max(float(found[nu + k]), 0.0) * nu_scale[k])
            solution.weights.append(weights)
            solution.moved.append(min(max(float(found[moved + k]), 0.0) if finite else 0.0, most))
            solution.x.append(most - solution.moved[-1])
            solution.y.append(_sum(weights * own.y) + solution.moved[-1] / self.n)
            solution.share.append(part)
        return solution


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


def solved(cost: Array, matrix: Array, lines: Sequence[int], *, refined: bool = True, tolerance: float = TOLERANCE) -> Array | None:
    """Minimises cost · x with [x, 1] in a product of cones, by their numbers of rows: zero; nonnegative; of three rows each.

    With ``refined`` false the solver's linear systems are refined only where it fails otherwise: that takes half of its time.
    """
    zero, flat, *of_three = lines
    cones = [("ZeroCone", zero), ("NonnegativeCone", flat)] + [("SecondOrderCone", 3)] * (sum(of_three) // 3)
    columns = SparseColumns.of(-matrix[:, :-1])
    return proposed(ConeProgram(cost, columns, matrix[:, -1], cones, tolerance), refined=refined)
