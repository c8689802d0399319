"""Checks that the best bounds grow in n and in d, as I* does: no side may fall from a problem to the next larger one.

``python -m tools.monotone --pairs 5000 --seed 0`` prints each pair of neighbouring problems that fails, with its relative size, and
how many do so in the 30 digits that JSON has and in the 10 of a table. ``--records FILE`` appends a line of JSON for each, so that
runs add up. Pairs come in blocks that share their reports: a problem
with n, n + 1, n + 2 and infinitely many features, each in d and in d + 1 dimensions, where the last two of n are neighbours too.
With ``--entries`` n + 1 and d are those of an entry of the table of witnesses, where no groups are searched at run time.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flint import fmpq

from boundcalc.bounds.evaluate import TABLE_DIGITS, report
from boundcalc.bounds.lower.witness_table import table
from boundcalc.bounds.outcome import DEFAULT_DIGITS
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import decimal_ceiling, decimal_floor, to_float
from boundcalc.numbers.parsing import parse_rational
from tools.random_problems import random_law, random_problem

MOST_D = 200


@dataclass(frozen=True)
class Best:
    """The best certified bounds of a problem, and which these are."""

    upper: fmpq
    lower: fmpq
    keys: tuple[str, str]

    @classmethod
    def of(cls, problem: Problem) -> Best:
        answer = report(problem)
        upper, lower = answer.best_upper.value, answer.best_lower.value
        assert upper is not None and lower is not None  # noqa: PT018 - rank and orthonormal always apply
        return cls(upper.certified, lower.certified, (answer.best_upper.bound.key, answer.best_lower.bound.key))


@dataclass(frozen=True)
class Pair:
    """A problem, a larger one, by what share each side's best bound fails to grow, 0 where it does, and which bounds these are.

    ``shown`` says whether they fail in the digits of a table.
    """

    small: Problem
    large: Problem
    upper: float
    lower: float
    shown: bool
    keys: tuple[str, ...]

    @classmethod
    def of(cls, small: Problem, large: Problem, less: Best, more: Best) -> Pair:
        """The pair with the bounds of both, as they are printed."""
        upper, lower = fallen(less, more, DEFAULT_DIGITS)
        shown = max(fallen(less, more, TABLE_DIGITS)) > 0
        return cls(small, large, to_float(upper), to_float(lower), shown, (*less.keys, *more.keys))


def fallen(less: Best, more: Best, digits: int) -> tuple[fmpq, fmpq]:
    """By what share the upper and the lower bound fall from the smaller to the larger problem, printed with so many digits."""
    uppers = [parse_rational(decimal_ceiling(best.upper, digits), parameter="upper") for best in (less, more)]
    lowers = [parse_rational(decimal_floor(best.lower, digits), parameter="lower") for best in (less, more)]
    return max(uppers[0] / uppers[1] - 1, fmpq(0)), max(1 - lowers[1] / lowers[0], fmpq(0))


def block(seed: int, number: int, *, entries: bool = False) -> list[list[Problem]]:
    """Problems with d and with d + 1 dimensions, n growing in each row; those of a column have the same n."""
    rng = random.Random(f"{seed}/{number}/pair")
    while True:
        problem = random_problem(seed, rng.randrange(1 << 40))
        if not problem.is_infinite and problem.d <= MOST_D:
            break
    if entries:
        entry = rng.choice([entry for entry in table().values() if entry.n > entry.d and entry.d <= MOST_D])
        law = problem.law if problem.m == entry.m else random_law(rng, entry.m)
        problem = Problem(entry.n - 1, entry.d, entry.m, problem.p, law)
    counts = (problem.n, problem.n + 1, problem.n + 2, "inf")
    return [[Problem(n, d, problem.m, problem.p, problem.law) for n in counts] for d in (problem.d, problem.d + 1)]


def compared(problems: list[list[Problem]]) -> Iterator[Pair]:
    """Each problem with the next of its row and of its column."""
    found = [[Best.of(problem) for problem in row] for row in problems]
    for i, row in enumerate(problems):
        for j, problem in enumerate(row):
            for k, h in ((i, j + 1), (i + 1, j)):
                if k < len(problems) and h < len(row):
                    yield Pair.of(problem, problems[k][h], found[i][j], found[k][h])


def main() -> int:
    """Compares them; exit status 1 where a pair fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first block")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--entries", action="store_true", help="around the entries of the table of witnesses")
    parser.add_argument("--records", type=Path)
    given = parser.parse_args()
    bad, shown, done, number = 0, 0, 0, given.first
    while done < given.pairs:
        for pair in compared(block(given.seed, number, entries=given.entries)):
            done += 1
            if given.records is not None:
                told = {"seed": given.seed, "number": number, "upper": pair.upper, "lower": pair.lower, "keys": pair.keys}
                told |= {"shown": pair.shown, "small": repr(pair.small), "n": str(pair.large.n), "d": pair.large.d}
                with given.records.open("a") as records:
                    records.write(json.dumps(told) + "\n")
            if pair.upper or pair.lower:
                bad, shown = bad + 1, shown + pair.shown
                sides = f"upper {pair.upper:.3g}, lower {pair.lower:.3g}, {' '.join(pair.keys)}"
                print(f"{number}: {pair.small!r} -> n={pair.large.n} d={pair.large.d}: {sides}", flush=True)
        number += 1
        if number % 10 == 0:
            print(f"{done} pairs, {bad} fail, {shown} in {TABLE_DIGITS} digits", flush=True)
    print(f"{done} pairs of seed {given.seed}, blocks {given.first} to {number - 1}: {bad} fail, {shown} in {TABLE_DIGITS} digits")
    return bool(bad)


if __name__ == "__main__":
    raise SystemExit(main())
