"""Polygons: the exact loss of their weights, and near the best of one active feature."""

from __future__ import annotations

import pytest
from flint import fmpq

from boundcalc.bounds.relu.floors import floors
from boundcalc.bounds.relu.polygons import polygon_network
from boundcalc.bounds.relu.witnesses import closed_network
from boundcalc.loss.relu.loss import relu_loss
from boundcalc.model.features import Group
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import to_float


@pytest.mark.parametrize(("n", "d", "p", "bias"), [(5, 2, "1/20", True), (12, 5, "1/50", True), (7, 2, "1/100", False)])
def test_the_loss_is_that_of_the_weights(n, d, p, bias):
    groups = (Group(n, "1/2", p, "uniform:0:2"),)
    found = polygon_network(ReluProblem(groups, d, bias=bias))
    exact = relu_loss(found.weights, bias=found.bias, features=ReluProblem(groups, d).features).loss
    assert exact.lower <= found.loss <= exact.upper
    assert (found.bias is None) is not bias
    assert found.loss < closed_network(ReluProblem(groups, d, bias=bias)).loss
    assert found.planes * found.sides + 2 * found.pairs + found.dropped == n


@pytest.mark.parametrize(("n", "sides", "one_active"), [(5, 5, 0.079128), (6, 6, 0.289154), (7, 7, 0.582898), (12, 7, 2.249565)])
def test_one_active_feature(n, sides, one_active):
    """The best loss over p as p → 0, by a search over one active feature (theory)."""
    p = fmpq(1, 10**6)
    found = polygon_network(ReluProblem((Group(n, 1, p, "uniform01"),), 2))
    assert found.sides == sides
    assert to_float(found.loss / p) == pytest.approx(one_active, rel=1e-4)


def test_none_where_pairs_hold_all_features():
    assert polygon_network(ReluProblem((Group(4, 1, "1/20", "uniform01"),), 2)) is None
    assert polygon_network(ReluProblem((Group(9, 1, "1/20", "support:1:1"),), 2)) is None
    assert polygon_network(ReluProblem((Group(4, 1, "1/20", "uniform01"), Group(4, 2, "1/20", "uniform01")), 2)) is None


def test_features_that_are_nearly_always_active():
    """Their loss has no gradient in floats, and so no polygon; another network and its floors are there."""
    problem = ReluProblem((Group(80, "1/9", fmpq(10**30 - 1, 10**30), "uniform:0:1/3"),), 2)
    assert polygon_network(problem) is None
    best = max(floor.value.lower for floor in floors(problem) if floor.value is not None)
    assert 0 < best <= closed_network(problem).loss
