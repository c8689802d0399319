"""Compares the JSON of bounds under several BLAS kernels, numbers of threads and vector widths, byte by byte.

``python -m tools.same_digits --count 200 --seed 0`` runs problems of :mod:`tools.random_problems` in a process for each setting,
and prints the problems and bounds that differ, and which kernel each setting had. A kernel that the processor cannot run is
OpenBLAS's own choice instead. The last setting is NumPy without the processor's longer vectors, as on an older one.
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
NARROW = {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"}
CHILD = """
import json, sys
import numpy
from threadpoolctl import threadpool_info
print(*{info["architecture"] for info in threadpool_info() if info["user_api"] == "blas"}, flush=True)
from boundcalc.bounds.evaluate import report
from boundcalc.bounds.report_json import report_json
from tools.random_problems import random_problem
for number in range(*map(int, sys.argv[2:])):
    print(json.dumps(report_json(report(random_problem(int(sys.argv[1]), number))), sort_keys=True), flush=True)
"""


def answers(seed: int, first: int, last: int, setting: dict[str, str]) -> list[str]:
    """The kernel, and a line of JSON for each problem."""
    command = [sys.executable, "-c", CHILD, str(seed), str(first), str(last)]
    done = subprocess.run(command, env=os.environ | setting, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()


def settings() -> dict[str, dict[str, str]]:
    """What each is called, and its variables."""
    found = {
        f"{kernel} {threads}": {"OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        for kernel, threads in product(KERNELS, THREADS)
    }
    return found | {"narrow vectors": found["Prescott 1"] | NARROW}


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
    first: list[str] = []
    bad = 0
    for name, setting in settings().items():
        kernel, *lines = answers(given.seed, given.first, given.first + given.count, setting)
        first = first or lines
        differ = [number for number, pair in enumerate(zip(first, lines, strict=True)) if pair[0] != pair[1]]
        bad += len(differ)
        print(f"{name}: kernel {kernel}, {len(lines) - len(differ)} of {len(lines)} as the first", flush=True)
        for number in differ:
            print(f"  {given.first + number} differs in {', '.join(differing(first[number], lines[number]))}", flush=True)
    print(f"{given.count} problems of seed {given.seed}, {len(settings())} settings: {bad} differences")
    return bool(bad)


if __name__ == "__main__":
    raise SystemExit(main())
