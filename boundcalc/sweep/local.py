"""Processes on this machine."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from types import TracebackType

from boundcalc.numbers.parsing import whole_number
from boundcalc.search.shield import shielded
from boundcalc.sweep.executors import TRIES, Batch, died
from boundcalc.sweep.plan import Plan
from boundcalc.sweep.unit import UnitResult, evaluate_all

MOST_WORKERS = 1024
AHEAD = 2
"""Batches a worker has, the one it evaluates included."""


class ThisProcess:
    """Evaluates in the process itself."""

    seconds_per_batch = 0.25

    def run(self, batches: Iterator[Batch], plan: Plan) -> Iterator[list[UnitResult]]:
        return (evaluate_all(batch, plan) for batch in batches)

    def __enter__(self) -> ThisProcess:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """There is nothing to end."""


class LocalProcesses:
    """``count`` processes; the results do not depend on how many.

    A process that dies is replaced and what it had is evaluated again, one unit at a time, so that a unit that kills
    its process costs nothing but itself.
    """

    seconds_per_batch = 0.25

    def __init__(self, count: int) -> None:
        self.count = whole_number(count, parameter="workers", least=1, most=MOST_WORKERS)
        self._pool: ProcessPoolExecutor | None = None

    def run(self, batches: Iterator[Batch], plan: Plan) -> Iterator[list[UnitResult]]:
        suspects: deque[Batch] = deque()
        running: dict[Future[list[UnitResult]], Batch] = {}
        more = True
        while more or running or suspects:
            while suspects and not running:
                yield self._alone(suspects.popleft(), plan)
            while more and len(running) < AHEAD * self.count:
                batch = next(batches, None)
                if batch is None:
                    more = False
                else:
                    running[self._submit(batch, plan)] = batch
            if not running:
                continue
            finished: list[UnitResult] = []
            broken = False
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                batch = running.pop(future)
                try:
                    finished += future.result()
                except BrokenProcessPool:
                    broken = True
                    suspects.extend([unit] for unit in batch)
            if broken:  # all that was running comes back as broken; begun or not, nothing tells
                for future, batch in running.items():
                    done = not future.cancelled() and future.exception() is None
                    finished += future.result() if done else []
                    suspects.extend([] if done else ([unit] for unit in batch))
                running.clear()
                self._discard()
            if finished:
                yield finished

    def _alone(self, batch: Batch, plan: Plan) -> list[UnitResult]:
        """Evaluates a batch with nothing else running, so that a death has one cause."""
        for _ in range(TRIES):
            try:
                return self._submit(batch, plan).result()
            except BrokenProcessPool:
                self._discard()
        return died(batch, plan)

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
        if kind is not None and self._pool is not None:
            for process in list((getattr(self._pool, "_processes", None) or {}).values()):
                process.terminate()
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
