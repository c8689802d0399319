"""Computes integer row power sums Q_{2j}(i) = Σ_k A_ik^{2j} of A = BᵀB, in blocks and by symmetry.

Only block pairs on or above the diagonal are formed, so memory is O(block² + n m) and A is never stored whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import mul
from typing import TYPE_CHECKING

from flint import fmpz_mat

if TYPE_CHECKING:
    import numpy as np

    from boundcalc.loss.lanes import ShowShare

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
        Entry [i][j − 1] is Q_{2j}(i), or Σ_k w_jk A_ik^{2j} where columns have weights.
    """

    diagonal: tuple[int, ...]
    sums: tuple[tuple[int, ...], ...]


def gram_power_sums(
    entries: np.ndarray, m: int, block: int = BLOCK, progress: ShowShare | None = None, weights: np.ndarray | None = None
) -> PowerSums:
    """Diagonal and power sums up to order 2m of BᵀB for B = ``entries``, int64 or Python ints, shape (d, n).

    ``weights``, whole numbers of shape (m, n), multiply the columns of A, those of row j − 1 in the sums of order 2j.
    """
    import numpy as np

    n = entries.shape[1]
    diagonal = [sum(value * value for value in column) for column in entries.T.tolist()]
    largest = 1 if weights is None else max(1, int(np.abs(weights).max()))
    if entries.dtype != object and largest * _sum_bound(entries, diagonal, m) < 1 << 63:
        return PowerSums(tuple(diagonal), _int64_power_sums(entries, m, block, progress, weights))
    by_order = None if weights is None else weights.astype(object)
    totals = np.zeros((m, n), dtype=object)
    done = 0
    for start in range(0, n, block):
        rows = slice(start, start + block)
        for other in range(start, n, block):
            columns = slice(other, other + block)
            square = _wide_product(entries[:, rows], entries[:, columns]) ** 2
            power = square
            for j in range(m):
                power = square if j == 0 else power * square
                totals[j, rows] += power.sum(axis=1) if by_order is None else power @ by_order[j, columns]
                if other != start:
                    totals[j, columns] += power.sum(axis=0) if by_order is None else by_order[j, rows] @ power
            done += square.size
            if progress is not None:
                progress(min(1.0, 2 * done / (n * (n + block))))
    return PowerSums(tuple(diagonal), tuple(zip(*totals.tolist(), strict=True)))


def is_quick(entries: np.ndarray, m: int) -> bool:
    """Whether the exact power sums of an integer array, shape (d, n), fit int64: then they cost about what float ones do."""
    diagonal = [sum(value * value for value in column) for column in entries.T.tolist()]
    return _sum_bound(entries, diagonal, m) < 1 << 63


def _sum_bound(entries: np.ndarray, diagonal: list[int], m: int) -> int:
    """An upper bound of every Q_{2m}(i) and of all partial sums and entries before it.

    |A_ij| ≤ max a by Cauchy–Schwarz, so Q_{2m} ≤ max a^{2m−2} Q_2, and Q_2(i) = w_iᵀ(WWᵀ)w_i ≤ a_i ‖WWᵀ‖_∞.
    """
    largest = max(diagonal)
    if len(diagonal) * largest >= 1 << 53:  # then A, and the sums of WWᵀ below, might not be exact in float64
        return 1 << 63
    rows = entries.astype(float)
    norm = int(abs(rows @ rows.T).sum(axis=1).max())
    if len(entries) * norm >= 1 << 53:
        return 1 << 63
    return largest ** (2 * m - 1) * max(norm, largest)


def _int64_power_sums(
    entries: np.ndarray, m: int, block: int, progress: ShowShare | None, weights: np.ndarray | None
) -> tuple[tuple[int, ...], ...]:
    """The sums where all of them fit: float64 products, exact below 2^53, and powers in int64, on every core."""
    import numpy as np

    from boundcalc.loss.lanes import Ticks, product_lanes, run_lanes
    from boundcalc.loss.tiles import Tiling, gram_tiles, lane_count, merged

    n, floats = entries.shape[1], entries.astype(np.float64)
    with product_lanes(lane_count(n)) as lanes:
        plan = Tiling(lanes, min(block, n), min(block, n))
        totals = [np.zeros((m, n), dtype=np.int64) for _ in range(lanes)]

        def work(lane: int, ticks: Ticks) -> None:
            sums = totals[lane]
            for rows, columns, diagonal in gram_tiles(plan, lane, n):
                square = (floats[:, rows].T @ floats[:, columns]).astype(np.int64)
                square *= square
                power = square.copy()
                for j in range(m):
                    if j:
                        power *= square
                    sums[j, rows] += power.sum(axis=1) if weights is None else power @ weights[j, columns]
                    if not diagonal:
                        sums[j, columns] += power.sum(axis=0) if weights is None else weights[j, rows] @ power
                ticks.tick(lane, square.size)

        run_lanes(lanes, n * (n + plan.rows) / 2, progress, work)
    return tuple(zip(*merged(totals).tolist(), strict=True))


def pair_power_sums(
    left: np.ndarray, right: np.ndarray, m: int, block: int = BLOCK, weights: np.ndarray | None = None
) -> PowerSums:
    """The same for LᵀR of two integer matrices of shape (d, n); A_ii may be negative."""
    diagonal, sums = [], []
    n = left.shape[1]
    for start in range(0, n, block):
        rows = _wide_product(left[:, start : start + block], right)
        diagonal += [int(row[start + k]) for k, row in enumerate(rows)]
        sums += _row_sums(rows.tolist(), m, weights)
    return PowerSums(tuple(diagonal), tuple(sums))


def matrix_power_sums(entries: np.ndarray, m: int, weights: np.ndarray | None = None) -> PowerSums:
    """The same for an integer matrix A that is given itself, shape (n, n)."""
    return PowerSums(tuple(int(value) for value in entries.diagonal().tolist()), tuple(_row_sums(entries.tolist(), m, weights)))


def _row_sums(rows: list[list[int]], m: int, weights: np.ndarray | None) -> list[tuple[int, ...]]:
    by_order = None if weights is None else weights.tolist()
    sums = []
    for row in rows:
        squares = [value * value for value in row]
        powers, found = squares, []
        for j in range(m):
            if j:
                powers = [power * square for power, square in zip(powers, squares, strict=True)]
            found.append(sum(powers) if by_order is None else sum(map(mul, by_order[j], powers)))
        sums.append(tuple(found))
    return sums


def _wide_product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """leftᵀ · right through FLINT's integer matrices, which multiply long integers by fast modular products."""
    import numpy as np

    d, rows = left.shape
    columns = right.shape[1]
    product = fmpz_mat(rows, d, left.T.ravel().tolist()) * fmpz_mat(d, columns, right.ravel().tolist())
    flat = np.empty(rows * columns, dtype=object)
    flat[:] = [int(value) for value in product.entries()]  # Python ints multiply element-wise faster than fmpz
    return flat.reshape(rows, columns)
