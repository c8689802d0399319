"""A store that is given another grid: problems are compared by value, common ones are taken over, nothing is lost or twice."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from oracles.sweep_equality import numbers

from boundcalc.numbers.errors import ParameterError
from boundcalc.sweep import regrid
from boundcalc.sweep.grid import Grid, read_grid
from boundcalc.sweep.run import run
from boundcalc.sweep.store import Store, completeness, read
from boundcalc.sweep.this_process import ThisProcess

BASE = {"n": ["d^2", "inf"], "d": [2, 3], "m": 3, "p": ["1/10", "1/100"], "law": "rademacher", "bounds": ["rank"]}


def grid(**changed: object) -> Grid:
    return read_grid(BASE | changed)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "sweep.db"
    with Store.create(path, grid()) as store:
        run(grid(), store, ThisProcess())
    return path


def resumed(path, asked: Grid) -> tuple[str, int]:
    """The note, and how many units were evaluated."""
    with Store.resume(path, asked) as store:
        return store.note, run(asked, store, ThisProcess()).evaluated


def fresh(tmp_path, asked: Grid) -> list:
    path = tmp_path / "fresh.db"
    with Store.create(path, asked) as store:
        run(asked, store, ThisProcess())
    return numbers(path)


@pytest.mark.parametrize(
    ("changed", "evaluated", "says"),
    [
        ({}, 0, ""),
        ({"p": ["0.1", "1e-2"]}, 0, ""),
        ({"d": {"from": 2, "to": 3}}, 0, "d = [2, 3] there, {from: 2, to: 3, step: 1} here): 8 of 8 units are taken over"),
        ({"n": ["inf", "d*d"]}, 0, "8 of 8 units are taken over"),
        ({"p": ["1/100", "1/10", "1/7"]}, 4, "p = [1/10, 1/100] there, [1/100, 1/10, 1/7] here): 8 of 12 units are taken over"),
        (
            {"d": 3, "law": ["gaussian", "rademacher"]},
            4,
            "4 of 8 units are taken over; 4 that are no longer asked for are set aside",
        ),
        ({"n": [4, 4, 9], "d": [2, 4]}, 6, "2 of 8 units are taken over; 6 that"),
    ],
)
def test_common_problems_are_taken_over(path, tmp_path, changed, evaluated, says):
    asked = grid(**changed)
    note, done = resumed(path, asked)
    assert (says in note, bool(note)) == (True, bool(says))
    assert done == evaluated
    assert numbers(path) == fresh(tmp_path, asked)
    assert (read(path).grid, read(path).size) == (asked.as_json(), asked.size)
    assert resumed(path, asked) == ("", 0)


def test_what_is_set_aside_comes_back(path):
    before = numbers(path)
    assert resumed(path, grid(d=[3, 5]))[1] == 4
    note, evaluated = resumed(path, grid())
    assert "8 of 8 units are taken over; 4 that are no longer asked for are set aside" in note
    assert (evaluated, numbers(path)) == (0, before)


def test_problems_that_stand_twice_in_a_grid(path):
    tables = {"m": 3, "law": "rademacher", "bounds": ["rank"], "grid": [{"n": [4, "inf"], "d": 2, "p": "1/10"}] * 2}
    note, evaluated = resumed(path, read_grid(tables))
    assert "(tables: 1 there, 2 here): 4 of 4 units" in note
    assert evaluated == 0


def test_a_grid_with_nothing_in_common_changes_nothing(path):
    before = numbers(path)
    with pytest.raises(ParameterError, match=r"another grid .p = .* with no problem of this one"):
        Store.resume(path, grid(p="1/3"))
    assert numbers(path) == before
    assert resumed(path, grid()) == ("", 0)


@pytest.mark.parametrize(
    ("changed", "says"), [({"digits": 20}, "digits = 15 there, 20 here"), ({"bounds": ["trivial"]}, "bounds = ")]
)
def test_other_numbers_are_refused(path, changed, says):
    with pytest.raises(ParameterError, match=says):
        Store.resume(path, grid(**changed))


def test_an_interrupt_in_between_changes_nothing(path, monkeypatch):
    before = numbers(path)

    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(regrid, "_found", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Store.resume(path, grid(d=3))
    monkeypatch.undo()
    assert numbers(path) == before
    assert resumed(path, grid(d=3))[1] == 0


def test_completeness(path):
    assert completeness(path) == ""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM units WHERE unit > 5")
        connection.execute("UPDATE units SET status = 'failed' WHERE unit = 3")
    assert completeness(path) == "6 of 8 units, 1 of them failed"
