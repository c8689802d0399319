"""Computes C, D and their derivatives by A from row quantities (theory, section 1), for arrays of any library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from math import comb
from typing import Any

from flint import fmpq

from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.rings import EXACT

SMALLEST = 1e-290
"""Below this p μ_2 float64 has no room for C²/D."""


def to_float(value: fmpq) -> float:
    """The nearest float64."""
    return int(value.p) / int(value.q)


def float_cumulants(problem: Problem) -> list[float]:
    """Even cumulants of x in float64: entry j is κ_{2j}, entry 0 is 0.

    Raises
    ------
    ParameterError
        Where float64's range does not hold them.
    """
    exact = Quantities(EXACT, problem).kappa[1:]
    if to_float(problem.p * problem.law.moment(2)) < SMALLEST:
        raise ParameterError("p", str(problem.p), "must be at least about 1e-290 for float64; the exact loss has no limit")
    try:
        return [0.0, *(to_float(value) for value in exact)]
    except OverflowError:
        raise ParameterError("m", problem.m, "must be smaller for float64, whose range the cumulants exceed") from None


def scaled(value: float, exponent: int) -> float:
    """value · 2^exponent."""
    try:
        return math.ldexp(value, exponent)
    except OverflowError:
        raise ParameterError(
            "W", f"value {value:.3g} * 2^{exponent}", "must be smaller: at this scale float64 overflows (the best scale does not)"
        ) from None


def derivatives(m: int, kappa: Sequence[float], a: Any, moments: Sequence[Any], by_c: float, by_d: float) -> tuple[list[Any], Any]:
    """Of by_c C + by_d D: the coefficients of A_ij^{2k−1} in ∂/∂A_ij, k = 1 … m, and ∂/∂A_ii beyond these; arrays over i.

    ∂M_{2r}/∂(cumulant 2k) = binom(2r, 2k) M_{2r−2k}, and the cumulant is κ_{2k} Q_{2k}.
    """
    coefficients: list[Any] = [by_d * comb(2 * m, 2 * k) * moments[m - k] for k in range(1, m + 1)]
    diagonal: Any = 0.0
    for k in range(1, m + 1, 2):
        factor = by_c * comb(m, k) * kappa[(k + 1) // 2]
        rest = (m - k) // 2
        diagonal = diagonal + factor * k * a ** (k - 1) * moments[rest]
        for j in range(1, rest + 1):
            coefficients[j - 1] = coefficients[j - 1] + factor * a**k * comb(m - k, 2 * j) * moments[rest - j]
    return [2 * k * kappa[k] * value for k, value in enumerate(coefficients, 1)], diagonal
