"""The search for features that differ: what it finds, that it repeats itself, and what it refuses."""

import numpy as np
import pytest
from oracles.unequal_problems import powers

from boundcalc.bounds.catalog import find
from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
from boundcalc.loss.dense import dense_loss
from boundcalc.model.features import FeatureProblem, Features, Group
from boundcalc.numbers.errors import ParameterError
from boundcalc.search.unequal import search_features


def test_a_feature_that_no_climb_from_the_basis_finds():
    """n = 3, d = 2, importances 1, 1, ω: above ω* = 0.0478… all three are held, though each basis is a local optimum."""
    groups = (Group(2, 1, "1e-6", "rademacher"), Group(1, "0.06", "1e-6", "rademacher"))
    problem = FeatureProblem(Features(groups), 2, 3)
    basis = np.array([[1.0, 0, 0.01], [0, 1.0, 0.01]])
    found = search_features(problem, count=12, given=basis)
    assert found.value > 2e-6 * 1.001
    assert (np.linalg.norm(found.weights, axis=0) > 0.1).all()
    alone = search_features(problem, count=1, given=basis)  # a climb from near the basis alone
    assert alone.value == pytest.approx(2e-6, rel=1e-5)


def test_the_value_is_that_of_the_weights_at_their_best_scale():
    problem = powers(7, 3, "0.8", "0.01", "uniform")
    found = search_features(problem, seed=3, count=6)
    loss = dense_loss(found.weights, m=3, features=problem.features)
    assert loss.improvement == pytest.approx(found.value, rel=1e-9)
    assert found.value <= float(evaluate_upper(find("frontier"), problem, 12))
    assert found.value >= float(evaluate_lower(find("orthonormal"), problem, 12)) * (1 - 1e-9)
    again = search_features(problem, seed=3, count=6)
    assert np.array_equal(found.weights, again.weights)


def test_a_million_equal_features_are_seen_as_a_few():
    groups = (Group(50_000, 1, "1e-4", "rademacher"), Group(3, 2, "1e-4", "rademacher"))
    found = search_features(FeatureProblem(Features(groups), 1, 3), count=2)
    assert found.weights.shape == (1, 50_003)
    assert np.flatnonzero(found.weights[0]).min() >= 50_000 or found.value >= 2e-4 * (1 - 1e-6)


def test_what_it_refuses():
    with pytest.raises(ParameterError, match="m"):
        search_features(FeatureProblem([Group(2, 1, "1/2", "uniform"), Group(1, 2, "1/2", "uniform")], 1, 1))
    with pytest.raises(ParameterError, match="at most 100000"):
        search_features(FeatureProblem([Group(10**6, 1, "1/2", "uniform")], 1, 3))


def test_losses_beyond_floats_are_refused_in_a_line():
    """Importances of a thousand digits ended in a traceback; divided by one number they give the same weights."""
    with pytest.raises(ParameterError, match=r"^importance = sum of omega p mu_2 near 10\^399: must keep"):
        search_features(FeatureProblem(Features.each(["1e400", "1e399"], ["1/10", "1/10"], "rademacher"), 1, 3), count=1)
    large, small = (
        search_features(FeatureProblem(Features.each([one, other], ["1/10", "1/10"], "rademacher"), 1, 3), count=1, seed=2)
        for one, other in (("1e250", "1e249"), ("10", "1"))
    )
    assert large.weights == pytest.approx(small.weights, rel=1e-9)


@pytest.mark.parametrize("m", [3, 5])
def test_activities_near_the_end_of_floats(m):
    """Cumulants in units of the first one's powers overflow there, those in units of μ_2 do not; I*/p has its limit by then."""

    def found(p: str) -> float:
        problem = FeatureProblem(Features.each(["1", "1/2", "1/3", "1/4"], [p] * 4, "rademacher"), 3, m)
        return search_features(problem, count=3).value / float(p)

    assert found("1e-280") == pytest.approx(found("1e-60"), rel=1e-6)
    with pytest.raises(ParameterError, match=r"^p = 1/10+\.\.\.: must be at least about 1e-290"):
        found("1e-400")


@pytest.mark.parametrize("n", [1, 2])
def test_fewer_features_than_dimensions_are_each_alone(n):
    """Σ ω p g, the bound orthonormal, is then the best there is; n < d was a traceback."""
    problem = powers(n, 3, "1/2", "1/10", "rademacher")
    found = search_features(problem, count=8)
    assert found.value == pytest.approx(float(evaluate_upper(find("rank"), problem, 12)), rel=1e-9)
