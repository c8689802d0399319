r"""Bounds the one-active part of U2 for features that differ through matrices over the kinds of features.

With rho_i = p_i/(1 - p_i), all p_i < 1, feature i is active alone with probability rho_i P, P = prod_k (1 - p_k): divided by P the
one-active part has rational numbers. With f_i^2 <= omega_i rho_i beta_i, s_i = omega_i rho_i alpha_i/f_i and matrices G^l of
:mod:`boundcalc.bounds.unequal.matrix_member`, k_ij = (omega_i rho_j beta_j + omega_j rho_i beta_i)/(2 f_i f_j), any x gives

    H/P = x^T G^0 x + sum_i (s_i - (G^0 x)_i)_+^2/(k_ii - e_i).

It is sharper than the geometric means wherever k_ij > 1: where omega_i and p_i beta_i are not proportional to each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from boundcalc.bounds.unequal.crowd import root_below
from boundcalc.bounds.unequal.kinds import FeatureKind, kinds
from boundcalc.bounds.unequal.matrix_form import pair_weights
from boundcalc.bounds.unequal.matrix_member import MatrixMember, Tangent, repaired_matrices
from boundcalc.certify.attempts import Attempt, tightest
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.enclosure import to_float

MOST_KINDS, LARGEST_M = 12, 15
"""Past these the semidefinite program takes too long."""
ZERO = fmpq(0)


@dataclass(frozen=True)
class OneActiveMatrices:
    """Proven matrices, with f_g and s_g of each kind, and H divided by the probability that no feature is active."""

    matrix: MatrixMember
    f: tuple[fmpq, ...]
    value: fmpq


def odds(kind: FeatureKind) -> fmpq:
    """ρ = p/(1 − p)."""
    return kind.p / (1 - kind.p)


def one_active_by_matrices(problem: FeatureProblem) -> OneActiveMatrices | None:
    """The best that was proven; ``None`` where there is none, or where features are always active."""
    import numpy as np

    from boundcalc.bounds.unequal.cone_program import KindPoints
    from boundcalc.bounds.unequal.matrix_program import propose_matrices

    every, d, m = kinds(problem), problem.d, problem.m
    if not 2 <= len(every) <= MOST_KINDS or m > LARGEST_M or any(kind.p == 1 for kind in every):
        return None
    energies = [odds(kind) * kind.moment(2 * m) for kind in every]
    f = [root_below(kind.importance * energy) for kind, energy in zip(every, energies, strict=True)]
    s = [kind.importance * odds(kind) * kind.moment(m + 1) / own for kind, own in zip(every, f, strict=True)]
    weights = pair_weights([kind.importance for kind in every], energies, f)
    unit, one = max(s), np.ones(1)
    sizes = [to_float(value / unit) for value in s]
    points = [
        KindPoints(kind.count, one, size * one, to_float(weights[g][g]) * one, np.ones((1, 1)), np.zeros((1, 1)))
        for g, (kind, size) in enumerate(zip(every, sizes, strict=True))
    ]
    counts = [kind.count for kind in every]
    tangent = best_tangent(sizes, counts, [to_float(weights[g][g]) for g in range(len(every))], to_float(unit))
    repeated = [count > 1 for count in counts]

    def attempt() -> Attempt[OneActiveMatrices]:
        found = propose_matrices(d, m, np.array([[to_float(value) for value in row] for row in weights]), points, None)
        if found is None:
            return Attempt(None, np.inf, 0.0)
        matrix = repaired_matrices(found.matrices, tangent, 1.0, found.excess, weights, repeated, d, m)
        value = None if matrix is None else value_of(matrix, s, counts)
        if matrix is None or value is None:
            return Attempt(None, np.inf, found.value)
        return Attempt(OneActiveMatrices(matrix, tuple(f), value), to_float(value / unit**2), found.value)

    return tightest(attempt).chosen


def value_of(matrix: MatrixMember, s: Sequence[fmpq], counts: Sequence[int]) -> fmpq | None:
    """x^T G^0 x + Σ count (s − (G^0 x)_g)_+²/(k_gg − e_g); ``None`` for infinity."""
    total = matrix.offset
    for g, (size, count) in enumerate(zip(s, counts, strict=True)):
        rest, room = size - matrix.multipliers[g], matrix.weights[g][g] - matrix.end(g)
        if rest > 0 and room <= 0:
            return None
        if rest > 0:
            total += count * rest**2 / room
    return total


def best_tangent(sizes: Sequence[float], counts: Sequence[int], diagonal: Sequence[float], unit: float) -> Tangent:
    """The B ≥ 0 at which 2 s·B − Bᵀ G^0 B − Σ (k_gg − e_g) B_g²/count_g is greatest: no other x gives less.

    Parameters
    ----------
    sizes : sequence of float
        s_g in units of ``unit``.
    """
    import numpy as np
    from scipy.optimize import nnls

    def tangent(first: Any, ends: Any) -> Any:
        rooms = np.maximum(np.array(diagonal) - ends, 0) / np.array(counts, dtype=float)
        lower = np.linalg.cholesky(first + np.diag(rooms) + 1e-13 * np.eye(len(sizes)) * first.max())
        return unit * nnls(lower.T, np.linalg.solve(lower, np.array(sizes)))[0]

    return tangent
