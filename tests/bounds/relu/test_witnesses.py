"""Networks in closed form: their claimed loss is the exact loss of their weights."""

from __future__ import annotations

import random

import pytest
from flint import fmpq

from boundcalc.bounds.relu.witnesses import closed_network
from boundcalc.loss.relu.loss import exact_relu_loss, relu_loss
from boundcalc.loss.relu.network import read_network
from boundcalc.model.features import Features, Group
from boundcalc.model.relu_problem import ReluProblem


@pytest.mark.parametrize("seed", range(40))
def test_the_loss_is_exact(seed):
    source = random.Random(seed)
    laws = [["uniform01", "uniform:0:2"], ["support:1:1", "support:1/2:1/3,2:2/3"]][seed % 2]
    groups = tuple(
        Group(
            source.randint(1, 3),
            fmpq(source.randint(1, 5), 5),
            fmpq(source.randint(1, 10), 10),
            source.choice(laws),
            source.choice(["1", "1/2"]),
        )
        for _ in range(source.randint(1, 3))
    )
    features = Features(groups)
    d = source.randint(1, features.n + 1)
    problem = ReluProblem(features, d, bias=seed % 3 > 0)
    found = closed_network(problem)
    assert found.weights.shape == (d, features.n)
    bias = found.bias if problem.bias else None
    assert found.loss == exact_relu_loss(read_network(found.weights, bias=bias, features=features)).loss.lower
    assert found.pairs * 2 + found.single + found.dropped == features.n


@pytest.mark.parametrize(("n", "pairs"), [(3, 0), (5, 0), (8, 3), (10, 5), (30, 5)])
def test_equal_features(n, pairs):
    p = fmpq(1, 10)
    found = closed_network(ReluProblem((Group(n, 1, p, "uniform01"),), 5))
    assert found.pairs == pairs
    assert found.loss == pairs * p**2 / 3 + max(n - 10, 0) * (p / 3 - p**2 / 4)


def test_dense_features_are_dropped_rather_than_paired():
    """p > 4/7: a pair costs p²/3, more than p/3 − p²/4."""
    assert closed_network(ReluProblem((Group(4, 1, "3/5", "uniform01"),), 2)).pairs == 0
    assert closed_network(ReluProblem((Group(4, 1, "1/2", "uniform01"),), 2)).pairs == 2


def test_the_principal_components_line_is_no_floor():
    """Pairs are 1/p times below it where features are sparse."""
    p = fmpq(1, 100)
    found = relu_loss([[1, 0, -1, 0], [0, 1, 0, -1]], p=p, law="uniform01").loss.lower
    assert found == 2 * p**2 / 3 < 2 * (p / 3 - p**2 / 4)
