"""The float loss and gradient: against the certified loss, differences of it, and exact rationals."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc.loss.relu.gradient import relu_loss_and_gradient
from boundcalc.loss.relu.loss import relu_loss
from boundcalc.model.features import Features
from boundcalc.numbers.errors import ParameterError


def number(value) -> float:
    return int(value.p) / int(value.q)


def features_of(n: int) -> Features:
    return Features.each([f"{1 + k}/{n}" for k in range(n)], [f"{1 + k}/{3 * n}" for k in range(n)], "uniform01", scale="3/2")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("tied", [True, False])
def test_against_differences_of_exact_losses(seed, tied):
    """Central differences of rationals at distance 2^−20: off by their third derivative alone."""
    rng = np.random.default_rng(seed)
    d, n, h = 2, 5, 2.0**-20
    W, V, b = rng.standard_normal((d, n)) * 0.8, rng.standard_normal((d, n)) * 0.8, rng.uniform(-0.4, 0.1, n)
    given = {"features": features_of(n)}

    def loss(W, V, b) -> float:
        return number(relu_loss(W, bias=b, decoder=None if tied else V, **given).loss.lower)

    found = relu_loss_and_gradient(W, bias=b, decoder=None if tied else V, **given)
    assert found.loss == pytest.approx(loss(W, V, b), rel=1e-6)

    def slope(place, change) -> float:
        arrays = {"W": W, "V": V, "b": b}
        ends = []
        for sign in (1, -1):
            moved = {name: array.copy() for name, array in arrays.items()}
            moved[place][change] += sign * h
            ends.append(loss(**moved))
        return (ends[0] - ends[1]) / (2 * h)

    for _ in range(3):
        entry = (int(rng.integers(d)), int(rng.integers(n)))
        assert found.weights[entry] == pytest.approx(slope("W", entry), abs=2e-5)
        assert found.bias[entry[1]] == pytest.approx(slope("b", entry[1]), abs=2e-5)
        if not tied:
            assert found.decoder[entry] == pytest.approx(slope("V", entry), abs=2e-5)


def test_within_the_enclosure_of_a_larger_network():
    rng = np.random.default_rng(9)
    W, b = rng.standard_normal((5, 40)) / np.sqrt(5), rng.uniform(-0.2, 0.0, 40)
    found, certified = relu_loss_and_gradient(W, bias=b, p="1/50", law="uniform01"), relu_loss(W, bias=b, p="1/50", law="uniform01")
    assert number(certified.loss.lower) <= found.loss <= number(certified.loss.upper)
    h, direction = 1e-4, (rng.standard_normal(W.shape), rng.standard_normal(40))
    ends = [
        relu_loss_and_gradient(W + sign * h * direction[0], bias=b + sign * h * direction[1], p="1/50", law="uniform01").loss
        for sign in (1, -1)
    ]
    slope = float((found.weights * direction[0]).sum() + found.bias @ direction[1])
    assert (ends[0] - ends[1]) / (2 * h) == pytest.approx(slope, rel=1e-5)


def test_zero_columns_have_a_gradient():
    W = np.array([[1.0, 0.0, -0.5], [0.0, 0.0, 0.0]])
    b, h = np.array([-0.1, 0.0, 0.1]), 2.0**-20
    found = relu_loss_and_gradient(W, bias=b, p="1/5", law="uniform01")
    assert np.isfinite(found.weights).all()
    assert found.bias[1] == 0  # the ReLU is at its corner; zero is a subgradient
    positive = np.array([-0.1, 0.05, 0.1])
    found = relu_loss_and_gradient(W, bias=positive, p="1/5", law="uniform01")
    for entry in ((0, 1), (1, 1)):
        ends = []
        for sign in (1, -1):
            moved = W.copy()
            moved[entry] += sign * h
            ends.append(number(relu_loss(moved, bias=positive, p="1/5", law="uniform01").loss.lower))
        assert found.weights[entry] == pytest.approx((ends[0] - ends[1]) / (2 * h), abs=2e-5)
    assert found.bias[1] == pytest.approx(2 * 0.05 - 1 / 5)


def test_refusals():
    with pytest.raises(ParameterError, match="must be uniform"):
        relu_loss_and_gradient(np.eye(2), p="1/2", law="support:1:1")
    with pytest.raises(ParameterError, match="must be smaller"):
        relu_loss_and_gradient(np.ones((1, 2)), p="1", law="uniform01")
