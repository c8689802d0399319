"""Shows how far the computation of a loss has come."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_PATIENCE_SECONDS = 0.5


@contextmanager
def shown_progress() -> Iterator[Callable[[float], None] | None]:
    """A progress bar on standard error, where that is a terminal and the work is long; gone when the work ends."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("loss"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    task, start = bar.add_task("loss", total=1.0), time.monotonic()

    def tell(share: float) -> None:
        if not bar.live.is_started and time.monotonic() - start > _PATIENCE_SECONDS:
            bar.start()
        bar.update(task, completed=share)

    try:
        yield tell
    finally:
        bar.stop()
