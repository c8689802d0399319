"""Processes on this machine."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from types import TracebackType
from typing import Any

from boundcalc.numbers.parsing import whole_number
from boundcalc.search.shield import shielded, terminate
from boundcalc.sweep.executors import TRIES, Batch, died
from boundcalc.sweep.plan import Plan
from boundcalc.sweep.unit import UnitResult, evaluate_all

MOST_WORKERS = 1024
MOMENT = 0.25
"""Seconds that a result is waited for before the sweep is asked whether it is to stop."""
AHEAD = 2
"""Batches a worker has, the one it evaluates included."""


class LocalProcesses:
    """``count`` processes; the results do not depend on how many.

    A process that dies is replaced and what it had is evaluated again, one unit at a time, so that a unit that kills
    its process costs nothing but itself.
    """

    seconds_per_batch = 0.25

    def __init__(self, count: int, tell: Callable[[str], Any] = lambda line: None) -> None:
        self.count = whole_number(count, parameter="workers", least=1, most=MOST_WORKERS)
        self._tell = tell
        self._pool: ProcessPoolExecutor | None = None
        self._running: dict[Future[list[UnitResult]], Batch] = {}

    def run(self, batches: Iterator[Batch], plan: Plan) -> Iterator[list[UnitResult]]:
        suspects: deque[Batch] = deque()
        running = self._running = {}
        more = True
        while more or running or suspects:
            while suspects and not running:
                yield from self._alone(suspects.popleft(), plan)
            while more and len(running) < AHEAD * self.count:
                batch = next(batches, None)
                if batch is None:
                    more = False
                else:
                    running[self._submit(batch, plan)] = batch
            finished: list[UnitResult] = []
            broken = False
            for future in wait(running, timeout=MOMENT, return_when=FIRST_COMPLETED).done:
                batch = running.pop(future)
                try:
                    finished += future.result()
                except BrokenProcessPool:
                    broken = True
                    suspects.extend([unit] for unit in batch)
            if broken:  # all that was running comes back as broken; begun or not, nothing tells
                for future, batch in running.items():
                    done = future.done() and not future.cancelled() and future.exception() is None
                    finished += future.result() if done else []
                    suspects.extend([] if done else ([unit] for unit in batch))
                running.clear()
                self._discard()
                self._tell(f"a process died; the {len(suspects)} units in flight are evaluated again, one by one")
            yield finished

    def _alone(self, batch: Batch, plan: Plan) -> Iterator[list[UnitResult]]:
        """Evaluates a batch with nothing else running, so that a death has one cause."""
        for _ in range(TRIES):
            future = self._submit(batch, plan)
            self._running[future] = batch
            while not wait([future], timeout=MOMENT).done:
                yield []
            del self._running[future]
            try:
                yield future.result()
                return
            except BrokenProcessPool:
                self._discard()
        yield died(batch, plan)

    def _submit(self, batch: Batch, plan: Plan) -> Future[list[UnitResult]]:
        with shielded():
            if self._pool is None:
                self._pool = ProcessPoolExecutor(self.count, get_context("spawn"), initializer=_begin)
            try:
                return self._pool.submit(evaluate_all, batch, plan)
            except BrokenProcessPool:  # a process died since the last result was read
                future: Future[list[UnitResult]] = Future()
                future.set_exception(BrokenProcessPool())
                return future

    def _discard(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def __enter__(self) -> LocalProcesses:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is not None or self._running:
            terminate(self._pool)
        self._discard()


def _begin() -> None:
    """In a worker, first: an interrupt is for the sweep, and a worker does not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
