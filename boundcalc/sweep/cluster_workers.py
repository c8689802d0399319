"""Follows the workers of a Dask cluster: how many can evaluate, which lack this boundcalc; what changes is told in a line."""

from __future__ import annotations

import pydoc
import time
from collections.abc import Callable
from typing import Any

from boundcalc import __version__
from boundcalc.numbers.errors import shortened

LOOK_SECONDS = 2.0
"""How often the scheduler is asked for its workers."""
ANSWER_SECONDS = 5.0
"""How long it may take to answer."""


class ClusterWorkers:
    """The workers of a scheduler, as of the last look.

    Parameters
    ----------
    client : distributed.Client
    address : str
        Names the cluster in what is told.
    tell : callable
        Called with a line where workers come, go, or cannot evaluate.

    Attributes
    ----------
    able : dict
        Address to threads of the workers that have this version of boundcalc.
    unable : dict
        Address of the others to what they have instead, in words.
    """

    def __init__(self, client: Any, address: str, tell: Callable[[str], Any]) -> None:
        self.able: dict[str, int] = {}
        self.unable: dict[str, str] = {}
        self._client, self._address, self._tell = client, address, tell
        self._asked: dict[str, Any] = {}
        self._looked: float | None = None
        self._most = 0
        self._waiting = False

    @property
    def threads(self) -> int:
        """Of those that can evaluate."""
        return sum(self.able.values())

    def look(self) -> None:
        """Asks the scheduler, unless that was a moment ago, and tells what has changed.

        Raises
        ------
        OSError, TimeoutError, RuntimeError, ValueError
            If the scheduler does not answer.
        """
        now = time.monotonic()
        if self._looked is None or now > self._looked + LOOK_SECONDS:
            self._looked = now
            self._compare(dict(self._client.nthreads(callback_timeout=ANSWER_SECONDS)))
        if self._asked:
            self._hear()
        self._tell_whether_any()

    def _compare(self, threads: dict[str, int]) -> None:
        """Forgets the workers that are gone, and asks new ones for their version."""
        gone = self.able.keys() - threads.keys()
        if gone and len(gone) < len(self.able):
            those = "its" if len(gone) == 1 else "their"
            self._tell(f"{len(gone)} of {len(self.able)} workers of {self._address} lost; {those} units are evaluated again")
        for known in (self.able, self.unable, self._asked):
            for address in list(known.keys() - threads.keys()):
                del known[address]
        for address in threads.keys() - self.able.keys() - self.unable.keys() - self._asked.keys():
            # a function of the standard library, which a worker without boundcalc has as well
            self._asked[address] = self._client.submit(
                pydoc.locate, "boundcalc.__version__", workers=[address], allow_other_workers=False, pure=False, priority=1
            )
        self.able |= {address: count for address, count in threads.items() if address in self.able}
        self._threads = threads

    def _hear(self) -> None:
        """Sorts the workers that have answered."""
        for address, future in list(self._asked.items()):
            if not future.done():
                continue
            del self._asked[address]
            if future.status != "finished":
                has = f"cannot load boundcalc ({shortened(str(future.exception(timeout=ANSWER_SECONDS)))})"
            else:
                version = future.result(timeout=ANSWER_SECONDS)
                has = "" if version == __version__ else "has no boundcalc" if version is None else f"has boundcalc {version}"
            if has:
                self.unable[address] = has
                self._tell(f"the worker {address} {has}, and {__version__} is needed: it gets no units")
            else:
                self.able[address] = self._threads[address]

    def _tell_whether_any(self) -> None:
        if self.able:
            if self._waiting:
                self._tell(f"{len(self.able)} of {self._address} can evaluate; the sweep goes on")
            self._waiting, self._most = False, max(self._most, len(self.able))
        elif not self._waiting and not self._asked:
            self._waiting = True
            which = (
                "has lost all its workers" if self._most else "has no worker that can evaluate" if self.unable else "has no workers"
            )
            self._tell(f"{self._address} {which}; the sweep goes on when some come, and Ctrl-C ends it")
