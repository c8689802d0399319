"""Derived operators of a field agree with those of rationals, whichever side the plain number stands on."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from fractions import Fraction

import pytest

from boundcalc.numbers.field_operators import FieldOperators


@dataclass(frozen=True)
class Surd(FieldOperators):
    """a + b √2 with rational a and b."""

    a: Fraction
    b: Fraction

    @staticmethod
    def of(value):
        return value if isinstance(value, Surd) else Surd(Fraction(value), Fraction(0))

    def __add__(self, other):
        other = self.of(other)
        return Surd(self.a + other.a, self.b + other.b)

    def __neg__(self):
        return Surd(-self.a, -self.b)

    def __mul__(self, other):
        other = self.of(other)
        return Surd(self.a * other.a + 2 * self.b * other.b, self.a * other.b + self.b * other.a)

    def inverse(self):
        norm = self.a**2 - 2 * self.b**2
        return Surd(self.a / norm, -self.b / norm)


X = Surd(Fraction(3, 4), Fraction(-5, 2))


@pytest.mark.parametrize("operate", [operator.add, operator.sub, operator.mul, operator.truediv])
@pytest.mark.parametrize("other", [2, Fraction(-7, 3), Surd(Fraction(1, 5), Fraction(4))])
def test_both_sides(operate, other):
    root = 2**0.5

    def plain(value):
        return float(value.a) + float(value.b) * root if isinstance(value, Surd) else float(value)

    assert plain(operate(X, other)) == pytest.approx(operate(plain(X), plain(other)), rel=1e-13)
    assert plain(operate(other, X)) == pytest.approx(operate(plain(other), plain(X)), rel=1e-13)


def test_dividing_by_itself_is_one():
    assert X / X == Surd(Fraction(1), Fraction(0))
