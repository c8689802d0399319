"""Finds rational points at which a rational function comes as close to its supremum as a certificate's digits ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_poly

from boundcalc.certify.real_roots import isolate_real_roots

_BITS_A_DIGIT = 3.33
_GUARD_BITS = 32


@dataclass(frozen=True)
class RationalPiece:
    """num/den on [low, high], den > 0; ``high = None`` is infinity."""

    num: fmpq_poly
    den: fmpq_poly
    low: fmpq
    high: fmpq | None

    def candidates(self, digits: int) -> list[fmpq | None]:
        """The ends and the critical points, irrational ones approximated; ``None`` is infinity."""
        slope = self.num.derivative() * self.den - self.num * self.den.derivative()
        found: list[fmpq | None] = [self.low]
        if slope.degree() > 0:
            bits = int(digits * _BITS_A_DIGIT) + _GUARD_BITS
            found += [root.refined(bits).low for root in isolate_real_roots(slope, self.low, self.high)]
        if self.high is not None:
            found.append(self.high)
        elif self.num.degree() <= self.den.degree():
            found.append(None)
        return found

    def __call__(self, point: fmpq | None) -> fmpq:
        """The value, or the limit at infinity."""
        if point is None:
            return self.num[self.den.degree()] / self.den[self.den.degree()]
        return self.num(point) / self.den(point)


def best_point(
    quotients: Sequence[RationalPiece], digits: int, allowed: Callable[[fmpq], bool] = lambda point: True
) -> tuple[str, fmpq]:
    """The candidate with the greatest value as text, "inf" for infinity, and that value; the simplest of equal ones."""
    best: tuple[fmpq | None, fmpq] | None = None
    for quotient in quotients:
        for point in quotient.candidates(digits):
            if point is not None and not allowed(point):
                continue
            value = quotient(point)
            if best is None or value > best[1]:
                best = point, value
    assert best is not None  # an end is a candidate
    return "inf" if best[0] is None else str(best[0]), best[1]
