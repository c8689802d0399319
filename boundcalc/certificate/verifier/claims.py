"""Reads the claimed enclosure of a bound, proves that a value lies inside, and prints numbers whole or rounded outward."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flint import arb, ctx, fmpq, fmpz

from boundcalc.certificate.verifier.reading import Refuted, TooLargeToVerify, Work, fields, rational

MAX_PRECISION = 1 << 18
FUNCTION = 200
"""What exp, log or a root costs, in multiplications."""
DIGITS = 15
"""Digits of a number in print that is not whole."""


@dataclass(frozen=True)
class Claim:
    """lower ≤ value ≤ upper."""

    lower: fmpq
    upper: fmpq


def read_claim(data: Any, where: str) -> Claim:
    """A claimed enclosure."""
    given = fields(data, where, ("lower", "upper"))
    low, high = rational(given["lower"], f"{where}.lower"), rational(given["upper"], f"{where}.upper")
    if low > high:
        raise Refuted(f"{where}: lower exceeds upper")
    return Claim(low, high)


def check_inside(value: Callable[[], arb | fmpq], claim: Claim, what: str, work: Work, operations: int = 1) -> None:
    """Proves lower ≤ value ≤ upper, raising the precision until it is decided; a value takes so many operations in balls."""
    bits = 128
    while bits <= MAX_PRECISION:
        work.whole(operations, bits, what)
        with ctx.workprec(bits):
            ball = value()
            if isinstance(ball, fmpq):
                if claim.lower <= ball <= claim.upper:
                    return
                raise Refuted(f"{what}: the value lies outside the claimed enclosure")
            low, high = ball - arb(claim.lower), arb(claim.upper) - ball
            if low >= 0 and high >= 0:
                return
            if low < 0 or high < 0:
                raise Refuted(f"{what}: the value lies outside the claimed enclosure")
        bits *= 2
    raise TooLargeToVerify(f"too large to verify: {what} is undecided in balls of {MAX_PRECISION} bits, the limit")


def printed(value: fmpq | int, *, up: bool) -> str:
    """A number whole where it is short, else a decimal of 15 digits rounded up or down, which is then said."""
    value = fmpq(value)
    if len(str(value)) <= DIGITS or (value.q == 1 and value.p.bit_length() < 130):
        return str(value)
    if value < 0:
        return f"-{_decimal(-value, up=not up)} (rounded {'up' if up else 'down'})"
    text = _decimal(value, up=up)
    return text if _read(text) == value else f"{text} (rounded {'up' if up else 'down'})"


def _decimal(value: fmpq, *, up: bool) -> str:
    """A positive number to 15 digits."""
    exponent = (value.p.bit_length() - value.q.bit_length()) * 30103 // 100000 - 1  # floor log10, or one or two less
    while value >= fmpq(10) ** (exponent + 1):
        exponent += 1
    scaled = value * fmpq(10) ** (DIGITS - 1 - exponent)
    whole = int(scaled.ceil() if up else scaled.floor())
    if whole == 10**DIGITS:
        whole, exponent = whole // 10, exponent + 1
    digits = str(whole)
    if -5 <= exponent < 0:
        return f"0.{'0' * (-exponent - 1)}{digits}".rstrip("0")
    if 0 <= exponent < DIGITS:
        return f"{digits[: exponent + 1]}.{digits[exponent + 1 :]}".rstrip("0").rstrip(".")
    return f"{digits[0]}.{digits[1:]}".rstrip("0").rstrip(".") + f"e{exponent}"


def _read(text: str) -> fmpq:
    mantissa, _, exponent = text.partition("e")
    whole, _, part = mantissa.partition(".")
    return fmpq(fmpz(whole + part)) * fmpq(10) ** (int(exponent or 0) - len(part))
