"""Holds exact coordinates of a configuration: whole numbers, or elements of Z[√D], over an orthogonal basis.

Column i is Σ_k √s_k (A_ki + B_ki √D) e_k with A, B whole and the squared lengths s_k of the basis vectors in Z[√D].
Only the direction of a column counts: with weights ω the column of W has length ω_i^{1/(2m)}, so that a_i^m = ω_i;
without, length 1. Inner products are then exact numbers of Q(√D), whatever square roots the basis would need.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import lcm
from typing import Any, Protocol

import numpy as np
from flint import arb, fmpq, fmpz
from numpy.typing import NDArray

from boundcalc.frames.quadratic import Quadratic
from boundcalc.numbers.enclosure import precision, to_float

Integers = NDArray[Any]
"""A matrix of whole numbers: int64 where products fit, otherwise Python ints (dtype object)."""

FLOAT_BITS = 128
"""Precision at which irrational coordinates are formed before they are rounded to float64."""
MOST_COORDINATES = 20_000_000
"""Most entries of W that are built for a member of a family."""
_LIMIT = 1 << 62


class Columns(Protocol):
    """What every constructed frame offers."""

    @property
    def d(self) -> int:
        """Dimension."""

    @property
    def n(self) -> int:
        """Number of columns."""

    def to_float(self) -> NDArray[np.float64]:
        """The d × n matrix W in float64."""

    def to_balls(self) -> list[list[arb]]:
        """The d rows of W as balls at Arb's current precision."""


@dataclass(frozen=True, eq=False)
class Coordinates:
    """Exact columns.

    Parameters
    ----------
    rational, surd : (d, n) whole numbers
        A and B.
    radicand : int
        D; 1 if B is zero.
    basis : d pairs of ints
        (s, s') with s_k = s + s' √D > 0.
    weights : n positive rationals, or ``None``
        ω; ``None`` for unit columns.
    order : int
        m in a_i^m = ω_i.
    """

    rational: Integers
    surd: Integers
    radicand: int
    basis: tuple[tuple[int, int], ...]
    weights: tuple[fmpq, ...] | None = None
    order: int = 1

    @property
    def d(self) -> int:
        """Dimension."""
        return int(self.rational.shape[0])

    @property
    def n(self) -> int:
        """Number of columns."""
        return int(self.rational.shape[1])

    def gram_row(self, i: int) -> tuple[Integers, Integers]:
        """Inner products of the unscaled column i with all n, as (x, y) for x + y √D."""
        s = np.array([pair[0] for pair in self.basis], dtype=self.rational.dtype)
        t = np.array([pair[1] for pair in self.basis], dtype=self.rational.dtype)
        a, b, field = self.rational[:, i], self.surd[:, i], self.radicand
        x, y = s * a + field * t * b, s * b + t * a
        return x @ self.rational + field * (y @ self.surd), x @ self.surd + y @ self.rational

    def squared_norms(self) -> tuple[Integers, Integers]:
        """Squared lengths of the unscaled columns, as (x, y) for x + y √D."""
        s = np.array([[pair[0]] for pair in self.basis], dtype=self.rational.dtype)
        t = np.array([[pair[1]] for pair in self.basis], dtype=self.rational.dtype)
        squares = self.rational**2 + self.radicand * self.surd**2
        mixed = 2 * self.rational * self.surd
        return (s * squares + self.radicand * t * mixed).sum(axis=0), (s * mixed + t * squares).sum(axis=0)

    def to_float(self) -> NDArray[np.float64]:
        """W, d × n: unit columns, or columns of length ω_i^{1/(2m)}; correct to a few units in the last place."""
        if self.radicand == 1 and self.rational.dtype != object:
            scale = np.sqrt(np.array([pair[0] for pair in self.basis], dtype=np.float64))
            columns = np.ascontiguousarray(scale[:, None] * self.rational)  # row by row: some writers ignore strides
            columns /= np.sqrt(self.squared_norms()[0].astype(np.float64))
            if self.weights is not None:
                columns *= np.array([to_float(w) for w in self.weights]) ** (0.5 / self.order)
            return columns
        with precision(FLOAT_BITS):
            return np.array([[float(entry) for entry in row] for row in self.to_balls()], dtype=np.float64)

    def to_balls(self) -> list[list[arb]]:
        """The d rows of W as balls at Arb's current precision."""
        root = arb(self.radicand).sqrt()

        def number(x: Any, y: Any) -> arb:
            return arb(fmpz(int(x))) + arb(fmpz(int(y))) * root

        lengths = [number(x, y) for x, y in zip(*self.squared_norms(), strict=True)]
        scales = [1 / length.sqrt() for length in lengths]
        if self.weights is not None:
            scales = [scale * arb(w).root(2 * self.order) for scale, w in zip(scales, self.weights, strict=True)]
        axes = [number(s, t).sqrt() for s, t in self.basis]
        return [
            [axis * number(x, y) * scale for x, y, scale in zip(a, b, scales, strict=True)]
            for axis, a, b in zip(axes, self.rational, self.surd, strict=True)
        ]


def integer_columns(vectors: Iterable[Sequence[int]] | Integers, basis: Sequence[fmpq | int] | None = None) -> Coordinates:
    """n columns of d whole numbers each; ``basis`` are the squared lengths of the basis vectors, up to a common factor."""
    rational = _integers(vectors)
    squares = [fmpq(1)] * len(rational) if basis is None else [fmpq(s) for s in basis]
    common = lcm(*(int(s.q) for s in squares))
    return _fitting(rational, np.zeros_like(rational), 1, [(int(s.p) * (common // int(s.q)), 0) for s in squares])


def surd_columns(vectors: Iterable[Sequence[tuple[int, int]]], radicand: int) -> Coordinates:
    """n columns of d pairs (x, y) each, for x + y √D in an orthonormal basis."""
    rows = [list(vector) for vector in vectors]
    rational = _integers([[entry[0] for entry in row] for row in rows])
    surd = _integers([[entry[1] for entry in row] for row in rows])
    return _fitting(rational, surd, radicand, [(1, 0)] * len(rational))


def columns_of_gram(gram: Sequence[Sequence[Quadratic]], d: int) -> Coordinates:
    """Columns with a given Gram matrix of rank d, positive semidefinite, over one field Q(√D): its exact LDLᵀ."""
    rest = [list(row) for row in gram]
    n = len(rest)
    radicand = max(entry.radicand for row in rest for entry in row)
    rows: list[list[Quadratic]] = []
    squares: list[Quadratic] = []
    for _ in range(d):
        pivot = next(k for k in range(n) if rest[k][k] != Quadratic(fmpq(0)))
        head = rest[pivot]
        rows.append([entry / head[pivot] for entry in head])
        squares.append(head[pivot])
        rest = [[rest[i][j] - rows[-1][i] * head[j] for j in range(n)] for i in range(n)]
    if any(entry != Quadratic(fmpq(0)) for row in rest for entry in row):
        raise ValueError(f"the Gram matrix has a rank above d = {d}")
    for k, row in enumerate(rows):  # whole numbers: a factor of the row goes to its basis vector
        factor = fmpq(lcm(*(int(part.q) for entry in row for part in (entry.a, entry.b))))
        rows[k] = [entry * Quadratic(factor) for entry in row]
        squares[k] = squares[k] / Quadratic(factor * factor)
    common = lcm(*(int(part.q) for s in squares for part in (s.a, s.b)))
    basis = [(int((s.a * common).p), int((s.b * common).p)) for s in squares]
    rational = np.array([[int(entry.a.p) for entry in row] for row in rows], dtype=object)
    surd = np.array([[int(entry.b.p) for entry in row] for row in rows], dtype=object)
    return _fitting(rational, surd, radicand, basis)


def projected(vectors: Integers, normals: Sequence[Sequence[int]]) -> Coordinates:
    """The projections of integer vectors onto the orthogonal complement of some independent ones.

    Parameters
    ----------
    vectors : (n, N) whole numbers
    normals : vectors of length N

    Returns
    -------
    Coordinates
        In N − len(normals) dimensions, over an orthogonal integer basis of the complement.
    """
    basis = complement_basis(normals)
    products = np.asarray(vectors).astype(object) @ np.array(basis, dtype=object).T
    return integer_columns(products, [fmpq(1, sum(x * x for x in vector)) for vector in basis])


def complement_basis(normals: Sequence[Sequence[int]]) -> list[list[int]]:
    """An orthogonal basis, of primitive integer vectors, of the complement of independent integer vectors."""
    size = len(normals[0])
    units = [[int(i == k) for i in range(size)] for k in reversed(range(size))]
    found: list[list[int]] = []
    for vector in [*map(list, normals), *units]:
        rest = [fmpq(x) for x in vector]
        for other in found:
            factor = sum((x * y for x, y in zip(rest, other, strict=True)), fmpq(0)) / sum(y * y for y in other)
            rest = [x - factor * y for x, y in zip(rest, other, strict=True)]
        if any(x != 0 for x in rest):
            common = fmpq(lcm(*(int(x.q) for x in rest)))
            whole = [int((x * common).p) for x in rest]
            divisor = int(np.gcd.reduce(np.array(whole, dtype=object)))
            found.append([x // divisor for x in whole])
    return found[len(normals) :]


def _integers(vectors: Iterable[Sequence[int]] | Integers) -> Integers:
    if isinstance(vectors, np.ndarray):
        return vectors.T
    return np.array([[int(x) for x in vector] for vector in vectors], dtype=object).T


def _fitting(rational: Integers, surd: Integers, radicand: int, basis: Sequence[tuple[int, int]]) -> Coordinates:
    """int64 where no inner product can overflow, Python ints otherwise."""
    size = max(int(abs(rational).max()), int(abs(surd).max()), 1)
    scale = max(abs(part) for pair in basis for part in pair)
    bound = 4 * len(basis) * radicand**2 * scale * size**2
    dtype: Any = np.int64 if bound < _LIMIT else object
    if bound >= _LIMIT:
        rational, surd = (np.array([[int(x) for x in row] for row in part], dtype=object) for part in (rational, surd))
    return Coordinates(rational.astype(dtype), surd.astype(dtype), radicand, tuple(basis))
