"""Exact numbers with roots: sums of radicals of positive rationals, their quotients, and roots of those.

A :class:`Surd` is a quotient of the sums of :mod:`boundcalc.check.exact.radicals`. Its sign is always decided.

A :class:`Nested` number contains a root of a sum of radicals. Two of them, or one and a surd, are compared by raising to
integer powers if each is a single root, and by balls up to ``MAX_BITS`` else. What they cannot separate is
:class:`Undecided`, never equal.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from math import lcm
from typing import Any, TypeAlias

from flint import arb, fmpq

from boundcalc.check.exact.radicals import (
    MAX_BITS,
    MAX_HEIGHT,
    ONE,
    Key,
    NumberTooLarge,
    Terms,
    Undecided,
    add,
    multiply,
    radical,
    separate,
    terms_ball,
    terms_sign,
    text,
)
from boundcalc.numbers.enclosure import precision

__all__ = [
    "MAX_BITS",
    "Exact",
    "Nested",
    "NumberTooLarge",
    "Surd",
    "Undecided",
    "approximate",
    "ball",
    "compare",
    "decimal",
    "divide",
    "inverse",
    "power",
]

Exact: TypeAlias = "int | fmpq | Surd | Nested"


class _Real(ABC):
    """What surds and nested numbers share: subtraction, division and comparisons, all exact or :class:`Undecided`."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    @abstractmethod
    def __add__(self, other: Exact) -> Exact: ...

    @abstractmethod
    def __mul__(self, other: Exact) -> Exact: ...

    @abstractmethod
    def __neg__(self) -> Surd | Nested: ...

    def __pow__(self, exponent: int) -> Exact:
        return power(self, fmpq(exponent))  # type: ignore[arg-type]

    def __radd__(self, other: Exact) -> Exact:
        return self + other

    def __rmul__(self, other: Exact) -> Exact:
        return self * other

    def __sub__(self, other: Exact) -> Exact:
        return self + (-other)

    def __rsub__(self, other: Exact) -> Exact:
        return (-self) + other

    def __truediv__(self, other: Exact) -> Exact:
        return self * inverse(other)

    def __rtruediv__(self: Any, other: Exact) -> Exact:
        return inverse(self) * other

    def __eq__(self, other: object) -> bool:
        return compare(self, other) == 0

    def __ne__(self, other: object) -> bool:
        return compare(self, other) != 0

    def __lt__(self, other: Any) -> bool:
        return compare(self, other) < 0

    def __le__(self, other: Any) -> bool:
        return compare(self, other) <= 0

    def __gt__(self, other: Any) -> bool:
        return compare(self, other) > 0

    def __ge__(self, other: Any) -> bool:
        return compare(self, other) >= 0


class Surd(_Real):
    """numerator / denominator, both sums of radicals, the denominator positive. Build by arithmetic and :func:`power`."""

    __slots__ = ("denominator", "numerator")

    def __init__(self, numerator: Terms, denominator: Terms | None = None) -> None:
        self.numerator = numerator
        self.denominator: Terms = {ONE: fmpq(1)} if denominator is None else denominator

    def __add__(self, other: Exact) -> Exact:
        if isinstance(other, Nested):
            return other + self
        other = _surd(other)
        if self.denominator == other.denominator:
            return _reduced(add(self.numerator, other.numerator), self.denominator)
        top = add(multiply(self.numerator, other.denominator), multiply(other.numerator, self.denominator))
        return _reduced(top, multiply(self.denominator, other.denominator))

    def __mul__(self, other: Exact) -> Exact:
        if isinstance(other, Nested):
            return other * self
        other = _surd(other)
        return _reduced(multiply(self.numerator, other.numerator), multiply(self.denominator, other.denominator))

    def __neg__(self) -> Surd:
        return Surd({key: -value for key, value in self.numerator.items()}, self.denominator)

    def __abs__(self) -> Surd:
        return self if self.sign() >= 0 else -self

    def sign(self) -> int:
        """−1, 0 or 1, always decided."""
        return terms_sign(self.numerator)

    def ball(self) -> arb:
        """An enclosure at the current precision."""
        top = terms_ball(self.numerator)
        return top if self.denominator == {ONE: fmpq(1)} else top / terms_ball(self.denominator)

    @property
    def monomial(self) -> tuple[Key, fmpq] | None:
        """The key and coefficient of c N^{1/k} over a rational; ``None`` for anything longer."""
        if len(self.numerator) != 1 or set(self.denominator) != {ONE}:
            return None
        ((key, value),) = self.numerator.items()
        return key, value / self.denominator[ONE]

    def __repr__(self) -> str:
        top = text(self.numerator)
        return top if self.denominator == {ONE: fmpq(1)} else f"({top})/({text(self.denominator)})"


class Nested(_Real):
    """A real number known by its enclosures at any precision; ``root`` is (base, exponent) where it is one root of a surd."""

    __slots__ = ("ball", "root")

    def __init__(self, ball: Callable[[], arb], root: tuple[Exact, fmpq] | None = None) -> None:
        self.ball, self.root = ball, root

    def __add__(self, other: Exact) -> Exact:
        return self if _is_zero(other) else Nested(lambda: self.ball() + ball(other))

    def __mul__(self, other: Exact) -> Exact:
        if _is_zero(other):
            return 0
        if self.root is not None and not isinstance(other, Nested) and _sign_of(other) > 0:
            base, exponent = self.root  # c b^e = (c^{1/e} b)^e
            inside = power(other, 1 / exponent)
            if not isinstance(inside, Nested) and not isinstance(base, Nested):
                return power(inside * base, exponent)
        return Nested(lambda: self.ball() * ball(other))

    def __neg__(self) -> Nested:
        return Nested(lambda: -self.ball())

    def __abs__(self) -> Nested:
        return self if self.sign() >= 0 else -self

    def sign(self) -> int:
        """−1 or 1, or 0 for a root of zero.

        Raises
        ------
        Undecided
        """
        if self.root is not None:
            return _sign_of(self.root[0])
        return separate(self.ball)

    def __repr__(self) -> str:
        return decimal(self)


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
    sign = _sign_of(base)
    if sign < 0:
        raise ValueError("a negative number to a power that is not whole")
    if sign == 0:
        if e < 0:
            raise ZeroDivisionError
        return 0
    if isinstance(base, Nested):
        if base.root is not None:
            return power(base.root[0], base.root[1] * e)
        return Nested(lambda: base.ball() ** arb(e))
    if isinstance(base, Surd):
        single = base.monomial
        if single is None:
            return Nested(lambda: base.ball() ** arb(e), (base, e))
        (k, number), factor = single  # (c N^{1/k})^e = (c^k N)^{e/k}
        return _rational_power(fmpq(_guarded(factor, k) * number), e / k)
    return _rational_power(fmpq(base), e)


def _whole_power(base: Exact, exponent: int) -> Exact:
    if isinstance(base, (int, fmpq)):
        if exponent < 0 and base == 0:
            raise ZeroDivisionError
        return _guarded(base, exponent)
    if exponent < 0:
        return _whole_power(inverse(base), -exponent)
    if isinstance(base, Nested):
        if base.root is not None and exponent:
            return power(base.root[0], base.root[1] * exponent)
        nested = base
        return Nested(lambda: nested.ball() ** exponent) if exponent else 1
    single = base.monomial
    if single is not None:
        (k, number), factor = single
        return _rational_power(fmpq(number), fmpq(exponent, k)) * _guarded(factor, exponent)
    result: Exact = 1
    while exponent:
        if exponent & 1:
            result = result * base
        exponent >>= 1
        if exponent:
            base = base * base
    return result


def _guarded(base: int | fmpq, exponent: int) -> int | fmpq:
    """A whole power that is not too large to write out."""
    height = base.bit_length() if isinstance(base, int) else base.height_bits()
    if height > 1 and height * abs(exponent) > MAX_HEIGHT:
        raise NumberTooLarge
    if exponent < 0:
        return fmpq(1) / fmpq(base) ** -exponent
    return base**exponent


def _rational_power(base: fmpq, exponent: fmpq) -> Exact:
    """b^{s/t} for a positive rational b."""
    k = int(exponent.q)
    raised = fmpq(_guarded(base, int(exponent.p)))
    top, bottom = int(raised.p), int(raised.q)
    if max(top.bit_length(), bottom.bit_length()) * k > MAX_HEIGHT:
        raise NumberTooLarge
    (k, number), outside = radical(k, top * bottom ** (k - 1))
    factor = fmpq(outside, bottom)
    return factor if k == 1 else Surd({(k, number): factor})


def inverse(value: Exact) -> Exact:
    """1/value.

    Raises
    ------
    ZeroDivisionError
    """
    if isinstance(value, (int, fmpq)):
        return fmpq(1) / fmpq(value)
    if isinstance(value, Nested):
        if value.sign() == 0:
            raise ZeroDivisionError
        if value.root is not None:
            return power(value.root[0], -value.root[1])
        return Nested(lambda: 1 / value.ball())
    single = value.monomial
    if single is not None:
        (k, number), factor = single
        return _rational_power(fmpq(number), fmpq(-1, k)) * (1 / factor)
    sign = value.sign()
    if sign == 0:
        raise ZeroDivisionError
    return Surd(
        {key: sign * each for key, each in value.denominator.items()}, {key: sign * each for key, each in value.numerator.items()}
    )


def divide(left: Exact, right: Exact) -> Exact:
    """An exact quotient.

    Raises
    ------
    ZeroDivisionError
    """
    if isinstance(right, (int, fmpq)):
        return fmpq(left) / right if isinstance(left, int) else left / right
    if hasattr(right, "reciprocal"):  # a rational function
        return left * right.reciprocal()
    return left * inverse(right)


def compare(left: Any, right: Any) -> int:
    """−1, 0 or 1 for left < right, left = right, left > right.

    Raises
    ------
    Undecided
        Only where a :class:`Nested` number is compared.
    """
    if isinstance(left, (int, fmpq)) and isinstance(right, (int, fmpq)):
        return -1 if left < right else int(left != right)
    if isinstance(left, Nested) or isinstance(right, Nested):
        return _compare_nested(left, right)
    return _sign_of(_surd(left) + (-_surd(right)))


def _compare_nested(left: Exact, right: Exact) -> int:
    with precision(128):
        difference = ball(left) - ball(right)
        if difference > 0:
            return 1
        if difference < 0:
            return -1
    roots = [root for root in (_as_root(left), _as_root(right)) if root is not None]
    if len(roots) == 2:
        signs = _sign_of(roots[0][0]), _sign_of(roots[1][0])
        if signs[0] != signs[1] or signs == (0, 0):
            return (signs[0] > signs[1]) - (signs[0] < signs[1])
        if signs[0] > 0 and all(exponent > 0 for _, exponent in roots):
            common = lcm(*(int(exponent.q) for _, exponent in roots))
            try:
                raised = [power(base, exponent * common) for base, exponent in roots]
            except NumberTooLarge:
                raised = []
            if raised and not any(isinstance(value, Nested) for value in raised):
                return compare(*raised)
    return separate(lambda: ball(left) - ball(right))


def _as_root(value: Exact) -> tuple[Exact, fmpq] | None:
    return value.root if isinstance(value, Nested) else (value, fmpq(1))


def ball(value: Exact) -> arb:
    """An enclosure at the current precision."""
    return arb(value) if isinstance(value, (int, fmpq)) else value.ball()


def approximate(value: Exact) -> float:
    """The nearest float or so; for reports only."""
    if isinstance(value, int):
        value = fmpq(value)
    if isinstance(value, fmpq):
        try:
            return float(Fraction(int(value.p), int(value.q)))
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    with precision(128):
        return float(value.ball().mid())


def decimal(value: Exact) -> str:
    """The rational, or an enclosure with about thirty digits."""
    if isinstance(value, (int, fmpq)):
        return str(value)
    with precision(160):
        return str(value.ball().str(30))


def _surd(value: Exact) -> Surd:
    if isinstance(value, Surd):
        return value
    assert not isinstance(value, Nested)
    return Surd({ONE: fmpq(value)} if value else {})


def _reduced(numerator: Terms, denominator: Terms) -> Exact:
    """The quotient, as a rational if it plainly is one."""
    if not numerator:
        return 0
    if set(denominator) == {ONE}:
        value = denominator[ONE]
        if value != 1:
            numerator = {key: each / value for key, each in numerator.items()}
            denominator = {ONE: fmpq(1)}
        if set(numerator) == {ONE}:
            return numerator[ONE]
    return Surd(numerator, denominator)


def _is_zero(value: Exact) -> bool:
    return isinstance(value, (int, fmpq)) and value == 0


def _sign_of(value: Exact) -> int:
    if isinstance(value, (int, fmpq)):
        return (value > 0) - (value < 0)
    return value.sign()
