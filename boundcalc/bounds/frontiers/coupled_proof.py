r"""Proves that no row exceeds z and z': cells in (sqrt u, theta), on each a constant rho, by Bernstein coefficients.

Floats choose the cells and rho; balls prove. A cell is proven where (Z u + Z' theta) E - theta u N^2 >= 0, or where N <= 0 <= E.
Without Z' both sides are divided by u.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb
from typing import Any

import numpy as np
from flint import arb, arb_mat

from boundcalc.bounds.frontiers.coupled import CoupledChoice, RowScale
from boundcalc.bounds.frontiers.row_program import Array
from boundcalc.certify.bernstein import nonnegative, to_bernstein
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import precision, to_float
from boundcalc.numbers.errors import CertificationError
from boundcalc.numbers.linear_systems import products

BITS = 192
MOST_CELLS = 3_000
MOST_LEVELS = 60
RHO_BITS = 14
DEGREE = 3
"""Degree in θ."""
_STEPS = 16
_SAMPLES = np.array([(x, y) for x in (0.0, 0.5, 1.0) for y in (0.0, 0.5, 1.0)])
"""Points of a cell, in parts of its sides."""
_SLACK = 1e-11
Term = tuple[int, int, Any]
"""(i, j, coefficient of σ^i θ^j) with σ = √u."""


@dataclass(frozen=True)
class RowFunction:
    """The row condition for these parameters; its numbers are exact, balls or floats."""

    c: Any
    b: Any
    k: Any
    h: Any
    lam: Any
    v: Any
    x3: Any
    x2: Any
    z: Any
    alone: Any
    finite: bool

    @classmethod
    def of(cls, problem: Problem, scale: RowScale, choice: CoupledChoice) -> RowFunction:
        """Exact, in the scaled variables."""
        x3, x2 = choice.pair(problem, 3)[0], choice.pair(problem, 2)[0]
        lam, v = choice.lambda_ / scale.fourth, choice.nu / (scale.fourth * scale.root)
        z, alone = choice.z * scale.ts / scale.unit, choice.alone / scale.unit
        return cls(scale.c, scale.b, scale.k, scale.h, lam, v, x3, x2, z, alone, choice.alone > 0)

    def mapped(self, to: Callable[[Any], Any]) -> RowFunction:
        """With every number converted."""
        numbers = {name: to(value) for name, value in vars(self).items() if name != "finite"}
        return RowFunction(**numbers, finite=self.finite)

    def inner(self, rho: Any) -> list[Term]:
        """N."""
        gamma = (1 - rho * rho) * self.h * 5 / 2
        return [(0, 0, self.c), (1, 0, -self.v * rho), (2, 0, 1 - self.lam), (0, 1, -self.lam * self.c * gamma)]

    def energy(self, rho: Any) -> list[Term]:
        """E."""
        square = rho * rho
        gamma = (1 - square) * self.h * 5 / 2
        near = self.c * gamma
        return [
            (6, 0, self.x3),
            (4, 1, 2 * self.x3 * near),
            (2, 2, self.x3 * near * near),
            (4, 0, self.b * self.x2 * square),
            (0, 0, self.k),
            (0, 2, -3 * self.k * gamma * gamma / (5 * self.h)),
        ]

    def gap(self, inner: list[Term], energy: list[Term]) -> Iterator[Term]:
        """(Z u + Z' θ) E − θ u N², or Z E − θ N² without Z'."""
        up = 2 if self.finite else 0
        for i, j, value in energy:
            yield i + up, j, self.z * value
            if self.finite:
                yield i, j + 1, self.alone * value
        for one, two in combinations_with_replacement(inner, 2):
            product = one[2] * two[2]
            yield one[0] + two[0] + up, one[1] + two[1] + 1, -product if one is two else -2 * product

    @property
    def degree(self) -> int:
        """The gap's degree in σ."""
        return 8 if self.finite else 6


@dataclass(frozen=True)
class Cell:
    """[s0, s1] × [t0, t1] in (σ, θ), its ρ, and whether N ≤ 0 ≤ E is to be proven in place of the gap; dyadic numbers."""

    s0: float
    s1: float
    t0: float
    t1: float
    rho: float
    empty: bool


def prove(function: RowFunction, scale: RowScale) -> int:
    """Proves the row condition for all 0 < t ≤ ℓ ≤ 1 and returns the number of cells.

    Raises
    ------
    CertificationError
        If it fails, or is not proven with :data:`MOST_CELLS` cells.
    """
    cells = partition(function.mapped(to_float), to_float(scale.ts), 1 / to_float(scale.root))
    with precision(BITS):
        balls = function.mapped(arb)
        sides: dict[tuple[int, float, float], arb_mat] = {}

        def side(degree: int, low: float, high: float) -> arb_mat:
            key = degree, low, high
            if key not in sides:
                found = to_bernstein(degree, arb(low), arb(high) - arb(low))
                sides[key] = found if degree > DEGREE else found.transpose()
            return sides[key]

        for cell in cells:
            rho, degree = arb(cell.rho), function.degree
            left, right = side(degree, cell.s0, cell.s1), side(DEGREE, cell.t0, cell.t1)
            inner, energy = balls.inner(rho), balls.energy(rho)
            if cell.empty:
                below = nonnegative(_matrix(((i, j, -value) for i, j, value in inner), degree), left, right)
                proven = below and nonnegative(_matrix(energy, degree), left, right)
            else:
                proven = nonnegative(_matrix(balls.gap(inner, energy), degree), left, right)
            if not proven:
                raise CertificationError(f"the row condition is not proven on {cell}")
    return len(cells)


def _matrix(terms: Iterable[Term], degree: int) -> arb_mat:
    rows = [[0] * (DEGREE + 1) for _ in range(degree + 1)]
    for i, j, value in terms:
        rows[i][j] = rows[i][j] + value
    return arb_mat(rows)


def partition(function: RowFunction, ts: float, last: float) -> list[Cell]:
    """Cells on which floats find the row condition to hold, with ρ for each; level by level."""
    low = [0.0, *(last / 2**j for j in range(max(int(np.log2(last)), 0) + 1, 0, -1))]
    ends = np.array([*low, last])
    s0, s1 = np.repeat(ends[:-1], 2), np.repeat(ends[1:], 2)
    t0, t1 = np.tile([0.0, 0.25], len(ends) - 1), np.tile([0.25, 1.0], len(ends) - 1)
    found: list[Cell] = []
    for _ in range(MOST_LEVELS):
        t0 = np.maximum(t0, ts * s0 * s0)
        inside = t0 < t1
        s0, s1, t0, t1 = s0[inside], s1[inside], t0[inside], t1[inside]
        if not len(s0):
            return found
        if len(found) + len(s0) > MOST_CELLS:
            break
        rho = _best_rho(function, s0, s1, t0, t1)
        inner, energy = function.inner(rho), function.energy(rho)
        left, right = _sides(function.degree, s0, s1 - s0), _sides(DEGREE, t0, t1 - t0)
        gap = _bernstein(function.gap(inner, energy), function.degree, left, right)
        good = _positive(gap)
        rest = np.flatnonzero(~good)
        empty = np.zeros(len(s0), bool)
        if len(rest):
            below, above = (
                _bernstein(
                    ((i, j, np.broadcast_to(value, rho.shape)[rest]) for i, j, value in terms),
                    function.degree,
                    left[..., rest],
                    right[..., rest],
                )
                for terms in (inner, energy)
            )
            empty[rest] = (below.max(axis=(0, 1)) <= 0) & _positive(above)
        done = np.flatnonzero(good | empty)
        sizes = zip(*(values[done].tolist() for values in (s0, s1, t0, t1, rho, empty)), strict=True)
        found += [Cell(*values) for values in sizes]
        split = np.flatnonzero(~(good | empty))
        bent = [np.abs(np.diff(gap[..., split], 2, axis=axis)).max(axis=(0, 1)) for axis in (0, 1)]
        first = bent[0] >= bent[1]
        a, b, e, g = s0[split], s1[split], t0[split], t1[split]
        middle, centre = (a + b) / 2, (e + g) / 2
        s0, s1 = np.concatenate([a, np.where(first, middle, a)]), np.concatenate([np.where(first, middle, b), b])
        t0, t1 = np.concatenate([e, np.where(first, e, centre)]), np.concatenate([np.where(first, g, centre), g])
    raise CertificationError(f"the row condition is not proven with {MOST_CELLS} cells and {MOST_LEVELS} levels")


def _best_rho(function: RowFunction, s0: Array, s1: Array, t0: Array, t1: Array) -> Array:
    """The ρ for which the worst of nine points of the cell is best, to :data:`RHO_BITS` bits."""
    cells, place = len(s0), np.arange(len(s0))
    sigma = (s0[:, None] + (s1 - s0)[:, None] * _SAMPLES[:, 0])[:, :, None]
    theta = (t0[:, None] + (t1 - t0)[:, None] * _SAMPLES[:, 1])[:, :, None]
    u = sigma * sigma
    share = function.z + function.alone * theta / np.maximum(u, 1e-300) if function.finite else function.z
    f, rho, width = function, np.broadcast_to(np.arange(_STEPS + 1) / _STEPS, (cells, _STEPS + 1)), 1 / _STEPS
    for _ in range(5):
        at = rho[:, None, :]
        w = (1 - at * at) * (2.5 * f.h) * theta
        near = u + f.c * w
        inner = np.maximum(u + f.c - f.lam * near - f.v * at * sigma, 0)
        energy = f.x3 * u * near * near + f.b * f.x2 * (at * u) ** 2 + f.k * (1 - 0.6 * w * w / f.h)
        worst = np.where(energy > 0, theta * inner * inner / np.maximum(share * energy, 1e-300), 1e300).max(axis=1)
        best = rho[place, worst.argmin(axis=1)][:, None]
        width /= 4
        rho = np.clip(best + width * np.arange(-4, 5), 0, 1)
    return np.round(best[:, 0] * 2**RHO_BITS) / 2**RHO_BITS


def _sides(degree: int, low: Array, width: Array) -> Array:
    """The float matrices of :func:`boundcalc.certify.bernstein.to_bernstein`, the last axis runs over the cells."""
    shifted, lows, widths = np.zeros((degree + 1, degree + 1, len(low))), [np.ones_like(low)], [np.ones_like(low)]
    for _ in range(degree):
        lows.append(lows[-1] * low)
        widths.append(widths[-1] * width)
    for i in range(degree + 1):
        for j in range(i + 1):
            shifted[j, i] = comb(i, j) * lows[i - j] * widths[j]
    change = [[comb(row, j) / comb(degree, j) for j in range(degree + 1)] for row in range(degree + 1)]
    return products(np.array(change), shifted)


def _positive(coefficients: Array) -> Array:
    """Whether all are clearly positive or exactly 0, as the gap is at σ = θ = 0."""
    slack = _SLACK * np.abs(coefficients).max(axis=(0, 1))
    return ((coefficients >= slack) | (coefficients == 0)).all(axis=(0, 1))


def _bernstein(terms: Iterable[Term], degree: int, left: Array, right: Array) -> Array:
    powers = np.zeros((degree + 1, DEGREE + 1, left.shape[-1]))
    for i, j, value in terms:
        powers[i, j] += value
    return np.einsum("ijc,kjc->ikc", np.einsum("ijc,jkc->ikc", left, powers), right)
