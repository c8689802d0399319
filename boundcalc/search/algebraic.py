"""Guesses the exact algebraic number behind many digits: integer relations of small height. A guess, never a proof."""

from __future__ import annotations

from math import isqrt

from flint import arb

HEIGHTS = {1: 10**6, 2: 2000, 3: 300, 4: 100}
"""Largest coefficient by degree: far fewer polynomials than the digits could tell apart by chance."""


SHORT_HEIGHTS = {1: 10_000, 2: 60}
"""The same for SHORT digits: what is left of a member of a family of optima, which is known less well."""
SHORT = 24


def guess(value: arb, digits: int) -> str | None:
    """A rational, an expression in a square root, or ``root of …``; ``None`` where nothing small fits ``digits`` digits,
    nor anything very small SHORT digits."""
    return _fit(value, digits, HEIGHTS) or (_fit(value, SHORT, SHORT_HEIGHTS) if digits > SHORT else None)


def _fit(value: arb, digits: int, heights: dict[int, int]) -> str | None:
    import mpmath

    with mpmath.workdps(digits + 10):
        number = mpmath.mpf(value.mid().str(digits + 10, radius=False))
        if abs(number) < mpmath.mpf(10) ** (-2 * digits // 3):
            return "0"
        for degree, height in heights.items():
            try:
                found = mpmath.findpoly(number, degree, maxcoeff=height, tol=mpmath.mpf(10) ** (4 - digits))
            except ValueError:  # a power of the number vanishes at this precision
                return None
            if found is not None and found[0] != 0:
                return _text([int(c) for c in found], float(number))
    return None


def _text(coefficients: list[int], near: float) -> str:
    if coefficients[0] < 0:
        coefficients = [-c for c in coefficients]
    if len(coefficients) == 2:
        a, b = coefficients
        return str(-b) if a == 1 else f"{-b}/{a}"
    if len(coefficients) == 3:
        return _quadratic(coefficients[0], coefficients[1], coefficients[2], near)
    terms: list[str] = []
    for power, c in zip(range(len(coefficients) - 1, -1, -1), coefficients, strict=True):
        if c:
            letter = "" if power == 0 else "x" if power == 1 else f"x^{power}"
            size = "" if abs(c) == 1 and letter else str(abs(c))
            terms.append(("- " if c < 0 else "+ " if terms else "") + size + letter)
    return "root of " + " ".join(terms)


def _quadratic(a: int, b: int, c: int, near: float) -> str:
    """(−b ± √(b² − 4ac))/(2a), the root near the number, in lowest terms."""
    from math import gcd

    inside, outside, divisor = b * b - 4 * a * c, 1, 2 * a
    for factor in range(2, isqrt(abs(inside)) + 1):
        while inside % (factor * factor) == 0:
            inside, outside = inside // (factor * factor), outside * factor
    common = gcd(gcd(b, outside), divisor)
    first, outside, divisor = -b // common, outside // common, divisor // common
    plus = abs((first + outside * inside**0.5) / divisor - near) < abs((first - outside * inside**0.5) / divisor - near)
    root = f"{'' if outside == 1 else outside}√{inside}"
    top = f"{first} {'+' if plus else '-'} {root}" if first else f"{'' if plus else '-'}{root}"
    return top if divisor == 1 else f"({top})/{divisor}" if first else f"{top}/{divisor}"
