"""Reads expressions in the problem's parameters, such as ``d^m`` or ``floor(d^2/2)``, and gives their exact values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flint import fmpq

from boundcalc.language.grammar import Call, Literal, Name, Negation, Node, Operation, StatementError, parse_expression
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import MAX_BITS, parse_rational

NAMES = ("n", "d", "m", "p")
"""The parameters that an expression may name."""
FUNCTIONS = {"floor": (1, 1), "ceil": (1, 1), "round": (1, 1), "min": (1, 99), "max": (1, 99)}
"""What it may call, with the least and most arguments; ``round`` takes halves up."""
MAX_LENGTH = 1000
ALLOWED = f"must be an expression of numbers, {', '.join(NAMES)}, + - * / ^ and {', '.join(FUNCTIONS)}, such as d^m or 8/d"
INFINITE = frozenset({"inf", "infinity", "oo", "∞"})
_NUMBER = re.compile(r"[0-9.eE+\-*^/() \t]*\Z")


@dataclass(frozen=True)
class Expression:
    """A parsed expression.

    Attributes
    ----------
    text : str
        As it was written.
    names : frozenset of str
        The parameters it depends on.
    """

    text: str
    names: frozenset[str]
    _tree: Node

    def value(self, known: Mapping[str, fmpq | str], parameter: str) -> fmpq:
        """Its exact value.

        Parameters
        ----------
        known : mapping
            Values of the names; the text ``inf`` for n = inf.

        Raises
        ------
        ParameterError
            Where it has none: a division by zero, a root, infinity, or a number past the limits.
        """
        try:
            return _value(self._tree, known)
        except ArithmeticError as error:
            given = ", ".join(f"{name} = {known[name]}" for name in sorted(self.names))
            raise ParameterError(parameter, self.text, f"{error}" + (f"; here {given}" if given else "")) from None


def read_expression(text: str, parameter: str) -> Expression:
    """Reads an expression in the grammar of claims; numbers are as in :mod:`boundcalc.numbers.parsing`.

    Raises
    ------
    ParameterError
        For anything else.
    """
    if len(text) > MAX_LENGTH:
        raise ParameterError(parameter, text, ALLOWED)
    try:
        tree = parse_expression(text, FUNCTIONS)
        return Expression(text.strip(), frozenset(_names(tree)), tree)
    except StatementError as error:
        if _NUMBER.match(text):  # a number with a fault that this names better
            parse_rational(text, parameter=parameter)
        raise ParameterError(parameter, text, f"{ALLOWED}; {error}") from None


def _names(node: Node) -> set[str]:
    """The names under a node that has nothing but what is allowed."""
    match node:
        case Literal():
            return set()
        case Name(name=name, indices=()) if name in NAMES:
            return {name}
        case Name(name=name):
            raise StatementError(f"{name} is not one of {', '.join(NAMES)}", node.at)
        case Negation(operand=operand):
            return _names(operand)
        case Operation(left=left, right=right):
            return _names(left) | _names(right)
        case Call(arguments=arguments):
            return set().union(*map(_names, arguments))
    raise StatementError("sums, expectations and indicators are for claims", node.at)


def _value(node: Node, known: Mapping[str, fmpq | str]) -> fmpq:
    """Raises ArithmeticError, which says why, where there is none."""
    match node:
        case Literal(value=value):
            return value
        case Name(name=name):
            given = known[name]
            if isinstance(given, str):
                raise ArithmeticError(f"needs a finite {name}")
            return given
        case Negation(operand=operand):
            return -_value(operand, known)
        case Operation(sign=sign, left=left, right=right):
            return _combine(sign, _value(left, known), _value(right, known))
        case Call(function="min" | "max" as function, arguments=parts):
            values = [_value(part, known) for part in parts]
            return min(values) if function == "min" else max(values)
        case Call(function=function, arguments=(part,)):
            x = _value(part, known)
            return fmpq(x.ceil() if function == "ceil" else (x if function == "floor" else x + fmpq(1, 2)).floor())
    raise AssertionError(node)


def _combine(sign: str, left: fmpq, right: fmpq) -> fmpq:
    match sign:
        case "+":
            result = left + right
        case "-":
            result = left - right
        case "*":
            result = left * right
        case "/":
            if right == 0:
                raise ArithmeticError("must not divide by zero")
            result = left / right
        case _:
            if right.q != 1:
                raise ArithmeticError("must have whole exponents")
            if left == 0 and right < 0:
                raise ArithmeticError("must not divide by zero")
            if abs(right) * max(left.height_bits(), 1) > MAX_BITS:
                raise ArithmeticError(f"must stay below {MAX_BITS} bits")
            result = left ** int(right.p)
    if result.height_bits() > MAX_BITS:
        raise ArithmeticError(f"must stay below {MAX_BITS} bits")
    return result
