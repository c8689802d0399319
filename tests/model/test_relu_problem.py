"""Problems with the activation ReLU."""

from __future__ import annotations

import pytest
from flint import fmpq

from boundcalc.model.features import Features, Group
from boundcalc.model.relu_problem import ReluProblem, read_activation, relu_problem_of
from boundcalc.numbers.errors import ParameterError


def test_one_group_shows_p_and_law():
    problem = relu_problem_of(5, 2, "1/20", "uniform01", None, bias=True, tied=True)
    assert problem.as_json() == {
        "n": "5", "d": 2, "activation": "relu", "bias": True, "tied": True, "p": "1/20", "law": "uniform01",
    }  # fmt: skip
    assert problem.energy == fmpq(1, 12)


def test_several_groups_show_all_of_them():
    groups = (Group(2, 1, "1/20", "uniform01"), Group(3, "1/2", "1/10", "support:1:1"))
    shown = ReluProblem(groups, 2, bias=False).as_json()
    assert "p" not in shown
    assert [group["law"] for group in shown["features"]] == ["uniform01", "support:1:1"]


def test_activations():
    assert read_activation("relu") == "relu"
    with pytest.raises(ParameterError, match="activation = gelu: must be power"):
        read_activation("gelu")


@pytest.mark.parametrize("d", [0, "x", 1.5])
def test_dimensions(d):
    with pytest.raises(ParameterError, match="d = "):
        ReluProblem((Group(2, 1, "1/20", "uniform01"),), d)


def test_signed_laws_are_refused():
    with pytest.raises(ParameterError, match="law = uniform: takes negative values"):
        ReluProblem(Features((Group(2, 1, "1/20", "uniform"),)), 2)
