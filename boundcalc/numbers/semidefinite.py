"""Decides exactly whether a matrix is positive semidefinite."""

from __future__ import annotations

from typing import Any

from flint import fmpq_mat, fmpz_mat


def semidefinite_rank(matrix: fmpz_mat | fmpq_mat) -> int | None:
    """The rank of a symmetric positive semidefinite matrix; ``None`` when it is not one.

    All roots of the characteristic polynomial are real, so that none is negative if and only if the signs of its coefficients
    alternate, by Descartes' rule; 0 is a root as often as the rank is less than the size.
    """
    if matrix != matrix.transpose():
        return None
    coefficients: list[Any] = matrix.charpoly().coeffs()  # the constant term first
    size = matrix.nrows()
    if any((coefficient > 0) == ((size - k) % 2) for k, coefficient in enumerate(coefficients) if coefficient != 0):
        return None
    return size - next(k for k, coefficient in enumerate(coefficients) if coefficient != 0)
