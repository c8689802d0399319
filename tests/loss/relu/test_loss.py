"""The certified loss as Python callers meet it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq

from boundcalc.loss.relu.loss import relu_loss
from boundcalc.model.features import Features, Group
from boundcalc.numbers.errors import ParameterError

W = [[1, 0, "-1/2"], [0, 1, "-1/2"]]


@pytest.mark.parametrize(("d", "n"), [(1, 2), (2, 3), (2, 4), (3, 5)])
@pytest.mark.parametrize("p", ["1/10", "1/2", "1"])
def test_antipodal_pairs(d, n, p):
    """n − d pairs, d ≤ n ≤ 2d: (n − d) p²/3 for every p."""
    weights = np.concatenate([np.eye(d), -np.eye(d)[:, : n - d]], axis=1).astype(int)
    found = relu_loss(weights, p=p, law="uniform01")
    assert found.method == "exact"
    assert found.loss.lower == found.loss.upper == (n - d) * fmpq(Fraction(p).numerator, Fraction(p).denominator) ** 2 / 3


def test_more_features_than_dimensions_dropped_at_their_mean():
    """Orthonormal on d, bias p/2 on the dropped: (n − d)(p/3 − p²/4), the line of principal components."""
    p = fmpq(1, 7)
    weights = np.eye(3, 20)
    found = relu_loss(weights, bias=[0] * 3 + [p / 2] * 17, p=p, law="uniform01", width="1e-9")
    exact = 17 * (p / 3 - p * p / 4)
    assert found.method == "trapezoid"
    assert found.loss.lower <= exact <= found.loss.upper
    assert found.reached


def test_unequal_features_add_up():
    groups = (Group(2, "1/3", "1/5", "uniform01"), Group(1, 2, "1/2", "uniform:0:2", scale="1/2"))
    found = relu_loss(W, bias=["-1/10"] * 3, features=Features(groups))
    assert sum((row.lower for row in found.rows), fmpq(0)) == found.loss.lower
    assert found.energy == fmpq(2, 3) * fmpq(1, 15) + 2 * fmpq(1, 2) * fmpq(1, 3)
    assert found.unexplained_fraction.lower == found.loss.lower / found.energy


def test_a_scaled_law_is_a_scaled_network():
    """x = c u: the loss is c² times that of u with b/c."""
    one = relu_loss(W, bias=["-1/10", "1/20", 0], p="1/4", law="uniform01").loss.lower
    three = relu_loss(W, bias=["-3/10", "3/20", 0], p="1/4", law="uniform:0:3").loss.lower
    assert three == 9 * one


def test_untied_weights_with_the_decoder_equal_to_w():
    assert relu_loss(W, decoder=W, p="1/4", law="uniform01").loss == relu_loss(W, p="1/4", law="uniform01").loss


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"law": "gaussian"}, "law = gaussian: takes negative values"),
        ({"law": "nothing"}, "law = nothing: must be uniform01"),
        (
            {"bias": [0, 0]},
            "bias = 2 numbers: must be one for each of the 3 features; W has 2 rows (hidden dimensions) and 3 columns",
        ),
        ({"bias": np.array([0.0, np.nan, 0.0])}, "bias = nan at place 1 (from 0): must be finite"),
        ({"bias": [0.1, 0, 0]}, "bias = 0.1: "),
        ({"bias": "abc"}, "bias = abc: must be a list"),
        ({"p": None}, "p = nothing: must be given"),
        ({"p": "3/2"}, "p = 3/2: must be a number with 0 < p <= 1"),
        ({"width": "0"}, "width = 0: must be between 0 and 1"),
        ({"decoder": [[1, 2]]}, "V = array of shape (1, 2): must have the shape of W"),
        ({"features": Features((Group(3, 1, "1/2", "uniform01"),))}, "p = 1/10: must be left out"),
        ({"features": Features((Group(3, 1, "1/2", "laplace"),)), "p": None, "law": None}, "law = laplace: takes negative"),
        (
            {"features": Features((Group(2, 1, "1/2", "uniform01"),)), "p": None, "law": None},
            "features = 2 features: must be as many",
        ),
    ],
)
def test_wrong_input_in_a_line(given, message):
    with pytest.raises(ParameterError) as raised:
        relu_loss(W, **{"p": "1/10", "law": "uniform01", **given})
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_nan_in_the_weights():
    with pytest.raises(ParameterError, match="holds nan in row 1, column 0"):
        relu_loss(np.array([[1.0, 0.0], [np.nan, 1.0]]), p="1/2", law="uniform01")


def test_entries_too_large_for_float64():
    with pytest.raises(ParameterError, match="must be below"):
        relu_loss(np.full((2, 20), 1e200), p="1/2", law="uniform01")


def test_activities_too_small_for_float64():
    with pytest.raises(ParameterError, match="must be at least 1e-250"):
        relu_loss(np.ones((2, 20)), p="1e-300", law="uniform01")
    assert relu_loss([[1, -1]], p="1e-300", law="uniform01").loss.lower == fmpq(1, 10**300) ** 2 / 3
