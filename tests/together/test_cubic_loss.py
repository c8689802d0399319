"""The closed form for m = 3 equals the general formula."""

import numpy as np
import pytest
from oracles.cubic_loss import cubic_loss

from boundcalc.loss.exact import exact_loss

LAWS = ("rademacher", "gaussian", "uniform", "laplace", "support:-3:1/8,-1:3/8,1:3/8,3:1/8", "moments:2=1,4=2,6=7")


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("p", ["1e-12", "1/100", "1/3", "1"])
def test_equals_the_general_formula(law, p):
    rng = np.random.default_rng(5)
    for shape in ((1, 1), (2, 5), (3, 9), (6, 4)):
        weights = rng.integers(-5, 6, shape).tolist()
        value = exact_loss(weights, m=3, p=p, law=law, transpose=False)
        assert cubic_loss(weights, p=p, law=law) == (value.C, value.D)
