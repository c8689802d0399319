"""Computes C, D and their derivatives by A from row quantities (theory, section 1), for arrays of any library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from math import comb
from typing import Any

from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.moments import correlation, moments_from_cumulants

SMALLEST = 1e-290
"""Below this p μ_2 float64 has no room for C²/D."""


def scaled(value: float, exponent: int) -> float:
    """value · 2^exponent."""
    try:
        return math.ldexp(value, exponent)
    except OverflowError:
        raise ParameterError(
            "W", f"value {value:.3g} * 2^{exponent}", "must be smaller: at this scale float64 overflows (the best scale does not)"
        ) from None


def derivatives(m: int, kappa: Sequence[Any], a: Any, moments: Sequence[Any], by_c: Any, by_d: Any) -> tuple[list[Any], Any]:
    """Of Σ_i (by_c C_i + by_d D_i): what κ_{2k}^(j) A_ij^{2k−1} is multiplied by in ∂/∂A_ij, k = 1 … m, and ∂/∂A_ii beyond these.

    Arrays over i; ``by_c`` and ``by_d`` are numbers, or hold the importance of each feature. κ is that of feature i.
    ∂M_{2r}/∂(cumulant 2k) = binom(2r, 2k) M_{2r−2k}, and the cumulant is Σ_j κ_{2k}^(j) A_ij^{2k}.
    """
    coefficients: list[Any] = [by_d * comb(2 * m, 2 * k) * moments[m - k] for k in range(1, m + 1)]
    diagonal: Any = 0.0
    for k in range(1, m + 1, 2):
        factor = by_c * comb(m, k) * kappa[(k + 1) // 2]
        rest = (m - k) // 2
        diagonal = diagonal + factor * k * a ** (k - 1) * moments[rest]
        for j in range(1, rest + 1):
            coefficients[j - 1] = coefficients[j - 1] + factor * a**k * comb(m - k, 2 * j) * moments[rest - j]
    return [2 * k * value for k, value in enumerate(coefficients, 1)], diagonal


def best_scale_terms(m: int, kappa: Sequence[Any], a: Any, sums: Sequence[Any]) -> tuple[Any, Any, list[Any], Any]:
    """C, D, and of log(C²/D) what A_ij^{2k−1} is multiplied by in ∂/∂A_ij, k = 1 … m, and ∂/∂A_ii beyond these.

    For equal features, arrays over i: a_i and Q_2(i), …, Q_{2m}(i).
    """
    moments = moments_from_cumulants([0 * a, *(kappa[k] * power for k, power in enumerate(sums, 1))])
    moments[0] = 1 + 0 * a
    c, d = correlation(m, kappa, a, moments).sum(), moments[m].sum()
    by_c, by_d = (2 / c, -1 / d) if c > 0 and d > 0 else (0, 0)  # large m and p may leave nothing but rounding, which callers see
    coefficients, diagonal = derivatives(m, kappa, a, moments, by_c, by_d)
    return c, d, [kappa[k] * value for k, value in enumerate(coefficients, 1)], diagonal


def power_sums(square: Any, m: int) -> list[Any]:
    """Q_2, Q_4, …, Q_{2m} of the rows, from the squares A_ij²; shapes (n,)."""
    found, power = [square.sum(axis=1)], square
    for _ in range(m - 1):
        power = power * square
        found.append(power.sum(axis=1))
    return found
