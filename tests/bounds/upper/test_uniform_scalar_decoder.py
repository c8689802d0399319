"""The constant by mpmath, and two uniform features on a line in closed form."""

from __future__ import annotations

import pytest
from flint import fmpq
from mpmath import e, mp, pi

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.bounds.upper.uniform_scalar_decoder import LOST
from boundcalc.model.problem import Problem

BOUND = BOUNDS["uniform_scalar_decoder"]


def test_the_constant_is_rounded_down():
    with mp.workdps(30):
        entropy_power = 4 / (2 * pi * e)  # e^{2h}/(2πe), h = log 2
        assert 0 < entropy_power**2 / (mp.mpf(1) / 3) - mp.mpf(int(LOST.p)) / int(LOST.q) < 2 * mp.mpf(10) ** -5


@pytest.mark.parametrize("p", [fmpq(1, 50), fmpq(1)])
def test_two_features_on_a_line_lose_more(p):
    """Given both active, u_1 given y = u_1 + u_2 is uniform on an interval of length 2 − |y|: a mean variance of 1/6."""
    lost = 2 * p**2 / 6
    value = evaluate_upper(BOUND, Problem(2, 1, 3, p, "uniform")).value.certified
    assert 0 <= value - (2 * p / 3 - LOST * p**2) < fmpq(1, 10**9)
    assert value > 2 * p / 3 - lost
