"""Evaluates formulas in the number i of a feature, such as ``0.9^i`` or ``0.05*i^-1.5``, for i = 1, …, n.

The text is read by the grammar of claims: numbers, i, n, ``+ - * / ^``, parentheses, sqrt, abs, min and max.
A value that is not rational is rounded to a stated number of significant digits, so that the problem stays exact.
"""

from __future__ import annotations

import re

from flint import arb, ctx, fmpq

from boundcalc.language.grammar import Call, Literal, Name, Negation, Node, Operation, StatementError, parse_expression
from boundcalc.model.features import Features
from boundcalc.numbers.enclosure import decimal_floor, precision
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import parse_rational

ALLOWED = "must be a number, or a formula in the feature's number i (from 1) such as 0.9^i or 0.05*i^-1.5"
DIGITS = 15
"""Significant digits that an irrational value is rounded to."""
BITS = 256
EXACT_BITS = 4096
"""A rational value longer than this is rounded as well."""
MAX_FORMULA_FEATURES = 100_000
"""Most features that a formula is evaluated for; groups in a table have no such limit."""


class _Refused(Exception):
    """What has no value; the argument says why."""


def is_formula(text: str) -> bool:
    """Whether a text names the number of a feature."""
    return re.search(r"(?<![A-Za-z_])[in](?![A-Za-z_0-9])", text) is not None


def features_from_formulas(n: int, importance: str, p: str, law: str) -> tuple[Features, bool]:
    """The features i = 1, …, n, and whether a value was rounded to 15 digits.

    Raises
    ------
    ParameterError
        For a formula that is not understood, or has no value that is allowed for some i.
    """
    if not 1 <= n <= MAX_FORMULA_FEATURES:
        raise ParameterError("n", n, f"must be 1 to {MAX_FORMULA_FEATURES} features for a formula; give larger groups as a table")
    weights, rounded_weights = values(importance, n, "importance")
    activities, rounded_activities = values(p, n, "p")
    for name, text, found, top in (("importance", importance, weights, None), ("p", p, activities, 1)):
        for i, value in enumerate(found, 1):
            if value <= 0 or (top is not None and value > top):
                limit = "0 < p <= 1" if top else "importances > 0"
                raise ParameterError(
                    name, f"{text} at i = {i}, which is {decimal_floor(value, 6)}", f"must give {limit} for every i"
                )
    return Features.each(weights, activities, law), rounded_weights or rounded_activities


def values(text: str, n: int, parameter: str) -> tuple[list[fmpq], bool]:
    """The values at i = 1, …, n, and whether one was rounded."""
    try:
        tree = parse_expression(text)
        _check(tree)
    except (StatementError, _Refused) as error:
        raise ParameterError(parameter, text, f"{ALLOWED} ({error})") from None
    found, rounded = [], False
    with precision(BITS):
        for i in range(1, n + 1):
            try:
                value = _value(tree, {"i": fmpq(i), "n": fmpq(n)})
                if isinstance(value, arb):
                    value, rounded = _rounded(value), True
            except _Refused as refused:
                raise ParameterError(parameter, f"{text} at i = {i}", f"must be finite for every i ({refused})") from None
            found.append(value)
    return found, rounded


def _check(node: Node) -> None:
    """Raises for anything but arithmetic in i and n."""
    match node:
        case Literal() | Name(name="i" | "n", indices=()):
            parts: tuple[Node, ...] = ()
        case Negation():
            parts = (node.operand,)
        case Operation():
            parts = (node.left, node.right)
        case Call(function="sqrt" | "abs" | "min" | "max"):
            parts = node.arguments
        case _:
            word = getattr(node, "name", None) or getattr(node, "function", type(node).__name__.lower())
            raise _Refused(f"{word} is not part of a formula")
    for part in parts:
        _check(part)


def _value(node: Node, known: dict[str, fmpq]) -> fmpq | arb:
    match node:
        case Literal():
            return node.value
        case Name():
            return known[node.name]
        case Negation():
            return -_value(node.operand, known)
        case Operation():
            return _combined(node.sign, _value(node.left, known), _value(node.right, known))
        case Call():
            arguments = [_value(argument, known) for argument in node.arguments]
            match node.function:
                case "sqrt":
                    return _power(arguments[0], fmpq(1, 2))
                case "abs":
                    return _extreme("max", [arguments[0], -arguments[0]])
                case "min" | "max":
                    return _extreme(node.function, arguments)
    raise _Refused("not part of a formula")


def _extreme(function: str, arguments: list[fmpq | arb]) -> fmpq | arb:
    best = arguments[0]
    for other in arguments[1:]:
        if (other < best) if function == "min" else (other > best):
            best = other
    return best


def _combined(sign: str, left: fmpq | arb, right: fmpq | arb) -> fmpq | arb:
    if sign == "^":
        return _power(left, right)
    if isinstance(left, arb) != isinstance(right, arb):
        left, right = arb(left), arb(right)
    match sign:
        case "+":
            found = left + right
        case "-":
            found = left - right
        case "*":
            found = left * right
        case _:
            if not right != 0:
                raise _Refused("a division by zero")
            found = left / right
    if isinstance(found, fmpq) and found.height_bits() > EXACT_BITS:
        return arb(found)
    return found


def _power(base: fmpq | arb, exponent: fmpq | arb) -> fmpq | arb:
    if isinstance(exponent, fmpq) and isinstance(base, fmpq):
        if base == 0 and exponent <= 0:
            raise _Refused("a division by zero")
        if exponent.q == 1 and abs(exponent) * max(base.height_bits(), 1) <= EXACT_BITS:
            return base ** int(exponent.p)
        if exponent.q != 1:
            if base < 0:
                raise _Refused("a root of a negative number")
            root = _rational_root(base, int(exponent.q))
            if root is not None:
                return _power(root, fmpq(exponent.p))
    base = arb(base)
    if base < 0 and isinstance(exponent, fmpq) and exponent.q == 1:
        sign = -1 if int(exponent.p) % 2 else 1
        return sign * (-base) ** arb(exponent)
    if not base > 0:
        raise _Refused("a root of a negative number")
    return base ** arb(exponent)


def _rational_root(value: fmpq, order: int) -> fmpq | None:
    root = fmpq(value.p.root(order), value.q.root(order))
    return root if root**order == value else None


def _rounded(value: arb) -> fmpq:
    """To the nearest number of 15 significant digits; 0 and infinities are refused."""
    if not value.is_finite() or value.contains(0):
        raise _Refused("no finite value other than 0")
    assert ctx.prec == BITS  # far more than the digits kept
    text = arb(value.mid()).str(DIGITS, radius=False)
    try:
        return parse_rational(text, parameter="value")
    except ParameterError:
        raise _Refused("a number too large or too small") from None
