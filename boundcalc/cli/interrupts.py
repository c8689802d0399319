"""Handles Ctrl-C for long commands: the first asks for a clean end, the second ends at once."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Any

import click

INTERRUPTED = 130
"""The exit status after an interrupt."""


class Interrupts:
    """While it is entered, SIGINT and SIGTERM raise ``KeyboardInterrupt``; after :meth:`begin` the first only sets a flag.

    Parameters
    ----------
    what : str
        Named in the message.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self._requested = self._begun = False
        self._before: dict[signal.Signals, Any] = {}

    def requested(self) -> bool:
        """Whether an end was asked for."""
        return self._requested

    def begin(self) -> None:
        """From here on there is something in flight that a clean end can finish."""
        self._begun = True

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._requested or not self._begun:
            raise KeyboardInterrupt
        self._requested = True
        click.echo(f"boundcalc: finishing within a second what is in flight for {self.what}; once more to end at once", err=True)

    def __enter__(self) -> Interrupts:
        for which in (signal.SIGINT, signal.SIGTERM):
            self._before[which] = signal.signal(which, self._handle)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for which, handler in self._before.items():
            signal.signal(which, handler)
