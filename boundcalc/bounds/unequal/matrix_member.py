r"""Proves matrix minorants of sums over pairs of features that differ, and rounds the solver's to proven ones.

With f_g > 0 and k_gh = s (the weight of a pair of kinds g, h)/(f_g f_h), symmetric matrices G^0, G^1, ... >= 0 with

    sum_l G^l_gh P_{2l}(t) <= s k_gh t^{2j}  on [-1, 1] for kinds of two different features,  e_g = sum_l G^l_gg <= s k_gg,

bound s times the sum over pairs of f_i f_j k_ij A_ij^{2j} from below by sum_i f_i^2 (s k_ii - e_i) a_i^{2j} + B^T G^0 B, B_g the
sum of f_i a_i^j over kind g: the matrices (P_{2l}) are positive semidefinite (Schoenberg), and so are their entrywise products with
the G^l (Schur). G^l = h_l for all pairs is a member of the frontier. For any x, B^T G^0 B >= 2 x^T G^0 B - x^T G^0 x.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.bounds.frontiers.rounding import rational
from boundcalc.certify.gegenbauer import from_gegenbauer, gegenbauer_coefficients
from boundcalc.certify.real_roots import polynomial_nonnegative
from boundcalc.numbers.constants import welch_constant
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError

Rows = tuple[tuple[fmpq, ...], ...]
FIRST_ROOM, GROWTH, ATTEMPTS = 1e-9, 4, 10
SHIFT = 1e-11
"""Share of its size that each matrix's diagonal is raised by, so that it stays positive semidefinite where it is rounded."""
ZERO = fmpq(0)


@dataclass(frozen=True)
class MatrixMember:
    """Matrices that bound a sum over pairs; the constructor proves that they do.

    Parameters
    ----------
    d, order : int
        Of the space, and j.
    share : fmpq
        s, 0 ≤ s ≤ 1.
    weights : K rows of K rationals
        k_gh, or what is not more than that.
    repeated : tuple of bool
        Which kinds have two features or more.
    matrices : tuple of K rows of K rationals
        G^0, G^1, …; G^0 alone for d = 1.
    x : K rationals
        Where B^T G^0 B is linearised.

    Raises
    ------
    ParameterError
        For matrices that do not bound it.
    """

    d: int
    order: int
    share: fmpq
    weights: Rows
    repeated: tuple[bool, ...]
    matrices: tuple[Rows, ...]
    x: tuple[fmpq, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1 or (self.d == 1 and len(self.matrices) > 1):
            raise ParameterError("share", str(self.share), "must be a number from 0 to 1, and d = 1 has one matrix")
        if not all(positive_semidefinite(matrix) for matrix in self.matrices):
            raise ParameterError("matrices", "G", "must be positive semidefinite")
        if any(self.end(g) > self.share * self.weights[g][g] for g in range(len(self.x))):
            raise ParameterError("matrices", "G", "must sum on the diagonal to the weights at most")
        power = fmpq_poly([0] * self.order + [1]) * self.share
        for g, row in enumerate(self.weights):
            for h in range(g + (not self.repeated[g]), len(row)):
                own = [matrix[g][h] for matrix in self.matrices]
                if self.d == 1:
                    below = own[0] <= self.share * row[h]
                else:
                    below = polynomial_nonnegative(power * row[h] - from_gegenbauer(own, self.d), ZERO, fmpq(1))
                if not below:
                    raise ParameterError("matrices", f"entry {g + 1}, {h + 1}", f"must stay below the weight times u^{self.order}")

    def end(self, g: int) -> fmpq:
        """e_g = Σ_l G^l_gg."""
        return sum((matrix[g][g] for matrix in self.matrices), ZERO)

    @cached_property
    def multipliers(self) -> tuple[fmpq, ...]:
        """(G^0 x)_g."""
        return tuple(sum((a * b for a, b in zip(row, self.x, strict=True)), ZERO) for row in self.matrices[0])

    @property
    def offset(self) -> fmpq:
        """x^T G^0 x."""
        return sum((a * b for a, b in zip(self.multipliers, self.x, strict=True)), ZERO)


def positive_semidefinite(matrix: Rows) -> bool:
    """Whether a symmetric rational matrix is, by elimination."""
    rows = [list(row) for row in matrix]
    if any(rows[g][h] != rows[h][g] for g in range(len(rows)) for h in range(g)):
        return False
    while rows:
        pivot = rows[0][0]
        if pivot < 0 or (pivot == 0 and any(rows[0])):
            return False
        first = rows[0]
        rows = [[entry - (row[0] * first[h] / pivot if pivot else ZERO) for h, entry in enumerate(row) if h] for row in rows[1:]]
    return True


Tangent = Callable[[Any, Any], Any]
"""Where to linearise, x, from G^0 and the e_g in floating point."""


def near_multipliers(multipliers: Any) -> Tangent:
    """The x for which G^0 x is next to given multipliers."""
    import numpy as np

    def tangent(first: Any, ends: Any) -> Any:
        return np.linalg.lstsq(first, np.asarray(multipliers, dtype=float), rcond=1e-10)[0]

    return tangent


def repaired_matrices(
    found: Any, tangent: Tangent, share: float, excess: Any, weights: Rows, repeated: Sequence[bool], d: int, order: int
) -> MatrixMember | None:
    """A proven member next to the solver's matrices; ``None`` where that fails.

    An excess ε of an entry, relative to k max(u^j, 1/τ_j), is undone by a part of the matrices of u^j itself less a constant, and a
    factor; what exceeds its budget on the diagonal is scaled by congruence.

    Parameters
    ----------
    found : array, shape (degree + 1, K, K)
    """
    import numpy as np

    s = min(max(rational(share, 10), ZERO), fmpq(1))
    if s < fmpq(1, 10**6):
        return None
    clipped = np.array([_clipped((matrix + matrix.T) / 2) for matrix in found])
    inner = np.zeros_like(clipped)
    tau = to_float(fmpq(welch_constant(fmpq(d), order)))
    power = [to_float(c) for c in gegenbauer_coefficients(fmpq_poly([0] * order + [1]), d)] if d > 1 else [1.0]
    size = len(weights)
    for k, c in enumerate(power[: len(inner)]):
        inner[k] = c
    inner[0] = np.full((size, size), 0.5 / tau) + np.eye(size) * 0.25 / tau
    rooms = np.maximum(1.25 * np.asarray(excess), FIRST_ROOM)
    least = float((rooms * np.array([[to_float(value) for value in row] for row in weights])).max())
    for attempt in range(ATTEMPTS):
        part, room = (min(value * GROWTH**attempt, 1.0) for value in (4 * least, float(rooms.max())))
        mixed = ((1 - part) * clipped + part * to_float(s) * inner) / (1 + room / to_float(s))
        member = _rounded(mixed, tangent, s, weights, tuple(repeated), d, order)
        if member is not None:
            return member
    return None


def _clipped(matrix: Any) -> Any:
    import numpy as np

    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(values, 0)) @ vectors.T


def _rounded(
    mixed: Any, tangent: Tangent, share: fmpq, weights: Rows, repeated: tuple[bool, ...], d: int, order: int
) -> MatrixMember | None:
    import numpy as np

    size = len(weights)
    shifted = [matrix + np.eye(size) * SHIFT * max(float(np.abs(matrix).max()), 1e-30) for matrix in mixed]
    ends = np.sum([np.diagonal(matrix) for matrix in shifted], axis=0)
    budgets = np.array([to_float(share * weights[g][g]) for g in range(size)])
    factors = [rational(min(1.0, (budget / end) ** 0.5 * (1 - 1e-11)), 13) for budget, end in zip(budgets, ends, strict=True)]

    def entry(matrix: Any, g: int, h: int) -> fmpq:
        return rational(float(matrix[min(g, h)][max(g, h)]), 15) * factors[g] * factors[h]

    matrices = tuple(tuple(tuple(entry(matrix, g, h) for h in range(size)) for g in range(size)) for matrix in shifted)
    first = np.array([[to_float(value) for value in row] for row in matrices[0]])
    x = tangent(first, ends * np.array([to_float(factor) for factor in factors]) ** 2)
    try:
        return MatrixMember(d, order, share, weights, repeated, matrices, tuple(rational(float(value), 12) for value in x))
    except ParameterError:
        return None
