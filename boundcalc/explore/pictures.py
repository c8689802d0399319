"""Prepares weights for drawing in the page: Gram matrix, vectors, inner products and capacities, as floats for the eye."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

MOST_DRAWN = 160
"""Features whose Gram matrix and vectors are drawn."""
MOST_PAIRED = 3_000
"""Features whose inner products are counted."""
BINS = 20


def picture(weights: Any) -> dict[str, Any]:
    """What is drawn of W, shape (d, n).

    ``gram`` is WᵀW over its greatest diagonal entry, to three decimals; ``vectors`` the columns over the longest for d ≤ 3;
    ``products`` and ``capacities`` are counts in :data:`BINS` equal bins of [0, 1]. What is too large is ``None``.
    """
    W = np.asarray(weights, dtype=np.float64)
    d, n = W.shape
    top = float(np.abs(W).max())
    W = W / top if top else W
    norms = np.sqrt(np.square(W).sum(axis=0))
    longest = float(norms.max())
    return {
        "d": d,
        "n": n,
        "gram": _gram(W, longest) if 0 < n <= MOST_DRAWN and longest else None,
        "vectors": np.round(W.T / longest, 4).tolist() if d <= 3 and n <= MOST_DRAWN and longest else None,
        "products": _products(W, norms) if n <= MOST_PAIRED else None,
        "capacities": _capacities(W) if n <= MOST_PAIRED else None,
        "most_drawn": MOST_DRAWN,
        "most_paired": MOST_PAIRED,
    }


def _gram(W: Array, longest: float) -> list[list[float]]:
    return np.round(W.T @ W / longest**2, 3).tolist()


def _counts(values: Array) -> list[int]:
    """Rounded, so that what is the same but for its last bits is in one bin."""
    return np.histogram(np.clip(np.round(values, 12), 0, 1), bins=BINS, range=(0, 1))[0].tolist()


def _products(W: Array, norms: Array) -> list[int]:
    """|⟨v_i, v_j⟩| over the pairs of unit columns; columns of 0 are left out."""
    units = W[:, norms > 0] / norms[norms > 0]
    above = np.triu_indices(units.shape[1], 1)
    return _counts(np.abs(units.T @ units)[above])


def _capacities(W: Array) -> list[int]:
    """t_i = a_i²/q_i."""
    gram = W.T @ W
    a, q = np.diag(gram), np.square(gram).sum(axis=1)
    return _counts(np.divide(np.square(a), q, out=np.zeros_like(a), where=q > 0))
