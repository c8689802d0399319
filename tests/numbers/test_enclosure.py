"""Enclosures: containment, outward decimals, the precision loop and its ceiling."""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from flint import arb, ctx, fmpq
from hypothesis import assume, example, given
from hypothesis import strategies as st

from boundcalc.numbers.enclosure import (
    MAX_DIGITS,
    MAX_PRECISION,
    Enclosure,
    decimal_ceiling,
    decimal_exponent,
    decimal_floor,
    enclose,
    exact,
    precision,
)
from boundcalc.numbers.errors import CertificationError
from boundcalc.numbers.parsing import parse_rational

MAGNITUDES = st.integers(-400, 400)


@st.composite
def rationals(draw: st.DrawFn) -> fmpq:
    """Rationals of every magnitude, with those next to powers of ten and with few digits among them."""
    base = Fraction(draw(st.integers(-(10**25), 10**25)), draw(st.integers(1, 10**20)))
    close = Fraction(draw(st.sampled_from([-1, 1]))) * (1 + Fraction(draw(st.integers(-2, 2)), 10 ** draw(st.integers(1, 40))))
    value = draw(st.sampled_from([base, close])) * Fraction(10) ** draw(MAGNITUDES)
    return fmpq(value.numerator, value.denominator)


def read(text: str) -> fmpq:
    return parse_rational(text, parameter="text")


def unit(value: fmpq, digits: int) -> fmpq:
    """One unit in the last of ``digits`` significant digits."""
    return fmpq(10) ** (decimal_exponent(value) - digits + 1)


@given(rationals(), st.integers(1, 60))
@example(fmpq(999_999, 1_000_000), 3)
@example(fmpq(-1, 3), 1)
@example(fmpq(10) ** 16, 5)
def test_decimals_are_outward_and_within_one_unit(value: fmpq, digits: int) -> None:
    low, high = read(decimal_floor(value, digits)), read(decimal_ceiling(value, digits))
    assert low <= value <= high
    if value != 0:
        assert value - low < unit(value, digits)
        assert high - value < unit(value, digits)


@given(rationals(), st.integers(1, 60))
def test_decimals_have_at_most_the_asked_digits(value: fmpq, digits: int) -> None:
    for text in (decimal_floor(value, digits), decimal_ceiling(value, digits)):
        mantissa = text.lstrip("-").split("e")[0]
        significant = mantissa.replace(".", "").strip("0") if "." in mantissa else mantissa.strip("0")
        assert len(significant) <= digits
        assert text == "0" or set(text) <= set("0123456789.-e")


@given(st.integers(-(10**12), 10**12), MAGNITUDES)
def test_short_decimals_are_written_exactly(mantissa: int, exponent: int) -> None:
    value = mantissa * fmpq(10) ** exponent
    for digits in (13, 40):
        assert read(decimal_floor(value, digits)) == value == read(decimal_ceiling(value, digits))
        assert decimal_floor(value, digits) == decimal_ceiling(value, digits)


@given(rationals(), st.integers(1, 40))
def test_rounding_is_antisymmetric(value: fmpq, digits: int) -> None:
    negated = decimal_ceiling(-value, digits)
    assert read(decimal_floor(value, digits)) == -read(negated)


@given(rationals())
def test_decimal_exponent(value: fmpq) -> None:
    assume(value != 0)
    exponent = decimal_exponent(value)
    assert fmpq(10) ** exponent <= abs(value) < fmpq(10) ** (exponent + 1)


@pytest.mark.parametrize(
    ("value", "digits", "low", "high"),
    [
        (fmpq(1, 3), 5, "0.33333", "0.33334"),
        (fmpq(-1, 3), 5, "-0.33334", "-0.33333"),
        (fmpq(2, 3) / 10**6, 3, "6.66e-7", "6.67e-7"),
        (fmpq(0), 4, "0", "0"),
        (fmpq(120), 30, "120", "120"),
        (fmpq(12345), 2, "12000", "13000"),
        (fmpq(99999, 10000), 3, "9.99", "10"),
        (fmpq(99999, 10**10), 3, "9.99e-6", "0.00001"),
        (fmpq(1, 64), 20, "0.015625", "0.015625"),
        (fmpq(10) ** 30, 5, "1e30", "1e30"),
    ],
)
def test_decimal_text(value: fmpq, digits: int, low: str, high: str) -> None:
    assert (decimal_floor(value, digits), decimal_ceiling(value, digits)) == (low, high)


@given(rationals(), st.fractions(min_value=0, max_value=1), st.integers(1, 30))
def test_an_enclosure_prints_outward(lower: fmpq, width: Fraction, digits: int) -> None:
    upper = lower + fmpq(width.numerator, width.denominator)
    shown = Enclosure(lower, upper).as_json(digits)
    assert read(shown["lower"]) <= lower
    assert read(shown["upper"]) >= upper


@given(rationals())
def test_a_ball_becomes_its_exact_ends(value: fmpq) -> None:
    with precision(80):
        ball = arb(value)
        enclosure = Enclosure.of(ball)
        assert enclosure.lower <= value <= enclosure.upper
        assert exact(ball.mid()) >= enclosure.lower
        if value != 0:
            assert (enclosure.upper - enclosure.lower) * 2**70 < abs(value)


def test_a_rational_becomes_a_point() -> None:
    point = Enclosure.of(fmpq(1, 3))
    assert point.lower == point.upper == fmpq(1, 3)
    assert point.is_exact
    assert point.digits == MAX_DIGITS


@given(rationals(), st.integers(1, 300))
def test_digits_are_a_lower_bound_of_the_relative_width(value: fmpq, exponent: int) -> None:
    assume(value != 0)
    enclosure = Enclosure(value, value + abs(value) / fmpq(10) ** exponent)
    if enclosure.lower * enclosure.upper > 0:
        relative = (enclosure.upper - enclosure.lower) / min(abs(enclosure.lower), abs(enclosure.upper))
        assert relative <= fmpq(10) ** -enclosure.digits
        assert relative > fmpq(10) ** -(enclosure.digits + 2)


def test_around_zero_no_digit_is_correct() -> None:
    assert Enclosure(fmpq(-1), fmpq(1)).digits == 0
    assert Enclosure(fmpq(0), fmpq(1)).digits == 0


def test_reversed_ends_are_refused() -> None:
    with pytest.raises(ValueError, match="must not exceed"):
        Enclosure(fmpq(2), fmpq(1))


@pytest.mark.parametrize("ball", [arb("nan"), arb("inf"), arb("[+/- inf]")])
def test_a_ball_that_is_not_finite_is_refused(ball: arb) -> None:
    with pytest.raises(CertificationError):
        Enclosure.of(ball)


def test_comparison_has_three_values() -> None:
    one, two, wide = Enclosure.of(1), Enclosure.of(2), Enclosure(fmpq(0), fmpq(3))
    assert one.less(two) is True
    assert two.less(one) is False
    assert one.less(one) is False
    assert one.less(wide) is None


@given(*[st.tuples(rationals(), st.fractions(0, 9), st.fractions(0, 1))] * 2)
def test_difference_and_quotient_hold_those_of_all_members(first: Any, second: Any) -> None:
    def member(parts: tuple[fmpq, Fraction, Fraction]) -> tuple[Enclosure, fmpq]:
        low, width, share = parts[0], fmpq(parts[1].numerator, parts[1].denominator), fmpq(parts[2].numerator, parts[2].denominator)
        return Enclosure(low, low + width), low + share * width

    (x, a), (y, b) = member(first), member(second)
    assert (x - y).lower <= a - b <= (x - y).upper
    if y.lower > 0:
        assert (x / y).lower <= a / b <= (x / y).upper
    else:
        with pytest.raises(ZeroDivisionError):
            x / y


def test_precision_is_restored_also_after_an_error() -> None:
    before = ctx.prec
    with precision(777):
        assert ctx.prec == 777
        with precision(99):
            assert ctx.prec == 99
        assert ctx.prec == 777
    assert ctx.prec == before
    with pytest.raises(ZeroDivisionError), precision(777):
        fmpq(1) / 0
    assert ctx.prec == before


def test_ends_compare_with_fractions() -> None:
    """python-flint 0.9: fmpq(1, 2) == Fraction(1, 2) is False."""
    enclosed = Enclosure(fmpq(-1, 2), fmpq(10**30 + 1, 3))
    assert enclosed.fractions == (Fraction(-1, 2), Fraction(10**30 + 1, 3))
    assert Enclosure.of(7).fractions == (7, 7)


def test_threads_keep_their_precision_and_leave_the_old_one() -> None:
    """python-flint 0.9 has one precision a process: interleaved blocks would exchange it, and the last leave another's behind."""
    before, seen, first_in = ctx.prec, [], threading.Event()

    def first() -> None:
        with precision(100):
            first_in.set()
            time.sleep(0.2)  # long enough for the second to come in between, if it could
            seen.append(ctx.prec)

    def second() -> None:
        first_in.wait()
        with precision(200):
            time.sleep(0.2)
            seen.append(ctx.prec)

    threads = [threading.Thread(target=each) for each in (first, second)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert seen == [100, 200]
    assert ctx.prec == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_fork_beside_a_thread_in_a_block_does_not_wait_for_it() -> None:
    inside, done = threading.Event(), threading.Event()

    def hold() -> None:
        with precision(100):
            inside.set()
            done.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of forks in programs with threads
        child = os.fork()
    if child == 0:
        signal.alarm(10)
        with precision(200):
            os._exit(0 if ctx.prec == 200 else 1)
    _, status = os.waitpid(child, 0)
    done.set()
    thread.join()
    assert status == 0


@pytest.mark.parametrize("digits", [1, 15, 50, 200, 3000, 10_000])
@pytest.mark.parametrize("tiny", [20, 400])
def test_cancellation_is_met_by_doubling(digits: int, tiny: int) -> None:
    """1 − (1 − x) at x = 10^−tiny: the naive form loses all digits until the precision is far above ``tiny``."""
    used: list[int] = []

    def compute() -> arb:
        used.append(ctx.prec)
        x = arb(fmpq(1, 10**tiny))
        return 1 - (1 - x)

    enclosure = enclose(compute, digits)
    x = fmpq(1, 10**tiny)
    assert enclosure.lower <= x <= enclosure.upper
    assert (enclosure.upper - enclosure.lower) * 10**digits < enclosure.lower
    assert used == sorted(used)
    assert all(later == 2 * earlier for earlier, later in pairwise(used))


def test_at_the_ceiling_the_answer_says_how_far_it_goes() -> None:
    enclosure = enclose(lambda: arb(2).sqrt(), 100, ceiling=128)
    assert 30 <= enclosure.digits < 40
    assert enclosure.lower**2 < 2 < enclosure.upper**2


def test_without_a_finite_ball_below_the_ceiling_there_is_an_error() -> None:
    asked: list[int] = []

    def never() -> arb:
        asked.append(ctx.prec)
        return arb("nan")

    with pytest.raises(CertificationError):
        enclose(never, 10, ceiling=4096)
    assert asked[-1] == 4096
    assert MAX_PRECISION > 10_000 * 3.33


def test_an_exact_result_needs_no_second_round() -> None:
    assert enclose(lambda: fmpq(1, 7), 30) == Enclosure.of(fmpq(1, 7))
