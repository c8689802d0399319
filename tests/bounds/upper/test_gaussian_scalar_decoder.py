"""Two normal features on a line: the bound is what a decoder that knows the support attains."""

from __future__ import annotations

import pytest
from flint import fmpq

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.model.problem import Problem

BOUND = BOUNDS["gaussian_scalar_decoder"]


@pytest.mark.parametrize("p", [fmpq(1, 1000), fmpq(1, 3), fmpq(1)])
def test_attained_by_two_features_on_a_line(p):
    """W = (1, 1): given both active, Var(u_1 | u_1 + u_2) = 1/2; both lose p²/2, with one active nothing is lost."""
    lost = 2 * p**2 / 2
    assert evaluate_upper(BOUND, Problem(2, 1, 3, p, "gaussian")).value.certified == 2 * p - lost


def test_below_the_other_bound_for_any_decoder_where_few_are_active():
    problem = Problem(400, 30, 3, "1/100", "gaussian")
    assert evaluate_upper(BOUND, problem).value.certified < evaluate_upper(BOUNDS["gaussian_support"], problem).value.certified
    assert evaluate_upper(BOUND, problem).value.certified < evaluate_upper(BOUNDS["trivial"], problem).value.certified


def test_it_is_for_finitely_many_normal_features():
    assert evaluate_upper(BOUND, Problem("inf", 3, 3, "1/10", "gaussian")).value is None
    assert evaluate_upper(BOUND, Problem(5, 3, 3, "1/10", "uniform")).value is None
    assert evaluate_upper(BOUND, Problem(3, 5, 3, "1/10", "gaussian")).value.certified == fmpq(3, 10)
