"""Limits the time that a computation may take: it is asked, where certified numbers are computed, whether that is over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

spent = getattr(time, "thread_time", time.process_time)
"""Seconds of processor time; Pyodide, which has no threads, lacks the clock of one."""
_ENDS: ContextVar[float | None] = ContextVar("ends", default=None)


class OutOfTimeError(Exception):
    """The time given to a computation is over."""


@contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """Gives a block so much processor time of this thread; :func:`check` raises once it is over. ``None``: as before.

    Processor time, so that what other programs do on the machine decides nothing.

    Raises
    ------
    OutOfTimeError

    >>> with within(3.0):
    ...     check()
    """
    if seconds is None:
        yield
        return
    ends, outer = spent() + seconds, _ENDS.get()
    token = _ENDS.set(ends if outer is None else min(ends, outer))
    try:
        yield
    finally:
        _ENDS.reset(token)


def check() -> None:
    """Raises :class:`OutOfTimeError` where the time of the block is over; cheap, for loops that may be long."""
    ends = _ENDS.get()
    if ends is not None and spent() > ends:
        raise OutOfTimeError("the time given is over")
