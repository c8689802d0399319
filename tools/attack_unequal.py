"""Attacks every bound for features that differ: optimised weights over mixed laws, activities, importances and scales.

The improvement of the best weights of several climbs is evaluated exactly; a bound below it is a violation. The command is
``python -m tools.attack_unequal [CASES [FIRST]]``; it prints the violations, and the nearest case of each bound.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpq

from boundcalc.bounds.catalog import UPPER
from boundcalc.bounds.declaration import UpperBound
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.bounds.unequal.climb import best_weights
from boundcalc.bounds.unequal.kinds import FeatureKind, kinds
from boundcalc.loss.exact import exact_loss
from boundcalc.model.features import FeatureProblem, Features, Group

LAWS = ("rademacher", "gaussian", "uniform", "laplace", "support:-2:1/8,0:3/4,2:1/8", "support:-1:1/4,0:1/2,1:1/4")
LARGEST_N, LARGEST_D = 8, 3
CLIMBS = 8
COVERED = tuple(bound for bound in UPPER if bound.unequal is not None)


@dataclass(frozen=True)
class NearestCase:
    """The case in which weights came nearest to a bound, or exceeded it."""

    key: str
    case: int
    ratio: float
    violated: bool


def problem_of_case(case: int) -> FeatureProblem:
    """A problem: m = 3 four times in five, else 5; a third of the features in groups; half of the problems with one law."""
    generator = np.random.default_rng(10_000 + case)
    m = 5 if case % 5 == 4 else 3
    d = int(generator.integers(1, LARGEST_D + 1))
    left = int(generator.integers(max(d, 2), LARGEST_N + 1))
    least, mixed = generator.uniform(-5, -0.5), generator.random() < 0.5
    law = LAWS[int(generator.integers(len(LAWS)))]
    groups = []
    while left:
        count = int(generator.integers(1, left + 1)) if generator.random() < 0.3 else 1
        p = f"{10 ** generator.uniform(least, 0):.6g}"
        own = LAWS[int(generator.integers(len(LAWS)))] if mixed else law
        scale = f"{generator.uniform(0.5, 2):.3g}" if mixed else "1"
        groups.append(Group(count, f"{np.exp(generator.normal(0, 1.5)):.6g}", p, own, scale))
        left -= count
    return FeatureProblem(Features(tuple(groups)), d, m)


def attacked(problem: FeatureProblem, seed: int) -> fmpq | None:
    """The exact improvement of the best weights found; ``None`` where no climb got anywhere."""
    features: list[FeatureKind] = [kind for kind in kinds(problem) for _ in range(kind.count)]
    weights = best_weights(features, problem.d, problem.m, count=CLIMBS, seed=seed)
    if weights is None:
        return None
    groups = tuple(Group(1, k.importance, k.p, k.group.law, k.group.scale) for k in features)
    return exact_loss(weights, m=problem.m, features=Features(groups), transpose=False).improvement_best_scale


def attack(cases: Sequence[int], bounds: Sequence[UpperBound] = COVERED) -> dict[str, NearestCase]:
    """The nearest case of each bound."""
    nearest: dict[str, NearestCase] = {}
    for case in cases:
        problem = problem_of_case(case)
        improvement = attacked(problem, case)
        for bound in bounds if improvement is not None else ():
            value = evaluate_upper(bound, problem, 20).value
            if value is None:
                continue
            quotient = improvement / value.certified
            found = NearestCase(bound.key, case, int(quotient.p) / int(quotient.q), bool(quotient > 1))
            known = nearest.get(bound.key)
            if known is None or (found.violated, found.ratio) > (known.violated, known.ratio):
                nearest[bound.key] = found
    return nearest


def main(arguments: Sequence[str]) -> int:
    """Runs the command; 1 where a bound is violated."""
    count, first = (int(arguments[k]) if len(arguments) > k else default for k, default in ((0, 50), (1, 0)))
    found = attack(range(first, first + count))
    for near in found.values():
        mark = "VIOLATED" if near.violated else "holds"
        print(f"{near.key}: {mark}, nearest {near.ratio:.12f} in case {near.case}")
    print(f"{count} cases from {first}")
    return int(any(near.violated for near in found.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
