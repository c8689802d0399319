"""Float matrices become rational witnesses that lose at most one part in 10^12."""

import numpy as np
import pytest
from flint import fmpq
from oracles.enumerated_loss import enumerate_loss

from boundcalc.bounds.lower.search import witness_bound
from boundcalc.loss.exact import exact_loss
from boundcalc.loss.rounding import RELATIVE_LOSS, round_witness
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e150])
@pytest.mark.parametrize("m", [1, 3, 5])
def test_rounding_costs_at_most_its_share(scale, m):
    W = scale * np.random.default_rng(m).standard_normal((3, 6))
    found = round_witness(W, Problem(6, 3, m, "1/50", "uniform"))
    given = exact_loss(W, m=m, p="1/50", law="uniform").improvement_best_scale
    assert found.value.improvement_best_scale >= (1 - RELATIVE_LOSS) * given
    assert max(entry.q for row in found.matrix for entry in row) <= 2**53
    again = exact_loss(found.matrix, m=m, p="1/50", law="uniform")
    assert again.improvement_best_scale == found.value.improvement_best_scale


def test_an_optimum_needs_few_places():
    # near a maximum the loss is quadratic in the rounding: half the digits are enough
    angles = np.pi * np.arange(4) / 4
    found = round_witness(np.array([np.cos(angles), np.sin(angles)]), Problem(4, 2, 3, "1e-6", "rademacher"))
    assert found.bits <= 24


def test_the_value_is_that_of_enumeration():
    W = np.array([[0.3, -1.25, 0.7], [0.9, 0.4, -0.2]])
    problem = Problem(3, 2, 3, "1/7", "rademacher")
    found = round_witness(W, problem)
    counted = enumerate_loss(found.matrix, m=3, p="1/7", law="rademacher")
    assert found.value.improvement_best_scale == counted.C**2 / counted.D


def test_a_witness_that_does_not_fit_is_refused():
    problem = Problem(3, 2, 3, "1/7", "rademacher")
    for shape in ((3, 3), (2, 4)):
        with pytest.raises(ParameterError, match="at most d = 2 rows and n = 3 columns"):
            witness_bound(np.ones(shape), problem)
    with pytest.raises(ParameterError, match="must not be zero"):
        witness_bound(np.zeros((2, 3)), problem)
    bound = witness_bound(np.eye(2), problem)
    assert bound.exact(problem, bound.choose(problem)) == fmpq(2, 7)
