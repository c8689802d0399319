"""Evaluates on a Dask cluster: the same batches through dask.distributed, their outcomes back to the one writer.

Dask runs a task again where its worker is lost, and gives a task up after it has lost several; such a batch is split,
and a single unit that is given up counts as failed.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from types import TracebackType
from typing import Any

from boundcalc import __version__
from boundcalc.numbers.errors import ParameterError, shortened
from boundcalc.search.shield import shielded
from boundcalc.sweep.cluster_workers import ClusterWorkers
from boundcalc.sweep.executors import TRIES, Batch, died
from boundcalc.sweep.plan import Plan
from boundcalc.sweep.unit import UnitResult, evaluate_all

CONNECT_SECONDS = 5
"""How long the scheduler may take to answer."""
MOMENT = 0.25
"""Seconds that a result is waited for before the workers are looked at."""
LOGGERS = ("distributed", "distributed.client", "asyncio")
"""What they would log, a lost worker or scheduler, is replaced, or told in a line."""
RESULT_SECONDS = 2
"""How long a finished result may take before it is waited for again."""
AHEAD = 3
"""Batches a thread of the cluster has, the one it evaluates included."""
INSTALL = "needs dask.distributed: pip install 'boundcalc[dask]'"


class _Lost(Exception):
    """The workers that had a task are lost; ``given_up`` where Dask has tried others."""

    def __init__(self, given_up: bool) -> None:
        self.given_up = given_up


@dataclass
class _Task:
    """A batch on its way; ``where`` are the workers it is restricted to, ``None`` for any."""

    batch: Batch
    tries: int = 0
    where: frozenset[str] | None = None

    def is_stranded(self, workers: ClusterWorkers) -> bool:
        """Whether none of the workers it is restricted to is there any more."""
        return self.where is not None and self.where.isdisjoint(workers.able)


class DaskCluster:
    """The workers of a scheduler, or of a cluster of processes on this machine.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.1:8786``; or ``local``.
    count : int, optional
        Processes of a local cluster.
    tell : callable
        Called with a line where workers are lost, have come, or cannot evaluate.

    Raises
    ------
    ParameterError
        On entry, within ten seconds, if there is no scheduler at the address.
    """

    seconds_per_batch = 1.0

    def __init__(self, address: str, count: int | None = None, tell: Callable[[str], Any] = lambda line: None) -> None:
        self.address = address
        self.count = count
        self._tell = tell
        self._client: Any = None
        self._cluster: Any = None
        self._levels: dict[logging.Logger, int] = {}

    def __enter__(self) -> DaskCluster:
        try:
            import distributed  # noqa: F401 - of an extra
        except ImportError:
            raise ParameterError("dask", self.address, INSTALL) from None
        for logger in map(logging.getLogger, LOGGERS):
            self._levels[logger] = logger.level
            logger.setLevel(logging.CRITICAL)
        connected: Future[None] = Future()
        Thread(target=self._connect, args=(connected,), daemon=True).start()
        try:
            connected.result()  # in a thread, so that an interrupt is heard meanwhile
        except Exception as error:  # of the network, of the address, or what reading a stranger's bytes ends in
            self._close()
            reason = " ".join(str(error).split()) or type(error).__name__
            raise ParameterError("dask", self.address, f"no Dask scheduler answers there ({reason})") from None
        except BaseException:
            self._close()
            raise
        return self

    def _connect(self, connected: Future[None]) -> None:
        """Starts or finds the cluster."""
        from distributed import Client, LocalCluster

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
        except BaseException as error:
            connected.set_exception(error)
        else:
            connected.set_result(None)

    def run(self, batches: Iterator[Batch], plan: Plan) -> Iterator[list[UnitResult]]:
        workers = ClusterWorkers(self._client, self.address, self._tell)
        ready: queue.SimpleQueue[Any] = queue.SimpleQueue()
        running: dict[Any, _Task] = {}
        again: list[_Task] = []
        more = True

        def submit(task: _Task) -> None:
            task.where = frozenset(workers.able) if workers.unable else None
            only = {} if task.where is None else {"workers": list(task.where), "allow_other_workers": False}
            await_result(self._client.submit(evaluate_all, task.batch, plan, pure=False, **only), task)

        def await_result(future: Any, task: _Task) -> None:
            running[future] = task
            future.add_done_callback(ready.put)

        while more or running or again:
            self._look(workers)
            finished: list[UnitResult] = []
            for future in [future for future, task in running.items() if task.is_stranded(workers)]:
                again += self._lost(running.pop(future), finished, plan)
                future.release()
            while again and workers.able:
                submit(again.pop())
            while more and len(running) < AHEAD * workers.threads:
                batch = next(batches, None)
                if batch is None:
                    more = False
                else:
                    submit(_Task(batch))
            for future in self._ready(ready):
                task = running.pop(future, None)
                if task is None:  # it was stranded
                    continue
                try:
                    finished += self._result(future, task, workers)
                except TimeoutError:  # the worker that held it was lost meanwhile, and Dask evaluates it again
                    await_result(future, task)
                    continue
                except _Lost as lost:
                    again += self._lost(task, finished, plan, lost.given_up)
                future.release()
            yield finished

    def _ready(self, ready: queue.SimpleQueue[Any]) -> list[Any]:
        """All futures that are done; none where a moment passes without one."""
        found = []
        with suppress(queue.Empty):
            found.append(ready.get(timeout=MOMENT))
            while True:
                found.append(ready.get_nowait())
        return found

    def _result(self, future: Any, task: _Task, workers: ClusterWorkers) -> list[UnitResult]:
        """What a done future holds."""
        from concurrent.futures import CancelledError

        from distributed.scheduler import KilledWorker

        try:
            outcomes: list[UnitResult] = future.result(timeout=RESULT_SECONDS)
        except TimeoutError as error:
            if self._client.status != "running":
                raise self._gone(error) from None
            raise
        except KilledWorker:
            raise _Lost(given_up=True) from None
        except (OSError, CancelledError) as error:
            raise self._gone(error) from None
        except ParameterError:
            raise
        except Exception as error:  # the evaluation raises nothing: the task has not come to it
            if workers.unable and task.tries < TRIES:  # it went to one of these before that was known
                raise _Lost(given_up=False) from None
            reason = shortened(f"{type(error).__name__}: {error}")
            allowed = f"its scheduler and workers need this boundcalc, {__version__} ({reason})"
            raise ParameterError("dask", self.address, allowed) from None
        if any(json.loads(outcome.versions)["boundcalc"] != __version__ for outcome in outcomes):
            raise _Lost(given_up=False)
        return outcomes

    def _lost(self, task: _Task, finished: list[UnitResult], plan: Plan, given_up: bool = False) -> list[_Task]:
        """What is to be evaluated again of a task whose worker is lost: units alone, once several are; one more has failed."""
        task.tries += 1
        if not given_up and task.tries < TRIES:
            return [task]
        if len(task.batch) > 1:
            return [_Task([unit]) for unit in task.batch]
        finished += died(task.batch, plan)
        return []

    def _look(self, workers: ClusterWorkers) -> None:
        try:
            workers.look()
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
        gc.collect()  # what it left unread is complained of now, unheard
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
