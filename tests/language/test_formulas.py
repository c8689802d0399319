"""Formulas in the number of a feature: exact values, stated rounding, one line for what is refused."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from flint import fmpq

from boundcalc.language.formulas import DIGITS, features_from_formulas, is_formula, values
from boundcalc.numbers.errors import ParameterError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.9^i", [Fraction(9, 10) ** i for i in range(1, 5)]),
        ("i^-2", [Fraction(1, i * i) for i in range(1, 5)]),
        ("min(1, 2/i) + n", [Fraction(5), Fraction(5), Fraction(14, 3), Fraction(9, 2)]),
        ("abs(2 - i)/4", [Fraction(1, 4), Fraction(0), Fraction(1, 4), Fraction(1, 2)]),
        ("(i^2)^0.5", [Fraction(i) for i in range(1, 5)]),
        ("sqrt(4/9)*i", [Fraction(2 * i, 3) for i in range(1, 5)]),
        ("8^(2/3)", [Fraction(4)] * 4),
    ],
)
def test_rational_values_are_exact(text, expected):
    found, rounded = values(text, 4, "importance")
    assert [Fraction(int(value.p), int(value.q)) for value in found] == expected
    assert not rounded


def test_irrational_values_are_the_nearest_of_fifteen_digits():
    found, rounded = values("0.05*i^-1.5", 30, "p")
    assert rounded
    with localcontext() as context:
        context.prec = 60
        for i, value in enumerate(found, 1):
            if i in (1, 4, 9, 16, 25):  # there the value is rational, and exact
                assert value == fmpq(1, 20) / (fmpq(int(i**0.5)) ** 3)
                continue
            true = Decimal("0.05") / (Decimal(i) * Decimal(i).sqrt())
            context.prec = DIGITS
            nearest = +true
            context.prec = 60
            assert Decimal(int(value.p)) / Decimal(int(value.q)) == nearest


def test_features_of_formulas():
    features, rounded = features_from_formulas(3, "1/2^i", "1/(i+1)", "uniform")
    assert [(group.importance, group.p) for group in features.groups] == [(fmpq(1, 2**i), fmpq(1, i + 1)) for i in (1, 2, 3)]
    assert not rounded
    equal, _ = features_from_formulas(1000, "1", "0.05", "uniform")
    assert [group.count for group in equal.groups] == [1000]


@pytest.mark.parametrize(
    ("text", "named"), [("0.05", False), ("1e-6", False), ("1/3", False), ("0.9^i", True), ("1/n", True), ("min(1,2)", False)]
)
def test_what_names_the_feature_is_a_formula(text, named):
    assert is_formula(text) == named


@pytest.mark.parametrize(
    ("importance", "p", "parameter", "said"),
    [
        ("0", "1/2", "importance", "at i = 1"),
        ("3 - i", "1/2", "importance", "at i = 3, which is 0"),
        ("1", "i/4", "p", "at i = 5"),
        ("1/(i - 2)", "1/2", "importance", "at i = 2"),
        ("(2 - i)^0.5", "1/2", "importance", "root of a negative"),
        ("x*i", "1/2", "importance", "x is not part of a formula"),
        ("sum(j: a[j])", "1/2", "importance", "sum is not part"),
        ("mu[i]", "1/2", "importance", "mu is not part"),
        ("E[i]", "1/2", "importance", "expectation is not part"),
        ("0.9^", "1/2", "importance", "expected a number"),
        ("__import__('os')", "1/2", "importance", "not part of the language"),
        ("10^10^10^i", "1/2", "importance", "finite"),
    ],
)
def test_what_is_refused_names_the_feature(importance, p, parameter, said):
    with pytest.raises(ParameterError) as caught:
        features_from_formulas(5, importance, p, "uniform")
    assert caught.value.parameter == parameter
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
