"""Reports: processor time of this build and of another checkout, side by side, interleaved, medians.

``python benchmarks/reports.py --against ../older`` times reports at m = 5 and m = 3, a sample of a sweep of 2,000 points in p and d
at m = 5, and the command ``bounds`` as a whole process. Each build runs in a process of its own; p moves by a billionth from one
repetition to the next, so that nothing is remembered.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
from collections.abc import Iterable, Sequence

Case = tuple[str, int, int, str, str]
QUINTIC: list[Case] = [
    *((n, 3, 5, p, "gaussian") for n in ("20", "inf") for p in ("2e-3", "3e-2")),
    ("inf", 10, 5, "1e-4", "rademacher"),
    ("inf", 5, 5, "1e-3", "uniform"),
    ("50", 4, 5, "1e-3", "rademacher"),
    ("10", 2, 5, "1e-2", "gaussian"),
    ("inf", 2, 5, "1e-3", "laplace"),
    ("100", 6, 5, "1e-4", "gaussian"),
    ("30", 5, 5, "1e-2", "gaussian"),
    ("inf", 8, 5, "1e-6", "gaussian"),
    ("12", 3, 5, "1e-5", "rademacher"),
    ("inf", 3, 5, "1e-2", "uniform"),
]
CUBIC: list[Case] = [
    (n, d, 3, p, law) for n in ("inf", "20") for d in (3, 5, 7, 10) for law in ("rademacher", "gaussian") for p in ("2e-3", "3e-2")
]
COMMANDS = [
    "bounds --n 120 --d 8 --m 3 --p 1e-6 --law rademacher",
    "bounds --n inf --d 3 --m 3 --p 0.03 --law gaussian",
    "bounds --n 20 --d 3 --m 5 --p 2e-3 --law gaussian",
]
WORKER = """
import json, sys, time
from fractions import Fraction
from boundcalc import report
from boundcalc.model.problem import Problem
for line in sys.stdin:
    n, d, m, p, law, k = line.split()
    p = Fraction(p) * (1 - Fraction(int(k), 10**9))
    problem = Problem(n if n == "inf" else int(n), int(d), int(m), str(p), law)
    begun = time.process_time()
    found = report(problem, digits=8).best_upper.value.certified
    print(json.dumps([time.process_time() - begun, int(found.p) / int(found.q)]), flush=True)
"""


def environment(checkout: str) -> dict[str, str]:
    """That of a process which imports this checkout."""
    return dict(os.environ, PYTHONPATH=os.path.abspath(checkout), OPENBLAS_NUM_THREADS="1")


class Build:
    """A process that makes reports with one checkout."""

    def __init__(self, checkout: str) -> None:
        command = [sys.executable, "-c", WORKER]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(checkout), cwd=checkout
        )

    def report(self, case: Case, repetition: int) -> tuple[float, float]:
        """Processor seconds and the best upper bound."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(" ".join(map(str, case)) + f" {repetition}\n")
        self.process.stdin.flush()
        seconds, bound = json.loads(self.process.stdout.readline())
        return seconds, bound


def compared(builds: Sequence[Build], cases: Iterable[Case], repetitions: int) -> None:
    """Prints a line a case: both medians, their ratio, and how the best upper bound moved."""
    ratios, totals = [], [0.0, 0.0]
    for case in cases:
        found = [[build.report(case, k) for build in builds] for k in range(repetitions)]
        before, now = (statistics.median(pair[i][0] for pair in found) for i in (0, 1))
        ratios.append(before / now)
        totals = [totals[0] + before, totals[1] + now]
        moved = found[-1][1][1] / found[-1][0][1] - 1
        print(*case, f"{1e3 * before:.0f} ms, {1e3 * now:.0f} ms: {ratios[-1]:.1f}, bound {moved:+.1e}", flush=True)
    print(f"least {min(ratios):.1f}, median {statistics.median(ratios):.1f}, of the sums {totals[0] / totals[1]:.1f}", flush=True)


def sweep_sample(points: int) -> list[Case]:
    """So many of 2,000 points: d from 2 to 11, 200 values of p from 10^-7 to 10^-1, n = infinity, m = 5."""
    grid: list[Case] = [("inf", d, 5, f"{10 ** (-7 + 6 * k / 199):.6e}", "gaussian") for d in range(2, 12) for k in range(200)]
    return random.Random(7).sample(grid, points)


def process_seconds(checkout: str, command: str) -> float:
    """Of the command as a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    line = [sys.executable, "-m", "boundcalc", *command.split()]
    subprocess.run(line, check=True, capture_output=True, env=environment(checkout), cwd=checkout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", required=True, help="another checkout of this repository")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--points", type=int, default=20, help="of the sweep")
    parser.add_argument("--only", choices=["quintic", "cubic", "sweep", "commands"])
    chosen = parser.parse_args()
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    checkouts = [chosen.against, here]
    builds = [Build(checkout) for checkout in checkouts]
    for build in builds:
        build.report(("7", 4, 3, "0.017", "rademacher"), 0)  # imports
        build.report(("7", 3, 5, "0.017", "rademacher"), 0)
    if chosen.only in (None, "quintic"):
        compared(builds, QUINTIC, chosen.repetitions)
    if chosen.only in (None, "cubic"):
        compared(builds, CUBIC, chosen.repetitions)
    if chosen.only in (None, "sweep"):
        compared(builds, sweep_sample(chosen.points), 1)
    if chosen.only in (None, "commands"):
        for command in COMMANDS:
            found = [[process_seconds(checkout, command) for checkout in checkouts] for _ in range(chosen.repetitions)]
            before, now = (statistics.median(pair[i] for pair in found) for i in (0, 1))
            print(f"{command}: {before:.2f} s, {now:.2f} s: {before / now:.2f}", flush=True)


if __name__ == "__main__":
    main()
