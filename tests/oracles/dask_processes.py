"""Starts a Dask scheduler, workers and sweeps as processes on loopback, to kill them; and listens to what a sweep says."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path


class DaskProcesses:
    """A context manager that ends whatever it has started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[bytes]] = []
        self.sweeps: list[Talker] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"

    def __enter__(self) -> DaskProcesses:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.started:
            kill(process)
        for sweep in self.sweeps:
            sweep.listener.join(timeout=5)

    def scheduler(self, **environment: str) -> subprocess.Popen[bytes]:
        port = self.address.rpartition(":")[2]
        return self._start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard", **environment)

    def worker(self, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        options = ("--no-nanny", *options) if "--nanny" not in options else options
        return self._start("worker", self.address, "--nthreads", "1", "--no-dashboard", *options, **environment)

    def _start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            env=os.environ | environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def without_boundcalc(self, version: str = "") -> dict[str, str]:
        """The environment of a worker that has no boundcalc, or another version."""
        folder = self.folder / f"other{version}"
        folder.mkdir(exist_ok=True)
        text = f"__version__ = {version!r}\n" if version else "raise ModuleNotFoundError(name='boundcalc')\n"
        (folder / "boundcalc.py").write_text(text)
        return {"PYTHONPATH": str(folder)}

    def sweep(self, *arguments: object) -> Talker:
        talker = Talker(self.address, self.folder, *arguments)
        self.started.append(talker.process)
        self.sweeps.append(talker)
        return talker


class Talker:
    """A ``boundcalc sweep`` in a process of its own, whose standard error can be waited for."""

    def __init__(self, address: str, folder: Path, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "boundcalc", "sweep", *map(str, arguments), "--dask", address],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=folder,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._heard: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            for line in lines:
                self._heard.put(line.decode().rstrip("\n"))

    def hears(self, text: str, seconds: float) -> str:
        """The first line from here on that holds the text; within so many seconds."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self._heard.get(timeout=max(deadline - time.monotonic(), 0.01))
            except queue.Empty:
                raise AssertionError(f"no {text!r} within {seconds} s after {self.lines}") from None
            self.lines.append(line)
            if text in line:
                return line

    def ends(self, seconds: float) -> int:
        """Its exit status, within so many seconds."""
        status = self.process.wait(timeout=seconds)
        self.listener.join(timeout=5)
        with suppress(queue.Empty):
            while True:
                self.lines.append(self._heard.get_nowait())
        return status


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to all of its session, and waits for it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
