import numpy as np
import pytest

from boundcalc.loss.relu.loss import relu_loss
from boundcalc.numbers.errors import ParameterError


@pytest.mark.parametrize("law", ["uniform01", "support:1/2:1/4,1:3/4"])
def test_weights_whose_outputs_overflow_are_refused_in_a_line(law):
    """Of 1e90 they ended in a warning and a traceback; up to 1e40 the loss scales as the fourth power of W."""
    W = np.random.default_rng(3).normal(size=(2, 14))
    with pytest.raises(ParameterError, match=r"^W = entries up to .*: must be below 1e\+40 in size"):
        relu_loss(1e90 * W, p="1/10", law=law, width="1e-2")
    large = relu_loss(2.0**128 * W, p="1/10", law=law, width="1e-2").loss
    usual = relu_loss(2.0**60 * W, p="1/10", law=law, width="1e-2").loss
    assert usual.lower * 2**272 < large.upper
    assert large.lower < usual.upper * 2**272
