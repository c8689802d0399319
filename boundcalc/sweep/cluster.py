"""Evaluates on a Dask cluster: the same batches through dask.distributed, their outcomes back to the one writer.

Dask runs a task again where its worker is lost, and gives a task up after it has lost several; such a batch is split,
and a single unit that is given up counts as failed.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import time
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any

from boundcalc import __version__
from boundcalc.numbers.errors import ParameterError, shortened
from boundcalc.search.shield import shielded
from boundcalc.sweep.executors import Batch, died
from boundcalc.sweep.plan import Plan
from boundcalc.sweep.unit import UnitResult, evaluate_all

CONNECT_SECONDS = 5
"""How long the scheduler may take to answer."""
LOOK_SECONDS = 2.0
"""How often the number of the cluster's threads is asked for."""
LOGGERS = ("distributed", "distributed.client")
"""What they would log, a lost worker or scheduler, is replaced, or reported in a line."""
RESULT_SECONDS = 30
"""How long a finished result may take before the scheduler is looked at."""
AHEAD = 3
"""Batches a thread of the cluster has, the one it evaluates included."""
INSTALL = "needs dask.distributed: pip install 'boundcalc[dask]'"


class DaskCluster:
    """The workers of a scheduler, or of a cluster of processes on this machine.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.1:8786``; or ``local``.
    count : int, optional
        Processes of a local cluster.

    Raises
    ------
    ParameterError
        On entry, within ten seconds, if there is no scheduler at the address.
    """

    seconds_per_batch = 1.0

    def __init__(self, address: str, count: int | None = None) -> None:
        self.address = address
        self.count = count
        self._client: Any = None
        self._cluster: Any = None
        self._levels: dict[logging.Logger, int] = {}

    def __enter__(self) -> DaskCluster:
        try:
            from distributed import Client, LocalCluster
        except ImportError:
            raise ParameterError("dask", self.address, INSTALL) from None
        for logger in map(logging.getLogger, LOGGERS):
            self._levels[logger] = logger.level
            logger.setLevel(logging.CRITICAL)
        try:
            with shielded():
                if self.address == "local":
                    self._cluster = LocalCluster(
                        n_workers=self.count,
                        threads_per_worker=1,
                        dashboard_address="127.0.0.1:0",  # any free port: the usual one may be taken
                        silence_logs=logging.CRITICAL,
                    )
                else:
                    asyncio.run(asyncio.wait_for(_knock(self.address), CONNECT_SECONDS + 1))
                self._client = Client(self._cluster or self.address, timeout=CONNECT_SECONDS, set_as_default=False)
        except Exception as error:  # of the network, of the address, or what reading a stranger's bytes ends in
            self._close()
            reason = " ".join(str(error).split()) or type(error).__name__
            raise ParameterError("dask", self.address, f"no Dask scheduler answers there ({reason})") from None
        return self

    def run(self, batches: Iterator[Batch], plan: Plan) -> Iterator[list[UnitResult]]:
        ready: queue.SimpleQueue[Any] = queue.SimpleQueue()
        running: dict[Any, Batch] = {}
        again: list[Batch] = []
        more = True

        def submit(batch: Batch) -> None:
            future = self._client.submit(evaluate_all, batch, plan, pure=False)
            running[future] = batch
            future.add_done_callback(ready.put)

        threads, looked = self._threads(), time.monotonic()
        while more or running or again:
            if time.monotonic() > looked + LOOK_SECONDS:
                threads, looked = self._threads(), time.monotonic()
            while again:
                submit(again.pop())
            while more and len(running) < AHEAD * max(threads, 1):
                batch = next(batches, None)
                if batch is None:
                    more = False
                else:
                    submit(batch)
            finished: list[UnitResult] = []
            for future in self._ready(ready) if running else ():
                batch = running.pop(future)
                outcomes = self._result(future)
                if outcomes is not None:
                    finished += outcomes
                elif len(batch) == 1:
                    finished += died(batch, plan)
                else:
                    again += [[unit] for unit in batch]
            if finished:
                yield finished

    def _ready(self, ready: queue.SimpleQueue[Any]) -> list[Any]:
        """All futures that are done, at least one unless a while passes."""
        found = []
        with suppress(queue.Empty):
            found.append(ready.get(timeout=LOOK_SECONDS))
            while True:
                found.append(ready.get_nowait())
        return found

    def _result(self, future: Any) -> list[UnitResult] | None:
        """What a done future holds; ``None`` where its workers died."""
        from concurrent.futures import CancelledError

        from distributed.scheduler import KilledWorker

        try:
            return self._wait(future)
        except KilledWorker:
            return None
        except (OSError, CancelledError) as error:
            raise self._gone(error) from None
        except ParameterError:
            raise
        except Exception as error:  # the evaluation raises nothing: the task has not come to it
            reason = shortened(f"{type(error).__name__}: {error}")
            allowed = f"its scheduler and workers need this boundcalc, {__version__} ({reason})"
            raise ParameterError("dask", self.address, allowed) from None
        finally:
            future.release()

    def _wait(self, future: Any) -> list[UnitResult]:
        """The result; where the worker that holds it is lost meanwhile, it is computed again, however long that takes."""
        while True:
            try:
                outcomes: list[UnitResult] = future.result(timeout=RESULT_SECONDS)
                return outcomes
            except TimeoutError as error:
                if self._client.status != "running":
                    raise self._gone(error) from None

    def _threads(self) -> int:
        try:
            return sum(self._client.nthreads().values())
        except (OSError, RuntimeError, ValueError) as error:
            raise self._gone(error) from None

    def _gone(self, error: BaseException) -> ParameterError:
        reason = getattr(error, "reason", None) or " ".join(str(error).split()) or type(error).__name__
        return ParameterError("dask", self.address, f"the scheduler went away ({reason}); continue with --resume")

    def _close(self) -> None:
        for part in (self._client, self._cluster):
            if part is not None:
                with suppress(OSError, TimeoutError):
                    part.close(timeout=5)
        for logger, level in self._levels.items():
            logger.setLevel(level)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()


async def _knock(address: str) -> None:
    """Asks a scheduler who it is: a ``Client`` that does not reach one takes its time to give up."""
    from distributed.core import connect, send_recv
    from distributed.security import Security

    comm = await connect(address, timeout=CONNECT_SECONDS, **Security().get_connection_args("client"))
    try:
        await send_recv(comm, op="identity")
    finally:
        comm.abort()
