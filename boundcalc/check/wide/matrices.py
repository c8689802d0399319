"""Generates rational matrices larger than those of the grid: structured ones, random ones, and some with few enough states."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import numpy as np
from flint import fmpq

from boundcalc.check.exact.matrix_geometry import Matrix

SIZES = (
    (5, 2),
    (6, 3),
    (5, 5),
    (8, 4),
    (10, 5),
    (9, 8),
    (16, 4),
    (12, 6),
    (24, 8),
    (13, 12),
    (20, 10),
    (30, 16),
    (28, 24),
    (40, 6),
)
"""(n, d) of the matrices, where a step does not ask for others."""
STATE_SIZES = ((5, 4), (5, 1), (6, 6), (6, 2), (7, 3), (8, 8))
MOST_ENTRIES = 1500
MOST_STATES_AT_ONE = 9
"""Largest n of a matrix whose states are listed."""
KINDS = ("signs", "small numbers", "unit columns", "nearly equal", "one huge column", "rank two", "sparse")


def exact(array: np.ndarray) -> Matrix:
    """Rational rows of a matrix of floats with few binary digits."""
    return tuple(tuple(fmpq(*Fraction(float(entry)).as_integer_ratio()) for entry in row) for row in array)


def draw(kind: str, n: int, d: int, rng: np.random.Generator) -> Matrix:
    """A random matrix of shape (d, n) with simple rational entries."""
    match kind:
        case "signs":
            return exact(rng.choice([-1.0, 1.0], (d, n)))
        case "small numbers":
            return exact(rng.integers(-3, 4, (d, n)).astype(float) / 2)
        case "unit columns":
            return tuple(zip(*(unit_vector(rng.integers(-4, 5, d - 1).tolist()) for _ in range(n)), strict=True))
        case "nearly equal":
            return exact(1 + rng.integers(-2, 3, (d, n)) / 64)
        case "one huge column":
            array = rng.integers(-2, 3, (d, n)).astype(float)
            array[:, 0] *= 50
            return exact(array)
        case "rank two":
            return exact((rng.integers(-2, 3, (d, 2)) @ rng.integers(-2, 3, (2, n))).astype(float) / 4)
    return exact(rng.integers(-1, 2, (d, n)) * (rng.random((d, n)) < 0.3))


def unit_vector(parameters: list[int]) -> tuple[fmpq, ...]:
    """A rational point of the sphere by stereographic projection: (2 t, |t|² − 1)/(|t|² + 1)."""
    square = sum(value * value for value in parameters)
    return (*(fmpq(2 * value, square + 1) for value in parameters), fmpq(square - 1, square + 1))


def matrices(sizes: list[tuple[int, int]] | None, seed: int, rounds: int = 1) -> Iterator[Matrix]:
    """Matrices of the usual sizes, or of those that a step allows."""
    rng = np.random.default_rng(seed)
    chosen = list(SIZES) if sizes is None else spread([size for size in sizes if size[0] * size[1] <= MOST_ENTRIES], len(SIZES))
    for (n, d), turn in product(chosen, range(rounds)):
        for kind in KINDS[turn::2] if rounds == 1 else KINDS:
            yield draw(kind, n, d, rng)


def state_matrices(sizes: list[tuple[int, int]] | None, seed: int) -> Iterator[Matrix]:
    """Matrices with at most MOST_STATES_AT_ONE features."""
    rng = np.random.default_rng(seed)
    few = [] if sizes is None else [size for size in sizes if size[0] <= MOST_STATES_AT_ONE and size[1] <= 100]
    for n, d in STATE_SIZES if sizes is None else spread(few, len(STATE_SIZES)):
        yield exact(np.eye(d)[:, np.arange(n) % d])
        yield exact(np.eye(d)[:, np.arange(n) % d] * np.where(np.arange(n) % 2, -1.0, 1.0))
        yield draw("signs", n, d, rng)
        yield draw("small numbers", n, d, rng)


def spread(sizes: list[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    """A few of the sizes: half of them the first, the others evenly from the rest."""
    half = count // 2
    rest = sizes[half:]
    step = max(1, len(rest) // max(count - half, 1))
    return sizes[:half] + rest[::step][: count - half]
