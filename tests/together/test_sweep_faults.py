"""Faults of a sweep's machine that no other test makes: copies taken at a power cut, a clock that is set, files that vanish."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from pathlib import Path

import pytest
from oracles.sweep_equality import numbers

from boundcalc.numbers.errors import ParameterError
from boundcalc.sweep.grid import read_grid
from boundcalc.sweep.run import run
from boundcalc.sweep.store import Store, read
from boundcalc.sweep.this_process import ThisProcess
from boundcalc.sweep.unit import evaluate_all

GRID = read_grid({"n": ["d^2", "inf"], "d": [2, 3], "m": 3, "p": ["1/10", "1/100"], "law": "rademacher", "bounds": ["rank"]})


@pytest.fixture
def alone(tmp_path):
    path = tmp_path / "alone.db"
    with Store.create(path, GRID) as store:
        run(GRID, store, ThisProcess())
    return numbers(path)


@pytest.mark.parametrize("files", [("",), ("", "-wal"), ("", "-wal", "-shm")], ids=["file", "with its log", "with both"])
@pytest.mark.parametrize("written", [0, 3, 8])
def test_a_copy_taken_while_it_is_written(tmp_path, alone, files, written):
    """As a power cut or a backup leaves it: without its log it is an earlier state, and never a damaged one."""
    path, copy = tmp_path / "sweep.db", tmp_path / "copy.db"
    outcomes = evaluate_all(list(GRID.units()), GRID.plan)
    with Store.create(path, GRID) as store:
        for outcome in outcomes[:written]:
            store.write([outcome])
        for end in files:
            if Path(f"{path}{end}").exists():
                shutil.copy(f"{path}{end}", f"{copy}{end}")
    present = len(read(copy).rows)
    assert present == written if len(files) > 1 else present <= written
    with Store.resume(copy, GRID) as store:
        assert run(GRID, store, ThisProcess()).evaluated == 8 - present
    assert numbers(copy) == alone


@pytest.mark.parametrize("step", [-1e9, 1e9])
def test_a_clock_that_is_set(tmp_path, alone, monkeypatch, step):
    path, now = tmp_path / "sweep.db", time.time
    turned = []

    def progress(reached) -> None:
        if reached.evaluated and not turned:
            monkeypatch.setattr(time, "time", lambda: now() + step)
            turned.append(reached.rate)
        assert reached.rate >= 0
        assert (reached.seconds_left or 0) >= 0

    with Store.create(path, GRID) as store:
        assert run(GRID, store, ThisProcess(), progress=progress).complete
    assert turned
    assert numbers(path) == alone


def test_a_store_that_is_deleted_while_it_is_written(tmp_path):
    """What is written then is lost with the file, and a new sweep of that name begins from nothing."""
    path = tmp_path / "sweep.db"
    with Store.create(path, GRID) as store:
        for end in ("", "-wal", "-shm"):
            (tmp_path / f"sweep.db{end}").unlink(missing_ok=True)
        with suppress(ParameterError):
            run(GRID, store, ThisProcess())
    with Store.create(path, GRID) as store:
        assert run(GRID, store, ThisProcess()).evaluated == 8
