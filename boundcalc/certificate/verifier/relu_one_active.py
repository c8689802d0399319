"""Proves that h = Σ h_k P_k(t), h_k ≥ 0, is at most (t)_+² on [−1, 1], by Bernstein coefficients on parts of it."""

from __future__ import annotations

from math import comb
from typing import Any

from flint import fmpq

from boundcalc.certificate.verifier.reading import Refuted, TooLargeToVerify, Work, rational, sequence
from boundcalc.certificate.verifier.relu_pairs import powers_of_zonal

MOST_DEGREE = 40
MOST_PARTS = 5000


def zonal_ceiling(data: Any, n: int, d: int, work: Work) -> fmpq:
    """h_0 + (1 − h(1))/n: the inverse of what n features gain at most; (Σ a_i)² ≤ n Σ a_i²."""
    h = [rational(value, "floor.parameters.h") for value in sequence(data, "floor.parameters.h", MOST_DEGREE)]
    if len(h) < 1 or h[0] <= 0 or min(h) < 0:
        raise Refuted("one_active: a coefficient of h is negative")
    if max(int(value.height_bits()) for value in h) > 500:
        raise TooLargeToVerify("too large to verify: floor.parameters.h has numbers of more than 500 bits")
    power = powers_of_zonal(h, d)
    power += [fmpq(0)] * (3 - len(power))
    below = [-value for value in power]
    above = [value + (k == 2) for k, value in enumerate(below)]
    _nonnegative(below, fmpq(-1), fmpq(0), work)
    _nonnegative(above, fmpq(0), fmpq(1), work)
    return h[0] + (1 - sum(h, fmpq(0))) / n


def _nonnegative(c: list[fmpq], low: fmpq, high: fmpq, work: Work) -> None:
    """Σ c_k t^k ≥ 0 on [low, high]."""
    size = len(c)
    waiting = [(low, high)]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        a, b = waiting.pop()
        work.fractions(size**2, 2000, "one_active")
        moved = [sum((c[k] * comb(k, j) * a ** (k - j) for k in range(j, size)), fmpq(0)) * (b - a) ** j for j in range(size)]
        total = [sum((fmpq(comb(i, j), comb(size - 1, j)) * moved[j] for j in range(i + 1)), fmpq(0)) for i in range(size)]
        if min(total[0], total[-1]) < 0:
            break
        if min(total) < 0:
            waiting += [(a, (a + b) / 2), ((a + b) / 2, b)]
    raise Refuted("one_active: h is not proven to be at most the square of the positive part")
