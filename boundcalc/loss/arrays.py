"""Checks what a NumPy array of weights must be: two dimensions, real numbers, finite, not empty."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from boundcalc.model.problem import all_fit
from boundcalc.numbers.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np

    from boundcalc.model.features import AnyProblem
    from boundcalc.model.relu_problem import ReluProblem

ALLOWED = "must be a two-dimensional array (d rows, n columns) of finite real numbers"
"""What every message about a wrong array says is allowed."""
_DTYPES = frozenset("efdbhilqBHILQ")  # float16, float32, float64 and the integers; no long double, which float64 cannot hold


def checked_array(array: np.ndarray, *, parameter: str = "W", source: str | None = None) -> np.ndarray:
    """The same numbers in native byte order: float64 from any float type, integers as they are.

    Parameters
    ----------
    array : shape (d, n)
    source : str, optional
        What to call the array in a message, such as a file's name; by default its shape and type.

    Raises
    ------
    ParameterError
        If it is masked, has another number of dimensions, is empty, is not real (complex, object, text, bool), or holds
        NaN or an infinity.
    """
    import numpy as np

    refuse_masked(array, parameter=parameter, source=source)

    def refuse(found: str) -> ParameterError:
        return ParameterError(parameter, source or f"array of shape {array.shape}, {array.dtype}", f"{ALLOWED}; it {found}")

    if array.ndim != 2:
        raise refuse(f"has {array.ndim} dimension{'' if array.ndim == 1 else 's'}")
    if array.size == 0:
        raise refuse(f"is empty, of shape {array.shape}")
    if array.dtype.char not in _DTYPES:
        raise refuse(f"holds {array.dtype} entries{_way_out(array.dtype)}")
    kind: Any = np.float64 if array.dtype.kind == "f" else array.dtype.newbyteorder("=")
    plain = np.ascontiguousarray(array, dtype=kind)
    if plain.dtype.kind == "f":
        bad = np.argwhere(~np.isfinite(plain))
        if len(bad):
            row, column = (int(index) for index in bad[0])
            raise refuse(f"holds {plain[row, column]} in row {row}, column {column} (from 0)")
    return plain


def _way_out(kind: np.dtype[Any]) -> str:
    """What to do about a type that NumPy does not know; ml_dtypes' are stored by NumPy and h5py as bytes without a type."""
    if kind.kind != "V" or kind.names is not None:
        return ""
    seen = "" if not str(kind).startswith("|V") else ", as NumPy and h5py store bfloat16 and the like"
    return f"{seen}: write W.astype(numpy.float32) instead"


def float_weights(weights: object, *, parameter: str = "W") -> np.ndarray:
    """Weights as a checked float64 array of shape (d, n), for the floating-point modules; lists are converted."""
    import numpy as np

    return as_array(weights, parameter=parameter).astype(np.float64, copy=False)


def refuse_masked(weights: object, *, parameter: str = "W", source: str | None = None) -> None:
    """Raises ParameterError for a masked NumPy array, or a list with one in it: NumPy would use the hidden entries."""
    parts = weights if isinstance(weights, (list, tuple)) else ()
    found = next((part for part in (weights, *parts) if _is_masked(part)), None)
    if found is not None:
        shown = source or f"masked array of shape {getattr(found, 'shape', ())}"
        raise ParameterError(parameter, shown, f"{ALLOWED}; it is masked: give W.filled(0), or another value for what is hidden")


def _is_masked(value: object) -> bool:
    """Without importing NumPy."""
    return any(base.__module__.startswith("numpy.ma") for base in type(value).__mro__)


def is_array(value: object) -> bool:
    """Whether the value is a NumPy array; does not import NumPy."""
    return type(value).__module__.partition(".")[0] == "numpy" and hasattr(value, "ndim")


def unwrapped(weights: Any, *, parameter: str = "W") -> Any:
    """The array of what :func:`load_weights` gives; anything else as it is, but for files, which have arrays rather than are one.

    Raises
    ------
    ParameterError
        For a file's name, and for what holds arrays by name, with the call that is meant.
    """
    if isinstance(weights, (str, bytes, os.PathLike)):
        raise ParameterError(parameter, os.fspath(weights), "is a name, not an array: give load_weights(path) for that of a file")
    if isinstance(weights, Mapping) or hasattr(weights, "files"):  # an .npz file as NumPy opens it, or a state_dict
        names = [str(name) for name in weights]
        shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
        chosen = "W" if "W" in names or not names else names[0]
        raise ParameterError(
            parameter, f"{type(weights).__name__} of {shown or 'no array'}", f'holds arrays: give one, f["{chosen}"]'
        )
    return getattr(weights, "array", weights)


def as_array(weights: Any, *, parameter: str = "W") -> np.ndarray:
    """An array as it is, what :func:`load_weights` gives, or rows of numbers; checked."""
    given = unwrapped(weights, parameter=parameter)
    if not is_array(given):
        import numpy as np

        refuse_masked(given, parameter=parameter)
        try:
            given = np.asarray(given)
        except (ValueError, TypeError):  # rows of different lengths, or no rows
            raise ParameterError(parameter, repr(given), ALLOWED) from None
        if given.ndim == 0 and given.dtype.kind == "O":
            raise ParameterError(parameter, type(weights).__name__, ALLOWED)
    return checked_array(given, parameter=parameter)


def oriented(weights: Any, transpose: bool | None) -> Any:
    """The weights with a feature a column: turned round if ``transpose``; what has more rows than columns, and was not asked about
    where it was loaded, needs an answer. Arrays of any library, and lists of rows; what is no matrix is left to be refused.

    Raises
    ------
    ParameterError
        Without it.
    """
    given = unwrapped(weights)
    rows = given if hasattr(given, "shape") else given.tolist() if hasattr(given, "tolist") else given
    shape = getattr(rows, "shape", None) or _shape_of_rows(rows)
    if shape is None or len(shape) != 2:
        return given
    if transpose is None and given is weights and shape[0] > shape[1] > 0:
        allowed = f"has {shape[0]} rows (hidden dimensions) and {shape[1]} columns (features): give transpose=True if its rows are "
        raise ParameterError("W", f"array of shape {tuple(shape)}", f"{allowed}the features, transpose=False if they are not")
    return (rows.T if hasattr(rows, "shape") else list(zip(*rows, strict=True))) if transpose else given


def way_round(problem: AnyProblem | ReluProblem) -> list[str]:
    """What to say of a matrix with more rows than columns that was taken as it is: it may be the wrong way round."""
    turn = "turn W round: --no-transpose in place of --transpose or the reverse, in Python transpose=False or True"
    return [f"{all_fit(problem.n, problem.d)} {turn}"] if problem.n < problem.d else []


def _shape_of_rows(rows: Any) -> tuple[int, int] | None:
    """Of equally long lists; ``None`` for anything else."""
    if not isinstance(rows, (list, tuple)) or not all(isinstance(row, (list, tuple)) or hasattr(row, "__len__") for row in rows):
        return None
    lengths = {len(row) for row in rows}
    return (len(rows), lengths.pop()) if len(lengths) == 1 else None
