"""Makes the table of weights that are orbits of a group of permutations, orbit_witnesses.json and orbit_generators.json.

    python -m tools.orbit_witnesses FOUND.jsonl --m 3 --d 2-200 --work 4e8
    python -m tools.orbit_witnesses FOUND.jsonl --write boundcalc/bounds/lower

The first command adds to FOUND.jsonl what is not there: for each d a ladder of numbers of features, each made for the p at which
random directions would use so many. It may be stopped and started again. The second adds these to the table, and keeps
of all entries those that are best somewhere on a grid of problems.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from base64 import b85encode
from collections.abc import Iterator
from functools import cache
from math import comb, log
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from boundcalc.bounds.lower import random_directions
from boundcalc.bounds.lower.invariants import evaluate, invariants
from boundcalc.bounds.lower.orbit_search import OrbitPlan, climb, plans
from boundcalc.bounds.lower.witness_table import table
from boundcalc.frames.orbits import Symmetry
from boundcalc.loss.orbits import OrbitImprovement, exact_sums
from boundcalc.model.problem import INFINITY, Problem
from boundcalc.search.objective import Improvement

LARGEST = 400_000
"""Most features of an entry."""
MOST_WORK = 2e9
"""Most work of one evaluation."""
FIELDS = ("m", "n", "d", "group", "generators", "C", "D")
LIMITED = 6000
"""A usual limit on n: an entry just below it is made for p → 0."""
EXPONENTS = tuple(10.0 ** (-k / 4) for k in range(4, 40))


@cache
def activity(d: int, m: int) -> tuple[tuple[float, float], ...]:
    """(log n, log p), ascending in n: random directions use 0.9 n features at p, ±1 features."""
    found = []
    for p in EXPONENTS:
        choice = random_directions.BOUND.choose(Problem("inf", d, m, f"{p:.6g}", "rademacher"))
        assert choice is not None
        size = log(0.9 * float(choice.shown["n"]))
        while found and found[-1][0] >= size:  # near p = 1/10 there is no gain, and the size means little
            found.pop()
        found.append((size, log(p)))
    return tuple(found)


def p_for(n: int, d: int, m: int) -> str:
    """The p at which about n features are best, ±1 features."""
    x, y = zip(*activity(d, m), strict=True)
    return f"{float(np.exp(np.interp(log(n), x, y))):.3g}"


def ladder(d: int, m: int, ratio: float) -> Iterator[tuple[int, bool]]:
    """Numbers of features, and whether they are a limit."""
    dimension = comb(d + m - 1, m)
    top = min(LARGEST, 2.5 * dimension)
    n = 1.5 * d
    limited = top > LIMITED
    while n <= top:
        if limited and n * ratio > LIMITED:
            yield LIMITED, True
            limited, n = False, LIMITED * ratio
        yield round(n), False
        n *= ratio
    yield round(top), False


def made(plan: OrbitPlan, m: int, p: str, evaluations: int, start: Any = None) -> tuple[float, Any]:
    whole = Improvement(Problem("inf", max(plan.symmetry.d, 2), m, p, "rademacher"))
    objective = OrbitImprovement(plan.symmetry, m, whole.kappa, whole.p)
    return climb(objective, plan.start() if start is None else start, evaluations)


def best_of(d: int, m: int, n: int, limit: bool, work: float) -> dict[str, Any] | None:
    """The best weights that this much work finds for about n features."""
    p = p_for(n, d, m)
    found = []
    for plan in plans(d, n, below=limit):
        if plan.work > MOST_WORK:
            continue
        value, generators = made(plan, m, p, max(20, min(60, int(work / 4 / plan.work))))
        found.append((value, plan, generators))
    if not found:
        return None
    if sum(plan.work for _, plan, _ in found) * 300 < work:  # there is time for other random starts
        for _, plan, _ in found[:2]:
            others = [OrbitPlan(plan.kind, plan.symmetry, plan.count, seed) for seed in (1, 2) if plan.kind == "orbits"]
            found += [(value, other, generators) for other in others for value, generators in [made(other, m, p, 60)]]
    found.sort(key=lambda each: -each[0])
    value, plan, generators = found[0]
    value, generators = made(plan, m, p, max(20, min(400, int(work / plan.work))), generators)
    return entry_of(plan.symmetry, plan.symmetry.rounded(generators), m) | {"p": p, "value": value, "kind": plan.kind, "target": n}


def entry_of(symmetry: Symmetry, whole: Any, m: int) -> dict[str, Any]:
    """Generators with their exact sums over all features."""
    of_c, of_d = invariants(m, *exact_sums(symmetry, whole, m))
    return {
        "m": m,
        "group": symmetry.as_json(),
        "generators": b85encode(whole.T.astype("i1").tobytes()).decode(),
        "C": [symmetry.order * x for x in of_c],
        "D": [symmetry.order * x for x in of_d],
        "n": symmetry.order * whole.shape[1],
        "d": symmetry.d,
    }


def search(path: Path, m: int, dimensions: list[int], work: float, ratio: float) -> None:
    done = {(e["m"], e["d"], e["target"]) for e in map(json.loads, path.read_text().splitlines())} if path.exists() else set()
    with path.open("a") as file:
        for d in dimensions:
            began = time.perf_counter()
            made_here = 0
            for n, limit in ladder(d, m, ratio):
                if (m, d, n) in done:
                    continue
                entry = best_of(d, m, n, limit, work)
                if entry is not None:
                    file.write(json.dumps(entry, separators=(",", ":")) + "\n")
                    file.flush()
                    made_here += 1
            print(f"m = {m}, d = {d}: {made_here} entries, {time.perf_counter() - began:.0f} s", flush=True)


GRID = tuple(f"{10 ** (-k / 8):.3g}" for k in range(4, 73))
LAWS = ("rademacher", "gaussian", "uniform")
SIZES = (200, 1000, 3000, 6000, INFINITY)
GAIN = 1.0005
"""An entry stays if it is better by this factor than what stays without it, somewhere on the grid."""


def values(entries: list[dict[str, Any]], m: int, law: str, p: str) -> np.ndarray:
    """I/p of entries with the same m."""
    kappa = Improvement(Problem("inf", 2, m, p, law)).kappa
    of_c, of_d = (np.array([[float(x) for x in entry[name]] for entry in entries]).T for name in "CD")
    C, D = evaluate(m, kappa, of_c, of_d)
    return np.asarray(np.where(D > 0, C * (C / D), 0.0) / float(p))


def chosen(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries that are best somewhere on the grid among those of at most their dimension, by a factor GAIN."""
    found: list[dict[str, Any]] = []
    for m in sorted({entry["m"] for entry in entries}):
        listed = sorted((e for e in entries if e["m"] == m), key=lambda e: (e["d"], e["n"], e["generators"]))
        n, d = (np.array([entry[name] for entry in listed]) for name in "nd")
        needed: set[int] = set()
        for law in LAWS:
            for p in GRID:
                worth = values(listed, m, law, p)
                for dimension in sorted(set(d.tolist())):
                    for most in SIZES:
                        fits = np.flatnonzero((d <= dimension) & (n <= most))
                        if not len(fits):
                            continue
                        best = fits[np.argmax(worth[fits])]
                        have = [k for k in fits.tolist() if k in needed]
                        if not have or worth[best] > GAIN * max(worth[k] for k in have):
                            needed.add(int(best))
        found += [listed[k] for k in sorted(needed)]
    return found


def write(found: Path, folder: Path) -> None:
    """Adds what was found to the table that is in the folder, and keeps what is needed."""
    sums, orbits = folder / "orbit_witnesses.json", folder / "orbit_generators.json"
    stored = json.loads(sums.read_text())["witnesses"] if sums.exists() else {}
    kept = json.loads(orbits.read_text())["witnesses"] if orbits.exists() else {}
    entries = [entry | kept[key] for key, entry in stored.items()]
    entries += [{name: entry[name] for name in FIELDS} for entry in map(json.loads, found.read_text().splitlines())]
    by_key: dict[str, dict[str, Any]] = {}
    for entry in chosen(entries):
        key = f"m{entry['m']}_d{entry['d']}_n{entry['n']}"
        while key in by_key:
            key += "b"
        by_key[key] = entry
    for path, names in ((sums, ("m", "d", "n", "C", "D")), (orbits, ("group", "generators", "wide"))):
        parts = {key: {name: entry[name] for name in names if name in entry} for key, entry in by_key.items()}
        lines = [f"{json.dumps(key)}: {json.dumps(part, separators=(',', ':'))}" for key, part in parts.items()]
        path.write_text('{"witnesses": {\n' + ",\n".join(lines) + "\n}}\n")
    print(f"{len(by_key)} of {len(entries)} entries, {sums.stat().st_size + orbits.stat().st_size} bytes")


def numbers(text: str) -> list[int]:
    """``2-5,9`` as a list."""
    found: list[int] = []
    for part in text.split(","):
        low, _, high = part.partition("-")
        found += range(int(low), int(high or low) + 1)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("found", type=Path, nargs="?", help="what was found, one entry a line")
    parser.add_argument("--list", action="store_true", help="the numbers of features of the table, for each m and d")
    parser.add_argument("--m", type=int, default=3)
    parser.add_argument("--d", type=numbers, default=numbers("2-200"))
    parser.add_argument("--work", type=float, default=4e8)
    parser.add_argument("--ratio", type=float, default=1.35)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    if options.list:
        sizes: dict[tuple[int, int], list[int]] = {}
        for key in sorted(table().values(), key=lambda entry: entry.n):
            sizes.setdefault((key.m, key.d), []).append(key.n)
        for (m, d), n in sorted(sizes.items()):
            print(f"m = {m}, d = {d}: {', '.join(map(str, n))}")
        return
    if options.found is None:
        parser.error("needs the file of what was found")
    if options.write is not None:
        write(options.found, options.write)
        return
    search(options.found, options.m, options.d, options.work, options.ratio)


if __name__ == "__main__":
    main()
