"""One BLAS thread while NumPy products run on threads of our own."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np

_NAMES = (
    ("scipy_openblas_set_num_threads64_", "scipy_openblas_get_num_threads64_"),
    ("scipy_openblas_set_num_threads", "scipy_openblas_get_num_threads"),
    ("openblas_set_num_threads64_", "openblas_get_num_threads64_"),
    ("openblas_set_num_threads", "openblas_get_num_threads"),
)
_lock = threading.Lock()
_users = 0
_before = 1


@cache
def _controls() -> tuple[Callable[[int], object], Callable[[], int]] | None:
    """Setter and getter of the thread count of the OpenBLAS that NumPy is linked to; ``None`` for another BLAS."""
    try:
        core = __import__(
            "numpy._core._multiarray_umath" if np.lib.NumpyVersion(np.__version__) >= "2.0.0b1" else "numpy.core._multiarray_umath",
            fromlist=["__file__"],
        )
        library = ctypes.CDLL(core.__file__)  # its symbols include those of the libraries it is linked to
    except (ImportError, OSError):
        return None
    for setter, getter in _NAMES:
        if hasattr(library, setter) and hasattr(library, getter):
            return getattr(library, setter), getattr(library, getter)
    return None


@contextmanager
def single_threaded_products() -> Iterator[bool]:
    """Sets BLAS to one thread and restores it; yields whether that was possible. Holds for the whole process."""
    global _users, _before
    controls = _controls()
    if controls is None:
        yield False
        return
    setter, getter = controls
    with _lock:
        if _users == 0:
            _before = getter()
            setter(1)
        _users += 1
    try:
        yield True
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                setter(_before)
