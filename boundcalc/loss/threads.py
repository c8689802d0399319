"""Holds linear algebra to one thread while NumPy products run on threads or processes of our own, or are too small to share."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController

_lock = threading.Lock()
_users = 0
_limits: Any = None


@cache
def _controller(scipy: bool) -> ThreadpoolController:
    """The BLAS libraries that are loaded; NumPy and SciPy each bring one, and SciPy's may come later."""
    return ThreadpoolController().select(user_api="blas")


@contextmanager
def single_threaded() -> Iterator[bool]:
    """Sets BLAS to one thread and restores it; yields whether that was possible. Holds for the whole process, and nests."""
    global _users, _limits
    controller = _controller("scipy.linalg" in sys.modules)
    with _lock:
        if _users == 0:
            _limits = controller.limit(limits=1)
        _users += 1
    try:
        yield bool(controller.lib_controllers)
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                _limits.restore_original_limits()
