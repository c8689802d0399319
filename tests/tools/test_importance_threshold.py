"""The threshold of a third feature's importance: its value, the criterion against brute force, and both sides."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, fmpq

from tools.importance_threshold import criterion, gain, never_negative, threshold


def test_the_value_of_the_theory():
    low, high = threshold()
    assert fmpq(4783835, 10**8) < low <= high < fmpq(4783836, 10**8)


@pytest.mark.parametrize("seed", range(40))
def test_the_criterion_is_whether_three_lines_beat_two(seed):
    """sup_b 2 c.b - b'Kb on a grid of directions b >= 0, against its sign."""
    rng = np.random.default_rng(seed)
    omega, first, second = float(rng.uniform(0.01, 1)), float(rng.uniform(0, np.pi / 2)), float(rng.uniform(-np.pi / 2, np.pi / 2))
    angles = np.array([0, first, second])
    c = np.array([1, 1, omega])
    K = (c[:, None] + c[None, :]) / 2 * np.cos(angles[:, None] - angles[None, :]) ** 6
    shares = np.linspace(0, 1, 301)
    a, b = np.meshgrid(shares, shares)
    inside = a + b <= 1
    directions = np.array([a[inside], b[inside], 1 - a[inside] - b[inside]])
    best = ((c @ directions) ** 2 / np.einsum("in,ij,jn->n", directions, K, directions)).max()
    value = criterion(fmpq(*omega.as_integer_ratio()), arb(first), arb(second))
    if abs(best - 2) > 1e-3:
        assert (value > 0) == (best < 2)


def test_below_the_threshold_it_is_proven_and_above_it_is_not():
    low, high = threshold()
    assert never_negative(low * fmpq(9, 10)) is not None
    assert never_negative(high * fmpq(101, 100), most=3000) is None


def test_above_the_threshold_weights_are_better():
    _, high = threshold()
    assert 1 + fmpq(149, 10**6) < gain(high * fmpq(101, 100)) < 1 + fmpq(151, 10**6)
