"""Solves small linear systems in an order that does not depend on the linear algebra library, so that no kernel changes a bit."""

from __future__ import annotations

from typing import Any

import numpy as np

from boundcalc.numbers.weighted_sums import weighted

Array = Any
"""A float64 array."""


def norm(vector: Array) -> float:
    """The Euclidean norm, as a sum in order.

    >>> norm(np.array([3.0, 4.0]))
    5.0
    """
    return float(np.sqrt(weighted(vector, vector)))


def products(left: Array, right: Array) -> Array:
    """Σ_k left[i, k] right[k, …]: what ``left @ right`` is to within rounding.

    >>> products(np.array([[1.0, 2.0]]), np.array([3.0, 4.0])).tolist()
    [11.0]
    """
    return np.einsum("ik,k...->i...", left, right)


def solution(matrix: Array, right: Array) -> Array | None:
    """The x with ``matrix`` x = ``right``, by Gauss and Jordan's elimination with pivots from each column.

    Parameters
    ----------
    matrix : shape (k, k)
    right : shape (k,)

    Returns
    -------
    array of shape (k,), or None
        ``None`` where a column has no pivot. Numbers that are not finite give an x that is not.

    >>> solution(np.array([[0.0, 2.0], [4.0, 0.0]]), np.array([1.0, 8.0])).tolist()
    [2.0, 0.5]
    """
    work = np.concatenate([matrix, right[:, None]], axis=1)
    for k in range(len(right)):
        pivot = k + int(np.abs(work[k:, k]).argmax())
        if work[pivot, k] == 0:
            return None
        row = work[pivot, k:] / work[pivot, k]
        if pivot != k:
            work[pivot, k:] = work[k, k:]
        work[:, k:] -= work[:, k, None] * row
        work[k, k:] = row
    return work[:, -1]


def least_squares(matrix: Array, right: Array, cutoff: float) -> Array:
    """The shortest x of least |``matrix`` x − ``right``|, by orthogonal columns.

    Parameters
    ----------
    matrix : shape (equations, unknowns)
    right : shape (equations,)
    cutoff : float
        Directions in which the matrix is below this part of its longest column count as none.

    >>> least_squares(np.array([[1.0], [1.0]]), np.array([1.0, 3.0]), 1e-13).tolist()
    [2.0]
    """
    columns = _orthogonal(matrix, cutoff)
    reduced, wanted = products(columns.T, matrix), products(columns.T, right)
    rows = np.eye(matrix.shape[1]) if len(reduced) == matrix.shape[1] else _orthogonal(reduced.T, 0.0)
    found = solution(products(reduced, rows), wanted)
    return np.zeros(matrix.shape[1]) if found is None else products(rows, found)


def _orthogonal(matrix: Array, cutoff: float) -> Array:
    """An orthonormal basis of the columns' span, a direction a column, those of the longest remainders first."""
    rest, basis = matrix.copy(), np.zeros((len(matrix), 0))
    least = 0.0
    for _ in range(min(matrix.shape)):
        squares = np.einsum("ij,ij->j", rest, rest)
        k = int(squares.argmax())
        if not squares[k] > least:
            break
        least = max(least, squares[k] * cutoff**2)
        own = rest[:, k] / np.sqrt(squares[k])
        own = own - products(basis, products(basis.T, own))  # what rounding has left of the directions before
        own /= norm(own)
        basis = np.concatenate([basis, own[:, None]], axis=1)
        rest -= own[:, None] * weighted(own, rest)
    return basis
