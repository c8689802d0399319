"""Lines through the vertices of regular polytopes, and the frames of the plane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np
from flint import arb, fmpq
from numpy.typing import NDArray

from boundcalc.frames.coordinates import MOST_COORDINATES, Coordinates, integer_columns, surd_columns
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import whole_number

Pair = tuple[int, int]


def orthonormal(d: int) -> Coordinates:
    """The standard basis of R^d."""
    d = _buildable("orthonormal", whole_number(d, parameter="d", least=1), rows=lambda d: d)
    return integer_columns(np.eye(d, dtype=np.int64))


def helmert(size: int) -> tuple[NDArray[np.int64], list[fmpq]]:
    """An orthogonal integer basis of the vectors of length ``size`` that sum to zero, and the inverses of its squared lengths.

    Row k is (1, …, 1, −k, 0, …, 0). Inner products with the rows are coordinates whose basis vectors have the
    squared lengths returned.
    """
    rows = np.zeros((size - 1, size), dtype=np.int64)
    for k in range(1, size):
        rows[k - 1, :k] = 1
        rows[k - 1, k] = -k
    return rows, [fmpq(1, k * (k + 1)) for k in range(1, size)]


def sum_free(vectors: NDArray[np.int64]) -> Coordinates:
    """The projections of (n, N) whole vectors onto the vectors of sum zero, in N − 1 dimensions."""
    rows, squares = helmert(vectors.shape[1])
    return integer_columns(vectors @ rows.T, squares)


def simplex(d: int) -> Coordinates:
    """The d + 1 vertices of the regular simplex in R^d."""
    d = _buildable("simplex", whole_number(d, parameter="d", least=1), rows=lambda d: d + 1)
    rows, squares = helmert(d + 1)
    return integer_columns(rows.T, squares)


@dataclass(frozen=True)
class PlaneLines:
    """n equally spaced lines in the plane, at the angles π k/n: balls and floats, for their coordinates have high degree."""

    n: int

    def __post_init__(self) -> None:
        n = whole_number(self.n, parameter="n", least=1)
        object.__setattr__(self, "n", _buildable("plane_lines", n, rows=lambda _: 2))

    @property
    def d(self) -> int:
        """2."""
        return 2

    def to_balls(self) -> list[list[arb]]:
        """The two rows at Arb's current precision."""
        angles = [fmpq(k, self.n) for k in range(self.n)]
        return [[arb.cos_pi_fmpq(angle) for angle in angles], [arb.sin_pi_fmpq(angle) for angle in angles]]

    def to_float(self) -> NDArray[np.float64]:
        """2 × n, unit columns."""
        angles = np.pi * np.arange(self.n) / self.n
        return np.array([np.cos(angles), np.sin(angles)])


def icosahedral_axes() -> list[list[Pair]]:
    """The axes of one icosahedron over Z[√5], of order 5, 3 and 2 in turn: 6, 10 and 15 lines.

    Up to factors: (0, 1, ±φ); (±1, ±1, ±1) and (0, φ, ±1/φ); e_i and (±1, ±1/φ, ±φ), with all cyclic shifts; φ = (1 + √5)/2.
    """
    two, phi, inverse = (2, 0), (1, 1), (-1, 1)
    fivefold = [[(0, 0), two, _signed(phi, s)] for s in (1, -1)]
    cube = [[_signed(two, s) for s in signs] for signs in product((1, -1), repeat=3)]
    threefold = [[(0, 0), phi, _signed(inverse, s)] for s in (1, -1)]
    twofold = [[two, (0, 0), (0, 0)]] + [[two, _signed(inverse, s), _signed(phi, t)] for s, t in product((1, -1), repeat=2)]
    return _lines(_shifted(fivefold) + cube + _shifted(threefold) + _shifted(twofold))


def icosahedron() -> Coordinates:
    """Six lines: the 5-fold axes."""
    return surd_columns(icosahedral_axes()[:6], 5)


def dodecahedron() -> Coordinates:
    """Ten lines: the 3-fold axes of the icosahedron."""
    return surd_columns(icosahedral_axes()[6:16], 5)


def icosidodecahedron() -> Coordinates:
    """Fifteen lines: the 2-fold axes of the icosahedron."""
    return surd_columns(icosahedral_axes()[16:], 5)


def cell_24() -> Coordinates:
    """Twelve lines: ±e_i ± e_j in R^4, the roots of D_4."""
    return integer_columns(roots_d(4))


def cell_24_with_dual() -> Coordinates:
    """The 24-cell and its dual (e_i and (±1, ±1, ±1, ±1)/2): 24 lines, the roots of F_4."""
    units = [[int(i == k) for i in range(4)] for k in range(4)]
    signs = [[1, *rest] for rest in product((1, -1), repeat=3)]
    return integer_columns([*roots_d(4), *units, *signs])


def cell_600() -> Coordinates:
    """Sixty lines: e_i, (±1, ±1, ±1, ±1)/2 and the even permutations of (±φ, ±1, ±1/φ, 0)/2; here times 4."""
    vectors: list[list[Pair]] = [[(4 * int(i == k), 0) for i in range(4)] for k in range(4)]
    vectors += [[(2 * s, 0) for s in signs] for signs in product((1, -1), repeat=4)]
    for places in permutations(range(4)):
        if _is_even(places):
            for s, t, u in product((1, -1), repeat=3):
                entries = [(s, s), (2 * t, 0), (-u, u), (0, 0)]
                vectors.append([entries[place] for place in places])
    return surd_columns(_lines(vectors), 5)


def roots_d(d: int) -> list[list[int]]:
    """One of each pair ±: e_i ± e_j."""
    pairs = [(i, j, s) for i in range(d) for j in range(i + 1, d) for s in (1, -1)]
    return [[1 if k == i else s if k == j else 0 for k in range(d)] for i, j, s in pairs]


def _shifted(vectors: list[list[Pair]]) -> list[list[Pair]]:
    """All cyclic shifts of vectors of length 3."""
    return [vector[shift:] + vector[:shift] for vector in vectors for shift in range(3)]


def _signed(entry: Pair, sign: int) -> Pair:
    return sign * entry[0], sign * entry[1]


def _is_even(places: tuple[int, ...]) -> bool:
    inversions = sum(places[i] > places[j] for i in range(len(places)) for j in range(i + 1, len(places)))
    return inversions % 2 == 0


def _lines(vectors: list[list[Pair]]) -> list[list[Pair]]:
    """The first of each pair ±v."""
    kept: dict[tuple[Pair, ...], None] = {}
    for vector in vectors:
        if tuple((-x, -y) for x, y in vector) not in kept:
            kept[tuple(vector)] = None
    return [list(vector) for vector in kept]


def _buildable(family: str, size: int, *, rows: Callable[[int], int]) -> int:
    """The size of a member of a family, if its matrix of ``size`` times ``rows(size)`` numbers is not too large."""
    if size * rows(size) > MOST_COORDINATES:
        low, high = 1, size
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if middle * rows(middle) > MOST_COORDINATES else (middle, high)
        numbers = size * rows(size)
        allowed = f"would have {numbers} numbers, {8 * numbers / 2**30:.2g} GiB: must be at most {family}_{low}"
        raise ParameterError("frame", f"{family}_{size}", allowed)
    return size
