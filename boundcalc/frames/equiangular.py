"""Equiangular tight frames: all ⟨v_i, v_j⟩² equal (n − d)/(d (n − 1))."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from flint import fmpq

from boundcalc.errors import ParameterError
from boundcalc.frames.coordinates import Coordinates, columns_of_gram, integer_columns
from boundcalc.frames.polytopes import helmert, sum_free
from boundcalc.frames.quadratic import Quadratic
from boundcalc.frames.root_systems import e7_dual
from boundcalc.parsing import as_integer

MAX_PALEY = 100
"""The largest prime for which :func:`paley_conference` runs: its exact elimination costs q³ operations."""
MAX_WALSH = 10
"""The largest 2k for which :func:`walsh` runs (n = 2^{2k})."""


def petersen() -> Coordinates:
    """(5, 10): the ten ways to halve six points, as vectors (±1)^6 of sum zero."""
    halves = [[1 if i in (0, *rest) else -1 for i in range(6)] for rest in combinations(range(1, 6), 2)]
    return sum_free(np.array(halves, dtype=np.int64))


def clebsch() -> Coordinates:
    """(6, 16): the Walsh functions at the six points of F_2^4 where x_1 x_2 + x_3 x_4 = 1."""
    return walsh(4, ones=True)


def walsh(bits: int, *, ones: bool) -> Coordinates:
    """Rows of the Walsh matrix of order n = 2^bits at a difference set: where x_1 x_2 + x_3 x_4 + … is 1, or is 0.

    Parameters
    ----------
    bits : int
        Even, 2 to 10.
    ones : bool
        d = (n − √n)/2 rows where the function is 1, or d = (n + √n)/2 where it is 0.
    """
    allowed = f"must be an even whole number, 2 to {MAX_WALSH}"
    bits = as_integer(bits, parameter="bits", allowed=allowed)
    if bits % 2 or not 2 <= bits <= MAX_WALSH:
        raise ParameterError("bits", bits, allowed)
    points = (np.arange(1 << bits)[:, None] >> np.arange(bits)) & 1
    bent = (points[:, 0::2] * points[:, 1::2]).sum(axis=1) % 2
    return integer_columns(1 - 2 * (points @ points[bent == int(ones)].T % 2))


def paley_conference(q: int) -> Coordinates:
    """((q + 1)/2, q + 1) for a prime q ≡ 1 (mod 4), from the symmetric conference matrix of Paley.

    The Gram matrix is I + C/√q, with C_ij = χ(i − j) bordered by ones; CᵀC = q I makes it twice a projection. For
    q = 5 it is the icosahedron.
    """
    allowed = f"must be a prime that leaves 1 when divided by 4, at most {MAX_PALEY}"
    q = as_integer(q, parameter="q", allowed=allowed)
    if q % 4 != 1 or not 5 <= q <= MAX_PALEY or any(q % k == 0 for k in range(2, q)):
        raise ParameterError("q", q, allowed)
    residues = {k * k % q for k in range(1, q)}

    def sign(i: int, j: int) -> int:
        if i == j:
            return 0
        return 1 if q in (i, j) or (i - j) % q in residues else -1

    size = range(q + 1)
    gram = [[Quadratic(fmpq(int(i == j)), fmpq(sign(i, j), q), q) for j in size] for i in size]
    return columns_of_gram(gram, (q + 1) // 2)


def conference_14() -> Coordinates:
    """(7, 14): :func:`paley_conference` with q = 13."""
    return paley_conference(13)


def lines_28() -> Coordinates:
    """(7, 28): the permutations of (−3, −3, 1, 1, 1, 1, 1, 1)."""
    return sum_free(e7_dual())


def lines_36() -> Coordinates:
    """(15, 36): the cells of the cyclic Latin square of order 6, each by its row, column and symbol.

    In R^5 ⊕ R^5 ⊕ R^5, one vertex of a simplex from each: two cells agree in at most one of the three, so their
    inner product is 1 − 3/6 or −3/6, of 3 · 5/6.
    """
    rows, squares = helmert(6)
    cells = [(i, j, (i + j) % 6) for i in range(6) for j in range(6)]
    return integer_columns(np.array([np.concatenate([rows[:, k] for k in cell]) for cell in cells]), squares * 3)
