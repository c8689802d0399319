"""Evaluates what the search maximises: log(C²/D), free of scale, with its gradient; and its limit log(S²/T) as p → 0.

float64, for sizes where A fits into memory. Past WHOLE columns :mod:`boundcalc.loss.dense` takes over, in row blocks.
"""

from __future__ import annotations

from math import exp, inf, log
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from boundcalc.loss.dense import dense_loss, dense_loss_and_gradient
from boundcalc.loss.row_terms import best_scale_terms, power_sums
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.rings import EXACT

Array = NDArray[np.float64]
WHOLE = 3000
"""Most columns for which A is formed whole."""


class Objective(Protocol):
    """A function of W that is the same for every multiple of W."""

    def __call__(self, weights: Array) -> tuple[float, Array]:
        """Value and gradient, shape (d, n), at weights of shape (d, n)."""


class Improvement:
    """log(C²/(D p)): the logarithm of the improvement at the best scale, divided by p.

    C_i and D_i are polynomials in a_i and the power sums Q_{2k}(i) (theory, section 1), so that ∂/∂A_ij is
    A_ij times a polynomial in A_ij² with coefficients of row i.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.m = problem.m
        exact = Quantities(EXACT, problem).kappa
        try:
            self.kappa = [0.0, *(to_float(value) for value in exact[1:])]
        except OverflowError:
            raise ParameterError("m", problem.m, "must be smaller for float64, whose range the cumulants exceed") from None
        self.p = to_float(problem.p)
        if self.kappa[1] < 1e-290:
            raise ParameterError("p", str(problem.p), "must be at least about 1e-290 for the search")

    def __call__(self, weights: Array) -> tuple[float, Array]:
        if weights.shape[1] > WHOLE:
            return self._in_blocks(weights)
        a, gram = column_squares(weights), weights.T @ weights
        square = gram * gram
        c, d, rows, diagonal = best_scale_terms(self.m, self.kappa, a, power_sums(square, self.m))
        if not (c > 0 and d > 0):  # for large m and p cumulants of both signs may leave nothing but rounding
            return -inf, np.zeros_like(weights)
        gradient = _through_gram(weights, gram, square, rows)
        gradient += weights * (2 * diagonal)
        return 2 * log(c) - log(d) - log(self.p), gradient

    def at_best_scale(self, weights: Array) -> Array:
        """The multiple of W at which I = 2C − D is largest: s^{2m} = C/D."""
        problem = self.problem
        scale = dense_loss(weights, m=problem.m, p=problem.p, law=problem.law, transpose=False).scale
        return weights if scale is None else weights * scale

    def _in_blocks(self, weights: Array) -> tuple[float, Array]:
        problem = self.problem
        loss, gradient = dense_loss_and_gradient(
            weights, m=problem.m, p=problem.p, law=problem.law, best_scale=True, transpose=False
        )
        value = loss.improvement_best_scale
        if value <= 0:
            return -inf, np.zeros_like(weights)
        return log(value) - log(self.p), gradient / value


def improvement_of(weights: Array, problem: Problem) -> float:
    """I/p at the best scale, in floating point."""
    return exp(Improvement(problem)(weights)[0])


class VerySparse:
    """log(S²/T), S = Σ a_i^m, T = Σ A_ij^{2m}: p → 0. At most log G(n, d), at most log τ_m(d)."""

    def __init__(self, m: int) -> None:
        self.m = m

    def __call__(self, weights: Array) -> tuple[float, Array]:
        m = self.m
        a, gram = column_squares(weights), weights.T @ weights
        power = (gram * gram) ** (m - 1)
        power *= gram  # A^{2m−1}
        total = float(np.vdot(power, gram))
        own = a ** (m - 1)
        first = float(own @ a)
        gradient = weights @ power
        gradient *= -4 * m / total
        gradient += weights * (4 * m / first * own)
        return 2 * log(first) - log(total), gradient


def column_squares(weights: Array) -> Array:
    """a_i = |w_i|², shape (n,)."""
    squares: Array = np.einsum("ij,ij->j", weights, weights)
    return squares


def _through_gram(weights: Array, gram: Array, square: Array, rows: list[Array]) -> Array:
    """W (G + Gᵀ) for G_ij = Σ_k rows[k]_i A_ij^{2k+1}."""
    inner = square * rows[-1][:, None]
    for row in rows[-2:0:-1]:
        inner += row[:, None]
        inner *= square
    if len(rows) > 1:
        inner += rows[0][:, None]
    else:
        inner = np.broadcast_to(rows[0][:, None], gram.shape).copy()
    inner *= gram
    result: Array = weights @ inner
    result += weights @ inner.T
    return result
