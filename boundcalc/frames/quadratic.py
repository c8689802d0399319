"""Computes in a real quadratic field Q(√D): what the coordinates and inner products of the known frames need."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, fmpq

_ZERO = fmpq(0)


@dataclass(frozen=True)
class Quadratic:
    """a + b √D with rational a, b and a whole D > 1 that is no square; a rational number has b = 0 and D = 1."""

    a: fmpq
    b: fmpq = _ZERO
    radicand: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "a", fmpq(self.a))
        object.__setattr__(self, "b", fmpq(self.b))
        if self.b == 0:
            object.__setattr__(self, "radicand", 1)

    def _field(self, other: Quadratic) -> int:
        if 1 not in (self.radicand, other.radicand) and self.radicand != other.radicand:
            raise ValueError(f"√{self.radicand} and √{other.radicand} belong to different fields")
        return max(self.radicand, other.radicand)

    def __add__(self, other: Quadratic) -> Quadratic:
        return Quadratic(self.a + other.a, self.b + other.b, self._field(other))

    def __sub__(self, other: Quadratic) -> Quadratic:
        return Quadratic(self.a - other.a, self.b - other.b, self._field(other))

    def __mul__(self, other: Quadratic) -> Quadratic:
        field = self._field(other)
        return Quadratic(self.a * other.a + field * self.b * other.b, self.a * other.b + self.b * other.a, field)

    def __truediv__(self, other: Quadratic) -> Quadratic:
        conjugate = Quadratic(other.a, -other.b, other.radicand)
        norm = (other * conjugate).a
        return self * conjugate * Quadratic(1 / norm)

    def __pow__(self, exponent: int) -> Quadratic:
        value, square = Quadratic(fmpq(1)), self
        while exponent:
            if exponent & 1:
                value = value * square
            exponent >>= 1
            if exponent:
                square = square * square
        return value

    def ball(self) -> arb:
        """The number at Arb's current precision."""
        return arb(self.a) + arb(self.b) * arb(self.radicand).sqrt()
