"""Computes what the weights alone decide of a case: the Gram matrix, its power sums and the projections, exact."""

from __future__ import annotations

from functools import cached_property, lru_cache

from flint import fmpq, fmpq_mat

Matrix = tuple[tuple[fmpq, ...], ...]


class Geometry:
    """The Gram matrix A = WᵀW of rational weights, and what follows from it. Features count from 0 here.

    Parameters
    ----------
    weights : d rows of n rationals
    """

    def __init__(self, weights: Matrix) -> None:
        self.weights = weights
        self.d, self.n = len(weights), len(weights[0])
        columns = list(zip(*weights, strict=True))
        self.A: Matrix = tuple(tuple(sum(map(fmpq.__mul__, u, v), fmpq(0)) for v in columns) for u in columns)
        self._sums: dict[int, tuple[fmpq, ...]] = {}
        self._lifted: dict[int, Matrix] = {}
        self._ranks: dict[tuple[int, ...], int] = {}

    @cached_property
    def a(self) -> tuple[fmpq, ...]:
        """a_i = |w_i|²."""
        return tuple(row[i] for i, row in enumerate(self.A))

    def Q(self, k: int) -> tuple[fmpq, ...]:
        """Q_k(i) = Σ_j A_ij^k."""
        if k not in self._sums:
            self._sums[k] = tuple(sum((entry**k for entry in row), fmpq(0)) for row in self.A)
        return self._sums[k]

    @cached_property
    def rank(self) -> int:
        """The rank of A."""
        return int(fmpq_mat(self.A).rank())

    @cached_property
    def P(self) -> Matrix:
        """The projection of R^n onto the range of A."""
        return range_projection(self.A)

    def L(self, m: int) -> Matrix:
        """The projection of R^n onto the row space of the lifted columns w_i^(⊗m).

        Their Gram matrix is the entrywise power A_ij^m, and a matrix has the row space that its Gram matrix has as range.
        """
        if m not in self._lifted:
            self._lifted[m] = range_projection(tuple(tuple(entry**m for entry in row) for row in self.A))
        return self._lifted[m]

    def visible(self, support: tuple[int, ...]) -> int:
        """The rank of the columns in ``support``."""
        if support not in self._ranks:
            part = [[row[i] for i in support] for row in self.weights]
            self._ranks[support] = int(fmpq_mat(part).rank()) if support else 0
        return self._ranks[support]


def range_projection(matrix: Matrix) -> Matrix:
    """The orthogonal projection onto the range of a symmetric rational matrix, exact.

    The nonzero rows R of its reduced echelon form are a basis of the range: the projection is Rᵀ (R Rᵀ)^{-1} R.
    """
    n = len(matrix)
    echelon, rank = fmpq_mat(matrix).rref()
    if not rank:
        return tuple((fmpq(0),) * n for _ in range(n))
    basis = fmpq_mat(echelon.tolist()[: int(rank)])
    flat = basis.transpose() * (basis * basis.transpose()).inv() * basis
    return tuple(tuple(row) for row in flat.tolist())


@lru_cache(maxsize=1024)
def geometry(weights: Matrix) -> Geometry:
    """The geometry of these weights; cases of the same weights share it."""
    return Geometry(weights)
