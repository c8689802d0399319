"""Lists known configurations of lines, by the squared inner products that one line has with the others.

Each is two-point homogeneous in the weak sense that the bounds need: every line sees the others under the same
squared inner products with the same multiplicities. Their coordinates are in :mod:`boundcalc.frames.library`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import ClassVar

from flint import fmpq, fmpz

from boundcalc.frames.quadratic import Quadratic
from boundcalc.language.claims import Citation
from boundcalc.language.sources import CONWAY_SLOANE, DELSARTE_GOETHALS_SEIDEL, WALDRON
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import parse_rational


@dataclass(frozen=True)
class Frame:
    """n lines in R^d.

    Parameters
    ----------
    key : str
        Permanent name.
    d, n : int
        Dimension and number of lines.
    squares : tuple of (u, multiplicity)
        Squared inner products of one unit vector with the n − 1 others.
    strength : int
        Largest even t such that the lines are a half-design of strength t (all even moments up to t are the
        sphere's); derived exactly from ``squares`` by the tests.
    source : Citation
    conjugate_squares : tuple of (u, multiplicity)
        Irrational squared inner products u = a + b √D; the conjugate a − b √D has the same multiplicity and is not listed.
    """

    key: str
    d: int
    n: int
    squares: tuple[tuple[fmpq, int], ...]
    strength: int
    source: Citation
    conjugate_squares: tuple[tuple[Quadratic, int], ...] = ()
    weighted: ClassVar[bool] = False

    def power_sum(self, j: int) -> fmpq:
        """Q_{2j} = Σ_k ⟨v_i, v_k⟩^{2j} at unit norms."""
        rational = sum((count * u**j for u, count in self.squares), fmpq(1))
        return rational + sum((2 * count * (u**j).a for u, count in self.conjugate_squares), fmpq(0))


class PlaneFrame(Frame):
    """n equally spaced lines in the plane: squares cos²(π k/n), irrational in general, with rational power sums."""

    def power_sum(self, j: int) -> fmpq:
        """Σ_k cos^{2j}(π k/n) = (n/4^j) Σ_s binom(2j, j + s n), over all whole s."""
        around = sum(comb(2 * j, j + s * self.n) for s in range(-(j // self.n), j // self.n + 1))
        return fmpq(fmpz(self.n * around), fmpz(4) ** j)


def _frame(key: str, d: int, n: int, squares: dict[str, int], strength: int, source: Citation) -> Frame:
    pairs = tuple((parse_rational(u, parameter="squares"), count) for u, count in squares.items())
    return Frame(key, d, n, pairs, strength, source)


def equiangular(key: str, d: int, n: int, source: Citation = WALDRON, strength: int = 2) -> Frame:
    """An equiangular tight frame: u = (n − d)/(d (n − 1)) with all others."""
    return Frame(key, d, n, ((fmpq(n - d, d * (n - 1)), n - 1),), strength, source)


def simplex(d: int) -> Frame:
    """The d + 1 vertices of the regular simplex in R^d, d ≥ 2."""
    if d < 2:
        raise ParameterError("d", d, "must be at least 2: in R^1 there is one line")
    return equiangular(f"simplex_{d}", d, d + 1, strength=4 if d == 2 else 2)


def plane_lines(n: int) -> Frame:
    """n equally spaced lines in the plane, n ≥ 2: a half-design of strength 2 (n − 1)."""
    if n < 2:
        raise ParameterError("n", n, "must be at least 2")
    return PlaneFrame(f"plane_lines_{n}", 2, n, (), 2 * n - 2, WALDRON)


LARGEST_PLANE = 12
"""The most plane lines that :func:`frames_within` offers; more are half-designs for every m at hand."""
_COS_36 = Quadratic(fmpq(3, 8), fmpq(1, 8), 5)
"""φ²/4 = (3 + √5)/8, the squared cosine of 36 degrees."""

FRAMES = (
    equiangular("icosahedron", 3, 6, CONWAY_SLOANE, strength=4),
    _frame("dodecahedron", 3, 10, {"1/9": 6, "5/9": 3}, 4, CONWAY_SLOANE),
    Frame("icosidodecahedron", 3, 15, ((fmpq(0), 2), (fmpq(1, 4), 4)), 4, CONWAY_SLOANE, ((_COS_36, 4),)),
    _frame("24_cell", 4, 12, {"0": 3, "1/4": 8}, 4, CONWAY_SLOANE),
    _frame("24_cell_with_dual", 4, 24, {"0": 9, "1/4": 8, "1/2": 6}, 6, CONWAY_SLOANE),
    Frame("600_cell", 4, 60, ((fmpq(0), 15), (fmpq(1, 4), 20)), 10, CONWAY_SLOANE, ((_COS_36, 12),)),
    equiangular("petersen", 5, 10),
    equiangular("clebsch", 6, 16),
    _frame("E6", 6, 36, {"0": 15, "1/4": 20}, 4, CONWAY_SLOANE),
    equiangular("conference_14", 7, 14),
    equiangular("28_lines", 7, 28, strength=4),
    _frame("E7", 7, 63, {"0": 30, "1/4": 32}, 4, CONWAY_SLOANE),
    _frame("E8", 8, 120, {"0": 63, "1/4": 56}, 6, CONWAY_SLOANE),
    equiangular("conference_18", 9, 18),
    equiangular("walsh_10_16", 10, 16),
    equiangular("conference_26", 13, 26),
    equiangular("conference_30", 15, 30),
    equiangular("36_lines", 15, 36),
    _frame("barnes_wall", 16, 2160, {"0": 855, "1/16": 1024, "1/4": 280}, 6, CONWAY_SLOANE),
    _frame("kerdock_16", 16, 144, {"0": 15, "1/16": 128}, 4, DELSARTE_GOETHALS_SEIDEL),
    equiangular("conference_38", 19, 38),
    equiangular("complement_28", 21, 28),
    equiangular("complement_36", 21, 36),
    equiangular("conference_42", 21, 42),
    equiangular("126_lines", 21, 126),
    equiangular("176_lines", 22, 176),
    _frame("1408_lines", 22, 1408, {"0": 840, "1/9": 567}, 4, DELSARTE_GOETHALS_SEIDEL),
    equiangular("276_lines", 23, 276, DELSARTE_GOETHALS_SEIDEL, strength=4),
    _frame("2300_lines", 23, 2300, {"0": 1408, "1/9": 891}, 6, DELSARTE_GOETHALS_SEIDEL),
    _frame("leech", 24, 98280, {"0": 46575, "1/16": 47104, "1/4": 4600}, 10, CONWAY_SLOANE),
    equiangular("walsh_28_64", 28, 64),
    equiangular("walsh_36_64", 36, 64),
)
"""The configurations of fixed size; ``simplex`` and ``plane_lines`` are families."""


def frames_within(n: int | float, d: int) -> list[Frame]:
    """All configurations with at most n lines in at most d dimensions: of the simplices the largest that fits, and
    4, …, LARGEST_PLANE lines of the plane (three are a simplex)."""
    fits = [frame for frame in FRAMES if frame.n <= n and frame.d <= d]
    if d >= 2:
        fits += [plane_lines(k) for k in range(4, LARGEST_PLANE + 1) if k <= n]
    largest = d if n > d else int(n) - 1
    return [simplex(largest), *fits] if largest >= 2 else fits


GOLAY, GOLAY_LINES = 24, 2048
"""Columns and rows, up to sign, of the orthogonal array from the Golay code."""


def half_of(d: int) -> int:
    """The k ≥ 3 of the shortest Delsarte–Goethals code of length 4^k ≥ d."""
    return max(3, ((d - 1).bit_length() + 1) // 2)


def array_lines(d: int) -> int:
    """The number of rows, up to sign, of the smallest orthogonal array of strength 6 known here with d columns or more."""
    return GOLAY_LINES if d <= GOLAY else 1 << (6 * half_of(d) - 2)
