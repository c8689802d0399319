"""Rings in which a bound's one formula is evaluated: exact rationals, balls, or SymPy expressions.

A formula is ordinary Python over ``+ − * /`` and whole powers; what a ring must add is the short list of
:class:`Arithmetic`. In the two numeric rings n and d stay exact rationals, so that cases in n are decided exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from flint import arb, fmpq, fmpz

from boundcalc.numbers.moments import Number
from boundcalc.numbers.special import expected_minimum

MAX_EXACT_BITS = 4096
"""Largest exact power that the exact ring forms, in bits: larger rationals are not kept as values, and forming them
costs more than their enclosure."""


class NotExact(ArithmeticError):
    """The value is irrational, or too large to be written out as a rational."""


class Arithmetic(Protocol):
    """What a formula needs beyond the ring operations."""

    def number(self, value: fmpq) -> Number:
        """The ring's element for an exact parameter."""

    def power(self, base: Number, exponent: fmpq) -> Number:
        """base^exponent for base ≥ 0 and a rational exponent."""

    def minimum(self, *values: Number) -> Number:
        """The least of the values; infinite ones are skipped."""

    def maximum(self, *values: Number) -> Number:
        """The greatest of the values."""

    def isolation(self, p: Number, n: Number) -> Number:
        """π = (1 − p)^{n−1}, the probability that no other feature is active; 0 for n = ∞."""

    def expected_minimum(self, d: Number, n: Number, p: Number) -> Number:
        """E min(d, Bin(n, p))."""

    def log(self, value: Number) -> Number:
        """The natural logarithm of a positive value."""

    def cases(self, n: Number, pieces: Sequence[tuple[Number, Callable[[], Number]]]) -> Number:
        """The piece with the largest start that is at most n; starts ascend, the first is at most n."""


def _finite(values: Sequence[Number]) -> list[Number]:
    return [value for value in values if not (isinstance(value, float) and value == math.inf)]


class _Numeric:
    """What the two numeric rings share: cases decided by exact comparison."""

    def cases(self, n: Number, pieces: Sequence[tuple[Number, Callable[[], Number]]]) -> Number:
        chosen = pieces[0][1]
        for start, piece in pieces:
            if _finite([n]) and n < start:
                break
            chosen = piece
        return chosen()


class ExactArithmetic(_Numeric):
    """Exact rationals; raises :class:`NotExact` where a value is not rational."""

    def number(self, value: fmpq) -> fmpq:
        return value

    def power(self, base: fmpq, exponent: fmpq) -> fmpq:
        if exponent.q == 1 and base.height_bits() * abs(exponent) <= MAX_EXACT_BITS:
            return base ** int(exponent.p)
        if base == 0 or base == 1:
            return base
        raise NotExact

    def minimum(self, *values: Number) -> fmpq:
        return min(_finite(values))

    def maximum(self, *values: fmpq) -> fmpq:
        return max(values)

    def isolation(self, p: fmpq, n: Number) -> fmpq:
        return self.power(1 - p, n - 1) if _finite([n]) else fmpq(0)

    def expected_minimum(self, d: fmpq, n: Number, p: fmpq) -> fmpq:
        if not _finite([n]) or (p == 1 and n > d):
            return d
        if n <= d:
            return n * p
        raise NotExact

    def log(self, value: fmpq) -> fmpq:
        if value != 1:
            raise NotExact
        return fmpq(0)


class BallArithmetic(_Numeric):
    """Balls at Arb's current precision; exact rationals may enter anywhere."""

    def number(self, value: fmpq) -> arb:
        return arb(value)

    def power(self, base: Any, exponent: fmpq) -> arb:
        root = arb(base) if exponent.q == 1 else arb(base).root(int(exponent.q))
        return root ** fmpz(exponent.p)

    def minimum(self, *values: Number) -> Number:
        finite = _finite(values)
        if all(isinstance(value, fmpq) for value in finite):
            return min(finite)
        least = arb(finite[0])
        for value in finite[1:]:
            least = least.min(arb(value))
        return least

    def maximum(self, *values: Number) -> arb:
        greatest = arb(values[0])
        for value in values[1:]:
            greatest = greatest.max(arb(value))
        return greatest

    def isolation(self, p: arb, n: Number) -> arb:
        if not _finite([n]):
            return arb(0)
        if n == 1:
            return arb(1)
        # the logarithm keeps full relative accuracy at tiny p
        return arb(0) if p == 1 else (arb(n - 1) * (-p).log1p()).exp()

    def expected_minimum(self, d: fmpq, n: Number, p: arb) -> arb:
        return expected_minimum(d, None if not _finite([n]) else n, p)

    def log(self, value: Number) -> arb:
        return arb(value).log()


EXACT = ExactArithmetic()
BALL = BallArithmetic()
