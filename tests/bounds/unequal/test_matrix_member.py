"""Matrices that bound a sum over pairs: elimination against eigenvalues, the inequality on exact vectors, and refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flint import fmpq, fmpq_mat, fmpq_poly

from boundcalc.bounds.unequal.frontier import Shares, joint_parameters
from boundcalc.bounds.unequal.kinds import kinds
from boundcalc.bounds.unequal.matrix_form import pair_weights
from boundcalc.bounds.unequal.matrix_member import MatrixMember, near_multipliers, positive_semidefinite, repaired_matrices
from boundcalc.certify.gegenbauer import gegenbauer_coefficients
from boundcalc.model.features import FeatureProblem, Features, Group
from boundcalc.numbers.errors import ParameterError

MIXED = FeatureProblem(
    Features((Group(2, 1, "1/50", "rademacher"), Group(3, "1/2", "1/100", "gaussian"), Group(1, 3, "1/80", "laplace"))), 2, 3
)


@pytest.fixture(scope="module")
def member() -> MatrixMember:
    found = joint_parameters(MIXED)
    assert found is not None
    assert found.matrix is not None
    return found.matrix


@pytest.mark.parametrize("seed", range(12))
def test_elimination_agrees_with_eigenvalues(seed):
    """Of full and of low rank; a small push down along an eigenvector is seen."""
    rng = np.random.default_rng(seed)
    size, rank = int(rng.integers(1, 6)), int(rng.integers(1, 6))
    factor = fmpq_mat(size, rank, [fmpq(int(v), 7) for v in rng.integers(-9, 10, size * rank)])
    rows = tuple(map(tuple, (factor * factor.transpose()).tolist()))
    assert positive_semidefinite(rows)
    pushed = tuple(tuple(value - fmpq(1, 10**6) * (g == h) for h, value in enumerate(row)) for g, row in enumerate(rows))
    least = np.linalg.eigvalsh([[int(v.p) / int(v.q) for v in row] for row in pushed]).min()
    assert positive_semidefinite(pushed) == (least > 0)


@pytest.mark.parametrize("seed", range(20))
def test_the_sum_over_pairs_is_at_least_what_is_claimed(member, seed):
    rng = np.random.default_rng(seed)
    of = [k for k, kind in enumerate(kinds(MIXED)) for _ in range(kind.count)]
    vectors = [[fmpq(int(rng.integers(-6, 7)), int(rng.integers(1, 5))) for _ in range(2)] for _ in of]
    A = [[sum((x * y for x, y in zip(u, v, strict=True)), fmpq(0)) for v in vectors] for u in vectors]
    n, s = len(of), member.share
    left = s * sum((member.weights[of[i]][of[j]] * A[i][j] ** 6 for i in range(n) for j in range(n)), fmpq(0))
    sums = [sum((A[i][i] ** 3 for i in range(n) if of[i] == g), fmpq(0)) for g in range(len(member.x))]
    right = sum(((s * member.weights[g][g] - member.end(g)) * A[i][i] ** 6 for i, g in enumerate(of)), fmpq(0))
    quadratic = sum(
        (a * b * value for a, row in zip(sums, member.matrices[0], strict=True) for b, value in zip(sums, row, strict=True)),
        fmpq(0),
    )
    linear = 2 * sum((a * b for a, b in zip(member.multipliers, sums, strict=True)), fmpq(0)) - member.offset
    assert linear <= quadratic
    assert left >= right + quadratic


def test_what_does_not_bound_is_refused(member):
    size = len(member.x)

    def with_first(change):
        first = tuple(tuple(value + change(g, h) for h, value in enumerate(row)) for g, row in enumerate(member.matrices[0]))
        return replace(member, matrices=(first, *member.matrices[1:]))

    with pytest.raises(ParameterError, match="positive semidefinite"):
        with_first(lambda g, h: fmpq(-10) * (g == h))
    with pytest.raises(ParameterError, match="weights at most"):
        with_first(lambda g, h: fmpq(1))
    raised = tuple(tuple(weight + 10 * (g == h) for h, weight in enumerate(row)) for g, row in enumerate(member.weights))
    alone = replace(member, weights=raised, repeated=(False,) * size)  # the diagonal has room: the entries beside it decide
    first = tuple(tuple(value + fmpq(1, 5) for value in row) for row in alone.matrices[0])  # still positive semidefinite
    with pytest.raises(ParameterError, match="stay below"):
        replace(alone, matrices=(first, *alone.matrices[1:]))
    with pytest.raises(ParameterError, match="from 0 to 1"):
        replace(member, share=fmpq(2))


def test_a_flawed_proposal_is_repaired():
    """The fault that the theory reports, a budget that is exceeded: a proposal of four times its weight becomes a proven member."""
    every = kinds(MIXED)
    f = [Shares.of(kind).f for kind in every]
    weights = pair_weights([kind.importance for kind in every], [kind.kappa[3] for kind in every], f)
    power = gegenbauer_coefficients(fmpq_poly([0, 0, 0, 1]), 2)
    size = len(every)
    flawed = np.array([np.full((size, size), 4 * int(c.p) / int(c.q)) for c in power])
    found = repaired_matrices(
        flawed, near_multipliers(np.ones(size)), 1.0, np.full((size, size), 3.0), weights, [True, True, False], 2, 3
    )
    assert found is not None
    assert all(found.end(g) <= weights[g][g] for g in range(size))
