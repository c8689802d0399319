"""One thread of linear algebra while the search runs: its matrices are so small that threads only wait for each other.

NumPy and SciPy each bring an OpenBLAS of their own; both are set, and restored.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from boundcalc.loss.blas import single_threaded_products

_SUFFIXES = ("64_", "")


@cache
def _scipy_controls() -> tuple[Any, Any] | None:
    """Setter and getter of the thread count of the OpenBLAS behind L-BFGS; ``None`` for another BLAS."""
    from scipy.optimize import _lbfgsb

    try:
        library = ctypes.CDLL(_lbfgsb.__file__)  # its symbols include those of the libraries it is linked to
    except (OSError, TypeError):
        return None
    for prefix in ("scipy_openblas", "openblas"):
        for suffix in _SUFFIXES:
            names = f"{prefix}_set_num_threads{suffix}", f"{prefix}_get_num_threads{suffix}"
            if all(hasattr(library, name) for name in names):
                return getattr(library, names[0]), getattr(library, names[1])
    return None


@contextmanager
def single_threaded() -> Iterator[None]:
    """Sets the linear algebra of NumPy and SciPy to one thread for a block."""
    controls = _scipy_controls()
    with single_threaded_products():
        if controls is None:
            yield
            return
        before = controls[1]()
        controls[0](1)
        try:
            yield
        finally:
            controls[0](before)
