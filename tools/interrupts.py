"""Interrupts each command at random moments: it must end within 2 s, in one line, with 130, no child and no half-written file.

``python -m tools.interrupts --times 20 --seed 0`` prints a line for each command, and for each interrupt that went wrong.
Every other interrupt goes to the process alone, the rest to its group as a terminal's Ctrl-C does; every third run has SIGINT
ignored at its start, as a shell's background jobs do.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

LIMIT, CLUSTER_LIMIT = 2.0, 5.0
"""Seconds within which an interrupted command ends, and a sweep on a cluster."""
SWEEP_LINES = 3
"""What a sweep may say: that it finishes, what the store holds, how to go on."""
GRID = """
n = ["d^2", "inf"]
d = { from = 2, to = 9 }
m = 3
p = { from = 1e-6, to = 1, points = 400, spacing = "geometric" }
law = ["rademacher", "gaussian"]
"""
P = ("--p", "1e-3", "--law", "gaussian")
COMMANDS: dict[str, tuple[str, ...]] = {
    "bounds": ("bounds", "--n", "400", "--d", "20", "--m", "5", *P, "--certificate", "out.json"),
    "optimize": ("optimize", "--n", "300", "--d", "30", "--m", "3", *P, "--out", "out.npz"),
    "sweep": ("sweep", "grid.toml", "--out", "out.db"),
    "sweep --dask local": ("sweep", "grid.toml", "--out", "out.db", "--dask", "local", "--workers", "1"),
    "check": ("check", "--deep", "30", "--report", "out.html"),
    "latex": ("latex", "table", "--n", "20", "--d", "4", "--m", "9", *P),
    "explain": ("explain", "frontier", "--m", "11"),
    "plot": ("plot", "bounds", "--d", "8", "--p", "1e-6..1", "--out", "out.svg"),
    "frames": ("frames", "leech", "--out", "out.npz"),
    "cite": ("cite",),
    "certificate": ("certificate", "verify", "certificate.json"),
    "loss": ("loss", "weights.npy", "--m", "3", *P),
}


@dataclass(frozen=True)
class Interrupted:
    """How a command took one interrupt: after how long it came, what went wrong, or empty, and the seconds it took."""

    after: float
    seconds: float
    wrong: str


def interrupted(command: tuple[str, ...], folder: Path, after: float, group: bool, background: bool) -> Interrupted | None:
    """Runs a command in a folder and interrupts it; ``None`` where it has ended before."""
    before = set(os.listdir(folder))
    process = subprocess.Popen(
        [sys.executable, "-c", "print('started', flush=True); from boundcalc.__main__ import run; run()", *command],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_ignore if background else None,
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(after)
    if process.poll() is not None:
        process.communicate()
        return None
    began = time.monotonic()
    (os.killpg if group else os.kill)(process.pid, signal.SIGINT)
    try:
        _, told = process.communicate(timeout=10 * LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return Interrupted(after, 10 * LIMIT, "does not end")
    seconds = time.monotonic() - began
    if not process.returncode:  # its work was done, and it was about to end
        return None
    return Interrupted(after, seconds, _wrong(command, process, told, seconds, set(os.listdir(folder)) - before))


def _ignore() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _wrong(command: tuple[str, ...], process: subprocess.Popen[str], told: str, seconds: float, left: set[str]) -> str:
    lines = told.splitlines()
    last = lines[-1] if lines else ""
    if process.returncode != 130:
        return f"status {process.returncode}: {told}"
    if "Traceback" in told or not last.startswith("boundcalc: interrupted"):
        return f"said {told!r}"
    if command[0] not in ("sweep", "optimize", "check") and len(lines) != 1:
        return f"said more than a line: {told!r}"
    if seconds > (CLUSTER_LIMIT if "--dask" in command else LIMIT):
        return f"took {seconds:.1f} s"
    if half := {name for name in left if name.endswith((".part", ".new", "-wal", ".lock"))}:
        return f"left {half}"
    children = _children(process.pid)
    return f"left the processes {children}" if children else ""


def _children(session: int) -> list[str]:
    """What still runs of a session a moment later."""
    for _ in range(20):
        found = subprocess.run(["ps", "-eo", "sess=,stat=,args="], capture_output=True, text=True, check=True).stdout
        rows = [line.split(None, 2) for line in found.splitlines()]
        alive = [row[2] for row in rows if len(row) == 3 and row[0] == str(session) and not row[1].startswith("Z")]
        if not alive:
            return []
        time.sleep(0.05)
    return alive


def try_command(name: str, times: int, seed: int, report: Callable[[Interrupted], object]) -> list[Interrupted]:
    """Interrupts one command at moments up to the time it takes, at most 6 s."""
    import numpy as np

    from boundcalc.bounds.evaluate import report as bounds_of
    from boundcalc.certificate.write import write_certificate

    rng = random.Random(f"{seed}/{name}")
    found: list[Interrupted] = []
    with TemporaryDirectory() as base:
        longest, answer = 6.0, bounds_of(120, 8, 3, "1e-3", "gaussian")
        for k in range(times):
            folder = Path(base) / str(k)
            folder.mkdir()
            (folder / "grid.toml").write_text(GRID)
            write_certificate(answer, folder / "certificate.json")
            np.save(folder / "weights.npy", np.random.default_rng(0).integers(-3, 4, (40, 1500)).astype(float))
            for _ in range(8):
                after = rng.uniform(0.02, longest)
                each = interrupted(COMMANDS[name], folder, after, group=bool(k % 2), background=k % 3 == 0)
                if each is not None:
                    break
                longest = min(longest, after)
                for made in folder.glob("out.*"):
                    made.unlink()
            if each is not None:
                found.append(each)
                if each.wrong:
                    report(each)
    return found


def main() -> int:
    """Tries all commands; exit status 1 where one did not end as it should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--commands", nargs="*", default=list(COMMANDS))
    given = parser.parse_args()
    bad = 0
    for name in given.commands:
        found = try_command(
            name, given.times, given.seed, lambda each: print(f"  after {each.after:.2f} s: {each.wrong}", flush=True)
        )
        wrong = sum(bool(each.wrong) for each in found)
        bad += wrong
        slowest = max((each.seconds for each in found), default=0)
        print(f"{name}: {len(found)} interrupts, slowest end {slowest:.2f} s, {wrong} wrong", flush=True)
    return bool(bad)


if __name__ == "__main__":
    raise SystemExit(main())
