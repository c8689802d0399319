"""Reads a weight matrix from a file or folder: which array, which instance, and which way round."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from boundcalc.loss.arrays import checked_array, refuse_masked
from boundcalc.loss.stored_arrays import BY_ROWS, DECODERS, StoredArrays, stored_arrays
from boundcalc.numbers.errors import ParameterError, shortened
from boundcalc.numbers.files import path_text

_LISTED = 20
"""Names of arrays that a message lists at most."""


@dataclass(frozen=True)
class LoadedWeights:
    """A weight matrix from a file.

    Attributes
    ----------
    array : shape (d, n)
        float64, or integers as stored; row by row in memory (C-contiguous), for writers that ignore strides.
    note : str or None
        What was taken where there was a choice.
    """

    array: np.ndarray
    note: str | None


def load_weights(
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    index: int | None = None,
    transpose: bool | None = None,
    shape: tuple[int, int] | None = None,
    parameter: str = "W",
) -> LoadedWeights:
    """The weight matrix in a file, or in a folder of a library of sparse autoencoders.

    Parameters
    ----------
    path : str or path
        A .npy, .npz or .safetensors file, a PyTorch checkpoint, numbers in a .csv, .tsv or .txt file; or a folder with
        ``cfg.json`` or ``config.json``, which says d, and one file of weights.
    name : str, optional
        Which array; may be left out where W, or one array of two dimensions, is there.
    index : int, optional
        Which matrix of a stack of shape (instances, ·, ·), from 0.
    transpose : bool, optional
        Whether the array has a feature a row, and is turned round. Unless this, ``shape`` or a configuration says it, an
        array with more rows than columns is refused: it is legal, but hardly ever meant.
    shape : (d, n), optional
        What the matrix must have; it is turned round where only that fits.
    parameter : str
        What the matrix is called in messages.

    Raises
    ------
    ParameterError
        One line on W: unreadable, truncated, pickled or no array file; an unknown or missing name; or an array that is
        not two-dimensional, real, finite and non-empty.

    >>> import numpy, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     numpy.save(f"{folder}/W.npy", numpy.ones((5, 3)))
    ...     load_weights(f"{folder}/W.npy", transpose=True).array.shape
    (3, 5)
    """
    shown = path_text(path, "path", "an array is taken as it is, loss_of(W, ...)")
    try:
        source = stored_arrays(Path(path), shown)
        chosen = _chosen(source, shown, name)
        array = _instance(source.read[chosen](), shown, index)
        array = checked_array(array, source=shown)
        turned, note = _orientation(array.shape, chosen, source, shown, transpose, shape)
    except ParameterError as error:
        named = parameter if error.parameter == "W" else error.parameter
        raise ParameterError(named, error.value, error.allowed) from None
    return LoadedWeights(np.ascontiguousarray(array.T if turned else array), note)


def count_instances(path: str | os.PathLike[str], *, name: str | None = None) -> int | None:
    """How many matrices a stack holds; ``None`` for a single matrix."""
    shown = os.fspath(path)
    source = stored_arrays(Path(path), shown)
    array = source.read[_chosen(source, shown, name)]()
    return len(array) if array.ndim == 3 else None


def _chosen(source: StoredArrays, shown: str, name: str | None) -> str:
    names = list(source.read)
    if name is not None:
        if name in names:
            return name
        if names == [""]:
            raise ParameterError("W", shown, f"must hold several arrays for one to be named {shortened(name)}; it is a single one")
        raise ParameterError("W", shown, f"must hold an array named {shortened(name)}; it holds {_listed(names)}")
    known = ["W", *(DECODERS if source.dimensions is not None else ())]
    found = next((each for each in known if each in names), None)  # a file that the search wrote holds text beside W
    if found is not None:
        return found
    if len(names) == 1:
        return names[0]
    shapes = {each: source.shape(each) for each in names}
    matrices = [each for each, size in shapes.items() if size is not None and len(size) in (2, 3)]
    if len(matrices) == 1:
        return matrices[0]
    raise ParameterError(
        "W", shown, f"must be read with the --name (in Python name=) of one of its arrays; it holds {_listed(names, shapes)}"
    )


def _listed(names: list[str], shapes: Mapping[str, tuple[int, ...] | None] | None = None) -> str:
    def described(name: str) -> str:
        size = (shapes or {}).get(name)
        return shortened(name) + (f" {'x'.join(map(str, size))}" if size else "")

    text = ", ".join(described(name) for name in sorted(names)[:_LISTED]) or "none"
    return text + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")


def _instance(array: np.ndarray, shown: str, index: int | None) -> np.ndarray:
    refuse_masked(array, source=shown)
    if index is None:
        if array.ndim == 3:
            many, rows, columns = array.shape
            raise ParameterError(
                "W",
                shown,
                f"is a stack of {many} matrices of {rows} x {columns}: choose one with --index 0 to {many - 1}, or --index all "
                "(in Python index=0)",
            )
        return array
    if array.ndim != 3:
        raise ParameterError("index", index, "is for a stack of matrices; W is a single one")
    if not 0 <= index < len(array):
        raise ParameterError("index", index, f"must be 0 to {len(array) - 1}")
    found: np.ndarray = array[index]
    return found


def _orientation(
    size: tuple[int, ...], name: str, source: StoredArrays, shown: str, transpose: bool | None, wanted: tuple[int, int] | None
) -> tuple[bool, str | None]:
    """Whether to turn the array round, and what to say of it."""
    rows, columns = size
    if transpose is not None:
        return transpose, None
    if source.dimensions is not None:
        d = source.dimensions
        if d not in size:
            allowed = f"must have the {d} dimensions that its configuration says"
            raise ParameterError("W", f"{shortened(name)} of shape {size}", allowed)
        turned = columns == d and (rows != d or name in BY_ROWS)
        return turned, f"{name} of {shown}, " + ("turned round" if turned else "as stored") + f": its configuration says d = {d}"
    if wanted is not None:
        turned = size != wanted and size[::-1] == wanted
        return turned, "turned round, to fit" if turned else None
    if rows > columns:
        raise ParameterError(
            "W",
            shown,
            f"has {rows} rows (hidden dimensions) and {columns} columns (features): add --transpose if its rows are the features, "
            "--no-transpose if they are not (in Python transpose=True, False)"
            + (
                "; points listed a coordinate a line: save numpy.loadtxt(FILE).reshape(-1, D).T, D their dimension" * (columns == 1)
            ),
        )
    return False, None
