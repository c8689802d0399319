"""U7 for features that differ: against water-filling as a linear program, and the windows without superposition."""

import numpy as np
import pytest
from flint import fmpq
from oracles.unequal_problems import MOMENTS, powers, sampled, water_filled

from boundcalc.bounds.catalog import find
from boundcalc.bounds.evaluate import evaluate_upper, report
from boundcalc.bounds.unequal.capacity import quartic_weight, water_filling
from boundcalc.bounds.unequal.kinds import kinds
from boundcalc.loss.exact import exact_loss
from boundcalc.model.features import FeatureProblem, Features, Group

T = np.geomspace(1e-6, 1, 3000)


def cumulant_values(p: float, law: str) -> np.ndarray:
    """g(t) from the moments, written as E[x y³]²/E[y⁶] at a row with K_4, K_6 of feature i alone."""
    second, fourth, sixth = (p * moment for moment in MOMENTS[law])
    k2, k4 = second, fourth - 3 * second**2
    k6 = sixth - 15 * fourth * second + 30 * second**3
    variance = k2 / T
    return (k4 + 3 * k2 * variance) ** 2 / (k6 + 15 * k4 * variance + 15 * variance**3)


@pytest.mark.parametrize(
    ("n", "d", "base", "p", "law"),
    [
        (6, 2, "0.9", "0.05", "rademacher"),
        (6, 3, "0.7", "0.05", "gaussian"),
        (6, 3, "0.7", "0.05", "uniform"),
        (5, 2, "0.3", "0.001", "laplace"),
    ],
)
def test_the_value_is_that_of_water_filling(n, d, base, p, law):
    problem = powers(n, d, base, p, law)
    rows = [(T, float(base) ** i * cumulant_values(float(p), law)) for i in range(n)]
    value = float(evaluate_upper(find("capacity"), problem, 12))
    assert value == pytest.approx(water_filled(rows, d), rel=2e-6)


def test_theorys_ratio():
    # theory, table of section 8: witness 2.03862, U7w/witness 1.215 (two features lost in rounding)
    value = float(evaluate_upper(find("capacity"), powers(6, 2, "0.9", "0.05", "rademacher"), 12)) / 0.05
    assert value == pytest.approx(2.03862 * 1.215, rel=6e-4)


@pytest.mark.parametrize(
    ("law", "activities"),
    [("rademacher", ["0.1228", "1/5", "1/3", "0.3"]), ("uniform", ["3/10", "1/2", "3/5", "0.4"]), ("gaussian", ["1"] * 4)],
)
def test_no_superposition_in_the_windows(law, activities):
    """Rademacher 0.12270… ≤ p ≤ 1/3, uniform 3/10 ≤ p ≤ 3/5, Gaussian p = 1, whatever the importances: top_r(ω p g), exactly."""
    importances = ["3", "1/100", "7/2", "2"]
    g = {"rademacher": fmpq(1), "uniform": fmpq(7, 25), "gaussian": fmpq(9, 15)}[law]
    features = Features.each(importances, activities, law)
    values = sorted((group.importance * group.p * g for group in features.groups), reverse=True)
    for d in (1, 2, 3):
        found = report(features=features, d=d, m=3, digits=10)
        assert found.is_sharp
        assert found["capacity"].value.certified == sum(values[:d], fmpq(0)) == found["orthonormal"].value.certified


def test_just_below_the_window_the_bound_is_not_the_basis():
    features = Features.each(["1", "2", "3"], ["0.1226"] * 3, "rademacher")
    found = evaluate_upper(find("capacity"), FeatureProblem(features, 2, 3), 12)
    assert found.value.certified > fmpq(5) * fmpq(1226, 10**4)


def test_a_negative_sixth_cumulant_is_paid_for_by_the_fourth():
    """Σ_j κ_6^(j) A_ij⁶ + 15 K_4 K_2 ≥ 15 K_2 Σ_j κ̃_4^(j) A_ij⁴, on exact rows of features with κ_6 < 0."""
    problem = FeatureProblem(Features.each([1, 2, 3], ["0.1", "0.12", "0.2"], "rademacher"), 2, 3)
    every = [next(kind for kind in kinds(problem) if kind.importance == i) for i in (1, 2, 3)]
    assert all(kind.kappa[3] < 0 for kind in every)
    generator = np.random.default_rng(5)
    for _ in range(50):
        row = [fmpq(int(x), 97) for x in generator.integers(-200, 200, 3)]
        k2, k4, k6 = (sum((kind.kappa[j] * a ** (2 * j) for kind, a in zip(every, row, strict=True)), fmpq(0)) for j in (1, 2, 3))
        paid = sum((quartic_weight(kind) * a**4 for kind, a in zip(every, row, strict=True)), fmpq(0))
        assert k6 + 15 * k4 * k2 >= 15 * k2 * paid


@pytest.mark.parametrize("number", range(12))
def test_signal_fractions_sum_to_the_rank_at_most(number):
    """The lemma, exactly: t_i = κ_2 a_i²/K_2(i) of integer weights."""
    problem = sampled(number, largest_n=5)
    features, d = problem.features, problem.d
    W = np.random.default_rng(number).integers(-5, 6, (d, features.n))
    A = [[fmpq(int(x)) for x in row] for row in W.T @ W]
    variances = features.spread(group.variance() for group in features.groups)
    total = fmpq(0)
    for i, row in enumerate(A):
        whole = sum((v * a**2 for v, a in zip(variances, row, strict=True)), fmpq(0))
        total += variances[i] * row[i] ** 2 / whole if whole else 0
    assert total <= min(d, features.n)


def test_a_smaller_price_is_not_proven():
    """What water_filling proves is nearly the least: no τ can be lowered by a part in a thousand."""
    from boundcalc.bounds.unequal.capacity import rows_of

    problem = powers(5, 2, "0.8", "0.02", "gaussian")
    theta, taus = water_filling(problem)
    for kind, tau in zip(kinds(problem), taus, strict=True):
        assert any(row.holds(theta, tau) for row in rows_of(problem, kind).values())
        if tau:
            assert not any(row.holds(theta, tau * fmpq(999, 1000)) for row in rows_of(problem, kind).values())
    lower = exact_loss([[1, 0, 0, 0, 0], [0, 1, 0, 0, 0]], m=3, features=problem.features).improvement_best_scale
    assert evaluate_upper(find("capacity"), problem, 5).value.certified >= lower
    assert problem.features.groups[0] == Group(1, 1, "0.02", "gaussian")
