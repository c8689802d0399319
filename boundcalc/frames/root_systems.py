"""Constructs the lines of the root systems E_6, E_7, E_8, and of the least vectors of the dual lattices of the first two."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from boundcalc.frames.coordinates import Coordinates, integer_columns
from boundcalc.frames.polytopes import sum_free


def e6() -> Coordinates:
    """36 lines in R^6."""
    return integer_columns(e6_roots(), [1, 1, 1, 1, 1, 3])


def e6_roots() -> list[list[int]]:
    """One of each pair of roots of E_6, 36 in all, times 6 over a basis of squared lengths 1, 1, 1, 1, 1, 3.

    ±e_i ± e_j (i < j ≤ 5), and (±1/2, …, ±1/2; √3/2) with an even number of minus signs.
    """
    roots = [_sparse(6, {i: 6, j: 6 * s}) for i, j in combinations(range(5), 2) for s in (1, -1)]
    return roots + [[*(3 * s for s in signs), 3] for signs in product((1, -1), repeat=5) if np.prod(signs) == 1]


def e6_dual() -> list[list[int]]:
    """The 27 least vectors, one of each pair, of the lattice dual to E_6, on the scale and basis of :func:`e6_roots`."""
    vectors = [[0, 0, 0, 0, 0, 4]] + [_sparse(6, {i: 6 * s, 5: -2}) for i in range(5) for s in (1, -1)]
    return vectors + [[*(3 * s for s in signs), 1] for signs in product((1, -1), repeat=5) if np.prod(signs) == -1]


def e7() -> Coordinates:
    """63 lines in R^7."""
    return sum_free(e7_roots())


def e7_roots() -> NDArray[np.int64]:
    """One of each pair of roots of E_7, times 2, among the vectors of length 8 that sum to zero.

    e_i − e_j, and (±1/2)^8 with four minus signs.
    """
    roots = [_sparse(8, {i: 2, j: -2}) for i, j in combinations(range(8), 2)]
    halves = [[1 if i in (0, *positive) else -1 for i in range(8)] for positive in combinations(range(1, 8), 3)]
    return np.array(roots + halves, dtype=np.int64)


def e7_dual() -> NDArray[np.int64]:
    """The 28 least vectors, one of each pair, of the lattice dual to E_7, times 4: the permutations of (−3, −3, 1, …, 1)."""
    return np.array([[-3 if k in pair else 1 for k in range(8)] for pair in combinations(range(8), 2)], dtype=np.int64)


def e8() -> Coordinates:
    """120 lines in R^8: ±e_i ± e_j, and (±1/2)^8 with an even number of minus signs; here doubled."""
    roots = [_sparse(8, {i: 2, j: 2 * s}) for i, j in combinations(range(8), 2) for s in (1, -1)]
    return integer_columns(roots + [[1, *signs] for signs in product((1, -1), repeat=7) if np.prod(signs) == 1])


def _sparse(size: int, entries: dict[int, int]) -> list[int]:
    return [entries.get(k, 0) for k in range(size)]


def e8_second_shell() -> list[list[int]]:
    """One of each pair of the 2160 vectors of squared length 4 of the E_8 lattice, on the scale of :func:`e8`.

    2 e_i, ±e_i ± e_j ± e_k ± e_l, and (±3/2, ±1/2, …, ±1/2) with the parity of the lattice.
    """
    vectors = [_sparse(8, {i: 4}) for i in range(8)]
    for places in combinations(range(8), 4):
        vectors += [_sparse(8, dict(zip(places, (2, *signs), strict=True))) for signs in product((2, -2), repeat=3)]
    # (3, 1, …, 1) is (−1, 1, …, 1) plus 4 e_1: an odd number of minus signs, where (1, …, 1) has an even one
    for place in range(8):
        for signs in product((1, -1), repeat=7):
            entries = [1, *signs]
            if np.prod(entries) == -1:
                entries[place] *= 3
                vectors.append(entries)
    return vectors
