"""One evaluator of arithmetic in names: exact values against Python's fractions, balls against 50 digits, and what has no value."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from boundcalc.language.arithmetic import Evaluation, names_of
from boundcalc.language.grammar import FUNCTIONS, StatementError, parse_expression
from boundcalc.numbers.enclosure import precision

CALLS = {**FUNCTIONS, "floor": (1, 1), "ceil": (1, 1), "round": (1, 1)}


def value(text: str, *, inexact: bool = False, bits: int = 1000, **known: object) -> object:
    names = {name: each if isinstance(each, str) else fmpq(each) for name, each in known.items()}
    return Evaluation(names, bits, inexact=inexact).value(parse_expression(text, CALLS))


numbers = st.integers(-9, 9).map(str)
trees = st.recursive(
    numbers | st.sampled_from("ab"),
    lambda inner: st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda parts: f"({''.join(parts)})"),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(trees, st.integers(-5, 5), st.integers(1, 7))
def test_rationals_are_those_of_python(text, a, b):
    spaced = "".join(f"Fraction({c})" if c.isdigit() else c for c in text)
    try:
        expected = eval(spaced, {"Fraction": Fraction, "a": Fraction(a), "b": Fraction(b)})
    except ZeroDivisionError:
        with pytest.raises(ArithmeticError, match="divide by zero"):
            value(text, a=a, b=b)
        return
    assert value(text, a=a, b=b) == fmpq(expected.numerator, expected.denominator)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("floor(7/2)", 3),
        ("ceil(7/2)", 4),
        ("round(7/2)", 4),
        ("round(-7/2)", -3),
        ("min(n, 3, 2)", 2),
        ("max(n, 3)", 5),
        ("abs(-n)", 5),
        ("2^-2", fmpq(1, 4)),
        ("0^0", 1),
    ],
)
def test_functions(text, expected):
    assert value(text, n=5) == expected


@pytest.mark.parametrize("text", ["n^-1.5", "sqrt(2)", "(-2)^3*sqrt(3)", "3^sqrt(2)", "1/(1 + sqrt(n))", "max(sqrt(2), 1)"])
def test_what_is_not_rational_is_a_ball(text):
    with precision(256):
        found = value(text, inexact=True, n=7)
        mpmath.mp.dps = 60
        expected = eval(text.replace("^", "**"), {"n": mpmath.mpf(7), "sqrt": mpmath.sqrt, "max": max})
        assert abs(arb(found) - arb(mpmath.nstr(expected, 50))) < 1e-48


def test_a_root_that_is_rational_stays_exact():
    assert value("sqrt(4/9)", inexact=True) == fmpq(2, 3)
    assert value("8^(2/3)", inexact=True) == 4


def test_a_long_rational_becomes_a_ball_where_that_is_allowed():
    assert isinstance(value("7^400", inexact=True, bits=300), arb)
    with pytest.raises(ArithmeticError, match="must stay below 300 bits"):
        value("7^400", bits=300)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1/0", "divide by zero"),
        ("0^-1", "divide by zero"),
        ("2^(1/2)", "whole exponents"),
        ("n + 1", "needs a finite n"),
    ],
)
def test_what_has_no_value_says_why(text, why):
    with pytest.raises(ArithmeticError, match=why):
        value(text, n="inf")


def test_a_root_of_a_negative_number_has_none():
    with pytest.raises(ArithmeticError, match="negative"):
        value("sqrt(-2)", inexact=True)


def test_names():
    assert names_of(parse_expression("d^m + min(n, 3)", CALLS), "ndmp") == {"d", "m", "n"}
    for text in ("E[x]", "q + 1", "a[i]"):
        with pytest.raises(StatementError, match="not part of a formula in n, d"):
            names_of(parse_expression(text), ("n", "d"))
