"""Lines through the shells of vectors with k entries ±1 and zeros else, in every dimension, with masses that make T small.

Two or three of these shells come close to Welch's bound S² = τ_m(d) T in dimensions where no frame attains it.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations
from math import comb

import numpy as np
from flint import fmpq

from boundcalc.check.wide.configuration import ColumnKind, Configuration, Sight
from boundcalc.numbers.enclosure import to_float

BITS = 20
"""The norms are rounded to this many bits: T is least to second order in them."""


@cache
def inner_products(d: int, k: int, other: int) -> dict[fmpq, int]:
    """How many lines of the shell ``other`` stand at each squared cosine to a vector of the shell k, itself included."""
    found: dict[fmpq, int] = {}
    for shared in range(max(0, k + other - d), min(k, other) + 1):
        places = comb(k, shared) * comb(d - k, other - shared) << (other - shared)
        for plus in range(shared + 1):
            square = fmpq((2 * plus - shared) ** 2, k * other)
            found[square] = found.get(square, 0) + places * comb(shared, plus)
    return {square: count // 2 for square, count in found.items()}


def lines(d: int, k: int) -> int:
    """Lines of a shell."""
    return comb(d, k) << (k - 1)


def shells(d: int, chosen: tuple[int, ...], norms: tuple[fmpq, ...]) -> Configuration:
    """The lines of some shells with their squared norms."""
    kinds = []
    for place, k in enumerate(chosen):
        sees = []
        for number, other in enumerate(chosen):
            counts = dict(inner_products(d, k, other))
            if number == place:
                counts[fmpq(1)] -= 1
            sees += [Sight(number, square, count) for square, count in counts.items() if count]
        kinds.append(ColumnKind(lines(d, k), norms[place], 0, tuple(sees)))
    parts = " and ".join(f"{k} of squared norm {norm}" for k, norm in zip(chosen, norms, strict=True))
    name = f"the lines in R^{d} through the vectors of entries 1, -1 and 0, those with a number of nonzero entries of {parts}"
    return Configuration(name, d, (d,), tuple(kinds))


@cache
def balanced_shells(d: int, m: int) -> Configuration | None:
    """The two or three shells with the masses a^m that bring T/S² nearest to its least value c_m(d)."""
    numbers = sorted({1, 2, 3, min(4, d), d} & set(range(1, d + 1)))
    gram = np.array(
        [
            [
                sum(count * to_float(u) ** m for u, count in inner_products(d, k, other).items()) / lines(d, other)
                for other in numbers
            ]
            for k in numbers
        ]
    )
    best, found = np.inf, None
    for size in (1, 2, 3):
        for chosen in combinations(range(len(numbers)), size):
            part = gram[np.ix_(chosen, chosen)]
            if np.linalg.matrix_rank(part) < size:
                continue
            masses = np.linalg.solve(part, np.ones(size))
            value = 1 / masses.sum()
            if masses.min() > 0 and 0 < value < best * (1 - 1e-9):
                best, found = value, (chosen, masses)
    if found is None:
        return None
    chosen, masses = found
    each = [mass / lines(d, numbers[place]) for place, mass in zip(chosen, masses, strict=True)]
    norms = [(mass / max(each)) ** (1 / m) for mass in each]
    rounded = tuple(fmpq(round(norm * (1 << BITS)), 1 << BITS) for norm in norms)
    return shells(d, tuple(numbers[place] for place in chosen), rounded)
