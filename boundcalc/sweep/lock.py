"""One writer a store: a lock that the operating system drops when its holder dies, however it dies."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from boundcalc.numbers.errors import ParameterError
from boundcalc.sweep.schema import told


class Lock:
    """Holds ``STORE.lock`` from construction to :meth:`release`.

    It is an exclusive transaction on an empty SQLite file, which every system that has SQLite can lock. The store
    itself stays open to readers. The lock saves two sweeps from doing the same work; the store's integrity does not
    rest on it, but on SQLite's transactions.

    Raises
    ------
    ParameterError
        If another process holds it, or the directory cannot be written.
    """

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(store.name + ".lock")
        with told(store):
            self._connection = sqlite3.connect(self.path, timeout=0, isolation_level=None)
            try:
                self._connection.execute("PRAGMA journal_mode = MEMORY")  # no second file beside it
                self._connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                self._connection.close()
                if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                    raise ParameterError("store", str(store), "another process is writing it; wait for it, or stop it") from None
                raise

    def release(self) -> None:
        """Lets another process write, and removes the file."""
        with suppress(OSError):
            self.path.unlink()
        self._connection.close()
