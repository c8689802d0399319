"""One function for both activations."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc import exact_loss, loss_of, relu_loss
from boundcalc.loss.exact_pair import exact_loss_of_pair
from boundcalc.numbers.errors import ParameterError

W = np.random.default_rng(0).standard_normal((2, 5))


def test_it_is_each_of_them():
    power = {"p": "1/5", "law": "gaussian"}
    relu = {"p": "1/5", "law": "uniform01"}
    assert loss_of(W, m=3, **power).loss == exact_loss(W, m=3, **power).loss
    assert loss_of([[1, 2]], m=3, **power).loss == exact_loss([[1, 2]], m=3, **power).loss
    assert loss_of(W, decoder=2 * W, m=3, **power).loss == exact_loss_of_pair(2 * W, W, m=3, **power).loss
    assert loss_of(W, activation="relu", bias=[0] * 5, **relu) == relu_loss(W, bias=[0] * 5, **relu)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"activation": "relu", "m": 3}, "m = 3: is the exponent"),
        ({"bias": [0]}, "bias = [0]: needs the activation relu"),
        ({"width": "1e-3"}, "width = 1e-3: needs the activation relu"),
        ({}, "m = None: must be given"),
        ({"activation": "tanh"}, "activation = tanh: must be power"),
    ],
)
def test_what_does_not_fit_is_said_in_a_line(given, message):
    with pytest.raises(ParameterError) as raised:
        loss_of(W, p="1/5", law="gaussian", **given)
    assert message in str(raised.value)
