"""Matrices for the one-active part of U2: above the one-active part of optimised weights, below the geometric means, refusals."""

from dataclasses import replace

import numpy as np
import pytest
from flint import arb, fmpq
from oracles.unequal_problems import powers, sampled
from scipy.optimize import minimize

from boundcalc.bounds.catalog import find
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.bounds.unequal.kinds import kinds
from boundcalc.bounds.unequal.one_active_matrices import best_tangent, odds, one_active_by_matrices, value_of
from boundcalc.bounds.unequal.very_sparse import best_member, one_active
from boundcalc.model.features import FeatureProblem, Features, Group
from boundcalc.numbers.enclosure import precision

VERY_SPARSE = find("very_sparse")


def one_active_improvement(problem, seed, starts=6):
    """The largest of 2 Σ c_i a_i^m − Σ_ij ω_i ρ_j β_j A_ij^{2m} that a descent finds, at the best scale."""
    features = [kind for kind in kinds(problem) for _ in range(kind.count)]
    m, size = problem.m, len(features)
    weight = np.array([float(k.importance) for k in features])
    rho = np.array([float(odds(k)) for k in features])
    alpha, beta = (np.array([float(k.moment(order)) for k in features]) for order in (m + 1, 2 * m))
    rng, unit = np.random.default_rng(seed), (weight * rho * alpha**2 / beta).max()

    def negative(flat):
        W = flat.reshape(problem.d, size)
        A = W.T @ W
        a = np.diag(A)
        linear, energy = (weight * rho * alpha) @ a**m, weight @ A ** (2 * m) @ (rho * beta)
        by_A = (np.outer(weight, rho * beta) + np.outer(rho * beta, weight)) / 2 * 2 * m * A ** (2 * m - 1)
        d_linear = np.diag(weight * rho * alpha * m * a ** (m - 1))
        gradient = W @ (2 * (2 * linear / energy * d_linear - linear**2 / energy**2 * by_A))
        return -(linear**2) / energy / unit, -gradient.ravel() / unit

    starts = [rng.standard_normal(problem.d * size) for _ in range(starts)]
    return unit * max(-minimize(negative, start, jac=True, method="L-BFGS-B").fun for start in starts)


@pytest.mark.parametrize("case", range(12))
def test_no_weights_exceed_it(case):
    problem = sampled(case, largest_d=3, least_p=-4)
    found = None if problem.equal is not None else one_active_by_matrices(problem)
    if found is None:
        return
    reached = one_active_improvement(problem, case)
    assert reached <= float(found.value) * (1 + 1e-9)


@pytest.mark.parametrize(("n", "d", "m", "gap"), [(4, 2, 3, 1e-4), (4, 2, 5, 1e-5), (5, 2, 5, 1e-4)])
def test_it_is_near_what_weights_reach(n, d, m, gap):
    problem = FeatureProblem(powers(n, d, "0.8", "1e-4", "rademacher").features, d, m)
    found = one_active_by_matrices(problem)
    reached = one_active_improvement(problem, 1, starts=12)
    assert reached <= float(found.value) <= reached * (1 + gap)


@pytest.mark.parametrize(("law", "least"), [("rademacher", 0.01), ("gaussian", 0.02)])
def test_it_is_sharper_than_geometric_means_where_importances_differ(law, least):
    problem = powers(6, 2, "0.7", "1e-4", law)
    found = one_active_by_matrices(problem)
    with precision(100):
        geometric = one_active(kinds(problem), *best_member(problem))
        idle = arb(1)
        for kind in kinds(problem):
            idle *= arb(1 - kind.p) ** kind.count
        assert idle * arb(found.value) < (1 - least) * geometric


def test_proportional_importances_gain_nothing():
    """ω ρ constant is another case than ω/ρ constant: only in the second are all k_ij = 1."""
    groups = [Group(1, str(fmpq(k, 1000) / (1 - fmpq(k, 1000))), str(fmpq(k, 1000)), "uniform") for k in (1, 2, 3)]
    problem = FeatureProblem(Features(tuple(groups)), 2, 3)
    found = one_active_by_matrices(problem)
    assert all(abs(float(value) - 1) < 1e-12 for row in found.matrix.weights for value in row)
    assert one_active_improvement(problem, 3) <= float(found.value) * (1 + 1e-9)


def test_another_tangent_gives_no_less():
    """The value is that of the best x; it holds for every x."""
    problem = powers(4, 2, "0.8", "1e-3", "uniform")
    found = one_active_by_matrices(problem)
    every = kinds(problem)
    s = [k.importance * odds(k) * k.moment(4) / f for k, f in zip(every, found.f, strict=True)]
    counts = [k.count for k in every]
    assert value_of(found.matrix, s, counts) == found.value
    for factor in (fmpq(9, 10), fmpq(11, 10)):
        moved = replace(found.matrix, x=tuple(x * factor for x in found.matrix.x))
        assert value_of(moved, s, counts) > found.value
    assert value_of(replace(found.matrix, x=(fmpq(0),) * 4), s, counts) > found.value


def test_the_best_tangent_is_the_vertex_of_the_concave_function():
    rng = np.random.default_rng(5)
    root = rng.standard_normal((3, 3))
    first, ends, s = root @ root.T, np.array([0.3, 0.1, 0.2]), [1.0, 0.4, 0.01]
    found = best_tangent(s, [1, 2, 1], [1.0, 1.0, 1.0], 2.0)(first, ends) / 2

    def concave(B):
        return 2 * np.array(s) @ B - B @ first @ B - ((1 - ends) / np.array([1, 2, 1])) @ B**2

    best = minimize(lambda B: -concave(B), np.ones(3), bounds=[(0, None)] * 3, options={"ftol": 1e-15}).x
    assert concave(found) >= concave(best) - 1e-9


def test_where_there_is_none():
    assert one_active_by_matrices(powers(13, 2, "0.9", "1e-4", "gaussian")) is None  # too many kinds
    always = FeatureProblem(Features((Group(1, 1, 1, "gaussian"), Group(1, 2, "1/2", "gaussian"))), 1, 3)
    assert one_active_by_matrices(always) is None
    assert "lambda" in VERY_SPARSE.choose(always).shown
    dense = powers(5, 2, "0.9", "0.3", "gaussian")  # the part of several features is most of the bound
    assert "member" in VERY_SPARSE.choose(dense).values


def test_a_report_takes_it_where_it_is_better():
    problem = powers(6, 2, "0.9", "1e-4", "rademacher")
    outcome = evaluate_upper(VERY_SPARSE, problem, 12)
    assert "matrices" in outcome.choice.values
    assert 2.75483 < float(outcome) / 1e-4 < 2.75483 * 1.0030  # the theory has 1.0006 to 1.002 beside the part of several
    assert outcome.value.enclosure.digits >= 12
