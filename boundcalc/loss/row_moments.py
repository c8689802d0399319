"""Defines the floating-point loss and the moments of rows that it follows from, whatever library computed their power sums."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from boundcalc.loss.feature_cumulants import FeatureCumulants
from boundcalc.loss.row_terms import derivatives, scaled
from boundcalc.model.features import AnyProblem
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.moments import correlation, moments_from_cumulants


@dataclass(frozen=True)
class DenseRows:
    """Quantities of each feature at unit scale, float64, shape (n,): A = 2^exponent times the A they belong to.

    Attributes
    ----------
    a, q : A_ii, and Q_2(i) = Σ_j A_ij²
        For features that differ Σ_j (v_j/v_i) A_ij², v_j the variance of feature j.
    C, D : the feature's shares of C and D
    """

    a: np.ndarray
    q: np.ndarray
    C: np.ndarray
    D: np.ndarray

    @property
    def capacity(self) -> np.ndarray:
        """t_i = a_i²/q_i, of sum at most the rank; 0 for a zero row."""
        return np.divide(self.a**2, self.q, out=np.zeros_like(self.a), where=self.q > 0)


@dataclass(frozen=True)
class DenseLoss:
    """C and D in float64, kept at a unit scale, where no entry of A exceeds 1.

    Attributes
    ----------
    unit_correlation, unit_power : float
        C and D at that scale: C = 2^{m exponent} unit_correlation and D = 2^{2m exponent} unit_power.
    exponent : int
        A = 2^exponent times A at unit scale.
    tied : bool
        Whether A = WᵀW; otherwise A = VᵀW, or A was given itself.
    rows : DenseRows
    """

    problem: AnyProblem
    unit_correlation: float
    unit_power: float
    exponent: int
    tied: bool = True
    rows: DenseRows | None = field(default=None, compare=False, repr=False)

    @property
    def C(self) -> float:
        """E⟨x, x̂⟩."""
        return scaled(self.unit_correlation, self.problem.m * self.exponent)

    @property
    def D(self) -> float:
        """E‖x̂‖²."""
        return scaled(self.unit_power, 2 * self.problem.m * self.exponent)

    @property
    def improvement(self) -> float:
        """I(W) = 2C − D; ParameterError where it overflows."""
        return 2 * self.C - self.D

    @property
    def improvement_best_scale(self) -> float:
        """C²/D, which no scale of W can make overflow; 0 for W = 0."""
        return self.unit_correlation * (self.unit_correlation / self.unit_power) if self.unit_power else 0.0

    @property
    def scale(self) -> float | None:
        """The best factor s; ``None`` for A = 0, and where rounding left nothing of C/D > 0.

        Of W where tied, s^{2m} = C/D; otherwise of A, or of the decoder, s^m = C/D, which may be negative.
        """
        if not self.unit_power:
            return None
        m, ratio = self.problem.m, self.unit_correlation / self.unit_power
        if self.tied and ratio <= 0:
            return None
        root = math.copysign(abs(ratio) ** (1 / m), ratio)
        if not self.tied:
            return scaled(root, -self.exponent)
        half, odd = divmod(self.exponent, 2)
        return scaled(math.sqrt(math.ldexp(root, -odd)), -half)

    @property
    def energy(self) -> float:
        """E‖x‖² = p n μ_2, or Σ ω_i E x_i²."""
        assert self.problem.energy is not None
        return to_float(self.problem.energy)

    @property
    def loss(self) -> float:
        """E‖x‖² − I(W)."""
        return self.energy - self.improvement

    @property
    def loss_best_scale(self) -> float:
        """E‖x‖² − C²/D."""
        return self.energy - self.improvement_best_scale


@dataclass(frozen=True)
class RowMoments:
    """What value and gradient share: C and D, and the moments of each row's pre-activation.

    ``kappa`` and ``importance`` are arrays over the features, of length 1 where they are equal.
    """

    kappa: np.ndarray
    importance: np.ndarray
    a: np.ndarray
    moments: Sequence[Any]
    value: DenseLoss

    @classmethod
    def of(cls, columns: FeatureCumulants, a: np.ndarray, sums: np.ndarray, *, exponent: int, tied: bool) -> RowMoments:
        """From A_ii, shape (n,), and the power sums of :func:`column_weights`, shape (m, n), at unit scale."""
        problem, m, kappa = columns.problem, columns.problem.m, columns.floats()
        importance = columns.float_importance()
        with np.errstate(over="ignore", invalid="ignore"):
            common = kappa[1:] if columns.equal else 1.0
            moments = moments_from_cumulants([0.0, *(common * sums)])
            own_c, own_d = importance * correlation(m, list(kappa), a, moments), importance * moments[m]
            c, d = float(np.sum(own_c)), float(np.sum(own_d))
        if not (math.isfinite(c) and math.isfinite(d)):
            raise ParameterError("m", m, "must be smaller for float64, whose range the moments exceed")
        squares = sums[0] if columns.equal else sums[0] / kappa[1]
        value = DenseLoss(problem, c, d, exponent, tied, DenseRows(a, squares, own_c, own_d))
        return cls(kappa, importance, a, moments, value)

    def derivatives(self, by_c: float, by_d: float) -> tuple[np.ndarray, np.ndarray]:
        """Of by_c C + by_d D, at unit scale: shapes (m, n) and (n,); see :func:`boundcalc.loss.row_terms.derivatives`.

        The common κ of equal features is multiplied in; for features that differ it stays with the columns.
        """
        m, n = self.value.problem.m, len(self.a)
        with np.errstate(over="ignore", invalid="ignore"):
            by_row = derivatives(m, list(self.kappa), self.a, self.moments, by_c * self.importance, by_d * self.importance)
            coefficients, diagonal = np.array([np.broadcast_to(row, n) for row in by_row[0]]), by_row[1]
            if self.kappa.shape[1] == 1:
                coefficients = coefficients * self.kappa[1:]
        return finite(coefficients), np.broadcast_to(diagonal, n)

    def weights_of(self, best_scale: bool, exponent: int) -> tuple[float, float]:
        """(by_c, by_d) of I, or of C²/D, times 2^−exponent, in terms of C and D at unit scale."""
        value, m = self.value, self.value.problem.m
        if best_scale:
            if value.unit_power == 0:
                raise ParameterError("W", "0", "must not be the zero matrix, where C^2/D has no gradient")
            ratio = value.unit_correlation / value.unit_power
            return scaled(2 * ratio, -exponent), scaled(-ratio * ratio, -exponent)
        return scaled(2.0, m * value.exponent - exponent), scaled(-1.0, 2 * m * value.exponent - exponent)


def column_weights(columns: FeatureCumulants) -> np.ndarray | None:
    """κ_{2k} of each feature, shape (m, n), the weights of the columns in the power sums; ``None`` for equal features."""
    kappa = columns.floats()  # also refuses what float64 does not hold, before the work
    return None if columns.equal else kappa[1:]


def balanced(coefficients: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same products of coefficients and column weights, the largest weight of each order in [1/2, 1]."""
    sizes = np.frexp(np.abs(weights).max(axis=1, keepdims=True))[1]
    return np.ldexp(coefficients, sizes), np.ldexp(weights, -sizes)


def finite(gradient: np.ndarray) -> np.ndarray:
    """The gradient, if float64 holds it."""
    if not np.isfinite(gradient).all():
        raise ParameterError("W", "its gradient", "must be smaller: at this scale float64 overflows (the best scale does not)")
    return gradient
