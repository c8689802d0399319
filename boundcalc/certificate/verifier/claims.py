"""The claimed enclosure of a bound, and the proof that a value lies inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flint import arb, ctx, fmpq

from boundcalc.certificate.verifier.reading import Refuted, fields, rational

MAX_PRECISION = 1 << 18


@dataclass(frozen=True)
class Claim:
    """lower ≤ value ≤ upper."""

    lower: fmpq
    upper: fmpq


def read_claim(data: Any, where: str) -> Claim:
    """A claimed enclosure."""
    given = fields(data, where, {"lower", "upper"})
    low, high = rational(given["lower"], f"{where}.lower"), rational(given["upper"], f"{where}.upper")
    if low > high:
        raise Refuted(f"{where}: lower exceeds upper")
    return Claim(low, high)


def check_inside(value: Callable[[], arb | fmpq], claim: Claim, what: str) -> None:
    """Proves lower ≤ value ≤ upper, raising precision until it is decided."""
    bits = 128
    while bits <= MAX_PRECISION:
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
    raise Refuted(f"{what}: undecided at {MAX_PRECISION} bits")
