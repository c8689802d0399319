"""Expressions: against Fractions built beside the text, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import pytest
from flint import fmpq
from hypothesis import assume, given
from hypothesis import strategies as st

from boundcalc.numbers.errors import ParameterError
from boundcalc.sweep.expressions import read_expression

KNOWN = {"n": fmpq(120), "d": fmpq(8), "m": fmpq(3), "p": fmpq(1, 30)}
FRACTIONS = {name: Fraction(int(value.p), int(value.q)) for name, value in KNOWN.items()}


UNARY = {
    "floor({})": lambda x: Fraction(floor(x)),
    "ceil({})": lambda x: Fraction(ceil(x)),
    "round({})": lambda x: Fraction(floor(x + Fraction(1, 2))),
    "-({})": lambda x: -x,
    "({})^2": lambda x: x**2,
}
BINARY = {
    "({} + {})": lambda x, y: x + y,
    "({} - {})": lambda x, y: x - y,
    "{} * ({})": None,  # precedence: the left factor stands without parentheses
    "({}) / ({})": lambda x, y: x / y if y else None,
    "min({}, {})": min,
    "max({}, {})": max,
}


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> tuple[str, Fraction]:
    """Text and its value, computed beside it."""
    kind = draw(st.sampled_from(("leaf", "unary", "binary") if depth else ("leaf",)))
    if kind == "leaf":
        whole = draw(st.integers(0, 50))
        leaves = [(str(whole), Fraction(whole)), (f"{whole}e-2", Fraction(whole, 100)), *FRACTIONS.items()]
        return draw(st.sampled_from(leaves))
    text, value = draw(expressions(depth - 1))
    if kind == "unary":
        form = draw(st.sampled_from(sorted(UNARY)))
        return form.format(text), UNARY[form](value)
    other, second = draw(expressions(depth - 1))
    form = draw(st.sampled_from(sorted(BINARY)))
    if form == "{} * ({})":
        return f"2*d * ({text})", 2 * FRACTIONS["d"] * value
    combined = BINARY[form](value, second)
    assume(combined is not None)
    return form.format(text, other), combined


@given(expressions())
def test_agrees_with_fractions(case):
    text, expected = case
    value = read_expression(text, "n").value(KNOWN, "n")
    assert Fraction(int(value.p), int(value.q)) == expected


@pytest.mark.parametrize(
    ("text", "expected", "names"),
    [
        ("d^m", fmpq(512), {"d", "m"}),
        ("d**m", fmpq(512), {"d", "m"}),
        ("d^-3", fmpq(1, 512), {"d"}),
        ("-d^2", fmpq(-64), {"d"}),
        ("2^3^2", fmpq(512), set()),
        ("1e-6", fmpq(1, 10**6), set()),
    ],
)
def test_powers_and_numbers(text, expected, names):
    expression = read_expression(text, "p")
    assert expression.value(KNOWN, "p") == expected
    assert expression.names == names


SYNTAX = ("", "x", "d.real", "__import__('os')", "d if d else m", "[d]", "d and m", "d < m", "lambda: d", "d;m", "d\nm", "'d'")
UNFINISHED = ("(", "d)", "d +", "* d")
CALLS = ("floor()", "floor(d, m)", "min()", "min(*d)", "exp(d)", "floor(x=d)", "d(m)", "floor")
WORDS = ("dd", "D", "1_000", "0x10", "1j", "True", "d%m", "d//m", "𝑑", "9" * 1001)


@pytest.mark.parametrize("text", [*SYNTAX, *UNFINISHED, *CALLS, *WORDS])
def test_refuses_other_syntax(text):
    with pytest.raises(ParameterError) as refused:
        read_expression(text, "n").value(KNOWN, "n")
    assert refused.value.parameter == "n"
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1/(d-8)", "divide by zero"),
        ("0^-1", "divide by zero"),
        ("d^(1/2)", "whole exponents"),
        ("9^9^9", "bits"),
        ("1e99999^20", "bits"),
    ],
)
def test_without_a_value(text, why):
    with pytest.raises(ParameterError, match=why):
        read_expression(text, "n").value(KNOWN | {"d": fmpq(8)}, "n")


def test_infinity_is_no_number():
    with pytest.raises(ParameterError, match="needs a finite n"):
        read_expression("1/n", "p").value({"n": "inf"}, "p")


def test_a_range_written_with_dots_is_told_how():
    with pytest.raises(ParameterError, match=r"d = 2\.\.10: must be written {from = 2, to = 10} for a range, in Python {'from': 2"):
        read_expression("2..10", "d")
