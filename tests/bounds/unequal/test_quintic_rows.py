"""U7 for features that differ, m = 5: exact rows lie below, equal features agree, prices are nearly the least that hold."""

from __future__ import annotations

from itertools import pairwise
from math import comb

import numpy as np
import pytest
from flint import fmpq
from oracles.unequal_problems import sampled

from boundcalc.bounds.catalog import find
from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
from boundcalc.bounds.unequal.capacity import row_forms, water_filling
from boundcalc.bounds.unequal.kinds import kinds
from boundcalc.bounds.unequal.quintic_rows import STEP, pieces_of
from boundcalc.model.features import FeatureProblem, Features, Group
from boundcalc.model.problem import Problem
from boundcalc.numbers.moments import moments_from_cumulants

CAPACITY = find("capacity")


def exact_row(features, row, i):
    """t_i and C_i²/(ω_i D_i) of one row of A, from sums of cumulants."""
    K = [sum((f.kappa[k] * a ** (2 * k) for f, a in zip(features, row, strict=True)), fmpq(0)) for k in range(6)]
    M = moments_from_cumulants(K)
    C = sum((comb(5, k) * features[i].kappa[(k + 1) // 2] * row[i] ** k * M[(5 - k) // 2] for k in (1, 3, 5)), fmpq(0))
    return features[i].kappa[1] * row[i] ** 2 / K[1], features[i].importance * C**2 / M[5]


@pytest.mark.parametrize("number", range(24))
def test_no_exact_row_exceeds_any_form(number):
    """Random rational rows, spread and concentrated: C²/D at t is at most each form's value at t."""
    problem = sampled(number, m=5, least_p=-3 if number % 2 else -1)
    every, forms = kinds(problem), row_forms(problem)
    features = [(k, kind) for k, kind in enumerate(every) for _ in range(kind.count)]
    rng = np.random.default_rng(number)
    for _ in range(12):
        i = int(rng.integers(len(features)))
        spread = 10.0 ** rng.uniform(-2, 1, len(features))
        row = [fmpq(int(1000 * value) + 1, 1000) for value in spread * rng.choice([0.001, 1.0], len(features))]
        row[i] = fmpq(1)
        t, value = exact_row([kind for _, kind in features], row, i)
        for form in forms[features[i][0]]:
            most = form.in_floats(fmpq(1))(np.array([float(t)]))[0]
            assert float(value) <= most * (1 + 1e-9)


@pytest.mark.parametrize(("n", "d", "p", "law", "ratio"), [(6, 3, "0.05", "gaussian", 1.001), (20, 4, "1/2", "rademacher", 1.001)])
def test_hardly_different_features_have_the_value_of_equal_ones(n, d, p, law, ratio):
    problem = FeatureProblem(Features((Group(n - 1, 1, p, law), Group(1, "0.9999999", p, law))), d, 5)
    equal = float(evaluate_upper(CAPACITY, Problem(n, d, 5, p, law), 10))
    assert equal * (1 - 1e-5) <= float(evaluate_upper(CAPACITY, problem, 10)) <= equal * ratio


def test_the_basis_is_optimal_for_dense_gaussian_features():
    features = Features.each(["3", "1/100", "7/2", "2"], ["1"] * 4, "gaussian")
    for d in (1, 2, 3):
        problem = FeatureProblem(features, d, 5)
        found = evaluate_upper(CAPACITY, problem, 10).value.certified
        assert found == evaluate_lower(find("orthonormal"), problem, 10).value.certified


def test_a_smaller_price_is_not_proven():
    problem = FeatureProblem(Features.each([1, "0.8", "0.6", "0.5"], ["0.02"] * 4, "uniform"), 2, 5)
    theta, taus = water_filling(problem)
    for rows, tau in zip(row_forms(problem), taus, strict=True):
        assert any(row.holds(theta, tau) for row in rows)
        if tau > kinds(problem)[0].alone / 10**6:
            assert not any(row.holds(theta, tau * fmpq(999, 1000)) for row in rows)
    assert not any(row.holds(fmpq(0), fmpq(0)) for rows in row_forms(problem) for row in rows)


def test_it_is_sharper_than_rank_and_very_sparse_at_moderate_activities():
    problem = FeatureProblem(Features.each([1, "0.9", "0.8", "0.7", "0.6"], ["0.02"] * 5, "rademacher"), 2, 5)
    others = min(float(evaluate_upper(find(key), problem, 8)) for key in ("rank", "very_sparse"))
    value = float(evaluate_upper(CAPACITY, problem, 8))
    assert float(evaluate_lower(find("search"), problem, 8)) < value < 0.7 * others


@pytest.mark.parametrize(("low", "high"), [(fmpq(1), fmpq(1)), (fmpq(3), fmpq(40)), (fmpq(0), fmpq(5)), (fmpq(2), fmpq(10**6))])
def test_pieces_cover_the_range(low, high):
    pieces = pieces_of(low, high)
    assert pieces[0].low == low
    assert pieces[-1].high == high
    assert all(one.high == other.low == one.low * STEP for one, other in pairwise(pieces))
    assert all(piece.low <= piece.at <= piece.high for piece in pieces)


@pytest.mark.parametrize("y", [fmpq(0), fmpq(1, 3), fmpq(2), fmpq(7)])
@pytest.mark.parametrize("s", [fmpq(0), fmpq(1, 2), fmpq(2), fmpq(5)])
def test_the_tangents_lie_below(y, s):
    assert y**3 >= 2 * s * y**2 - s**2 * y
    assert y**4 >= 3 * s**2 * y**2 - 2 * s**3 * y
