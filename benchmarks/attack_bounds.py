"""Attacks every upper bound and prints how near each was brought: python benchmarks/attack_bounds.py --minutes 10.

Two processes share the work; their seeds differ. No ratio printed is above the certified one.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tools.attack import Attack, attack, certified, merged, table


def run(seconds: float, seed: int) -> list[Attack]:
    """One process's share."""
    return attack(seconds=seconds, seed=seed)


def main() -> int:
    """Prints a Markdown table, a row a bound; status 1 if one is violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with ProcessPoolExecutor(options.processes, get_context("spawn")) as pool:
        jobs = [pool.submit(run, 60 * options.minutes, options.seed + k) for k in range(options.processes)]
        attacks = [certified(found) for found in merged([job.result() for job in jobs])]
    print(table(attacks))
    violated = [each.attack.key for each in attacks if each.violated]
    print(f"{sum(each.attack.cases for each in attacks)} cases; violated: {', '.join(violated) or 'none'}", file=sys.stderr)
    return 1 if violated else 0


if __name__ == "__main__":
    raise SystemExit(main())
