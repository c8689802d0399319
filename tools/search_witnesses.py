"""Makes boundcalc/bounds/lower/witnesses.json: searches a coarse grid and keeps what beats every other lower bound.

    python tools/search_witnesses.py OUT.json [--starts 60] [--workers 2]

Entries are rounded to whole numbers of BITS bits; their sums over features are exact.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from boundcalc.bounds.catalog import LOWER
from boundcalc.bounds.lower.invariants import evaluate, invariants
from boundcalc.bounds.outcome import evaluate_lower
from boundcalc.loss.power_sums import gram_power_sums
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import cumulants_from_moments
from boundcalc.numbers.rings import EXACT
from boundcalc.search.moves import present
from boundcalc.search.optimize import optimize

BITS = 14
GAIN = 1.0005
"""An entry must beat what is known by this factor at the problem it was found for."""
SIZES = {
    2: (3, 4, 5, 6, 8),
    3: (4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 24),
    4: (5, 6, 7, 8, 10, 11, 12, 14, 16, 18, 20, 23, 30, 40, 60),
    5: (6, 8, 10, 12, 16, 20, 24, 30, 41, 50, 64),
    6: (7, 9, 12, 16, 20, 27, 36, 45, 55, 63),
    7: (8, 10, 14, 18, 24, 28, 36, 45, 56, 64),
    8: (9, 12, 16, 20, 28, 36, 46, 56, 64),
}
POINTS = (
    ("rademacher", "1e-6"),
    ("rademacher", "1e-4"),
    ("rademacher", "1e-3"),
    ("rademacher", "3e-3"),
    ("rademacher", "0.01"),
    ("rademacher", "0.03"),
    ("rademacher", "0.06"),
    ("gaussian", "1e-3"),
    ("gaussian", "0.03"),
    ("gaussian", "0.1"),
    ("gaussian", "0.3"),
)


def known(problem: Problem) -> float:
    """The best I/p of the other lower bounds, and of the entries kept so far."""
    best = 0.0
    for bound in LOWER:
        value = None if bound.key == "search" else evaluate_lower(bound, problem, 10).value
        if value is not None:
            number = value.certified / problem.p
            best = max(best, int(number.p) / int(number.q))
    return best


def of_entries(problem: Problem, entries: dict[str, dict[str, object]]) -> float:
    exact = Quantities(EXACT, problem)
    kappa = [float(int(k.p) / int(k.q)) if j else 0.0 for j, k in enumerate(cumulants_from_moments(exact.x_moments))]
    best = 0.0
    for entry in entries.values():
        columns = entry["columns"]
        if entry["m"] == problem.m and len(columns) <= problem.n and len(columns[0]) <= problem.d:
            c, d = evaluate(problem.m, kappa, [float(x) for x in entry["C"]], [float(x) for x in entry["D"]])
            best = max(best, c * c / d / (int(problem.p.p) / int(problem.p.q)))
    return best


def entry_of(weights: np.ndarray, m: int) -> dict[str, object]:
    kept = weights[:, present(weights)]
    whole = np.rint(kept / np.abs(kept).max() * (1 << (BITS - 1))).astype(np.int64)
    whole = whole[:, np.argsort(-(whole**2).sum(axis=0), kind="stable")]
    whole //= np.gcd.reduce(whole, axis=None)
    sums = gram_power_sums(whole.astype(object), m)
    of_c, of_d = invariants(m, sums.diagonal, sums.sums)
    return {"m": m, "columns": whole.T.tolist(), "C": of_c, "D": of_d}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--starts", type=int, default=60)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--m", type=int, nargs="*", default=[3, 5])
    options = parser.parse_args()
    entries: dict[str, dict[str, object]] = {}
    if options.out.exists():
        entries = json.loads(options.out.read_text())["witnesses"]
    began = time.time()
    for m in options.m:
        for d, sizes in SIZES.items():
            for n in sizes if m == 3 else sizes[:: 2 if d > 3 else 1]:
                for law, p in POINTS if m == 3 else POINTS[::2]:
                    problem = Problem(n, d, m, p, law)
                    least = GAIN * max(known(problem), of_entries(problem, entries))
                    if least >= GAIN * 0.9999 * n * law_gain(problem):
                        continue  # nothing above what n single features give
                    found = optimize(problem, starts=options.starts, workers=options.workers, seed=1)
                    entry = entry_of(found.weights, m)
                    name = f"m{m}_d{d}_n{len(entry['columns'])}_{law[0]}_{p}"
                    if of_entries(problem, {"new": entry}) > least:
                        entries[name] = entry
                        options.out.write_text(text_of(entries))
                        print(
                            f"{time.time() - began:.0f} s  {name}  {found.value:.6f}  {found.value / least:.4f}  {len(entries)}",
                            flush=True,
                        )
    options.out.write_text(text_of(entries))


def law_gain(problem: Problem) -> float:
    gain = problem.law.moment(problem.m + 1) ** 2 / problem.law.moment(2 * problem.m)
    return int(gain.p) / int(gain.q)


def text_of(entries: dict[str, dict[str, object]]) -> str:
    ordered = sorted(entries.items(), key=lambda pair: (pair[1]["m"], len(pair[1]["columns"][0]), len(pair[1]["columns"]), pair[0]))
    lines = [f"{json.dumps(key)}: {json.dumps(entry, separators=(',', ':'))}" for key, entry in ordered]
    return '{"witnesses": {\n' + ",\n".join(lines) + "\n}}\n"


if __name__ == "__main__":
    main()
