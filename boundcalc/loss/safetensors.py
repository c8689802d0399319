"""Reads a tensor from a .safetensors file: an 8-byte little-endian header length, a JSON header, then raw numbers.

The header maps names to ``{"dtype", "shape", "data_offsets"}``; the data follow one another without gaps. Everything is
checked before a byte of data is used, since such files come from anywhere.
"""

from __future__ import annotations

import json
import math
from typing import Any, BinaryIO

import numpy as np

from boundcalc.numbers.errors import ParameterError

# The official reader (safetensors 0.8.0 with NumPy alone) refuses BF16, "data type 'bfloat16' not understood", unless ml_dtypes is
# loaded; its deserialize gives raw bytes, but of all tensors at once, and refuses a file for one type that it does not know.
MAX_HEADER = 100_000_000
"""The format's own limit on the length of a header."""
_DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "<i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "<u1",
}
_SIZES = {**{name: int(kind[-1]) for name, kind in _DTYPES.items()}, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1}


class SafetensorsError(ValueError):
    """What is wrong with a file, in a few words."""


def looks_like(start: bytes, size: int) -> bool:
    """Whether a file of ``size`` bytes that begins with ``start``, 9 bytes, may be one."""
    return len(start) >= 9 and start[8:9] == b"{" and int.from_bytes(start[:8], "little") <= size - 8


def read_header(file: BinaryIO, size: int) -> tuple[dict[str, Any], int]:
    """The tensors' entries by name, and where the data begin.

    Raises
    ------
    SafetensorsError
        If the header is not one, or its offsets do not tile the data.
    """
    length = int.from_bytes(file.read(8), "little")
    if not 2 <= length <= min(MAX_HEADER, size - 8):
        raise SafetensorsError(f"a header of {length} bytes in a file of {size}")
    try:
        header = json.loads(file.read(length).decode("utf-8"), object_pairs_hook=_without_repeats, parse_constant=_no_constant)
    except SafetensorsError:
        raise
    except (ValueError, RecursionError) as error:  # ValueError: no UTF-8, no JSON, or a number of thousands of digits
        raise SafetensorsError(f"a header that is not JSON ({type(error).__name__})") from None
    if not isinstance(header, dict):
        raise SafetensorsError("a header that is not a JSON object")
    header.pop("__metadata__", None)
    ranges = sorted(_checked(name, entry) for name, entry in header.items())
    position = 0
    for begin, end in ranges:
        if begin != position:
            raise SafetensorsError("data with gaps or overlaps")
        position = end
    if 8 + length + position != size:
        raise SafetensorsError(f"{position} bytes of data announced, {size - 8 - length} present")
    return header, 8 + length


def read_tensor(file: BinaryIO, entry: dict[str, Any], data: int) -> np.ndarray:
    """The numbers of one entry; bfloat16 becomes float32, which holds it exactly.

    Raises
    ------
    ParameterError
        For a type that is no real number, or too narrow to be weights.
    """
    name = entry["dtype"]
    if name not in _DTYPES:
        raise ParameterError("W", f"tensor of type {name}", f"must be of type {', '.join(_DTYPES)}: save tensor.float() instead")
    begin, end = entry["data_offsets"]
    file.seek(data + begin)
    raw = np.frombuffer(file.read(end - begin), dtype=_DTYPES[name])
    if name == "BF16":
        raw = (raw.astype(np.uint32) << 16).view(np.float32)
    return raw.reshape(entry["shape"])


def _checked(name: str, entry: Any) -> tuple[int, int]:
    shown = " ".join(name.split())[:80]
    if not isinstance(entry, dict) or not entry.keys() >= {"dtype", "shape", "data_offsets"}:
        raise SafetensorsError(f"tensor {shown} without dtype, shape and data_offsets")
    shape, offsets = entry["shape"], entry["data_offsets"]
    if not isinstance(entry["dtype"], str) or not _whole(shape) or not _whole(offsets) or len(offsets) != 2:
        raise SafetensorsError(f"tensor {shown} with a dtype, shape or data_offsets of the wrong kind")
    begin, end = offsets
    size = _SIZES.get(entry["dtype"])
    if begin > end or (size is not None and end - begin != size * math.prod(shape)):
        raise SafetensorsError(f"tensor {shown} of a shape that does not fit its data")
    return begin, end


def _whole(values: Any) -> bool:
    return isinstance(values, list) and all(type(value) is int and 0 <= value < 1 << 62 for value in values)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise SafetensorsError("a header that names a tensor twice")
    return found


def _no_constant(text: str) -> Any:
    raise SafetensorsError(f"a header with {text}")
