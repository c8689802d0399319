"""Certified enclosures against plain mpmath at the same digits, for every closed-form bound, in one warm process.

    python benchmarks/closed_form.py [--rounds 15]

Both sides evaluate the same formula for the same choice; mpmath with ``mp.dps`` at the asked digits, no error bound and
no guard digits. Calls alternate and medians are compared. Exit status 1 if a target is missed: at most 5 times
mpmath for each bound and problem, faster than mpmath at 50 digits, and 1,000 digits of every bound of the E_8 problem
in under a second.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import mpmath
from mpmath import mp

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.declaration import Bound
from boundcalc.model.problem import Problem

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

DIGITS = (15, 50, 200, 1000)
E8: dict[str, Any] = {"n": 120, "d": 8, "m": 3, "p": "1e-6", "law": "rademacher"}
PROBLEMS: dict[str, dict[str, Any]] = {
    "E8": E8,
    "gaussian": {"n": 2000, "d": 40, "m": 3, "p": "1e-3", "law": "gaussian"},
    "rare": {"n": 10**6, "d": 2, "m": 3, "p": "1e-6", "law": "gaussian"},
    "large": {"n": "10^30", "d": "10^5", "m": 9, "p": "1e-300", "law": "laplace"},
    "infinite": {"n": "inf", "d": 300, "m": 5, "p": "2/7", "law": "support:-2:1/8,-1:1/4,0:1/4,1:1/4,2:1/8"},
}


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def plain(bound: Bound, problem: Problem, values: dict[str, Any], digits: int) -> object:
    """The formula in mpmath at ``digits`` digits."""
    from mpmath_arithmetic import MpmathQuantities, values_to_mpf

    with mp.workdps(digits):
        return bound.formula(MpmathQuantities(problem), **{name: values_to_mpf(value) for name, value in values.items()})


def compare(bound: Bound, problem: Problem, digits: int, rounds: int) -> tuple[float, float]:
    """Median seconds of the certified and of the plain evaluation, calls alternating."""
    choice = bound.choose(problem)
    assert choice is not None
    values = dict(choice.values)
    certified, uncertified = [], []
    for _ in range(rounds + 1):
        certified.append(seconds(lambda: bound.enclose(problem, choice, digits)))
        uncertified.append(seconds(lambda: plain(bound, problem, values, digits)))
    return median(certified[1:]), median(uncertified[1:])  # the first round warms caches


def table(name: str, problem: Problem, rounds: int) -> list[str]:
    """Prints one problem's table and returns the targets that were missed."""
    missed, totals = [], {digits: [0.0, 0.0] for digits in DIGITS}
    print(f"\n{name}: {problem.as_json()}")
    print(f"{'bound':18}" + "".join(f"{digits:>8} digits: µs (ratio)" for digits in DIGITS))
    for bound in BOUNDS.values():
        if bound.certifier is not None or bound.why_not(problem) is not None:
            continue
        cells = []
        for digits in DIGITS:
            certified, uncertified = compare(bound, problem, digits, rounds)
            totals[digits][0] += certified
            totals[digits][1] += uncertified
            ratio = certified / uncertified
            cells.append(f"{certified * 1e6:17.0f} ({ratio:6.2f})")
            if ratio > (1 if digits == 50 else 5):
                missed.append(f"{name}, {bound.key}, {digits} digits: {ratio:.2f} times plain mpmath")
        print(f"{bound.key:18}" + "".join(cells))
    print(f"{'together':18}" + "".join(f"{c * 1e6:17.0f} ({c / u:6.2f})" for c, u in totals.values()))
    return missed


def e8_at_a_thousand_digits() -> float:
    """Seconds for 1,000 digits of every closed form on the E_8 problem, choices included, caches of choices empty."""
    problem = Problem(**E8)
    closed = [bound for bound in BOUNDS.values() if bound.certifier is None]

    def every() -> None:
        for bound in closed:
            choice = bound.chooser(problem)
            if bound.why_not(problem) is None and choice is not None:
                bound.enclose(problem, choice, 1000)

    every()
    return median(seconds(every) for _ in range(5))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    print(f"mpmath {mpmath.__version__} on {mpmath.libmp.BACKEND}")
    missed = [line for name, parts in PROBLEMS.items() for line in table(name, Problem(**parts), rounds)]
    warm = e8_at_a_thousand_digits()
    print(f"\n1,000 digits of every closed form on E_8, choices included: {warm:.4f} s")
    if warm > 1:
        missed.append("E_8 at 1,000 digits takes more than 1 s")
    print("\nall targets met" if not missed else "\nmissed:\n" + "\n".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
