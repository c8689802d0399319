"""U7 for features that differ: against water-filling as a linear program, and the windows without superposition."""

import numpy as np
import pytest
from flint import fmpq
from oracles.unequal_problems import MOMENTS, powers, sampled, water_filled

from boundcalc.bounds.catalog import find
from boundcalc.bounds.evaluate import report
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.bounds.unequal.capacity import rows_of, water_filling
from boundcalc.bounds.unequal.crowd import crowds
from boundcalc.bounds.unequal.kinds import kinds
from boundcalc.loss.exact import exact_loss
from boundcalc.model.features import FeatureProblem, Features, Group
from boundcalc.numbers.parsing import parse_rational

T = np.concatenate([np.geomspace(1e-7, 1e-3, 500), np.geomspace(1e-3, 1, 4000)])


def cumulants(p: float, law: str) -> tuple[float, float, float]:
    second, fourth, sixth = (p * moment for moment in MOMENTS[law])
    return second, fourth - 3 * second**2, sixth - 15 * fourth * second + 30 * second**3


def row_values(n: int, p: float, law: str) -> np.ndarray:
    """g(t) of equal cumulants: E[x y³]²/E[y⁶] of a row whose other n − 1 entries are equal, the least by the power means."""
    k2, k4, k6 = cumulants(p, law)
    crowd = (1 / T - 1) / (n - 1)
    variance, fourth, sixth = k2 / T, k4 * (1 + (n - 1) * crowd**2), k6 * (1 + (n - 1) * crowd**3)
    return (k4 + 3 * k2 * variance) ** 2 / (sixth + 15 * fourth * variance + 15 * variance**3)


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
    rows = [(T, float(base) ** i * row_values(n, float(p), law)) for i in range(n)]
    value = float(evaluate_upper(find("capacity"), problem, 12))
    assert value == pytest.approx(water_filled(rows, d), rel=2e-6)


def test_below_the_ratio_of_the_theory():
    # theory, table of section 8: witness 2.03862, U7w/witness 1.215 without what the other features add at least
    value = float(evaluate_upper(find("capacity"), powers(6, 2, "0.9", "0.05", "rademacher"), 12)) / 0.05
    assert 2.03862 < value < 2.03862 * 1.215


@pytest.mark.parametrize(
    ("law", "activities"),
    [("rademacher", ["1/5", "1/4", "1/3", "0.3"]), ("uniform", ["0.45", "1/2", "3/5", "0.5"]), ("gaussian", ["1"] * 4)],
)
def test_no_superposition_in_the_windows(law, activities):
    """Whatever the importances, top_r(ω p g) exactly: for one p the windows are Rademacher 0.12270… ≤ p ≤ 1/3, uniform

    3/10 ≤ p ≤ 3/5 and Gaussian p = 1; beside denser features, whose sixth cumulants are more negative, they are narrower.
    """
    importances = ["3", "1/100", "7/2", "2"]
    g = {"rademacher": fmpq(1), "uniform": fmpq(7, 25), "gaussian": fmpq(9, 15)}[law]
    features = Features.each(importances, activities, law)
    values = sorted((group.importance * group.p * g for group in features.groups), reverse=True)
    for d in (1, 2, 3):
        found = report(features=features, d=d, m=3, digits=10)
        assert found.is_sharp
        assert found["capacity"].value.certified == sum(values[:d], fmpq(0)) == found["orthonormal"].value.certified


def test_below_the_window_superposition_helps():
    """Theory: for Rademacher features and d = 3 up to p = 0.10, by search."""
    features = Features.each(["1", "1", "1", "1", "1", "0.999"], ["0.09"] * 6, "rademacher")
    found = report(features=features, d=3, m=3, digits=12)
    assert found["capacity"].value.certified > found["search"].value.certified > found["orthonormal"].value.certified


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
    problem = powers(5, 2, "0.8", "0.02", "gaussian")
    theta, taus = water_filling(problem)
    for kind, crowd, tau in zip(kinds(problem), crowds(problem), taus, strict=True):
        assert any(row.holds(theta, tau) for row in rows_of(kind, crowd))
        if tau > kinds(problem)[0].alone / 10**6:
            assert not any(row.holds(theta, tau * fmpq(999, 1000)) for row in rows_of(kind, crowd))
    lower = exact_loss([[1, 0, 0, 0, 0], [0, 1, 0, 0, 0]], m=3, features=problem.features).improvement_best_scale
    assert evaluate_upper(find("capacity"), problem, 5).value.certified >= lower
    assert problem.features.groups[0] == Group(1, 1, "0.02", "gaussian")


@pytest.mark.parametrize("tiny", ["1e-60", "1e-150", "1e-250"])
@pytest.mark.parametrize("m", [3, 5])
def test_features_that_are_hardly_ever_active_beside_others(tiny, m):
    """Their rows leave the range of float64, and have roots next to the ends of [0, 1] that take Arb a minute to isolate."""
    common = (Group(1, 1, "79/1000", "laplace"), Group(2, 1, "79/1000", "rademacher"))
    answer = report(FeatureProblem(Features((*common, Group(9, 3, tiny, "rademacher"))), 2, m))
    alone = report(FeatureProblem(Features(common), 2, m))
    assert answer.best_lower.value.certified <= answer.best_upper.value.certified
    assert m == 5 or evaluate_upper(find("capacity"), answer.problem, 5).value is not None
    # nine features of energy 3 p add no more than all of it
    assert answer.best_lower.value.certified <= alone.best_upper.value.certified + 27 * parse_rational(tiny, parameter="p")


@pytest.mark.parametrize("p", ["1e-100", "1e-200"])
def test_fifth_powers_beyond_floats(p):
    answer = report(powers(4, 3, "0.5", p, "uniform"))
    assert answer.best_lower.value.certified <= answer.best_upper.value.certified
    five = FeatureProblem(powers(4, 3, "0.5", p, "uniform").features, 3, 5)
    answer = report(five)
    assert answer.best_lower.value.certified <= answer.best_upper.value.certified
