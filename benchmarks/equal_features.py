"""Equal features as features of one kind, against another checkout, on a grid of 432 problems: bounds, certificates and time.

``python benchmarks/equal_features.py --against ../older`` prints a line a problem and a summary. Each build runs in a process
of its own, interleaved, and makes the report and the certificate of the same problem and verifies it: the other checkout as
``Problem``, this one as ``Features`` of one group. ``--engine`` evaluates the forms for features that differ, which equal
features do not need.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator

Case = tuple[int, int, str, str]
SIZES, DIMENSIONS = (3, 5, 6, 10, 20, 50), (2, 3, 5)
ACTIVITIES = ("1e-4", "1e-3", "1e-2", "0.03", "0.1", "0.3", "0.6", "1")
LAWS = ("rademacher", "uniform", "gaussian")
HEAD = """
import json, os, sys, tempfile, time
from boundcalc import report
from boundcalc.certificate.verify import read, verify
from boundcalc.certificate.write import certificate
def quotient(q):
    return int(q.p) / int(q.q)
def certified(answer):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "certificate.json")
        try:
            fields = certificate(answer)
        except ValueError as error:
            return "none: " + str(error).splitlines()[0][:60]
        with open(path, "w") as file:
            json.dump(fields, file)
        return "accepted" if verify(read(path)).accepted else "FAILED"
"""
LOOP = """
for line in sys.stdin:
    n, d, p, law = line.split()
    begun = time.process_time()
    answer = made(int(n), int(d), p, law)
    seconds = time.process_time() - begun
    ends = [quotient(best.value.certified) for best in (answer.best_upper, answer.best_lower)]
    print(json.dumps([*ends, seconds, certified(answer), answer.best_upper.bound.key, answer.best_lower.bound.key]), flush=True)
"""
BEFORE = f"""{HEAD}
from boundcalc.model.problem import Problem
def made(n, d, p, law):
    return report(Problem(n, d, 3, p, law), digits=12)
{LOOP}"""
NOW = f"""{HEAD}
from boundcalc import Features, Group
def made(n, d, p, law):
    return report(features=Features([Group(n, 1, p, law)]), d=d, m=3, digits=12)
{LOOP}"""
ENGINE = f"""{HEAD}
from boundcalc import Features, Group
from boundcalc.bounds.catalog import LOWER, UPPER
from boundcalc.bounds.declaration import Choice
from boundcalc.model.features import FeatureProblem
def values(bounds, problem):
    for bound in bounds:
        form = bound.unequal
        if form is None or form.why_not(problem) is not None:
            continue
        choice = Choice() if form.chooser is None else form.chooser(problem)
        if choice is not None:
            yield form.value(problem, choice, 12), bound.key
for line in sys.stdin:
    n, d, p, law = line.split()
    begun = time.process_time()
    problem = FeatureProblem(Features([Group(int(n), 1, p, law)]), int(d), 3)
    upper, which = min((value.upper, key) for value, key in values(UPPER, problem))
    lower, whose = max((value.lower, key) for value, key in values(LOWER, problem))
    print(json.dumps([quotient(upper), quotient(lower), time.process_time() - begun, "none", which, whose]), flush=True)
"""


def cases() -> Iterator[Case]:
    """The grid."""
    return ((n, d, p, law) for n in SIZES for d in DIMENSIONS for law in LAWS for p in ACTIVITIES)


class Build:
    """A process that answers a line a case."""

    def __init__(self, checkout: str, program: str) -> None:
        path = os.path.abspath(checkout)
        environment = dict(os.environ, PYTHONPATH=path, OPENBLAS_NUM_THREADS="1")
        self.process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=path
        )

    def answer(self, case: Case) -> list[object]:
        """Best upper and lower bound, seconds, what became of the certificate, the keys."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(" ".join(map(str, case)) + "\n")
        self.process.stdin.flush()
        found: list[object] = json.loads(self.process.stdout.readline())
        return found


def summary(name: str, ratios: list[float]) -> str:
    """Median and extremes."""
    return f"{name}: median {statistics.median(ratios):.7f}, least {min(ratios):.7f}, largest {max(ratios):.7f}"


def main() -> None:
    """Prints a line a case, and the summary."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", required=True, help="another checkout of this repository")
    parser.add_argument("--engine", action="store_true", help="the forms for features that differ, on equal ones")
    parser.add_argument("--every", type=int, default=1, help="of the grid, each so many")
    chosen = parser.parse_args()
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    before, now = Build(chosen.against, BEFORE), Build(here, ENGINE if chosen.engine else NOW)
    for build in (before, now):
        build.answer((4, 3, "0.017", "rademacher"))  # imports
    found = []
    for case in list(cases())[:: chosen.every]:
        old, new = before.answer(case), now.answer(case)
        found.append((old, new))
        print(*case, "upper", f"{new[0] / old[0]:.9f}", "lower", f"{new[1] / old[1]:.9f}", old[2:], new[2:], flush=True)  # type: ignore[operator]
    for k, name in enumerate(("upper bound, now/before", "lower bound, now/before", "processor time, now/before")):
        print(summary(name, [new[k] / old[k] for old, new in found]))  # type: ignore[operator]
    print(f"processor time of all: {sum(new[2] for _, new in found) / sum(old[2] for old, _ in found):.3f}")  # type: ignore[misc]
    lost = sum(old[3] == "accepted" and new[3] != "accepted" for old, new in found)
    print(
        f"{len(found)} problems; certificates accepted: {sum(old[3] == 'accepted' for old, _ in found)} before, "
        f"{sum(new[3] == 'accepted' for _, new in found)} now; accepted before alone: {lost}"
    )


if __name__ == "__main__":
    main()
