"""Rows in rationals: against the sum over active sets, and closed values."""

from __future__ import annotations

import random

import pytest
from flint import fmpq
from oracles.relu_loss import enumerated_row

from boundcalc.loss.relu.exact_row import finite_row, uniform_row


def draw(source: random.Random, low: int = -20) -> fmpq:
    return fmpq(source.randint(low, 20), source.randint(1, 20))


@pytest.mark.parametrize("seed", range(40))
def test_uniform_rows_are_the_sum_over_active_sets(seed):
    source = random.Random(seed)
    k = source.randint(0, 4)
    A = [draw(source) if source.random() < 0.85 else fmpq(0) for _ in range(k)]
    activity = [fmpq(source.randint(1, 20), 20) for _ in range(k)]
    a = source.choice([fmpq(0), draw(source), abs(draw(source))])
    b, p = draw(source), fmpq(source.randint(1, 20), 20)
    assert uniform_row(a, b, p, A, activity) == enumerated_row(a, b, p, A, activity)


def test_an_antipodal_pair():
    p = fmpq(1, 7)
    assert 2 * uniform_row(fmpq(1), fmpq(0), p, [fmpq(-1)], [p]) == p**2 / 3


def test_a_binary_feature_beside_a_binary_feature():
    """Four states: x̂ is 3/4, 0 (of 1), 1 − 1/2 and 0."""
    p, q, half = fmpq(1, 5), fmpq(1, 3), fmpq(1, 2)
    one = [(fmpq(1), fmpq(1))]
    value = finite_row(fmpq(1), fmpq(-1, 4), p, one, [-half], [q], [one])
    by_hand = p * (1 - q) * fmpq(1, 4) ** 2 + p * q * fmpq(3, 4) ** 2
    assert value == by_hand
