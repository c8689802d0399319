"""Keeps one writer a store: a lock that the operating system drops when its holder dies, however it dies."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from boundcalc.numbers.errors import ParameterError
from boundcalc.sweep.schema import one_line


class Lock:
    """Holds ``STORE.lock`` from construction to :meth:`release`.

    It saves two sweeps from doing the same work. The store stays open to readers, and its integrity does not rest on the
    lock but on SQLite's transactions.

    Raises
    ------
    ParameterError
        If another process holds it, or the directory cannot be written.
    """

    def __init__(self, store: Path) -> None:
        self._lock = FileLock(store.with_name(store.name + ".lock"), timeout=0)
        with one_line(store):
            store.parent.stat()  # filelock would make the directory
            try:
                self._lock.acquire()
            except Timeout:
                raise ParameterError("store", str(store), "another process is writing it; wait for it, or stop it") from None

    def release(self) -> None:
        """Lets another process write, and removes the file."""
        with suppress(OSError):
            Path(self._lock.lock_file).unlink()
        self._lock.release()
