"""What two stores of one grid must have in common, whoever filled them, how often it was stopped, and when."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from boundcalc.sweep.schema import COLUMNS

NUMBERS = [name for name in COLUMNS if name != "seconds"]


def numbers(path: Path) -> list[tuple[object, ...]]:
    """Every column but the time that a unit took, byte by byte, in the order of the grid."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT {', '.join(NUMBERS)} FROM units ORDER BY unit").fetchall()
