"""Decides exactly whether an integer matrix is a Gram matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def semidefinite_rank(entries: np.ndarray) -> int | None:
    """The rank of a symmetric positive semidefinite integer matrix; ``None`` when the matrix is not one.

    Fraction-free symmetric elimination (Bareiss): each pivot is a principal minor of those chosen before, and stays
    an integer. A zero pivot of a semidefinite matrix has a zero row. Costs O(rank · n²).
    """
    if entries.shape[0] != entries.shape[1] or (entries != entries.T).any():
        return None
    rest: list[list[int]] = [[int(value) for value in row] for row in entries.tolist()]
    previous, rank = 1, 0
    while rest:
        diagonal = [row[k] for k, row in enumerate(rest)]
        if min(diagonal) < 0:
            return None
        k = max(range(len(rest)), key=diagonal.__getitem__)
        pivot = diagonal[k]
        if pivot == 0:
            return None if any(any(row) for row in rest) else rank
        lead = rest[k]
        others = [i for i in range(len(rest)) if i != k]
        rest = [[(pivot * rest[i][j] - lead[i] * lead[j]) // previous for j in others] for i in others]
        previous, rank = pivot, rank + 1
    return rank
