"""Computes power sums and gradients of A = VᵀW, or of a matrix A given itself, in tiles; a strip of rows belongs to one lane."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from boundcalc.loss.lanes import ShowShare, Ticks, product_lanes, run_lanes
from boundcalc.loss.tiles import BUDGET, Buffers, Tiling, lane_count, lane_strips, make_plan, merged, spans

FormTile = Callable[[slice, slice, np.ndarray], object]
"""Writes a tile of A into the array given."""


def product_tile(V: np.ndarray, W: np.ndarray) -> FormTile:
    """Tiles of VᵀW."""
    return lambda rows, columns, out: np.matmul(V[:, rows].T, W[:, columns], out=out)


def matrix_tile(A: np.ndarray) -> FormTile:
    """Tiles of A itself."""
    return lambda rows, columns, out: np.copyto(out, A[rows, columns])


def _over_tiles(n: int, plan: Tiling, progress: ShowShare | None, visit: Callable[[int, Buffers, slice, slice], None]) -> None:
    """Calls ``visit`` with the lane, its scratch, and the rows and columns of every tile."""

    def work(lane: int, ticks: Ticks) -> None:
        buffers = Buffers(plan, np.dtype(np.float64))
        for rows in lane_strips(plan, lane, n):
            for columns in spans(0, n, plan.columns):
                visit(lane, buffers, rows, columns)
                ticks.tick(lane, (rows.stop - rows.start) * (columns.stop - columns.start))

    run_lanes(plan.lanes, n * n, progress, work)


def row_power_sums(
    form: FormTile, n: int, m: int, *, weights: np.ndarray | None = None, budget: int = BUDGET, progress: ShowShare | None = None
) -> tuple[np.ndarray, int]:
    """Q_{2j}(i) = Σ_k A_ik^{2j}, shape (m, n), and the longest chain of additions behind an entry.

    ``weights``, shape (m, n), multiply the columns, as in :func:`boundcalc.loss.tiles.gram_power_sums`.
    """
    sums = np.zeros((m, n))
    with product_lanes(lane_count(n)) as lanes:
        plan = make_plan(lanes, n=n, accumulator=0, itemsize=8, budget=budget)

        def add(lane: int, buffers: Buffers, rows: slice, columns: slice) -> None:
            tile, square, power = buffers.shaped(rows, columns)
            form(rows, columns, tile)
            np.multiply(tile, tile, out=square)
            across, current = buffers.ones[: tile.shape[1]], square
            for j in range(m):
                if j:
                    current = np.multiply(current, square, out=power)
                sums[j, rows] += current @ (across if weights is None else weights[j, columns])

        _over_tiles(n, plan, progress, add)
    return sums, plan.depth + -(-n // plan.columns) + 1


def derivative_tile(
    buffers: Buffers, form: FormTile, coefficients: np.ndarray, weights: np.ndarray | None, rows: slice, columns: slice
) -> np.ndarray:
    """G_ij = Σ_k coefficients[k − 1, i] weights[k − 1, j] A_ij^{2k−1} on one tile, in a buffer; weights are 1 unless given."""
    tile, square, found = buffers.shaped(rows, columns)
    form(rows, columns, tile)
    np.multiply(tile, tile, out=square)

    def by_entry(k: int) -> np.ndarray:
        by_row: np.ndarray = coefficients[k, rows, None]
        return by_row if weights is None else by_row * weights[k, columns]

    found[:] = by_entry(-1)
    for k in range(len(coefficients) - 2, -1, -1):
        np.multiply(found, square, out=found)
        np.add(found, by_entry(k), out=found)
    return np.multiply(found, tile, out=found)


def pair_gradient(
    V: np.ndarray,
    W: np.ndarray,
    coefficients: np.ndarray,
    *,
    weights: np.ndarray | None = None,
    budget: int = BUDGET,
    progress: ShowShare | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """(W Gᵀ, V G), the gradients by V and by W, each of shape (d, n)."""
    n, form = W.shape[1], product_tile(V, W)
    by_decoder = np.zeros_like(V)
    with product_lanes(lane_count(n)) as lanes:
        plan = make_plan(lanes, n=n, accumulator=W.nbytes, itemsize=8, budget=budget)
        totals = [np.zeros_like(W) for _ in range(plan.lanes)]

        def add(lane: int, buffers: Buffers, rows: slice, columns: slice) -> None:
            found = derivative_tile(buffers, form, coefficients, weights, rows, columns)
            by_decoder[:, rows] += W[:, columns] @ found.T
            totals[lane][:, columns] += V[:, rows] @ found

        _over_tiles(n, plan, progress, add)
    return by_decoder, merged(totals)


def matrix_gradient(
    A: np.ndarray, coefficients: np.ndarray, *, weights: np.ndarray | None = None, progress: ShowShare | None = None
) -> np.ndarray:
    """G, shape (n, n)."""
    n, form, found = len(A), matrix_tile(A), np.empty_like(A)
    with product_lanes(lane_count(n)) as lanes:
        plan = make_plan(lanes, n=n, accumulator=0, itemsize=8, budget=BUDGET)

        def put(lane: int, buffers: Buffers, rows: slice, columns: slice) -> None:
            found[rows, columns] = derivative_tile(buffers, form, coefficients, weights, rows, columns)

        _over_tiles(n, plan, progress, put)
    return found
