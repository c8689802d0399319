r"""Bounds a polynomial in z on 0 <= z <= width from below by a sum of parabolas.

    z^k >= (k-1) c^{k-2} z^2 - (k-2) c^{k-1} z   (z^{k-1} above its tangent at c, times z),
    -z^3 >= -(z^4/c + c z^2)/2,   -z^k >= -width^{k-2} z^2.

A quadratic with Bernstein coefficients b_0, b_1, b_2 on an interval is nonnegative there if b_0, b_2 >= 0 and either b_1 >= 0 or
b_0 b_2 >= b_1^2. The coefficients may be polynomials with nonnegative values where all their coefficients are (:mod:`half_line`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import copysign, isfinite, sqrt
from typing import Any

from flint import fmpq, fmpz_poly

from boundcalc.certify.half_line import has_no_negative


@dataclass(frozen=True)
class Parabolas:
    """How powers of z are bounded: touching at c, and -z³ by its chord over the interval or not."""

    c: fmpq
    by_chord: bool


def is_proven(local: Sequence[fmpz_poly], parabolas: Parabolas, width: fmpq) -> bool:
    """Whether the parabolas show that a polynomial in z, coefficients ascending, is nonnegative for 0 ≤ z ≤ width.

    In whole numbers: b_1 comes times q^{K−1} and b_2 times q^{K−2} e^{K−2}, where c = p/q, width = w/e and K is the degree.
    """
    p, q, w, e = (int(value) for value in (parabolas.c.p, parabolas.c.q, width.p, width.q))
    degree = len(local) - 1
    b0, b1, b2, *higher = local
    b1, b2 = b1 * q ** (degree - 1), b2 * (q * e) ** (degree - 2)
    if not parabolas.by_chord:
        negative = _negative_part(higher[0])
        if negative.degree() >= 0:  # -z³ >= -(z⁴/c + c z²)/2
            twice = 2 * p * q
            higher = [part * twice for part in higher]
            b0, b1, b2 = b0 * twice, b1 * twice, b2 * twice
            higher[0] += negative * twice
            higher[1] -= negative * (q * q)
            b2 -= negative * (p * p * (q * e) ** (degree - 2))
    for k, part in enumerate(higher, 3):
        negative = _negative_part(part)
        above = part + negative if negative.degree() >= 0 else part
        b1 -= above * ((k - 2) * p ** (k - 1) * q ** (degree - k))
        b2 += above * ((k - 1) * p ** (k - 2) * q ** (degree - k) * e ** (degree - 2))
        if negative.degree() >= 0:
            b2 -= negative * (w ** (k - 2) * e ** (degree - k) * q ** (degree - 2))
    if not has_no_negative(b0):
        return False
    first, second = q ** (degree - 1), (q * e) ** (degree - 2)
    unit, half = first * second * e * e, 2 * e * first
    last = b0 * unit + b1 * (w * e * second) + b2 * (w * w * first)
    if not has_no_negative(last):
        return False
    middle = b0 * half + b1 * w
    return has_no_negative(middle) or has_no_negative(b0 * last * (half * half) - middle * middle * unit)


def _negative_part(polynomial: fmpz_poly) -> fmpz_poly:
    return fmpz_poly([-c if c < 0 else 0 for c in polynomial.coeffs()])


def shifted(values: Sequence[Any], start: Any) -> list[Any]:
    """The coefficients of a polynomial about another point."""
    found = list(values)
    if start:
        for k in range(len(found)):
            for j in range(len(found) - 2, k - 1, -1):
                found[j] = found[j] + found[j + 1] * start
    return found


def value_at(values: Sequence[Any], z: Any) -> Any:
    """Horner's scheme."""
    total = values[-1]
    for part in values[-2::-1]:
        total = total * z + part
    return total


def positive_roots(values: Sequence[float]) -> list[float]:
    """The positive real roots of a polynomial of degree 2 or less, coefficients ascending, about."""
    while values and values[-1] == 0:
        values = values[:-1]
    if len(values) < 2 or values[0] == 0:
        return []
    # in units in which two parts are alike
    unit = min(abs(values[0] / v) ** (1 / k) for k, v in enumerate(values) if k and v)
    c, b, a = [v * unit**k for k, v in enumerate(values)] + [0.0] * (3 - len(values))
    if not isfinite(a + b + c) or a == b == 0:
        return []
    if a == 0:
        return [-c / b * unit] if b * c < 0 else []
    square = b * b - 4 * a * c
    if square < -1e-12 * b * b:
        return []
    # the sum of two numbers of one sign, and the other root from the product
    larger = -(b + copysign(sqrt(max(square, 0.0)), b)) / 2
    return sorted(root * unit for root in (larger / a, c / larger) if root > 0)
