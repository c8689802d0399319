"""Exact numbers from text: exactness, round trips, and refusals in one short line."""

from __future__ import annotations

import time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from flint import fmpq, fmpz
from hypothesis import given, settings
from hypothesis import strategies as st

from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import as_integer, as_rational, parse_rational, positive_seconds, whole_number


def read(text: str) -> fmpq:
    return parse_rational(text, parameter="p")


def as_fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def refusal(call: object, *arguments: object) -> str:
    """The message of a refusal that came fast and in one line."""
    start = time.process_time()
    with pytest.raises(ParameterError) as caught:
        call(*arguments)  # type: ignore[operator]
    message = str(caught.value)
    assert time.process_time() - start < 2  # nothing huge is computed before it is refused
    assert message.isprintable()
    assert len(message) < 300
    return message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1e-6", Fraction(1, 10**6)),
        ("1e-400", Fraction(1, 10**400)),
        ("0.03", Fraction(3, 100)),
        ("1/3", Fraction(1, 3)),
        ("0.1", Fraction(1, 10)),
        (" 2.50E+3 ", Fraction(2500)),
        ("10^30", Fraction(10**30)),
        ("10**30", Fraction(10**30)),
        ("2^-3", Fraction(1, 8)),
        ("-1.5", Fraction(-3, 2)),
        ("+.5", Fraction(1, 2)),
        ("5.", Fraction(5)),
        ("007", Fraction(7)),
        ("1 - 1e-30", 1 - Fraction(1, 10**30)),
        ("1e-3/3 + 2*(1/7 - 1e2)", Fraction(1, 3000) + 2 * (Fraction(1, 7) - 100)),
        ("-2^2", Fraction(-4)),
        ("2^3^2", Fraction(512)),
        ("0.1234567890123456789012345", Fraction(1234567890123456789012345, 10**25)),
    ],
)
def test_text_is_exact(text: str, expected: Fraction) -> None:
    assert as_fraction(read(text)) == expected


@given(st.fractions())
def test_fraction_text_round_trips(value: Fraction) -> None:
    assert as_fraction(read(str(value))) == value
    assert as_fraction(read(f"({value})")) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=None))
def test_decimal_text_round_trips(value: object) -> None:
    assert as_fraction(read(str(value))) == Fraction(str(value))


@given(st.integers(-(10**30), 10**30), st.integers(-300, 300))
def test_scientific_notation_is_a_power_of_ten(mantissa: int, exponent: int) -> None:
    assert as_fraction(read(f"{mantissa}e{exponent}")) == mantissa * Fraction(10) ** exponent


@st.composite
def _arithmetic(draw: st.DrawFn, depth: int = 4) -> str:
    if depth == 0 or draw(st.booleans()):
        return str(draw(st.integers(0, 99)))
    left, right = draw(_arithmetic(depth - 1)), draw(_arithmetic(depth - 1))
    return f"({left}{draw(st.sampled_from('+-*'))}{right})"


@given(_arithmetic())
def test_arithmetic_agrees_with_python(text: str) -> None:
    assert read(text) == eval(text)  # text of the test's own grammar of integers


ALLOWED = "must be a number such as 1e-6, 0.03 or 1/3"
LONG = "must be a number of at most 20000 characters"


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", ALLOWED),
        ("   ", ALLOWED),
        ("nan", ALLOWED),
        ("inf", ALLOWED),
        ("-Infinity", ALLOWED),
        ("True", ALLOWED),
        ("None", ALLOWED),
        ("a", ALLOWED),
        ("e5", ALLOWED),
        ("1e", ALLOWED),
        (".", ALLOWED),
        ("1.0.0", ALLOWED),
        ("1 2", ALLOWED),
        ("1,2", ALLOWED),
        ("1;2", ALLOWED),
        ("1//3", ALLOWED),
        ("1%3", ALLOWED),
        ("1_000", ALLOWED),
        ("0x10", ALLOWED),
        ("0b1", ALLOWED),
        ("1j", ALLOWED),
        ("1+2j", ALLOWED),
        ("'1'", ALLOWED),
        ("f'1'", ALLOWED),
        ("[1]", ALLOWED),
        ("()", ALLOWED),
        ("1(2)", ALLOWED),
        ("1if 1 else 2", ALLOWED),
        ("lambda:1", ALLOWED),
        ("(1:=2)", ALLOWED),
        ("1 # note", ALLOWED),
        ("1\n2", ALLOWED),
        ("(1\n+1)", ALLOWED),
        ("1\x00", ALLOWED),
        ("\x1b[31m1", ALLOWED),
        ("\ud800", ALLOWED),
        ("١٢", ALLOWED),
        ("１/３", ALLOWED),
        ("𝟏", ALLOWED),
        ("1²", ALLOWED),
        ("½", ALLOWED),
        ("__import__('os').system('true')", ALLOWED),
        ("().__class__.__bases__[0].__subclasses__()", ALLOWED),
        ("1/0", "must be a number without a division by zero"),
        ("0^-1", "must be a number without a division by zero"),
        ("2^(1/2)", "must be a number with whole exponents"),
        ("1e999999999", "must be a number with a decimal exponent of at most 100000"),
        ("1e-100001", "must be a number with a decimal exponent of at most 100000"),
        ("1e" + "9" * 400, ALLOWED),
        ("2^1e9", "must be a number of at most 4000000 bits"),
        ("9^9^9^9", "must be a number of at most 4000000 bits"),
        ("(1e99999)^99", "must be a number of at most 4000000 bits"),
        ("(" * 10**5 + "1" + ")" * 10**5, LONG),
        ("9" * 10**6, LONG),
        ("(" * 9000 + "1" + ")" * 9000, ALLOWED),
        ("-" * 19_000 + "1", ALLOWED),
        ("1+" * 9_000 + "1", ALLOWED),
        ("9" * 5000 + "+1", ALLOWED),
    ],
)
def test_refused_text(text: str, allowed: str) -> None:
    message = refusal(read, text)
    assert message.startswith("p = ")
    assert message.endswith(f": {allowed}")


def test_the_message_shows_the_value_shortened() -> None:
    assert refusal(read, "0.1x") == f"p = 0.1x: {ALLOWED}"
    assert refusal(read, " ") == f"p = empty: {ALLOWED}"
    assert refusal(read, "x" * 200) == f"p = {'x' * 77}...: {ALLOWED}"


def test_nothing_is_evaluated(tmp_path: Path) -> None:
    target = tmp_path / "written"
    for text in (f"open({str(target)!r}, 'w')", f"__import__('pathlib').Path({str(target)!r}).touch()"):
        refusal(read, text)
    assert not target.exists()


@settings(max_examples=300)
@given(st.text(alphabet="0123456789eE.+-*/^() \t", max_size=40) | st.text(max_size=40))
def test_any_text_is_a_number_or_one_line(text: str) -> None:
    message = ""
    try:
        assert isinstance(read(text), fmpq)
    except ParameterError as error:
        message = str(error)
    assert message == "" or message.isprintable()


@pytest.mark.parametrize(
    "value", [3, fmpz(3), fmpq(3), Fraction(3), "3", "6/2", np.int64(3), np.uint8(3)], ids=lambda value: repr(value)
)
def test_exact_types_are_read(value: object) -> None:
    assert as_rational(value, parameter="p") == 3
    assert as_integer(value, parameter="d", allowed="whole") == 3


@pytest.mark.parametrize(
    "value", [True, False, np.True_, 1j, None, b"1", [1], {"a": 1}, object(), float("nan"), float("inf"), np.float32(0.5), fmpq]
)
def test_other_types_are_refused(value: object) -> None:
    message = refusal(lambda: as_rational(value, parameter="p"))
    assert message.startswith("p = ")
    assert "must be a number" in message


@pytest.mark.parametrize(("value", "shown"), [(0.1, "0.1"), (np.float64(0.1), "0.1"), (1e300, "1e+300")])
def test_floats_are_refused_with_the_remedy(value: float, shown: str) -> None:
    assert refusal(lambda: as_rational(value, parameter="p")).endswith(
        f"is a float, which is not exact: pass text such as p='{shown}' or a fraction"
    )


def test_whole_floats_are_told_to_be_whole() -> None:
    assert refusal(lambda: as_rational(30.0, parameter="n")) == "n = 30.0: is a float, which is not exact: write 30"


@pytest.mark.parametrize("value", ["1.5", "1/3", Fraction(1, 3), 1.0])
def test_integers_must_be_whole(value: object) -> None:
    refusal(lambda: as_integer(value, parameter="d", allowed="must be whole"))


def test_a_huge_int_is_shown_by_its_size() -> None:
    assert str(ParameterError("n", -(10**6000), "must be positive")) == "n = int of 19932 bits: must be positive"


def test_exact_numbers_of_other_libraries_are_taken():
    sympy = pytest.importorskip("sympy")
    for value, expected in (
        (Decimal("0.1"), fmpq(1, 10)),
        (Decimal("1E-400"), fmpq(1, 10**400)),
        (sympy.Rational(2, 6), fmpq(1, 3)),
        (sympy.Integer(7), fmpq(7)),
        (np.int64(3), fmpq(3)),
    ):
        assert as_rational(value, parameter="p") == expected
    for value in (Decimal("NaN"), Decimal("Infinity"), sympy.sqrt(2), sympy.Float("0.5"), np.float64(0.5)):
        with pytest.raises(ParameterError):
            as_rational(value, parameter="p")


@pytest.mark.parametrize("value", [1, "1", "5", fmpq(3), np.int64(4), "2^2"])
def test_a_whole_number_within_its_ends(value):
    assert 1 <= whole_number(value, parameter="points", least=1, most=5) == int(as_rational(value, parameter="points"))


@pytest.mark.parametrize(("value", "most"), [(0, 5), (6, 5), ("1/2", 5), (True, 5), ("x", 5), (0, None), (-1, None)])
def test_any_other_is_refused_with_both_ends(value, most):
    said = "points = .*: must be a whole number, " + ("at least 1" if most is None else "1 to 5")
    with pytest.raises(ParameterError, match=said):
        whole_number(value, parameter="points", least=1, most=most)


def test_a_time_is_positive_and_exact():
    assert positive_seconds("1/3", parameter="seconds") == fmpq(1, 3)
    for value in ("0", "-1", "1e9", "inf", ""):
        with pytest.raises(ParameterError, match=r"seconds = .*: must be a number of seconds, above 0 and below 10\^9"):
            positive_seconds(value, parameter="seconds")


@pytest.mark.parametrize("value", ["9" * 1100, "10^1100", 10**1100])
def test_whole_numbers_that_python_would_not_write(value):
    with pytest.raises(ParameterError, match="at most 1000 digits") as caught:
        as_integer(value, parameter="n", allowed="must be whole")
    assert len(str(caught.value)) < 200
    assert as_integer("10^990", parameter="n", allowed="must be whole") == 10**990
