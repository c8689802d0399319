"""Reads exact numbers from text, over an allow-list of syntax and without evaluating any of it.

``1e-6`` is 1/10^6, ``0.03`` is 3/100, ``1/3`` is 1/3, ``10^30`` and ``10**30`` are powers. A decimal never
passes through a binary float.
"""

from __future__ import annotations

import ast
import math
import re
from decimal import Decimal
from numbers import Integral

from flint import fmpq, fmpz

from boundcalc.numbers.errors import ParameterError

MAX_TEXT = 20_000
"""Longest text of one number, in characters."""
MAX_EXPONENT = 100_000
"""Largest decimal exponent, in absolute value."""
MAX_BITS = 4_000_000
"""Largest numerator or denominator, in bits."""

WHOLE_DIGITS = 1000
"""Digits of a whole number: Python writes integers of some thousands of digits alone."""

_ALPHABET = re.compile(r"[0-9eE.+\-*/() \t]*\Z")
"""No names, comments, line breaks or digits of other scripts: Python's parser sees arithmetic only."""
_DECIMAL = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,12}))?\Z")


class _Refused(Exception):
    """Text that is not a number; the argument says why."""


def _decimal(text: str) -> fmpq | None:
    """A decimal literal as a rational, ``None`` when the text is not one."""
    match = _DECIMAL.match(text)
    if match is None or not (match[2] or match[3]):
        return None
    sign, whole, fraction, exponent = match[1], match[2] or "", match[3] or "", int(match[4] or 0)
    if abs(exponent) > MAX_EXPONENT:
        raise _Refused(f"a number with a decimal exponent of at most {MAX_EXPONENT}")
    digits = fmpz(whole + fraction)
    shift = exponent - len(fraction)
    value = fmpq(digits * fmpz(10) ** shift) if shift >= 0 else fmpq(digits, fmpz(10) ** -shift)
    return -value if sign == "-" else value


def _power(base: fmpq, exponent: fmpq) -> fmpq:
    if exponent.q != 1:
        raise _Refused("a number with whole exponents")
    if abs(exponent) * max(base.height_bits(), 1) > MAX_BITS:
        raise _Refused(f"a number of at most {MAX_BITS} bits")
    if base == 0 and exponent < 0:
        raise _Refused("a number without a division by zero")
    return base ** int(exponent.p)


def _value(node: ast.expr, source: str) -> fmpq:
    match node:
        case ast.Constant():
            literal = _decimal(ast.get_source_segment(source, node) or "")
            if literal is not None:
                return literal
        case ast.UnaryOp(op=ast.USub()):
            return -_value(node.operand, source)
        case ast.UnaryOp(op=ast.UAdd()):
            return _value(node.operand, source)
        case ast.BinOp():
            left, right = _value(node.left, source), _value(node.right, source)
            match node.op:
                case ast.Add():
                    return left + right
                case ast.Sub():
                    return left - right
                case ast.Mult():
                    return left * right
                case ast.Div():
                    if right == 0:
                        raise _Refused("a number without a division by zero")
                    return left / right
                case ast.Pow():
                    return _power(left, right)
    raise _Refused("")


def parse_rational(text: str, *, parameter: str, allowed: str = "must be a number such as 1e-6, 0.03 or 1/3") -> fmpq:
    """The exact rational that ``text`` denotes: literals, ``+ - * /``, ``^`` or ``**`` and parentheses.

    Raises
    ------
    ParameterError
        If the text is anything else, or denotes a number past the limits of this module.
    """
    source = text.strip().replace("^", "**")
    if len(source) > MAX_TEXT:
        raise ParameterError(parameter, text[:90], f"must be a number of at most {MAX_TEXT} characters")
    if not _ALPHABET.match(source):
        raise ParameterError(parameter, text, allowed)
    try:
        literal = _decimal(source)
        if literal is not None:
            return literal
        return _value(ast.parse(source, mode="eval").body, source)
    except _Refused as refused:
        raise ParameterError(parameter, text, f"must be {refused}" if str(refused) else allowed) from None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ParameterError(parameter, text, allowed) from None


def as_rational(value: object, *, parameter: str, allowed: str = "must be a number such as '1e-6', '0.03' or '1/3'") -> fmpq:
    """An exact rational from an int (NumPy's too), ``Fraction``, ``Decimal``, ``fmpz``, ``fmpq``, a SymPy rational or text.

    Floats are refused: ``0.1`` the float is not one tenth.

    Raises
    ------
    ParameterError
        For a float, or for anything that is not an exact number.
    """
    if isinstance(value, bool):
        raise ParameterError(parameter, value, allowed)
    if isinstance(value, fmpq):
        return value
    if isinstance(value, fmpz):
        return fmpq(value)
    if isinstance(value, Integral):  # int, and NumPy's whole numbers
        return fmpq(int(value))
    if isinstance(value, (str, Decimal)):
        return parse_rational(str(value), parameter=parameter, allowed=allowed)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ParameterError(parameter, value, allowed)
        whole = value.is_integer() and abs(value) < 1e15
        way = f"write {int(value)}" if whole else f"pass text such as {parameter}='{float(value)!r}' or a fraction"
        raise ParameterError(parameter, value, f"is a float, which is not exact: {way}")
    numerator, denominator = getattr(value, "numerator", None), getattr(value, "denominator", None)
    if isinstance(numerator, int) and isinstance(denominator, int):
        return fmpq(numerator, denominator)
    raise ParameterError(parameter, value, allowed)


def is_grouped(value: object) -> bool:
    """Whether text is a whole number whose digits are grouped by threes, as 6,000."""
    return isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,3}(?:[,_' ][0-9]{3})+\s*", value) is not None


def as_integer(value: object, *, parameter: str, allowed: str) -> int:
    """A Python int from anything that ``as_rational`` reads, if it is whole."""
    if is_grouped(value):
        whole, _, _ = allowed.partition(";")
        raise ParameterError(parameter, value, f"{whole}: without separators it is {re.sub('[^0-9]', '', str(value))}")
    rational = as_rational(value, parameter=parameter, allowed=allowed)
    if rational.q != 1:
        raise ParameterError(parameter, value, allowed)
    if rational.p > 0 and rational.p.bit_length() > WHOLE_DIGITS * 3.33:
        raise ParameterError(parameter, value, f"must be a whole number of at most {WHOLE_DIGITS} digits")
    return int(rational.p)


def positive_seconds(value: object, *, parameter: str) -> fmpq:
    """A time, above 0 and below 10^9 seconds, from anything that ``as_rational`` reads."""
    allowed = "must be a number of seconds, above 0 and below 10^9"
    seconds = as_rational(value, parameter=parameter, allowed=allowed)
    if not 0 < seconds < 10**9:
        raise ParameterError(parameter, value, allowed)
    return seconds


def whole_number(value: object, *, parameter: str, least: int, most: int | None = None) -> int:
    """A Python int from anything that ``as_rational`` reads, if it is whole, at least ``least`` and at most ``most``."""
    allowed = f"must be a whole number, {f'at least {least}' if most is None else f'{least} to {most}'}"
    number = as_integer(value, parameter=parameter, allowed=allowed)
    if number < least or (most is not None and number > most):
        raise ParameterError(parameter, value, allowed)
    return number
