"""Gives one parameter's values along a grid: explicit, linear or geometric, each value a number or an expression.

An axis knows its length without making its values, so that a grid can be counted before it is made.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from numbers import Integral
from typing import Any, Protocol

from flint import arb, fmpq, fmpz

from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import Enclosure, decimal_exponent, precision
from boundcalc.numbers.errors import ParameterError, meant
from boundcalc.numbers.parsing import as_rational, whole_number
from boundcalc.sweep.expressions import INFINITE, Expression, read_expression

Value = fmpq | str
"""A number, or the text ``inf``."""
KnownValues = Mapping[str, Value]
MAX_POINTS = 1_000_000
"""The most ``points`` of an axis; a step has no limit."""
SIGNIFICANT = 6
"""Digits to which geometric values of p are rounded unless ``significant`` says otherwise."""
_DOTS = re.compile(r"\s*(\d+)\s*\.\.\s*(\d+)\s*")
"""Whole numbers written as 2..12."""
KEYS = ("from", "to", "points", "step", "spacing", "significant")


class Axis(Protocol):
    """The values of one parameter."""

    @property
    def size(self) -> int:
        """How many values there are."""

    @property
    def names(self) -> frozenset[str]:
        """The parameters that its expressions depend on."""

    def at(self, k: int, known: KnownValues) -> Value:
        """Its k-th value, given the parameters that it depends on."""

    def as_json(self) -> Any:
        """What a grid file would say, with defaults filled in."""


@dataclass(frozen=True)
class Explicit:
    """Values one by one, in their order; a repeated one counts once."""

    parameter: str
    entries: tuple[Expression | str, ...]

    @property
    def size(self) -> int:
        return len(self.entries)

    @property
    def names(self) -> frozenset[str]:
        return frozenset().union(*(entry.names for entry in self.entries if isinstance(entry, Expression)))

    def at(self, k: int, known: KnownValues) -> Value:
        entry = self.entries[k]
        return entry if isinstance(entry, str) else entry.value(known, self.parameter)

    def as_json(self) -> list[str]:
        return [entry if isinstance(entry, str) else _written(entry) for entry in self.entries]


@dataclass(frozen=True)
class Steps:
    """first, first + step, … up to and including last; constants."""

    parameter: str
    first: fmpq
    last: fmpq
    step: fmpq

    @property
    def names(self) -> frozenset[str]:
        return frozenset()

    @property
    def size(self) -> int:
        return max(0, int(((self.last - self.first) / self.step).floor()) + 1)

    def at(self, k: int, known: KnownValues) -> Value:
        return self.first + k * self.step

    def as_json(self) -> dict[str, str]:
        return {"from": str(self.first), "to": str(self.last), "step": str(self.step)}


@dataclass(frozen=True)
class EvenlySpaced:
    """A given number of points from ``first`` to ``last``, both included.

    Linear points are exact; geometric ones are rounded to ``significant`` decimal digits, but for the two ends. Points
    of n, d and m are rounded to whole numbers (m to odd ones); a value that repeats counts once where both ends are
    constants.
    """

    parameter: str
    first: Expression
    last: Expression
    points: int
    geometric: bool
    significant: int

    @property
    def names(self) -> frozenset[str]:
        return self.first.names | self.last.names

    @cached_property
    def _constant(self) -> tuple[fmpq, ...] | None:
        return None if self.names else tuple(dict.fromkeys(self._between(k, {}) for k in range(self.points)))

    @property
    def size(self) -> int:
        return self.points if self._constant is None else len(self._constant)

    def at(self, k: int, known: KnownValues) -> Value:
        return self._between(k, known) if self._constant is None else self._constant[k]

    def _between(self, k: int, known: KnownValues) -> fmpq:
        first, last = self.first.value(known, self.parameter), self.last.value(known, self.parameter)
        whole = self.parameter != "p"
        if self.geometric:
            if first <= 0 or last <= 0:
                raise ParameterError(self.parameter, str(min(first, last)), "must be positive at both ends of a geometric axis")
            value = geometric_point(first, last, fmpq(k, max(self.points - 1, 1)), None if whole else self.significant)
        else:
            value = first + (last - first) * fmpq(k, max(self.points - 1, 1))
        if self.parameter == "m":
            return fmpq(2 * (value / 2).floor() + 1)
        return fmpq(_nearest(value)) if whole else value

    def as_json(self) -> dict[str, Any]:
        fields: dict[str, Any] = {"from": _written(self.first), "to": _written(self.last), "points": self.points}
        fields["spacing"] = "geometric" if self.geometric else "linear"
        return fields | ({"significant": self.significant} if self.geometric and self.parameter == "p" else {})


def geometric_point(first: fmpq, last: fmpq, share: fmpq, significant: int | None) -> fmpq:
    """first^(1 − share) last^share, rounded to significant digits, or to a whole number; the ends are exact.

    The rounding is that of the exact value, so it is the same on every machine.
    """
    if share == 0 or first == last:
        return first
    if share == 1:
        return last
    bits = 64 + 4 * (significant or 0) + 2 * max(first.height_bits(), last.height_bits())
    while True:
        with precision(bits):
            ball = Enclosure.of((arb(first).log() * (1 - share) + arb(last).log() * share).exp())
        low, high = (_rounded(end, significant) for end in (ball.lower, ball.upper))
        if low == high or bits > 1 << 14:  # past this the exact value is a tie, taken up
            return high
        bits *= 2


def _written(expression: Expression) -> str:
    """A constant in lowest terms, so that 1e-6 and 0.000001 are the same grid; an expression as it was written."""
    return expression.text if expression.names else str(expression.value({}, "grid"))


def _rounded(value: fmpq, significant: int | None) -> fmpq:
    if significant is None:
        return fmpq(_nearest(value))
    shift = significant - 1 - decimal_exponent(value)
    unit = fmpq(fmpz(10) ** shift) if shift >= 0 else fmpq(1, fmpz(10) ** -shift)
    return _nearest(value * unit) / unit


def _nearest(value: fmpq) -> fmpz:
    return (value + fmpq(1, 2)).floor()


def read_axis(parameter: str, value: object) -> Axis:
    """The axis that a value of a grid file describes.

    Raises
    ------
    ParameterError
        For an unknown key, an empty axis, or a constant outside the parameter's domain.
    """
    if isinstance(value, str) and parameter != "p" and (ends := _DOTS.fullmatch(value)):
        value = {"from": ends[1], "to": ends[2]}
    if isinstance(value, Mapping):
        axis = _read_range(parameter, value)
        if axis.size == 0:
            raise ParameterError(parameter, _shown(value), "from is above to, so that nothing lies between")
        if not axis.names:
            for k in (0, axis.size - 1):
                _check_domain(parameter, axis.at(k, {}))
        return axis
    items = list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]
    if not items:
        raise ParameterError(parameter, "[]", "must have at least one value")
    entries: dict[Any, Expression | str] = {}
    for item in items:
        if parameter == "n" and isinstance(item, str) and item.strip().lower() in INFINITE:
            entries["inf"] = "inf"
            continue
        expression = _expression(parameter, item)
        if expression.names:
            entries[expression.text] = expression
        else:
            constant = expression.value({}, parameter)
            _check_domain(parameter, constant)
            entries.setdefault(constant, expression)
    return Explicit(parameter, tuple(entries.values()))


def _check_domain(parameter: str, value: Value) -> None:
    """Refuses a constant that no problem can have."""
    Problem(**{"n": 1, "d": 1, "m": 1, "p": 1, "law": "rademacher", parameter: value})  # type: ignore[arg-type]


def _expression(parameter: str, value: object) -> Expression:
    if not isinstance(value, bool) and isinstance(value, Integral):  # NumPy's too
        value = int(value)
    if isinstance(value, (Fraction, Decimal, fmpq)):
        value = str(as_rational(value, parameter=parameter, allowed="must be a number"))
    if isinstance(value, float):
        raise ParameterError(parameter, value, f"is a float, which is not exact: pass text such as {str(value)!r}")
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ParameterError(parameter, value, "must be a number, or text with an expression such as 'd^m'")
    expression = read_expression(str(value), parameter)
    if parameter in expression.names:
        raise ParameterError(parameter, value, f"must not depend on {parameter} itself")
    return expression


def _read_range(parameter: str, value: Mapping[str, Any]) -> Axis:
    check_keys(value, KEYS, f"a range of {parameter}")
    for key in ("from", "to"):
        if key not in value:
            raise ParameterError(parameter, _shown(value), f"must have '{key}'")
    first, last = (_expression(parameter, value[key]) for key in ("from", "to"))
    spacing = value.get("spacing", "linear")
    if spacing not in ("linear", "geometric"):
        raise ParameterError("spacing", spacing, "must be linear or geometric")
    if "points" not in value:
        if spacing == "geometric":
            raise ParameterError(parameter, _shown(value), "must have 'points' where the spacing is geometric")
        if first.names | last.names:
            raise ParameterError(parameter, _shown(value), "must have 'points' where an end is an expression in other parameters")
        if parameter == "p" and "step" not in value:
            raise ParameterError(parameter, _shown(value), "must have 'points' or 'step'")
        step = _expression(parameter, value.get("step", 2 if parameter == "m" else 1))
        if step.names or step.value({}, parameter) <= 0:
            raise ParameterError("step", step.text, "must be a positive number")
        return Steps(parameter, *(end.value({}, parameter) for end in (first, last, step)))
    if "step" in value:
        raise ParameterError(parameter, _shown(value), "must have 'points' or 'step', not both")
    points = whole_number(value["points"], parameter="points", least=1, most=MAX_POINTS)
    significant = whole_number(value.get("significant", SIGNIFICANT), parameter="significant", least=1, most=100)
    return EvenlySpaced(parameter, first, last, points, spacing == "geometric", significant)


def check_keys(given: Collection[str], known: Collection[str], where: str) -> None:
    """Refuses an unknown key, naming the nearest valid ones.

    Raises
    ------
    ParameterError
    """
    for key in given:
        if key not in known:
            raise ParameterError("key", key, f"is no key of {where}; {meant(key, known, 2)}")


def _shown(value: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{key} = {item}" for key, item in value.items()) + "}"
