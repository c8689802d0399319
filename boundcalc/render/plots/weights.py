"""Reads what the figures of a weight matrix are drawn from: unit columns, their inner products, capacities. Floats, for the eye."""

from __future__ import annotations

from typing import Any

import numpy as np

from boundcalc.loss.arrays import float_weights
from boundcalc.loss.summary import DEAD
from boundcalc.numbers.errors import ParameterError

Array = np.ndarray[Any, np.dtype[np.float64]]

MOST_FEATURES = 4000
"""Most columns that a Gram matrix is drawn of."""


def read_weights(weights: object) -> Array:
    """W as float64, shape (d, n).

    Raises
    ------
    ParameterError
        If it is no real finite matrix, all zero, or has too many columns.
    """
    array = float_weights(weights)
    if not array.any():
        raise ParameterError("W", f"zeros of shape {array.shape}", "must have a nonzero column to be drawn")
    if array.shape[1] > MOST_FEATURES:
        raise ParameterError("W", f"{array.shape[1]} columns", f"must have at most {MOST_FEATURES} to be drawn")
    return np.asarray(array / np.abs(array).max())


def dead_last(weights: Array) -> tuple[Array, int, list[int]]:
    """The columns, those of a norm of at most a hundredth of the largest last; how many these are; each column's feature."""
    norms = np.sqrt(np.square(weights).sum(axis=0))
    dead = norms <= DEAD * norms.max()
    order = np.argsort(dead, kind="stable")
    return weights[:, order], int(dead.sum()), order.tolist()


def unit_columns(weights: Array) -> Array:
    """The nonzero columns divided by their norms, shape (d, number of them)."""
    norms = np.sqrt(np.square(weights).sum(axis=0))
    return np.asarray(weights[:, norms > 0] / norms[norms > 0])


def inner_products(weights: Array) -> Array:
    """|⟨v_i, v_j⟩| of all pairs i < j of unit columns; a line has no sign."""
    units = unit_columns(weights)
    above = np.triu_indices(units.shape[1], 1)
    return np.asarray(np.minimum(np.abs(units.T @ units)[above], 1.0))


def capacities(weights: Array) -> Array:
    """t_i = a_i²/q_i of each feature, shape (n,); 0 for a zero column."""
    gram = weights.T @ weights
    a, q = np.diag(gram), np.square(gram).sum(axis=1)
    return np.asarray(np.divide(np.square(a), q, out=np.zeros_like(a), where=q > 0))


def numerical_rank(weights: Array) -> int:
    """The number of singular values above rounding."""
    return int(np.linalg.matrix_rank(weights))
