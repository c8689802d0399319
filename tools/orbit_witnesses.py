"""Makes the table of weights that are orbits of a group of permutations, orbit_witnesses.json and orbit_generators.json.

    python -m tools.orbit_witnesses FOUND.jsonl --m 3 --d 2-200 --work 4e8
    python -m tools.orbit_witnesses FOUND.jsonl --m 3 --d 9-64 --searched
    python -m tools.orbit_witnesses FOUND.jsonl --write boundcalc/bounds/lower

The first command adds to FOUND.jsonl what is not there: for each d a ladder of numbers of features, each made for the p at which
random directions would use so many. It may be stopped and started again. The second adds what the search at run time finds where
that is better than the table, which would keep it from being looked for there: bounds would fall from an n without an entry to one
with it. The third adds these to the table, and keeps of all those that gain most on a grid of problems, as many as fit into 2 MB
of a wheel; with ``--keep`` it drops none.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from base64 import b85encode
from collections.abc import Iterator, Sequence
from functools import cache
from math import comb, log
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from boundcalc.bounds.lower import orthogonal_array, random_chirps, random_directions
from boundcalc.bounds.lower.integer_search import search_quantities
from boundcalc.bounds.lower.invariants import evaluate, invariants
from boundcalc.bounds.lower.orbit_climbs import best, climb
from boundcalc.bounds.lower.orbit_search import OrbitPlan, plans
from boundcalc.bounds.lower.selector import wanted
from boundcalc.bounds.lower.witness_table import ranked, table
from boundcalc.frames.orbits import Symmetry
from boundcalc.loss.orbits import OrbitImprovement, exact_sums
from boundcalc.model.problem import Problem
from boundcalc.numbers.constants import sphere_moment
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.moments import correlation, cumulants_from_moments, moments_from_cumulants
from boundcalc.search.objective import Improvement

LARGEST = 400_000
"""Most features of an entry."""
MOST_WORK = 2e9
"""Most work of one evaluation."""
FIELDS = ("m", "n", "d", "group", "generators", "C", "D")
SEARCHED = {"serves": False}
"""Of entries beside the ladder: what they are next to is searched for as before, so that no bound falls for them."""
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


def best_of(d: int, m: int, n: int, limit: bool, work: float, most: float = MOST_WORK) -> dict[str, Any] | None:
    """The best weights that this much work finds for about n features, no evaluation taking more than ``most``."""
    p = p_for(n, d, m)
    found = []
    for plan in plans(d, n, below=limit):
        if plan.work > most:
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


def search(path: Path, m: int, dimensions: list[int], work: float, ratio: float, most: float = MOST_WORK) -> None:
    done = {(e["m"], e["d"], e["target"]) for e in map(json.loads, path.read_text().splitlines())} if path.exists() else set()
    with path.open("a") as file:
        for d in dimensions:
            began = time.perf_counter()
            made_here = 0
            for n, limit in ladder(d, m, ratio):
                if (m, d, n) in done:
                    continue
                entry = best_of(d, m, n, limit, work, most)
                if entry is not None:
                    file.write(json.dumps(entry, separators=(",", ":")) + "\n")
                    file.flush()
                    made_here += 1
            print(f"m = {m}, d = {d}: {made_here} entries, {time.perf_counter() - began:.0f} s", flush=True)


GRID = tuple(f"{10 ** (-k / 8):.3g}" for k in range(4, 73))
LAWS = ("rademacher", "gaussian", "uniform")
SIZES = (200.0, 1000.0, 3000.0, 6000.0, 1e300)
GAINS = (0.005, 0.002, 0.001, 0.0006, 0.0004, 0.0003, 0.00025, 0.0002, 0.00017, 0.00014, 0.0001, 0.00005)
"""Entries are added in rounds, smaller dimensions first: those that are better, somewhere on the grid, by a factor of one plus d
times so much than what was added before. An entry's length is about proportional to d."""
EVERY, ROUND, COARSE = 64, 5, 10
"""Past d = EVERY other dimensions than multiples of ROUND have a smaller table: their gain must be COARSE times as large."""
FEWEST_CLOSED, LEAST_CLOSED = 20, 2000
"""Dimensions and features from which the closed forms count."""
BYTES = 2_900_000
"""Of the table, about; a wheel holds two thirds of that, compressed."""
LISTED = (3, 5, 9, 10, 11, 12, 15, 20, 24, 30, 37, 50, 64, 75, 100, 150, 200)
LISTED_BYTES = 35_000
"""Where the room is used up these dimensions, those of docs/tightness.md, have so much more."""


def values(entries: list[dict[str, Any]], m: int, law: str, p: str) -> np.ndarray:
    """I/p of entries with the same m."""
    kappa = Improvement(Problem("inf", 2, m, p, law)).kappa
    C, D = evaluate(m, kappa, *(np.array([[float(x) for x in entry[name]] for entry in entries]).T for name in "CD"))
    return np.asarray(np.where(D > 0, C * (C / D), 0.0) / float(p))


def length(entry: dict[str, Any]) -> int:
    """Its bytes in the table, nearly."""
    return len(json.dumps([entry[name] for name in FIELDS], separators=(",", ":"))) + 100


def without(m: int, law: str, p: str, d: int) -> list[float]:
    """I/p that takes no table, under each limit on n: an orthonormal basis, random directions, random chirps and arrays."""
    kappa = Improvement(Problem("inf", 2, m, p, law)).kappa
    moments = moments_from_cumulants(kappa)
    other = cumulants_from_moments([x * float(sphere_moment(d, k)) for k, x in enumerate(moments)])
    n = np.geomspace(d, 4 * comb(d + m - 1, m) / float(p), 200)
    total = moments_from_cumulants([0] + [kappa[k] + (n - 1) * other[k] for k in range(1, m + 1)])
    worth = n * correlation(m, kappa, 1, total) ** 2 / total[m] / float(p)
    floor = min(d, 200) * kappa[1] / float(p)
    found = [max(floor, *worth[n <= most]) for most in SIZES]
    return [max(value, in_closed_form(most, d, p, law)) for value, most in zip(found, SIZES, strict=True)] if m == 3 else found


def in_closed_form(most: float, d: int, p: str, law: str) -> float:
    """I/p of the closed forms for m = 3 that are good where many features are wanted."""
    if d < FEWEST_CLOSED or most < LEAST_CLOSED:
        return 0.0
    problem = Problem("inf" if most > 1e200 else int(most), d, 3, p, law)
    q = search_quantities(problem)
    choices = [(bound, bound.choose(problem)) for bound in (random_chirps.BOUND, orthogonal_array.BOUND)]
    return max(
        (float(bound.formula(q, **choice.values)) / float(p) for bound, choice in choices if choice is not None), default=0.0
    )


class Cover:
    """What entries of one m reach on the grid: laws and p's, limits on n, dimensions.

    In a larger dimension an entry serves as often as it fits, with unit vectors beside it.
    """

    def __init__(self, entries: list[dict[str, Any]], m: int) -> None:
        self.entries = sorted(entries, key=lambda e: (e["d"], e["n"], e["generators"]))
        self.n, d = (np.array([entry[name] for entry in self.entries]) for name in "nd")
        self.worth = np.array([values(self.entries, m, law, p) for law in LAWS for p in GRID])
        self.dimensions = np.unique(d)
        self.place = np.searchsorted(self.dimensions, d)
        points = [(law, p) for law in LAWS for p in GRID]
        listed = [[without(m, law, p, size) for size in self.dimensions.tolist()] for law, p in points]
        self.have = np.array(listed).transpose(0, 2, 1)
        self.best, self.which = self.have.copy(), np.full(self.have.shape, -1)
        self.unit = np.array([Improvement(Problem("inf", 2, m, p, law)).kappa[1] / float(p) for law, p in points])[:, None, None]
        for k in range(len(self.entries)):
            better = self.reach(k) > self.best[:, :, self.place[k] :]
            self.which[:, :, self.place[k] :][better] = k
            self.best[:, :, self.place[k] :] = np.maximum(self.best[:, :, self.place[k] :], self.reach(k))
        self.needed: set[int] = set()

    def reach(self, k: int) -> np.ndarray:
        """An entry's values over laws and p's, limits on n, and dimensions from its own on."""
        d = self.dimensions[self.place[k] :]
        times = np.minimum(d // d[0], np.array(SIZES)[:, None] // self.n[k])
        return np.asarray(np.where(times > 0, times * self.worth[:, k, None, None] + self.unit * (d - times * d[0]), 0.0))

    def add(self, gain: float, room: float, only: Sequence[int] = ()) -> float:
        """Adds entries until nothing gains so much for each dimension, or the room is used up; the room that is left."""
        for place, d in enumerate(self.dimensions.tolist()):
            if only and d not in only:
                continue
            least = 1 + gain * d * (COARSE if d > EVERY and d % ROUND else 1)
            while True:
                ratio = self.best[:, :, place] / self.have[:, :, place]
                at = np.unravel_index(int(np.argmax(ratio)), ratio.shape)
                if not ratio[at] > max(least, 1.0005):
                    break
                k = int(self.which[at[0], at[1], place])
                room -= length(self.entries[k])
                if room < 0:
                    return room
                self.needed.add(k)
                part = self.have[:, :, self.place[k] :]
                np.maximum(part, self.reach(k), out=part)
        return room


def chosen(entries: list[dict[str, Any]], room: float = BYTES, listed: float = LISTED_BYTES) -> list[dict[str, Any]]:
    """The entries that are worth most on the grid, as many as there is room for, and then for the dimensions that are listed."""
    covers = [Cover([e for e in entries if e["m"] == m], m) for m in sorted({entry["m"] for entry in entries})]
    for gain in GAINS:
        for cover in covers:
            room = cover.add(gain, room) if room > 0 else room
    rest = listed if room < 0 else 0.0
    for gain in GAINS[3:]:
        for cover in covers:
            rest = cover.add(gain, rest, LISTED) if rest > 0 else rest
    return [cover.entries[k] for cover in covers for k in sorted(cover.needed)]


STEP = 4
"""Of the grid of activities, where the search at run time is compared with the table, and ..."""
TINY = "1e-9"
"""... p where n is the limit."""
NOTICED = 2e-4


def compared(m: int, d: int) -> Iterator[Problem]:
    """Problems of d dimensions where the table is compared with a search: over p, and at the number of features of each entry."""
    for law in LAWS[:2]:
        yield from (Problem("inf", d, m, p, law) for p in GRID[::STEP])
    sizes = sorted({entry.n for entry in table().values() if (entry.m, entry.d) == (m, d) and entry.n >= 2 * d})
    yield from (Problem(n, d, m, TINY, "rademacher") for n in sizes)


def add_searched(path: Path, m: int, dimensions: list[int]) -> None:
    """Adds to the file what the search at run time finds where it is better than the table and what was added before."""
    for d in dimensions:
        began, added = time.perf_counter(), list[dict[str, Any]]()
        for problem in compared(m, d):
            n, limited = wanted(problem)
            end = best(problem, n, below=limited) if n >= 2 * d else None
            if end is None:
                continue
            fitting = [entry for entry in added if entry["n"] <= problem.n]
            have = [float(x) for x in values(fitting, m, problem.law.name, repr(to_float(problem.p)))] if fitting else []
            if end.value > (1 + NOTICED) * max([ranked(problem)[0][0], *have]):
                added.append(entry_of(end.symmetry, end.generators, m))
        with path.open("a") as file:
            file.writelines(json.dumps(entry | SEARCHED | {"target": -entry["n"]}, separators=(",", ":")) + "\n" for entry in added)
        print(f"m = {m}, d = {d}: {len(added)} entries, {time.perf_counter() - began:.0f} s", flush=True)


def write(found: Path, folder: Path, *, keep: bool = False) -> None:
    """Adds what was found to the table that is in the folder, and keeps what is needed, or everything."""
    sums, orbits = folder / "orbit_witnesses.json", folder / "orbit_generators.json"
    stored = json.loads(sums.read_text())["witnesses"] if sums.exists() else {}
    kept = json.loads(orbits.read_text())["witnesses"] if orbits.exists() else {}
    present = [entry | kept[key] for key, entry in stored.items()]
    known = {id(entry): key for key, entry in zip(stored, present, strict=True)}
    fields = {*FIELDS, *SEARCHED}
    entries = present + [
        {name: value for name, value in json.loads(line).items() if name in fields} for line in found.read_text().splitlines()
    ]
    by_key: dict[str, dict[str, Any]] = {}
    for entry in sorted(entries if keep else chosen(entries), key=lambda entry: id(entry) not in known):
        key = known.get(id(entry), f"m{entry['m']}_d{entry['d']}_n{entry['n']}")  # what has a name keeps it
        while key in by_key:
            key += "b"
        by_key[key] = entry
    by_key = dict(sorted(by_key.items(), key=lambda item: (item[1]["m"], item[1]["d"], item[1]["n"], item[0])))
    for path, names in ((sums, ("m", "d", "n", "C", "D", *SEARCHED)), (orbits, ("group", "generators", "wide"))):
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
    parser.add_argument("--most", type=float, default=MOST_WORK, help="most work of one evaluation")
    parser.add_argument("--searched", action="store_true", help="add what the search at run time finds beyond the table")
    parser.add_argument("--write", type=Path)
    parser.add_argument("--keep", action="store_true", help="drop nothing from the table")
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
        write(options.found, options.write, keep=options.keep)
        return
    if options.searched:
        add_searched(options.found, options.m, options.d)
        return
    search(options.found, options.m, options.d, options.work, options.ratio, options.most)


if __name__ == "__main__":
    main()
