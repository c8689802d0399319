"""Gives a store another grid: what it holds of the new grid's problems is taken over, the rest of its rows is set aside.

Problems are compared by value, so that a grid in other words, or in another order, finds all of them. Rows that the new grid does
not ask for stay in the table ``earlier``, where a later grid finds them.
"""

from __future__ import annotations

import sqlite3
from itertools import islice
from typing import TYPE_CHECKING, Any

from boundcalc.numbers.errors import ParameterError, shortened
from boundcalc.sweep.schema import COLUMNS
from boundcalc.sweep.unit import compact_json

if TYPE_CHECKING:
    from boundcalc.sweep.grid import Grid

PROBLEM = ("law", "m", "d", "n", "p")
PLAN = ("bounds", "digits", "search")
PAGE = 5_000
"""Units that are looked up in one statement."""
_KEPT = ", ".join((*(name for name in COLUMNS if name != "unit"), "version"))
_SAME = " AND ".join(f"{name} = ?" for name in PROBLEM)


def grid_meta(grid: Grid) -> dict[str, str]:
    """What the table ``meta`` holds of a grid."""
    return {"grid": compact_json(grid.as_json()), "fingerprint": grid.fingerprint, "size": str(grid.size)}


def take_over(connection: sqlite3.Connection, grid: Grid, before: dict[str, Any], path: str) -> str:
    """Puts a grid in the place of another one, all at once or not at all, and says in a sentence what differs.

    Parameters
    ----------
    connection : sqlite3.Connection
        To the store, outside of a transaction.
    before : dict
        The grid that it holds, as JSON.

    Raises
    ------
    ParameterError
        If other bounds, digits or a search are asked for, or the two grids have no problem in common; then nothing is written.
    """
    now = grid.as_json()
    plan = [f"{key} = {_shown(before.get(key))} there, {_shown(now[key])} here" for key in PLAN if before.get(key) != now[key]]
    if plan:
        raise ParameterError("store", path, f"holds other numbers ({'; '.join(plan)}); choose another file")
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        _set_aside(connection)
        common = _found(connection, grid)
        if not common:
            differs = f"holds the sweep of another grid ({differences(before, now)}), with no problem of this one"
            raise ParameterError("store", path, f"{differs}; give its grid, or choose another file")
        connection.execute(f"DELETE FROM earlier WHERE ({', '.join(PROBLEM)}) IN (SELECT {', '.join(PROBLEM)} FROM units)")
        (aside,) = connection.execute("SELECT count(*) FROM earlier").fetchone()
        connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", grid_meta(grid).items())
    kept = f"; {aside} that are no longer asked for are set aside" if aside else ""
    return f"the grid of {path} has changed ({differences(before, now)}): {common} of {grid.size} units are taken over{kept}"


def differences(before: dict[str, Any], now: dict[str, Any]) -> str:
    """Which parameters of two grids differ, in words.

    >>> one = {"grid": [{"n": ["4"], "p": ["1/10"]}]}
    >>> differences(one, {"grid": [{"n": ["4"], "p": ["1/10", "1/100"]}]})
    'p = [1/10] there, [1/10, 1/100] here'
    """
    old, new = before["grid"], now["grid"]
    if len(old) != len(new):
        return f"tables: {len(old)} there, {len(new)} here"
    said = []
    for place, (one, other) in enumerate(zip(old, new, strict=True), 1):
        where = f" of table {place}" if len(old) > 1 else ""
        said += [f"{key}{where} = {_shown(one[key])} there, {_shown(other[key])} here" for key in one if one[key] != other[key]]
    return "; ".join(said[:3]) + (f"; and {len(said) - 3} more" if len(said) > 3 else "")


def _shown(value: Any) -> str:
    return shortened(str(value).replace("'", ""))


def _set_aside(connection: sqlite3.Connection) -> None:
    """Moves all rows with an answer into the table ``earlier``; the others are evaluated again."""
    kept = _KEPT.replace("seed", "seed INTEGER NOT NULL").replace("seconds", "seconds REAL NOT NULL")
    connection.execute(f"CREATE TABLE IF NOT EXISTS earlier ({kept}, UNIQUE ({', '.join(PROBLEM)}))")
    connection.execute(f"INSERT OR REPLACE INTO earlier ({_KEPT}) SELECT {_KEPT} FROM units WHERE status = 'done'")
    connection.execute("DELETE FROM units")


def _found(connection: sqlite3.Connection, grid: Grid) -> int:
    """Gives each problem of the grid that was set aside its new number; how many there are."""
    before = connection.total_changes
    numbered = ((unit.number, unit.law, unit.m, unit.d, unit.n, unit.p) for unit in grid.units() if unit.fault is None)
    while page := list(islice(numbered, PAGE)):
        connection.executemany(f"INSERT INTO units (unit, {_KEPT}) SELECT ?, {_KEPT} FROM earlier WHERE {_SAME}", page)
    return connection.total_changes - before
