"""Keeps the store of a sweep: one SQLite file that each unit enters whole or not at all, and what reads it back."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import fields
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from boundcalc.numbers.errors import ParameterError
from boundcalc.sweep.lock import Lock
from boundcalc.sweep.regrid import grid_meta, take_over
from boundcalc.sweep.rows import DecimalInterval, Row, Sweep, check_grid, check_row
from boundcalc.sweep.schema import (
    APPLICATION_ID,
    BUSY_SECONDS,
    COLUMNS,
    SCHEMA_VERSION,
    check_version,
    columns_present,
    create_tables,
    one_line,
    open_to_read,
    upgrade,
    uri,
)
from boundcalc.sweep.unit import UnitResult

if TYPE_CHECKING:
    from boundcalc.sweep.grid import Grid

__all__ = ["APPLICATION_ID", "SCHEMA_VERSION", "Row", "Store", "Sweep", "head", "iterate", "read"]

_INSERT = (
    f"INSERT OR REPLACE INTO units ({', '.join(COLUMNS)}, version) VALUES ({', '.join('?' * len(COLUMNS))}, "
    "(SELECT id FROM versions WHERE value = ?))"
)
_values = attrgetter(*COLUMNS, "versions")
_ENCLOSED = tuple(name.removesuffix("_lower") for name in COLUMNS if name.endswith("_lower"))
_SAME = tuple(field.name for field in fields(Row) if field.name in COLUMNS)
"""Columns that are fields of a row as they are."""


class Store:
    """A store that one process writes.

    Use :meth:`create` or :meth:`resume`, then as a context manager.

    Attributes
    ----------
    note : str
        How the grid differs from the one that the store was resumed with, in a sentence; empty where it does not.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: Lock, size: int, note: str = "") -> None:
        self.path = path
        self.size = size
        self.note = note
        self._connection = connection
        self._lock = lock
        self._versions: set[str] = set()

    @staticmethod
    def check(path: str | Path, resume: bool) -> None:
        """Refuses at once, and without writing, what :meth:`create` or :meth:`resume` would refuse.

        Raises
        ------
        ParameterError
        """
        path = Path(path)
        if resume:
            open_to_read(path).close()
        elif os.path.exists(path):  # False too where the system refuses the path
            try:
                open_to_read(path).close()
            except ParameterError:
                raise ParameterError("store", str(path), "exists and is no store of a sweep: choose another file") from None
            raise ParameterError(
                "store", str(path), "exists; continue it with --resume (in Python resume=True), or choose another file"
            )
        elif not os.path.isdir(path.parent):
            raise ParameterError("store", str(path), "must be in a directory that exists")

    @classmethod
    def create(cls, path: str | Path, grid: Grid) -> Store:
        """A new store for a grid.

        Raises
        ------
        ParameterError
            If the file exists, or cannot be written.
        """
        path = Path(path)
        cls.check(path, resume=False)
        lock = Lock(path)
        begun = path.with_name(path.name + ".new")
        try:
            with one_line(path):
                for left in ("-wal", "-shm", "-journal"):  # of a deleted store of that name: SQLite would take them for this one's
                    path.with_name(path.name + left).unlink(missing_ok=True)
                begun.unlink(missing_ok=True)
                with closing(sqlite3.connect(begun, isolation_level=None)) as connection, connection:
                    connection.execute("BEGIN IMMEDIATE")
                    create_tables(connection)
                    connection.executemany("INSERT INTO meta VALUES (?, ?)", grid_meta(grid).items())
                begun.rename(path)  # whole from its first moment, so that whatever is there can be resumed
                connection = _open_to_write(path)
        except BaseException:  # Ctrl-C too leaves nothing behind
            with suppress(OSError):
                begun.unlink(missing_ok=True)
            lock.release()
            raise
        return cls(path, connection, lock, grid.size)

    @classmethod
    def resume(cls, path: str | Path, grid: Grid) -> Store:
        """The store of an earlier sweep; of another grid, the problems in common are taken over, and :attr:`note` says so.

        Raises
        ------
        ParameterError
            If it is missing, damaged, of a newer schema, written by another process, or holds other bounds or no problem of
            the grid.
        """
        path = Path(path)
        cls.check(path, resume=True)
        lock, note = Lock(path), ""
        try:
            with one_line(path), ExitStack() as opened:
                connection = opened.enter_context(closing(_open_to_write(path)))
                check_version(connection, path)
                upgrade(connection)
                (fingerprint,) = connection.execute("SELECT value FROM meta WHERE key = 'fingerprint'").fetchone() or ("",)
                if fingerprint != grid.fingerprint:
                    note = take_over(connection, grid, _meta(connection, path)["grid"], str(path))
                opened.pop_all()
        except BaseException:
            lock.release()
            raise
        return cls(path, connection, lock, grid.size, note)

    def finished(self, first: int, last: int) -> set[int]:
        """Units among first, …, last − 1 that need no evaluation; failed ones do."""
        query = "SELECT unit FROM units WHERE unit >= ? AND unit < ? AND status != 'failed'"
        with one_line(self.path):
            return {unit for (unit,) in self._connection.execute(query, (first, last))}

    def counts(self) -> dict[str, int]:
        """Units by status."""
        query = "SELECT status, count(*) FROM units WHERE status != 'done' GROUP BY status"
        with one_line(self.path):
            found: dict[str, int] = dict(self._connection.execute(query))
            (total,) = self._connection.execute("SELECT count(*) FROM units").fetchone()
        found["done"] = total - sum(found.values())
        return found

    def write(self, outcomes: Sequence[UnitResult]) -> None:
        """Commits outcomes: all of them or, where that fails, none.

        Raises
        ------
        ParameterError
            In one line, such as for a full disk; what was committed before is kept.
        """
        kept = "; what was committed before is kept: make it writable again and continue with --resume (in Python resume=True)"
        with one_line(self.path, kept), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            for versions in {outcome.versions for outcome in outcomes} - self._versions:
                self._connection.execute("INSERT OR IGNORE INTO versions (value) VALUES (?)", (versions,))
            self._connection.executemany(_INSERT, map(_values, outcomes))
        self._versions |= {outcome.versions for outcome in outcomes}

    def close(self) -> None:
        """Folds the log into the file, where there is space for it."""
        try:
            self._connection.close()
        finally:
            self._lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _open_to_write(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(uri(path, "mode=rw"), uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a commit survives a power cut
    except (sqlite3.Error, UnicodeDecodeError):
        connection.close()
        raise
    return connection


def read(path: str | Path) -> Sweep:
    """A store's grid and rows; also while a sweep writes it.

    Raises
    ------
    ParameterError
        If it is missing, damaged, no store, or of a newer schema.
    """
    path = Path(path)
    with one_line(path), closing(open_to_read(path)) as connection:
        meta = _meta(connection, path)
        return Sweep(meta["grid"], meta["size"], list(_rows(connection, path, meta["grid"])))


def completeness(path: str | Path) -> str:
    """How much of its grid a store lacks, in a sentence; empty where it is complete."""
    path = Path(path)
    with one_line(path), closing(open_to_read(path)) as connection:
        size = _meta(connection, path)["size"]
        (present, failed) = connection.execute("SELECT count(*), coalesce(sum(status = 'failed'), 0) FROM units").fetchone()
    if present == size and not failed:
        return ""
    return f"{present} of {size} units" + (f", {failed} of them failed" if failed else "")


def head(path: str | Path) -> Sweep:
    """The grid and the size of a store, without its rows."""
    path = Path(path)
    with one_line(path), closing(open_to_read(path)) as connection:
        meta = _meta(connection, path)
        return Sweep(meta["grid"], meta["size"], [])


def iterate(path: str | Path) -> Iterator[Row]:
    """The rows of a store one by one, in the order of the grid."""
    path = Path(path)
    with one_line(path), closing(open_to_read(path)) as connection:
        yield from _rows(connection, path, _meta(connection, path)["grid"])


def _meta(connection: sqlite3.Connection, path: Path) -> dict[str, Any]:
    meta = dict(connection.execute("SELECT key, value FROM meta"))
    try:
        found = {"grid": json.loads(meta["grid"]), "size": int(meta["size"])}
        check_grid(found["grid"])
        return found
    except (KeyError, TypeError, ValueError):
        raise ParameterError("store", str(path), "is damaged: it does not say which grid it holds") from None


def _rows(connection: sqlite3.Connection, path: Path, grid: dict[str, Any]) -> Iterator[Row]:
    query = (
        f"SELECT {', '.join(columns_present(connection))}, versions.value FROM units "
        "JOIN versions ON versions.id = units.version ORDER BY unit"
    )
    versions: dict[str, dict[str, str]] = {}
    for values in connection.execute(query):
        found = dict(zip(COLUMNS, values, strict=False))
        try:
            details = json.loads(found["details"]) if found["details"] else {}
            told_by = versions.setdefault(values[-1], json.loads(values[-1]))
            row = Row(
                **{name: found[name] for name in _SAME} | {name: _interval(found, name) for name in _ENCLOSED},
                best_lower_witness=details.get("witness"),
                loss=_ends(details.get("loss")),
                unexplained=_ends(details.get("unexplained_fraction")),
                uppers=details.get("upper", []),
                lowers=details.get("lower", []),
                search=details.get("search"),
                digits=grid["digits"],
                versions=told_by,
            )
            check_row(row)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise ParameterError("store", str(path), f"is damaged: unit {found['unit']} cannot be read") from None
        yield row


def _interval(columns: dict[str, Any], name: str) -> DecimalInterval | None:
    lower, upper = columns[f"{name}_lower"], columns[f"{name}_upper"]
    return None if lower is None or upper is None else (lower, upper)


def _ends(value: dict[str, str] | None) -> DecimalInterval | None:
    return None if value is None else (value["lower"], value["upper"])
