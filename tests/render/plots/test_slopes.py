"""Slopes and transitions hold what they claim of every curve through the band."""

import math
import random

import pytest
from flint import fmpq
from oracles.sweep_rows import evaluated, made_up

from boundcalc.numbers.parsing import parse_rational
from boundcalc.render.plots.data import number, points
from boundcalc.render.plots.slopes import Transition, end_of_superposition, half_of_the_sparse_limit, local_slopes, mean_slope


def band(*rows: tuple[str, str, str]):
    return points(made_up(*row) for row in rows)


@pytest.mark.parametrize(("values", "slope"), [(("0.0001", "0.01"), "1/2"), (("0.02", "0.02"), "0"), (("1/8", "125000"), "3/2")])
def test_a_known_power_has_its_slope(values, slope):
    """I = c p^slope between p = 1e-6 and 1e-2, known exactly."""
    first, last = band(("1e-6", values[0], values[0]), ("1e-2", values[1], values[1]))
    found = mean_slope(first, last).value
    assert found.lower <= parse_rational(slope, parameter="slope") <= found.upper
    assert found.upper - found.lower < fmpq(1, 10**30)


def test_the_slope_holds_that_of_every_curve_through_the_band():
    """Random values inside the two intervals, by math.log; the extremes are attained at the corners."""
    first, last = band(("1e-3", "0.02", "0.03"), ("0.04", "0.11", "0.17"))
    found = mean_slope(first, last).value
    low, high = number(found.lower), number(found.upper)
    draw = random.Random(5)
    for _ in range(200):
        start, end = draw.uniform(0.02, 0.03), draw.uniform(0.11, 0.17)
        assert low <= math.log(end / start) / math.log(40) <= high
    assert low == pytest.approx(math.log(0.11 / 0.03) / math.log(40), rel=1e-12)
    assert high == pytest.approx(math.log(0.17 / 0.02) / math.log(40), rel=1e-12)


def test_where_the_basis_is_optimal_the_slope_is_one():
    """I* = p d there, which a third of a decimal does not say."""
    first, last = points([evaluated("inf", 3, "1/7"), evaluated("inf", 3, "1/3")])
    found = mean_slope(first, last).value
    assert found.lower <= 1 <= found.upper
    assert found.upper - found.lower < fmpq(1, 10**30)


def test_local_slopes_span_a_decade():
    found = band(*((f"{k}/1000", "0.01", "0.02") for k in (1, 4, 9, 10, 11, 50, 100, 1000)))
    spans = [(str(one.first.problem.p), str(one.last.problem.p)) for one in local_slopes(found)]
    assert spans == [
        ("1/1000", "1/100"),
        ("1/250", "1/20"),
        ("9/1000", "1/10"),
        ("1/100", "1/10"),
        ("11/1000", "1"),
        ("1/20", "1"),
        ("1/10", "1"),
    ]


def over_p(*rows: tuple[str, str, str]):
    """Points from p and the ends of I/p."""
    exact = [[parse_rational(text, parameter="row") for text in row] for row in rows]
    return band(*((str(p), str(p * low), str(p * high)) for p, low, high in exact))


START = (("1e-5", "10", "12"), ("1e-4", "6.1", "9"))
"""Above 6 is certainly more than half of I/p at the least p, below 5 certainly less."""


def test_half_of_the_sparse_limit_is_found_between_certain_points():
    found = over_p(*START, ("1e-3", "6", "7"), ("1e-2", "4", "5"), ("1e-1", "3", "4.9"), ("1/2", "1", "2"))
    assert half_of_the_sparse_limit(found) == Transition(fmpq(1, 10**4), fmpq(1, 10))
    assert half_of_the_sparse_limit(found[:2]) == Transition(fmpq(1, 10**4), None)


def test_a_point_that_is_undecided_in_between_is_not_jumped_over():
    found = over_p(*START, ("1e-3", "2", "9"), ("1e-2", "7", "8"), ("1e-1", "4", "4.5"), ("1/5", "3", "9"), ("1/2", "1", "2"))
    assert half_of_the_sparse_limit(found) == Transition(fmpq(1, 10**4), fmpq(1, 2))


def test_superposition_ceases_to_help_about_the_exact_threshold():
    """m = 3, ±1: capacity proves it from 0.12270623… on (theory.md), and a frame beats the basis at 0.09."""
    found = points(evaluated("inf", 3, p) for p in ("0.01", "0.09", "0.1227", "0.1228", "1/3", "1"))
    assert end_of_superposition(found) == Transition(fmpq(9, 100), fmpq(1228, 10**4))
    gaussian = points(evaluated("inf", 3, p, "gaussian") for p in ("0.01", "0.5", "1"))
    assert end_of_superposition(gaussian).after == 1
    assert end_of_superposition(gaussian[:2]).after is None
