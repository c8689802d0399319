"""Checks the pentagon's certificate a second way in fifty lines: Bernstein coefficients and bisection, no division."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb


@dataclass(frozen=True)
class Number:
    """a + b √5."""

    a: Fraction
    b: Fraction = Fraction(0)

    def __add__(self, other: Number) -> Number:
        return Number(self.a + other.a, self.b + other.b)

    def __mul__(self, other: Number) -> Number:
        return Number(self.a * other.a + 5 * self.b * other.b, self.a * other.b + self.b * other.a)

    def is_negative(self) -> bool:  # as x |x| grows with x
        return self.a * abs(self.a) + 5 * self.b * abs(self.b) < 0


ZERO, ONE, MINUS, HALF = (Number(Fraction(k, 2)) for k in (0, 2, -2, 1))
COS_72, COS_144 = (Number(Fraction(-1, 4), Fraction(sign, 4)) for sign in (1, -1))


def shifted(poly: list[Number], low: Number, width: Number) -> list[Number]:
    """Coefficients in s, t = low + width s, without the factor s^k."""
    found: list[Number] = []
    for c in reversed(poly):
        found = [x * low + y * width for x, y in zip([*found, ZERO], [ZERO, *found], strict=True)]
        found[0] += c
    while len(found) > 1 and found[0] == ZERO:
        found = found[1:]
    return found


def nonnegative(poly: list[Number], low: Number, high: Number, depth: int = 12) -> bool:
    """p ≥ 0 on [low, high]: Bernstein coefficients, or both halves; zeros at the ends are taken off."""
    local = shifted(shifted(poly, low, high + low * MINUS), ONE, MINUS)
    n, middle = len(local) - 1, (low + high) * HALF
    bernstein = (sum((local[j] * Number(Fraction(comb(k, j), comb(n, j))) for j in range(k + 1)), ZERO) for k in range(n + 1))
    if not any(x.is_negative() for x in bernstein):
        return True
    return depth > 0 and nonnegative(poly, low, middle, depth - 1) and nonnegative(poly, middle, high, depth - 1)


def accepts(chebyshev: list[tuple[Fraction, Fraction]], claimed: tuple[Fraction, Fraction]) -> bool:
    """Whether Σ c_k T_k proves that the improvement is at most ``claimed``, and the pentagon attains it."""
    terms, bound = [Number(*c) for c in chebyshev], Number(*claimed)
    below, before, current = [ZERO] * len(terms), [1], [0, 1]
    for c in terms:
        below = [p + c * Number(Fraction(-x)) for p, x in zip(below, [*before, *[0] * (len(terms) - len(before))], strict=True)]
        before, current = current, [2 * x - y for x, y in zip([0, *current], [*before, 0, 0], strict=True)]
    above = [p + (ONE if k == 2 else ZERO) for k, p in enumerate(below)]
    signs = nonnegative(below, MINUS, COS_144) and nonnegative(below, COS_144, ZERO)
    signs = (
        signs and nonnegative(above, ZERO, COS_72) and nonnegative(above, COS_72, ONE) and not any(c.is_negative() for c in terms)
    )
    row = ONE + (COS_72 * COS_72 + COS_72 * COS_72)
    return signs and sum(below, ZERO) == MINUS and bound * terms[0] == ONE and bound * row == Number(Fraction(5))
