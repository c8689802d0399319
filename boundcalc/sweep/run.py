"""Runs a sweep: batches of what the store lacks to an executor, its outcomes to the store, by one writer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import Any

from boundcalc.numbers.files import path_text
from boundcalc.sweep.executors import Batch, Executor
from boundcalc.sweep.grid import Grid, load_grid, read_grid
from boundcalc.sweep.rows import Sweep
from boundcalc.sweep.store import Store, read
from boundcalc.sweep.unit import UnitResult

PAGE = 5_000
"""Units whose presence in the store is asked for at once."""
LARGEST_BATCH = 200
LAST_SECONDS = 1.0
"""How long units in flight are waited for once a sweep is to stop."""


@dataclass
class SweepProgress:
    """How far a sweep is.

    Attributes
    ----------
    size : int
        Units of the grid.
    present : int
        Units in the store, those of earlier runs included.
    evaluated : int
        Units that this run evaluated.
    invalid, failed : int
        Of those in the store.
    """

    size: int
    present: int
    invalid: int
    failed: int
    evaluated: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def rate(self) -> float:
        """Units per second of this run."""
        return self.evaluated / max(time.monotonic() - self.began, 1e-9)

    @property
    def seconds_left(self) -> float | None:
        """At this rate; ``None`` before the first unit."""
        return (self.size - self.present) / self.rate if self.evaluated else None

    @property
    def complete(self) -> bool:
        """Whether every unit is in the store."""
        return self.present == self.size

    def count(self, outcomes: list[UnitResult]) -> None:
        """Takes in what has just been committed."""
        self.present += len(outcomes)
        self.evaluated += len(outcomes)
        self.invalid += sum(outcome.status == "invalid" for outcome in outcomes)
        self.failed += sum(outcome.status == "failed" for outcome in outcomes)


def run(
    grid: Grid,
    store: Store,
    executor: Executor,
    *,
    progress: Callable[[SweepProgress], Any] = lambda progress: None,
    stopping: Callable[[], bool] = lambda: False,
) -> SweepProgress:
    """Evaluates what the store lacks.

    Parameters
    ----------
    executor : Executor
        Entered by the caller, who thereby learns before the store is made whether there is a cluster.
    progress : callable
        Called at the start and after every commit.
    stopping : callable
        Once true, no further unit begins; those in flight that are finished within a second are committed.
    """
    counts = store.counts()
    failed = counts.get("failed", 0)
    reached = SweepProgress(grid.size, sum(counts.values()) - failed, counts.get("invalid", 0), 0)
    progress(reached)
    pace = _Pace(executor.seconds_per_batch)
    deadline: float | None = None
    for outcomes in executor.run(_batches(grid, store, pace, stopping), grid.plan):
        if outcomes:
            store.write(outcomes)
            pace.learn(outcomes)
            reached.count(outcomes)
            progress(reached)
        if stopping():
            deadline = time.monotonic() + LAST_SECONDS if deadline is None else deadline
            if time.monotonic() > deadline:
                break
    return reached


def run_sweep(
    grid: Grid | Mapping[str, Any] | str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    workers: int = 1,
    resume: bool = False,
    progress: Callable[[SweepProgress], Any] = lambda progress: None,
) -> Sweep:
    """The bounds at every problem of a grid.

    Parameters
    ----------
    grid : mapping or path
        What a grid file holds, or the file: ``{"n": "inf", "d": [2, 3], "m": 3, "p": ["1e-3", "1e-2"], "law": "gaussian"}``.
    out : path, optional
        The store to keep, which ``boundcalc plot`` and ``boundcalc sweep export`` read; without it nothing is kept.
    workers : int
        Processes; 1 is this one. With more, a script needs the usual ``if __name__ == "__main__"`` guard.
    resume : bool
        Continue what the store holds.

    >>> run_sweep({"n": 8, "d": [2, 3], "m": 3, "p": "1/100", "law": "rademacher", "bounds": ["rank", "orthonormal"]})
    <Sweep 2 of 2 problems>
    """
    mapping = "a grid may be a mapping too, such as {'n': 30, ...}"
    asked = grid
    if not isinstance(asked, Grid):
        asked = read_grid(grid) if isinstance(grid, Mapping) else load_grid(path_text(grid, "grid", mapping))
    with ExitStack() as stack:
        kept = os.path.join(stack.enter_context(TemporaryDirectory()), "sweep.db") if out is None else out
        path = path_text(kept, "out", "the store to keep")
        Store.check(path, resume)
        stack.enter_context(executor := _executor(workers))
        with (Store.resume if resume else Store.create)(path, asked) as store:
            run(asked, store, executor, progress=progress)
        return read(path)


def _executor(workers: int) -> Executor:
    if workers == 1:
        from boundcalc.sweep.this_process import ThisProcess

        return ThisProcess()
    from boundcalc.sweep.local import LocalProcesses

    return LocalProcesses(workers)


class _Pace:
    """How many units make a batch of the wanted length; the numbers do not depend on it."""

    def __init__(self, wanted: float) -> None:
        self.wanted = wanted
        self.seconds: float | None = None

    def learn(self, outcomes: list[UnitResult]) -> None:
        latest = sum(outcome.seconds for outcome in outcomes) / len(outcomes)
        self.seconds = latest if self.seconds is None else 0.9 * self.seconds + 0.1 * latest

    @property
    def size(self) -> int:
        return 1 if self.seconds is None else int(min(max(self.wanted / max(self.seconds, 1e-6), 1), LARGEST_BATCH))


def _batches(grid: Grid, store: Store, pace: _Pace, stopping: Callable[[], bool]) -> Iterator[Batch]:
    batch: Batch = []
    for first in range(0, grid.size, PAGE):
        last = min(first + PAGE, grid.size)
        finished = store.finished(first, last)
        if len(finished) == last - first:
            continue
        for number in range(first, last):
            if number in finished:
                continue
            if stopping():
                return
            batch.append(grid.unit(number))
            if len(batch) >= pace.size:
                yield batch
                batch = []
    if batch and not stopping():
        yield batch
