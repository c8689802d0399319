"""Attacks the floors of the ReLU loss with trained, structured, random and adversarial networks.

``python -m tools.attack_relu --count 2000`` goes through the problems below in turn, certifies the loss of each network and
prints, for every floor, how often it was attacked and the least quotient of a certified loss and the floor. A quotient
below 1 refutes the floor and ends the run with status 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from flint import fmpq

from boundcalc.bounds.relu.floors import Floor, floors
from boundcalc.bounds.relu.witnesses import closed_network
from boundcalc.loss.relu.loss import relu_loss
from boundcalc.model.features import Features, Group
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import to_float
from boundcalc.search.network import descend

PROBLEMS = (
    *((n, d, p, True) for n, d in ((4, 2), (5, 2), (6, 3), (5, 3), (9, 3), (3, 1)) for p in ("1/1000", "1/50")),
    (5, 2, "1/6", True),
    (6, 3, "1/6", True),
    (6, 2, "1/2", True),
    (8, 5, "4/5", True),
    (5, 2, "1/50", False),
    (7, 2, "1/1000", False),
    (9, 3, "1/50", False),
)
"""n, d, p, and whether there is a bias."""
KINDS = ("trained", "structured", "random", "adversarial")
WIDTH = "1e-5"


@dataclass
class Tally:
    """What the attacks on one floor came to: their number, the least quotient, and where it was."""

    attacks: int = 0
    least: float = float("inf")
    where: str = ""


@lru_cache(maxsize=64)
def problem_and_floors(place: int) -> tuple[ReluProblem, list[Floor]]:
    """Problem number ``place`` of the list and its floors."""
    n, d, p, bias = PROBLEMS[place]
    problem = ReluProblem(Features((Group(n, 1, p, "uniform01"),)), d, bias=bias)
    return problem, floors(problem)


def network(problem: ReluProblem, kind: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray | None]:
    """Weights and bias of that kind."""
    n, d = problem.n, problem.d
    W = rng.standard_normal((d, n)) * np.exp(rng.uniform(-0.7, 0.4, n)) / d**0.5
    b = rng.uniform(-0.3, 0.05, n)
    if kind == "structured":
        W, b = _structured(problem, rng)
    if kind == "adversarial":
        known = closed_network(problem)
        W = known.weights + rng.choice([0.02, 0.2, 0.6]) * rng.standard_normal((d, n))
        b = np.array([to_float(x) for x in known.bias]) - rng.choice([0.0, 0.02, 0.2])
    if kind in ("trained", "adversarial"):
        W, b, _ = descend(problem, np.ones(n), W, b if problem.bias else np.zeros(n))
    return W, b if problem.bias else None


def _structured(problem: ReluProblem, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Polygons, pairs, a simplex or repeated axes at a random scale, the other features dropped with their mean."""
    n, d = problem.n, problem.d
    mean = to_float(problem.features.groups[0].p) / 2
    W, b = np.zeros((d, n)), np.full(n, mean)
    kept = int(rng.integers(1, n + 1))
    form = rng.choice(["polygon", "pairs", "simplex", "axes"])
    if form == "polygon" and d > 1:
        angles = 2 * np.pi * np.arange(kept) / kept
        W[:2, :kept] = np.cos(angles), np.sin(angles)
    elif form == "simplex" and d > 1:
        kept = min(n, d + 1)
        corners = np.eye(d + 1) - 1 / (d + 1)
        axes = np.linalg.svd(corners)[2][:d]
        W[:, :kept] = (axes @ corners / (1 - 1 / (d + 1)) ** 0.5)[:, :kept]
    else:
        signs = np.where(np.arange(kept) // d % 2, -1.0 if form == "pairs" else 1.0, 1.0)
        W[np.arange(kept) % d, np.arange(kept)] = signs
    W *= rng.choice([1.0, 1.17, rng.uniform(0.7, 2.0)])
    b[:kept] = -rng.choice([0.0, 0.1, 0.28, rng.uniform(0, 1)])
    return W, b


def attack(count: int, seed: int, *, first: int = 0, say: bool = False) -> dict[str, Tally]:
    """Attacks every floor with ``count`` networks, from number ``first`` on; the tally of each.

    Raises
    ------
    AssertionError
        If a certified loss is below a floor.
    """
    tallies: dict[str, Tally] = {}
    began = time.monotonic()
    for number in range(first, first + count):
        rng = np.random.default_rng([seed, number])
        problem, known = problem_and_floors(number % len(PROBLEMS))
        kind = KINDS[number // len(PROBLEMS) % len(KINDS)]
        W, b = network(problem, kind, rng)
        loss = relu_loss(W, bias=b, features=problem.features, width=WIDTH, transpose=False).loss
        for floor in known:
            quotient = to_float(fmpq(loss.upper) / floor.value.lower)
            tally = tallies.setdefault(floor.key, Tally())
            tally.attacks += 1
            if quotient < tally.least:
                n, d, p, bias = PROBLEMS[number % len(PROBLEMS)]
                tally.least, tally.where = (
                    quotient,
                    f"{kind}, n = {n}, d = {d}, p = {p}{'' if bias else ', no bias'}, number {number}",
                )
            assert loss.upper >= floor.value.lower, f"{floor.key} is refuted by number {number} of seed {seed}"
        if say and number % 100 == 99:
            print(f"{number + 1} networks, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return tallies


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first network")
    given = parser.parse_args()
    try:
        tallies = attack(given.count, given.seed, first=given.first, say=True)
    except AssertionError as error:
        print(error)
        return 1
    print(f"{given.count} networks from {given.first}, seed {given.seed}: none is below a floor")
    for key, tally in sorted(tallies.items()):
        print(f"  {key:<16} {tally.attacks:5d} attacks, least loss/floor {tally.least:.6f}  ({tally.where})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
