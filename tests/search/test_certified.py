"""What a search's weights prove, also where there is no time for an exact value."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.evaluate import report
from boundcalc.loss.exact import exact_loss
from boundcalc.model.problem import Problem
from boundcalc.search.certified import certified


@pytest.mark.parametrize(("n", "d", "m"), [(500, 30, 5), (700, 10, 3)])
def test_at_once_is_a_lower_end_of_the_exact_value(n, d, m):
    """After an interrupt an exact value of 2000 features in 400 dimensions took 25 seconds."""
    problem = Problem(n, d, m, "3/100", "gaussian")
    weights = np.random.default_rng(n).standard_normal((d, n))
    bounds = report(problem, digits=12, upper=["rank"], lower=["orthonormal"])
    assert certified(weights, problem, bounds).witness is not None
    soon = certified(weights, problem, bounds, at_once=True)
    assert soon.witness is None
    exact = exact_loss(weights, m=m, p="3/100", law="gaussian", transpose=False).improvement_best_scale
    assert exact * fmpq(10**9 - 1, 10**9) < soon.improvement <= exact
    assert soon.ratio.upper * soon.improvement >= bounds.best_upper.value.enclosure.upper
