"""Verifies random chirps: real vectors of exp(2πi f(x)/q) on d/2 points x of the field with q elements, f of degree 2 or 3."""

from __future__ import annotations

from math import isqrt
from typing import Any

from flint import fmpq

from boundcalc.certificate.verifier.problem import Model
from boundcalc.certificate.verifier.reading import Refuted, integer

LEAST_ORDER, MAX_ORDER = 7, 10**9


def falling(x: fmpq, k: int) -> fmpq:
    """x (x − 1) ⋯ (x − k + 1)."""
    value = fmpq(1)
    for j in range(k):
        value *= x - j
    return value


def chirps(model: Model, witness: dict[str, Any], where: str) -> tuple[int, int, list[fmpq]]:
    """n, d, and of every row Q_0 (unused), Q_2, and Q_4 and Q_6 on average, at a = 1."""
    n, d = integer(witness["n"], f"{where}.n"), integer(witness["d"], f"{where}.d")
    order, degree = integer(witness["order"], f"{where}.order"), integer(witness["degree"], f"{where}.degree")
    if model.m != 3:
        raise Refuted(f"{where}: random chirps need m = 3")
    if degree not in (2, 3) or not LEAST_ORDER <= order <= MAX_ORDER:
        raise Refuted(f"{where}: random chirps need degree 2 or 3 and an order from {LEAST_ORDER} to {MAX_ORDER}")
    if any(order % k == 0 for k in range(2, isqrt(order) + 1)):
        raise Refuted(f"{where}.order: {order} is not a prime")
    if d % 2 or not 4 <= d <= 2 * order:
        raise Refuted(f"{where}.d: must be even, from 4 to twice the order")
    count, rest = divmod(n, 2 * order ** (degree - 1))
    if rest or not 1 <= count <= order:
        raise Refuted(f"{where}.n: must be a multiple of {2 * order ** (degree - 1)}, at most {order} times")
    r, sums = d // 2, [fmpq(n), fmpq(n, d)]
    for j, shares in ((2, fmpq(3, 4)), (3, fmpq(5, 8))):
        own, whole = (fmpq(order) ** k * solutions(k, j, order, r) / fmpq(r) ** (2 * j) for k in (degree - 1, degree))
        modulus = own + (whole - own) * fmpq(count - 1, order - 1)
        # cos^{2j} + sin^{2j} of a random phase, on average; a vector and itself have none
        sums.append(1 + shares * (modulus - 1))
    return n, d, sums


def solutions(degree: int, j: int, order: int, r: int) -> fmpq:
    """How many pairs of j-tuples of r points have equal sums of powers up to the degree, on average over the sets of points.

    They are counted in the whole field by how many of the 2j elements are distinct; those with all distinct are what is left.
    """
    q = fmpq(order)
    found = {2: [q, 2 * falling(q, 2), fmpq(0)], 3: [q, 9 * falling(q, 2), 6 * falling(q, 3), fmpq(0), fmpq(0)]}[
        j
    ]  # equal as multisets
    total = sum(found, fmpq(0))
    if degree == 1:
        total = q ** (2 * j - 1)
        if j == 2:  # 2 x = y + z
            found[2] += 2 * falling(q, 2)
        else:
            found[2] += 30 * falling(q, 2)
            found[3] += falling(q, 2) * (47 * q - 154)
            found[4] += 3 * falling(q, 2) * (q - 4) * (5 * q - 19)
    elif degree == 2 and j == 3:
        total = q**4 + q**3 - q**2
        # triples of a given sum and sum of squares are points of a conic; for half of these six have two equal elements
        root = pow(order - 3, (order - 1) // 2, order) == 1
        conic = q - 1 if root else q + 1
        found[3] += falling(q, 2) * (13 if root else 9)
        found[4] += 6 * falling(q, 2) * (conic - 6)
    found.append(total - sum(found, fmpq(0)))
    return sum((count * falling(fmpq(r), k) / falling(q, k) for k, count in enumerate(found, 1)), fmpq(0))
