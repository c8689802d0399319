"""Keeps interrupts from worker processes: Ctrl-C reaches a whole terminal group, and only their parent decides how it ends."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@contextmanager
def shielded() -> Iterator[None]:
    """What starts in this block, and what that starts, has interrupts blocked and one thread of linear algebra.

    An interrupt that comes meanwhile is delivered at its end.
    """
    mask = getattr(signal, "pthread_sigmask", None)  # not on Windows
    if mask:
        from multiprocessing import resource_tracker

        # the start of this helper of multiprocessing would lift the block; it tidies up after an interrupt, and need not tell
        with _environment({"PYTHONWARNINGS": "ignore:resource_tracker"}):
            resource_tracker.ensure_running()
    before = mask(signal.SIG_BLOCK, {signal.SIGINT}) if mask else None
    try:
        with _environment(dict.fromkeys(THREADS, "1")):
            yield
    finally:
        if mask and before is not None:
            mask(signal.SIG_SETMASK, before)


def terminate(pool: ProcessPoolExecutor | None) -> None:
    """Ends a pool's processes at once, whatever they evaluate."""
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.terminate()


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    given = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in given.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
