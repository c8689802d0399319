"""Reads the file: one JSON object of exactly the fields expected, every number as text. Nothing in it is executed.

Everything that a file may cost is bounded here: its size and its number of entries before it is parsed, and the arithmetic
it asks for by :class:`Work`, which is charged before each part with a count of operations and the bits of their operands.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection
from math import isqrt
from pathlib import Path
from typing import Any

from flint import fmpq, fmpq_poly, fmpz

MAX_BYTES = 64 << 20
MAX_ENTRIES = 2_000_000
"""Most commas, colons, brackets and strings of a file."""
MAX_NUMBER = 50_000
"""Most characters of a number."""
MAX_SIZE = 1_000
"""Most characters of a number of features or dimensions."""
MAX_DEGREE = 200
FEW = 8
"""Names that a message lists."""
MAX_STEPS = 12_000_000_000
"""What all the arithmetic may cost; a step is about a nanosecond."""
MAX_BITS = 1 << 22
"""Most bits of any number that comes up."""
_RATIONAL = re.compile(r"-?[0-9]+(/[0-9]+)?\Z")


class CertificateError(ValueError):
    """The file is not a certificate: one line that names the field and what is allowed."""


class TooLargeToVerify(CertificateError):
    """To verify the file would cost more than a limit allows; it is neither accepted nor refuted."""


class Refuted(Exception):
    """An item of a well-formed certificate that could not be re-proved."""


class Work:
    """What the verification of one file has cost so far, in steps."""

    def __init__(self) -> None:
        self.spent = 0

    def _charge(self, count: int, bits: int, each: int, what: str) -> None:
        if bits > MAX_BITS:
            raise TooLargeToVerify(f"too large to verify: {what} has numbers of up to {shown(bits)} bits, the limit is {MAX_BITS}")
        self.spent += count * each
        if self.spent > MAX_STEPS:
            raise TooLargeToVerify(f"too large to verify: {what} takes the work over the limit of {MAX_STEPS} steps")

    def whole(self, count: int, bits: int, what: str) -> None:
        """``count`` operations on whole numbers, or on balls, of so many bits."""
        self._charge(count, bits, 200 + bits * isqrt(bits) // 200, what)

    def products(self, count: int, bits: int, what: str) -> None:
        """``count`` products, of so many bits, in a product of matrices of whole numbers."""
        self._charge(count, bits, 2 + bits // 20 + bits * isqrt(bits) // 800, what)

    def fractions(self, count: int, bits: int, what: str) -> None:
        """``count`` operations on fractions of so many bits, which cost greatest common divisors."""
        self._charge(count, bits, 500 + bits * isqrt(bits) // 4, what)


def read(path: str | Path) -> dict[str, Any]:
    """The parsed file.

    Raises
    ------
    CertificateError
        If it cannot be read, is too large, names a field twice, or is not a JSON object.
    """
    name = shown(Path(path).name or str(path))
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CertificateError(f"certificate = {name}: cannot be read, {error.strerror}") from None
    except ValueError:
        raise CertificateError(f"certificate = {name}: is no file name") from None
    if len(data) > MAX_BYTES:
        raise TooLargeToVerify(f"certificate = {name}: too large to verify, at most {MAX_BYTES} bytes are read")
    if sum(data.count(mark) for mark in (b",", b":", b"[", b"{", b'"')) > 2 * MAX_ENTRIES:
        raise TooLargeToVerify(f"certificate = {name}: too large to verify, at most {MAX_ENTRIES} entries are read")
    if not data.isascii():
        raise CertificateError(f"certificate = {name}: must be ASCII")
    if max(map(len, data.split(b'"'))) > 2 * MAX_NUMBER:
        raise TooLargeToVerify(f"certificate = {name}: too large to verify, texts of at most {MAX_NUMBER} characters are read")
    try:
        found = json.loads(
            data.decode("ascii"),
            object_pairs_hook=_no_repeats,
            parse_int=_no_number,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except CertificateError as error:
        raise CertificateError(f"certificate = {name}: {error}") from None
    except (ValueError, RecursionError):
        raise CertificateError(f"certificate = {name}: must be a JSON object") from None
    if not isinstance(found, dict):
        raise CertificateError(f"certificate = {name}: must be a JSON object")
    return found


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        times = Counter(name for name, _ in pairs)
        twice = next(name for name, count in times.items() if count > 1)
        raise CertificateError(f"the field {shown(twice)} stands twice in one object")
    return found


def _no_number(text: str) -> None:
    raise CertificateError(f'the bare number {shown(text)} must be text, such as "3/4"')


def shown(value: Any) -> str:
    """A value for a message of one line: printable, and cut with an ellipsis where it is long."""
    if isinstance(value, list | dict | bool) or value is None:
        return {list: "a list", dict: "an object", bool: str(value).lower(), type(None): "null"}[type(value)]
    if isinstance(value, int) and value.bit_length() > 200:
        return f"a number of {value.bit_length()} bits"
    text = str(value)
    plain = "".join(c if " " <= c <= "~" else "?" for c in text[:60])
    return plain if len(text) <= 60 else f"{plain}... ({len(text)} characters)"


def fields(data: Any, where: str, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Any]:
    """The object itself, if it has the required fields and no others than the optional ones."""
    if not isinstance(data, dict):
        raise CertificateError(f"{where}: must be an object")
    allowed = [*sorted(required), *sorted(optional)]
    missing, extra = set(required) - set(data), set(data) - set(allowed)
    if missing:
        raise CertificateError(f"{where}: the field {min(missing)} is missing")
    if extra:
        known = f"must be one of {', '.join(allowed)}" if allowed else "none is allowed"
        raise CertificateError(f"{where}: the field {shown(min(extra))} is unknown, {known}")
    return data


def word(value: Any, where: str, allowed: Collection[str]) -> str:
    """A text that is one of those allowed."""
    if not isinstance(value, str) or value not in allowed:
        known = f"must be one of {', '.join(allowed)}" if len(allowed) <= FEW else "docs/certificate.md lists the names"
        raise CertificateError(f"{where} = {shown(value)}: is unknown, {known}")
    return value


def rational(value: Any, where: str) -> fmpq:
    """A rational from text such as ``-3/4``."""
    if isinstance(value, str) and len(value) > MAX_NUMBER:
        raise TooLargeToVerify(f"{where} = {shown(value)}: too large to verify, a number has at most {MAX_NUMBER} characters")
    if not isinstance(value, str) or not _RATIONAL.match(value):
        raise CertificateError(f"{where} = {shown(value)}: must be a rational as text, such as -3/4")
    top, _, bottom = value.partition("/")
    if bottom and fmpz(bottom) == 0:
        raise CertificateError(f"{where} = {shown(value)}: must not divide by zero")
    return fmpq(fmpz(top), fmpz(bottom or 1))


def not_negative(value: Any, where: str) -> fmpq:
    """A rational that is at least 0."""
    found = rational(value, where)
    if found < 0:
        raise Refuted(f"{where}: must not be negative")
    return found


def integer(value: Any, where: str, low: int = 1) -> int:
    """A whole number of at most 1,000 digits."""
    if isinstance(value, str) and len(value) > MAX_SIZE:
        raise TooLargeToVerify(f"{where} = {shown(value)}: too large to verify, it has at most {MAX_SIZE} characters")
    number = rational(value, where)
    if number.q != 1 or number < low:
        raise CertificateError(f"{where} = {shown(value)}: must be a whole number, at least {low}")
    return int(number.p)


def sequence(value: Any, where: str, most: int) -> list[Any]:
    """A list of at most ``most`` entries."""
    if not isinstance(value, list):
        raise CertificateError(f"{where}: must be a list")
    if len(value) > most:
        raise TooLargeToVerify(f"{where}: too large to verify, it is a list of at most {most} entries")
    return value


def polynomial(value: Any, where: str) -> fmpq_poly:
    """A polynomial from its coefficients, the constant term first."""
    entries = sequence(value, where, MAX_DEGREE + 1)
    coefficients = [rational(entry, f"{where}[{k}]") for k, entry in enumerate(entries)]
    if sum(int(c.height_bits()) for c in coefficients) > MAX_BITS:
        raise TooLargeToVerify(f"{where}: too large to verify, its coefficients have at most {MAX_BITS} bits in all")
    return fmpq_poly(coefficients)


def number_bits(*values: fmpq | int) -> int:
    """The bits of the numbers together: what a product or a sum of them may have."""
    return sum(v.bit_length() if isinstance(v, int) else int(v.p.bit_length() + v.q.bit_length()) for v in values)


def poly_bits(poly: fmpq_poly) -> int:
    """The bits of a polynomial's largest coefficient and of its common denominator."""
    return int(poly.numer().height_bits() + poly.denom().bit_length())
