"""The page of ``boundcalc explore`` in Chromium: medians of 30 slider moves, and memory over 1,000.

``python benchmarks/explore_page.py`` prints the time from a move of a slider to the closed forms and to the full report, as the
page shows them, at m = 3; ``--memory 1000`` makes so many moves and prints the memory of the server, of its processes and of the
page after each tenth. The moves go through values of d and p in an order that is drawn once, seed 1.
"""

from __future__ import annotations

import argparse
import random
import signal
import statistics
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FIRST = "#n=120&d=8&m=3&p=1e-3&law=rademacher"
MOVE = """async ([name, place]) => {
  const slider = document.getElementById(`${name}-slider`);
  const before = Number(document.body.dataset.turn);
  const times = {};
  const began = performance.now();
  slider.value = String(place);
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  for (;;) {
    await new Promise(requestAnimationFrame);
    if (Number(document.body.dataset.turn) > before) {
      times.closed ??= performance.now() - began;
      if (document.body.dataset.shown === "full") return { ...times, full: performance.now() - began };
    }
    if (performance.now() - began > 60000) throw new Error("no answer within a minute");
  }
}"""


def moves(count: int) -> list[tuple[str, int]]:
    """So many moves (slider, place), never to where it stands."""
    draw, found = random.Random(1), [("d", 7), ("p", 48)]
    while len(found) < count + 2:
        name = draw.choice("dp")
        place = draw.randint(1, 30) if name == "d" else draw.randint(20, 70)
        if place != next(other for one, other in reversed(found) if one == name):
            found.append((name, place))
    return found[2:]


def resident(pid: int) -> tuple[int, list[int]]:
    """Mebibytes that a process holds, and those of all that come from it."""

    def size(one: int) -> int:
        lines = Path(f"/proc/{one}/status").read_text().splitlines()
        return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS")), 0)

    threads = Path(f"/proc/{pid}/task").iterdir()
    children = [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    below = [number for child in children for first, rest in (resident(child),) for number in (first, *rest)]
    return size(pid), below


def timed(page: Page, count: int) -> None:
    """Prints medians and the worst."""
    found = [page.evaluate(MOVE, list(move)) for move in moves(count)]
    for name in ("closed", "full"):
        times = sorted(one[name] for one in found)
        middle, high, most = statistics.median(times), times[int(0.9 * count)], times[-1]
        print(f"{name:>6}: median {middle:.0f} ms, 90th percentile {high:.0f} ms, most {most:.0f} ms", flush=True)


def remembered(page: Page, pid: int, count: int) -> None:
    """Prints the memory after each tenth of the moves."""
    session = page.context.new_cdp_session(page)
    for k, move in enumerate(moves(count), 1):
        page.evaluate(MOVE, list(move))
        if k % max(1, count // 10) == 0:
            session.send("HeapProfiler.collectGarbage")
            heap = session.send("Runtime.getHeapUsage")["usedSize"] / 2**20
            server, others = resident(pid)
            print(f"{k:>5} moves: server {server} MiB, its processes {others} MiB, page {heap:.1f} MiB", flush=True)


def main() -> None:
    """Runs the benchmark."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--moves", type=int, default=30)
    reader.add_argument("--memory", type=int, default=0)
    reader.add_argument("--chromium", default="/usr/bin/chromium")
    given = reader.parse_args()
    command = [sys.executable, "-m", "boundcalc", "explore", "--no-open"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server, sync_playwright() as driver:
        assert server.stdout is not None
        try:
            browser = driver.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
            page = browser.new_page()
            page.goto(server.stdout.readline().strip() + FIRST)
            page.wait_for_selector("body[data-done]", timeout=120_000)
            timed(page, given.moves)
            if given.memory:
                remembered(page, server.pid, given.memory)
            browser.close()
        finally:
            server.send_signal(signal.SIGINT)


if __name__ == "__main__":
    main()
