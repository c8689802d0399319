"""Compares the JSON of bounds under several BLAS kernels and numbers of threads, byte by byte.

``python -m tools.same_digits --count 200 --seed 0`` runs problems of :mod:`tools.random_problems` in a process for each setting,
and prints the problems and bounds that differ. A kernel that the processor cannot run is OpenBLAS's own choice instead.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from itertools import product

KERNELS = ("Haswell", "SkylakeX", "Prescott", "Zen")
THREADS = ("1", "2")
CHILD = """
import json, sys
from boundcalc.bounds.evaluate import report
from boundcalc.bounds.report_json import report_json
from tools.random_problems import random_problem
for number in range(*map(int, sys.argv[2:])):
    print(json.dumps(report_json(report(random_problem(int(sys.argv[1]), number))), sort_keys=True), flush=True)
"""


def answers(seed: int, first: int, last: int, kernel: str, threads: str) -> list[str]:
    """A line of JSON for each problem."""
    environment = os.environ | {"OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
    command = [sys.executable, "-c", CHILD, str(seed), str(first), str(last)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()


def differing(one: str, other: str) -> list[str]:
    """The bounds whose items differ."""
    left, right = json.loads(one), json.loads(other)
    return [a["key"] for side in ("upper", "lower") for a, b in zip(left[side], right[side], strict=True) if a != b] or ["best"]


def main() -> int:
    """Runs all settings; exit status 1 where a byte differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    settings = list(product(KERNELS, THREADS))
    found = [answers(given.seed, given.first, given.first + given.count, *setting) for setting in settings]
    bad = 0
    for number, lines in enumerate(zip(*found, strict=True), given.first):
        for setting, line in zip(settings[1:], lines[1:], strict=True):
            if line != lines[0]:
                bad += 1
                print(f"{number}: {' '.join(setting)} differs in {', '.join(differing(lines[0], line))}", flush=True)
    print(f"{given.count} problems of seed {given.seed}, {len(settings)} settings: {bad} differences")
    return bool(bad)


if __name__ == "__main__":
    raise SystemExit(main())
