"""Polishes stationary weights to many digits: Newton's method with the Hessian in float64 and the gradient in long balls.

Each step divides the error by about the accuracy of the Hessian, 10^8, so that a few steps give 60 digits. Directions
in which the objective is flat (rotations, the scale, families of optima) are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from boundcalc.loss.row_terms import best_scale_terms, power_sums
from boundcalc.loss.threads import single_threaded
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import precision
from boundcalc.numbers.rings import BALL
from boundcalc.search.objective import Array, Improvement, Objective, VerySparse

Balls = Any
"""NumPy arrays of Arb numbers (dtype object)."""
BITS = 288
DIGITS = 60
"""Digits to which the gradient must vanish, relative to its terms."""
STEPS = 24
LARGEST = 1000
"""Most entries of W that are polished."""
FLAT = 1e-7
"""Eigenvalues of the Hessian below this share of the largest count as zero."""


@dataclass(frozen=True)
class Polished:
    """A stationary point.

    Attributes
    ----------
    columns : (d, n) object array of arb
        Midpoints at BITS bits; no certificate, only many digits.
    digits : int
        Decimal digits to which the gradient vanishes.
    """

    columns: Balls
    digits: int


def polish(weights: Array, problem: Problem | None, m: int) -> Polished | None:
    """The stationary point of log(C²/D) near ``weights``, or of log(S²/T) where ``problem`` is ``None``.

    ``None`` where it is too large or the steps do not converge.
    """
    if weights.size > LARGEST:
        return None
    objective: Objective = VerySparse(m) if problem is None else Improvement(problem)
    with single_threaded():
        inverse = _inverse(hessian(objective, weights))
    with precision(BITS):
        columns = _balls(weights)
        kappa = None if problem is None else Quantities(BALL, problem).kappa
        last = np.inf
        for _ in range(STEPS):
            gradient = _middles(sparse_gradient(columns, m) if kappa is None else improvement_gradient(columns, m, kappa))
            size = max(abs(entry) for entry in gradient.flat)
            exponent = _exponent(size)
            if exponent < -DIGITS * 3.33:
                return Polished(columns, DIGITS)
            if exponent > last - 3:  # not even a factor of eight
                break
            last = exponent
            scale = arb(2) ** exponent
            unit = np.vectorize(float)(gradient / scale)
            step = (inverse @ unit.ravel()).reshape(weights.shape)
            columns = _middles(columns - _balls(step) * scale)
    return None


def hessian(objective: Objective, weights: Array, step: float = 1e-5) -> Array:
    """Central differences of the gradient, symmetrised; shape (d n, d n)."""
    size = weights.size
    found: Array = np.empty((size, size))
    moved = weights.astype(np.float64).ravel().copy()
    for k in range(size):
        here = moved[k]
        moved[k] = here + step
        above = objective(moved.reshape(weights.shape))[1]
        moved[k] = here - step
        below = objective(moved.reshape(weights.shape))[1]
        moved[k] = here
        found[k] = ((above - below) / (2 * step)).ravel()
    symmetric: Array = (found + found.T) / 2
    return symmetric


def _inverse(matrix: Array) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    kept = np.abs(values) > FLAT * np.abs(values).max()
    result: Array = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
    return result


def sparse_gradient(columns: Balls, m: int) -> Balls:
    """∇ log(S²/T)."""
    gram = columns.T @ columns
    a = gram.diagonal()
    total, first = (gram ** (2 * m)).sum(), (a**m).sum()
    return columns * (a ** (m - 1) * (4 * m / first)) - (columns @ gram ** (2 * m - 1)) * (4 * m / total)


def improvement_gradient(columns: Balls, m: int, kappa: Any) -> Balls:
    """∇ log(C²/D), as in :class:`boundcalc.search.objective.Improvement`."""
    gram = columns.T @ columns
    a, square = gram.diagonal(), gram * gram
    _, _, rows, diagonal = best_scale_terms(m, kappa, a, power_sums(square, m))
    inner = sum((row[:, None] + row[None, :]) * gram ** (2 * j + 1) for j, row in enumerate(rows))
    return columns @ inner + columns * (2 * diagonal)


_balls: Any = np.vectorize(lambda value: arb(float(value)), otypes=[object])
_middles: Any = np.vectorize(lambda value: value.mid(), otypes=[object])


def _exponent(value: arb) -> int:
    """floor(log2 value), and a very small number for 0."""
    if value == 0:
        return -(10**6)
    mantissa, exponent = value.man_exp()
    return int(exponent) + abs(int(mantissa)).bit_length() - 1
