"""Where a ReLU network stands: one function for both activations, and its displays."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc import loss_of, relu_loss
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import parse_rational

W = np.random.default_rng(0).standard_normal((2, 5))
RELU = {"p": "1/5", "law": "uniform01", "activation": "relu"}


def test_it_is_the_certified_loss():
    found = loss_of(W, bias=np.zeros(5), **RELU)
    assert found.found == relu_loss(W, bias=np.zeros(5), p="1/5", law="uniform01")
    assert found.to_dict()["method"] == "exact"
    assert float(found) == pytest.approx(float(found.to_dict()["loss"]["lower"]), rel=1e-9)
    untied = loss_of(W, decoder=2 * W, **RELU)
    assert untied.found == relu_loss(W, decoder=2 * W, p="1/5", law="uniform01")


def test_what_it_prints_and_shows():
    found = loss_of(W, bias=np.zeros(5), **RELU)
    assert repr(found).startswith("<JudgedNetwork n = 5 d = 2 activation = relu")
    lines = str(found).splitlines()
    assert lines[0] == "n = 5 d = 2 activation = relu p = 1/5 law = uniform01, bias"
    assert any(line.startswith("no W and b have a loss below ") for line in lines)
    assert found._repr_html_().startswith("<pre>n = 5")
    assert found._repr_latex_().startswith("$L(W, b) \\in ")


def test_pairs_do_better_than_bad_weights_and_the_floor_is_below_both():
    found = loss_of(np.array([[1.0, 1.0, 1.0]]), **RELU)
    assert "antipodal pairs" in str(found).splitlines()[-1]
    content = found.to_dict()
    ends = (content["floor"]["loss"], content["network"], content["loss"])
    floor, network, loss = (parse_rational(each["lower"], parameter="x") for each in ends)
    assert 0 < floor < network < loss


def test_a_loss_without_floor():
    found = loss_of(np.eye(2), **RELU)
    assert found.floor is None
    assert found.to_dict()["floor"] is None
    assert "no lower bound above 0" in str(found)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"activation": "relu", "m": 3, "law": "uniform01"}, "m = 3: is the exponent"),
        ({"activation": "relu", "exact": True, "law": "uniform01"}, "exact = True: is for x^m"),
        ({"bias": [0]}, "bias = [0]: needs the activation relu"),
        ({"width": "1e-3"}, "width = 1e-3: needs the activation relu"),
        ({}, "m = nothing: must be given"),
        ({"activation": "tanh"}, "activation = tanh: must be power"),
    ],
)
def test_what_does_not_fit_is_said_in_a_line(given, message):
    with pytest.raises(ParameterError) as raised:
        loss_of(W, **{"p": "1/5", "law": "gaussian", **given})
    assert message in str(raised.value)
