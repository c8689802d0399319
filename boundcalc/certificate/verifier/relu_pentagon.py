"""Proves that networks ReLU(WᵀW x) without bias, d = 2, restore at most G features one at a time, from a polynomial with
coefficients in Q(√5).

``h`` holds c_0, c_1, … of h(t) = Σ c_k T_k(t), each as [a, b] for a + b√5. With c_k ≥ 0, h(1) = 1 and h ≤ (t)_+² on [−1, 1]
the improvement from one active feature is at most 1/c_0 features. −h and t² − h are divided by the squares that they are
known to have, and what is left is shown to be positive by its coefficients in Bernstein's basis, halving the interval where
these are not all positive.
"""

from __future__ import annotations

from math import comb
from typing import Any

from flint import arb, fmpq

from boundcalc.certificate.verifier.reading import CertificateError, Refuted, Work, rational, sequence

Surd = tuple[fmpq, fmpq]
"""a + b√5."""
Poly = list[Surd]
MOST_DEGREE = 40
ROOT = ((fmpq(-1, 4), fmpq(1, 4)), (fmpq(-1, 4), fmpq(-1, 4)))
"""The cosines of the pentagon, (√5 − 1)/4 and −(√5 + 1)/4."""


def ceiling(data: Any, work: Work) -> Surd:
    """c_0 of h, after h has been proven to be one of these."""
    entries = sequence(data, "floor.parameters.h", MOST_DEGREE)
    c = [_read(entry, k) for k, entry in enumerate(entries)]
    if not c or _sign(c[0]) <= 0 or any(_sign(value) < 0 for value in c):
        raise Refuted("pentagon: a coefficient of h is negative")
    work.fractions(4000, 2000, "pentagon")
    h = _powers(c)
    if _sign(_add(_at(h, (fmpq(1), fmpq(0))), (fmpq(-1), fmpq(0)))) != 0:
        raise Refuted("pentagon: h(1) is not 1")
    below = _divided([_times((fmpq(-1), fmpq(0)), x) for x in h], ROOT[1], 2)
    rest = [_times((fmpq(-1), fmpq(0)), x) for x in h]
    rest[2] = _add(rest[2], (fmpq(1), fmpq(0)))
    above = _divided(_divided(rest, ROOT[0], 2), (fmpq(1), fmpq(0)), 1)
    above = [_times((fmpq(-1), fmpq(0)), x) for x in above]  # divided by t − 1, and 1 − t is positive
    if not _positive(below, fmpq(-1), fmpq(1)) or not _positive(above, fmpq(0), fmpq(1)):
        raise Refuted("pentagon: h is above the square of the positive part")
    return c[0]


def ball(x: Surd) -> arb:
    """At the working precision."""
    return arb(x[0]) + arb(x[1]) * arb(5).sqrt()


def _read(entry: Any, k: int) -> Surd:
    if not isinstance(entry, list) or len(entry) != 2:
        raise CertificateError(f"floor.parameters.h[{k}]: must be two numbers, a and b of a + b sqrt(5)")
    a, b = (rational(value, f"floor.parameters.h[{k}]") for value in entry)
    if a.height_bits() > 500 or b.height_bits() > 500:
        raise CertificateError(f"floor.parameters.h[{k}]: must have at most 500 bits")
    return a, b


def _add(x: Surd, y: Surd) -> Surd:
    return x[0] + y[0], x[1] + y[1]


def _times(x: Surd, y: Surd) -> Surd:
    return x[0] * y[0] + 5 * x[1] * y[1], x[0] * y[1] + x[1] * y[0]


def _sign(x: Surd) -> int:
    a, b = x
    if a >= 0 and b >= 0:
        return int(a > 0 or b > 0)
    if a <= 0 and b <= 0:
        return -1
    return (1 if a > 0 else -1) * (1 if a * a > 5 * b * b else -1)


def _at(poly: Poly, t: Surd) -> Surd:
    total = (fmpq(0), fmpq(0))
    for c in reversed(poly):
        total = _add(_times(total, t), c)
    return total


def _powers(c: list[Surd]) -> Poly:
    """Σ c_k T_k by powers of t; T_{k+1} = 2t T_k − T_{k−1}."""
    zero = (fmpq(0), fmpq(0))
    total = [zero] * max(len(c), 3)
    before, now = [1], [0, 1]
    for k, value in enumerate(c):
        shape = before if k == 0 else now
        for j, whole in enumerate(shape):
            total[j] = _add(total[j], _times((fmpq(whole), fmpq(0)), value))
        if k:
            after = [0, *(2 * x for x in now)]
            for j, x in enumerate(before):
                after[j] -= x
            before, now = now, after
    return total


def _divided(poly: Poly, root: Surd, times: int) -> Poly:
    for _ in range(times):
        quotient, carried = [], (fmpq(0), fmpq(0))
        for c in reversed(poly):
            carried = _add(_times(carried, root), c)
            quotient.append(carried)
        if _sign(quotient.pop()) != 0:
            raise Refuted("pentagon: h does not touch the square of the positive part at a cosine of the pentagon")
        poly = quotient[::-1]
    return poly


def _positive(poly: Poly, low: fmpq, width: fmpq, depth: int = 12) -> bool:
    """Whether it is positive on [low, low + width]: all coefficients in Bernstein's basis, or those of both halves, are."""
    degree, moved = len(poly) - 1, [(fmpq(0), fmpq(0))] * len(poly)
    for k, c in enumerate(poly):
        for j in range(k + 1):
            scale = comb(k, j) * low ** (k - j) * width**j
            moved[j] = _add(moved[j], (scale * c[0], scale * c[1]))
    total = [
        (
            sum((fmpq(comb(i, j), comb(degree, j)) * moved[j][0] for j in range(i + 1)), fmpq(0)),
            sum((fmpq(comb(i, j), comb(degree, j)) * moved[j][1] for j in range(i + 1)), fmpq(0)),
        )
        for i in range(degree + 1)
    ]
    if all(_sign(x) > 0 for x in total):
        return True
    if depth == 0 or _sign(total[0]) <= 0 or _sign(total[-1]) <= 0:
        return False
    return _positive(poly, low, width / 2, depth - 1) and _positive(poly, low + width / 2, width / 2, depth - 1)
