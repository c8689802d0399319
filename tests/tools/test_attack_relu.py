"""The attack on the floors of the ReLU loss: nothing is below them, and a floor that is too high is found out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import tools.attack_relu as tool
from boundcalc.bounds.relu.floors import floors
from boundcalc.model.features import Features, Group
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import Enclosure

PROBLEM = ReluProblem(Features((Group(5, 1, "1/50", "uniform01"),)), 2)


@pytest.fixture
def one_problem(monkeypatch):
    known = floors(PROBLEM, pairs=False)
    monkeypatch.setattr(tool, "PROBLEMS", ((5, 2, "1/50", True),))
    monkeypatch.setattr(tool, "problem_and_floors", lambda place: (PROBLEM, known))
    return known


def test_every_kind_is_tried(one_problem):
    tallies = tool.attack(4, 0)
    assert {key: tally.attacks for key, tally in tallies.items()} == {"scalar_decoder": 4, "any_decoder": 4}
    assert all(tally.least > 1 for tally in tallies.values())


def test_a_floor_that_is_too_high_is_refuted(one_problem, monkeypatch):
    high = [replace(floor, value=Enclosure(floor.value.lower * 1000, floor.value.upper * 1000)) for floor in one_problem]
    monkeypatch.setattr(tool, "problem_and_floors", lambda place: (PROBLEM, high))
    with pytest.raises(AssertionError, match="is refuted by number"):
        tool.attack(4, 0)


@pytest.mark.parametrize("kind", tool.KINDS)
def test_networks_have_the_problems_shape(kind):
    W, b = tool.network(PROBLEM, kind, np.random.default_rng(1))
    assert W.shape == (2, 5)
    assert b.shape == (5,)
    assert np.isfinite(W).all()
