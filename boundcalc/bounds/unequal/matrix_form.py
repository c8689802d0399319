"""Proposes and proves the matrices of U9 for features that differ, m = 3, next to what the semidefinite program finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flint import fmpq

from boundcalc.bounds.frontiers.rounding import rational, repaired
from boundcalc.bounds.unequal.kinds import kinds
from boundcalc.bounds.unequal.matrix_member import MatrixMember, near_multipliers, repaired_matrices
from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.enclosure import to_float

if TYPE_CHECKING:
    from boundcalc.bounds.unequal.cone_program import KindPoints


@dataclass(frozen=True)
class MatrixForm:
    """Matrices for the first sum, a member of the frontier with its multiplier for the second, and the program's value."""

    matrix: MatrixMember
    mixed: FrontierPolynomial
    nu: fmpq
    value: float


def matrix_form(
    problem: FeatureProblem, f: Sequence[fmpq], points: Sequence[KindPoints], *, second: Any, root: fmpq
) -> MatrixForm | None:
    """Proven matrices; ``None`` where none are.

    Parameters
    ----------
    f : sequence of fmpq
        Just below √(ω κ_6) of each kind, above 0.
    points : sequence of KindPoints
        Row points of each kind, in units of ``root``².
    second : array or None
        Points u for h_2, where the second sum is bounded too.
    """
    import numpy as np

    from boundcalc.bounds.unequal.matrix_program import propose_matrices

    every, d = kinds(problem), problem.d
    weights = pair_weights([kind.importance for kind in every], [kind.kappa[3] for kind in every], f)
    repeated = [kind.count > 1 for kind in every]
    floats = np.array([[to_float(value) for value in row] for row in weights])
    found = propose_matrices(d, 3, floats, points, problem.rank, second=None if second is None else 2, second_nodes=second)
    if found is None:
        return None
    tangent = near_multipliers(found.multipliers * to_float(root))
    matrix = repaired_matrices(found.matrices, tangent, found.share, found.excess, weights, repeated, d, 3)
    if matrix is None:
        return None
    if second is None:
        return MatrixForm(matrix, FrontierPolynomial(d, 2, fmpq(0), (fmpq(0),)), fmpq(0), found.value)
    mixed = member_near(found.h, found.h_share, found.h_excess, 2, d)
    return MatrixForm(matrix, mixed, rational(found.nu) * root if mixed.y > 0 else fmpq(0), found.value)


def pair_weights(importances: Sequence[fmpq], energies: Sequence[fmpq], f: Sequence[fmpq]) -> tuple[tuple[fmpq, ...], ...]:
    """(ω_i e_j + ω_j e_i)/(2 f_i f_j) of each pair of kinds, which is at least 1 where f_i² ≤ ω_i e_i."""
    every = list(zip(importances, energies, f, strict=True))
    return tuple(
        tuple((weight * its_energy + its_weight * energy) / (2 * own * its) for its_weight, its_energy, its in every)
        for weight, energy, own in every
    )


def member_near(h: Any, near_share: float, excess: float, order: int, d: int) -> FrontierPolynomial:
    """The same of one h."""
    share = rational(min(max(near_share, 0.0), 1.0), 10)
    if share < fmpq(1, 10**9):
        return FrontierPolynomial(d, order, fmpq(0), (fmpq(0),))
    whole = repaired(h / to_float(share), 1.0, order, d, excess / to_float(share))
    return FrontierPolynomial(d, order, share, tuple(share * h for h in whole.coefficients))
