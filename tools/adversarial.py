"""Attacks every upper bound with optimised weights of adversarial kinds: how many were tried, and how near they came.

    python -m tools.adversarial --cases 2000 --store CASES.jsonl

Weights of a few main and many tiny features, anisotropic ones, direct sums, plane and spatial designs are climbed by L-BFGS for
random problems (m = 3, 5, 7, every law, d <= 4, n <= 60, each bound for n and for n = inf). Every bound that applies is compared
with the improvement; what comes within 10^-9 of one in floating point is decided in exact arithmetic. With ``--store`` the cases
are kept, one a line, and a later call goes on from there. The printed tables have the nearest case to each bound and the numbers
of cases by kind and by m.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from boundcalc.bounds.catalog import UPPER
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.loss.dense import to_float
from boundcalc.model.problem import INFINITY, Problem
from boundcalc.search.climb import maximise
from boundcalc.search.moves import present
from boundcalc.search.objective import Array, Improvement
from boundcalc.search.starts import fitted, frame_weights, known_frames
from tools.attack import ACTIVITIES, LAWS, SUSPECTED, Attack, certified

EXPONENTS = (3, 5, 5, 7)
DIMENSIONS = (2, 2, 3, 3, 4)
LARGEST_N = 60
EVALUATIONS = 400
DIGITS = 12
Start = Callable[[np.random.Generator, int, int], Array]


def mixed(rng: np.random.Generator, d: int, n: int) -> Array:
    """A few main features and many tiny ones."""
    sizes = np.where(np.arange(n) < int(rng.integers(1, 2 * d + 1)), 1.0, 10 ** rng.uniform(-2, -0.3))
    return rng.normal(size=(d, n)) * sizes


def anisotropic(rng: np.random.Generator, d: int, n: int) -> Array:
    """M far from a multiple of the identity."""
    return np.diag(np.geomspace(1, 10 ** rng.uniform(-2, -0.3), d)) @ rng.normal(size=(d, n))


def direct_sum(rng: np.random.Generator, d: int, n: int) -> Array:
    """Blocks in orthogonal subspaces, of other sizes each."""
    weights, first = np.zeros((d, n)), int(rng.integers(1, d))
    cut = int(rng.integers(1, n))
    weights[:first, :cut] = rng.normal(size=(first, cut))
    weights[first:, cut:] = 10 ** rng.uniform(-1, 0) * rng.normal(size=(d - first, n - cut))
    return weights


def plane_design(rng: np.random.Generator, d: int, n: int) -> Array:
    """Equally spaced lines of a plane, the other dimensions filled at random, tiny."""
    lines = int(rng.integers(3, min(n, 12) + 1)) if n > 3 else n
    weights = 10 ** rng.uniform(-2, 0) * rng.normal(size=(d, n))
    angles = np.pi * np.arange(lines) / lines
    weights[:, :lines] = 0
    weights[:2, :lines] = np.stack([np.cos(angles), np.sin(angles)])
    return weights


def spatial_design(rng: np.random.Generator, d: int, n: int) -> Array:
    """A known frame with its columns moved a little, and tiny spare ones."""
    keys = [key for key in known_frames(n, d) if not key.startswith("plane_lines")]
    if not keys:
        return plane_design(rng, d, n)
    weights = fitted(frame_weights(str(rng.choice(keys))), n, d, rng, spare=bool(rng.random() < 0.7))
    return weights + 10 ** rng.uniform(-4, -1) * rng.normal(size=(d, n))


KINDS: dict[str, Start] = {
    "main and tiny": mixed,
    "anisotropic": anisotropic,
    "direct sum": direct_sum,
    "plane design": plane_design,
    "spatial design": spatial_design,
}


def drawn(rng: np.random.Generator) -> Problem:
    """A problem of the attack, n the number of columns."""
    d = int(rng.choice(DIMENSIONS))
    n = int(rng.integers(d + 1, LARGEST_N + 1)) if rng.random() < 0.7 else int(rng.integers(d + 1, 13))
    p = str(rng.choice(ACTIVITIES)) if rng.random() < 0.5 else f"{10 ** rng.uniform(-9, 0):.3g}"
    return Problem(n, d, int(rng.choice(EXPONENTS)), p, str(rng.choice(LAWS)))


def cases_of(turn: int) -> Iterator[dict[str, Any]]:
    """One problem: an optimum from each kind of start, against every bound for n and for n = ∞."""
    rng = np.random.default_rng([2026, turn])
    problem = drawn(rng)
    bounds = []
    for n in (problem.n, INFINITY):
        own = Problem(n, problem.d, problem.m, problem.p, problem.law)
        for bound in UPPER:
            value = evaluate_upper(bound, own, DIGITS).value
            if value is not None:
                bounds.append((bound.key, own, to_float(value.enclosure.upper)))
    objective = Improvement(problem)
    for kind, start in KINDS.items():
        begin = start(rng, problem.d, int(problem.n))
        try:
            with np.errstate(all="ignore"):
                log_value, weights, _ = maximise(objective, begin, EVALUATIONS, 1e-14)
        except (ZeroDivisionError, ValueError):  # C or D vanished in floating point
            continue
        if not (math.isfinite(log_value) and np.isfinite(weights).all()):
            continue
        improvement = math.exp(log_value) * to_float(problem.p)
        superposed = len(present(weights)) > problem.d
        nearest: dict[str, float] = {}
        violated = []
        for key, own, limit in bounds:
            ratio = improvement / limit
            nearest[key] = max(nearest.get(key, 0.0), ratio)
            if ratio > SUSPECTED and certified(Attack(key, ratio, own, weights, kind, superposed)).violated:
                violated.append(key)
        shown = [problem.n, problem.d, problem.m, str(problem.p), problem.law.name]
        yield {"turn": turn, "kind": kind, "problem": shown, "superposed": superposed, "ratios": nearest, "violated": violated}


def tables(found: list[dict[str, Any]]) -> Iterator[str]:
    """The numbers of cases, and the nearest one to each bound, in Markdown."""
    violations = sum(bool(case["violated"]) for case in found)
    superposed = sum(case["superposed"] for case in found)
    yield f"{len(found)} optimised weights, {superposed} with superposition: {violations} violations.\n"
    exponents = sorted({case["problem"][2] for case in found})
    yield f"| kind of start | {' | '.join(f'm = {m}' for m in exponents)} |"
    yield "|---|" + "---|" * len(exponents)
    counts = Counter((case["kind"], case["problem"][2]) for case in found)
    for kind in KINDS:
        yield f"| {kind} | {' | '.join(str(counts[kind, m]) for m in exponents)} |"
    yield "\n| bound | cases | largest ratio with superposition | m | d | n | p | law | kind |"
    yield "|---|" + "---|" * 8
    for bound in UPPER:
        own = [case for case in found if bound.key in case["ratios"]]
        best = max((case for case in own if case["superposed"]), key=lambda case: case["ratios"][bound.key], default=None)
        if best is not None:
            n, d, m, p, law = best["problem"]
            ratio = math.floor(best["ratios"][bound.key] * 10**6) / 10**6
            yield f"| `{bound.key}` | {len(own)} | {ratio:.6f} | {m} | {d} | {n} | {p} | {law} | {best['kind']} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=2_000)
    parser.add_argument("--turns", type=int, help="stop after so many problems, to go on later")
    parser.add_argument("--store", type=Path, help="a file to keep the cases in")
    options = parser.parse_args()
    found: list[dict[str, Any]] = []
    if options.store is not None and options.store.exists():
        found = [json.loads(line) for line in options.store.read_text(encoding="utf-8").splitlines()]
    turn = done = max((case["turn"] for case in found), default=-1) + 1
    while len(found) < options.cases and (options.turns is None or turn < done + options.turns):
        fresh = list(cases_of(turn))
        found += fresh
        if options.store is not None:
            with options.store.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(case) + "\n" for case in fresh)
        turn += 1
    for line in tables(found):
        print(line)


if __name__ == "__main__":
    main()
