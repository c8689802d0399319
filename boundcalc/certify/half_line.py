"""Carries polynomials from an interval to the half-line, where a sign can be read off the coefficients.

With s = (high + low x)/(1 + x) the interval low <= s <= high is 0 <= x <= infinity, and (1 + x)^N p(s) is a polynomial in x.
Where its coefficients are nonnegative, p is nonnegative on the interval: they are the Bernstein coefficients of p, times
binomials. Products of such polynomials are those of the products, so that a discriminant needs no new expansion.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import comb

from flint import fmpq, fmpq_poly, fmpz, fmpz_mat, fmpz_poly


def on_half_line(polynomial: fmpq_poly, degree: int, low: fmpq, high: fmpq) -> fmpq_poly:
    """(1 + x)^degree p((high + low x)/(1 + x)), ``degree`` at least that of p."""
    # z^N p(low + (high - low)/z) at z = 1 + x
    coefficients = polynomial(fmpq_poly([low, high - low])).coeffs()
    reverted = fmpq_poly([fmpq(0)] * (degree + 1 - len(coefficients)) + coefficients[::-1])
    return reverted(fmpq_poly([1, 1]))


def integral(polynomials: Sequence[fmpq_poly]) -> list[fmpz_poly]:
    """All times the least factor that makes every coefficient whole: their signs, and nothing to be reduced."""
    factor = fmpz(1)
    for polynomial in polynomials:
        factor = factor.lcm(polynomial.denom())
    return [polynomial.numer() * (factor // polynomial.denom()) for polynomial in polynomials]


def on_dyadic(polynomial: fmpz_poly, degree: int, first: int, bits: int) -> fmpz_poly:
    """2^(bits degree) times :func:`on_half_line` on the interval from first/2^bits to (first + 1)/2^bits, in whole numbers."""
    scaled = fmpz_poly([c << bits * (degree - k) for k, c in enumerate(polynomial.coeffs())])
    coefficients = scaled(fmpz_poly([first, 1])).coeffs()
    return fmpz_poly([fmpz(0)] * (degree + 1 - len(coefficients)) + coefficients[::-1])(fmpz_poly([1, 1]))


@cache
def halving(degree: int, *, upper: bool) -> fmpz_mat:
    """From the coefficients of :func:`on_dyadic`, in rows, to those of the upper or the lower half of the interval."""
    # from the end that both have in common: 2^-i sum_j binom(i, j) b_j for Bernstein coefficients b
    of = [[comb(degree - j, i - j) << degree - i if i >= j else 0 for i in range(degree + 1)] for j in range(degree + 1)]
    return fmpz_mat(of if upper else [row[::-1] for row in of[::-1]])


def has_no_negative(polynomial: fmpz_poly) -> bool:
    """Whether no coefficient is negative."""
    return all(c >= 0 for c in polynomial.coeffs())
