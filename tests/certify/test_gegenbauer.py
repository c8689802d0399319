"""Even Gegenbauer polynomials against the sphere's moments, SymPy, and the coordinates of points."""

from __future__ import annotations

import random
from math import comb

import pytest
import sympy
from flint import fmpq, fmpq_poly

from boundcalc.certify.gegenbauer import even_gegenbauer, from_gegenbauer, gegenbauer_coefficients

DIMENSIONS = (1, 2, 3, 4, 7, 24, 1000, 100_000)


def mean(polynomial: fmpq_poly, d: int) -> fmpq:
    """E f(⟨v, v'⟩²) for uniform unit vectors, from E u^k = Π (2j + 1)/(d + 2j)."""
    total, moment = fmpq(0), fmpq(1)
    for k, coefficient in enumerate(polynomial.coeffs()):
        total += coefficient * moment
        moment *= fmpq(2 * k + 1, d + 2 * k)
    return total


@pytest.mark.parametrize("d", DIMENSIONS)
def test_value_one_at_one_and_ascending_degrees(d):
    for k, polynomial in enumerate(even_gegenbauer(d, 12)):
        assert polynomial(1) == 1
        assert polynomial.degree() == k


@pytest.mark.parametrize("d", DIMENSIONS[1:])
def test_orthogonal_with_the_harmonics_dimension_as_norm(d):
    basis = even_gegenbauer(d, 7)
    for j, left in enumerate(basis):
        for k, right in enumerate(basis):
            degree = 2 * k
            harmonics = comb(d + degree - 1, degree) - (comb(d + degree - 3, degree - 2) if k else 0)
            assert mean(left * right, d) == (fmpq(1, harmonics) if j == k else 0)


@pytest.mark.parametrize("d", [2, 3, 4, 9])
def test_against_sympy(d):
    t = sympy.Symbol("t")
    for k, ours in enumerate(even_gegenbauer(d, 6)):
        theirs = sympy.chebyshevt(2 * k, t) if d == 2 else sympy.gegenbauer(2 * k, sympy.Rational(d - 2, 2), t)
        theirs = sympy.Poly(sympy.expand(theirs / theirs.subs(t, 1)), t)
        for j in range(k + 1):
            assert theirs.coeff_monomial(t ** (2 * j)) == sympy.Rational(int(ours[j].p), int(ours[j].q))


@pytest.mark.parametrize("d", DIMENSIONS)
def test_coefficients_and_back(d):
    rng = random.Random(d)
    for degree in (0, 1, 5, 14):
        polynomial = fmpq_poly([fmpq(rng.randint(-99, 99), rng.randint(1, 50)) for _ in range(degree + 1)])
        coefficients = gegenbauer_coefficients(polynomial, d)
        assert from_gegenbauer(coefficients, d) == polynomial
        assert sum(coefficients, fmpq(0)) == polynomial(1)
        if d > 1:
            assert coefficients[0] == mean(polynomial, d)


def test_powers_are_positive_definite():
    for d in DIMENSIONS:
        for k in range(8):
            assert all(h >= 0 for h in gegenbauer_coefficients(fmpq_poly([0] * k + [1]), d))


def test_the_zero_polynomial():
    assert gegenbauer_coefficients(fmpq_poly(), 3) == (0,)
    assert from_gegenbauer((), 3) == fmpq_poly()


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_positive_definite_on_rational_points(d):
    """Σ ω_i ω_j P_2k(⟨v_i, v_j⟩) ≥ 0, exactly: w_i integer vectors, u_ij = ⟨w_i, w_j⟩²/(|w_i|²|w_j|²)."""
    rng = random.Random(d + 10)
    for _ in range(20):
        w = [[rng.randint(-3, 3) or 1 for _ in range(d)] for _ in range(6)]
        omega = [fmpq(rng.randint(-5, 5)) for _ in w]
        dot = [[sum(a * b for a, b in zip(x, y, strict=True)) for y in w] for x in w]
        for polynomial in even_gegenbauer(d, 5):
            form = fmpq(0)
            for i in range(6):
                for j in range(6):
                    form += omega[i] * omega[j] * polynomial(fmpq(dot[i][j] ** 2, dot[i][i] * dot[j][j]))
            assert form >= 0
