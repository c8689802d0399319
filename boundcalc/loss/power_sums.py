"""Integer row power sums Q_{2j}(i) = Σ_k A_ik^{2j} of A = BᵀB, in blocks and by symmetry.

Only block pairs on or above the diagonal are formed, so memory is O(block² + n m) and A is never stored whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flint import fmpz_mat

if TYPE_CHECKING:
    import numpy as np

BLOCK = 256
"""Columns of B in one block."""


@dataclass(frozen=True)
class PowerSums:
    """Row quantities of an integer matrix A.

    Attributes
    ----------
    diagonal : tuple of n ints
        A_ii.
    sums : tuple of n tuples of m ints
        Entry [i][j − 1] is Q_{2j}(i).
    """

    diagonal: tuple[int, ...]
    sums: tuple[tuple[int, ...], ...]


def gram_power_sums(entries: np.ndarray, m: int, block: int = BLOCK) -> PowerSums:
    """Diagonal and power sums up to order 2m of BᵀB for B = ``entries``, int64 or Python ints, shape (d, n)."""
    import numpy as np

    n = entries.shape[1]
    diagonal = [sum(value * value for value in column) for column in entries.T.tolist()]
    # |A_ij| and all partial sums of it are at most max a_i (Cauchy–Schwarz): then int64 cannot overflow
    small = entries.dtype != object and n * max(diagonal) ** (2 * m) < 1 << 63
    product = _int64_product if small else _wide_product
    totals = np.zeros((m, n), dtype=np.int64 if small else object)
    for start in range(0, n, block):
        rows = slice(start, start + block)
        for other in range(start, n, block):
            columns = slice(other, other + block)
            square = product(entries[:, rows], entries[:, columns]) ** 2
            power = square
            for j in range(m):
                power = square if j == 0 else power * square
                totals[j, rows] += power.sum(axis=1)
                if other != start:
                    totals[j, columns] += power.sum(axis=0)
    return PowerSums(tuple(diagonal), tuple(zip(*totals.tolist(), strict=True)))


def matrix_power_sums(entries: np.ndarray, m: int) -> PowerSums:
    """The same for an integer matrix A that is given itself, shape (n, n)."""
    sums = []
    for row in entries.tolist():
        squares = [value * value for value in row]
        powers, found = squares, [sum(squares)]
        for _ in range(1, m):
            powers = [power * square for power, square in zip(powers, squares, strict=True)]
            found.append(sum(powers))
        sums.append(tuple(found))
    return PowerSums(tuple(int(value) for value in entries.diagonal().tolist()), tuple(sums))


def _int64_product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    product: np.ndarray = left.T @ right
    return product


def _wide_product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """leftᵀ · right through FLINT's integer matrices, which multiply long integers by fast modular products."""
    import numpy as np

    d, rows = left.shape
    columns = right.shape[1]
    product = fmpz_mat(rows, d, left.T.ravel().tolist()) * fmpz_mat(d, columns, right.ravel().tolist())
    flat = np.empty(rows * columns, dtype=object)
    flat[:] = [int(value) for value in product.entries()]  # Python ints multiply element-wise faster than fmpz
    return flat.reshape(rows, columns)
