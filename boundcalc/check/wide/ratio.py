"""Computes with rational functions of one variable with rational coefficients, in the place of a number of a case."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.check.exact.roots import Exact, approximate, power
from boundcalc.check.wide.configuration import UnknownByClasses
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.field_operators import FieldOperators

MOST_DEGREE = 300


class Ratio(FieldOperators):
    """numerator/denominator. What needs its sign or a root of it is :class:`UnknownByClasses`."""

    __slots__ = ("above", "below")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, above: fmpq_poly, below: fmpq_poly | None = None) -> None:
        self.above, self.below = above, fmpq_poly([1]) if below is None else below
        if self.above.degree() > MOST_DEGREE or self.below.degree() > MOST_DEGREE:
            raise UnknownByClasses("a high degree")

    @staticmethod
    def of(value: Any) -> Ratio:
        """A number as a constant; one that is not rational is :class:`UnknownByClasses`."""
        if isinstance(value, Ratio):
            return value
        if isinstance(value, (int, fmpq)):
            return Ratio(fmpq_poly([fmpq(value)]))
        raise UnknownByClasses("a number that is not rational")

    def __add__(self, other: Any) -> Ratio:
        other = self.of(other)
        if self.below == other.below:
            return Ratio(self.above + other.above, self.below)
        return Ratio(self.above * other.below + other.above * self.below, self.below * other.below)

    def __neg__(self) -> Ratio:
        return Ratio(-self.above, self.below)

    def __mul__(self, other: Any) -> Ratio:
        other = self.of(other)
        return Ratio(self.above * other.above, self.below * other.below)

    def inverse(self) -> Ratio:
        """1/self."""
        if not self.above:
            raise ZeroDivisionError
        return Ratio(self.below, self.above)

    def __pow__(self, exponent: Any) -> Ratio:
        if not isinstance(exponent, (int, fmpq)) or fmpq(exponent).q != 1:
            raise UnknownByClasses("a root of a function")
        e = int(fmpq(exponent).p)
        base = self if e >= 0 else self.inverse()
        if abs(e) * max(base.above.degree(), base.below.degree(), 1) > MOST_DEGREE:
            raise UnknownByClasses("a high degree")
        return Ratio(base.above ** abs(e), base.below ** abs(e))

    def reduced(self) -> Ratio:
        """The same in lowest terms."""
        common = self.above.gcd(self.below)
        return Ratio(self.above // common, self.below // common)

    def __bool__(self) -> bool:
        return bool(self.above)

    def _order(self, *others: object) -> Any:
        raise UnknownByClasses("the sign of a function")

    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = __abs__ = _order


def places_between_roots(function: Ratio, low: fmpq, high: fmpq) -> list[Exact]:
    """The real zeros in [low, high] of numerator and denominator, exact where rational or quadratic, and rationals between.

    The function has one sign between two neighbours.
    """
    from boundcalc.check.falsify.layout import nearby

    zeros: list[Exact] = []
    near: list[float] = []
    for polynomial in (function.above, function.below):
        if polynomial.degree() < 1:
            continue
        for factor, _ in polynomial.numer().factor()[1]:
            exact = _exact_roots(factor)
            if exact is None:
                isolated: Any = factor.complex_roots()  # pairs with multiplicities, which the stubs do not know
                near += [float(root.real.mid()) for root, _ in isolated if root.imag.contains(0)]
            else:
                zeros += exact
    inside = [zero for zero in zeros if low <= zero <= high]
    ends = to_float(low), to_float(high)
    marks = sorted({*ends, *(approximate(zero) for zero in inside), *(value for value in near if ends[0] < value < ends[1])})
    between = []
    for left, right in pairwise(marks):
        middle = (left * right) ** 0.5 if left > 0 and right > 4 * left else (left + right) / 2
        between.append(nearby(middle, (right - left) / 8 if right > left else 0.0))
    return [*inside, low, high, *(place for place in between if low <= place <= high)]


def _exact_roots(factor: Any) -> list[Exact] | None:
    """The real roots of an irreducible factor of degree 1 or 2."""
    coefficients = [fmpq(factor[k]) for k in range(factor.degree() + 1)]
    if len(coefficients) == 2:
        return [-coefficients[0] / coefficients[1]]
    if len(coefficients) > 3:
        return None
    c, b, a = coefficients
    discriminant = b * b - 4 * a * c
    if discriminant < 0:
        return []
    root = power(discriminant, fmpq(1, 2))
    return [(root * sign + -b) * (1 / (2 * a)) for sign in (-1, 1)]
