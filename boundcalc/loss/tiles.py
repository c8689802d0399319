"""Computes power sums and gradient of A = WᵀW in tiles that stay in cache; A is never stored whole.

Only tiles on and right of the diagonal are formed, once for the power sums and once for the gradient. Each lane owns every
L-th strip of tiles and adds up on its own; lanes are merged in order, so the result depends on the number of lanes alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np

from boundcalc.loss.lanes import ShowShare, Ticks, cores, product_lanes, run_lanes
from boundcalc.loss.threads import single_threaded
from boundcalc.numbers.errors import ParameterError

BUDGET = 256 << 20
"""Bytes of scratch unless the caller says otherwise."""
TILE = 256
"""Rows and columns of a tile of one of several lanes: three float64 tiles about fill a 1 MB cache."""
WIDE = (512, 1024)
"""Rows and columns of a tile where BLAS uses the cores itself."""
_BUFFERS = 3
_LONG_PRODUCT = 1 << 30
"""Multiplications from which BLAS gets every core for the products of d × d and d × n matrices."""


@dataclass(frozen=True)
class Tiling:
    """Lanes and tile size within a byte budget."""

    lanes: int
    rows: int
    columns: int

    @property
    def depth(self) -> int:
        """The longest sum inside a tile."""
        return max(self.rows, self.columns)


def check_budget(budget: int) -> int:
    """The budget, if it is a positive whole number of bytes."""
    if isinstance(budget, bool) or not isinstance(budget, int) or budget < 1 << 16:
        raise ParameterError("budget", budget, "must be a whole number of bytes, at least 65536")
    return budget


def make_plan(lanes: int, *, n: int, accumulator: int, itemsize: int, budget: int) -> Tiling:
    """Tiles for at most ``lanes`` lanes, each with ``accumulator`` bytes of its own beside its tiles."""
    rows = columns = TILE
    while lanes > 1 and lanes * (accumulator + _BUFFERS * rows * columns * itemsize) > budget:
        lanes -= 1
    if lanes == 1:
        rows, columns = WIDE
        while rows > 16 and _BUFFERS * rows * columns * itemsize > budget:
            rows, columns = rows // 2, columns // 2
    # at least two strips for each lane
    while lanes > 1 and rows > 32 and n < 2 * lanes * rows:
        rows = columns = rows // 2
    return Tiling(lanes, min(rows, n), min(columns, n))


def lane_count(n: int) -> int:
    """Lanes worth starting."""
    return 1 if n < 512 else cores()


def spans(start: int, stop: int, step: int) -> Iterator[slice]:
    """Consecutive slices that cover start … stop."""
    for begin in range(start, stop, step):
        yield slice(begin, min(stop, begin + step))


def lane_strips(plan: Tiling, lane: int, n: int) -> Iterator[slice]:
    """The strips of rows that a lane owns."""
    for begin in range(lane * plan.rows, n, plan.lanes * plan.rows):
        yield slice(begin, min(n, begin + plan.rows))


class Buffers:
    """Scratch tiles of one lane, reused."""

    def __init__(self, plan: Tiling, dtype: np.dtype, *, extra: bool = False) -> None:
        self._flat = [np.empty(plan.rows * plan.columns, dtype) for _ in range(_BUFFERS + extra)]
        self.ones = np.ones(plan.depth, dtype)

    def shaped(self, rows: slice, columns: slice) -> list[np.ndarray]:
        """The tiles at the shape of one block pair."""
        shape = (rows.stop - rows.start, columns.stop - columns.start)
        size = shape[0] * shape[1]
        return [flat[:size].reshape(shape) for flat in self._flat]


def gram_tiles(plan: Tiling, lane: int, n: int) -> Iterator[tuple[slice, slice, bool]]:
    """(rows, columns, on the diagonal) of a lane's tiles; those beside the diagonal stand for their mirror images too."""
    for rows in lane_strips(plan, lane, n):
        yield rows, rows, True
        for columns in spans(rows.stop, n, plan.columns):
            yield rows, columns, False


def gram_power_sums(
    W: np.ndarray, m: int, *, weights: np.ndarray | None = None, budget: int = BUDGET, progress: ShowShare | None = None
) -> tuple[np.ndarray, int]:
    """Q_{2j}(i) of WᵀW, shape (m, n) in float64, and the longest chain of additions behind an entry.

    Parameters
    ----------
    W : shape (d, n), float64 or float32
        Tiles have its type; sums over tiles are float64.
    weights : shape (m, n), optional
        Multiply the columns of A: then entry [j − 1, i] is Σ_k weights[j − 1, k] A_ik^{2j}.
    """
    n = W.shape[1]
    by_order = None if weights is None else np.ascontiguousarray(weights, dtype=W.dtype)
    with product_lanes(lane_count(n)) as lanes:
        plan = make_plan(lanes, n=n, accumulator=8 * m * n, itemsize=W.itemsize, budget=budget)
        totals = [np.zeros((m, n)) for _ in range(plan.lanes)]

        def work(lane: int, ticks: Ticks) -> None:
            sums, buffers = totals[lane], Buffers(plan, W.dtype)
            for rows, columns, diagonal in gram_tiles(plan, lane, n):
                gram, square, power = buffers.shaped(rows, columns)
                np.matmul(W[:, rows].T, W[:, columns], out=gram)
                np.multiply(gram, gram, out=square)
                down, across = buffers.ones[: gram.shape[0]], buffers.ones[: gram.shape[1]]
                current = square
                for j in range(m):
                    if j:
                        current = np.multiply(current, square, out=power)
                    if by_order is not None:
                        down, across = by_order[j, rows], by_order[j, columns]
                    sums[j, rows] += current @ across
                    if not diagonal:
                        sums[j, columns] += down @ current
                ticks.tick(lane, gram.size)

        run_lanes(plan.lanes, n * (n + plan.rows) / 2, progress, work)
    return merged(totals), plan.depth + -(-n // min(plan.rows, plan.columns)) + 1 + plan.lanes


def gram_gradient(
    W: np.ndarray,
    coefficients: np.ndarray,
    *,
    weights: np.ndarray | None = None,
    budget: int = BUDGET,
    progress: ShowShare | None = None,
) -> np.ndarray:
    """W (G + Gᵀ), shape (d, n), for G_ij = Σ_k coefficients[k − 1, i] weights[k − 1, j] A_ij^{2k−1}; weights are 1 unless given.

    The terms with k = 1 are products of d × d and d × n matrices; the rest is A_ij³ times a polynomial in A_ij².
    """
    m, n = coefficients.shape
    kappa = None if weights is None else weights.astype(W.dtype)
    first, column = coefficients[0].astype(W.dtype), W.dtype.type(1) if kappa is None else kappa[0]
    # a short product is over before BLAS's threads have met
    with single_threaded() if W.shape[0] * W.size < _LONG_PRODUCT else nullcontext():
        found: np.ndarray = (((W * first) @ W.T) @ W) * column + (((W * column) @ W.T) @ W) * first
    if m == 1:
        return found
    rest = coefficients[1:].astype(W.dtype)
    # G + Gᵀ has coefficients c_i w_j + c_j w_i, or c_i + c_j: products of n × 2 and 2 × n matrices
    across = None if kappa is None else np.ascontiguousarray(np.stack([kappa[1:], rest], axis=1))
    down = None if kappa is None else np.ascontiguousarray(np.stack([rest, kappa[1:]], axis=2))
    with product_lanes(lane_count(n)) as lanes:
        plan = make_plan(lanes, n=n, accumulator=W.nbytes, itemsize=W.itemsize, budget=budget)
        totals = [found, *(np.zeros_like(W) for _ in range(plan.lanes - 1))]

        def work(lane: int, ticks: Ticks) -> None:
            total, buffers = totals[lane], Buffers(plan, W.dtype, extra=kappa is not None)
            for rows, columns, diagonal in gram_tiles(plan, lane, n):
                gram, square, both, *more = buffers.shaped(rows, columns)
                np.matmul(W[:, rows].T, W[:, columns], out=gram)
                np.multiply(gram, gram, out=square)
                np.multiply(gram, square, out=gram)
                if down is None or across is None:
                    np.add(rest[-1, rows, None], rest[-1, columns], out=both)
                else:
                    np.matmul(down[-1, rows], across[-1][:, columns], out=both)
                for k in range(m - 3, -1, -1):
                    np.multiply(both, square, out=both)
                    if down is None or across is None:
                        np.add(both, rest[k, columns], out=both)
                        np.add(both, rest[k, rows, None], out=both)
                    else:
                        np.add(both, np.matmul(down[k, rows], across[k][:, columns], out=more[0]), out=both)
                np.multiply(both, gram, out=both)
                total[:, columns] += W[:, rows] @ both
                if not diagonal:
                    total[:, rows] += W[:, columns] @ both.T
                ticks.tick(lane, gram.size)

        run_lanes(plan.lanes, n * (n + plan.rows) / 2, progress, work)
    return merged(totals)


def merged(totals: list[np.ndarray]) -> np.ndarray:
    """The sum, into the first."""
    for other in totals[1:]:
        totals[0] += other
    return totals[0]
