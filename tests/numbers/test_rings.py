"""The three rings give one formula one value: exact, enclosed, and as an expression."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import sympy
from flint import arb, ctx, fmpq

from boundcalc.numbers.rings import BALL, EXACT, MAX_EXACT_BITS, NotExact
from boundcalc.numbers.symbolic_ring import SYMBOLIC

P = fmpq(2, 7)


def rational(value):
    """A SymPy rational, or a Python one, as the number of the exact ring."""
    value = sympy.nsimplify(value)
    return fmpq(int(value.p), int(value.q))


def encloses(ball, value):
    """Whether the ball is narrow and meets the rational, which has no finite binary form."""
    return (ball - arb(value)).contains(0) and ball.rad() < arb(10) ** -10


@pytest.mark.parametrize("exponent", [fmpq(0), fmpq(1), fmpq(5), fmpq(-3)])
def test_whole_powers_agree_in_the_three_rings(exponent):
    expected = fmpq(2, 7) ** int(exponent)
    assert EXACT.power(P, exponent) == expected
    assert encloses(BALL.power(P, exponent), expected)
    assert rational(SYMBOLIC.power(sympy.Rational(2, 7), exponent)) == expected


def test_a_root_is_an_enclosure_and_nothing_exact():
    with pytest.raises(NotExact):
        EXACT.power(P, fmpq(2, 3))
    found = BALL.power(P, fmpq(2, 3))
    assert (found**3).contains(arb(P**2))
    assert found.rad() < arb(10) ** -10
    assert SYMBOLIC.power(sympy.Symbol("p"), fmpq(2, 3)) ** 3 == sympy.Symbol("p") ** 2


@pytest.mark.parametrize("base", [fmpq(0), fmpq(1)])
def test_roots_of_zero_and_one_are_exact(base):
    assert EXACT.power(base, fmpq(1, 3)) == base


def test_powers_too_long_to_write_out_are_left_to_balls():
    with pytest.raises(NotExact):
        EXACT.power(P, fmpq(MAX_EXACT_BITS))
    assert EXACT.power(fmpq(1), fmpq(10**9)) == 1


@pytest.mark.parametrize("n", [1, 2, 5])
def test_isolation_is_that_no_other_feature_is_active(n):
    expected = Fraction(5, 7) ** (n - 1)
    assert EXACT.isolation(P, fmpq(n)) == fmpq(expected.numerator, expected.denominator)
    assert encloses(BALL.isolation(arb(P), fmpq(n)), fmpq(expected.numerator, expected.denominator))
    assert rational(SYMBOLIC.isolation(sympy.Rational(2, 7), sympy.Integer(n))) == fmpq(expected.numerator, expected.denominator)


def test_isolation_at_the_ends():
    assert EXACT.isolation(P, math.inf) == 0
    assert BALL.isolation(arb(P), math.inf) == 0
    assert BALL.isolation(arb(1), fmpq(3)) == 0
    assert BALL.isolation(arb(1), fmpq(1)) == 1  # no other feature


def test_isolation_keeps_its_accuracy_at_tiny_p():
    """(1 − 10^{-60})^{10^{60}} is 1/e to sixty digits, though 1 − 10^{-60} is 1 in the working precision."""
    with ctx.workprec(64):
        found = BALL.isolation(arb("1e-60"), fmpq(10**60 + 1))
        assert (found * arb(1).exp() - 1).abs_upper() < arb("1e-15")


def test_minimum_skips_what_is_infinite_and_keeps_rationals():
    assert EXACT.minimum(math.inf, fmpq(3), P) == P
    found = BALL.minimum(fmpq(3), math.inf, P)
    assert isinstance(found, fmpq)
    assert found == P
    assert encloses(BALL.minimum(arb(3), P), P)
    assert SYMBOLIC.minimum(sympy.Integer(3), sympy.Rational(2, 7)) == sympy.Rational(2, 7)


def test_maximum():
    assert EXACT.maximum(P, fmpq(3), fmpq(-4)) == 3
    assert BALL.maximum(P, arb(3), fmpq(-4)) == 3
    assert SYMBOLIC.maximum(sympy.Rational(2, 7), sympy.Integer(3)) == 3


@pytest.mark.parametrize(("n", "expected"), [(1, 10), (2, 10), (3, 20), (7, 20), (8, 30), (math.inf, 30)])
def test_cases_choose_the_last_piece_that_has_begun(n, expected):
    pieces = [(fmpq(1), lambda: 10), (fmpq(3), lambda: 20), (fmpq(8), lambda: 30)]
    size = n if n == math.inf else fmpq(n)
    assert EXACT.cases(size, pieces) == expected
    assert BALL.cases(size, pieces) == expected
    if n != math.inf:
        symbol = sympy.Symbol("n", positive=True)
        assert (
            SYMBOLIC.cases(
                symbol, [(int(start), piece) for start, piece in ((1, pieces[0][1]), (3, pieces[1][1]), (8, pieces[2][1]))]
            ).subs(symbol, n)
            == expected
        )


def test_the_expected_minimum_in_the_three_rings():
    """E min(2, Bin(4, p)) = 2 − 2 (1 − p)^4 − 4 p (1 − p)^3."""
    q = 1 - P
    expected = 2 - 2 * q**4 - 4 * P * q**3
    assert encloses(BALL.expected_minimum(fmpq(2), fmpq(4), arb(P)), expected)
    assert EXACT.expected_minimum(fmpq(4), fmpq(3), P) == 3 * P  # no more than d are ever active
    assert EXACT.expected_minimum(fmpq(4), math.inf, P) == 4
    with pytest.raises(NotExact):
        EXACT.expected_minimum(fmpq(2), fmpq(4), P)
    d, n, p = sympy.symbols("d n p")
    shown = sympy.latex(SYMBOLIC.expected_minimum(d, n, p))
    assert shown == r"\mathbb{E}\min\left(d, \operatorname{Bin}(n, p)\right)"


def test_a_number_enters_each_ring():
    assert EXACT.number(P) is P
    assert encloses(BALL.number(P), P)
    assert SYMBOLIC.number(P) == sympy.Rational(2, 7)


def test_the_logarithm_in_the_three_rings():
    assert EXACT.log(fmpq(1)) == 0
    with pytest.raises(NotExact):
        EXACT.log(P)
    assert abs(float(BALL.log(P).mid()) - math.log(2 / 7)) < 1e-12
    assert SYMBOLIC.log(sympy.Rational(2, 7)) == sympy.log(sympy.Rational(2, 7))
