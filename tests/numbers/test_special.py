"""E min(d, Bin(n, p)) against exact sums, mpmath, identities, limits, and at extreme sizes."""

from __future__ import annotations

import time
from fractions import Fraction
from math import comb

import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp
from oracles.mpmath_arithmetic import summed_minimum, tail_minimum, to_mpf, to_rational

from boundcalc.numbers.enclosure import Enclosure, enclose
from boundcalc.numbers.special import expected_minimum


def enclosed(d: int, n: int | None, p: Fraction, digits: int = 30) -> Enclosure:
    probability = fmpq(p.numerator, p.denominator)
    return enclose(lambda: expected_minimum(fmpq(d), None if n is None else fmpq(n), arb(probability)), digits)


def assert_holds(enclosure: Enclosure, value: fmpq, digits: int = 30) -> None:
    assert enclosure.lower <= value <= enclosure.upper
    assert (enclosure.upper - enclosure.lower) * 10**digits < enclosure.lower


def exact_sum(d: int, n: int, p: Fraction) -> fmpq:
    value = sum((min(d, k) * comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)), Fraction(0))
    return fmpq(value.numerator, value.denominator)


@given(st.integers(1, 25), st.integers(1, 25), st.fractions(min_value=Fraction(1, 1000), max_value=1))
def test_small_cases_are_the_exact_sum(d: int, n: int, p: Fraction) -> None:
    assert_holds(enclosed(d, n, p), exact_sum(d, n, p))


@pytest.mark.parametrize("p", [Fraction(1, 10**400), 1 - Fraction(1, 10**400), Fraction(1, 2), Fraction(1)])
@pytest.mark.parametrize(("d", "n"), [(1, 1), (1, 2), (2, 3), (7, 8), (3, 40), (39, 40), (40, 40), (50, 40)])
def test_exact_sums_at_the_ends_of_p(d: int, n: int, p: Fraction) -> None:
    assert_holds(enclosed(d, n, p), exact_sum(d, n, p))


def test_one_dimension_is_the_chance_of_any_activity() -> None:
    for n, p in ((10, Fraction(1, 7)), (60, Fraction(1, 10**9)), (200, Fraction(1, 2))):
        value = 1 - (1 - p) ** n
        assert_holds(enclosed(1, n, p, 50), fmpq(value.numerator, value.denominator), 50)


@pytest.mark.parametrize(
    ("d", "n", "p"),
    [
        (100, 1000, Fraction(1, 10)),
        (100, 1000, Fraction(1, 11)),
        (100, 1000, Fraction(1, 9)),
        (900, 1000, Fraction(9, 10)),
        (999, 1000, Fraction(99, 100)),
        (3, 10**6, Fraction(1, 10**6)),
        (2000, 10**6, Fraction(1, 499)),
        (50, 10**20, Fraction(6, 10**19)),
        (10, 10**6, Fraction(1, 10)),
    ],
)
@pytest.mark.parametrize("digits", [15, 60])
def test_against_the_sum_from_below_in_mpmath(d: int, n: int, p: Fraction, digits: int) -> None:
    enclosure = enclosed(d, n, p, digits)
    # the sum d − Σ (d − k) P(k) loses the digits of d/(n p), P(0) = (1 − p)^n those of n, and each of the d steps rounds
    with mp.workdps(2 * digits + 100):
        value = to_rational(summed_minimum(d, n, to_mpf(fmpq(p.numerator, p.denominator))))
    error = abs(value) / fmpq(10) ** (2 * digits)
    assert enclosure.lower - error <= value <= enclosure.upper + error
    assert (enclosure.upper - enclosure.lower) * 10**digits < enclosure.lower


@pytest.mark.parametrize(("d", "n", "p"), [(20, 300, Fraction(1, 20)), (5, 60, Fraction(1, 3)), (150, 200, Fraction(7, 10))])
def test_against_the_incomplete_beta_function(d: int, n: int, p: Fraction) -> None:
    """E min(d, X) = n p P(X' < d) + d P(X > d), X' ~ Bin(n − 1, p), with tails I_p(k, n − k + 1) = P(X ≥ k)."""
    with mp.workdps(80):
        x = mp.mpf(p.numerator) / p.denominator
        below = 1 - mp.betainc(d, n - d, 0, x, regularized=True)
        above = mp.betainc(d + 1, n - d, 0, x, regularized=True)
        value = to_rational(n * x * below + d * above)
    enclosure = enclosed(d, n, p)
    error = fmpq(1, 10**60)
    assert enclosure.lower - error <= value <= enclosure.upper + error


@pytest.mark.parametrize(
    ("d", "n", "p"), [(10**5, 10**40, Fraction(1, 10**38)), (2000, 10**12, Fraction(1, 10**10)), (10**5, 10**7, Fraction(1, 2))]
)
def test_against_the_short_tail_in_mpmath(d: int, n: int, p: Fraction) -> None:
    with mp.workdps(250):
        value = to_rational(tail_minimum(d, n, to_mpf(fmpq(p.numerator, p.denominator))))
    enclosure = enclosed(d, n, p)
    error = value / fmpq(10) ** 60
    assert enclosure.lower - error <= value <= enclosure.upper + error


@pytest.mark.parametrize(
    ("d", "n", "p"),
    [
        (1000, 10**6, Fraction(1, 1000)),
        (10**4, 10**30, Fraction(1, 10**26)),
        (10**4, 10**30, Fraction(99, 10**28)),
        (10**4, 10**30, Fraction(101, 10**28)),
        (7, 10**40, Fraction(1, 10**41)),
        (10**5, 2 * 10**5, Fraction(1, 2)),
    ],
)
def test_conditioning_on_one_feature(d: int, n: int, p: Fraction) -> None:
    """f(n, d) = (1 − p) f(n − 1, d) + p (1 + f(n − 1, d − 1)): exact, and it joins the two sides of n p = d."""
    whole, without, within = enclosed(d, n, p, 60), enclosed(d, n - 1, p, 60), enclosed(d - 1, n - 1, p, 60)
    q = fmpq(p.numerator, p.denominator)
    low = (1 - q) * without.lower + q * (1 + within.lower)
    high = (1 - q) * without.upper + q * (1 + within.upper)
    assert low <= whole.upper
    assert whole.lower <= high
    assert (high - low) * 10**59 < low


@given(st.integers(2, 3000), st.integers(2, 10**12), st.integers(1, 10**6))
def test_between_trivial_bounds_increasing_and_concave_in_d(d: int, n: int, share: int) -> None:
    p = min(Fraction(share * d, 10**5 * n), Fraction(1))
    below, here, above = (enclosed(d + step, n, p, 40) for step in (-1, 0, 1))
    mean = fmpq(n) * fmpq(p.numerator, p.denominator)
    assert here.lower <= min(fmpq(d), mean)
    assert here.upper >= below.lower
    assert here.upper <= above.upper + fmpq(1, 10**30)
    second = above.lower + below.lower - 2 * here.upper
    assert second <= 0


def test_tends_to_poisson_for_many_rare_features() -> None:
    """|E f(X) − E f(Poisson(λ))| ≤ λ p for f of Lipschitz constant 1 (Stein's method); λ = n p fixed, n = 10^40."""
    rate, d = 12, 10
    enclosure = enclosed(d, 10**40, Fraction(rate, 10**40), 50)
    with mp.workdps(120):
        terms = [(d - k) * mp.mpf(rate) ** k / mp.factorial(k) for k in range(d)]
        value = to_rational(d - mp.exp(-rate) * mp.fsum(terms))
    assert abs(enclosure.lower - value) < fmpq(1, 10**38)
    assert abs(enclosure.lower - value) > fmpq(1, 10**45)  # and it is not the Poisson value itself


def test_tends_to_d_and_to_n_p() -> None:
    assert enclosed(8, None, Fraction(1, 10**300)) == Enclosure(fmpq(8), fmpq(8))
    assert fmpq(8) - enclosed(8, 10**40, Fraction(1, 10**30)).lower < fmpq(1, 10**25)
    tiny = enclosed(8, 10**30, Fraction(1, 10**400), 50)
    assert_holds(tiny, fmpq(1, 10**370) - fmpq(1, 10**3000), 50)  # the loss is of order (n p)^9


@pytest.mark.parametrize(
    ("d", "n", "p"),
    [
        (10**6, 10**30, Fraction(1, 10**400)),
        (10**6, 10**30, Fraction(1, 10**24)),
        (10**6, 10**30, Fraction(1, 1000)),
        (10**6, 10**40, Fraction(10**40 - 1, 10**40)),
        (1, 10**40, Fraction(1, 10**40)),
        (10**5, 10**5 + 1, 1 - Fraction(1, 10**300)),
    ],
)
def test_extreme_cases_are_fast(d: int, n: int, p: Fraction) -> None:
    start = time.process_time()
    enclosure = enclosed(d, n, p)
    assert time.process_time() - start < 2
    mean = n * p
    ceiling = min(fmpq(d), fmpq(mean.numerator, mean.denominator))
    assert enclosure.lower <= ceiling
    assert enclosure.lower * 3 > ceiling  # min(d, X) keeps at least 1 − 1/e of min(d, n p)
    assert (enclosure.upper - enclosure.lower) * 10**30 < enclosure.lower
