"""Encloses E min(d, X) for X ~ Bin(n, p) in balls, for n and d of any size."""

from __future__ import annotations

from collections.abc import Callable

from flint import arb, ctx, fmpq, fmpz


def _probability(n: int, k: int, p: arb) -> arb:
    """P(X = k)."""
    count, chosen = arb(fmpz(n)), arb(fmpz(k))
    log = (count + 1).lgamma() - (chosen + 1).lgamma() - (count - chosen + 1).lgamma()
    return (log + chosen * p.log() + (count - chosen) * (-p).log1p()).exp()


def expected_minimum(d: fmpq, n: fmpq | None, p: arb) -> arb:
    """E min(d, X), X ~ Bin(n, p); ``None`` for n = ∞.

    With n p ≤ d the sum is n p − E(X − d)_+, else d − E(d − X)_+. Either remainder is a sum of positive terms whose
    ratios fall, so that it is cut where a geometric series bounds the rest. For small d all d terms of the second are
    added, which needs no factorials.
    """
    if n is None:
        return arb(d)
    if n <= d:
        return n * p
    if p == 1:
        return arb(d)
    count, top = int(n.p), int(d.p)
    if top <= ctx.prec // 16 and n * p * 2**32 > d:  # few terms, and the difference loses at most 32 bits
        return d - _below(top, count, p)
    if n * p <= d:
        return n * p - _sum(_probability(count, top + 1, p), lambda k: (count - k) * p / ((k + 1) * (1 - p)), top + 1, 1, top)
    return d - _sum(_probability(count, top - 1, p), lambda k: k * (1 - p) / ((count - k + 1) * p), top - 1, -1, top)


def _below(top: int, count: int, p: arb) -> arb:
    """Σ_{k < top} (top − k) P(X = k) from k = 0 up, without the logarithm of a factorial."""
    total, term, odds = arb(0), (count * (-p).log1p()).exp(), p / (1 - p)
    for k in range(top):
        total += (top - k) * term
        term *= odds * (count - k) / (k + 1)
    return total


def _sum(first: arb, ratio: Callable[[int], arb], start: int, step: int, top: int) -> arb:
    """Σ |k − top| P(X = k) from k = start on in steps of ±1; ``ratio(k)`` is P(k + step)/P(k), falling with distance."""
    if first.rel_accuracy_bits() < 16:
        return arb.nan()  # no use adding up noise: the caller doubles the precision
    total, term, k = arb(0), first, start
    tolerance = arb(2) ** -(ctx.prec + 8)
    while True:
        distance = abs(k - top)
        total += distance * term
        quotient = ratio(k)
        term *= quotient
        k += step
        if not term.is_finite():
            return arb.nan()
        if term == 0 or k < 0:
            return total
        # Σ_{i≥0} (distance + 1 + i) term q^i with a falling ratio below q < 1
        if distance % 16 == 0 or distance == 1:
            room = 1 - quotient.abs_upper()
            if room > 0:
                rest = term.abs_upper() * ((distance + 1) / room + 1 / (room * room))
                if rest < tolerance * total or rest < tolerance:
                    return total + rest * arb(0.5, 0.5)
