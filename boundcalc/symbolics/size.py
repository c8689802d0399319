"""How large a formula may grow before it is left unexpanded: limits on the number of terms, known beforehand.

D_i has one term for each partition of m: 3 for m = 3, 7, 15 and 30 for m = 5, 7 and 9, and 214,481,126 for m = 101.
"""

from __future__ import annotations

from functools import cache

from boundcalc.numbers.errors import ParameterError

MAX_TERMS = 1000
"""Most terms of a row polynomial that is written out: m <= 21."""
MAX_PRINTED_TERMS = 60
"""Most terms of the row polynomial inside a bound that is written out: m <= 11."""
MAX_QUADRATURE = 9
"""Largest m for which the pieces of Levenshtein's constant are reduced to lowest terms: 0.7 s each at m = 9."""

MAX_SUMMANDS = 21
"""Largest m for which the sum of U5, (m + 1)/2 terms with all their cases, is written out."""


class TooLarge(ParameterError):
    """The expanded form would exceed the limit; the unexpanded form and numbers are still to be had."""


@cache
def partitions(m: int) -> int:
    """The number of partitions of m, which is the number of terms of D_i."""
    counts = [1] + [0] * m
    for part in range(1, m + 1):
        for total in range(part, m + 1):
            counts[total] += counts[total - part]
    return counts[m]


def too_many(m: int, limit: int) -> str:
    """Why the rows of exponent m are not written out; empty where they are."""
    count = partitions(m)
    return "" if count <= limit else f"D_i has {count:,} terms for m = {m}; more than {limit:,} are not written out"


def check(m: int) -> None:
    """Refuses an exponent whose row polynomials are not written out.

    Raises
    ------
    TooLarge
        With the largest m that is.
    """
    why = too_many(m, MAX_TERMS)
    if why:
        largest = next(k for k in range(m, 0, -2) if partitions(k) <= MAX_TERMS)
        raise TooLarge("m", m, f"must be at most {largest} for an expanded form: {why}")
