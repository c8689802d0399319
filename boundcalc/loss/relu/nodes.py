"""Holds the nodes s_k = 2ν(1 + iπk) of the trapezoid rule of step 2πν, and what is computed at them once for every row.

ν has at most eight significant bits, so that multiples of it round once; the period 1/ν is a rational number, never a float.
Relative errors: ``points`` 2.4u (πk 1.4u, and once more), ``inverse`` 8.1u (1 + π²k² 4.7u, and two quotients).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np

from boundcalc.loss.relu.exponentials import exponent_of

BLOCK = 32
"""Nodes k = 32α + β: e^{As} is a product of a factor for α and one for β."""
FIRST = 320
"""Nodes of a first evaluation; later ones double."""


@dataclass(frozen=True)
class Nodes:
    """s_k for first ≤ k < first + count, both multiples of 32.

    Attributes
    ----------
    points, inverse : complex, shape (count,)
        s_k and 1/s_k.
    size : shape (count,)
        |s_k|, rounded.
    """

    nu: float
    first: int
    points: np.ndarray
    inverse: np.ndarray
    size: np.ndarray

    @property
    def count(self) -> int:
        """How many."""
        return len(self.points)

    def pieces(self) -> list[int]:
        """Places 0 = c_0 < c_1 < … of runs over which |s_k| grows little: bounds are taken at the first node of each."""
        cuts, k = [0], self.first
        while True:
            k = max(k + 1, k + k // 2)
            if k - self.first >= self.count:
                return cuts
            cuts.append(k - self.first)

    def before(self, magnitudes: np.ndarray) -> np.ndarray:
        """How many first nodes have |s_k| ≤ 2^(−e−2), 2^e ≤ magnitude < 2^(e+1): magnitude·|s_k| is below 1/2, then above 1/4."""
        exponents = np.frexp(magnitudes)[1].astype(np.int64) - 1
        return np.searchsorted(self.size, np.ldexp(1.0, np.minimum(-exponents - 2, 1000)), side="right")


def nodes(nu: float, first: int, count: int) -> Nodes:
    """The nodes."""
    k = np.arange(first, first + count, dtype=np.float64)
    turn = pi * k
    square = 1 + turn * turn
    points, inverse = np.full(count, 2 * nu, complex), np.empty(count, complex)
    points.imag = 2 * nu * turn
    inverse.real, inverse.imag = 1 / square / (2 * nu), -(turn / square) / (2 * nu)
    return Nodes(nu, first, points, inverse, 2 * nu * np.sqrt(square))


def eight_bits_below(value: float) -> float:
    """The largest number with eight significant bits that is at most ``value`` > 0."""
    scale = 2.0 ** (exponent_of(value) - 7)
    return float(np.floor(value / scale) * scale)
