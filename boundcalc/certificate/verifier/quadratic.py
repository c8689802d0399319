"""Numbers a + b √r, exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq


@dataclass(frozen=True, slots=True)
class QuadraticSurd:
    """a + b √r with rational a and b; r is a whole number and no square."""

    a: fmpq
    b: fmpq
    r: int

    def __add__(self, other: Any) -> QuadraticSurd:
        if isinstance(other, QuadraticSurd):
            return QuadraticSurd(self.a + other.a, self.b + other.b, self.r)
        return QuadraticSurd(self.a + other, self.b, self.r)

    def __mul__(self, other: Any) -> QuadraticSurd:
        if isinstance(other, QuadraticSurd):
            return QuadraticSurd(self.a * other.a + self.b * other.b * self.r, self.a * other.b + self.b * other.a, self.r)
        return QuadraticSurd(self.a * other, self.b * other, self.r)

    __radd__, __rmul__ = __add__, __mul__

    def __pow__(self, exponent: int) -> QuadraticSurd:
        value = QuadraticSurd(fmpq(1), fmpq(0), self.r)
        for _ in range(exponent):
            value = value * self
        return value

    def __truediv__(self, other: QuadraticSurd) -> QuadraticSurd:
        norm = other.a**2 - other.b**2 * self.r
        return self * QuadraticSurd(other.a / norm, -other.b / norm, self.r)

    @property
    def is_positive(self) -> bool:
        """Its sign, decided exactly."""
        if self.a >= 0 and self.b >= 0:
            return bool(self.a > 0 or self.b > 0)
        if self.a <= 0 and self.b <= 0:
            return False
        larger = self.a**2 > self.b**2 * self.r
        return bool((self.a > 0) == larger)

    def number(self) -> arb | fmpq:
        """A rational where it is one, else a ball in the current precision."""
        return self.a if self.b == 0 else arb(self.a) + arb(self.b) * arb(self.r).sqrt()
