"""The dimension constants against binomials, an exact integral over the sphere, and theory section 2."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations_with_replacement
from math import comb, factorial, prod

import pytest
from flint import fmpq

from boundcalc.numbers.constants import sphere_moment, tensor_dimension, welch_constant

DIMENSIONS = [1, 2, 3, 4, 5, 7, 8, 23, 24, 1000, 10**6]
EXPONENTS = [1, 2, 3, 5, 7, 9, 30]


@pytest.mark.parametrize("d", DIMENSIONS)
@pytest.mark.parametrize("m", EXPONENTS)
def test_tensor_dimension_is_a_binomial(d: int, m: int) -> None:
    assert tensor_dimension(fmpq(d), m) == comb(d + m - 1, m)


@pytest.mark.parametrize(("d", "m"), [(1, 4), (2, 3), (3, 5), (4, 3)])
def test_tensor_dimension_counts_monomials(d: int, m: int) -> None:
    assert tensor_dimension(fmpq(d), m) == sum(1 for _ in combinations_with_replacement(range(d), m))


def double_factorial(k: int) -> int:
    return prod(range(k, 0, -2))


@pytest.mark.parametrize("d", DIMENSIONS)
@pytest.mark.parametrize("k", EXPONENTS)
def test_sphere_moment_is_the_quotient_of_the_definition(d: int, k: int) -> None:
    assert sphere_moment(fmpq(d), k) == fmpq(double_factorial(2 * k - 1), prod(range(d, d + 2 * k, 2)))
    assert welch_constant(fmpq(d), k) * sphere_moment(fmpq(d), k) == 1
    assert sphere_moment(fmpq(d), 0) == 1


def gamma_half(twice: int) -> tuple[Fraction, int]:
    """Γ(twice/2) as (rational, power of √π)."""
    if twice % 2 == 0:
        return Fraction(factorial(twice // 2 - 1)), 0
    return Fraction(double_factorial(twice - 2), 2 ** ((twice - 1) // 2)), 1


def beta_half(a: int, b: int) -> tuple[Fraction, int]:
    """B(a/2, b/2) as (rational, power of √π)."""
    (x, i), (y, j), (z, k) = gamma_half(a), gamma_half(b), gamma_half(a + b)
    return x * y / z, i + j - k


@pytest.mark.parametrize("d", [2, 3, 4, 5, 8, 23, 24, 101])
@pytest.mark.parametrize("k", EXPONENTS)
def test_sphere_moment_is_a_quotient_of_beta_integrals(d: int, k: int) -> None:
    """⟨v, v'⟩² follows Beta(1/2, (d − 1)/2): its k-th moment is B(k + 1/2, (d − 1)/2)/B(1/2, (d − 1)/2)."""
    above, power = beta_half(2 * k + 1, d - 1)
    below, same = beta_half(1, d - 1)
    assert power == same
    value = above / below
    assert sphere_moment(fmpq(d), k) == fmpq(value.numerator, value.denominator)


@pytest.mark.parametrize("m", [1, 3, 5, 7])
@pytest.mark.parametrize("n", [8, 9, 12])
def test_plane_moment_is_the_mean_over_equally_spaced_lines(m: int, n: int) -> None:
    """cos^{2m} at n > m equally spaced angles averages to binom(2m, m)/4^m."""
    assert sphere_moment(fmpq(2), m) == fmpq(comb(2 * m, m), 4**m)
    if n > m:
        from math import cos, pi

        assert abs(sum(cos(pi * j / n) ** (2 * m) for j in range(n)) / n - comb(2 * m, m) / 4**m) < 1e-13


@pytest.mark.parametrize(
    ("m", "d", "value"),
    [(3, 2, Fraction(16, 5)), (3, 3, Fraction(7)), (3, 4, Fraction(64, 5)), (3, 8, Fraction(64)), (5, 4, Fraction(512, 21))],
)
def test_examples_of_the_theory(m: int, d: int, value: Fraction) -> None:
    assert welch_constant(fmpq(d), m) == fmpq(value.numerator, value.denominator)


@pytest.mark.parametrize("d", DIMENSIONS)
@pytest.mark.parametrize("m", EXPONENTS)
def test_the_constants_are_ordered(d: int, m: int) -> None:
    tau, dimension = welch_constant(fmpq(d), m), tensor_dimension(fmpq(d), m)
    assert 1 <= tau <= dimension <= fmpq(d) ** m
    assert (tau == dimension) == (d == 1 or m == 1)
    assert (dimension == fmpq(d) ** m) == (d == 1 or m == 1)


def test_constants_over_integers_of_any_ring() -> None:
    """In SymPy the same code gives the polynomials."""
    import sympy

    d = sympy.Symbol("d")
    assert sympy.expand(tensor_dimension(d, 3) - d * (d + 1) * (d + 2) / 6) == 0
    assert sympy.expand(welch_constant(d, 3) - d * (d + 2) * (d + 4) / 15) == 0
