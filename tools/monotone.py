"""Checks that the best bounds grow in n and in d, as I* does: no side may fall from a problem to the next larger one.

``python -m tools.monotone --pairs 5000 --seed 0`` prints each pair of neighbouring problems that fails, with its relative size.
``--records FILE`` appends a line of JSON for each, so that runs add up.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import dataclass
from pathlib import Path

from flint import fmpq

from boundcalc.bounds.evaluate import report
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import to_float
from tools.random_problems import random_problem


@dataclass(frozen=True)
class Pair:
    """A problem, a larger one, by what share each side's best bound fails to grow, 0 where it does, and which bounds these are."""

    small: Problem
    large: Problem
    upper: float
    lower: float
    keys: tuple[str, ...]


def neighbours(seed: int, number: int) -> tuple[Problem, Problem]:
    """A random problem with finite n, and the one with n + 1 or d + 1."""
    rng = random.Random(f"{seed}/{number}/pair")
    while True:
        problem = random_problem(seed, rng.randrange(1 << 40))
        if not problem.is_infinite and problem.d <= 200:
            break
    n, d = (problem.n + 1, problem.d) if rng.random() < 0.5 else (problem.n, problem.d + 1)
    return problem, Problem(n, d, problem.m, problem.p, problem.law)


def compared(small: Problem, large: Problem) -> Pair:
    """The best certified bounds of both."""
    ends: list[tuple[fmpq, fmpq]] = []
    keys: list[str] = []
    for problem in (small, large):
        answer = report(problem)
        upper, lower = answer.best_upper.value, answer.best_lower.value
        assert upper is not None and lower is not None  # noqa: PT018 - rank and orthonormal always apply
        ends.append((upper.certified, lower.certified))
        keys += [answer.best_upper.bound.key, answer.best_lower.bound.key]
    (upper, lower), (larger_upper, larger_lower) = ends
    upper_lacks, lower_lacks = max(upper / larger_upper - 1, fmpq(0)), max(1 - larger_lower / lower, fmpq(0))
    return Pair(small, large, to_float(upper_lacks), to_float(lower_lacks), tuple(keys))


def main() -> int:
    """Compares them; exit status 1 where a pair fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--records", type=Path)
    given = parser.parse_args()
    bad = 0
    for number in range(given.first, given.first + given.pairs):
        pair = compared(*neighbours(given.seed, number))
        if given.records is not None:
            told = {"seed": given.seed, "number": number, "upper": pair.upper, "lower": pair.lower, "keys": pair.keys}
            with given.records.open("a") as records:
                records.write(json.dumps(told | {"small": repr(pair.small), "n": pair.large.n, "d": pair.large.d}) + "\n")
        if pair.upper or pair.lower:
            bad += 1
            print(
                f"{number}: {pair.small!r} -> n={pair.large.n} d={pair.large.d}: upper {pair.upper:.3g}, lower {pair.lower:.3g}",
                flush=True,
            )
        if (number + 1) % 10 == 0:
            print(f"{number + 1 - given.first} pairs, {bad} fail", flush=True)
    print(f"{given.pairs} pairs of seed {given.seed}: {bad} fail")
    return bool(bad)


if __name__ == "__main__":
    raise SystemExit(main())
