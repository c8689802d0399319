"""Prints certified ratios of upper to lower bound, and which of the two sides is further from an ideal configuration.

    python -m tools.blame --m 5 --d 2,3,5,10,30,100 --store RATIOS.jsonl

The ideal one has n >= tau_m(d) equal norms and power sums Q_2j = n E v^2j, as a half-design of strength m would have, for the best
n; it need not exist. "u" stands where the upper bound is further above it than it is above the lower bound, "l" where it is the
other way round, and "=" where the ratio is below 1.005. The file of ``--store`` is that of tools.tightness.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from flint import fmpq

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.evaluate import report
from boundcalc.loss.dense import to_float
from boundcalc.model.problem import Problem
from boundcalc.numbers.constants import welch_constant
from boundcalc.numbers.moments import cumulants_from_moments, row_polynomials
from tools.orbit_witnesses import numbers
from tools.tightness import LAWS, Ratios

DIMENSIONS = "2,3,5,10,30,100"
ACTIVITIES = ("1e-9", "1e-8", "1e-7", "1e-6", "1e-5", "1e-4", "1e-3", "1e-2", "0.03", "0.1", "0.3", "1")
SHARP = 1.005


def ideal(problem: Problem) -> float:
    """The improvement of the best ideal configuration, divided by p."""
    m, d = problem.m, fmpq(problem.d)
    kappa = [
        0.0,
        *map(to_float, cumulants_from_moments([1] + [problem.p * problem.law.moment(2 * j) for j in range(1, m + 1)])[1:]),
    ]
    least = to_float(welch_constant(d, m))
    sums = [0.0, *(np.array([to_float(1 / welch_constant(d, j))]) for j in range(1, m + 1))]
    n = np.geomspace(least, 1e9 * least, 4_000)
    gain, energy = row_polynomials(m, kappa, 1.0, [0.0, *(n * own for own in sums[1:])])
    value = np.where(energy > 0, n * np.maximum(gain, 0) ** 2 / np.where(energy > 0, energy, 1), 0)
    return float(value.max()) / to_float(problem.p)


def side(problem: Problem, ratio: float, lower: float) -> str:
    """u, l or =, for the lower bound divided by p."""
    if ratio < SHARP:
        return "="
    share = max(ideal(problem) / lower, 1.0)
    return "u" if ratio / share >= share else "l"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--m", type=int, default=5)
    parser.add_argument("--d", type=numbers, default=numbers(DIMENSIONS))
    parser.add_argument("--p", default=",".join(ACTIVITIES))
    parser.add_argument("--store", type=Path)
    options = parser.parse_args()
    ratios, activities = Ratios(options.store), options.p.split(",")
    print(f"| law | d | {' | '.join(activities)} |\n|---|---|{'---|' * len(activities)}")
    for law in LAWS:
        for d in options.d:
            cells = []
            for p in activities:
                problem, found = Problem("inf", d, options.m, p, law), ratios.at("inf", d, options.m, p, law)
                lower = report(problem, digits=6, upper=[BOUNDS["rank"]]).best_lower
                cells.append(f"{found['ratio']} {side(problem, float(found['ratio']), float(lower) / to_float(problem.p))}")
            print(f"| {law} | {d} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
