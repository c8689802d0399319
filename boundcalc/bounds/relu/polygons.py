"""Computes the loss of regular polygons as networks x̂ = ReLU(WᵀW x + b), at their best scale and bias.

A plane holds k features as a regular k-gon of squared norm a with one bias b; several planes, antipodal pairs in the
dimensions that are left and features that are dropped do not meet in A, so that their losses add up. Scale and bias are
found in float64, rounded to multiples of 2⁻²⁰, and the loss of these weights is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from flint import fmpq

from boundcalc.loss.relu.gradient import relu_loss_and_gradient
from boundcalc.loss.relu.loss import relu_loss
from boundcalc.model.nonnegative_laws import UniformFromZero
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError

SIDES = (3, 5, 6, 7, 8)
"""Polygons that are tried; a square is two antipodal pairs."""
_GRID = 2.0**20
_STARTS = ((1.37, -0.28), (1.0, -0.05), (2.0, -0.9))


@dataclass(frozen=True)
class PolygonNetwork:
    """Regular polygons in planes of their own, antipodal pairs, and dropped features.

    Attributes
    ----------
    loss : fmpq
        Exact.
    sides, planes, pairs, dropped : int
    weights : shape (d, n)
    bias : shape (n,), or None
    """

    loss: fmpq
    sides: int
    planes: int
    pairs: int
    dropped: int
    weights: np.ndarray
    bias: np.ndarray | None

    @property
    def sentence(self) -> str:
        """What it is."""
        polygons = f"{self.planes} regular {self.sides}-gon{'s' if self.planes > 1 else ''}"
        return f"{polygons}, {self.pairs} antipodal pairs, {self.dropped} {'left out' if self.bias is None else 'at their mean'}"


def polygon_network(problem: ReluProblem) -> PolygonNetwork | None:
    """The best of these for n > 2d equal features, uniform on [0, c]; ``None`` elsewhere.

    >>> from boundcalc.model.features import Group
    >>> polygon_network(ReluProblem((Group(5, 1, "1/1000", "uniform01"),), 2)).sentence
    '1 regular 5-gon, 0 antipodal pairs, 0 at their mean'
    """
    groups, n, d = problem.features.groups, problem.n, problem.d
    if problem.m > 1 or d < 2 or n <= 2 * d or len({(g.importance, g.p, g.scale, g.law) for g in groups}) > 1 or groups[0].p == 1:
        return None
    law = groups[0].law
    if not isinstance(law, UniformFromZero):
        return None
    p, top = groups[0].p, groups[0].scale * law.top
    best: tuple[fmpq, int, int, int] | None = None
    for sides in SIDES:
        if sides > n:
            continue
        try:
            each = _polygon(sides, p, problem.bias)[0]
        except ParameterError:  # features that are nearly always active have no gradient
            return None
        for planes in range(1, min(d // 2, n // sides) + 1):
            pairs = min(d - 2 * planes, (n - planes * sides) // 2)
            rest = n - planes * sides - 2 * pairs
            loss = planes * each + pairs * p**2 / 3 + rest * (p / 3 - (p**2 / 4 if problem.bias else 0))
            if best is None or loss < best[0]:
                best = loss, sides, planes, pairs
    if best is None:
        return None
    loss, sides, planes, pairs = best
    W, b = _arrays(problem, sides, planes, pairs, to_float(top))
    scale = groups[0].importance * top**2
    return PolygonNetwork(loss * scale, sides, planes, pairs, n - planes * sides - 2 * pairs, W, b)


def _arrays(problem: ReluProblem, sides: int, planes: int, pairs: int, top: float) -> tuple[np.ndarray, np.ndarray | None]:
    group = problem.features.groups[0]
    _, plane, bias = _polygon(sides, group.p, problem.bias)
    W, b = np.zeros((problem.d, problem.n)), np.full(problem.n, to_float(group.p) / 2)
    for k in range(planes):
        W[2 * k : 2 * k + 2, k * sides : (k + 1) * sides] = plane
    b[: planes * sides] = bias
    for k in range(pairs):
        place = planes * sides + 2 * k
        W[2 * planes + k, place : place + 2] = 1, -1
        b[place : place + 2] = 0
    return W, b * top if problem.bias else None


@lru_cache(maxsize=256)
def _polygon(sides: int, p: fmpq, biased: bool) -> tuple[fmpq, np.ndarray, float]:
    """The exact loss of a polygon alone, features uniform on [0, 1], its two rows and its bias."""
    from scipy.optimize import minimize

    angles = 2 * np.pi * np.arange(sides) / sides
    circle = np.array([np.cos(angles), np.sin(angles)])

    def value(z: np.ndarray) -> tuple[float, np.ndarray]:
        W = np.exp(z[0]) * circle
        bias = np.full(sides, z[1]) if biased else None
        found = relu_loss_and_gradient(W, bias=bias, p=p, law="uniform01", transpose=False)
        by_bias = float(found.bias.sum()) if biased else 0.0
        unit = to_float(p)
        return found.loss / unit, np.array([(found.weights * W).sum(), by_bias]) / unit

    ends = [
        minimize(value, (np.log(a) / 2, b if biased else 0.0), jac=True, method="L-BFGS-B", bounds=((-2, 2), (-3, 1)))
        for a, b in _STARTS
    ]
    z = min(ends, key=lambda end: float(end.fun)).x
    plane = np.round(np.exp(z[0]) * circle * _GRID) / _GRID
    bias = float(np.round(z[1] * _GRID) / _GRID) if biased else 0.0
    loss = relu_loss(plane, bias=np.full(sides, bias) if biased else None, p=p, law="uniform01", transpose=False).loss
    return loss.upper, plane, bias
