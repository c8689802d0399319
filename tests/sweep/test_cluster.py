"""A Dask cluster of two processes: the numbers of the local run, also where a worker is killed; and no cluster at all."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time

import pytest
from oracles.sweep_equality import numbers

from boundcalc.numbers.errors import ParameterError
from boundcalc.sweep import cluster as cluster_module
from boundcalc.sweep.cluster import DaskCluster
from boundcalc.sweep.grid import read_grid
from boundcalc.sweep.plan import Plan
from boundcalc.sweep.run import run
from boundcalc.sweep.store import Store
from boundcalc.sweep.unit import Unit, UnitResult, evaluate_all

distributed = pytest.importorskip("distributed")

GRID = read_grid(
    {
        "n": ["d^2", "inf"],
        "d": [2, 3, 8],
        "m": 3,
        "p": {"from": "1e-6", "to": 1, "points": 20, "spacing": "geometric"},
        "law": ["rademacher", "gaussian"],
        "bounds": "closed",
    }
)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    path = tmp_path_factory.mktemp("alone") / "alone.db"
    with Store.create(path, GRID) as store:
        store.write(evaluate_all(list(GRID.units()), GRID.plan))
    return path


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
    ) as local:
        yield local


def test_a_worker_killed_in_mid_run(tmp_path, cluster, alone):
    path = tmp_path / "sweep.db"
    killed = []

    def kill(progress) -> None:
        if progress.present > 20 and not killed:
            processes = [nanny.process.pid for nanny in cluster.workers.values()]
            assert len(processes) == 2
            os.kill(processes[0], signal.SIGKILL)
            killed.append(progress.present)

    with DaskCluster(cluster.scheduler_address) as executor, Store.create(path, GRID) as store:
        executor.seconds_per_batch = 0.1
        reached = run(GRID, store, executor, progress=kill)
    assert reached.complete
    assert reached.failed == 0
    assert 20 < killed[0] < GRID.size  # it did happen in mid-run
    assert numbers(path) == numbers(alone)


def deadly(units: list[Unit], plan: Plan) -> list[UnitResult]:
    if any(unit.number == 2 for unit in units):
        os.kill(os.getpid(), signal.SIGKILL)
    return [UnitResult.without_answer(unit, plan, "invalid", "") for unit in units]


def test_a_unit_that_kills_its_workers_costs_only_itself(cluster, monkeypatch):
    monkeypatch.setattr(cluster_module, "evaluate_all", deadly)
    units = [Unit(number, "1", "1", "1", "1", "gaussian") for number in range(4)]
    with distributed.Client(cluster, set_as_default=False) as client:
        client.run_on_scheduler(lambda dask_scheduler: setattr(dask_scheduler, "allowed_failures", 0))
        with DaskCluster(cluster.scheduler_address) as executor:
            outcomes = [outcome for some in executor.run(iter([units[:1], units[1:]]), Plan(("rank",), 12)) for outcome in some]
    found = {outcome.unit: outcome.status for outcome in outcomes}
    assert sorted(found) == [0, 1, 2, 3]
    assert len(outcomes) == 4
    assert found[2] == "failed"


def absent(units: list[Unit], plan: Plan) -> list[UnitResult]:
    raise ModuleNotFoundError("No module named 'boundcalc'")


def test_workers_without_boundcalc(cluster, monkeypatch):
    monkeypatch.setattr(cluster_module, "evaluate_all", absent)
    with DaskCluster(cluster.scheduler_address) as executor:
        outcomes = executor.run(iter([[Unit(0, "1", "1", "1", "1", "gaussian")]]), Plan(("rank",), 12))
        with pytest.raises(ParameterError, match=r"scheduler and workers need this boundcalc, .*ModuleNotFoundError"):
            list(outcomes)


def test_without_dask(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ParameterError, match=r"pip install 'boundcalc.dask.'"), DaskCluster("local"):
        pass


def test_a_scheduler_that_goes_away(tmp_path):
    """A line that says how to go on, and what was committed is there."""
    path = tmp_path / "sweep.db"
    going = distributed.LocalCluster(1, processes=False, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL)

    def close(progress) -> None:
        if progress.present:
            going.close()

    with going, Store.create(path, GRID) as store:
        with pytest.raises(ParameterError, match=r"the scheduler went away .*; continue with --resume"):
            sweep_once(store, DaskCluster(going.scheduler_address), close)
        assert 0 < store.counts()["done"] < GRID.size


def sweep_once(store, executor, progress) -> None:
    with executor:
        run(GRID, store, executor, progress=progress)


def test_the_cluster_local(tmp_path):
    grid = read_grid({"n": "d^2", "d": [2, 3], "m": 3, "p": ["0.1", "0.01"], "law": "uniform", "bounds": "closed"})
    paths = [tmp_path / "one.db", tmp_path / "dask.db"]
    with Store.create(paths[0], grid) as store:
        store.write(evaluate_all(list(grid.units()), grid.plan))
    with DaskCluster("local", 1) as executor, Store.create(paths[1], grid) as store:
        assert run(grid, store, executor).complete
    assert numbers(paths[0]) == numbers(paths[1])


def refused_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{free.getsockname()[1]}"


@pytest.mark.parametrize("address", ["nonsense", "foo://127.0.0.1:1", "tcp://:::", ""])
def test_an_address_that_is_none(address):
    with pytest.raises(ParameterError, match="no Dask scheduler answers there"), DaskCluster(address):
        pass


def test_nobody_at_the_address():
    began = time.monotonic()
    with pytest.raises(ParameterError, match="no Dask scheduler answers there") as content, DaskCluster(refused_port()):
        pass
    assert time.monotonic() - began < 10  # what the documentation promises
    assert "\n" not in str(content.value)


@pytest.mark.parametrize(
    "says", [b"", b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n" * 4], ids=["silent", "another server"]
)
def test_somebody_else_at_the_address(says):
    server = socket.create_server(("127.0.0.1", 0))
    connections = []

    def serve() -> None:
        connection, _ = server.accept()
        connections.append(connection)
        connection.sendall(says)

    threading.Thread(target=serve, daemon=True).start()
    began = time.monotonic()
    with (
        pytest.raises(ParameterError, match="no Dask scheduler answers there"),
        DaskCluster(f"tcp://127.0.0.1:{server.getsockname()[1]}"),
    ):
        pass
    assert time.monotonic() - began < 10
    for connection in connections:
        connection.close()
    server.close()
