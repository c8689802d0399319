"""Sweeps: cost of a unit, rate by number of workers, what the one writer can take, and a simulation of many workers.

``python benchmarks/sweep_rate.py`` takes about a minute; ``--full`` runs the 8,000 units of docs/sweep.md besides and
prints the memory of the processes along the way.
"""

from __future__ import annotations

import argparse
import heapq
import os
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from boundcalc.sweep.grid import read_grid
from boundcalc.sweep.local import LocalProcesses
from boundcalc.sweep.run import SweepProgress, run
from boundcalc.sweep.store import Store
from boundcalc.sweep.unit import UnitResult, evaluate

FULL = {
    "n": ["d^2", "d^3", "10^6", "inf"],
    "d": {"from": 1, "to": 20},
    "m": 3,
    "p": {"from": "1e-8", "to": 1, "points": 50, "spacing": "geometric"},
    "law": ["rademacher", "gaussian"],
    "bounds": "closed",
}
TENTH = FULL | {"d": {"from": 1, "to": 20, "step": 2}, "p": FULL["p"] | {"points": 10}}


def unit_cost(bounds: str, every: int) -> list[UnitResult]:
    """Prints CPU milliseconds of a unit, warm."""
    grid = read_grid(FULL | {"bounds": bounds})
    units = [grid.unit(number) for number in range(0, grid.size, every)]
    evaluate(units[0], grid.plan)
    before = time.process_time()
    outcomes = [evaluate(unit, grid.plan) for unit in units]
    cost = (time.process_time() - before) / len(units)
    size = sum(len(outcome.details or "") for outcome in outcomes) / len(outcomes)
    print(
        f"unit, bounds = {bounds:6}: {1e3 * cost:6.2f} ms of CPU, {1 / cost:6.1f} a second and core, {size:5.0f} bytes of details"
    )
    return outcomes


def making_units() -> None:
    grid = read_grid(FULL)
    before = time.process_time()
    count = sum(1 for _ in grid.units())
    print(f"making a unit of the grid: {1e6 * (time.process_time() - before) / count:.0f} us")


def writer(outcomes: Sequence[UnitResult]) -> None:
    """Prints what commits of different sizes cost."""
    grid = read_grid(FULL)
    with tempfile.TemporaryDirectory() as folder:
        for batch, total in ((1, 300), (10, 3_000), (100, 20_000), (1_000, 40_000)):
            path = Path(folder) / f"{batch}.db"
            rows = [replace(outcomes[k % len(outcomes)], unit=k) for k in range(total)]
            with Store.create(path, grid) as store:
                wall, cpu = time.perf_counter(), time.process_time()
                for first in range(0, total, batch):
                    store.write(rows[first : first + batch])
                wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            size = path.stat().st_size / total
            rate = f"{total / wall:7.0f} units/s, {1e6 * cpu / total:4.0f} us of CPU a unit"
            print(f"writer, {batch:4} units a commit: {rate}, {size:.0f} bytes a unit")


def sweep(content: dict[str, object], workers: int, memory_every: int | None = None) -> float:
    """Prints the rate of a sweep, from the first results on: starting processes does not count."""
    grid = read_grid(content)
    begun: list[tuple[float, int]] = []
    record: list[int] = []
    before = _children_cpu()

    def progress(reached: SweepProgress) -> None:
        if reached.evaluated and not begun:
            begun.append((time.perf_counter(), reached.evaluated))
        if memory_every and reached.evaluated >= memory_every * (len(record) + 1):
            record.append(reached.evaluated)
            print(f"  {reached.evaluated:5} units: {_memory(os.getpid()):.0f} MB here, workers {_children()}", flush=True)

    with (
        tempfile.TemporaryDirectory() as folder,
        LocalProcesses(workers) as executor,
        Store.create(Path(folder) / "s.db", grid) as store,
    ):
        whole = time.perf_counter()
        cpu = time.process_time()
        run(grid, store, executor, progress=progress)
        end = time.perf_counter()
        cpu = time.process_time() - cpu
    workers_cpu = _children_cpu() - before
    rate = (grid.size - begun[0][1]) / (end - begun[0][0])
    print(
        f"{workers} workers: {grid.size} units in {end - whole:.1f} s, {rate:.1f} units/s once started, "
        f"CPU {workers_cpu:.1f} s in the workers, {1e3 * cpu / grid.size:.2f} ms a unit here"
    )
    return rate


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _children() -> str:
    listed = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return " ".join(f"{_memory(int(pid)):.0f}" for pid in listed) + " MB"


def simulate(cores: int, unit: float, per_unit: float, per_commit: float, batch_seconds: float, units: int) -> float:
    """Units per second of ``cores`` workers and one writer.

    A worker evaluates a batch, hands it over, and begins the next if the writer has given it one; the writer takes all
    that is ready, commits it in ``per_commit`` + ``per_unit`` a unit, and hands out as many batches as it took. A
    worker has one batch ahead.
    """
    rng = random.Random(1)
    size = max(1, round(batch_seconds / unit))

    def duration() -> float:
        return sum(rng.expovariate(1 / unit) for _ in range(min(size, 40))) * size / min(size, 40)

    ready_at = [duration() for _ in range(cores)]  # when each worker's current batch is done
    heapq.heapify(ready_at)
    ahead = cores  # batches handed out and not begun
    now, written = 0.0, 0
    waiting = 0  # workers without a batch
    while written < units:
        now = max(now, ready_at[0]) if ready_at else now
        taken = 0
        while ready_at and ready_at[0] <= now:
            done = heapq.heappop(ready_at)
            taken += 1
            if ahead:
                ahead -= 1
                heapq.heappush(ready_at, done + duration())
            else:
                waiting += 1
        now += per_commit + per_unit * taken * size
        written += taken * size
        for _ in range(taken):
            if waiting:
                waiting -= 1
                heapq.heappush(ready_at, now + duration())
            else:
                ahead += 1
    return written / now


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="the 8,000 units besides, with two workers")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    chosen = parser.parse_args()
    outcomes = unit_cost("closed", 40)
    unit_cost("all", 160)
    making_units()
    writer(outcomes)
    rates = [sweep(TENTH, workers) for workers in chosen.workers]
    print(f"{chosen.workers[-1]} workers over {chosen.workers[0]}: {rates[-1] / rates[0]:.2f}")
    for unit, per_unit in ((0.012, 400e-6), (0.065, 400e-6), (1.0, 400e-6)):
        found = {cores: simulate(cores, unit, per_unit, 5e-3, 1.0, 200_000) for cores in (1, 2, 8, 32, 128, 512, 2048)}
        print(f"simulated, {1e3 * unit:.0f} ms a unit: " + ", ".join(f"{cores}: {rate:.0f}/s" for cores, rate in found.items()))
    if chosen.full:
        sweep(FULL, 2, memory_every=1_000)


if __name__ == "__main__":
    main()
