"""Rounds the solver's floats to rational parameters that are proven feasible."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from flint import fmpq, fmpz

from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.numbers.constants import welch_constant
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError

DIGITS = 13
"""Significant decimal digits that a float keeps."""
_FIRST_ROOM = 1e-10
_ROOM_GROWTH = 4
_ATTEMPTS = 14


def rational(value: float, digits: int = DIGITS) -> fmpq:
    """The decimal with ``digits`` significant digits next to a float.

    Raises
    ------
    OverflowError
        If it is not finite.
    """
    if not isfinite(value):
        raise OverflowError(f"{value} is no rational number")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    whole, _, fraction = mantissa.partition(".")
    power = int(exponent) - len(fraction)
    number = fmpq(int(whole + fraction))
    return number * fmpz(10) ** power if power >= 0 else number / fmpz(10) ** -power


def above(value: fmpq) -> fmpq:
    """A short decimal that is not less, 0 for a negative value."""
    if value <= 0:
        return fmpq(0)
    near = rational(to_float(value))
    return near if near >= value else rational(to_float(value) * (1 + 1e-11))


def below(value: fmpq) -> fmpq:
    """A short decimal that is not more."""
    near = rational(to_float(value))
    return near if near <= value else rational(to_float(value) * (1 - 1e-11))


def repaired(
    h: Sequence[float] | Any, share: float, order: int, d: int, excess: float, *, linked: bool = False
) -> FrontierPolynomial:
    """A member of the frontier next to a proposed h.

    An excess ε of h over s u^k, relative to max(u^k, 1/τ_k), is undone by (h − ε/τ_k)/(1 + ε): the constant keeps h
    below near u = 0, where u^k is smaller than 1/τ_k, and the factor elsewhere. ε grows until the proof succeeds; where
    it does not, or h_0 would be negative (y < 0 serves no bound), h = 0.
    """
    s = max(rational(share), fmpq(0))
    if not linked:
        s = min(s, fmpq(1))
    numbers = [rational(float(value)) for value in h]
    room = max(1.25 * excess, _FIRST_ROOM)
    for _ in range(_ATTEMPTS):
        epsilon = rational(room, 3)
        lowered = [numbers[0] - epsilon / welch_constant(fmpq(d), order), *(max(value, fmpq(0)) for value in numbers[1:])]
        if lowered[0] < 0:
            break
        # a whole denominator of few digits keeps the coefficients short
        try:
            return FrontierPolynomial(d, order, s, tuple(_shorten(value / (1 + epsilon)) for value in lowered))
        except ParameterError:
            room *= _ROOM_GROWTH
    return FrontierPolynomial(d, order, s, (fmpq(0),))


def _shorten(value: fmpq) -> fmpq:
    """Back to a short decimal."""
    return rational(to_float(value))
