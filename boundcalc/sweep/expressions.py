"""Expressions in the problem's parameters, such as ``d^m`` or ``floor(d^2/2)``: exact, over an allow-list of syntax."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import MAX_BITS, parse_rational

NAMES = ("n", "d", "m", "p")
"""The parameters that an expression may name."""
FUNCTIONS = ("floor", "ceil", "round", "min", "max")
"""What it may call; ``round`` takes halves up."""
MAX_LENGTH = 1000
ALLOWED = f"must be an expression of numbers, {', '.join(NAMES)}, + - * / ^ and {', '.join(FUNCTIONS)}, such as d^m or 8/d"
INFINITE = frozenset({"inf", "infinity", "oo", "∞"})
_ALPHABET = re.compile(r"[0-9A-Za-z.+\-*/(), \t]*\Z")
_NUMBER = re.compile(r"[0-9.eE+\-*/() \t]*\Z")


class _Refused(Exception):
    """What is no expression, or has no value; the argument says why."""


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
    _source: str
    _tree: ast.expr

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
            return _value(self._tree, self._source, known, parameter)
        except _Refused as refused:
            given = ", ".join(f"{name} = {known[name]}" for name in sorted(self.names))
            raise ParameterError(parameter, self.text, f"{refused or ALLOWED}" + (f"; here {given}" if given else "")) from None


def parse_expression(text: str, parameter: str) -> Expression:
    """Reads an expression; numbers are as in :mod:`boundcalc.numbers.parsing`, ``^`` and ``**`` are powers.

    Raises
    ------
    ParameterError
        For anything else.
    """
    source = text.strip().replace("^", "**")
    if len(source) > MAX_LENGTH or not _ALPHABET.match(source):
        raise ParameterError(parameter, text, ALLOWED)
    try:
        tree = ast.parse(source, mode="eval").body
        names = frozenset(_names(tree, source, parameter))
    except (SyntaxError, ValueError, RecursionError, MemoryError, _Refused):
        if _NUMBER.match(source):  # such as 1e-6, or a number with a fault that this names better
            parse_rational(text, parameter=parameter)
        raise ParameterError(parameter, text, ALLOWED) from None
    return Expression(text.strip(), names, source, tree)


def _names(node: ast.expr, source: str, parameter: str) -> set[str]:
    """The names under a node that has nothing but what is allowed."""
    match node:
        case ast.Constant():
            parse_rational(ast.get_source_segment(source, node) or "", parameter=parameter)
            return set()
        case ast.Name(id=name) if name in NAMES:
            return {name}
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            return _names(node.operand, source, parameter)
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.Pow()):
            return _names(node.left, source, parameter) | _names(node.right, source, parameter)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            if len(arguments) == 1 or (name in ("min", "max") and arguments):
                return set().union(*(_names(argument, source, parameter) for argument in arguments))
    raise _Refused


def _value(node: ast.expr, source: str, known: Mapping[str, fmpq | str], parameter: str) -> fmpq:
    def at(child: ast.expr) -> fmpq:
        return _value(child, source, known, parameter)

    match node:
        case ast.Constant():
            return parse_rational(ast.get_source_segment(source, node) or "", parameter=parameter)
        case ast.Name(id=name):
            value = known[name]
            if isinstance(value, str):
                raise _Refused(f"needs a finite {name}")
            return value
        case ast.UnaryOp(op=ast.USub()):
            return -at(node.operand)
        case ast.UnaryOp():
            return at(node.operand)
        case ast.BinOp():
            return _combine(node.op, at(node.left), at(node.right))
        case ast.Call(func=ast.Name(id=name)):
            arguments = [at(argument) for argument in node.args]
            if name in ("min", "max"):
                return min(arguments) if name == "min" else max(arguments)
            (x,) = arguments
            return fmpq(x.ceil() if name == "ceil" else (x if name == "floor" else x + fmpq(1, 2)).floor())
    raise _Refused


def _combine(operator: Any, left: fmpq, right: fmpq) -> fmpq:
    match operator:
        case ast.Add():
            result = left + right
        case ast.Sub():
            result = left - right
        case ast.Mult():
            result = left * right
        case ast.Div():
            if right == 0:
                raise _Refused("must not divide by zero")
            result = left / right
        case _:
            if right.q != 1:
                raise _Refused("must have whole exponents")
            if left == 0 and right < 0:
                raise _Refused("must not divide by zero")
            if abs(right) * max(left.height_bits(), 1) > MAX_BITS:
                raise _Refused(f"must stay below {MAX_BITS} bits")
            result = left ** int(right.p)
    if result.height_bits() > MAX_BITS:
        raise _Refused(f"must stay below {MAX_BITS} bits")
    return result
