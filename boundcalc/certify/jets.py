"""Differentiates forward in ball arithmetic: a value with its gradient and Hessian over a box.

A function written once with ``+ − * / **`` and the functions of this module takes jets of any order. Where a
derivative does not exist on the whole box its ball is NaN, and the caller falls back to the value alone; gradients
of maxima enclose the generalised (Clarke) gradient. Source: Moore, Kearfott and Cloud, Introduction to Interval
Analysis, chapter 6; Clarke, Optimization and Nonsmooth Analysis, section 2.3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import add, neg
from typing import Any

from flint import arb, fmpq, fmpz

_HALF = fmpq(1, 2)
_NAN = arb.nan()
_ZERO = arb(0)
Constant = int | fmpz | fmpq | arb


class Jet:
    """A function's value, gradient and Hessian, each a ball that holds it at every point of a box.

    Attributes
    ----------
    value : arb
    gradient : tuple of arb, shape (variables,)
        Empty at order 0.
    hessian : tuple of arb, shape (variables (variables + 1) / 2,)
        The lower triangle by rows; empty below order 2, NaN where second derivatives need not exist.
    """

    __slots__ = ("gradient", "hessian", "value")

    def __init__(self, value: arb, gradient: tuple[arb, ...] = (), hessian: tuple[arb, ...] = ()) -> None:
        self.value, self.gradient, self.hessian = value, gradient, hessian

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Jet):
            return Jet(
                self.value + other.value,
                tuple(map(add, self.gradient, other.gradient)),
                tuple(map(add, self.hessian, other.hessian)),
            )
        return Jet(self.value + other, self.gradient, self.hessian) if isinstance(other, Constant) else NotImplemented

    __radd__ = __add__

    def __neg__(self) -> Jet:
        return Jet(-self.value, tuple(map(neg, self.gradient)), tuple(map(neg, self.hessian)))

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return (-self) + other

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Jet):
            a, b, slopes, others = self.value, other.value, self.gradient, other.gradient
            gradient = tuple([a * q + b * p for p, q in zip(slopes, others, strict=True)])
            hessian: tuple[arb, ...] = ()
            if self.hessian:
                pairs = _pairs(slopes, others)
                hessian = tuple([a * q + b * p + c for p, q, c in zip(self.hessian, other.hessian, pairs, strict=True)])
            return Jet(a * b, gradient, hessian)
        if not isinstance(other, Constant):
            return NotImplemented
        c = arb(other)
        return Jet(self.value * c, tuple([c * p for p in self.gradient]), tuple([c * p for p in self.hessian]))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Jet):
            return self * other**-1
        return self * (1 / arb(other)) if isinstance(other, Constant) else NotImplemented

    def __rtruediv__(self, other: Any) -> Any:
        return self**-1 * other

    def __pow__(self, exponent: int | fmpq) -> Jet:
        """A whole power; or a fractional power of the nonnegative part (the function is max(0, x)^exponent)."""
        if isinstance(exponent, fmpq) and exponent.q == 1:
            exponent = int(exponent.p)
        if exponent == 1:
            return self
        value = power(self.value, exponent)
        if not self.gradient:
            return Jet(value)
        if exponent == 0:
            first = second = _ZERO
        elif exponent == 2:
            first, second = 2 * self.value, arb(2)
        elif exponent == -1:
            first = -power(self.value, -2)
            second = -2 * first * value
        else:
            first = exponent * power(self.value, exponent - 1)
            second = exponent * (exponent - 1) * power(self.value, exponent - 2) if self.hessian else _ZERO
        return self.compose(value, first, second)

    def compose(self, value: arb, first: arb, second: arb) -> Jet:
        """The chain rule: g ∘ self from the balls of g, g', g'' on the range of self."""
        # a variable on which self does not depend stays out of it, also where g' is unbounded
        gradient = tuple([_ZERO if p.is_zero() else first * p for p in self.gradient])
        if not self.hessian:
            return Jet(value, gradient)
        products = [p * q for i, p in enumerate(self.gradient) for q in self.gradient[: i + 1]]
        hessian = [
            (_ZERO if h.is_zero() else first * h) + (_ZERO if c.is_zero() else second * c)
            for h, c in zip(self.hessian, products, strict=True)
        ]
        return Jet(value, gradient, tuple(hessian))

    def maximum(self, other: Jet | Constant) -> Jet:
        """The greater of two functions."""
        if not isinstance(other, Jet):
            other = constant(arb(other), self)
        # strictly: where the two touch, the generalised gradient needs both, at the edge of the box too
        if self.value > other.value:
            return self
        if self.value < other.value:
            return other
        gradient = tuple([p.union(q) for p, q in zip(self.gradient, other.gradient, strict=True)])
        return Jet(self.value.max(other.value), gradient, tuple([_NAN] * len(self.hessian)))


def variables(box: Sequence[arb], order: int) -> list[Jet]:
    """The coordinates on a box as jets of order 0, 1 or 2."""
    n = len(box)
    zeros = (_ZERO,) * (n * (n + 1) // 2 if order == 2 else 0)
    units = [tuple([arb(1) if i == k else _ZERO for i in range(n)]) if order else () for k in range(n)]
    return [Jet(value, unit, zeros) for value, unit in zip(box, units, strict=True)]


def constant(value: arb, like: Jet) -> Jet:
    """A constant function in the same variables and order as another."""
    return Jet(value, (_ZERO,) * len(like.gradient), (_ZERO,) * len(like.hessian))


def maximum(a: Any, b: Any) -> Any:
    """max(a, b) of functions, balls or numbers."""
    if hasattr(a, "maximum"):
        return a.maximum(b)
    return b.maximum(a) if hasattr(b, "maximum") else arb(a).max(arb(b))


def minimum(a: Any, b: Any) -> Any:
    """min(a, b) of functions, balls or numbers."""
    return -maximum(-a, -b)


def positive_part(x: Any) -> Any:
    """max(0, x)."""
    return maximum(x, 0)


def sqrt(x: Any) -> Any:
    """√max(0, x), so that rounding below 0 at the edge of a domain does no harm."""
    return power(x, _HALF) if isinstance(x, arb) else x**_HALF


def power(x: arb, exponent: int | fmpq) -> arb:
    """x^exponent on a ball, tight at its ends; fractional powers are of the nonnegative part."""
    if exponent < 0:
        return 1 / power(x, -exponent)
    if isinstance(exponent, fmpq) and exponent.q != 1:
        low, high = x.lower(), x.upper()
        if not high >= 0:
            return _ZERO if high < 0 else _NAN
        least = _raise(low, exponent) if low > 0 else _ZERO
        return least.union(_raise(high, exponent))
    n = int(exponent)
    if n == 0:
        return arb(1)
    if n % 2 or not x.contains(0):
        return _monotone(x, lambda end: _whole(end, n))
    return _ZERO.union(_whole(x.abs_upper(), n)) if x.is_finite() else _NAN


def _monotone(x: arb, raise_: Callable[[arb], arb]) -> arb:
    return raise_(x) if x.is_exact() else raise_(x.lower()).union(raise_(x.upper()))


def _whole(x: arb, n: int) -> arb:
    result = x
    for bit in bin(n)[3:]:
        result = result * result * x if bit == "1" else result * result
    return result


def _raise(x: arb, exponent: fmpq) -> arb:
    root = x.sqrt() if exponent.q == 2 else x.root(int(exponent.q))
    return _whole(root, int(exponent.p))


def _pairs(a: tuple[arb, ...], b: tuple[arb, ...]) -> list[arb]:
    """a_i b_j + a_j b_i for the lower triangle."""
    return [p * b[j] + a[j] * b[i] for i, p in enumerate(a) for j in range(i + 1)]
