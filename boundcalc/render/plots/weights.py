"""Reads what the figures of a weight matrix are drawn from: unit columns, their inner products, capacities. Floats, for the eye."""

from __future__ import annotations

from typing import Any

import numpy as np

from boundcalc.loss.arrays import float_weights
from boundcalc.loss.summary import over_largest, states
from boundcalc.model.problem import Whole, read_exponent
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


def states_of(weights: Array, m: Whole) -> np.ndarray:
    """Which columns are represented, weak and dead by A_ii^m, which is their response as p → 0."""
    return states(over_largest(np.square(weights).sum(axis=0) ** read_exponent(m)))


def by_state(weights: Array, state: np.ndarray) -> tuple[Array, int, int, list[int]]:
    """The columns, weak ones and then dead ones last, of these zeros; how many are weak and dead; each column's feature."""
    weak, dead = state == "weak", state == "dead"
    order = np.argsort(weak + 2 * dead + ~weights.any(axis=0), kind="stable")
    return weights[:, order], int(weak.sum()), int(dead.sum()), order.tolist()


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
