"""Very sparse regime, n p = 1e-4: certified ratio of the best upper bound to a witness, d ≤ 4, n ≤ 2 τ_3(d), two laws.

    python benchmarks/search_very_sparse.py [--starts 40]

Where the ratio exceeds 1.01 the last column says which side is to blame: the upper bound, if Welch's constant G of the
very sparse limit is not attained although many starts agree on the same value of S²/T.
"""

from __future__ import annotations

import argparse
import os
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from flint import fmpq

from boundcalc.bounds.catalog import LOWER, UPPER
from boundcalc.bounds.evaluate import report
from boundcalc.model.problem import Problem
from boundcalc.numbers.constants import welch_constant
from boundcalc.search.certified import certified
from boundcalc.search.optimize import optimize


def number(value: fmpq) -> float:
    return int(value.p) / int(value.q)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=40)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    began, ratios = time.process_time(), []
    quick = [bound for bound in LOWER if bound.key in {"orthonormal", "half_design", "known_frame"}]
    print(f"{'law':11} {'d':>2} {'n':>3} {'upper I/p':>12} {'witness I/p':>12} {'ratio <=':>10}  upper bound, blame")
    for law in ("rademacher", "gaussian"):
        for d in (1, 2, 3, 4):
            last = int(2 * welch_constant(fmpq(d), 3).floor())
            for n in range(1, last + 1):
                problem = Problem(n, d, 3, fmpq(1, 10**4 * n), law)
                bounds = report(problem, digits=15, upper=UPPER, lower=quick)
                found = optimize(problem, starts=options.starts, workers=options.workers)
                sure = certified(found.weights, problem, bounds)
                ratio = number(sure.ratio.upper)
                ratios.append((ratio, law, d, n))
                upper = number(sure.ratio.upper * sure.improvement / problem.p)
                blame = ""
                if ratio > 1.01:
                    again = optimize(problem, starts=options.starts, seed=1, workers=options.workers, only_random=True)
                    same = abs(again.value / found.value - 1) < 1e-9
                    blame = "upper: independent random starts end at the same value" if same else "the search"
                print(
                    f"{law:11} {d:>2} {n:>3} {upper:12.8f} {number(sure.improvement / problem.p):12.8f} {ratio:10.6f}  "
                    f"{sure.upper_key} {blame}",
                    flush=True,
                )
    worst = max(ratios)
    mean = sum(ratio for ratio, *_ in ratios) / len(ratios)
    print(
        f"{len(ratios)} problems: mean {mean:.5f}, worst {worst[0]:.5f} at {worst[1:]}; {time.process_time() - began:.0f} s of CPU"
    )


if __name__ == "__main__":
    main()
