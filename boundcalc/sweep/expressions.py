"""Reads expressions in the problem's parameters, such as ``d^m`` or ``floor(d^2/2)``, and gives their exact values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flint import fmpq

from boundcalc.language.arithmetic import Evaluation, names_of
from boundcalc.language.grammar import StatementError, parse_expression
from boundcalc.language.nodes import Node
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import MAX_BITS, parse_rational

NAMES = ("n", "d", "m", "p")
"""The parameters that an expression may name."""
FUNCTIONS = {"floor": (1, 1), "ceil": (1, 1), "round": (1, 1), "min": (1, 99), "max": (1, 99)}
"""What it may call, with the least and most arguments; ``round`` takes halves up."""
MAX_LENGTH = 1000
ALLOWED = f"must be an expression of numbers, {', '.join(NAMES)}, + - * / ^ and {', '.join(FUNCTIONS)}, such as d^m or 8/d"
RANGE = "must be written {from = 2, to = 10} for a range, in Python {'from': 2, 'to': 10}, or [2, 4, 8] for a list"
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
            value = Evaluation(known, MAX_BITS).value(self._tree)
            assert isinstance(value, fmpq)
            return value
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
    if ".." in text:
        raise ParameterError(parameter, text, RANGE)
    try:
        tree = parse_expression(text, FUNCTIONS)
        return Expression(text.strip(), names_of(tree, NAMES), tree)
    except StatementError as error:
        if _NUMBER.match(text):  # a number with a fault that this names better
            parse_rational(text, parameter=parameter)
        raise ParameterError(parameter, text, f"{ALLOWED}; {error}") from None
