"""Comparisons: their certificates hold, their statements hold at exact points, and false ones are refuted."""

from __future__ import annotations

import random
from fractions import Fraction
from math import comb, prod

import pytest
import sympy

from boundcalc.bounds.upper import capacity, capacity_welch, rank, very_sparse
from boundcalc.model.notation import symbol
from boundcalc.numbers.constants import tensor_dimension, welch_constant
from boundcalc.numbers.errors import ParameterError
from tools import dominance
from tools.dominance import INDEX, NotProven, all_dominances

EXPONENTS = (1, 3, 5, 7, 9)
D = symbol("d")


@pytest.mark.parametrize("m", [*EXPONENTS, 33])
def test_dimensions_in_whole_numbers(m):
    dominance.welch_at_most_tensor(m)
    dominance.tensor_at_most_power(m)
    for d in range(1, 40):
        welch = prod(Fraction(d + 2 * k, 2 * k + 1) for k in range(m))
        assert welch <= comb(d + m - 1, m) <= d**m


def test_a_reversed_comparison_is_refuted():
    large, small = (D + INDEX) / (INDEX + 1), (D + 2 * INDEX) / (2 * INDEX + 1)
    with pytest.raises(NotProven, match="negative"):
        dominance._factor_gap(small, large, welch_constant, tensor_dimension, 3)
    with pytest.raises(NotProven, match="constant"):
        dominance._factor_gap(large, small, tensor_dimension, lambda d, m: d**m, 3)


@pytest.mark.parametrize("m", EXPONENTS)
def test_gain_at_most_second_moment(m):
    """The certificate is a square, and its mean under a two-point law of |u| is mu_2 beta - alpha^2."""
    found = dominance.gain_at_most_second_moment(m)
    u, v = sympy.symbols("u v", real=True)
    root = sympy.sqrt(sympy.factor(2 * found.certificate.subs({u: 3, v: 2})))
    assert root == 3 * 2**m - 2 * 3**m or root == 2 * 3**m - 3 * 2**m
    points = ((sympy.Rational(1, 2), sympy.Rational(1, 3)), (sympy.Integer(2), sympy.Rational(2, 3)))
    mean = sum(s * t * found.certificate.subs({u: x, v: y}) for x, s in points for y, t in points)
    mu = {k: sum(s * x**k for x, s in points) for k in (2, m + 1, 2 * m)}
    assert mean == mu[2] * mu[2 * m] - mu[m + 1] ** 2 >= 0


@pytest.mark.parametrize("m", EXPONENTS)
def test_very_sparse_at_most_rank_at_exact_points(m):
    certificate = dominance.very_sparse_at_most_rank(m).certificate
    rng = random.Random(m)
    for _ in range(20):
        values = {symbol("n"): rng.randint(1, 40), D: rng.randint(1, 4), symbol("p"): sympy.Rational(rng.randint(1, 9), 9)}
        mu = {2 * j: sympy.Rational(1, 2 * j + 1) for j in range(1, m + 1)}
        values |= {symbol("mu", k): value for k, value in mu.items()}
        values[symbol("G")] = min(sympy.Integer(values[symbol("n")]), welch_constant(sympy.Integer(values[D]), m))
        difference = (rank.BOUND.expression(m) - very_sparse.BOUND.expression(m)).subs(values)
        assert difference == certificate.subs(values)
        assert difference >= 0


@pytest.mark.parametrize("m", [3, 5, 7, 9])
def test_capacity_welch_at_zero_is_capacity(m):
    """At a random exact row: with lambda = theta kappa_{2m} l/G the difference vanishes linearly in theta."""
    dominance.capacity_welch_without_welch(m)
    rng = random.Random(m)
    upper, plain = capacity_welch.BOUND.expression(m), capacity.BOUND.expression(m)
    names = upper.free_symbols - {symbol("theta"), symbol("lambda")}
    values = {name: sympy.Rational(rng.randint(1, 9), rng.randint(1, 5)) for name in sorted(names, key=str)}
    pure, G = values[symbol("kappa", 2 * m)], values[symbol("G")]
    gaps = []
    for theta in (sympy.Rational(1, 10**8), sympy.Rational(1, 10**10)):
        point = values | {symbol("theta"): theta, symbol("lambda"): theta * pure * 3 / G}
        gaps.append(abs(upper.subs(point) / plain.subs(values) - 1))
    assert 90 < gaps[0] / gaps[1] < 110


def test_capacity_welch_without_its_shift_is_not_capacity():
    wrong = capacity_welch.BOUND.expression(3).subs({symbol("theta"): 1, symbol("lambda"): 0})
    assert sympy.cancel(wrong - capacity.BOUND.expression(3)) != 0


def test_cubic_remainder_numerically():
    found = dominance.cubic_remainder()
    q, second, fourth = symbol("Q", 2), symbol("kappa", 2), symbol("kappa", 4)
    rng = random.Random(3)
    for _ in range(50):
        w, s, f = (Fraction(rng.randint(1, 1000), rng.randint(1, 1000)) for _ in range(3))
        share = (1 + w) * (3 * s**2 * (1 + w)) ** 2 / (15 * f * s * (1 + w) + 15 * s**3 * (1 + w) ** 3)
        gap = Fraction(3, 5) * s - share
        assert gap >= 0
        point = {q: sympy.Rational(1 + w), second: sympy.Rational(s), fourth: sympy.Rational(f)}
        assert found.certificate.subs(point) == sympy.Rational(gap)


@pytest.mark.parametrize("m", EXPONENTS)
def test_all_of_them(m):
    assert len(all_dominances(m)) == {1: 5, 3: 7}.get(m, 6)


def test_a_large_exponent_is_refused_where_rows_are_expanded():
    with pytest.raises(ParameterError, match="m = 101"):
        dominance.capacity_welch_without_welch(101)
