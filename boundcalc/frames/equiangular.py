"""Constructs equiangular tight frames: all ⟨v_i, v_j⟩² equal (n − d)/(d (n − 1))."""

from __future__ import annotations

from itertools import combinations
from math import isqrt

import numpy as np
from flint import fmpq

from boundcalc.frames.coordinates import Coordinates, columns_of_gram, integer_columns
from boundcalc.frames.polytopes import helmert, sum_free
from boundcalc.frames.quadratic import Quadratic
from boundcalc.frames.root_systems import e7_dual
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import as_integer

MAX_PALEY = 100
"""The largest q for which :func:`paley_conference` runs: its exact elimination costs q³ operations."""
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
    """((q + 1)/2, q + 1) for q ≡ 1 (mod 4) a prime or the square of one, from the symmetric conference matrix of Paley.

    The Gram matrix is I + C/√q, with C_xy = χ(x − y) bordered by ones, χ the quadratic character of the field of q
    elements; C² = q I makes it twice a projection. For q = 5 it is the icosahedron.
    """
    allowed = f"must be a prime or its square that leaves 1 when divided by 4, at most {MAX_PALEY}"
    q = as_integer(q, parameter="q", allowed=allowed)
    p = isqrt(q) if q > 0 and isqrt(q) ** 2 == q else q
    if q % 4 != 1 or not 5 <= q <= MAX_PALEY or any(p % k == 0 for k in range(2, p)):
        raise ParameterError("q", q, allowed)
    residues = {k * k % p for k in range(1, p)}
    irreducible = next(k for k in range(1, p) if k not in residues) if p < q else 0

    def character(x: int, y: int) -> int:
        """χ of the difference of two elements a + b √g, written a + p b; a square of the larger field has a square norm."""
        a, b = x % p - y % p, x // p - y // p
        return 1 if (a * a - irreducible * b * b if p < q else a) % p in residues else -1

    def entry(i: int, j: int) -> Quadratic:
        if i == j:
            return Quadratic(fmpq(1))
        sign = 1 if q in (i, j) else character(i, j)
        return Quadratic(fmpq(sign, p)) if p < q else Quadratic(fmpq(0), fmpq(sign, q), q)

    size = range(q + 1)
    return columns_of_gram([[entry(i, j) for j in size] for i in size], (q + 1) // 2)


def naimark_complement(columns: Coordinates) -> Coordinates:
    """The n columns in R^{n−d} whose Gram matrix is I − (d/n) G, up to a factor, for a tight frame of unit columns with Gram G.

    It turns an equiangular tight frame of d dimensions into one of n − d.

    Raises
    ------
    ValueError
        If the inner products are irrational, or the frame is not tight with columns of one length.
    """
    if columns.radicand != 1 or len(set(columns.squared_norms()[0].tolist())) > 1:
        raise ValueError("needs rational inner products and columns of one length")
    n, d = columns.n, columns.d
    norm = int(columns.squared_norms()[0][0])
    rows = [columns.gram_row(i)[0].tolist() for i in range(n)]
    gram = [[Quadratic(fmpq(int(i == j)) - fmpq(d * rows[i][j], n * norm)) for j in range(n)] for i in range(n)]
    return columns_of_gram(gram, n - d)


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
