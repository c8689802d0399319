"""Writes files whole or not at all, and never over a file that was not made for the purpose."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from boundcalc.numbers.errors import ParameterError

SEEN = 1 << 16
"""Bytes at either end of a file that are searched for a mark."""


def check_target(
    path: str | os.PathLike[str],
    parameter: str = "out",
    *,
    marks: Sequence[bytes] = (),
    force: bool = False,
    reads: Sequence[str | os.PathLike[str]] = (),
    ending: str = "",
) -> None:
    """Refuses a path before the work, where a file cannot or should not be written.

    Parameters
    ----------
    marks : sequence of bytes
        What a file made for this purpose holds near its start or its end; such a file may be replaced.
    force : bool
        Whether any file may be replaced.
    reads : sequence of paths
        Files that are read; these are never replaced.
    ending : str
        What the name must end in, where it tells readers the format.

    Raises
    ------
    ParameterError
        For a folder or a device, a folder that is not there or not writable, a name of another format, and a file that must stay.
    """
    target, shown = Path(path), os.fspath(path)
    try:
        if target.is_dir():
            raise IsADirectoryError(0, "is a directory")
        if target.exists():
            if not target.is_file():
                raise OSError(0, "is not a regular file")  # a device would be replaced by a file
            if any(os.path.exists(source) and os.path.samefile(source, target) for source in reads):
                raise ParameterError(parameter, shown, "is a file that is read; it must have another name")
            if not (force or _is_marked(target, marks)):
                raise ParameterError(
                    parameter,
                    shown,
                    "exists and was not written for this purpose: choose another name, or add --force (in Python force=True)",
                )
        if not shown.lower().endswith(ending):
            raise ParameterError(parameter, shown, f"must end in {ending}, the format that is written")
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        os.close(handle)
        os.unlink(name)
    except (OSError, ValueError) as error:  # ValueError: a null byte
        if isinstance(error, ParameterError):
            raise
        raise ParameterError(parameter, shown, f"cannot be written ({getattr(error, 'strerror', None) or error})") from None


def path_text(path: object, parameter: str, instead: str) -> str:
    """The text of a path.

    Raises
    ------
    ParameterError
        For anything else, saying what takes it ``instead``.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise ParameterError(parameter, type(path).__name__, f"must be a file's name; {instead}")
    return os.fspath(path)


def _is_marked(path: Path, marks: Sequence[bytes]) -> bool:
    with path.open("rb") as file:
        found = file.read(SEEN)
        file.seek(max(0, path.stat().st_size - SEEN))
        found += file.read()
    return not found or any(mark in found for mark in marks)


@contextmanager
def whole_file(path: str | os.PathLike[str], parameter: str = "out") -> Iterator[Path]:
    """The name of a temporary file beside ``path``, which takes its place when the block ends well, and is gone otherwise.

    Raises
    ------
    ParameterError
        If the file cannot be written.
    """
    target, shown = Path(path), os.fspath(path)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        os.close(handle)
        try:
            yield Path(name)
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(name, 0o666 & ~mask)  # a temporary file is for its owner alone
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise
    except (OSError, ValueError) as error:
        if isinstance(error, ParameterError):
            raise
        raise ParameterError(parameter, shown, f"cannot be written ({getattr(error, 'strerror', None) or error})") from None


def write_whole(path: str | os.PathLike[str], data: str | bytes, parameter: str = "out") -> None:
    """Writes text in UTF-8, or bytes: the file is there whole or as it was before."""
    with whole_file(path, parameter) as part:
        part.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))


def npz(weights: Any, **others: Any) -> bytes:
    """The bytes of a .npz file with ``W`` and other arrays; text as arrays without dimensions."""
    import numpy as np

    buffer = io.BytesIO()
    # row by row: some writers ignore the strides of what was loaded
    arrays: dict[str, Any] = {
        name: np.ascontiguousarray(value) if np.ndim(value) else np.array(value) for name, value in others.items()
    }
    np.savez(buffer, W=np.ascontiguousarray(weights), **arrays)
    return buffer.getvalue()
