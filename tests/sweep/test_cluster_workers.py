"""A scheduler and workers as processes on loopback that die, come late, or lack this boundcalc: told in a line, and survived."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from oracles.dask_processes import DaskProcesses, kill
from oracles.sweep_equality import numbers

from boundcalc.sweep.grid import load_grid
from boundcalc.sweep.store import Store
from boundcalc.sweep.unit import evaluate_all

pytest.importorskip("distributed")

GRID = """
n = ["d^2", "inf"]
d = [2, 3]
m = 3
p = {{ from = 1e-6, to = 1, points = {points}, spacing = "geometric" }}
law = ["rademacher", "gaussian"]
bounds = "closed"
"""
SOON = 10.0
"""Seconds within which whatever happens to workers is told."""
AT_ONCE = 5.0
"""Seconds within which an interrupted sweep ends."""


@pytest.fixture
def cluster(tmp_path):
    with DaskProcesses(tmp_path) as processes:
        yield processes


def grid_file(folder: Path, points: int) -> Path:
    path = folder / "grid.toml"
    path.write_text(GRID.format(points=points))
    return path


def count(path: Path) -> int:
    if not path.exists():
        return 0
    with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=10)) as connection:
        return connection.execute("SELECT count(*) FROM units").fetchone()[0]


def wait_for(path: Path, units: int, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while count(path) < units:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_workers_that_lack_boundcalc_come_late_and_die(cluster, tmp_path):
    """One life of a cluster, told with --quiet as well; SIGTERM ends the sweep while it waits."""
    out = tmp_path / "sweep.db"
    cluster.scheduler()
    other = cluster.worker(**cluster.without_boundcalc())
    older = cluster.worker(**cluster.without_boundcalc("0.0.1"))
    able = cluster.worker()
    sweep = cluster.sweep(grid_file(tmp_path, 2000), "--out", out, "--quiet")
    wait_for(out, 1)
    for each in (other, older):
        kill(each)
    kill(able)
    sweep.hears("has lost all its workers; the sweep goes on when some come, and Ctrl-C ends it", SOON)
    for has in ("has no boundcalc, and ", "has boundcalc 0.0.1, and "):
        assert any(has in line for line in sweep.lines)
    present = count(out)
    sweep.process.terminate()
    assert sweep.ends(AT_ONCE) == 130
    assert sweep.lines[-1] == "boundcalc: interrupted; continue with the same command and --resume"
    assert sweep.lines[-2].startswith(f"{out}: {present} of 16000 units")
    assert count(out) == present > 0


@pytest.mark.slow
def test_no_workers(cluster, tmp_path):
    out = tmp_path / "sweep.db"
    cluster.scheduler()
    sweep = cluster.sweep(grid_file(tmp_path, 5), "--out", out, "--quiet")
    sweep.hears(f"{cluster.address} has no workers; the sweep goes on when some come", SOON)
    os.killpg(sweep.process.pid, signal.SIGINT)
    assert sweep.ends(AT_ONCE) == 130
    assert count(out) == 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_and_replaced_it_finds_the_same_numbers(cluster, tmp_path, seed):
    """Workers are killed at random moments, all of them at times, one lacks boundcalc; in the end nothing is lost or twice."""
    rng = random.Random(seed)
    grid, out, alone = grid_file(tmp_path, 40), tmp_path / "sweep.db", tmp_path / "alone.db"
    asked = load_grid(grid)
    with Store.create(alone, asked) as store:
        store.write(evaluate_all(list(asked.units()), asked.plan))
    cluster.scheduler()
    workers = [cluster.worker(**cluster.without_boundcalc()), cluster.worker(), cluster.worker()]
    sweep = cluster.sweep(grid, "--out", out, "--quiet")
    for _ in range(4):
        wait_for(out, min(count(out) + rng.randrange(1, 40), asked.size))
        if sweep.process.poll() is not None:
            break
        for worker in workers[1 : rng.randrange(2, 4)]:
            kill(worker)
            workers.remove(worker)
        time.sleep(rng.uniform(0, 2))
        workers += [cluster.worker() for _ in range(3 - len(workers))]
    assert sweep.ends(90) == 0
    assert numbers(out) == numbers(alone)
    assert any("lost" in line for line in sweep.lines)


@pytest.mark.slow
def test_workers_come_back(cluster, tmp_path):
    out = tmp_path / "sweep.db"
    cluster.scheduler()
    sweep = cluster.sweep(grid_file(tmp_path, 30), "--out", out)
    sweep.hears("has no workers", SOON)
    first = cluster.worker()
    sweep.hears("1 of ", 20)
    wait_for(out, 1)
    kill(first)
    sweep.hears("has lost all its workers", SOON)
    cluster.worker()
    sweep.hears("can evaluate; the sweep goes on", 20)
    assert sweep.ends(60) == 0
    assert count(out) == 240


@pytest.mark.slow
@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_keeps_what_is_finished(cluster, tmp_path, which):
    out = tmp_path / "sweep.db"
    cluster.scheduler()
    cluster.worker()
    sweep = cluster.sweep(grid_file(tmp_path, 4000), "--out", out)
    wait_for(out, 20)
    os.killpg(sweep.process.pid, which)
    assert sweep.ends(AT_ONCE) == 130
    assert sweep.lines[-2].startswith(f"{out}: {count(out)} of 32000 units")


@pytest.mark.slow
def test_a_scheduler_that_is_killed(cluster, tmp_path):
    out = tmp_path / "sweep.db"
    scheduler = cluster.scheduler()
    cluster.worker()
    sweep = cluster.sweep(grid_file(tmp_path, 4000), "--out", out, "--quiet")
    wait_for(out, 20)
    kill(scheduler)
    assert sweep.ends(SOON) == 2
    assert "the scheduler went away" in sweep.lines[-1]
    assert sweep.lines[-1].endswith("continue with --resume")
    assert count(out) >= 20


@pytest.mark.slow
def test_a_scheduler_without_boundcalc(cluster, tmp_path):
    out = tmp_path / "sweep.db"
    cluster.scheduler(**cluster.without_boundcalc())
    cluster.worker()
    sweep = cluster.sweep(grid_file(tmp_path, 2), "--out", out, "--quiet")
    assert sweep.ends(20) == 2
    assert "its scheduler and workers need this boundcalc" in sweep.lines[-1]
