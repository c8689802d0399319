"""Reads the bias of a network: an array of the file of the weights, or a file of its own."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np

from boundcalc.loss.stored_arrays import StoredArrays, stored_arrays
from boundcalc.numbers.errors import ParameterError, shortened


def biases(weights: str | os.PathLike[str], n: int) -> list[str]:
    """Names of the arrays of the file of the weights that look like a bias of n features, such as b, bias or decoder.b_dec."""
    source = stored_arrays(Path(weights), os.fspath(weights))
    named = [name for name in sorted(source.read) if re.match(r"b(ias)?(_|$)", name.rpartition(".")[2].lower())]
    return [name for name in named if (source.shape(name) or ())[-1:] == (n,)]


def load_bias(
    bias: str, weights: str | os.PathLike[str], *, n: int, shape: tuple[int, int] | None = None, index: int | None = None
) -> np.ndarray:
    """The bias, shape (n,): the array called ``bias`` in the file of the weights, or else the one array of the file ``bias``.

    Parameters
    ----------
    n : int
        Features.
    shape : (d, n), optional
        Of the weights, for advice where the bias has d entries.
    index : int, optional
        Which row of a stack of shape (instances, n).

    Raises
    ------
    ParameterError
        One line: no such array, another length, not finite.
    """
    source = stored_arrays(Path(weights), os.fspath(weights))
    shown = Path(weights).name
    where = f"{shortened(bias)} of {shown}"
    if bias in source.read:
        array = source.read[bias]()
    elif os.path.exists(bias):
        where = Path(bias).name
        array = _only(stored_arrays(Path(bias), bias), bias)
    else:
        names = ", ".join(shortened(name) for name in sorted(source.read)[:20] if name) or "one array without a name"
        raise ParameterError("bias", bias, f"must be an array of {shown} or a file; {shown} holds {names}")
    if array.dtype.kind not in "fiu":
        raise ParameterError("bias", where, f"must hold real numbers; it holds {array.dtype}")
    if array.ndim == 2 and index is not None and 1 not in array.shape:
        if index >= len(array):
            raise ParameterError("bias", where, f"holds {len(array)} instances; the index is {index}")
        array = array[index]
    if array.size != n or max(array.shape, default=0) != n:
        turned = ""
        if shape is not None and array.size == shape[0] != n:
            turned = f"; W is read as {shape[0]} x {shape[1]} (d rows, n columns): turn it round with --transpose or --no-transpose"
        raise ParameterError("bias", f"{where}, of shape {array.shape}", f"must be one number for each of the {n} features{turned}")
    flat = array.reshape(-1)
    plain = flat.astype(np.float64) if flat.dtype.kind == "f" else flat
    if not np.isfinite(plain).all():
        place = int(np.flatnonzero(~np.isfinite(plain))[0])
        raise ParameterError("bias", f"{where}: {plain[place]} at place {place} (from 0)", "must be finite")
    return plain


def _only(source: StoredArrays, shown: str) -> np.ndarray:
    names = list(source.read)
    if len(names) != 1:
        raise ParameterError(
            "bias", shown, f"must be a file of one array; it holds {', '.join(map(shortened, sorted(names)[:20]))}"
        )
    return source.read[names[0]]()
