"""Reads a weight matrix from a .npy, .npz or .safetensors file, without pickling."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from boundcalc.loss import safetensors
from boundcalc.loss.arrays import checked_array
from boundcalc.numbers.errors import ParameterError

_NPY, _ZIP = b"\x93NUMPY", b"PK"
_LISTED = 20
"""Names of arrays that a message lists at most."""


@dataclass(frozen=True)
class LoadedWeights:
    """A weight matrix from a file.

    Attributes
    ----------
    array : shape (d, n)
        float64, or integers as stored.
    note : str or None
        What a reader should know: that there are more dimensions than features, so that W may be transposed.
    """

    array: np.ndarray
    note: str | None


def load_weights(path: str | os.PathLike[str], *, name: str | None = None, parameter: str = "W") -> LoadedWeights:
    """The weight matrix in a file.

    Parameters
    ----------
    path : str or path
        A .npy, .npz or .safetensors file; distinguished by their first bytes.
    name : str, optional
        Which array of a .npz or .safetensors file; may be left out where it holds one.
    parameter : str
        What the matrix is called in messages.

    Raises
    ------
    ParameterError
        One line on W: unreadable, truncated, pickled or no array file; an unknown or missing name; or an array that is
        not two-dimensional, real, finite and non-empty.
    """
    shown = os.fspath(path)
    try:
        array = checked_array(_read(Path(path), shown, name), source=shown)
    except ParameterError as error:
        raise ParameterError(parameter, error.value, error.allowed) from None
    return LoadedWeights(array, transposition_note(array.shape[0], array.shape[1]))


def transposition_note(d: int, n: int) -> str | None:
    """A note where d > n; legal, but often the sign of a transposed matrix."""
    if d <= n:
        return None
    return f"W has {d} rows (hidden dimensions) and {n} columns (features): if its rows are the features, transpose it"


def _read(path: Path, shown: str, name: str | None) -> np.ndarray:
    try:
        with path.open("rb") as file:
            start = file.read(9)
            size = os.fstat(file.fileno()).st_size
            file.seek(0)
            if safetensors.looks_like(start, size):
                return _read_safetensors(file, size, shown, name)
            return _read_open(file, start[: len(_NPY)], shown, name)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        if isinstance(error, ParameterError):
            raise
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ParameterError("W", shown, f"must be a readable file ({why})") from None


def _read_open(file: BinaryIO, start: bytes, shown: str, name: str | None) -> np.ndarray:
    if not (start == _NPY or start.startswith(_ZIP)):
        found = "it is none of these" if start else "it is empty"
        raise ParameterError("W", shown, f"must be a .npy, .npz or .safetensors file, {found}")
    if start == _NPY and name is not None:
        raise ParameterError(
            "W", shown, f"must be a .npz or .safetensors file to hold an array named {_plain(name)}; it is a .npy file"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a damaged header may warn before it fails
            loaded = np.load(file, allow_pickle=False)
            if start == _NPY:
                array: np.ndarray = loaded
                return array
            with loaded:
                return np.asarray(loaded[_chosen(loaded.files, shown, name)])
    except ParameterError:
        raise
    except Exception as error:  # a damaged file fails in numpy, zipfile, zlib or ast, each with errors of its own
        if "allow_pickle" in str(error):
            raise ParameterError("W", shown, "must hold numbers; it holds pickled objects, which are not loaded") from None
        why = _plain(str(error)) or type(error).__name__
        raise ParameterError("W", shown, f"must be a complete .npy or .npz file; it is damaged or truncated ({why})") from None


def _read_safetensors(file: BinaryIO, size: int, shown: str, name: str | None) -> np.ndarray:
    try:
        header, data = safetensors.read_header(file, size)
    except safetensors.SafetensorsError as error:
        raise ParameterError("W", shown, f"must be a complete .safetensors file; it has {_plain(str(error))}") from None
    return safetensors.read_tensor(file, header[_chosen(list(header), shown, name)], data)


def _chosen(names: list[str], shown: str, name: str | None) -> str:
    listed = ", ".join(_plain(known) for known in sorted(names)[:_LISTED]) or "none"
    if len(names) > _LISTED:
        listed += f" and {len(names) - _LISTED} more"
    if name is None:
        if "W" in names:  # a file that the search wrote holds text beside it
            return "W"
        if len(names) != 1:
            raise ParameterError("W", shown, f"must hold one array, or be read with the name of one; it holds {listed}")
        return names[0]
    if name not in names:
        raise ParameterError("W", shown, f"must hold an array named {_plain(name)}; it holds {listed}")
    return name


def _plain(name: str) -> str:
    """Text from outside as part of one line."""
    return " ".join(name.split())[:80]
