"""Samples problems of features that differ, and computes water-filling as a linear program, for tests."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from boundcalc.model.features import FeatureProblem, Features, Group

LAWS = ("rademacher", "gaussian", "uniform", "laplace", "support:-2:1/8,0:3/4,2:1/8")
MOMENTS = {
    "rademacher": (1.0, 1.0, 1.0),
    "gaussian": (1.0, 3.0, 15.0),
    "uniform": (1 / 3, 1 / 5, 1 / 7),
    "laplace": (2.0, 24.0, 720.0),
}
"""μ_2, μ_4, μ_6 by hand."""


def sampled(number: int, *, m: int = 3, largest_n: int = 6, largest_d: int = 3, least_p: float = -4) -> FeatureProblem:
    """A problem with mixed laws, activities over decades, importances over four decades; a third have features in groups."""
    generator = np.random.default_rng(number)
    d = int(generator.integers(1, largest_d + 1))
    n = int(generator.integers(d, largest_n + 1))
    mixed = generator.random() < 0.5
    law = LAWS[int(generator.integers(len(LAWS)))]
    groups = []
    while n > 0:
        count = int(generator.integers(1, n + 1)) if generator.random() < 0.3 else 1
        p = f"{10 ** generator.uniform(least_p, 0):.6g}"
        importance = f"{10 ** generator.uniform(-2, 2):.6g}"
        own = LAWS[int(generator.integers(len(LAWS)))] if mixed else law
        scale = f"{generator.uniform(0.5, 2):.3g}" if mixed else "1"
        groups.append(Group(count, importance, p, own, scale))
        n -= count
    return FeatureProblem(Features(tuple(groups)), d, m)


def powers(n: int, d: int, base: str, p: str, law: str) -> FeatureProblem:
    """Importances base^i, i = 0 … n − 1, and one activity."""
    from fractions import Fraction

    return FeatureProblem(Features.each([Fraction(base) ** i for i in range(n)], [p] * n, law), d, 3)


def water_filled(rows: list[tuple[np.ndarray, np.ndarray]], rank: int) -> float:
    """max Σ_i Σ_k λ_ik R_i(t_k) under Σ_k λ_ik ≤ 1 and Σ_ik λ_ik t_k ≤ r: the sum of concave envelopes, from samples (t, R)."""
    count, points = len(rows), len(rows[0][0])
    values = np.concatenate([row for _, row in rows])
    shares = np.zeros((count + 1, count * points))
    for i, (t, _) in enumerate(rows):
        shares[i, i * points : (i + 1) * points] = 1
        shares[count, i * points : (i + 1) * points] = t
    found = linprog(-values / values.max(), A_ub=shares, b_ub=[1.0] * count + [float(rank)])
    return float(-found.fun * values.max())
