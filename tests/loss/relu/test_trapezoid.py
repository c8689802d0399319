"""The trapezoid rule against exact rationals, its own pieces, a lattice and sampling."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq
from oracles.relu_loss import lattice_row, sampled

from boundcalc.loss.relu import trapezoid
from boundcalc.loss.relu.loss import exact_relu_loss, relu_loss
from boundcalc.loss.relu.network import FloatRows, read_network
from boundcalc.loss.relu.nodes import nodes
from boundcalc.loss.relu.period import choose_period
from boundcalc.loss.relu.row import Interval, RowIntegral, settled
from boundcalc.model.features import Features

WIDTHS = ["1e-4", "1e-5", "1e-6", "1e-7", "1e-8", "1e-9"]


def random_network(seed: int):
    """At most six features: zero and tiny columns, biases of both signs, unequal importances and activities."""
    source = random.Random(seed)
    n = source.randint(1, 6)
    d = source.randint(1, n)
    W = [[fmpq(source.randint(-20, 20), source.randint(1, 20)) for _ in range(n)] for _ in range(d)]
    for column in range(n):
        kind = source.random()
        factor = fmpq(0) if kind < 0.1 else fmpq(1, 10 ** source.randint(2, 9)) if kind < 0.25 else fmpq(1)
        for row in W:
            row[column] *= factor
    V = None
    if source.random() < 0.3:
        V = [[entry + fmpq(source.randint(-5, 5), 10) for entry in row] for row in W]
    bias = [fmpq(source.randint(-20, 20), source.choice([10, 30, 1000])) for _ in range(n)] if source.random() < 0.85 else None
    activities = ["1e-6", "1e-4", "1/100", "1/20", "1/3", "1/2", "3/4", "9/10", "19/20"]
    features = Features.each(
        [fmpq(source.randint(1, 9), 9) for _ in range(n)],
        [source.choice(activities) for _ in range(n)],
        source.choice(["uniform01", "uniform:0:3/2"]),
        scale=source.choice([1, "2/3"]),
    )
    return read_network(W, decoder=V, bias=bias, features=features)


@pytest.mark.parametrize("block", range(10))
def test_random_networks_contain_the_exact_loss(block):
    """300 networks; whatever the width, every feature's interval holds its rational loss."""
    reached = 0
    for seed in range(30 * block, 30 * block + 30):
        network = random_network(seed)
        exact = exact_relu_loss(network)
        width = fmpq(1, 10 ** (4 + seed % 6)) if seed % 5 else fmpq(1, 1000)
        found = trapezoid.trapezoid_loss(network, width)
        for row, value in zip(found.rows, exact.rows, strict=True):
            assert row.lower <= value.lower <= row.upper, seed
        assert found.loss.lower <= exact.loss.lower <= found.loss.upper
        assert found.reached == (found.width <= width)
        reached += found.reached
    assert reached >= 24


PENTAGON = [
    ["1.17", "0.36", "-0.95", "-0.95", "0.36"],
    ["0", "1.11", "0.69", "-0.69", "-1.11"],
]
"""round(100 √1.37 (cos, sin)(2πk/5))/100."""
REFERENCES = [
    ([[1, 0, "-1/2"], [0, 1, "-1/2"]], ["-1/10"] * 3, "1/10", fmpq(1273531, 62500000)),
    ([[1, -1]], None, "1/9", fmpq(1, 243)),
    (PENTAGON, ["-0.28"] * 5, "1/20", 0.00904784069328314),
    (PENTAGON, ["-0.28"] * 5, "1/1000", 8.13979232117852e-5),
]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("W", "bias", "p", "value"), REFERENCES)
def test_reference_values_within_every_width(W, bias, p, value, width):
    network = read_network(W, bias=bias, p=p, law="uniform01")
    found = trapezoid.trapezoid_loss(network, fmpq(1, 10 ** int(width[3:])))
    assert found.reached
    exact = exact_relu_loss(network).loss.lower
    assert found.loss.lower <= exact <= found.loss.upper
    if isinstance(value, fmpq):
        assert exact == value
    else:
        assert float(exact.p) / float(exact.q) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize("seed", range(12))
def test_a_short_period_costs_no_more_than_its_bound(seed):
    """Periods that are far below the range, so that the bound on the tail is the whole error."""
    rng = np.random.default_rng(seed)
    A, p = rng.uniform(-0.6, 0.6, 7), rng.uniform(0.01, 0.2, 7)
    b, own = float(rng.uniform(-0.3, 0.1)), 0.0625
    target = 10.0 ** -rng.uniform(1, 5)
    nu, beyond = choose_period(np.append(A, 1.0), np.append(p, own), b, target)
    assert beyond <= 100 * target
    row = RowIntegral(1.0, b, (own, 1 - own), A, p, 1 - p, target)
    assert row.nu == nu
    fine = RowIntegral(1.0, b, (own, 1 - own), A, p, 1 - p, 1e-13)
    values = []
    for each in (row, fine):
        sums = [each.sum_over(nodes(each.nu, 0, 2560))]
        values.append(each.enclosure(Interval(sums[0].value, sums[0].error), 2560))
    assert abs(values[0].value - values[1].value) <= values[0].error + values[1].error
    assert values[1].error < 1e-6


@pytest.mark.parametrize("b", [2.0, -2.0, 0.7])
def test_rows_where_the_relu_is_linear_or_zero(b):
    A, p = np.array([0.25, -0.5]), np.array([0.5, 0.25])
    found = settled(-0.125, b, (0.5, 0.5), A, p, 1 - p)
    if b == 0.7:
        assert settled(-0.125, 0.5, (0.5, 0.5), A, p, 1 - p) is None
    assert found is not None
    x = np.random.default_rng(0).random((200000, 3)) * (np.random.default_rng(1).random((200000, 3)) < [0.5, 0.5, 0.25])
    y = np.maximum(-0.125 * x[:, 0] + x[:, 1:] @ A + b, 0)
    assert found.value == pytest.approx(float(((x[:, 0] - y) ** 2).mean()), rel=0.02)
    assert found.error < 1e-13


def dead_network(rng: np.random.Generator, n: int, d: int):
    """Gaussian weights, some columns shrunk to almost nothing, as training leaves them."""
    W = rng.standard_normal((d, n)) / np.sqrt(d)
    W[:, ::4] *= 10.0 ** -rng.uniform(1, 9, len(W[0, ::4]))
    return W, rng.uniform(-0.2, 0.05, n)


@pytest.mark.parametrize("p", ["1/1000", "1/20", "3/10", "9/10"])
def test_networks_beyond_enumeration_against_the_lattice(p):
    rng = np.random.default_rng(len(p))
    W, b = dead_network(rng, 16, 4)
    found = relu_loss(W, bias=b, p=p, law="uniform01", width="1e-5")
    assert found.method == "trapezoid"
    assert found.reached
    A, activity = W.T @ W, np.full(15, float(Fraction(p)))
    for i in (1, 2, 3, 15):
        others = np.arange(16) != i
        kept = np.abs(A[i, others]) > 1e-6
        low, high = lattice_row(A[i, i], b[i], activity[0], A[i, others][kept], activity[kept], 1e-3)
        slack = 2e-5
        assert low - slack <= float(found.rows[i].upper.p) / float(found.rows[i].upper.q)
        assert float(found.rows[i].lower.p) / float(found.rows[i].lower.q) <= high + slack


def test_against_sampling():
    rng = np.random.default_rng(3)
    W, b = dead_network(rng, 40, 6)
    found = relu_loss(W, bias=b, p="1/20", law="uniform01")
    mean, error = sampled(W, b, np.full(40, 0.05), rng, 400_000)
    middle = float(fmpq(found.loss.lower + found.loss.upper).p) / float(fmpq(found.loss.lower + found.loss.upper).q) / 2
    assert abs(mean - middle) < 5 * error


def test_a_width_out_of_reach_says_so():
    rng = np.random.default_rng(4)
    W, b = dead_network(rng, 14, 4)
    found = relu_loss(W, bias=b, p="1/20", law="uniform01", width="1e-15")
    assert not found.reached
    assert found.width < fmpq(1, 10**8)


def test_progress_ends_at_one():
    shares: list[float] = []
    W, b = dead_network(np.random.default_rng(5), 14, 4)
    relu_loss(W, bias=b, p="1/20", law="uniform01", progress=shares.append)
    assert shares[-1] == 1.0
    assert all(0 <= share <= 1 for share in shares)


def test_lanes_do_not_change_the_result(monkeypatch):
    W, b = dead_network(np.random.default_rng(6), 40, 6)
    both = [relu_loss(W, bias=b, p="1/20", law="uniform01").loss]
    monkeypatch.setattr(trapezoid, "cores", lambda: 1)
    both.append(relu_loss(W, bias=b, p="1/20", law="uniform01").loss)
    assert both[0] == both[1]


@pytest.mark.parametrize("target", [1e-3, 1e-5, 1e-6, 1e-8])
def test_tiny_entries_may_be_replaced_by_their_mean(target):
    """The bound of what moves, against rationals: all but one entry of a row are small, and go one after another."""
    rng = np.random.default_rng(7)
    W = np.concatenate([np.eye(1, 9), 0.03 * rng.standard_normal((3, 9))])
    network = read_network(W, bias=-0.01 * np.ones(9), p="1/4", law="uniform01")
    rows, exact = FloatRows.of(network), exact_relu_loss(network)
    for i in range(9):
        found = trapezoid.enclose_row(rows, i, target)
        assert fmpq(*found.lower.as_integer_ratio()) <= exact.rows[i].lower <= fmpq(*found.upper.as_integer_ratio())
        assert found.error < target


def test_a_loose_target_of_a_row_of_tiny_entries_keeps_the_bound_finite():
    """Entries of 10^−7 move Y so little that any period would do; the series of the tail must still converge."""
    A = np.array([6.2e-8, 9.8e-8, -1.5e-7, 4.9e-8, 2.5e-8, 1.9e-8])
    p = np.array([0.66, 0.33, 0.35, 0.33, 0.39, 0.28])
    for target in 10.0 ** -np.arange(1, 20):
        nu, beyond = choose_period(np.append(A, 8e-15), np.append(p, 0.88), 0.0, target)
        assert beyond <= 2 * target
        assert nu > 0
