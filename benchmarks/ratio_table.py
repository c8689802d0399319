"""Best upper over best lower bound, n = infinity, m = 3, from certified values: python benchmarks/ratio_table.py.

Each entry is rounded up, so that no ratio printed is below the certified one. ``--d``, ``--laws`` and ``--p`` restrict the table.
"""

from __future__ import annotations

import argparse
import sys
import time

from boundcalc.bounds.evaluate import report
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import decimal_ceiling

LAWS = ("rademacher", "gaussian")
DIMENSIONS = (3, 10, 30, 100, 1000)
ACTIVITIES = ("1e-12", "1e-10", "1e-9", "1e-8", "1e-7", "1e-6", "1e-5", "1e-4", "1e-3", "1e-2", "0.03", "0.1")


def main() -> None:
    """Prints a Markdown table, a row a law and dimension, and the time each report takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--m", type=int, default=3)
    parser.add_argument("--laws", nargs="+", default=LAWS)
    parser.add_argument("--d", nargs="+", type=int, default=DIMENSIONS)
    parser.add_argument("--p", nargs="+", default=ACTIVITIES)
    parser.add_argument("--keys", action="store_true", help="name the two bounds beside each ratio")
    options = parser.parse_args()
    print(f"| law | d | {' | '.join(options.p)} |")
    print("|---|---|" + "---|" * len(options.p))
    slowest, total, count = 0.0, 0.0, 0
    for law in options.laws:
        for d in options.d:
            entries = []
            for p in options.p:
                start = time.perf_counter()
                answer = report(Problem("inf", d, options.m, p, law), 12)
                text = decimal_ceiling(answer.ratio.upper, 5)
                spent = time.perf_counter() - start
                slowest, total, count = max(slowest, spent), total + spent, count + 1
                keys = f" ({answer.best_upper.bound.key}, {answer.best_lower.bound.key})" if options.keys else ""
                entries.append(text + keys)
            print(f"| {law} | {d} | {' | '.join(entries)} |", flush=True)
    print(f"{count} reports, {total / count:.2f} s on average, {slowest:.2f} s at most", file=sys.stderr)


if __name__ == "__main__":
    main()
