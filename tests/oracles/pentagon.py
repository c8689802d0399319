"""Checks the pentagon's certificate a second way: Bernstein coefficients and bisection, no division of polynomials."""

from __future__ import annotations

from fractions import Fraction
from math import comb

Number = tuple[Fraction, Fraction]
"""a + b √5."""


def add(x: Number, y: Number) -> Number:
    return x[0] + y[0], x[1] + y[1]


def times(x: Number, y: Number) -> Number:
    return x[0] * y[0] + 5 * x[1] * y[1], x[0] * y[1] + x[1] * y[0]


def positive(x: Number) -> bool:
    """a + b √5 > 0, by squares."""
    a, b = x
    if a >= 0 and b >= 0:
        return a > 0 or b > 0
    if a <= 0 and b <= 0:
        return False
    return a * a > 5 * b * b if a > 0 else 5 * b * b > a * a


def shifted(poly: list[Number], low: Number, width: Number) -> list[Number]:
    """Coefficients in s, t = low + width s."""
    found: list[Number] = [(Fraction(0), Fraction(0))]
    for c in reversed(poly):
        grown = [(Fraction(0), Fraction(0))] * (len(found) + 1)
        for k, x in enumerate(found):
            grown[k] = add(grown[k], times(x, low))
            grown[k + 1] = add(grown[k + 1], times(x, width))
        grown[0] = add(grown[0], c)
        found = grown
    return found[: len(poly)]


def nonnegative(poly: list[Number], low: Number, high: Number, depth: int = 12) -> bool:
    """p ≥ 0 on [low, high]: Bernstein coefficients, or both halves; a factor s² or s is taken off where p vanishes at an end."""
    width = add(high, (-low[0], -low[1]))
    local = shifted(poly, low, width)
    while len(local) > 1 and local[0] == (0, 0):
        local = local[1:]
    mirrored = shifted(local, (Fraction(1), Fraction(0)), (Fraction(-1), Fraction(0)))
    while len(mirrored) > 1 and mirrored[0] == (0, 0):
        mirrored = mirrored[1:]
    n = len(mirrored) - 1
    bernstein = []
    for row in range(n + 1):
        total: Number = (Fraction(0), Fraction(0))
        for j in range(row + 1):
            total = add(total, times(mirrored[j], (Fraction(comb(row, j), comb(n, j)), Fraction(0))))
        bernstein.append(total)
    if all(x == (0, 0) or positive(x) for x in bernstein):
        return True
    if depth == 0:
        return False
    middle = times(add(low, high), (Fraction(1, 2), Fraction(0)))
    return nonnegative(poly, low, middle, depth - 1) and nonnegative(poly, middle, high, depth - 1)


def accepts(chebyshev: list[Number], claimed: Number) -> bool:
    """Whether Σ c_k T_k proves that the improvement is at most ``claimed``, and the pentagon attains it."""
    if any(c != (0, 0) and not positive(c) for c in chebyshev):
        return False
    powers, before, current = [(Fraction(0), Fraction(0))] * len(chebyshev), [1], [0, 1]
    for c in chebyshev:
        powers = [
            add(p, times(c, (Fraction(before[k]) if k < len(before) else Fraction(0), Fraction(0)))) for k, p in enumerate(powers)
        ]
        after = [0, *(2 * x for x in current)]
        before, current = current, [x - (before[k] if k < len(before) else 0) for k, x in enumerate(after)]
    total = (sum((p[0] for p in powers), Fraction(0)), sum((p[1] for p in powers), Fraction(0)))
    minus = [(-p[0], -p[1]) for p in powers]
    square = list(minus)
    square[2] = add(square[2], (Fraction(1), Fraction(0)))
    t1, t2, zero, one = (
        (Fraction(-1, 4), Fraction(1, 4)),
        (Fraction(-1, 4), Fraction(-1, 4)),
        (Fraction(0), Fraction(0)),
        (Fraction(1), Fraction(0)),
    )
    below = nonnegative(minus, (Fraction(-1), Fraction(0)), t2) and nonnegative(minus, t2, zero)
    above = nonnegative(square, zero, t1) and nonnegative(square, t1, one)
    row = add(one, times((Fraction(2), Fraction(0)), times(t1, t1)))
    return total == one and below and above and times(claimed, chebyshev[0]) == one and times(claimed, row) == (5, 0)
