"""Germs against SymPy's own series, and what they say where nothing is known."""

from __future__ import annotations

import pytest
import sympy

from boundcalc.model.notation import symbol
from boundcalc.render.closed_forms.germs import Germ, Undetermined, germ_at_infinity, least

D, P = symbol("d"), symbol("p")


@pytest.mark.parametrize(
    "expression",
    [
        (D + 1) * (D + 2) / D**3,
        1 / (D**2 - D + 3),
        sympy.sqrt(D * (D + 1)) - D / 3,
        (P * D + 1) ** 3 / (D + P),
        (D**2 + D) ** sympy.Rational(2, 3) * (1 + 1 / D) ** -2,
        1 / (D + 1) - 1 / (D + 2) + sympy.Min(D**2, 5 * D) * 0,
    ],
)
def test_leading_term_is_the_limit(expression):
    try:
        exponent, coefficient = germ_at_infinity(sympy.expand(expression), D).leading
    except Undetermined:
        exponent, coefficient = germ_at_infinity(sympy.together(expression), D).leading
    assert sympy.simplify(sympy.limit(expression * D**exponent, D, sympy.oo) - coefficient) == 0


def test_minimum_takes_the_smaller():
    assert germ_at_infinity(sympy.Min(D**2, 7 * D), D).leading == (-1, 7)
    assert least([Germ({1: P}), Germ({1: 2})]).leading == (1, sympy.Min(P, 2))


def test_what_cancels_is_not_known():
    unknown = Germ({0: 1}, sympy.Integer(0)) - 1
    with pytest.raises(Undetermined):
        _ = unknown.leading
    assert (Germ({-1: 3}) + unknown).leading == (-1, 3)
    with pytest.raises(Undetermined):
        _ = 1 / unknown


def test_binomial_series_with_a_symbolic_exponent():
    n = symbol("n")
    germ = 1 - Germ({0: 1, 1: -1}).raised(n - 1)
    assert germ.leading[0] == 1
    assert sympy.expand(germ.leading[1] - (n - 1)) == 0


def test_exact_powers_stay_exact():
    cube = Germ({0: 1, sympy.Rational(1, 4): 2}) ** 3
    assert cube.coefficients == {0: 1, sympy.Rational(1, 4): 6, sympy.Rational(1, 2): 12, sympy.Rational(3, 4): 8}
    assert cube.order == sympy.oo


def test_the_logarithm_of_a_germ():
    germ = Germ({0: 3, 1: -6}).log()
    assert germ.coefficients == {0: sympy.log(3), 1: -2}
    assert germ.order == 1
    assert Germ({}, sympy.Integer(1)).__add__(1).log().order == 1
    with pytest.raises(Undetermined):
        Germ({1: 1}).log()
