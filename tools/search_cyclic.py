"""Makes boundcalc/bounds/lower/cyclic_witnesses.json: weights of cyclic symmetry, where they beat every other lower bound.

    python tools/search_cyclic.py OUT.json d:m:law:p:seconds ...

The number k of orbits climbs a ladder while the value grows; the best few k are then tried from several random starts and with
both signs, until ``seconds`` are over. Entries are rounded to whole numbers of BITS bits; their sums over features are exact.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from scipy.optimize import minimize

from boundcalc.model.problem import Problem
from tools.cyclic import CyclicImprovement, orbits
from tools.invariants import invariants

BITS = 12
LADDER = (1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 17, 20, 24, 29, 35, 42, 50, 60, 72, 86, 103, 124, 150, 180, 216)
WORK = 10**9
"""Most n² (d + m): what a certificate's reader is ready to recompute."""
SEEDS = 3


def climb(objective: CyclicImprovement, start: np.ndarray, evaluations: int, tolerance: float) -> tuple[float, np.ndarray]:
    def descent(flat: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = objective(flat.reshape(start.shape))
        return -value, -gradient.ravel()

    options: Any = {"maxiter": evaluations, "maxfun": evaluations, "maxcor": 20, "ftol": tolerance, "gtol": 1e-12}
    with np.errstate(all="ignore"):
        found: Any = minimize(descent, start.ravel(), jac=True, method="L-BFGS-B", options=options)
    return float(np.exp(-found.fun)), found.x.reshape(start.shape)


def random_start(d: int, k: int, seed: int) -> np.ndarray:
    start = np.random.default_rng([d, k, seed]).standard_normal((d, k))
    return start / np.linalg.norm(start, axis=0)


def search(d: int, m: int, law: str, p: str, seconds: float) -> tuple[float, np.ndarray, int]:
    """I/p, generators and sign."""
    began = time.perf_counter()
    objectives = {sign: CyclicImprovement(Problem("inf", d, m, p, law), sign) for sign in (1, -1)}
    sizes = [k for k in LADDER if (k * d) ** 2 * (d + m) <= WORK]
    best, place, falls = (0.0, np.ones((d, 1)), 1), 0, 0
    for index, k in enumerate(sizes):
        value, found = climb(objectives[1], random_start(d, k, 0), 120, 1e-6)
        if value > best[0]:
            best, place, falls = (value, found, 1), index, 0
        else:
            falls += value < best[0] * 0.997
        if falls >= 2:
            break
    near = sizes[max(place - 1, 0) : place + 2]
    near = sorted({*near, (near[0] + sizes[place] + 1) // 2})
    jobs = [(k, sign, seed) for seed in range(1, SEEDS + 1) for k in near for sign in (1, -1)]
    for index, (k, sign, seed) in enumerate(jobs):
        if index > 1 and time.perf_counter() - began > seconds:
            break
        value, found = climb(objectives[sign], random_start(d, k, seed), 500, 1e-9)
        if value > best[0]:
            best = value, found, sign
    value, found = climb(objectives[best[2]], best[1], 1500, 1e-12)
    lengths = np.linalg.norm(found, axis=0)
    return value, found[:, lengths > 1e-3 * lengths.max()], best[2]


def entry_of(generators: np.ndarray, sign: int, m: int) -> dict[str, object]:
    """Rounded generators with their exact sums: every row of A is a row of a generator, d times."""
    whole = np.rint(generators / np.abs(generators).max() * ((1 << (BITS - 1)) - 1)).astype(np.int64)
    whole = whole[:, np.argsort(-(whole**2).sum(axis=0), kind="stable")]
    square = (whole.T @ orbits(whole, sign)).astype(object) ** 2
    power, sums = square, [square.sum(axis=1)]
    for _ in range(m - 1):
        power = power * square
        sums.append(power.sum(axis=1))
    d = len(whole)
    of_c, of_d = invariants(m, [int(a) for a in (whole**2).sum(axis=0)], np.array(sums).T.tolist())
    packed = b64encode(whole.T.astype("<i2").tobytes()).decode()
    return {"m": m, "d": d, "sign": sign, "generators": packed, "C": [d * x for x in of_c], "D": [d * x for x in of_d]}


def text_of(entries: dict[str, Any]) -> str:
    ordered = sorted(entries.items(), key=lambda pair: (pair[1]["m"], pair[1]["d"], pair[0]))
    lines = [f"{json.dumps(key)}: {json.dumps(entry, separators=(',', ':'))}" for key, entry in ordered]
    return '{"witnesses": {\n' + ",\n".join(lines) + "\n}}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("points", nargs="+", help="d:m:law:p:seconds")
    options = parser.parse_args()
    entries: dict[str, Any] = json.loads(options.out.read_text())["witnesses"] if options.out.exists() else {}
    for point in options.points:
        dimension, order, law, p, seconds = point.split(":")
        began = time.perf_counter()
        value, found, sign = search(int(dimension), int(order), law, p, float(seconds))
        key = f"m{order}_d{dimension}_n{found.size}_{law[0]}_{p}_cyclic"
        entries[key] = entry_of(found, sign, int(order))
        options.out.write_text(text_of(entries))
        print(f"{time.perf_counter() - began:.0f} s  {key}  {value:.6f}", flush=True)


if __name__ == "__main__":
    main()
