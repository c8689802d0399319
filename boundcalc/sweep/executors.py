"""Defines what an executor is: batches of units in, their outcomes back as they are ready, whatever evaluates them."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Protocol

from boundcalc.sweep.plan import Plan
from boundcalc.sweep.unit import Unit, UnitResult

Batch = list[Unit]
TRIES = 3
"""Processes that may die on a unit that is evaluated alone before it counts as failed."""


class Executor(Protocol):
    """Evaluates batches, in processes or on a cluster; used as a context manager.

    It asks for further batches only as it can start them, so that memory stays flat however large the grid is, and
    once the batches end it returns after those that were begun.
    """

    seconds_per_batch: float
    """The work that one batch should hold."""

    def run(self, batches: Iterator[Batch], plan: Plan) -> Iterator[list[UnitResult]]:
        """Outcomes of finished batches, in any order; an empty list where a moment passes without any.

        Each is a moment at which the sweep may stop, and then no more is asked for.
        """

    def __enter__(self) -> Any:
        """Starts what it needs."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Ends its workers; at once where an exception ends the sweep or units are in flight."""


def died(batch: Batch, plan: Plan) -> list[UnitResult]:
    """The outcome of a single unit that processes die on."""
    reason = f"{TRIES} processes that evaluated it died; it may need more memory than there is"
    return [UnitResult.without_answer(unit, plan, "failed", reason) for unit in batch]
