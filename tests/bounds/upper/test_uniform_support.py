"""Conditional means of uniform features on a line, by exact integrals and on a grid: never more than half the dimension."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.model.problem import Problem

BOUND = BOUNDS["uniform_support"]


def test_two_features_on_a_line():
    """p = 1, W = (1, 1): E|E[x | Wx]|² = 2(1/3 − 1/6) = 1/3, below 1/2."""
    assert 0 <= evaluate_upper(BOUND, Problem(2, 1, 3, 1, "uniform")).value.certified - fmpq(1, 2) < fmpq(1, 10**9)


@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0), (1.0, 0.5, 0.25), (1.0, 0.9, 0.1), (1.0, 0.01, 0.7)])
def test_conditional_means_on_a_grid(weights):
    """Three features on a line, all active: the mean of x_i given y by binning y over a grid of the cube."""
    grid = (np.arange(120) + 0.5) / 60 - 1
    points = np.stack(np.meshgrid(grid, grid, grid, indexing="ij")).reshape(3, -1)
    y = np.asarray(weights) @ points
    place = np.digitize(y, np.linspace(y.min(), y.max(), 400))
    count = np.bincount(place)
    seen = sum((np.bincount(place, x)[count > 0] ** 2 / count[count > 0]).sum() for x in points) / y.size
    assert 0.25 < seen < 0.5


def test_infinitely_many_features_and_the_support():
    assert evaluate_upper(BOUND, Problem("inf", 3, 3, "1/10", "uniform")).value.certified == fmpq(3, 2)
    expected = sum(min(k, 2) * c for k, c in enumerate((fmpq(27, 64), fmpq(27, 64), fmpq(9, 64), fmpq(1, 64)))) / 2
    assert abs(evaluate_upper(BOUND, Problem(3, 2, 3, "1/4", "uniform")).value.certified - expected) < fmpq(1, 10**9)
