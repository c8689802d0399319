"""Computes zonal polynomials P_0, P_1, … of the sphere in R^d, even and odd, and sums of them, exact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import fmpq, fmpq_poly


def zonal(d: int, degree: int) -> list[fmpq_poly]:
    """P_0, …, P_degree for d ≥ 2, P_k(1) = 1: Chebyshev's for d = 2, Legendre's for d = 3.

    Σ_ij w_i w_j P_k(⟨v_i, v_j⟩) ≥ 0 for unit vectors v_i [Schoenberg 1942].

    >>> zonal(2, 2)[2]
    2*x^2 + (-1)
    """
    t = fmpq_poly([0, 1])
    found = [fmpq_poly([1]), t]
    for k in range(1, degree):
        found.append(t * found[k] * fmpq(2 * k + d - 2, k + d - 2) - found[k - 1] * fmpq(k, k + d - 2))
    return found[: degree + 1]


def combined(coefficients: Sequence[fmpq], d: int) -> fmpq_poly:
    """Σ_k h_k P_k."""
    total = fmpq_poly()
    for coefficient, polynomial in zip(coefficients, zonal(d, max(len(coefficients) - 1, 0)), strict=True):
        total += polynomial * coefficient
    return total


def zonal_values(d: int, degree: int, t: np.ndarray) -> np.ndarray:
    """P_0(t), …, P_degree(t) in float64, shape (degree + 1, len(t))."""
    found = [np.ones_like(t), t]
    for k in range(1, degree):
        found.append(((2 * k + d - 2) * t * found[k] - k * found[k - 1]) / (k + d - 2))
    return np.array(found[: degree + 1])
