"""Fuzzes the command line in process: no line may end in a traceback, a status that means nothing, or after 20 s.

``python -m tools.fuzz --count 100000 --seed 0`` prints a line for each fault, and a summary. Lines (:mod:`tools.fuzz_lines`) and
files (:mod:`tools.fuzz_files`) are drawn from a seed and a number alone, so that ``--first 1234 --count 1 --show`` repeats one.
Every 500 lines run in a process of their own: one that dies is a fault of the line that it was at.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import io
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from tools.fuzz_files import pristine
from tools.fuzz_lines import Line, drawn

LIMIT, HANGS = 20.0, 120.0
"""Seconds of processor time, and of any time, that no line may take."""
MEMORY = 8 << 30
CHUNK = 500
STATUSES = (0, 1, 2, 3, 130)
"""3 is a certificate that is accepted, except for what it cites."""


class TooLong(BaseException):
    """A line that takes too long."""


@dataclass(frozen=True)
class Told:
    """How a line ended: its status, what it said, and what is wrong, or empty."""

    status: int | None
    out: str
    err: str
    seconds: float
    wrong: str


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise TooLong(f"{LIMIT:.0f} s of processor time" if number == signal.SIGPROF else f"{HANGS:.0f} s")


def told(line: Line) -> Told:
    """Runs a line in the present directory."""
    from boundcalc.cli.main import main

    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace")
    status, wrong, began = None, "", time.monotonic()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    before = {number: signal.signal(number, _stop) for number in (signal.SIGALRM, signal.SIGPROF)}
    stdin, sys.stdin = sys.stdin, io.StringIO("")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), warnings.catch_warnings():
            warnings.simplefilter("default")
            signal.setitimer(signal.ITIMER_REAL, HANGS)
            signal.setitimer(signal.ITIMER_PROF, LIMIT)
            try:
                main(list(line.words))
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.setitimer(signal.ITIMER_PROF, 0)
    except SystemExit as end:
        status = 0 if end.code is None else end.code if isinstance(end.code, int) else 1
        wrong = "" if status in STATUSES else f"exit status {end.code}"
    except BaseException:
        wrong = traceback.format_exc()
    finally:
        sys.stdin = stdin
        for number, handler in (before | handlers).items():
            signal.signal(number, handler)
    said = []
    for stream in (out, err):
        stream.flush()
        stream.seek(0)
        said.append(stream.read())
    return Told(status, *said, time.monotonic() - began, wrong or _misspoken(status, *said))


def _misspoken(status: int | None, out: str, err: str) -> str:
    """Bad input is told in one line, beside notes; nothing is told of Python's own."""
    if "Traceback (most recent call last)" in err:
        return f"a traceback on standard error: {err}"
    if "Warning: " in err:
        return f"a warning: {err}"
    if status == 2 and sum(text.startswith("boundcalc: ") for text in err.splitlines()) != 1:
        return f"not one line on standard error: {err!r}"
    return ""


def stay_here() -> None:
    """Sweeps are evaluated in this process: starting others takes longer than all else."""
    from boundcalc.cli import sweep
    from boundcalc.sweep.this_process import ThisProcess

    own = sweep._executor

    def executor(workers: str | None, address: str | None) -> Any:
        own(workers, address)
        return ThisProcess()

    sweep._executor = executor  # type: ignore[assignment]


def run(seed: int, numbers: range, folder: Path, at: Path, results: Path, *, show: bool) -> None:
    """Runs lines in a folder, whose files are whole before each."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    files = pristine()
    stay_here()
    os.chdir(folder)
    with results.open("a") as records:
        for number in numbers:
            at.write_text(str(number))
            line = drawn(seed, number, files)
            for name, content in (files | line.files).items():
                Path(name).write_bytes(content)
            found = told(line)
            record = {"number": number, "words": list(line.words), "changed": list(line.files)}
            record |= {"status": found.status, "seconds": round(found.seconds, 3), "err": found.err[:300], "wrong": found.wrong}
            records.write(json.dumps(record) + "\n")
            records.flush()
            if show:
                print(record, found.out, found.err, found.wrong, sep="\n", file=sys.__stdout__)
            for path in Path().iterdir():
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path, ignore_errors=True)
                elif path.name not in files or path.name in line.files:
                    path.unlink(missing_ok=True)
        at.write_text("")


def apart(seed: int, numbers: range, results: Path, *, show: bool) -> int | None:
    """The same in a process of its own; the number of the line at which it died, if it did."""
    with tempfile.TemporaryDirectory() as folder:
        inner = Path(folder) / "outer" / "inner"
        inner.mkdir(parents=True)
        at = Path(folder) / "at"
        child = os.fork()
        if child == 0:
            try:
                os.environ["HOME"] = folder
                run(seed, numbers, inner, at, results, show=show)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        left = at.read_text() if at.exists() else str(numbers.start)
        return int(left) if left else None


def main() -> int:
    """Runs them; exit status 1 where one is a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--records", type=Path)
    given = parser.parse_args()
    results = given.records.resolve() if given.records else Path(tempfile.mkdtemp()) / "lines.jsonl"
    pristine()
    last, first, read = given.first + given.count, given.first, results.stat().st_size if results.exists() else 0
    statuses: collections.Counter[str] = collections.Counter()
    bad, slowest = 0, 0.0
    while first < last:
        numbers = range(first, min(first + CHUNK, last))
        died = apart(given.seed, numbers, results, show=given.show)
        first = numbers.stop if died is None else died + 1
        with results.open() as records:
            records.seek(read)
            lines = [json.loads(text) for text in records]
            read = records.tell()
        for record in lines:
            statuses[str(record["status"])] += 1
            slowest = max(slowest, record["seconds"])
            if record["wrong"]:
                bad += 1
                print(f"{record['number']}: {record['words']} with {record['changed']}: {record['wrong']}", flush=True)
        if died is not None:
            bad += 1
            print(f"{died}: the process died", flush=True)
        print(f"{first - given.first} lines, {dict(statuses)}, slowest {slowest:.1f} s, {bad} wrong", flush=True)
    return bool(bad)


if __name__ == "__main__":
    raise SystemExit(main())
