"""Processes on this machine: the same numbers as one after the other, and what happens when they die."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from pathlib import Path

import pytest
from oracles.sweep_equality import numbers

from boundcalc.numbers.errors import ParameterError
from boundcalc.sweep import local
from boundcalc.sweep.grid import read_grid
from boundcalc.sweep.local import LocalProcesses
from boundcalc.sweep.plan import Plan
from boundcalc.sweep.run import run
from boundcalc.sweep.store import Store, read
from boundcalc.sweep.unit import Unit, UnitResult, evaluate_all

GRID = read_grid(
    {
        "n": ["d^2", "inf"],
        "d": [2, 3],
        "m": 3,
        "p": {"from": "1e-6", "to": 1, "points": 8, "spacing": "geometric"},
        "law": ["rademacher", "gaussian"],
        "bounds": "closed",
    }
)


@pytest.mark.parametrize("count", [1, 2])
def test_processes_give_the_numbers_of_one_after_the_other(tmp_path, count):
    alone = tmp_path / "alone.db"
    with Store.create(alone, GRID) as store:
        store.write(evaluate_all(list(GRID.units()), GRID.plan))
    path = tmp_path / "sweep.db"
    seen = []
    with LocalProcesses(count) as executor, Store.create(path, GRID) as store:
        reached = run(GRID, store, executor, progress=lambda progress: seen.append(progress.present))
    assert (reached.present, reached.evaluated, reached.failed, reached.complete) == (64, 64, 0, True)
    assert (seen[0], seen[-1]) == (0, 64)
    assert seen == sorted(seen)
    assert numbers(path) == numbers(alone)
    assert len(numbers(path)) == 64


def test_numerical_bounds_and_searches_are_the_same_anywhere(tmp_path):
    """Also what floating point chooses: in another process, in another order, beside others."""
    grid = read_grid(
        {"n": [4, "inf"], "d": 2, "m": 3, "p": ["1e-5", "0.2"], "law": "gaussian", "search": {"starts": 2, "largest": 30}}
    )
    alone, path = tmp_path / "alone.db", tmp_path / "sweep.db"
    with Store.create(alone, grid) as store:
        store.write(evaluate_all(list(grid.units())[::-1], grid.plan))
    with LocalProcesses(2) as executor, Store.create(path, grid) as store:
        assert run(grid, store, executor).failed == 0
    assert numbers(path) == numbers(alone)
    assert any(row.search and "improvement" in row.search for row in read(path).rows)


def test_a_stop_finishes_what_is_in_flight_and_a_resume_the_rest(tmp_path):
    path = tmp_path / "sweep.db"
    reached = []
    with LocalProcesses(2) as executor, Store.create(path, GRID) as store:
        stopped = run(
            GRID, store, executor, progress=lambda progress: reached.append(progress.evaluated), stopping=lambda: reached[-1] > 0
        )
    assert 0 < stopped.present < 64
    assert len(read(path).rows) == stopped.present
    with LocalProcesses(2) as executor, Store.resume(path, GRID) as store:
        rest = run(GRID, store, executor)
    assert (rest.evaluated, rest.complete) == (64 - stopped.present, True)
    assert [row.unit for row in read(path).rows] == list(range(64))


def answer(unit: Unit, plan: Plan) -> UnitResult:
    return UnitResult.without_answer(unit, plan, "invalid", str(os.getpid()))


def deadly(units: list[Unit], plan: Plan) -> list[UnitResult]:
    """Unit 5 kills its process always; unit 9 does once."""
    for unit in units:
        mark = Path(unit.law)
        if unit.number == 5 or (unit.number == 9 and not mark.exists()):
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return [answer(unit, plan) for unit in units]


def test_a_unit_that_kills_its_process_costs_only_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(local, "evaluate_all", deadly)
    plan = Plan(("rank",), 12)
    units = [Unit(number, "1", "1", "1", "1", str(tmp_path / "mark")) for number in range(24)]
    batches = iter([units[k : k + 4] for k in range(0, 24, 4)])
    with LocalProcesses(2) as executor:
        outcomes = sorted((outcome for some in executor.run(batches, plan) for outcome in some), key=lambda outcome: outcome.unit)
    assert [outcome.unit for outcome in outcomes] == list(range(24))
    assert [outcome.unit for outcome in outcomes if outcome.status == "failed"] == [5]
    assert outcomes[5].error.startswith("3 processes that evaluated it died")


def slow(units: list[Unit], plan: Plan) -> list[UnitResult]:
    time.sleep(0.02)
    return [answer(unit, plan) for unit in units]


def test_only_as_many_batches_are_made_as_can_begin(monkeypatch):
    """However large the grid, what waits is bounded."""
    monkeypatch.setattr(local, "evaluate_all", slow)
    made = finished = most = 0

    def batches():
        nonlocal made
        for number in range(60):
            made += 1
            yield [Unit(number, "1", "1", "1", "1", "gaussian")]

    with LocalProcesses(2) as executor:
        for some in executor.run(batches(), Plan(("rank",), 12)):
            finished += len(some)
            most = max(most, made - finished)
    assert finished == 60
    assert most <= 2 * local.AHEAD


def forever(units: list[Unit], plan: Plan) -> list[UnitResult]:
    Path(units[0].law).write_text(str(os.getpid()))
    time.sleep(600)
    return []


@pytest.fixture
def listening():
    """SIGINT raises, also where the tests run in the background and the shell has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("listening")
def test_an_exception_ends_the_processes_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(local, "evaluate_all", forever)
    mark = tmp_path / "mark"
    endless = (batch for batch in [[Unit(0, "1", "1", "1", "1", str(mark))]])

    def interrupted() -> None:
        with LocalProcesses(1) as executor:
            threading.Thread(target=interrupt_once, args=(mark,), daemon=True).start()
            list(executor.run(endless, Plan(("rank",), 12)))

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


def interrupt_once(mark: Path) -> None:
    while not (mark.exists() and mark.read_text()):
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("count", [0, -1, 2000])
def test_number_of_processes(count):
    with pytest.raises(ParameterError, match="workers"):
        LocalProcesses(count)


def test_the_store_is_sound_after_a_sweep(tmp_path):
    path = tmp_path / "sweep.db"
    with LocalProcesses(1) as executor, Store.create(path, GRID) as store:
        run(GRID, store, executor)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
