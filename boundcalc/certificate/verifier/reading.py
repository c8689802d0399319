"""Reads a certificate file: JSON objects with exactly the fields expected, and numbers as rational text, in bounded time."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from flint import fmpq, fmpq_poly, fmpz

MAX_BYTES = 64 << 20
MAX_NUMBER = 50_000
MAX_SIZE = 1_000
"""Most characters of a number of features or dimensions."""
MAX_DEGREE = 200
_RATIONAL = re.compile(r"-?[0-9]+(/[0-9]+)?\Z")


class CertificateError(ValueError):
    """The file is not a certificate: one line that names the field."""


class Refuted(Exception):
    """An item of a well-formed certificate that could not be re-proved."""


def read(path: str | Path) -> dict[str, Any]:
    """The parsed file.

    Raises
    ------
    CertificateError
        If it cannot be read, is larger than 64 MiB, or is not a JSON object.
    """
    file = Path(path)
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise CertificateError(f"certificate = {file.name}: has {size} bytes, at most {MAX_BYTES} are read")
        data = json.loads(file.read_text(encoding="utf-8"), parse_constant=_no_constant)
    except OSError as error:
        raise CertificateError(f"certificate = {file.name}: cannot be read, {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, CertificateError):
            raise
        raise CertificateError(f"certificate = {file.name}: must be a JSON object") from None
    if not isinstance(data, dict):
        raise CertificateError(f"certificate = {file.name}: must be a JSON object")
    return data


def _no_constant(text: str) -> None:
    raise ValueError(text)


def fields(data: Any, where: str, required: set[str], optional: set[str] | None = None) -> dict[str, Any]:
    """The object itself, if it has the required fields and no others than the optional ones."""
    if not isinstance(data, dict):
        raise CertificateError(f"{where}: must be an object")
    missing, extra = required - set(data), set(data) - required - (optional or set())
    if missing:
        raise CertificateError(f"{where}: the field {min(missing)} is missing")
    if extra:
        raise CertificateError(f"{where}: the field {min(extra)[:60]} is unknown")
    return data


def rational(value: Any, where: str) -> fmpq:
    """A rational from text such as ``-3/4``."""
    if not isinstance(value, str) or len(value) > MAX_NUMBER or not _RATIONAL.match(value):
        raise CertificateError(f"{where} = {str(value)[:60]}: must be a rational as text, such as -3/4")
    top, _, bottom = value.partition("/")
    if bottom and fmpz(bottom) == 0:
        raise CertificateError(f"{where} = {value[:60]}: must not divide by zero")
    return fmpq(fmpz(top), fmpz(bottom or 1))


def integer(value: Any, where: str, low: int = 1) -> int:
    """A whole number of at most 1,000 digits."""
    if isinstance(value, str) and len(value) > MAX_SIZE:
        raise CertificateError(f"{where} = {value[:60]}: must have at most {MAX_SIZE} characters")
    number = rational(value, where)
    if number.q != 1 or number < low:
        raise CertificateError(f"{where} = {str(value)[:60]}: must be a whole number, at least {low}")
    return int(number.p)


def sequence(value: Any, where: str, most: int) -> list[Any]:
    """A list of at most ``most`` entries."""
    if not isinstance(value, list) or len(value) > most:
        raise CertificateError(f"{where}: must be a list of at most {most} entries")
    return value


def polynomial(value: Any, where: str) -> fmpq_poly:
    """A polynomial from its coefficients, the constant term first."""
    entries = sequence(value, where, MAX_DEGREE + 1)
    return fmpq_poly([rational(entry, f"{where}[{k}]") for k, entry in enumerate(entries)])
