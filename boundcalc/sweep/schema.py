"""Defines the schema of a store and the ways to open one: SQLite in write-ahead mode, one file, versioned.

docs/sweep.md describes the tables for readers in other languages. ``application_id`` tells a store from other SQLite
files and ``user_version`` is the version of the schema.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from urllib.parse import quote

from boundcalc.numbers.errors import ParameterError
from boundcalc.sweep.unit import UnitResult

APPLICATION_ID = 0x62637377
"""``bcsw`` in ASCII."""
SCHEMA_VERSION = 3
BUSY_SECONDS = 10.0
"""How long a statement waits for another process."""

TABLES = """
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE versions (
  id INTEGER PRIMARY KEY,
  value TEXT NOT NULL UNIQUE
);
CREATE TABLE units (
  unit INTEGER PRIMARY KEY,
  n TEXT NOT NULL,
  d TEXT NOT NULL,
  m TEXT NOT NULL,
  p TEXT NOT NULL,
  law TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('done', 'invalid', 'failed')),
  error TEXT,
  best_upper_key TEXT,
  best_upper_lower TEXT,
  best_upper_upper TEXT,
  best_lower_key TEXT,
  best_lower_lower TEXT,
  best_lower_upper TEXT,
  ratio_lower TEXT,
  ratio_upper TEXT,
  verdict TEXT,
  optimality TEXT,
  gain_lower TEXT,
  gain_upper TEXT,
  details TEXT,
  seed INTEGER NOT NULL,
  seconds REAL NOT NULL,
  version INTEGER NOT NULL REFERENCES versions (id),
  importance TEXT,
  activity TEXT
);
CREATE INDEX units_problem ON units (law, m, d, n, p);
CREATE INDEX units_status ON units (status) WHERE status != 'done';
"""

COLUMNS = tuple(each.name for each in fields(UnitResult) if each.name != "versions")
"""The columns of ``units`` but for ``version``."""


ADDED = ("gain_lower", "gain_upper", "importance", "activity")
"""The columns that schema 1, and the last two of them that schema 2 lacks; where a row is older they are null."""


def columns_present(connection: sqlite3.Connection) -> list[str]:
    """SQL for each of :data:`COLUMNS`, null for those that an older store lacks."""
    have = {name for _, name, *_ in connection.execute("PRAGMA table_info(units)")}
    return [f"NULL AS {name}" if name in ADDED and name not in have else f"units.{name}" for name in COLUMNS]


def upgrade(connection: sqlite3.Connection) -> None:
    """Gives a store of an older schema the columns that it lacks, before more rows are written to it."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == SCHEMA_VERSION:
        return
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        have = {name for _, name, *_ in connection.execute("PRAGMA table_info(units)")}
        for name in (name for name in ADDED if name not in have):
            connection.execute(f"ALTER TABLE units ADD COLUMN {name} TEXT")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def uri(path: Path, query: str) -> str:
    """The address by which SQLite opens a file that must exist."""
    return f"file:{quote(os.fsencode(path.absolute()))}?{query}"  # bytes: a name need not be text


@contextmanager
def one_line(path: Path, kept: str = "") -> Iterator[None]:
    """Turns the errors of SQLite and of the file system into one line that names the store.

    Parameters
    ----------
    kept : str
        What is safe and how to go on, appended where writing failed.
    """
    try:
        yield
    except (sqlite3.Error, OSError, UnicodeDecodeError) as error:  # the last: SQLite's own message may quote damaged bytes
        raise ParameterError("store", str(path), _reason(error) + kept) from error


DAMAGED = "is not a store of a sweep, or is damaged"
UNWRITABLE = "cannot be written or created there; choose a file in a directory that exists and can be written"
_UNWRITABLE = {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR}


def _reason(error: sqlite3.Error | OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return DAMAGED
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if isinstance(error, OSError) and error.errno in _UNWRITABLE:
        return UNWRITABLE
    if isinstance(error, OSError):
        return f"cannot be used, {error.strerror or error}"
    match code:
        case sqlite3.SQLITE_FULL:
            return "the disk is full"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return UNWRITABLE
        case sqlite3.SQLITE_IOERR:
            return f"reading or writing failed ({error}); the disk may be full or gone"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "another process keeps it locked"
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return DAMAGED
    return f"cannot be used ({error})"


def check_version(connection: sqlite3.Connection, path: Path) -> None:
    """Refuses a file that is no store, and the store of a newer schema.

    Raises
    ------
    ParameterError
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise ParameterError("store", str(path), DAMAGED)
    if version > SCHEMA_VERSION:
        allowed = f"has schema {version} of a newer boundcalc; this one reads up to {SCHEMA_VERSION}"
        raise ParameterError("store", str(path), allowed)


def create_tables(connection: sqlite3.Connection) -> None:
    """Makes the tables of a new store, within the caller's transaction."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def open_to_read(path: Path) -> sqlite3.Connection:
    """A read-only connection; works in a read-only directory too, once the sweep has ended.

    Raises
    ------
    ParameterError
        If the file is missing, damaged, no store, or of a newer schema.
    """
    if not os.path.isfile(path):  # a path that the system refuses is none
        raise ParameterError("store", str(path), "must be the file of a sweep, there is none")
    with one_line(path):
        # one that may write tidies the log away when it is the last to close; it is opened so that it writes no rows
        connection = sqlite3.connect(uri(path, "mode=rw"), uri=True, timeout=BUSY_SECONDS)
        try:
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            connection.close()
            if not isinstance(error, sqlite3.OperationalError):
                raise
            log = path.with_name(path.name + "-wal")
            unwritable = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
            if not unwritable or (log.exists() and log.stat().st_size):
                raise
            # no file beside it can be made there: without a log nobody writes, so the file alone is the whole
            connection = sqlite3.connect(uri(path, "immutable=1"), uri=True, timeout=BUSY_SECONDS)
        try:
            connection.execute("PRAGMA query_only = ON")
            check_version(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection
