r"""Verifies matrices that bound a sum over pairs of features from below: positive semidefinite, and below the weights of the pairs.

With sum_l G^l_gh P_{2l}(t) <= s k_gh t^{2j} for kinds g, h of two different features, and e_g = sum_l G^l_gg <= s k_gg,

    s sum_ij f_i f_j k_ij A_ij^{2j} >= sum_i f_i^2 (s k_ii - e_i) a_i^{2j} + 2 x^T G^0 B - x^T G^0 x,

B_g the sum of f_i a_i^j over kind g, because (P_{2l}(t_ij)) is positive semidefinite for unit vectors (Schoenberg) and so are
entrywise products (Schur).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.certificate.verifier.feature_problem import FeatureModel, GroupModel
from boundcalc.certificate.verifier.polynomials import nonnegative
from boundcalc.certificate.verifier.reading import (
    CertificateError,
    Refuted,
    Work,
    integer,
    not_negative,
    number_bits,
    poly_bits,
    rational,
    sequence,
)

MAX_KINDS, MAX_MATRICES = 60, 40
ZERO, ONE = fmpq(0), fmpq(1)
Matrix = list[list[fmpq]]
WHAT = "the matrices"


@dataclass(frozen=True)
class Bounded:
    """What rows know of a verified sum: e_g and (G^0 x)_g of each kind, and x^T G^0 x."""

    ends: list[fmpq]
    multipliers: list[fmpq]
    offset: fmpq

    def of(self, kind: int) -> tuple[fmpq, fmpq]:
        """(G^0 x)_g and e_g."""
        return self.multipliers[kind], self.ends[kind]


@dataclass(frozen=True)
class Kinds:
    """Which kind each group is of; of each kind a group, its count, f, and its row of weights k_gh."""

    of: list[int]
    groups: list[GroupModel]
    counts: list[int]
    f: list[fmpq]
    weights: Matrix


def read_kinds(
    model: FeatureModel, given: dict[str, Any], items: Sequence[dict[str, Any]], energy: Callable[[GroupModel], fmpq]
) -> Kinds:
    """The kinds: groups of one are equal, and f and the energies e of k_gh = (ω_g e_h + ω_h e_g)/(2 f_g f_h) are positive.

    Raises
    ------
    Refuted
        If groups of one kind differ, or f or an energy is not positive.
    """
    size = integer(given["kinds"], "parameters.kinds")
    if size > MAX_KINDS:
        raise CertificateError(f"parameters.kinds: must be at most {MAX_KINDS}")
    of = [integer(item["kind"], "parameters.groups.kind", low=0) for item in items]
    if set(of) != set(range(size)):
        raise CertificateError("parameters.groups: must be of the kinds 0, 1, ...")
    first = [of.index(k) for k in range(size)]
    for own, k, item in zip(model.groups, of, items, strict=True):
        other = model.groups[first[k]]
        if (own.importance, own.p, own.even) != (other.importance, other.p, other.even) or item["f"] != items[first[k]]["f"]:
            raise Refuted("parameters.groups: features of one kind must be equal")
    counts = [sum(own.count for own, other in zip(model.groups, of, strict=True) if other == k) for k in range(size)]
    groups = [model.groups[place] for place in first]
    f = [not_negative(items[place]["f"], "parameters.groups.f") for place in first]
    energies = [energy(group) for group in groups]
    if not all(value > 0 for value in f) or not all(value > 0 for value in energies):
        raise Refuted("parameters.matrices: need f > 0 and a positive energy for every feature")
    bits = number_bits(*f, *(group.importance * value for group, value in zip(groups, energies, strict=True)))
    model.work.fractions(4 * size**2, 4 * bits, WHAT)
    every = list(zip(groups, energies, f, strict=True))
    weights = [[(a.importance * v + b.importance * u) / (2 * x * y) for b, v, y in every] for a, u, x in every]
    return Kinds(of, groups, counts, f, weights)


def read_matrices(given: dict[str, Any], size: int) -> tuple[list[Matrix], list[fmpq]]:
    """The matrices from their lower triangles, and x."""
    where = "parameters.matrices"
    matrices = []
    for entry in sequence(given["matrices"], where, MAX_MATRICES):
        half = [[rational(value, where) for value in sequence(row, where, size)] for row in sequence(entry, where, size)]
        if [len(row) for row in half] != [k + 1 for k in range(size)]:
            raise CertificateError(f"{where}: must hold the lower triangles")
        matrices.append([[half[max(g, h)][min(g, h)] for h in range(size)] for g in range(size)])
    x = [rational(value, "parameters.x") for value in sequence(given["x"], "parameters.x", size)]
    if len(x) != size or not matrices:
        raise CertificateError("parameters.x: must have a number for each kind, and there must be a matrix")
    return matrices, x


def bounded(
    matrices: Sequence[Matrix],
    x: Sequence[fmpq],
    weights: Matrix,
    counts: Sequence[int],
    share: fmpq,
    d: int,
    order: int,
    work: Work,
) -> Bounded:
    """What follows from the matrices.

    Raises
    ------
    Refuted
        If they are not positive semidefinite, or exceed a weight.
    """
    size = len(x)
    if d == 1 and len(matrices) != 1:
        raise Refuted("parameters.matrices: d = 1 has one")
    for k, matrix in enumerate(matrices):
        if not positive_semidefinite(matrix, work):
            raise Refuted(f"parameters.matrices[{k}]: is not positive semidefinite")
    ends = [sum((matrix[g][g] for matrix in matrices), ZERO) for g in range(size)]
    even = even_gegenbauer(d, len(matrices), work) if d > 1 else [fmpq_poly([1])]
    for g in range(size):
        if ends[g] > share * weights[g][g]:
            raise Refuted("parameters.matrices: the diagonal of a kind exceeds its weight")
        for h in range(g if counts[g] > 1 else g + 1, size):
            bits = max(number_bits(matrix[g][h]) for matrix in matrices) + poly_bits(even[-1])
            work.fractions(len(matrices) ** 2, bits, WHAT)
            own = sum((matrix[g][h] * p for matrix, p in zip(matrices, even, strict=True)), fmpq_poly([0]))
            room = fmpq_poly([0] * (order if d > 1 else 0) + [share * weights[g][h]]) - own
            if not nonnegative(room, ZERO, ONE, work):
                raise Refuted(f"parameters.matrices: the entries of kinds {g} and {h} exceed their weight on [0, 1]")
    work.fractions(size * size + size, 2 * number_bits(*x) + max(number_bits(*row) for row in matrices[0]), WHAT)
    multipliers = [sum((a * b for a, b in zip(row, x, strict=True)), ZERO) for row in matrices[0]]
    return Bounded(ends, multipliers, sum((a * b for a, b in zip(multipliers, x, strict=True)), ZERO))


def even_gegenbauer(d: int, count: int, work: Work) -> list[fmpq_poly]:
    """P_0, P_2, … of S^{d−1} with P(1) = 1, in u = t²; d ≥ 2. (k + d − 2) P_{k+1} = (2k + d − 2) t P_k − k P_{k−1}."""
    work.fractions(4 * count**2, 64 * count, WHAT)
    before, now, found = fmpq_poly([1]), fmpq_poly([0, 1]), [fmpq_poly([1])]
    for k in range(1, 2 * count - 1):
        before, now = now, (fmpq_poly([0, 2 * k + d - 2]) * now - k * before) / (k + d - 2)
        if k % 2:
            found.append(fmpq_poly(now.coeffs()[::2]))
    return found


def positive_semidefinite(matrix: Matrix, work: Work) -> bool:
    """Whether a symmetric matrix is, by elimination: no pivot is negative, and a pivot 0 has a row of zeros."""
    size = len(matrix)
    bits = size * 2 * max(number_bits(*row) for row in matrix)
    work.fractions(size**3 // 3 + size**2, bits, WHAT)
    if any(matrix[g][h] != matrix[h][g] for g in range(size) for h in range(g)):
        return False
    rows = [list(row) for row in matrix]
    for k in range(size):
        pivot = rows[k][k]
        if pivot < 0 or (pivot == 0 and any(rows[k][k:])):
            return False
        for row in rows[k + 1 :] if pivot else []:
            factor = row[k] / pivot
            for h in range(k, size):
                row[h] -= factor * rows[k][h]
    return True
