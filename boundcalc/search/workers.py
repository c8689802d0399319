"""Runs jobs, in this process or in several; results come in the order of the jobs whatever the number of workers."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING

from boundcalc.search.climb import Climbed, Job, ProblemText, climb
from boundcalc.search.shield import shielded, terminate

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

WORTHWHILE = 1.5
"""Seconds of work ahead from which starting further processes pays."""


def _quiet() -> None:
    """An interrupt is for the parent, which ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Workers:
    """At most ``count`` processes, started once the work ahead is worth it."""

    def __init__(self, model: ProblemText, count: int, may_start: Callable[[], bool]) -> None:
        self.model = model
        self.count = count
        self.may_start = may_start
        self._pool: ProcessPoolExecutor | None = None
        self._pace = 0.0

    def run(self, jobs: Iterable[Job], expected: int) -> Iterator[Climbed]:
        """Results in the order of the jobs; no job begins once ``may_start()`` is false."""
        queue, done = iter(jobs), 0
        while self._pool is None:
            if self.count > 1 and self._pace * (expected - done) > WORTHWHILE:
                self._pool = self._start()
                break
            job = next(queue, None) if self.may_start() else None
            if job is None:
                return
            began = time.perf_counter()
            yield climb(self.model, job)
            done, self._pace = done + 1, max(time.perf_counter() - began, self._pace * 0.7)
        yield from self._in_pool(self._pool, queue)

    def _in_pool(self, pool: ProcessPoolExecutor, queue: Iterator[Job]) -> Iterator[Climbed]:
        waiting: list[Future[Climbed]] = []

        def fill(size: int) -> None:
            if self.may_start():
                waiting.extend(pool.submit(climb, self.model, job) for job in islice(queue, size - len(waiting)))

        fill(2 * self.count)
        while waiting:
            yield waiting.pop(0).result()
            fill(2 * self.count)

    def _start(self) -> ProcessPoolExecutor:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        with shielded():  # an interrupt while a process is being set up would leave it without its instructions
            self._pool = pool = ProcessPoolExecutor(self.count, get_context("spawn"), initializer=_quiet)
            for future in [pool.submit(time.sleep, 0) for _ in range(self.count)]:
                future.result()
        return pool

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool is not None:
            if kind is not None:  # at once, so that no process is left to complain of a closed pipe
                terminate(self._pool)
            self._pool.shutdown(wait=kind is None, cancel_futures=True)
