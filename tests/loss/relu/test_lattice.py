"""The lattice against enumeration of finite supports."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from boundcalc.loss.relu.lattice import lattice_loss
from boundcalc.loss.relu.loss import exact_relu_loss, relu_loss
from boundcalc.loss.relu.network import read_network
from boundcalc.model.features import Features, Group
from boundcalc.numbers.errors import ParameterError

LAWS = ["support:1:1", "support:1/2:1/4,1:3/4", "support:0:1/3,1:1/3,2:1/3"]


@pytest.mark.parametrize("seed", range(50))
def test_the_exact_loss_is_within(seed):
    rng = np.random.default_rng(seed)
    n, d = int(rng.integers(1, 8)), int(rng.integers(1, 4))
    W, b = np.round(rng.standard_normal((d, n)), int(rng.integers(1, 4))), rng.uniform(-0.4, 0.2, n)
    V = W + rng.standard_normal((d, n)) * 0.2 if seed % 3 == 0 else None
    p = ["1/1000", "1/20", "1/3", "9/10"][seed % 4]
    network = read_network(W, bias=b, decoder=V, p=p, law=LAWS[seed % 3])
    exact, found = exact_relu_loss(network), lattice_loss(network, fmpq(1, 10**3))
    for row, value in zip(found.rows, exact.rows, strict=True):
        assert row.lower <= value.lower <= row.upper
    assert found.reached == (found.width <= fmpq(1, 10**3))
    assert found.width < fmpq(1, 500) or exact.loss.lower < fmpq(1, 10**4)


def test_unequal_features_with_scales():
    groups = (Group(2, "1/2", "1/5", LAWS[0], scale="3/2"), Group(3, 2, "1/10", LAWS[1]))
    W = np.random.default_rng(1).standard_normal((2, 5))
    network = read_network(W, features=Features(groups))
    exact, found = exact_relu_loss(network), lattice_loss(network, fmpq(1, 10**4))
    assert found.loss.lower <= exact.loss.lower <= found.loss.upper
    assert found.reached


def test_finer_lattices_are_narrower():
    W = np.random.default_rng(2).standard_normal((4, 20)) / 2
    widths = [
        relu_loss(W, bias=[fmpq(-1, 10)] * 20, p="1/20", law=LAWS[0], width=width).width for width in ("1/10", "1e-3", "1e-5")
    ]
    assert widths[0] > widths[1] > widths[2]
    assert widths[1] <= fmpq(1, 1000)


def test_mixed_kinds_are_refused():
    groups = (Group(10, 1, "1/5", LAWS[0]), Group(10, 1, "1/10", "uniform01"))
    with pytest.raises(ParameterError, match="law = uniform and finite supports"):
        relu_loss(np.ones((2, 20)), features=Features(groups))
