"""Exact proof that a rational polynomial is nonnegative on an interval, by a Sturm sequence.

A polynomial changes sign at a real root if and only if the root's multiplicity is odd. So it is nonnegative on
[low, high] if and only if the product of its square-free factors of odd multiplicity has no root strictly between
the ends, and the polynomial is positive at one point where it is not zero.
"""

from __future__ import annotations

from itertools import pairwise

from flint import fmpq, fmpq_poly


def sturm_sequence(polynomial: fmpq_poly) -> list[fmpq_poly]:
    """f, f′ and the negated remainders, each scaled by a positive number, which keeps the signs."""
    sequence = [polynomial, polynomial.derivative()]
    while sequence[-1].degree() >= 1:
        remainder = -(sequence[-2] % sequence[-1])
        if remainder.is_zero():
            break
        sequence.append(_primitive(remainder))
    return [member for member in sequence if not member.is_zero()]


def _primitive(polynomial: fmpq_poly) -> fmpq_poly:
    """The multiple by a positive rational with coprime integer coefficients: keeps the numbers small."""
    numerator = polynomial.numer()
    return fmpq_poly(numerator) / abs(numerator.content())


def count_roots(polynomial: fmpq_poly, low: fmpq, high: fmpq) -> int:
    """The number of distinct real roots in (low, high] of a square-free polynomial, by Sturm's theorem."""
    sequence = sturm_sequence(polynomial)
    return _variations(sequence, low) - _variations(sequence, high)


def _variations(sequence: list[fmpq_poly], point: fmpq) -> int:
    values = [value for member in sequence if (value := member(point)) != 0]
    return sum((a > 0) != (b > 0) for a, b in pairwise(values))


def is_nonnegative(polynomial: fmpq_poly, low: fmpq | int = 0, high: fmpq | int = 1) -> bool:
    """Whether the polynomial is ≥ 0 on [low, high], low < high: exact, multiple roots allowed."""
    low, high = fmpq(low), fmpq(high)
    if polynomial.degree() < 1:
        return bool(polynomial[0] >= 0)
    if polynomial(low) < 0 or polynomial(high) < 0:
        return False
    _, factors = polynomial.factor_squarefree()
    changing = fmpq_poly([1])
    for factor, multiplicity in factors:
        if multiplicity % 2:
            changing *= factor
    inside = count_roots(changing, low, high) - (changing(high) == 0) if changing.degree() else 0
    if inside:
        return False
    # no change of sign inside: one point that is no root decides
    parts = polynomial.degree() + 2
    points = (low + (high - low) * fmpq(j, parts) for j in range(1, parts))
    return bool(next(value for point in points if (value := polynomial(point)) != 0) > 0)
