"""Prints best upper over best lower bound from certified values, the tables of docs/tightness.md.

    python -m tools.tightness
    python -m tools.tightness --d 2-100 --store RATIOS.jsonl

Each entry is rounded up, so that no ratio printed is below the certified one. With ``--store`` the entries are kept in a file,
one a line, and those that are there are not computed again: a long table may be stopped and started. A last line has their
median and largest.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from flint import fmpq

from boundcalc.bounds.evaluate import report
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import decimal_ceiling
from boundcalc.numbers.parsing import parse_rational
from tools.orbit_witnesses import numbers

LAWS = ("rademacher", "gaussian")
DIMENSIONS = "3,10,30,100,1000"
ACTIVITIES = ("1e-12", "1e-10", "1e-9", "1e-8", "1e-7", "1e-6", "1e-5", "1e-4", "1e-3", "1e-2", "0.03", "0.1")


class Ratios:
    """Certified ratios, from the file where it has them."""

    def __init__(self, store: Path | None) -> None:
        self.store = store
        lines = store.read_text(encoding="utf-8").splitlines() if store is not None and store.exists() else []
        self.known: dict[str, dict[str, Any]] = {json.dumps(entry["problem"]): entry for entry in map(json.loads, lines)}

    def at(self, n: str, d: int, m: int, p: str, law: str) -> dict[str, Any]:
        """``ratio``, rounded up to five digits, and the keys of the two bounds."""
        key = [n, d, m, p, law]
        name = json.dumps(key)
        if name not in self.known:
            answer = report(Problem(n if n == "inf" else int(n), d, m, p, law), digits=12)
            ratio = decimal_ceiling(answer.ratio.upper, 5)
            entry = {"problem": key, "ratio": ratio, "upper": answer.best_upper.bound.key, "lower": answer.best_lower.bound.key}
            self.known[name] = entry
            if self.store is not None:
                with self.store.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(entry) + "\n")
        return self.known[name]


def rows(
    ratios: Ratios, n: str, dimensions: list[int], m: int, activities: list[str], *, keys: bool, laws: Sequence[str] = LAWS
) -> Iterator[str]:
    """The lines of the table, in Markdown."""
    yield f"| law | d | {' | '.join(activities)} |"
    yield "|---|---|" + "---|" * len(activities)
    every: list[fmpq] = []
    for law in laws:
        for d in dimensions:
            found = [ratios.at(n, d, m, p, law) for p in activities]
            every += [parse_rational(entry["ratio"], parameter="ratio") for entry in found]
            cells = [entry["ratio"] + (f" ({entry['upper']}, {entry['lower']})" if keys else "") for entry in found]
            yield f"| {law} | {d} | {' | '.join(cells)} |"
    every.sort()
    ninth = every[(9 * len(every)) // 10]
    shown = [decimal_ceiling(value, 4) for value in (every[len(every) // 2], ninth, every[-1])]
    yield f"\n{len(every)} entries: median {shown[0]}, nine in ten at most {shown[1]}, largest {shown[2]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--m", type=int, default=3)
    parser.add_argument("--n", default="inf")
    parser.add_argument("--d", type=numbers, default=numbers(DIMENSIONS), help="such as 2-100 or 3,10,30")
    parser.add_argument("--p", default=",".join(ACTIVITIES), help="activities with commas between them")
    parser.add_argument("--laws", nargs="+", default=LAWS)
    parser.add_argument("--keys", action="store_true", help="name the two bounds beside each ratio")
    parser.add_argument("--store", type=Path, help="a file to keep the entries in")
    options = parser.parse_args()
    ratios, activities = Ratios(options.store), options.p.split(",")
    for line in rows(ratios, options.n, options.d, options.m, activities, keys=options.keys, laws=options.laws):
        print(line, flush=True)


if __name__ == "__main__":
    main()
