"""Evaluates in the process itself, where no other can be had or is worth its start."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType

from boundcalc.sweep.executors import Batch
from boundcalc.sweep.plan import Plan
from boundcalc.sweep.unit import UnitResult, evaluate_all


class ThisProcess:
    """Evaluates in the process itself."""

    seconds_per_batch = 0.25

    def run(self, batches: Iterator[Batch], plan: Plan) -> Iterator[list[UnitResult]]:
        return (evaluate_all(batch, plan) for batch in batches)

    def __enter__(self) -> ThisProcess:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """There is nothing to end."""
