"""Carries polynomials from an interval to the half-line, where a sign can be read off the coefficients.

With s = (high + low x)/(1 + x) the interval low <= s <= high is 0 <= x <= infinity, and (1 + x)^N p(s) is a polynomial in x.
Where its coefficients are nonnegative, p is nonnegative on the interval: they are the Bernstein coefficients of p, times
binomials. Products of such polynomials are those of the products, so that a discriminant needs no new expansion.
"""

from __future__ import annotations

from flint import fmpq, fmpq_poly


def on_half_line(polynomial: fmpq_poly, degree: int, low: fmpq, high: fmpq) -> fmpq_poly:
    """(1 + x)^degree p((high + low x)/(1 + x)), ``degree`` at least that of p."""
    # z^N p(low + (high - low)/z) at z = 1 + x
    coefficients = polynomial(fmpq_poly([low, high - low])).coeffs()
    reverted = fmpq_poly([fmpq(0)] * (degree + 1 - len(coefficients)) + coefficients[::-1])
    return reverted(fmpq_poly([1, 1]))


def has_no_negative(polynomial: fmpq_poly) -> bool:
    """Whether no coefficient is negative."""
    return all(c >= 0 for c in polynomial.numer().coeffs())
