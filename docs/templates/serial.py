"""Evaluates a sweep one batch after the other, in this process: a template of an executor.

An executor is a context manager with ``run``; it needs no place in the package. Run this file for a small sweep.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType

from boundcalc.sweep.executors import Batch
from boundcalc.sweep.grid import read_grid
from boundcalc.sweep.plan import Plan
from boundcalc.sweep.run import run
from boundcalc.sweep.store import Store
from boundcalc.sweep.unit import UnitResult, evaluate_all


class Serial:
    """No processes: what one wants under a debugger."""

    seconds_per_batch = 1.0

    def run(self, batches: Iterator[Batch], plan: Plan) -> Iterator[list[UnitResult]]:
        """Asks for a batch when the one before is done, so that memory stays flat."""
        for batch in batches:
            yield evaluate_all(batch, plan)

    def __enter__(self) -> Serial:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass


if __name__ == "__main__":
    grid = read_grid({"bounds": "closed", "n": ["10", "20"], "d": ["4"], "m": ["3"], "p": ["1/100"], "law": ["rademacher"]})
    with Serial() as executor, Store.create("serial.db", grid) as store:
        print(run(grid, store, executor).evaluated)
