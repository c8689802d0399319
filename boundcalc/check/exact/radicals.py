"""Computes with sums of radicals Σ c N^{1/k}, with rational c and positive integers N: their arithmetic and their signs.

Radicals of positive rationals, no two of them with a rational quotient, are linearly independent over the rationals, so a sum is
zero if and only if nothing is left once the terms with rational quotients are united; otherwise Arb separates it from zero at
some precision. [Besicovitch 1940; Mordell 1953; Siegel 1972]
"""

from __future__ import annotations

from collections.abc import Callable
from math import lcm

from flint import arb, fmpq, fmpz

from boundcalc.numbers.enclosure import precision

MAX_BITS = 1 << 13
"""Highest precision, in bits, at which two numbers are compared."""
MAX_HEIGHT = 1 << 22
"""Largest power that is written out, in bits."""
MAX_TERMS = 2000
"""Most terms of a sum of radicals."""

Key = tuple[int, int]
"""(k, N) for N^{1/k} with the least possible k; (1, 1) for the rational part."""
Terms = dict[Key, fmpq]
ONE: Key = (1, 1)


class Undecided(ArithmeticError):
    """Two numbers agree to ``MAX_BITS`` bits, and nothing exact is known about them."""


class NumberTooLarge(ArithmeticError):
    """An exact number that would take too much memory to write out."""


def radical(k: int, number: int) -> tuple[Key, int]:
    """N^{1/k} as c N'^{1/k'} with the least k', where c is 1 unless the root is whole."""
    prime = 2
    while prime <= k:
        if k % prime:
            prime += 1
            continue
        root = perfect_root(number, prime)
        if root is None:
            prime += 1
            while prime <= k and k % prime:
                prime += 1
        else:
            number, k = root, k // prime
    return (ONE, number) if k == 1 else ((k, number), 1)


def perfect_root(number: int, k: int) -> int | None:
    """The k-th root of a positive integer if it is an integer."""
    root = int(fmpz(number).root(k))
    return root if root**k == number else None


def separate(enclose: Callable[[], arb]) -> int:
    """The sign of a number that is not zero, by doubling precision."""
    bits = 256
    while bits <= MAX_BITS:
        with precision(bits):
            value = enclose()
            if value > 0:
                return 1
            if value < 0:
                return -1
        bits *= 2
    raise Undecided


def add(left: Terms, right: Terms) -> Terms:
    total = dict(left)
    for key, value in right.items():
        new = total.get(key, 0) + value
        if new:
            total[key] = fmpq(new)
        else:
            total.pop(key, None)
    return total


def multiply(left: Terms, right: Terms) -> Terms:
    if set(right) == {ONE}:
        return {key: value * right[ONE] for key, value in left.items()}
    if len(left) * len(right) > MAX_TERMS:
        raise NumberTooLarge
    total: Terms = {}
    for (k1, n1), value1 in left.items():
        for (k2, n2), value2 in right.items():
            k = lcm(k1, k2)
            if n1.bit_length() * (k // k1) + n2.bit_length() * (k // k2) > MAX_HEIGHT:
                raise NumberTooLarge
            key, outside = radical(k, n1 ** (k // k1) * n2 ** (k // k2))
            total = add(total, {key: value1 * value2 * outside})
    return total


def terms_ball(terms: Terms) -> arb:
    total = arb(0)
    for (k, number), value in terms.items():
        total += arb(value) * (arb(number).root(k) if k > 1 else 1)
    return total


def terms_sign(terms: Terms) -> int:
    """The sign of a sum of radicals."""
    if not terms:
        return 0
    if all(value > 0 for value in terms.values()):
        return 1
    if all(value < 0 for value in terms.values()):
        return -1
    with precision(128):
        value = terms_ball(terms)
        if value > 0:
            return 1
        if value < 0:
            return -1
    terms = united(terms)
    return separate(lambda: terms_ball(terms)) if terms else 0


def united(terms: Terms) -> Terms:
    """The same sum with one term for each class of radicals whose quotients are rational."""
    total: Terms = {}
    for (k, number), value in terms.items():
        for other in total:
            if other[0] == k:  # N/M = N M^{k-1} / M^k
                root = perfect_root(number * other[1] ** (k - 1), k)
                if root is not None:
                    total = add(total, {other: value * fmpq(root, other[1])})
                    break
        else:
            total[k, number] = value
    return total


def text(terms: Terms) -> str:
    parts = [f"{value}" if key == ONE else f"{value}*{key[1]}^(1/{key[0]})" for key, value in terms.items()]
    return " + ".join(parts) or "0"
