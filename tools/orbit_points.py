"""Searches longer for weights that are orbits, at given problems, and adds them to the file that tools.orbit_witnesses reads.

    python -m tools.orbit_points FOUND.jsonl --d 15,20 --p 1e-4,1e-5 --law rademacher --n inf --seconds 30

Over all groups that permute coordinates and leave few enough orbits, numbers of features near the one wanted and random starts:
all are climbed a little, the best third of them further, and so on. What is found is kept if it is better than what the table has.

    python -m tools.orbit_points FOUND.jsonl --d 75,80 --p 1e-6 --law rademacher --cubic --seconds 40

starts at cubic chirps alone, two real vectors for each, and quartic ones past them: in 60 and more dimensions, where about d³/4
features are wanted, a climb from there is soon better than a long one from random starts.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from itertools import count as counting
from itertools import product
from math import comb, exp, log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundcalc.bounds.lower.orbit_search import OrbitPlan, is_prime, plans
from boundcalc.bounds.lower.selector import wanted
from boundcalc.bounds.lower.witness_table import ranked
from boundcalc.frames.orbits import Symmetry, unit_groups
from boundcalc.loss.orbits import OrbitImprovement
from boundcalc.model.problem import Problem
from boundcalc.search.objective import Improvement
from tools.orbit_witnesses import SEARCHED, entry_of, numbers

Array = NDArray[np.float64]
BLOCK = 1 << 19
"""Inner products that are held at a time."""
SHARES = (0.75, 0.85, 0.93, 1.0, 1.08, 1.17, 1.3)
"""Numbers of features that are tried, over the one wanted."""
FEWEST, MOST = 3, 60
"""Orbits."""
MOST_STARTS = 600
FEWEST_CHIRPS, ENOUGH_CHIRPS = 6, 14
"""Orbits of cubic chirps."""


class BlockedImprovement(OrbitImprovement):
    """The same function in single precision, a block of elements of the group at a time: for many features, and to search only.

    Its groups have no turn. A_(i, g j) = A_(j, g^{-1} i), so that the gradient needs no inverses of elements: each pair has the
    coefficients of both of its rows.
    """

    def __call__(self, generators: Array) -> tuple[float, Array]:
        symmetry, m, kappa = self.symmetry, self.m, self.kappa
        generators = symmetry.projected(generators)
        single, count = generators.astype(np.float32), generators.shape[1]
        size = max(1, BLOCK // count**2)
        blocks = [slice(k, min(k + size, symmetry.order)) for k in range(0, symmetry.order, size)]
        sums: list[Any] = [np.zeros(count) for _ in range(m)]
        for block in blocks:
            gram = single.T @ self._images(single, block)
            gram *= gram
            power = gram
            for k in range(m):
                power = power * gram if k else power
                sums[k] += power.sum(axis=1)
        a = np.einsum("ij,ij->j", generators, generators)
        moments: list[Any] = [np.ones(count)]
        for top in range(1, m + 1):
            terms = [comb(2 * top - 1, 2 * j - 1) * kappa[j] * sums[j - 1] * moments[top - j] for j in range(1, top + 1)]
            moments.append(np.sum(terms, axis=0))
        rows_c, by_a, by_q = np.zeros(count), np.zeros(count), [np.zeros(count) for _ in range(m + 1)]
        for k in range(1, m + 1, 2):
            factor, top = comb(m, k) * kappa[(k + 1) // 2] * a ** (k - 1), (m - k) // 2
            rows_c += factor * a * moments[top]
            by_a += factor * k * moments[top]
            for j in range(1, top + 1):
                by_q[j] += factor * a * comb(m - k, 2 * j) * moments[top - j]
        value_c, value_d = float(rows_c.sum()), float(moments[m].sum())
        rows = [2 * j * kappa[j] * (2 / value_c * by_q[j] - comb(2 * m, 2 * j) / value_d * moments[m - j]) for j in range(1, m + 1)]
        pairs = [(row[:, None] + row[None, :]).astype(np.float32)[:, None, :] for row in rows]
        gradient = generators * (4 / value_c * by_a)
        for block in blocks:
            W = self._images(single, block)
            gram = (single.T @ W).reshape(count, -1, count)
            square, inner = gram * gram, np.zeros_like(gram)
            for j in range(m - 1, -1, -1):
                inner = inner * square + pairs[j] if j < m - 1 else inner + pairs[j]
            gradient += W @ (inner * gram).reshape(count, -1).T
        return 2 * log(value_c) - log(value_d) + log(symmetry.order) - log(self.p), symmetry.projected(gradient)

    def _images(self, generators: NDArray[np.float32], block: slice) -> NDArray[np.float32]:
        """The images under these elements of the group."""
        symmetry, k = self.symmetry, generators.shape[1]
        sources = symmetry._sources[block]
        cut = symmetry.copies * symmetry.size
        parts = generators[:cut].reshape(symmetry.copies, symmetry.size, k)
        moved = np.take(parts, sources.T.ravel(), axis=1).reshape(symmetry.copies, symmetry.size, len(sources), k)
        if symmetry._signs is not None:
            moved = moved * symmetry._signs[block].T[None, :, :, None].astype(np.float32)
        still = np.broadcast_to(generators[cut:, None, :], (symmetry.fixed, len(sources), k))
        return np.concatenate([moved.reshape(cut, -1), still.reshape(symmetry.fixed, len(sources) * k)])


def symmetries(d: int) -> Iterator[Symmetry]:
    """Groups in d dimensions: one cycle of coordinates or copies of it, up to two fixed ones, sums zero or signs."""
    for copies in range(1, max(2, d // 3 + 1)):
        for zero_sum in range(copies + 1):
            for fixed in range(3):
                size, rest = divmod(d + zero_sum - fixed, copies)
                if rest or size < 3:
                    continue
                for units in unit_groups(size):
                    yield Symmetry(size, units, copies=copies, zero_sum=zero_sum, fixed=fixed)
                if not zero_sum and not fixed:  # the shift's power −1 moves no coordinate that is fixed
                    yield Symmetry(size, sign=-1, copies=copies)


def starts(problem: Problem, shares: Sequence[float], most: int) -> list[OrbitPlan]:
    """Groups and numbers of orbits for about the number of features wanted, the ones of least work first."""
    target, limited = wanted(problem)
    found: dict[tuple[Symmetry, int], OrbitPlan] = {}
    for symmetry in symmetries(problem.d):
        for share in shares:
            n = share * target
            count = int(n // symmetry.order if limited else round(n / symmetry.order))
            if not FEWEST <= count <= most or not 0.7 * target <= count * symmetry.order <= min(1.35 * target, problem.n):
                continue
            found[symmetry, count] = OrbitPlan("orbits", symmetry, count)
    chirps = [plan for plan in plans(problem.d, target, below=limited) if plan.kind == "chirps" and plan.n <= problem.n]
    return chirps + sorted(found.values(), key=lambda plan: plan.work)


def cubic_starts(problem: Problem, shares: Sequence[float]) -> list[OrbitPlan]:
    """Groups and numbers of orbits for cubic chirps, the largest groups that leave enough orbits."""
    d, (target, limited) = problem.d, wanted(problem)
    found = []
    for q in range(d // 2 + 1, 4, -1):
        left = d - 2 * q
        if not is_prime(q) or left > max(4, d // 20):
            continue
        for units in sorted(unit_groups(q), key=len, reverse=True):
            symmetry = Symmetry(q, units, copies=2, zero_sum=max(0, -left), fixed=max(0, left))
            for share in shares:
                count = int(share * target / symmetry.order) if limited else round(share * target / symmetry.order)
                if count >= FEWEST_CHIRPS and count * symmetry.order <= problem.n:
                    found.append(OrbitPlan("cubic", symmetry, count))
            if target >= ENOUGH_CHIRPS * symmetry.order:
                break
    return found


def start_of(plan: OrbitPlan) -> Array:
    """Its first generators; of cubic ones exp(iθ + 2πi (b x⁴ + a x³ + c x)/q) and i times it, with little in the fixed coordinates.

    With b = 0 one of each orbit of (a, c) under the units, and then others.
    """
    if plan.kind != "cubic":
        return plan.start()
    symmetry, q = plan.symmetry, plan.symmetry.size
    rng, x = np.random.default_rng([symmetry.coordinates, plan.count, plan.seed]), np.arange(q)
    seen: set[tuple[int, int]] = set()
    orbits: list[tuple[int, int]] = []
    for a, c in product(range(1, q), repeat=2):
        if (a, c) not in seen:
            orbits.append((a, c))
            seen |= {(a * t**3 % q, c * t % q) for t in symmetry.units}
    rng.shuffle(orbits)
    columns: list[Array] = []
    for k in range((plan.count + 1) // 2):
        b, (a, c) = (0, orbits[k]) if k < len(orbits) else (1, rng.integers(q, size=2))
        turned = np.exp(2j * np.pi * ((b * x**4 + a * x**3 + c * x) % q / q + rng.random())) / q**0.5
        columns += [
            np.concatenate([z.real, z.imag, 0.3 * rng.standard_normal(symmetry.fixed) / (2 * q) ** 0.5])
            for z in (turned, 1j * turned)
        ]
    return symmetry.projected(np.array(columns[: plan.count]).T)


def climb(objective: OrbitImprovement, start: Array, evaluations: int) -> tuple[float, Array]:
    """I/p and the generators after at most so many evaluations in one descent."""
    from scipy.optimize import minimize

    def descent(flat: Array) -> tuple[float, Array]:
        value, gradient = objective(flat.reshape(start.shape))
        return -value, -gradient.ravel()

    options: Any = {"maxiter": evaluations, "maxfun": evaluations, "maxcor": 20, "ftol": 1e-10, "gtol": 1e-12}
    with np.errstate(all="ignore"):
        result: Any = minimize(descent, start.ravel(), jac=True, method="L-BFGS-B", options=options)
    return (exp(-result.fun) if np.isfinite(result.fun) else 0.0), result.x.reshape(start.shape)


def hunted(
    problem: Problem, seconds: float, shares: Sequence[float] = SHARES, most: int = MOST, *, cubic: bool = False
) -> tuple[float, OrbitPlan, Array]:
    """The best weights found in about so much processor time."""
    whole = Improvement(Problem("inf", problem.d, problem.m, problem.p, problem.law))
    listed = cubic_starts(problem, shares) if cubic else starts(problem, shares, most)
    if not listed:
        raise ValueError("no group with the orbits wanted")
    began, pool = time.process_time(), []

    def objective(plan: OrbitPlan) -> OrbitImprovement:
        kind = OrbitImprovement if plan.symmetry.turn else BlockedImprovement
        return kind(plan.symmetry, problem.m, whole.kappa, whole.p)

    for seed in counting():
        for plan in listed:
            again = OrbitPlan(plan.kind, plan.symmetry, plan.count, seed)
            pool.append((*climb(objective(again), start_of(again), 25), again))
            if time.process_time() - began > seconds / 3 or len(pool) >= MOST_STARTS:
                break
        else:
            continue
        break
    for share, evaluations in ((0.5, 80), (0.8, 200), (1.0, 1000)):
        pool.sort(key=lambda each: -each[0])
        further = []
        for _, generators, plan in pool[: max(2, len(pool) // 4)]:
            further.append((*climb(objective(plan), generators, evaluations), plan))
            if time.process_time() - began > share * seconds:
                break
        pool = further + pool[len(further) :]
    value, generators, plan = max(pool, key=lambda each: each[0])
    return value, plan, generators


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("found", type=Path, help="what was found, one entry a line")
    parser.add_argument("--m", type=int, default=3)
    parser.add_argument("--d", type=numbers, required=True)
    parser.add_argument("--p", required=True, help="activities with commas between them")
    parser.add_argument("--law", default="rademacher,gaussian")
    parser.add_argument("--n", default="inf")
    parser.add_argument("--seconds", type=float, default=30, help="processor time for each problem")
    parser.add_argument("--shares", default=",".join(map(str, SHARES)), help="of the number of features wanted")
    parser.add_argument("--most", type=int, default=MOST, help="orbits")
    parser.add_argument("--cubic", action="store_true", help="start at cubic chirps")
    options = parser.parse_args()
    shares = [float(x) for x in options.shares.split(",")]
    for d in options.d:
        for n in options.n.split(","):
            for p in options.p.split(","):
                for law in options.law.split(","):
                    problem = Problem(n if n == "inf" else int(n), d, options.m, p, law)
                    have = ranked(problem)[0][0]
                    try:
                        value, plan, generators = hunted(problem, options.seconds, shares, options.most, cubic=options.cubic)
                    except ValueError as error:
                        print(f"d = {d}, n = {n}, p = {p}, {law}: {error}", flush=True)
                        continue
                    note = f"d = {d}, n = {n}, p = {p}, {law}: {have:.5g} → {value:.5g} ({value / have - 1:+.2%}) with {plan.n}"
                    print(note, plan.symmetry.as_json(), flush=True)
                    if value > have:
                        entry = entry_of(plan.symmetry, plan.symmetry.rounded(generators), options.m)
                        entry |= SEARCHED | {"p": p, "value": value, "kind": plan.kind, "target": -plan.n}
                        with options.found.open("a") as file:
                            file.write(json.dumps(entry, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
