"""Arithmetic in Q(√D) against SymPy's and against balls."""

import pytest
import sympy
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from boundcalc.frames.quadratic import Quadratic
from boundcalc.numbers.enclosure import precision

rationals = st.fractions(min_value=-50, max_value=50, max_denominator=30)
elements = st.tuples(rationals, rationals)


def quadratic(pair):
    a, b = pair
    return Quadratic(fmpq(a.numerator, a.denominator), fmpq(b.numerator, b.denominator), 5)


def radical(pair):
    a, b = pair
    return sympy.Rational(a.numerator, a.denominator) + sympy.Rational(b.numerator, b.denominator) * sympy.sqrt(5)


def agrees(value, expression):
    expected = sympy.Rational(int(value.a.p), int(value.a.q)) + sympy.Rational(int(value.b.p), int(value.b.q)) * sympy.sqrt(5)
    return sympy.radsimp(sympy.expand(expression) - expected) == 0


@settings(max_examples=40, deadline=None)
@given(elements, elements, st.integers(0, 5))
def test_operations(x, y, exponent):
    a, b, s, t = quadratic(x), quadratic(y), radical(x), radical(y)
    assert agrees(a + b, s + t)
    assert agrees(a - b, s - t)
    assert agrees(a * b, s * t)
    assert agrees(a**exponent, s**exponent)
    if t != 0:
        assert agrees(a / b, s / t)


def test_the_ball_holds_the_number():
    phi = Quadratic(fmpq(1, 2), fmpq(1, 2), 5)
    with precision(200):
        assert (phi.ball() ** 2 - phi.ball() - 1).contains(0)
        assert phi.ball().rel_accuracy_bits() > 190
        assert phi.ball() > arb("1.618")


def test_rational_numbers_belong_to_every_field():
    root = Quadratic(fmpq(0), fmpq(1), 3)
    assert root * root == Quadratic(fmpq(3))
    assert Quadratic(fmpq(1), fmpq(0), 7) == Quadratic(fmpq(1))


def test_two_fields_do_not_mix():
    with pytest.raises(ValueError, match="different fields"):
        Quadratic(fmpq(0), fmpq(1), 3) + Quadratic(fmpq(0), fmpq(1), 5)
