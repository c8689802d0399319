"""The loss of a float64 weight matrix and its gradient, in NumPy and in row blocks (theory, section 1).

Rounded, not certified: :func:`boundcalc.loss.exact.exact_loss` gives the exact value of the same array. A is never
stored whole: memory is O(block · n).

Where cumulants are negative (large p) digits cancel. The relative error of D is then about 1e-16 times the ratio of
D with every κ replaced by |κ| to D itself, at most. That ratio is 2e5 for one feature, m = 7, p = 1, u in {0, ±2}.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
from flint import fmpq

from boundcalc.arithmetic import EXACT
from boundcalc.errors import ParameterError
from boundcalc.laws import Law
from boundcalc.loss.arrays import float_weights
from boundcalc.moments import correlation, moments_from_cumulants
from boundcalc.problem import Problem
from boundcalc.quantities import Quantities

BLOCK_NUMBERS = 1 << 18
"""Entries of A in one row block."""


@dataclass(frozen=True)
class DenseLoss:
    """C and D in float64, kept at the scale W/2^e where the longest column has norm in [1/2, 1].

    Attributes
    ----------
    unit_correlation, unit_power : float
        At that scale: C = 2^{2me} unit_correlation and D = 2^{4me} unit_power.
    exponent : int
        e.
    """

    problem: Problem
    unit_correlation: float
    unit_power: float
    exponent: int

    @property
    def C(self) -> float:
        """E⟨x, x̂⟩."""
        return _scaled(self.unit_correlation, 2 * self.problem.m * self.exponent)

    @property
    def D(self) -> float:
        """E‖x̂‖²."""
        return _scaled(self.unit_power, 4 * self.problem.m * self.exponent)

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
        """The best scale s, s^{2m} = C/D; ``None`` for W = 0."""
        if not self.unit_power:
            return None
        return _scaled(float((self.unit_correlation / self.unit_power) ** (0.5 / self.problem.m)), -self.exponent)

    @property
    def energy(self) -> float:
        """p n μ_2."""
        assert self.problem.energy is not None
        return to_float(self.problem.energy)

    @property
    def loss(self) -> float:
        """p n μ_2 − I(W)."""
        return self.energy - self.improvement

    @property
    def loss_best_scale(self) -> float:
        """p n μ_2 − C²/D."""
        return self.energy - self.improvement_best_scale


def to_float(value: fmpq) -> float:
    """The nearest float64."""
    return int(value.p) / int(value.q)


def _scaled(value: float, exponent: int) -> float:
    """value · 2^exponent."""
    try:
        return math.ldexp(value, exponent)
    except OverflowError:
        raise ParameterError(
            "W", f"value {value:.3g} * 2^{exponent}", "must be smaller: at this scale float64 overflows (the best scale does not)"
        ) from None


class _Evaluation:
    """One weight matrix brought to unit scale, with the row moments that value and gradient share."""

    def __init__(self, weights: object, m: int, p: object, law: Law | str) -> None:
        array = float_weights(weights)
        d, n = array.shape
        self.problem = Problem(n=n, d=d, m=m, p=p, law=law)  # type: ignore[arg-type]
        self.m = self.problem.m
        self.kappa = self._cumulants()
        # two steps by exact powers of two, so that no square overflows
        first = int(np.frexp(np.abs(array).max())[1])
        unit = np.ldexp(array, -first)
        second = int(np.frexp(np.sqrt((unit**2).sum(axis=0).max()))[1])
        self.W = np.ldexp(unit, -second)
        self.exponent = first + second
        self.a = (self.W**2).sum(axis=0)
        self.block = max(1, BLOCK_NUMBERS // n)
        sums = np.empty((self.m + 1, n))
        for rows, gram in self.blocks():
            square = gram * gram
            power = square.copy()
            sums[1, rows] = power.sum(axis=1)
            for j in range(2, self.m + 1):
                power *= square
                sums[j, rows] = power.sum(axis=1)
        with np.errstate(over="ignore", invalid="ignore"):
            cumulants: list[Any] = [0.0, *(self.kappa[j] * sums[j] for j in range(1, self.m + 1))]
            self.moments: list[Any] = moments_from_cumulants(cumulants)
            c = float(np.sum(correlation(self.m, self.kappa, self.a, self.moments)))
            value = float(np.sum(self.moments[self.m]))
        if not (math.isfinite(c) and math.isfinite(value)):
            raise ParameterError("m", self.m, "must be smaller for float64, whose range the moments exceed")
        self.value = DenseLoss(self.problem, c, value, self.exponent)

    def _cumulants(self) -> list[float]:
        exact = Quantities(EXACT, self.problem).kappa[1:]
        if to_float(self.problem.p * self.problem.law.moment(2)) < 1e-290:
            raise ParameterError("p", str(self.problem.p), "must be at least about 1e-290 for float64; the exact loss has no limit")
        try:
            return [0.0, *(to_float(value) for value in exact)]
        except OverflowError:
            raise ParameterError("m", self.m, "must be smaller for float64, whose range the cumulants exceed") from None

    def blocks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Row blocks of A at unit scale."""
        for start in range(0, self.problem.n, self.block):  # type: ignore[arg-type]
            rows = slice(start, start + self.block)
            yield rows, self.W[:, rows].T @ self.W

    def derivatives(self, by_c: float, by_d: float) -> tuple[np.ndarray, np.ndarray]:
        """Of by_c C + by_d D: coefficients of A_ij^{2k−1} in ∂/∂A_ij, shape (m, n), and ∂/∂a_i, shape (n,)."""
        m, kappa, moments = self.m, self.kappa, self.moments
        n = len(self.a)
        coefficients, diagonal = np.zeros((m, n)), np.zeros(n)
        for k in range(1, m + 1):
            # ∂M_{2m}/∂(cumulant 2k) = binom(2m, 2k) M_{2m−2k}
            coefficients[k - 1] += by_d * comb(2 * m, 2 * k) * moments[m - k]
        for k in range(1, m + 1, 2):
            factor = by_c * comb(m, k) * kappa[(k + 1) // 2]
            diagonal += factor * k * self.a ** (k - 1) * moments[(m - k) // 2]
            for j in range(1, (m - k) // 2 + 1):
                coefficients[j - 1] += factor * self.a**k * comb(m - k, 2 * j) * moments[(m - k) // 2 - j]
        for k in range(1, m + 1):
            coefficients[k - 1] *= 2 * k * kappa[k]
        return coefficients, diagonal

    def gradient(self, by_c: float, by_d: float) -> np.ndarray:
        """∂(by_c C + by_d D)/∂W = W (G + Gᵀ) at unit scale; G + Gᵀ is again a polynomial in A, entry by entry."""
        coefficients, diagonal = self.derivatives(by_c, by_d)
        found = np.empty_like(self.W)
        for rows, gram in self.blocks():
            square = gram * gram
            both = coefficients[-1, rows, None] + coefficients[-1]
            for k in range(self.m - 2, -1, -1):
                both *= square
                both += coefficients[k, rows, None] + coefficients[k]
            both *= gram
            found[:, rows] = self.W @ both.T
        result: np.ndarray = found + self.W * (2 * diagonal)
        return result


def dense_loss(weights: object, *, m: int, p: object, law: Law | str) -> DenseLoss:
    """The loss of tied weights in float64.

    Parameters
    ----------
    weights : array of shape (d, n)
        Real and finite; columns are features. Any scale: it is normalised by a power of two.
    m, p, law : as in :func:`boundcalc.loss.exact.exact_loss`

    Raises
    ------
    ParameterError
        For bad weights or parameters, and where float64's range does not hold the answer; never inf or NaN.
    """
    return _Evaluation(weights, m, p, law).value


def dense_loss_and_gradient(
    weights: object, *, m: int, p: object, law: Law | str, best_scale: bool = False
) -> tuple[DenseLoss, np.ndarray]:
    """The loss, and the gradient by W, shape (d, n), of I(W) = 2C − D, or of C²/D with ``best_scale``."""
    evaluation = _Evaluation(weights, m, p, law)
    value, e = evaluation.value, evaluation.exponent
    if best_scale:
        if value.unit_power == 0:
            raise ParameterError("W", "0", "must not be the zero matrix, where C^2/D has no gradient")
        ratio = value.unit_correlation / value.unit_power
        by_c, by_d = _scaled(2 * ratio, -e), _scaled(-ratio * ratio, -e)
    else:
        by_c, by_d = _scaled(2.0, (2 * value.problem.m - 1) * e), _scaled(-1.0, (4 * value.problem.m - 1) * e)
    return value, evaluation.gradient(by_c, by_d)
