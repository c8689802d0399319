"""Computes the floating-point loss without tied weights: x̂ = (VᵀW x)^m for a decoder V, or x̂ = (A x)^m for any square A.

The row formulas of the tied case hold for every A: with y_i = Σ_j A_ij x_j, C_i = Σ_k binom(m, k) κ_{k+1} A_ii^k M_{m−k}(i)
and D_i = M_{2m}(i). A_ii may be negative, and C with it: then the best factor is negative, and the best improvement is
C²/D all the same, since m is odd. The certified bounds on I* are for tied weights and say nothing about these.
"""

from __future__ import annotations

import numpy as np

from boundcalc.loss import pair_tiles, tiles
from boundcalc.loss.arrays import float_weights
from boundcalc.loss.dense import unit_scale
from boundcalc.loss.error_bound import (
    BITS,
    ROUNDINGS,
    BoundedLoss,
    enclose_cumulants,
    enclose_rows,
    inner_products,
    signed_parts,
    squared_norms,
)
from boundcalc.loss.feature_cumulants import FeatureCumulants
from boundcalc.loss.lanes import ShowShare
from boundcalc.loss.row_moments import DenseLoss, RowMoments, column_weights, finite
from boundcalc.model.features import Features, problem_of
from boundcalc.model.laws import Law
from boundcalc.model.problem import Exact
from boundcalc.numbers.enclosure import precision
from boundcalc.numbers.errors import ParameterError


class PairEvaluation:
    """A decoder and weights, each brought to unit scale."""

    def __init__(
        self,
        decoder: object,
        weights: object,
        m: int,
        p: Exact | None,
        law: Law | str | None,
        features: Features | None,
        budget: int,
        progress: ShowShare | None = None,
    ) -> None:
        V, W = float_weights(decoder, parameter="V"), float_weights(weights)
        check_shapes(V.shape, W.shape)
        d, n = W.shape
        self.problem = problem_of(n, d, m, p, law, features)
        self.columns = FeatureCumulants(self.problem)
        self.budget, self.progress = tiles.check_budget(budget), progress
        self.weights = column_weights(self.columns)
        (self.V, self.decoder_exponent), (self.W, self.exponent) = unit_scale(V), unit_scale(W)
        self.diagonal = np.einsum("ij,ij->j", self.V, self.W)
        form = pair_tiles.product_tile(self.V, self.W)
        self.sums, self.depth = pair_tiles.row_power_sums(
            form, n, self.problem.m, weights=self.weights, budget=budget, progress=progress
        )
        exponent = self.decoder_exponent + self.exponent
        self.rows = RowMoments.of(self.columns, self.diagonal, self.sums, exponent=exponent, tied=False)

    def gradients(self, best_scale: bool) -> tuple[np.ndarray, np.ndarray]:
        """By V and by W."""
        coefficients, diagonal = self.rows.derivatives(*self.rows.weights_of(best_scale, self.decoder_exponent))
        by_decoder, by_weights = pair_tiles.pair_gradient(
            self.V, self.W, coefficients, weights=self.weights, budget=self.budget, progress=self.progress
        )
        by_decoder += self.W * diagonal
        by_weights += self.V * diagonal
        with np.errstate(over="ignore"):
            by_weights = np.ldexp(by_weights, self.decoder_exponent - self.exponent)
        return finite(by_decoder), finite(by_weights)


def check_shapes(decoder: tuple[int, ...], weights: tuple[int, ...]) -> None:
    """V and W must have one shape, (d, n)."""
    if tuple(decoder) != tuple(weights):
        raise ParameterError("V", f"array of shape {tuple(decoder)}", f"must have the shape of W, {tuple(weights)}")


def dense_loss_of_pair(
    decoder: object,
    weights: object,
    *,
    m: int,
    p: Exact | None = None,
    law: Law | str | None = None,
    features: Features | None = None,
    budget: int = tiles.BUDGET,
    progress: ShowShare | None = None,
) -> DenseLoss:
    """The loss of x̂ = (VᵀW x)^m in float64.

    Parameters
    ----------
    decoder, weights : arrays of shape (d, n)
        V and W; column i belongs to feature i.
    m, p, law, features, budget, progress : as in :func:`boundcalc.loss.dense.dense_loss`
    """
    return PairEvaluation(decoder, weights, m, p, law, features, budget, progress).rows.value


def dense_loss_of_pair_and_gradients(
    decoder: object,
    weights: object,
    *,
    m: int,
    p: Exact | None = None,
    law: Law | str | None = None,
    features: Features | None = None,
    best_scale: bool = False,
    budget: int = tiles.BUDGET,
    progress: ShowShare | None = None,
) -> tuple[DenseLoss, np.ndarray, np.ndarray]:
    """The loss, and the gradients by V and by W of I, or of C²/D with ``best_scale``."""
    evaluation = PairEvaluation(decoder, weights, m, p, law, features, budget, progress)
    return (evaluation.rows.value, *evaluation.gradients(best_scale))


def bounded_loss_of_pair(
    decoder: object,
    weights: object,
    *,
    m: int,
    p: Exact | None = None,
    law: Law | str | None = None,
    features: Features | None = None,
    budget: int = tiles.BUDGET,
    progress: ShowShare | None = None,
) -> BoundedLoss:
    """The same with a rigorous error bound; see :mod:`boundcalc.loss.error_bound`."""
    found = PairEvaluation(decoder, weights, m, p, law, features, budget, progress)
    rounding, (d, n) = ROUNDINGS["float64"], found.W.shape

    def again(columns: np.ndarray) -> np.ndarray:
        form = pair_tiles.product_tile(found.V, found.W)
        return pair_tiles.row_power_sums(form, n, found.problem.m, weights=columns, budget=budget, progress=progress)[0]

    parts = signed_parts(found.columns, rounding, found.sums, found.depth, again)
    with precision(BITS):
        left, right = (squared_norms(rounding, unit) for unit in (found.V, found.W))
        enclosure = enclose_rows(
            found.columns,
            inner_products(rounding, d, found.diagonal, left, right),
            enclose_cumulants(found.columns, parts, rounding, d + 2, left, right),
            exponent=found.rows.value.exponent,
            tied=False,
            zero=not (found.V.any() and found.W.any()),
        )
    return BoundedLoss(found.rows.value, enclosure)


class MatrixEvaluation:
    """A square matrix brought to unit scale."""

    def __init__(
        self,
        matrix: object,
        m: int,
        p: Exact | None,
        law: Law | str | None,
        features: Features | None,
        progress: ShowShare | None = None,
    ) -> None:
        array = float_weights(matrix, parameter="A")
        n = len(array)
        if array.shape != (n, n):
            raise ParameterError("A", f"array of shape {array.shape}", "must be square")
        self.problem = problem_of(n, n, m, p, law, features)
        self.columns = FeatureCumulants(self.problem)
        self.weights = column_weights(self.columns)
        self.exponent = int(np.frexp(np.abs(array).max())[1])
        self.A = np.ldexp(array, -self.exponent)
        form = pair_tiles.matrix_tile(self.A)
        self.sums, self.depth = pair_tiles.row_power_sums(form, n, self.problem.m, weights=self.weights, progress=progress)
        self.rows = RowMoments.of(self.columns, self.A.diagonal().copy(), self.sums, exponent=self.exponent, tied=False)

    def gradient(self, best_scale: bool) -> np.ndarray:
        """By A."""
        coefficients, diagonal = self.rows.derivatives(*self.rows.weights_of(best_scale, self.exponent))
        found = pair_tiles.matrix_gradient(self.A, coefficients, weights=self.weights)
        found[np.diag_indices_from(found)] += diagonal
        return finite(found)


def dense_loss_of_matrix(
    matrix: object,
    *,
    m: int,
    p: Exact | None = None,
    law: Law | str | None = None,
    features: Features | None = None,
    progress: ShowShare | None = None,
) -> DenseLoss:
    """The loss of x̂ = (A x)^m in float64 for any square matrix A; the problem's d is n."""
    return MatrixEvaluation(matrix, m, p, law, features, progress).rows.value


def dense_loss_of_matrix_and_gradient(
    matrix: object,
    *,
    m: int,
    p: Exact | None = None,
    law: Law | str | None = None,
    features: Features | None = None,
    best_scale: bool = False,
) -> tuple[DenseLoss, np.ndarray]:
    """The loss, and the gradient by A, shape (n, n), of I, or of C²/D with ``best_scale``."""
    evaluation = MatrixEvaluation(matrix, m, p, law, features)
    return evaluation.rows.value, evaluation.gradient(best_scale)
