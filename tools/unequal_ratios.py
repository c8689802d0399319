"""Tightness of the bounds for features that differ: the table of the theory (section 8), and problems drawn at random.

``python -m tools.unequal_ratios table`` prints a row of the table a line, with the ratios to the best witness of a longer search;
``python -m tools.unequal_ratios random [CASES [FIRST]]`` those of reports alone: n <= 12, d <= 3, importances 0.9^i or 0.7^i, or
activities that fall like a power of i, three laws, m = 3. Processor seconds of the report are printed besides.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpq

from boundcalc.bounds.evaluate import Report, report
from boundcalc.language.formulas import features_from_formulas
from boundcalc.loss.exact import exact_loss
from boundcalc.model.features import FeatureProblem
from boundcalc.search.unequal import search_features

LAWS = ("rademacher", "uniform", "gaussian")
SHOWN = ("rank", "very_sparse", "capacity", "frontier")


@dataclass(frozen=True)
class Row:
    """A row of the table: formulas, and the ratios that the theory prints for U9w in its two forms."""

    importance: str
    p: str
    law: str
    n: int
    d: int
    geometric: float
    matrix: float

    @property
    def problem(self) -> FeatureProblem:
        """Its features."""
        return FeatureProblem(features_from_formulas(self.n, self.importance, self.p, self.law)[0], self.d, 3)


TABLE = (
    Row("0.9^i", "1e-4", "rademacher", 6, 2, 1.016, 1.00015),
    Row("0.9^i", "1e-2", "rademacher", 6, 2, 1.007, 1.00087),
    Row("0.9^i", "0.05", "rademacher", 6, 2, 1.005, 1.00392),
    Row("0.7^i", "1e-2", "rademacher", 6, 3, 1.030, 1.021),
    Row("0.7^i", "1e-4", "gaussian", 6, 2, 1.037, 1.00007),
    Row("0.7^i", "0.05", "gaussian", 6, 3, 1.023, 1.014),
    Row("0.7^i", "0.05", "uniform", 6, 3, 1.039, 1.035),
    Row("0.9^i", "1e-4", "rademacher", 12, 3, 1.031, 1.010),
    Row("0.9^i", "1e-2", "rademacher", 12, 3, 1.010, 1.003),
    Row("0.7^i", "1e-2", "rademacher", 12, 3, 1.041, 1.033),
    Row("1", "1e-3*i^-1.5", "rademacher", 6, 2, 1.068, 1.081),
    Row("1", "0.05*i^-1.5", "rademacher", 6, 3, 1.076, 1.070),
    Row("1", "0.05*i^-2", "rademacher", 12, 3, 1.061, 1.037),
    Row("1", "1e-2", "rademacher", 12, 3, 1.005, 1.005),
    Row("1", "0.05", "rademacher", 12, 3, 1.00001, 1.00001),
    *(Row("1", "0.05", law, n, d, 1.00001, 1.00001) for law in LAWS for n, d in ((3, 2), (6, 3))),
)


def quotient(value: fmpq) -> float:
    """The nearest float."""
    return int(value.p) / int(value.q)


def best(problem: FeatureProblem, found: Report, starts: int) -> fmpq:
    """The best of the report's lower bounds and of a longer search, exact."""
    assert found.best_lower.value is not None
    reported = found.best_lower.value.certified
    if not starts:
        return reported
    weights = search_features(problem, count=starts).weights
    return max(reported, exact_loss(weights, m=problem.m, features=problem.features, transpose=False).improvement_best_scale)


def table(starts: int = 48) -> None:
    """Prints the table."""
    for row in TABLE:
        begun = time.process_time()
        found = report(features=row.problem.features, d=row.d, m=3, digits=10)
        seconds = time.process_time() - begun
        witness = best(row.problem, found, starts)
        ratios = {outcome.bound.key: quotient(outcome.value.certified / witness) for outcome in found.upper if outcome.value}
        assert found.best_upper.value is not None
        least = quotient(found.best_upper.value.certified / witness)
        shown = " ".join(f"{key} {ratios[key]:.5f}" for key in SHOWN if key in ratios)
        print(
            f"{row.importance} {row.p} {row.law} n={row.n} d={row.d}: {shown}; best {least:.5f}, "
            f"report {quotient(found.ratio.upper):.5f} (theory: geometric {row.geometric}, matrix {row.matrix}), {seconds:.1f} s",
            flush=True,
        )


def problems(cases: Sequence[int]) -> Iterator[FeatureProblem]:
    """Problems at random, the same for the same numbers."""
    for case in cases:
        generator = np.random.default_rng(50_000 + case)
        d = int(generator.integers(1, 4))
        n = int(generator.integers(max(d + 1, 2), 13))
        p = f"{10 ** generator.uniform(-4, -0.7):.4g}"
        importance, activity = (("0.9^i", p), ("0.7^i", p), ("1", f"{p}*i^-{generator.uniform(0.5, 2):.2f}"))[case % 3]
        law = LAWS[int(generator.integers(3))]
        yield FeatureProblem(features_from_formulas(n, importance, activity, law)[0], d, 3)


def at_random(count: int, first: int) -> None:
    """Prints the ratios of the best bounds of a report."""
    ratios, longest = [], 0.0
    for case, problem in enumerate(problems(range(first, first + count)), first):
        begun = time.process_time()
        found = report(features=problem.features, d=problem.d, m=3, digits=10)
        seconds = time.process_time() - begun
        ratios.append(quotient(found.ratio.upper))
        longest = max(longest, seconds)
        print(case, problem.n, problem.d, found.best_upper.bound.key, f"{ratios[-1]:.5f} {seconds:.1f} s", flush=True)
    print(f"{count} problems: worst {max(ratios):.5f}, median {sorted(ratios)[len(ratios) // 2]:.5f}, longest {longest:.1f} s")


def main(arguments: Sequence[str]) -> None:
    """Runs the command."""
    if arguments[:1] == ["table"]:
        table()
        return
    count, first = (int(arguments[k]) if len(arguments) > k else default for k, default in ((1, 100), (2, 0)))
    at_random(count, first)


if __name__ == "__main__":
    main(sys.argv[1:])
