"""Computes one row of the loss exactly, in rationals, for few other features: E(x − (a x + Z)_+)², Z = b + Σ A_j x_j.

The transform of Y is a sum of 2^k exponentials, e^{sy} for each set of features at the upper end of their range, times
polynomials in z = 1/s: feature j brings q_j − (p_j/A_j) z, or (p_j/A_j) z and A_j to y. Its inverse sends z^r to y_+^{r−1}/(r −
1)!.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial

from flint import fmpq, fmpq_poly

Point = tuple[fmpq, fmpq]
"""A value and its probability."""


def uniform_row(a: fmpq, b: fmpq, p: fmpq, A: Sequence[fmpq], activity: Sequence[fmpq]) -> fmpq:
    """For features uniform on [0, 1] while active; 2^k terms for k entries of A that are not zero."""
    own = _own_polynomials(a, p)
    states: list[tuple[fmpq, fmpq_poly]] = [(b + shift, polynomial) for shift, polynomial in own]
    for entry, active in zip(A, activity, strict=True):
        if entry == 0:
            continue
        slope = active / entry
        low, high = fmpq_poly([1 - active, -slope]), fmpq_poly([fmpq(0), slope])
        states = [(y + shift, poly * by) for y, poly in states for shift, by in ((fmpq(0), low), (entry, high))]
    return p / 3 + sum((_inverse(polynomial)(y) for y, polynomial in states if y > 0), fmpq(0))


def _own_polynomials(a: fmpq, p: fmpq) -> list[tuple[fmpq, fmpq_poly]]:
    """What 2z³(q + pψ(as)) − 2z² p χ(as) has with e^{0}, and with e^{as}."""
    q = 1 - p
    if a == 0:
        return [(fmpq(0), fmpq_poly([0, 0, -p, 2]))]
    cross = 2 * p * (1 / a + 1 / a**2)
    return [(fmpq(0), fmpq_poly([0, 0, 0, 2 * q, -cross])), (a, fmpq_poly([0, 0, 0, -2 * p / a, cross]))]


def _inverse(polynomial: fmpq_poly) -> fmpq_poly:
    """z^r becomes y^{r−1}/(r − 1)!."""
    coefficients = polynomial.coeffs()
    return fmpq_poly([c / factorial(r) for r, c in enumerate(coefficients[1:])])


def finite_row(
    a: fmpq, b: fmpq, p: fmpq, points: Sequence[Point], A: Sequence[fmpq], activity: Sequence[fmpq], laws: Sequence[Sequence[Point]]
) -> fmpq:
    """For features of finite support while active, by enumeration; equal values of Z are joined."""
    found: dict[fmpq, fmpq] = {b: fmpq(1)}
    for entry, active, law in zip(A, activity, laws, strict=True):
        if entry == 0:
            continue
        steps = [(fmpq(0), 1 - active), *((entry * value, active * weight) for value, weight in law)]
        found, before = {}, found
        for z, weight in before.items():
            for step, share in steps:
                found[z + step] = found.get(z + step, fmpq(0)) + weight * share
    own = [(fmpq(0), 1 - p), *((value, p * weight) for value, weight in points)]
    total = fmpq(0)
    for z, weight in found.items():
        for x, share in own:
            total += weight * share * (x - max(a * x + z, fmpq(0))) ** 2
    return total
