"""Computes exactly with roots: sums of radicals of positive rationals, their quotients, and roots of those.

The sign of a quotient of sums (:mod:`boundcalc.check.exact.radicals`) is always decided. A number that contains a root of a sum is
compared by raising to integer powers where both sides are single roots, and by balls up to ``MAX_BITS`` else; what they cannot
separate is :class:`Undecided`, never equal.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import lcm
from typing import Any, TypeAlias

from flint import arb, fmpq

from boundcalc.check.exact.radicals import (
    MAX_HEIGHT,
    ONE,
    Key,
    NumberTooLarge,
    Terms,
    add,
    multiply,
    radical,
    separate,
    terms_ball,
    terms_sign,
    text,
)
from boundcalc.numbers.enclosure import precision
from boundcalc.numbers.field_operators import FieldOperators

Exact: TypeAlias = "int | fmpq | Root"
UNIT: Terms = {ONE: fmpq(1)}


class Root(FieldOperators):
    """A real number that is not plainly rational; it is built by arithmetic and :func:`power`.

    Attributes
    ----------
    quotient : (Terms, Terms) or None
        Numerator and positive denominator, where it is a quotient of sums of radicals.
    root : (number, exponent) or None
        Where it is one root of such a quotient.
    """

    __slots__ = ("_ball", "quotient", "root")
    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self,
        quotient: tuple[Terms, Terms] | None = None,
        root: tuple[Exact, fmpq] | None = None,
        enclose: Callable[[], arb] | None = None,
    ) -> None:
        self.quotient, self.root, self._ball = quotient, root, enclose

    def ball(self) -> arb:
        """An enclosure at the current precision."""
        if self.quotient is not None:
            above, below = self.quotient
            return terms_ball(above) if below == UNIT else terms_ball(above) / terms_ball(below)
        assert self._ball is not None
        return self._ball()

    def sign(self) -> int:
        """−1, 0 or 1.

        Raises
        ------
        Undecided
            For neither a quotient nor a single root.
        """
        if self.quotient is not None:
            return terms_sign(self.quotient[0])
        return separate(self.ball) if self.root is None else _root(self.root[0]).sign()

    @property
    def monomial(self) -> tuple[Key, fmpq] | None:
        """The key and coefficient of c N^{1/k} over a rational; ``None`` for anything longer."""
        if self.quotient is None or len(self.quotient[0]) != 1 or set(self.quotient[1]) != {ONE}:
            return None
        ((key, value),) = self.quotient[0].items()
        return key, value / self.quotient[1][ONE]

    def __add__(self, other: Any) -> Any:
        right = _root(other)
        if self.quotient is None or right.quotient is None:
            return self if right.quotient == ({}, UNIT) else Root(enclose=lambda: self.ball() + right.ball())
        (a, b), (c, d) = self.quotient, right.quotient
        return _reduced(add(a, c), b) if b == d else _reduced(add(multiply(a, d), multiply(c, b)), multiply(b, d))

    def __mul__(self, other: Any) -> Any:
        right = _root(other)
        if self.quotient is not None and right.quotient is not None:
            return _reduced(*(multiply(one, two) for one, two in zip(self.quotient, right.quotient, strict=True)))
        for one, two in ((self, right), (right, self)):
            if two.quotient is not None and not two.quotient[0]:
                return 0
            if one.root is not None and two.quotient is not None and two.sign() > 0:
                base, exponent = one.root  # c b^e = (c^{1/e} b)^e
                inside = power(two, 1 / exponent)
                if _root(inside).quotient is not None and _root(base).quotient is not None:
                    return power(inside * base, exponent)
        return Root(enclose=lambda: self.ball() * right.ball())

    def __neg__(self) -> Root:
        if self.quotient is None:
            return Root(enclose=lambda: -self.ball())
        return Root(({key: -value for key, value in self.quotient[0].items()}, self.quotient[1]))

    def __abs__(self) -> Root:
        return self if self.sign() >= 0 else -self

    def __pow__(self, exponent: Any) -> Any:
        return power(self, exponent)

    def __truediv__(self, other: Any) -> Any:
        return self * inverse(other)

    def __rtruediv__(self, other: Any) -> Any:
        return inverse(self) * other

    def __eq__(self, other: object) -> bool:
        return compare(self, other) == 0

    def __lt__(self, other: Any) -> bool:
        return compare(self, other) < 0

    def __le__(self, other: Any) -> bool:
        return compare(self, other) <= 0

    def __gt__(self, other: Any) -> bool:
        return compare(self, other) > 0

    def __ge__(self, other: Any) -> bool:
        return compare(self, other) >= 0

    def __repr__(self) -> str:
        if self.quotient is None:
            return decimal(self)
        above, below = map(text, self.quotient)
        return above if self.quotient[1] == UNIT else f"({above})/({below})"


def _root(value: Any) -> Root:
    return value if isinstance(value, Root) else Root(({ONE: fmpq(value)} if value else {}, UNIT))


def _reduced(numerator: Terms, denominator: Terms) -> Exact:
    """The quotient, as a rational if it plainly is one."""
    if not numerator:
        return 0
    if set(denominator) == {ONE}:
        value = denominator[ONE]
        if value != 1:
            numerator, denominator = {key: each / value for key, each in numerator.items()}, UNIT
        if set(numerator) == {ONE}:
            return numerator[ONE]
    return Root((numerator, denominator))


def power(base: Exact, exponent: int | fmpq) -> Exact:
    """base^exponent; 0^0 = 1.

    Raises
    ------
    ZeroDivisionError
        For a negative power of zero.
    ValueError
        For a negative number to a power that is not whole.
    NumberTooLarge
    """
    e = fmpq(exponent)
    if e.q == 1:
        return _whole_power(base, int(e.p))
    sign = _root(base).sign()
    if sign < 0:
        raise ValueError("a negative number to a power that is not whole")
    if sign == 0:
        if e < 0:
            raise ZeroDivisionError
        return 0
    if not isinstance(base, Root):
        return _rational_power(fmpq(base), e)
    if base.root is not None:
        return power(base.root[0], base.root[1] * e)
    single = base.monomial
    if single is None:
        return Root(root=None if base.quotient is None else (base, e), enclose=lambda: base.ball() ** arb(e))
    (k, number), factor = single  # (c N^{1/k})^e = (c^k N)^{e/k}
    return _rational_power(fmpq(_guarded(factor, k) * number), e / k)


def _whole_power(base: Exact, exponent: int) -> Exact:
    if not isinstance(base, Root):
        if exponent < 0 and base == 0:
            raise ZeroDivisionError
        return _guarded(base, exponent)
    if exponent < 0:
        return _whole_power(inverse(base), -exponent)
    if base.quotient is None:
        if base.root is not None and exponent:
            return power(base.root[0], base.root[1] * exponent)
        nested = base
        return Root(enclose=lambda: nested.ball() ** exponent) if exponent else 1
    if base.monomial is not None:
        (k, number), factor = base.monomial
        return _rational_power(fmpq(number), fmpq(exponent, k)) * _guarded(factor, exponent)
    result: Any = 1
    for digit in f"{exponent:b}":
        result = result * result * (base if digit == "1" else 1)
    return result


def _guarded(base: int | fmpq, exponent: int) -> int | fmpq:
    """A whole power that is not too large to write out."""
    height = base.bit_length() if isinstance(base, int) else base.height_bits()
    if height > 1 and height * abs(exponent) > MAX_HEIGHT:
        raise NumberTooLarge
    return fmpq(1) / fmpq(base) ** -exponent if exponent < 0 else base**exponent


def _rational_power(base: fmpq, exponent: fmpq) -> Exact:
    """b^{s/t} for a positive rational b."""
    k = int(exponent.q)
    raised = fmpq(_guarded(base, int(exponent.p)))
    top, bottom = int(raised.p), int(raised.q)
    if max(top.bit_length(), bottom.bit_length()) * k > MAX_HEIGHT:
        raise NumberTooLarge
    key, outside = radical(k, top * bottom ** (k - 1))
    return _reduced({key: fmpq(outside, bottom)}, UNIT)


def inverse(value: Exact) -> Exact:
    """1/value.

    Raises
    ------
    ZeroDivisionError
    """
    if not isinstance(value, Root):
        return fmpq(1) / fmpq(value)
    sign = value.sign()
    if sign == 0:
        raise ZeroDivisionError
    if value.quotient is None:
        return power(value.root[0], -value.root[1]) if value.root is not None else Root(enclose=lambda: 1 / value.ball())
    if value.monomial is not None:
        (k, number), factor = value.monomial
        return _rational_power(fmpq(number), fmpq(-1, k)) * (1 / factor)
    above, below = ({key: sign * each for key, each in part.items()} for part in value.quotient)
    return Root((below, above))


def divide(left: Exact, right: Exact) -> Exact:
    """An exact quotient.

    Raises
    ------
    ZeroDivisionError
    """
    if isinstance(right, (int, fmpq)):
        return fmpq(left) / right if isinstance(left, int) else left / right
    if hasattr(right, "inverse"):  # a rational function
        return left * right.inverse()
    return left * inverse(right)


def compare(left: Any, right: Any) -> int:
    """−1, 0 or 1 for left < right, left = right, left > right.

    Raises
    ------
    Undecided
        Only where a root of a sum is compared.
    """
    one, two = _root(left), _root(right)
    if one.quotient is not None and two.quotient is not None:
        return _root(one + -two).sign()
    with precision(128):
        difference = one.ball() - two.ball()
        if difference > 0 or difference < 0:
            return 1 if difference > 0 else -1
    roots = [(each, fmpq(1)) if each.root is None else each.root for each in (one, two) if each.root or each.quotient]
    if len(roots) == 2:
        signs = [_root(base).sign() for base, _ in roots]
        if signs[0] != signs[1] or signs == [0, 0]:
            return (signs[0] > signs[1]) - (signs[0] < signs[1])
        if signs[0] > 0 and all(exponent > 0 for _, exponent in roots):
            common = lcm(*(int(exponent.q) for _, exponent in roots))
            try:
                raised = [power(base, exponent * common) for base, exponent in roots]
            except NumberTooLarge:
                raised = []
            if raised and all(_root(value).quotient is not None for value in raised):
                return compare(*raised)
    return separate(lambda: one.ball() - two.ball())


def approximate(value: Exact) -> float:
    """The nearest float or so; for reports only."""
    if isinstance(value, Root):
        with precision(128):
            return float(value.ball().mid())
    try:
        return float(Fraction(int(fmpq(value).p), int(fmpq(value).q)))
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def decimal(value: Exact) -> str:
    """The rational, or an enclosure with about thirty digits."""
    if not isinstance(value, Root):
        return str(value)
    with precision(160):
        return str(value.ball().str(30))
