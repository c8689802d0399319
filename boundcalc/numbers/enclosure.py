"""Defines enclosures: certified intervals with exact rational ends, and the one owner of Arb's global precision.

Balls (python-flint ``arb``) live only inside :func:`precision`; what leaves it is an :class:`Enclosure`.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, ctx, fmpq, fmpz

from boundcalc.numbers.budget import check
from boundcalc.numbers.display import Displayed
from boundcalc.numbers.errors import CertificationError

MAX_PRECISION = 1 << 20
"""The ceiling on working precision, in bits (about 315,000 decimal digits)."""
MAX_DIGITS = 10_000
"""The most digits a caller may ask for."""
_LOG2_10 = math.log2(10)


class _Alone:
    """The lock of a process on Arb's precision. A child of a fork has its own: the thread that holds the lock is not in it."""

    def __init__(self) -> None:
        self.renew()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.renew)

    def renew(self) -> None:
        """Makes a lock that no thread holds."""
        self.lock = threading.RLock()


_ALONE = _Alone()


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Sets Arb's precision for a block and restores it.

    The precision belongs to the process: two threads in such blocks would compute at each other's, and leave one of them behind.
    So a block is for one thread at a time, and others wait. Never wait for another thread in a block.
    """
    check()
    with _ALONE.lock, ctx.workprec(bits):
        yield


def exact(value: arb) -> fmpq:
    """The rational value of a ball without radius."""
    mantissa, exponent = value.man_exp()
    shift = int(exponent)
    return fmpq(mantissa << shift) if shift >= 0 else fmpq(mantissa, fmpz(1) << -shift)


@dataclass(frozen=True, repr=False)
class Enclosure(Displayed):
    """A certified interval [lower, upper] with exact rational ends that holds the true value.

    >>> from flint import fmpq
    >>> Enclosure(fmpq(1, 3), fmpq(2, 3)).decimals(2)
    ('0.33', '0.67')
    """

    lower: fmpq
    upper: fmpq

    def __post_init__(self) -> None:
        if self.lower > self.upper:
            raise ValueError(f"lower = {self.lower}: must not exceed upper = {self.upper}")

    @classmethod
    def of(cls, value: arb | fmpq | int) -> Enclosure:
        """The ends of a finite ball, or a single rational point."""
        if isinstance(value, arb):
            if not value.is_finite():
                raise CertificationError("the ball is not finite")
            # lower() and upper() round to the working precision; outward, but enough bits keep them tight
            return cls(exact(value.lower()), exact(value.upper()))
        point = fmpq(value)
        return cls(point, point)

    @property
    def is_exact(self) -> bool:
        """Whether the interval is a single point."""
        return self.lower == self.upper

    @property
    def digits(self) -> int:
        """Correct significant decimal digits, −log10(width / smallest absolute value); MAX_DIGITS for a point."""
        if self.is_exact:
            return MAX_DIGITS
        if self.lower <= 0 <= self.upper:
            return 0
        smallest = min(abs(self.lower), abs(self.upper))
        quotient = (self.upper - self.lower) / smallest
        return max(0, -decimal_exponent(quotient) - 1)

    @property
    def fractions(self) -> tuple[Fraction, Fraction]:
        """Both ends as ``fractions.Fraction``: python-flint 0.9 calls an fmpq unequal to every Fraction, without an error.

        >>> from flint import fmpq
        >>> Enclosure(fmpq(1, 2), fmpq(2, 3)).fractions
        (Fraction(1, 2), Fraction(2, 3))
        """
        low, high = (Fraction(int(end.p), int(end.q)) for end in (self.lower, self.upper))
        return low, high

    def __float__(self) -> float:
        """Its middle, nearest float64."""
        return to_float((self.lower + self.upper) / 2)

    def less(self, other: Enclosure) -> bool | None:
        """Whether the enclosed value is less than the other: true, false, or ``None`` for undecided."""
        if self.upper < other.lower:
            return True
        if self.lower >= other.upper:
            return False
        return None

    def decimals(self, digits: int) -> tuple[str, str]:
        """Both ends as decimal text with ``digits`` significant digits, rounded outward."""
        return decimal_floor(self.lower, digits), decimal_ceiling(self.upper, digits)

    def as_json(self, digits: int) -> dict[str, str]:
        """``{"lower": …, "upper": …}``, outward."""
        lower, upper = self.decimals(digits)
        return {"lower": lower, "upper": upper}

    def __sub__(self, other: Enclosure) -> Enclosure:
        return Enclosure(self.lower - other.upper, self.upper - other.lower)

    def __truediv__(self, other: Enclosure | fmpq) -> Enclosure:
        """Quotient by a positive number, or by an enclosure of positive numbers."""
        other = other if isinstance(other, Enclosure) else Enclosure.of(other)
        if other.lower <= 0:
            raise ZeroDivisionError("the divisor's enclosure is not positive")
        ends = [end / by for end in (self.lower, self.upper) for by in (other.lower, other.upper)]
        return Enclosure(min(ends), max(ends))


def enclose(compute: Callable[[], arb | fmpq], digits: int, *, ceiling: int = MAX_PRECISION) -> Enclosure:
    """Evaluates at doubling precision until ``digits`` significant digits are certain.

    At the ceiling the enclosure reached so far is returned; its ``digits`` says how far it goes.

    Raises
    ------
    CertificationError
        If no finite enclosure is found below the ceiling.
    """
    wanted = int(digits * _LOG2_10) + 8
    bits = min(wanted + 32, ceiling)
    while True:
        with precision(bits):
            value = compute()
            if not isinstance(value, arb):
                return Enclosure.of(value)
            if value.is_finite() and (value.rel_accuracy_bits() >= wanted or bits >= ceiling):
                return Enclosure.of(value)
        if bits >= ceiling:
            raise CertificationError(f"no finite enclosure at {ceiling} bits of precision")
        bits = min(2 * bits, ceiling)


def to_float(value: fmpq) -> float:
    """The nearest float64, whatever the size of numerator and denominator."""
    return int(value.p) / int(value.q)


def decimal_exponent(value: fmpq) -> int:
    """floor(log10 |value|) of a nonzero rational."""
    value = abs(value)
    guess = math.floor((int(value.p).bit_length() - int(value.q).bit_length()) / _LOG2_10)
    while _power_of_ten(guess) > value:
        guess -= 1
    while _power_of_ten(guess + 1) <= value:
        guess += 1
    return guess


def _power_of_ten(exponent: int) -> fmpq:
    return fmpq(fmpz(10) ** exponent) if exponent >= 0 else fmpq(1, fmpz(10) ** -exponent)


def decimal_floor(value: fmpq, digits: int) -> str:
    """The largest decimal with ``digits`` significant digits that is at most ``value``."""
    return _decimal(value, digits, up=False)


def decimal_ceiling(value: fmpq, digits: int) -> str:
    """The smallest decimal with ``digits`` significant digits that is at least ``value``."""
    return _decimal(value, digits, up=True)


def _decimal(value: fmpq, digits: int, *, up: bool) -> str:
    if value == 0:
        return "0"
    if value < 0:
        return "-" + _decimal(-value, digits, up=not up)
    exponent = decimal_exponent(value)
    scaled = value * _power_of_ten(digits - 1 - exponent)
    mantissa = scaled.ceil() if up else scaled.floor()
    text = str(mantissa)
    if len(text) > digits:  # rounded up to the next power of ten
        text, exponent = text[:digits], exponent + 1
    text = text.rstrip("0")
    if -5 <= exponent < 0:
        return "0." + "0" * (-exponent - 1) + text
    if 0 <= exponent < max(digits, 16):
        whole = text[: exponent + 1].ljust(exponent + 1, "0")
        fraction = text[exponent + 1 :]
        return f"{whole}.{fraction}" if fraction else whole
    return f"{text[0]}.{text[1:]}e{exponent}" if len(text) > 1 else f"{text}e{exponent}"
