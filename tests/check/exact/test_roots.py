"""Roots against mpmath at high precision, and identities that floating point cannot tell from near misses."""

from __future__ import annotations

import mpmath
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from boundcalc.check.exact.radicals import NumberTooLarge, Undecided
from boundcalc.check.exact.roots import approximate, compare, decimal, power

HALF = fmpq(1, 2)


def root(value, exponent=HALF):
    return power(value, exponent)


rationals = st.fractions(min_value=0, max_value=50, max_denominator=30)
exponents = st.sampled_from([fmpq(1, 2), fmpq(1, 3), fmpq(2, 3), fmpq(3, 4), fmpq(1, 5), fmpq(5, 2)])
terms = st.lists(st.tuples(st.integers(-6, 6), rationals, exponents), min_size=1, max_size=4)


def exact_and_reference(parts):
    """The sum Σ c b^e, and the same by mpmath with 60 digits."""
    total, reference = 0, mpmath.mpf(0)
    for factor, base, exponent in parts:
        total = total + fmpq(factor) * power(fmpq(base.numerator, base.denominator), exponent)
        reference += factor * (mpmath.mpf(base.numerator) / base.denominator) ** (mpmath.mpf(int(exponent.p)) / int(exponent.q))
    return total, reference


@settings(max_examples=150, deadline=None, derandomize=True)
@given(terms, terms)
def test_sums_products_and_comparisons_agree_with_mpmath(first, second):
    with mpmath.workdps(60):
        a, x = exact_and_reference(first)
        b, y = exact_and_reference(second)
        assert approximate(a) == pytest.approx(float(x), rel=1e-12, abs=1e-12)
        assert approximate(a * b) == pytest.approx(float(x * y), rel=1e-12, abs=1e-10)
        assert approximate(a - b) == pytest.approx(float(x - y), rel=1e-9, abs=1e-10)
        if abs(x - y) > mpmath.mpf(10) ** -40:
            assert compare(a, b) == (1 if x > y else -1)
        else:
            assert compare(a, b) == 0
        if abs(y) > mpmath.mpf(10) ** -30:
            assert approximate(a / b if not isinstance(b, int) else a * fmpq(1, b)) == pytest.approx(
                float(x / y), rel=1e-9, abs=1e-9
            )


def test_equalities_are_decided():
    assert root(2) * root(2) == 2
    assert root(8) == 2 * root(2)
    assert root(2) + root(8) - root(18) == 0
    assert power(root(2) + root(3), 2) == 5 + 2 * root(6)
    assert 1 / (root(3) - root(2)) == root(3) + root(2)
    assert power(fmpq(8, 27), fmpq(2, 3)) == fmpq(4, 9)
    assert power(root(5), 2) == 5
    assert root(12) + root(27) == root(75)
    assert power(2, fmpq(1, 4)) * power(2, fmpq(1, 4)) == root(2)
    assert root(2) + root(3) != root(10)


def test_near_misses_are_told_apart():
    # sqrt(N) + sqrt(N+2) and 2 sqrt(N+1) differ by about N^(-3/2)/4, far below what a float shows
    large = 10**30
    assert root(large) + root(large + 2) < 2 * root(large + 1)
    assert root(10**40 + 1) > 10**20
    assert fmpq(10**20) < root(10**40 + 1)


def test_roots_of_sums_are_compared_by_raising():
    assert root(5 + 2 * root(6)) == root(2) + root(3)
    assert root(5 + 2 * root(6)) <= root(2) + root(3)
    assert root(3 + 2 * root(2)) * 2 == 2 + 2 * root(2)
    assert root(2 + root(2)) < root(2 + root(3))


def test_what_cannot_be_decided_is_not_called_equal():
    left = root(3 + 2 * root(2)) + root(3)
    with pytest.raises(Undecided):
        compare(left, 1 + root(2) + root(3))
    assert left < 2 + root(2) + root(3)


def test_zero_and_negative_bases():
    assert power(0, 0) == 1
    assert power(fmpq(0), fmpq(3, 2)) == 0
    with pytest.raises(ZeroDivisionError):
        power(0, -1)
    with pytest.raises(ZeroDivisionError):
        power(0, -HALF)
    with pytest.raises(ZeroDivisionError):
        1 / (root(2) + root(8) - root(18))
    with pytest.raises(ValueError, match="negative"):
        root(-2)
    with pytest.raises(ValueError, match="negative"):
        root(1 - root(2))


def test_sizes_are_limited():
    with pytest.raises(NumberTooLarge):
        power(3, 10**9)
    with pytest.raises(NumberTooLarge):
        power(fmpq(3, 7), fmpq(10**7 + 1, 2))


def test_types_and_text():
    assert root(2).quotient is not None
    assert root(1 + root(2)).quotient is None
    assert decimal(fmpq(1, 3)) == "1/3"
    assert decimal(root(2)).startswith("[1.41421356237309504880168872")
