"""Row polynomials against the multinomial expansion of E (sum A_ij x_j)^{2m}."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from math import factorial, prod

import pytest
import sympy

from boundcalc.model.notation import symbol
from boundcalc.numbers.errors import ParameterError
from tools.rows import cumulants_symbolic, row_polynomials_symbolic, unit_rows

EXPONENTS = (1, 3, 5, 7, 9)


def even_compositions(total: int, parts: int):
    """All (k_1, ..., k_parts) of even numbers with this sum."""
    for halves in product(range(total // 2 + 1), repeat=parts):
        if 2 * sum(halves) == total:
            yield [2 * h for h in halves]


def multinomial(powers) -> int:
    return factorial(sum(powers)) // prod(factorial(k) for k in powers)


def expected_rows(m, row, nu):
    """E x_0 y^m and E y^{2m} for y = sum_j row[j] x_j, from the moments nu[k] = E x^k alone."""
    energy = sum(
        multinomial(powers) * prod(a**k * nu[k] for a, k in zip(row, powers, strict=True))
        for powers in even_compositions(2 * m, len(row))
    )
    correlation = 0
    for odd in range(1, m + 1, 2):
        for rest in even_compositions(m - odd, len(row) - 1):
            powers = [odd, *rest]
            others = prod(a**k * nu[k] for a, k in zip(row[1:], rest, strict=True))
            correlation += multinomial(powers) * row[0] ** odd * nu[odd + 1] * others
    return correlation, energy


@pytest.mark.parametrize("m", EXPONENTS)
@pytest.mark.parametrize("n", [1, 2, 4])
def test_against_multinomials(m, n):
    rng = random.Random(100 * m + n)
    p = Fraction(rng.randint(1, 20), 20)
    mu = {2 * j: Fraction(rng.randint(1, 30), rng.randint(1, 9)) for j in range(1, m + 1)}
    row = [Fraction(rng.randint(1, 9), 4), *(Fraction(rng.randint(-9, 9), rng.randint(1, 7)) for _ in range(n - 1))]
    nu = {0: Fraction(1)} | {k: p * value for k, value in mu.items()}
    values = {symbol("p"): sympy.Rational(p)} | {symbol("mu", k): sympy.Rational(value) for k, value in mu.items()}
    kappa = [value.xreplace(values) for value in cumulants_symbolic(m)]
    values = {symbol("kappa", 2 * j): value for j, value in enumerate(kappa, 1)} | {symbol("a"): sympy.Rational(row[0])}
    values |= {symbol("Q", 2 * j): sympy.Rational(sum(a ** (2 * j) for a in row)) for j in range(1, m + 1)}
    found = [part.xreplace(values) for part in row_polynomials_symbolic(m)]
    assert found == [sympy.Rational(part) for part in expected_rows(m, row, nu)]


def test_cubic_as_an_identity():
    """m = 3, n = 3, all of it in symbols."""
    p, row = symbol("p"), sympy.symbols("r0:3", real=True)
    nu = {0: 1} | {k: p * symbol("mu", k) for k in (2, 4, 6)}
    values = {symbol("kappa", 2 * j): value for j, value in enumerate(cumulants_symbolic(3), 1)} | {symbol("a"): row[0]}
    values |= {symbol("Q", 2 * j): sum(a ** (2 * j) for a in row) for j in (1, 2, 3)}
    for part, wanted in zip(row_polynomials_symbolic(3), expected_rows(3, row, nu), strict=True):
        assert sympy.expand(part.xreplace(values) - wanted) == 0


@pytest.mark.parametrize("m", EXPONENTS)
def test_one_term_for_each_partition(m):
    _, energy = row_polynomials_symbolic(m)
    assert len(sympy.Add.make_args(energy)) == {1: 1, 3: 3, 5: 7, 7: 15, 9: 30}[m]
    assert unit_rows(m)[1] == energy


@pytest.mark.parametrize("m", [0, 2, 4, -3])
def test_even_exponents_are_refused(m):
    with pytest.raises(ParameterError, match="odd"):
        row_polynomials_symbolic(m)
