r"""Computes even Gegenbauer polynomials of the sphere S^{d-1}, exact, as polynomials in u = t^2.

P_{2k} is the zonal harmonic of degree 2k with P_{2k}(1) = 1, so that sum_ij w_i w_j P_{2k}(<v_i, v_j>) >= 0 for unit
vectors v_i and k >= 0, with P_0 = 1 [Schoenberg 1942]. For d = 2 these are the Chebyshev polynomials T_{2k}. On S^0
(d = 1) the harmonics of even degree 2k > 0 vanish; P_{2k} = u^k, which is 1 there, keeps P(1) = 1 and the inequality.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from flint import fmpq, fmpq_poly


@lru_cache(maxsize=64)
def even_gegenbauer(d: int, degree: int) -> tuple[fmpq_poly, ...]:
    """P_0, P_2, …, P_{2·degree} of S^{d−1} as polynomials in u = t².

    Parameters
    ----------
    d : int
        Dimension of the space, at least 1.
    degree : int
        Largest degree in u, at least 0.
    """
    u = fmpq_poly([0, 1])
    if d == 1:
        return tuple(u**k for k in range(degree + 1))
    # (k + d − 2) P_{k+1} = (2k + d − 2) t P_k − k P_{k−1}, with the odd ones written t·odd(u)
    even, odd = [fmpq_poly([1])], fmpq_poly([1])
    for k in range(1, degree + 1):
        below, above = 2 * k - 1, 2 * k
        step = u * odd * fmpq(2 * below + d - 2, below + d - 2) - even[-1] * fmpq(below, below + d - 2)
        even.append(step)
        odd = step * fmpq(2 * above + d - 2, above + d - 2) - odd * fmpq(above, above + d - 2)
    return tuple(even)


def gegenbauer_coefficients(polynomial: fmpq_poly, d: int) -> tuple[fmpq, ...]:
    """h_0, h_1, … with h(u) = Σ_k h_k P_{2k}: the triangular system, from the leading coefficient down."""
    degree = max(polynomial.degree(), 0)
    basis = even_gegenbauer(d, degree)
    found = [fmpq(0)] * (degree + 1)
    rest = polynomial
    for k in range(degree, -1, -1):
        found[k] = rest[k] / basis[k][k]
        rest = rest - basis[k] * found[k]
    return tuple(found)


def from_gegenbauer(coefficients: Sequence[fmpq], d: int) -> fmpq_poly:
    """Σ_k h_k P_{2k} as a polynomial in u."""
    total = fmpq_poly()
    for coefficient, polynomial in zip(coefficients, even_gegenbauer(d, max(len(coefficients) - 1, 0)), strict=False):
        total += polynomial * coefficient
    return total
