"""Computes the loss of a floating-point weight matrix and its gradient, in tiles (theory, section 1).

Rounded: :func:`boundcalc.loss.error_bound.bounded_loss` adds a rigorous error bound, and
:func:`boundcalc.loss.exact.exact_loss` gives the exact value of the same array. A is never stored whole.

Where cumulants are negative (large p) digits cancel. The relative error of D is then about 1e-16 times the ratio of
D with every κ replaced by |κ| to D itself, at most. That ratio is 2e5 for one feature, m = 7, p = 1, u in {0, ±2}.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from boundcalc.loss import tiles
from boundcalc.loss.arrays import float_weights, oriented
from boundcalc.loss.feature_cumulants import FeatureCumulants
from boundcalc.loss.lanes import ShowShare
from boundcalc.loss.namespace import ForeignEvaluation, is_foreign
from boundcalc.loss.row_moments import DenseLoss, DenseRows, RowMoments, balanced, column_weights, finite
from boundcalc.model.features import Features, problem_of
from boundcalc.model.laws import Law
from boundcalc.model.problem import Exact
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError

__all__ = ["DenseLoss", "DenseRows", "dense_loss", "dense_loss_and_gradient", "to_float"]

PRECISIONS = ("float64", "float32")


def unit_scale(array: np.ndarray) -> tuple[np.ndarray, int]:
    """(array / 2^e, e) with the longest column of norm in [1/2, 1]; two steps by exact powers, so that no square overflows."""
    first = int(np.frexp(np.abs(array).max())[1])
    unit = np.ldexp(array, -first)
    second = int(np.frexp(math.sqrt(np.einsum("ij,ij->j", unit, unit).max()))[1])
    if second:
        np.ldexp(unit, -second, out=unit)
    return unit, first + second


class TiedEvaluation:
    """One weight matrix brought to unit scale, with what value, gradient and error bound share."""

    def __init__(
        self,
        weights: object,
        m: int,
        p: Exact | None,
        law: Law | str | None,
        features: Features | None,
        *,
        budget: int = tiles.BUDGET,
        precision: str = "float64",
        progress: ShowShare | None = None,
    ) -> None:
        array = float_weights(weights)
        d, n = array.shape
        self.problem = problem_of(n, d, m, p, law, features)
        self.columns = FeatureCumulants(self.problem)
        if precision not in PRECISIONS:
            raise ParameterError("precision", precision, f"must be {' or '.join(PRECISIONS)}")
        self.budget, self.progress = tiles.check_budget(budget), progress
        self.weights = column_weights(self.columns)
        unit, self.exponent = unit_scale(array)
        self.a = np.einsum("ij,ij->j", unit, unit)
        self.W = unit.astype(precision, copy=False)
        self.sums, self.depth = tiles.gram_power_sums(
            self.W, self.problem.m, weights=self.weights, budget=budget, progress=progress
        )
        self.rows = RowMoments.of(self.columns, self.a, self.sums, exponent=2 * self.exponent, tied=True)
        self.value = self.rows.value

    def gradient(self, best_scale: bool) -> np.ndarray:
        """∂/∂W = W (G + Gᵀ), shape (d, n), in float64."""
        coefficients, diagonal = self.rows.derivatives(*self.rows.weights_of(best_scale, self.exponent))
        weights = self.weights
        if weights is not None:
            coefficients, weights = balanced(coefficients, weights)
        size = int(np.frexp(np.abs(coefficients).max())[1])  # float32 does not hold every coefficient as it is
        unit = np.ldexp(coefficients, -size)
        found = tiles.gram_gradient(self.W, unit, weights=weights, budget=self.budget, progress=self.progress).astype(np.float64)
        with np.errstate(over="ignore"):
            found = np.ldexp(found, size) + self.W * (2 * diagonal)
        return finite(found)


def dense_loss(
    weights: Any,
    m: int,
    p: Exact | None = None,
    law: Law | str | None = None,
    *,
    features: Features | None = None,
    budget: int = tiles.BUDGET,
    precision: str = "float64",
    progress: ShowShare | None = None,
    transpose: bool | None = None,
) -> DenseLoss:
    """The loss of tied weights in float64.

    Parameters
    ----------
    weights : array of shape (d, n)
        Real and finite; columns are features. Any scale: it is normalised by a power of two. An array of another
        library (PyTorch, JAX, CuPy; see :mod:`boundcalc.loss.namespace`) is evaluated by that library, where it lives.
    m, p, law, features : as in :func:`boundcalc.loss.exact.exact_loss`
    budget : int
        Bytes of scratch, beside the weights and the result.
    precision : "float64" or "float32"
        Of A; sums over tiles and everything after them are float64. Relative errors of C and D are then about 1e-5.
    progress : callable, optional
        Receives the share of the work that is done, 0 to 1. Like ``precision``, for NumPy arrays alone.
    transpose : bool, optional
        Whether W has a feature a row. An array with more rows than columns needs it, True or False, as in :func:`loss_of`.

    Raises
    ------
    ParameterError
        For bad weights or parameters, and where float64's range does not hold the answer; never inf or NaN.

    >>> import numpy as np
    >>> float(dense_loss(np.eye(2), m=3, p="1/2", law="rademacher").improvement)  # n p
    1.0
    """
    weights = oriented(weights, transpose)
    if is_foreign(weights):
        return ForeignEvaluation(weights, m, p, law, features, budget).rows.value
    return TiedEvaluation(weights, m, p, law, features, budget=budget, precision=precision, progress=progress).value


def dense_loss_and_gradient(
    weights: Any,
    m: int,
    p: Exact | None = None,
    law: Law | str | None = None,
    *,
    features: Features | None = None,
    best_scale: bool = False,
    budget: int = tiles.BUDGET,
    precision: str = "float64",
    progress: ShowShare | None = None,
    transpose: bool | None = None,
) -> tuple[DenseLoss, Any]:
    """The loss, and the gradient by W, of the shape of ``weights``, of I(W) = 2C − D, or of C²/D with ``best_scale``.

    The gradient is float64, or of the caller's library and type for an array of another library.

    >>> import numpy as np
    >>> dense_loss_and_gradient(np.eye(2), m=3, p="1/2", law="rademacher")[1].shape
    (2, 2)
    """
    evaluation: TiedEvaluation | ForeignEvaluation
    weights = oriented(weights, transpose)
    if is_foreign(weights):
        evaluation = ForeignEvaluation(weights, m, p, law, features, budget)
    else:
        evaluation = TiedEvaluation(weights, m, p, law, features, budget=budget, precision=precision, progress=progress)
    gradient = evaluation.gradient(best_scale)
    return evaluation.rows.value, gradient.T if transpose else gradient
