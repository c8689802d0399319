"""Operations on exact numbers, and on lists of them over the states, as functions of a case and of the values of variables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb
from typing import Any

from flint import fmpq

from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.radicals import NumberTooLarge
from boundcalc.check.exact.roots import Exact, divide, power
from boundcalc.language.grammar import COMBINE, StatementError

MAX_BINOMIAL = 10_000
MOST_QUICK = 32
"""Largest exponent of a number of at most 64 bits that is raised without looking at the size of the power."""
_HALF = fmpq(1, 2)

Environment = dict[str, Any]
Run = Callable[[Case, Environment], Any]


@dataclass(frozen=True)
class Code:
    """A compiled expression; ``random`` if its values are lists over the states."""

    run: Run
    random: bool


def each(code: Code, function: Callable[[Any], Any]) -> Run:
    run = code.run
    if code.random:
        return lambda case, at: [function(value) for value in run(case, at)]
    return lambda case, at: function(run(case, at))


def pairwise(left: Code, right: Code, function: Callable[[Any, Any], Any]) -> Run:
    """A function of two arguments, over the states where one of them is random."""
    l, r = left.run, right.run  # noqa: E741
    if left.random and right.random:
        return lambda case, at: list(map(function, l(case, at), r(case, at)))
    if left.random:

        def by_left(case: Case, at: Environment) -> Any:
            fixed = r(case, at)
            return [function(value, fixed) for value in l(case, at)]

        return by_left
    if right.random:

        def by_right(case: Case, at: Environment) -> Any:
            fixed = l(case, at)
            return [function(fixed, value) for value in r(case, at)]

        return by_right
    return lambda case, at: function(l(case, at), r(case, at))


def raise_to(base: Exact, exponent: Exact) -> Exact:
    """An exact power with a rational exponent."""
    if isinstance(exponent, int) and 0 <= exponent <= MOST_QUICK:
        if isinstance(base, int):
            if -(1 << 64) < base < 1 << 64:
                return int(base**exponent)
        elif isinstance(base, fmpq) and base.height_bits() <= 64:
            return base**exponent
    if not isinstance(exponent, (int, fmpq)):
        raise ValueError("an exponent that is not rational")
    value: Any = base
    return value**exponent if hasattr(base, "inverse") else power(base, exponent)


def _powers(base: Code, exponent: Code) -> Run:
    """Random numbers to one power, without a call for each of the small ones."""
    bases, one = base.run, exponent.run

    def run(case: Case, at: Environment) -> Any:
        e = one(case, at)
        if not isinstance(e, int) or not 0 <= e <= MOST_QUICK:
            return [raise_to(value, e) for value in bases(case, at)]
        small = range(1 - (1 << 64), 1 << 64)
        return [value**e if type(value) is int and value in small else raise_to(value, e) for value in bases(case, at)]

    return run


def operation(sign: str, left: Code, right: Code, at: int) -> Run:
    if sign == "/":
        return guarded(pairwise(left, right, divide), at)
    if sign != "^":
        return pairwise(left, right, COMBINE[sign])
    if left.random and not right.random:
        return guarded(_powers(left, right), at)
    return guarded(pairwise(left, right, raise_to), at)


def guarded(run: Run, at: int) -> Run:
    """The same function, its arithmetic errors raised with their place in the text."""

    def located(case: Case, environment: Environment) -> Any:
        try:
            return run(case, environment)
        except StatementError:
            raise
        except ZeroDivisionError:
            hint = "a condition must exclude it"
            raise StatementError(f"division by zero, {hint}: {_where(case, environment)}", at) from None
        except NumberTooLarge:
            raise StatementError("a number too large to write out", at) from None
        except ValueError as error:
            raise StatementError(f"{error}: {_where(case, environment)}", at) from None

    return located


def _where(case: Case, at: Environment) -> str:
    weights = "; ".join(" ".join(map(str, row)) for row in case.weights)
    return f"W = [{weights}], m = {case.m}, " + (f"p = {case.p}, law {case.law}" if case.own is None else case.law)


def _binomial(top: Any, below: Any) -> Any:
    if not isinstance(below, (int, fmpq)) or below != int(below) or not 0 <= below <= MAX_BINOMIAL:
        raise ValueError(f"binom takes a whole number from 0 to {MAX_BINOMIAL} below")
    k = int(below)
    if isinstance(top, int) and 0 <= top <= MAX_BINOMIAL:
        return comb(top, k)
    value: Any = 1
    for j in range(k):
        value = value * (top - j) * fmpq(1, j + 1)
    return value


def call(function: str, arguments: list[Code], at: int) -> Run:
    match function:
        case "sqrt":
            return guarded(each(arguments[0], lambda value: power(value, _HALF)), at)
        case "abs":
            return each(arguments[0], abs)
        case "plus":
            return each(arguments[0], lambda value: value if value > 0 else 0)
        case "binom":
            return guarded(pairwise(arguments[0], arguments[1], _binomial), at)
    choose: Callable[[Any, Any], Any] = min if function == "min" else max
    found = arguments[0]
    for other in arguments[1:]:
        found = Code(pairwise(found, other, choose), found.random or other.random)
    return found.run
