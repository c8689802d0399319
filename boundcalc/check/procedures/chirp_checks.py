"""Checks random chirps by procedures: sums over polynomials as sums of roots of unity, and equal sums of powers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from math import comb

import numpy as np
from flint import fmpq, fmpz_poly

from boundcalc.bounds.lower.random_chirps import Chirps, solutions
from boundcalc.check.procedures.registry import Comparison, checks

FIELD = 7
"""Elements of the field in which sums over the coefficients of polynomials are written out."""


def _characters(values: np.ndarray) -> np.ndarray:
    """Σ_x exp(2πi f(x)/L) as coefficients of the L-th roots of unity; ``values`` (polynomials, points) are f(x)."""
    return np.array([(values == root).sum(axis=1) for root in range(FIELD)]).T


def _product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """In that ring."""
    return sum(a[:, [k]] * np.roll(b, k, axis=1) for k in range(FIELD))


def _moduli(points: Sequence[int], degree: int, highest: int) -> list[fmpq]:
    """Σ |Σ_x exp(2πi f(x)/L)|^{2j}, j = 1, 2, 3, over polynomials of one highest coefficient, each with its conjugates added.

    The conjugates are those of the field: the sum over them of a root of unity other than 1 is −1.
    """
    lower = np.array(list(product(range(FIELD), repeat=degree - 1))).T
    x = np.array(points)
    values = highest * x**degree + sum(coefficient[:, None] * x ** (k + 1) for k, coefficient in enumerate(lower))
    sums = _characters(values % FIELD)
    square = _product(sums, np.roll(sums[:, ::-1], 1, axis=1))
    power, found = square, []
    for _ in range(3):
        total = power.sum(axis=0)
        found.append(fmpq(int((FIELD - 1) * total[0] - total[1:].sum())))
        power = _product(power, square)
    return found


@checks("random_chirps.frame")
def _chirps_are_tight() -> Iterator[Comparison]:
    """Σ |⟨v_f, v_f'⟩|² for highest coefficients 0 and another one."""
    for degree in (2, 3):
        for points in ((0, 1, 2), (1, 2, 4, 6), range(FIELD)):
            for other in range(1, FIELD):
                total = _moduli(points, degree, 0)[0] + _moduli(points, degree, other)[0]
                yield "=", total / ((FIELD - 1) * len(points) ** 2), fmpq(2 * FIELD ** (degree - 1), len(points))


@checks("random_chirps.phases")
def _phases() -> Iterator[Comparison]:
    """cos^{2j} + sin^{2j} on average over 8 phases, by the powers of t + 1/t and of t − 1/t at the 8th roots of unity."""
    for j in range(1, 4):
        plain = [fmpz_poly([1, 0, sign]) ** (2 * j) for sign in (1, -1)]  # times t^{2j}
        average = [sum(int(power[k]) for k in range(4 * j + 1) if (k - 2 * j) % 8 == 0) for power in plain]
        yield "=", fmpq(average[0] + (-1) ** j * average[1], 4**j), fmpq(2 * comb(2 * j, j), 4**j)


@checks("random_chirps.solutions")
def _chirp_averages() -> Iterator[Comparison]:
    """Averages over all sets of 3 points and all pairs of highest coefficients."""
    size, pairs = 3, list(combinations(range(FIELD), 2))
    for degree in (2, 3):
        totals = [fmpq(0)] * 3
        for points in combinations(range(FIELD), size):
            own = _moduli(points, degree, 0)
            differences = [_moduli(points, degree, difference) for difference in range(FIELD)]
            for a, b in pairs:
                totals = [total + x + y for total, x, y in zip(totals, own, differences[b - a], strict=True)]
        count = (FIELD - 1) * comb(FIELD, size) * len(pairs)
        for j, total in enumerate(totals, 1):
            one, whole = (solutions(k, j, FIELD, size) for k in (degree - 1, degree))
            among = one + (FIELD * whole - one) / (FIELD - 1)
            yield "=", total / (count * size ** (2 * j)), fmpq(FIELD ** (degree - 1), size ** (2 * j)) * among
        sums = Chirps(FIELD, degree, size).power_sums(2)
        for j, share in ((2, fmpq(3, 4)), (3, fmpq(5, 8))):
            yield "=", sums[j], 1 + share * (totals[j - 1] / (count * size ** (2 * j)) - 1)


@checks("random_chirps.count")
def _equal_power_sums() -> Iterator[Comparison]:
    """Solutions in every set of points, and for 11 elements in those of up to 4 and in the field."""
    for order, sizes in ((7, range(1, 8)), (11, (1, 2, 3, 4, 11))):
        for size in sizes:
            for degree in (1, 2, 3):
                for j in (1, 2, 3):
                    found = 0
                    for points in combinations(range(order), size):
                        sums = Counter(
                            tuple(sum(x**t for x in xs) % order for t in range(1, degree + 1)) for xs in product(points, repeat=j)
                        )
                        found += sum(count**2 for count in sums.values())
                    yield "=", solutions(degree, j, order, size), fmpq(found, comb(order, size))
