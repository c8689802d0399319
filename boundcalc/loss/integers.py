"""Writes a rational matrix as integers over one common unit, read from exact entries or from the bits of floats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import gcd, isfinite, lcm
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpz

from boundcalc.loss.arrays import checked_array, is_array, refuse_masked
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import as_rational

if TYPE_CHECKING:
    import numpy as np

EXACT_ALLOWED = "must be a list of equally long rows of exact numbers, or a two-dimensional NumPy array"
_INT64_BITS = 62


@dataclass(frozen=True)
class IntegerMatrix:
    """A rational matrix, ``unit`` times ``entries``.

    Attributes
    ----------
    entries : array of shape (rows, columns)
        int64, or Python ints (dtype object) where they do not fit.
    unit : fmpq
        Positive.
    """

    entries: np.ndarray
    unit: fmpq

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        rows, columns = self.entries.shape
        return int(rows), int(columns)


def read_matrix(matrix: object, *, parameter: str = "W") -> IntegerMatrix:
    """Reads a matrix exactly.

    Parameters
    ----------
    matrix : sequence of rows, or a NumPy array
        Rows of ints, ``Fraction``, ``fmpz``, ``fmpq`` or text. A float in a list is refused, since 0.1 the float is
        not one tenth; the entries of a floating-point NumPy array are taken as the binary numbers they are.

    Raises
    ------
    ParameterError
        For an empty or ragged matrix, an entry that is not an exact number, or an array that ``checked_array`` refuses.
    """
    if is_array(matrix):
        array = checked_array(matrix, parameter=parameter)  # type: ignore[arg-type]
        if array.dtype.kind == "f":
            return _from_floats(array)
        return IntegerMatrix(_array([int(value) for value in array.ravel().tolist()], array.shape), fmpq(1))
    return _from_rationals(read_rows(matrix, parameter=parameter))


def read_rows(matrix: object, *, parameter: str = "W") -> list[list[fmpq]]:
    """A list of equally long, non-empty rows of rationals from anything but a NumPy array (see :func:`read_matrix`)."""
    refuse_masked(matrix, parameter=parameter)
    rows = matrix.tolist() if hasattr(matrix, "tolist") else matrix
    if (
        isinstance(rows, str)
        or not isinstance(rows, Sequence)
        or any(isinstance(r, str) or not isinstance(r, Iterable) for r in rows)
    ):
        raise ParameterError(parameter, matrix, EXACT_ALLOWED)
    read = [[_exact(entry, parameter) for entry in row] for row in rows]
    lengths = sorted({len(row) for row in read})
    if not lengths or lengths == [0]:
        raise ParameterError(parameter, matrix, f"{EXACT_ALLOWED}; it is empty")
    if len(lengths) > 1:
        raise ParameterError(parameter, f"rows of {lengths[0]} and {lengths[-1]} entries", EXACT_ALLOWED)
    return read


def _exact(entry: object, parameter: str) -> fmpq:
    if isinstance(entry, float) and isfinite(entry):
        way = "give numpy.array(...) for the binary numbers that they are, or text such as '1/3'"
        raise ParameterError(parameter, entry, f"is a float in a list, which is not exact: {way}")
    return as_rational(entry, parameter=parameter)


def _from_rationals(rows: list[list[fmpq]]) -> IntegerMatrix:
    flat = [entry for row in rows for entry in row]
    denominator = lcm(*{int(entry.q) for entry in flat})
    content = 0
    whole = []
    for entry in flat:
        value = int(entry.p) * (denominator // int(entry.q))
        content = gcd(content, value)
        whole.append(value)
    content = content or 1
    entries = _array([value // content for value in whole], (len(rows), len(rows[0])))
    return IntegerMatrix(entries, fmpq(content, denominator))


def _array(values: list[int], shape: tuple[int, int]) -> np.ndarray:
    import numpy as np

    small = all(value.bit_length() <= _INT64_BITS for value in values)
    found = np.empty(len(values), dtype=np.int64 if small else object)
    found[:] = values
    return found.reshape(shape)


def _from_floats(array: np.ndarray) -> IntegerMatrix:
    """Each float is odd · 2^e; the unit is the least of the powers of two."""
    import numpy as np

    mantissa, exponent = np.frexp(array)
    whole: Any = np.ldexp(mantissa, 53).astype(np.int64)
    nonzero = whole != 0
    if not nonzero.any():
        return IntegerMatrix(whole, fmpq(1))
    lowest_bit = np.where(nonzero, whole & -whole, 1)
    trailing = np.frexp(lowest_bit.astype(np.float64))[1].astype(np.int64) - 1
    odd = whole >> trailing
    exponent = exponent.astype(np.int64) - 53 + trailing
    least = int(exponent[nonzero].min())
    shift = np.where(nonzero, exponent - least, 0)
    bits = np.frexp(np.abs(odd).astype(np.float64))[1] + shift
    if int(bits.max()) > _INT64_BITS:
        odd, shift = odd.astype(object), shift.astype(object)
    unit = fmpq(fmpz(1) << least) if least >= 0 else fmpq(1, fmpz(1) << -least)
    return IntegerMatrix(odd << shift, unit)
