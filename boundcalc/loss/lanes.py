"""Splits work over threads in fixed shares, so that a result does not depend on timing; Ctrl-C stops it within a tile."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager

from boundcalc.loss.threads import single_threaded

ShowShare = Callable[[float], None]
"""Receives the share of the work that is done, 0 to 1."""
MAX_LANES = 16
_POLL_SECONDS = 0.1


class Stopped(Exception):
    """Raised inside a lane when the caller was interrupted."""


def cores() -> int:
    """Cores this process may use."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(MAX_LANES, available))


@contextmanager
def product_lanes(wanted: int) -> Iterator[int]:
    """How many lanes to run: ``wanted`` with one BLAS thread each, or one lane where BLAS keeps its own threads."""
    with single_threaded() as possible:
        yield wanted if possible else 1


class Ticks:
    """Counts finished units of work, and stops the lanes."""

    def __init__(self, total: float, progress: ShowShare | None, lanes: int) -> None:
        self.total = max(total, 1)
        self.progress = progress
        self._done = [0.0] * lanes
        self._stop = threading.Event()
        self._direct = lanes == 1

    def tick(self, lane: int, amount: float) -> None:
        """Called by a lane after each tile; raises :class:`Stopped` after an interruption."""
        if self._stop.is_set():
            raise Stopped
        self._done[lane] += amount
        if self._direct:
            self.report()

    def report(self) -> None:
        """Tells the caller."""
        if self.progress is not None:
            self.progress(min(1.0, sum(self._done) / self.total))

    def stop(self) -> None:
        """Lets every lane end at its next tick."""
        self._stop.set()


def run_lanes(lanes: int, total: float, progress: ShowShare | None, work: Callable[[int, Ticks], None]) -> None:
    """Runs ``work(lane, ticks)`` for each lane, and returns or raises when all have ended.

    Progress is shown from the calling thread alone.
    """
    ticks = Ticks(total, progress, lanes)
    if lanes == 1:
        work(0, ticks)
        return
    with ThreadPoolExecutor(lanes) as pool:
        futures = [pool.submit(work, lane, ticks) for lane in range(lanes)]
        try:
            waiting = set(futures)
            while waiting:
                done, waiting = wait(waiting, timeout=_POLL_SECONDS)
                ticks.report()
                for future in done:
                    future.result()
        except BaseException:
            ticks.stop()
            raise
