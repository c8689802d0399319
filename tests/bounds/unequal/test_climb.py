"""The search's objective: value and gradient against the exact loss and differences; starts hold all features."""

import numpy as np
import pytest
from oracles.unequal_problems import sampled

from boundcalc.bounds.unequal.climb import UnequalImprovement, climbed, rounded, starts
from boundcalc.bounds.unequal.kinds import kinds
from boundcalc.loss.exact import exact_loss
from boundcalc.model.features import Features


def each(problem):
    return [kind for kind in kinds(problem) for _ in range(kind.count)]


@pytest.mark.parametrize("m", [3, 5])
@pytest.mark.parametrize("number", range(10))
def test_value_and_gradient(number, m):
    problem = sampled(number, m=m, least_p=-2)
    features = each(problem)
    generator = np.random.default_rng(number)
    weights = generator.integers(-4, 5, (problem.d, len(features))).astype(float)
    weights[0] += 5
    objective = UnequalImprovement(features, m)
    value, gradient = objective(weights)
    groups = tuple(type(kind.group)(1, kind.importance, kind.p, kind.group.law, kind.group.scale) for kind in features)
    exact = exact_loss(weights, m=m, features=Features(groups))
    assert exact.C > 0
    ratio = exact.improvement_best_scale / features[0].alone
    assert value == pytest.approx(np.log(float(int(ratio.p) / int(ratio.q))), abs=1e-8)
    direction = generator.standard_normal(weights.shape)
    step = 1e-6
    slope = (objective(weights + step * direction)[0] - objective(weights - step * direction)[0]) / (2 * step)
    assert slope == pytest.approx(float((gradient * direction).sum()), rel=2e-5, abs=1e-7)


def test_starts_hold_all_features():
    for start in starts(7, 3, 12, 0):
        assert start.shape == (3, 7)
        assert (np.linalg.norm(start, axis=0) > 0).all()


def test_rounding_keeps_the_value_to_nine_digits():
    problem = sampled(5, least_p=-2)
    objective = UnequalImprovement(each(problem), 3)
    value, weights = climbed(objective, starts(len(each(problem)), problem.d, 1, 0)[0])
    whole = rounded(weights)
    assert (whole == np.rint(whole)).all()
    assert objective(whole)[0] == pytest.approx(value, abs=1e-9)
