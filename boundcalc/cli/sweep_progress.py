"""Shows the progress of a sweep on standard error: a bar on a terminal, a plain line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from boundcalc.sweep.run import SweepProgress

EVERY = 10.0
"""Seconds between lines in a log."""

ShowProgress = Callable[["SweepProgress"], None]


@contextmanager
def show_progress(quiet: bool) -> Iterator[ShowProgress]:
    """What to call with each state of the sweep."""
    if quiet:
        yield lambda reached: None
    elif sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield _Lines()


@contextmanager
def _bar() -> Iterator[ShowProgress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    fields = [TextColumn("{task.description}"), BarColumn(bar_width=None), MofNCompleteColumn(), TextColumn("{task.fields[pace]}")]
    with Bar(*fields, console=Console(stderr=True), refresh_per_second=4, expand=True) as bar:
        task = bar.add_task("units", total=None, pace="")

        def show(reached: SweepProgress) -> None:
            bar.update(task, completed=reached.present, total=reached.size, pace=pace(reached))

        yield show


class _Lines:
    def __init__(self) -> None:
        self.last: float | None = None

    def __call__(self, reached: SweepProgress) -> None:
        now = time.monotonic()
        if self.last is None or now > self.last + EVERY or reached.complete:
            self.last = now
            share = 100 * reached.present // reached.size
            click.echo(" ".join(f"{reached.present}/{reached.size} units ({share}%) {pace(reached)}".split()), err=True)


def pace(reached: SweepProgress) -> str:
    """Rate and time left."""
    left = reached.seconds_left
    if left is None:
        return ""
    failed = f" {reached.failed} failed" if reached.failed else ""
    return f"{reached.rate:.1f}/s, {clock(left)} left{failed}"


def clock(seconds: float) -> str:
    """As 1:02:03, or with days."""
    days, rest = divmod(round(seconds), 86_400)
    text = f"{rest // 3600}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days} d {text}" if days else text
