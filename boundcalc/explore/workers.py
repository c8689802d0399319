"""Runs answers in processes of their own: Arb's precision is global, and what nobody waits for is ended with its process."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from boundcalc.explore.answers import answer
from boundcalc.search.shield import shielded

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

MOST_SECONDS = 60.0
"""An answer that takes longer is given up."""
MOST_ANSWERS = 200
"""Of one process, whose caches grow with each."""
MOST_MEMORY = 8 << 30
"""Bytes of address space of one process: a small file may hold, compressed, more than there is."""
WARM = "boundcalc.explore.warm"
"""What the server of forks loads once, so that a new process is there in a few hundredths of a second."""


class TooSlow(Exception):
    """The answer was not there in time."""


class Died(Exception):
    """The process ended by itself, such as for want of memory."""


class AnswerWorkers:
    """At most ``count`` processes, each a pool of one; an answer that is cancelled costs its process, and the next gets a new one.

    All methods are for one event loop.
    """

    def __init__(self, count: int, seconds: float = MOST_SECONDS) -> None:
        self._free = asyncio.Semaphore(count)
        self._idle: list[ProcessPoolExecutor] = []
        self._answers: dict[ProcessPoolExecutor, int] = {}
        self._closed = False
        self._seconds = seconds
        self._context = _context()

    async def ask(self, kind: str, asked: dict[str, Any]) -> dict[str, Any]:
        """What :func:`answer` gives, in a process; cancelling the task ends the process.

        Raises
        ------
        TooSlow, Died
        """
        async with self._free:
            pool = self._idle.pop() if self._idle else await self._started()
            done = False
            try:
                async with asyncio.timeout(self._seconds):
                    found = await asyncio.get_running_loop().run_in_executor(pool, answer, kind, asked)
                done = True
            except TimeoutError:
                raise TooSlow from None
            except BrokenProcessPool:
                raise Died from None
            finally:
                self._answers[pool] += 1
                if done and self._answers[pool] < MOST_ANSWERS and not self._closed:
                    self._idle.append(pool)
                else:
                    self._discard(pool)
        return found

    async def prepare(self) -> None:
        """Starts one process ahead of the first question."""
        self._idle.append(await self._started())

    def close(self) -> None:
        """Ends all processes at once."""
        self._closed = True
        self._idle.clear()
        for pool in list(self._answers):
            self._discard(pool)

    async def _started(self) -> ProcessPoolExecutor:
        """A new process; the first waits until the library is loaded, which no interrupt is to wait for: hence a daemon thread."""
        loop = asyncio.get_running_loop()
        found: asyncio.Future[ProcessPoolExecutor] = loop.create_future()

        def arrive(pool: ProcessPoolExecutor) -> None:
            if self._closed:
                _end(pool)
                return
            self._answers[pool] = 0
            if found.cancelled():
                self._idle.append(pool)
            else:
                found.set_result(pool)

        def start() -> None:
            with suppress(OSError, EOFError):  # the process that forks has ended
                pool = self._start()
                try:
                    loop.call_soon_threadsafe(arrive, pool)
                except RuntimeError:  # the loop has closed
                    _end(pool)

        threading.Thread(target=start, daemon=True).start()
        return await found

    def _start(self) -> ProcessPoolExecutor:
        with shielded():
            pool = ProcessPoolExecutor(1, self._context, initializer=_begin)
            pool.submit(os.getpid)  # what starts the process; until it is there the pool cannot even be shut down
        return pool

    def _discard(self, pool: ProcessPoolExecutor) -> None:
        self._answers.pop(pool, None)
        _end(pool)


def _context() -> BaseContext:
    """Forks of a process that has loaded the library, where the system has them."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([WARM])
    return context


def _end(pool: ProcessPoolExecutor) -> None:
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.kill()
    pool.shutdown(wait=False, cancel_futures=True)


def end_forks() -> None:
    """Ends the process that workers are forked from, which may still be loading the library; the next start begins another."""
    if os.name == "posix":
        from multiprocessing import forkserver

        pid = getattr(getattr(forkserver, "_forkserver", None), "_forkserver_pid", None)
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _begin() -> None:
    """In a worker, first: an interrupt is for the server, and a worker does not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limits, others not this one
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
