"""Fields of the page become the problems that the library makes of the same text."""

from __future__ import annotations

import pytest
from flint import fmpq

from boundcalc.explore.questions import read_power_problem, read_question, read_relu_problem
from boundcalc.model.features import FeatureProblem
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError

FIELDS = {"n": "120", "d": "8", "m": "3", "p": " 1e-6 ", "law": "rademacher", "importance": " ", "activation": "power"}


def test_equal_features():
    assert read_question(FIELDS) == Problem(120, 8, 3, fmpq(1, 10**6), "rademacher")


def test_features_that_differ():
    found = read_power_problem({**FIELDS, "n": "3", "p": "0.5/i", "importance": "1/i"})
    assert isinstance(found, FeatureProblem)
    assert [(group.p, group.importance) for group in found.features.groups] == [(fmpq(1, 2 * i), fmpq(1, i)) for i in (1, 2, 3)]


def test_relu():
    found = read_relu_problem({"n": "5", "d": "2", "p": "1/20", "law": "uniform01", "bias": "no"})
    assert (found.n, found.d, found.bias) == (5, 2, False)
    assert found.energy == fmpq(5, 60)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"n": ""}, "n"),
        ({"n": "0"}, "n"),
        ({"d": "x"}, "d"),
        ({"m": "2"}, "m"),
        ({"p": "1.5"}, "p"),
        ({"p": "p" * 501}, "p"),
        ({"law": "cauchy"}, "law"),
        ({"importance": "i^^", "n": "3"}, "importance"),
        ({"importance": "1/i", "n": "inf"}, "n"),
        ({"importance": "1/i", "n": "2001"}, "n"),
        ({"activation": "tanh"}, "activation"),
        ({"activation": "relu", "law": "gaussian"}, "law"),
        ({"activation": "relu", "law": "uniform01", "n": "10^9"}, "n"),
    ],
)
def test_an_error_names_its_field(changed, field):
    with pytest.raises(ParameterError) as told:
        read_question({**FIELDS, **changed})
    assert told.value.parameter == field
    assert "\n" not in str(told.value)
