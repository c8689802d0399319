"""The lattice against enumeration of finite supports."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from boundcalc.loss.relu.lattice import lattice_loss
from boundcalc.loss.relu.loss import exact_relu_loss, relu_loss
from boundcalc.loss.relu.network import read_network
from boundcalc.model.features import Features, Group

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


@pytest.mark.parametrize("seed", range(12))
def test_uniform_features_on_the_lattice_against_rationals(seed):
    """The exact loss of every row is within, with columns and biases of both signs, tied and untied."""
    rng = np.random.default_rng([7, seed])
    n, d = int(rng.integers(1, 6)), int(rng.integers(1, 4))
    W, b = rng.standard_normal((d, n)), rng.uniform(-0.4, 0.2, n)
    V = W + rng.standard_normal((d, n)) * 0.2 if seed % 3 == 0 else None
    features = Features((Group(n, 1, ["1/1000", "1/20", "1/3", "9/10"][seed % 4], ["uniform01", "uniform:0:2"][seed % 2]),))
    network = read_network(W, bias=b, decoder=V, features=features)
    exact, found = exact_relu_loss(network), lattice_loss(network, fmpq(1, 300))
    for row, value in zip(found.rows, exact.rows, strict=True):
        assert row.lower <= value.lower <= row.upper
    assert found.width < fmpq(1, 100) or exact.loss.lower < fmpq(1, 10**4)


def test_both_kinds_in_one_network_against_a_grid():
    """Two uniform and two binary features: the mean over states, and over a fine grid of the square."""
    rng = np.random.default_rng(3)
    W, b, p = rng.standard_normal((2, 4)), rng.uniform(-0.3, 0.1, 4), 0.3
    features = Features((Group(2, 1, "3/10", "uniform01"), Group(2, 1, "3/10", "support:1:1")))
    found = relu_loss(W, bias=b, features=features, width="1e-3")
    assert (found.method, found.reached) == ("lattice", True)
    u = (np.arange(600) + 0.5) / 600
    first, second = (side.ravel() for side in np.meshgrid(u, u))
    total = 0.0
    for state in range(16):
        on = [state >> k & 1 for k in range(4)]
        x = np.stack([on[0] * first, on[1] * second, on[2] * np.ones_like(first), on[3] * np.ones_like(first)])
        chance = float(np.prod([p if each else 1 - p for each in on]))
        total += chance * ((x - np.maximum(W.T @ W @ x + b[:, None], 0)) ** 2).sum(0).mean()
    lower, upper = (int(end.p) / int(end.q) for end in (found.loss.lower, found.loss.upper))
    assert lower - 1e-5 < total < upper + 1e-5
