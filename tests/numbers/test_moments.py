"""Cumulant and moment recursions against power series, row polynomials against the multinomial expansion."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb, factorial
from random import Random
from typing import Any

import pytest
import sympy
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from boundcalc.model.laws import Gaussian, Laplace, Law, Rademacher, Uniform
from boundcalc.numbers.moments import correlation, cumulants_from_moments, moments_from_cumulants, row_polynomials

RATIONALS = st.fractions(min_value=-9, max_value=9, max_denominator=20)


def series(coefficients: Sequence[Any], function: str) -> list[Any]:
    """Even derivatives at 0 of log or exp of Σ c_j t^{2j}/(2j)!, by a truncated power series in s = t²."""
    order = len(coefficients)
    total = [c / Fraction(factorial(2 * j)) for j, c in enumerate(coefficients)]
    rest = [Fraction(0), *total[1:]]  # the argument is 1 + rest for log, rest for exp
    result, power = [Fraction(0)] * order, [Fraction(1)] + [Fraction(0)] * (order - 1)
    if function == "exp":
        result[0] = Fraction(1)
    for k in range(1, order):
        power = [sum((power[i] * rest[j - i] for i in range(j + 1)), Fraction(0)) for j in range(order)]
        weight = Fraction((-1) ** (k + 1), k) if function == "log" else Fraction(1, factorial(k))
        result = [r + weight * x for r, x in zip(result, power, strict=True)]
    return [r * factorial(2 * j) for j, r in enumerate(result)]


@given(st.lists(RATIONALS, min_size=1, max_size=9))
def test_cumulants_are_the_logarithm_of_the_generating_function(even: list[Fraction]) -> None:
    assert cumulants_from_moments([1, *even]) == series([Fraction(1), *even], "log")


@given(st.lists(RATIONALS, min_size=1, max_size=9))
def test_moments_are_the_exponential_of_the_cumulant_series(even: list[Fraction]) -> None:
    assert moments_from_cumulants([0, *even]) == series([Fraction(0), *even], "exp")


@given(st.lists(RATIONALS, min_size=1, max_size=9))
def test_the_recursions_invert_each_other(even: list[Fraction]) -> None:
    assert moments_from_cumulants(cumulants_from_moments([1, *even])) == [1, *even]
    assert cumulants_from_moments(moments_from_cumulants([0, *even])) == [0, *even]


@pytest.mark.parametrize("law", ["gaussian", "rademacher", "uniform", "laplace"])
def test_cumulants_of_the_laws_by_sympy(law: str) -> None:
    t = sympy.Symbol("t")
    generating = {
        "gaussian": t**2 / 2,
        "rademacher": sympy.log(sympy.cosh(t)),
        "uniform": sympy.log(sympy.sinh(t) / t),
        "laplace": -sympy.log(1 - t**2),
    }[law]
    measures: dict[str, Law] = {"gaussian": Gaussian(), "rademacher": Rademacher(), "uniform": Uniform(), "laplace": Laplace()}
    measure = measures[law]
    found = cumulants_from_moments([measure.moment(2 * j) for j in range(6)])
    expansion = sympy.series(generating, t, 0, 12).removeO()
    for j in range(1, 6):
        expected = sympy.Rational(expansion.coeff(t, 2 * j)) * factorial(2 * j)
        assert found[j] == fmpq(int(expected.p), int(expected.q))


def multinomial_moments(row: Sequence[Fraction], moments: Sequence[Fraction], index: int, m: int) -> tuple[Fraction, Fraction]:
    """(E x_i y^m, E y^{2m}) for y = Σ A_ij x_j, by expanding feature after feature: no cumulants.

    ``moments[k]`` is E x^k, odd ones 0.
    """

    def power(exponent: int, extra: int) -> Fraction:
        # partial[k] = E (Σ of the features so far)^k [times x_i^extra once feature i is in]
        partial = [Fraction(1)] + [Fraction(0)] * exponent
        for j, a in enumerate(row):
            shift = extra if j == index else 0
            own = [a**k * moments[k + shift] for k in range(exponent + 1)]
            partial = [sum((comb(k, i) * own[i] * partial[k - i] for i in range(k + 1)), Fraction(0)) for k in range(exponent + 1)]
        return partial[exponent]

    return power(m, 1), power(2 * m, 0)


@pytest.mark.parametrize("m", [1, 3, 5, 7, 9])
@pytest.mark.parametrize("p", [Fraction(1, 100), Fraction(1, 3), Fraction(1)])
def test_row_polynomials_are_the_multinomial_expansion(m: int, p: Fraction) -> None:
    rng = Random(m)
    laws: list[Law] = [Rademacher(), Gaussian(), Uniform(), Laplace()]
    for law in laws:
        even = [Fraction(int(law.moment(2 * j).p), int(law.moment(2 * j).q)) for j in range(m + 1)]
        moments = [Fraction(0)] * (2 * m + 2)
        moments[: 2 * m + 1 : 2] = [Fraction(1)] + [p * value for value in even[1:]]
        kappa = cumulants_from_moments([1] + [p * value for value in even[1:]])
        for n in (1, 2, 4):
            row = [Fraction(rng.randint(-6, 6), rng.randint(1, 5)) for _ in range(n)]
            index = rng.randrange(n)
            sums = [sum((a ** (2 * k) for a in row), Fraction(0)) for k in range(m + 1)]
            assert row_polynomials(m, kappa, row[index], sums) == multinomial_moments(row, moments, index, m)


def test_row_polynomials_for_the_cube_are_those_of_the_theory() -> None:
    k2, k4, k6, a, q2, q4, q6 = sympy.symbols("k2 k4 k6 a q2 q4 q6")
    c, d = row_polynomials(3, [0, k2, k4, k6], a, [0, q2, q4, q6])
    assert sympy.expand(c - (k4 * a**3 + 3 * k2**2 * a * q2)) == 0
    assert sympy.expand(d - (k6 * q6 + 15 * k4 * k2 * q4 * q2 + 15 * k2**3 * q2**3)) == 0


def test_row_polynomials_for_the_fifth_power_are_those_of_the_theory() -> None:
    k = sympy.symbols("k0:12")
    q = sympy.symbols("q0:12")
    _, d = row_polynomials(5, [0, *(k[2 * j] for j in range(1, 6))], 1, [0, *(q[2 * j] for j in range(1, 6))])
    expected = (
        k[10] * q[10]
        + 45 * k[8] * k[2] * q[8] * q[2]
        + 210 * k[6] * k[4] * q[6] * q[4]
        + 630 * k[6] * k[2] ** 2 * q[6] * q[2] ** 2
        + 1575 * k[4] ** 2 * k[2] * q[4] ** 2 * q[2]
        + 3150 * k[4] * k[2] ** 3 * q[4] * q[2] ** 3
        + 945 * k[2] ** 5 * q[2] ** 5
    )
    assert sympy.expand(d - expected) == 0


def test_linear_activation() -> None:
    assert row_polynomials(1, [0, Fraction(2)], Fraction(3), [0, Fraction(5)]) == (6, 10)
    assert correlation(1, [0, Fraction(2)], Fraction(3), [1]) == 6
