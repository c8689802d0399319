"""Climbs to weights of large improvement for features that differ, from starts that hold all of them.

float64, for few features: A is formed whole. What is found is rounded to multiples of a power of two and evaluated exactly.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from math import comb
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from boundcalc.bounds.unequal.kinds import FeatureKind
from boundcalc.loss.threads import single_threaded
from boundcalc.numbers.enclosure import to_float

Array = NDArray[np.float64]
SEED, STARTS, STEPS = 0, 24, 400
BITS = 30
"""Bits of the whole numbers that the weights are rounded to."""


class UnequalImprovement:
    """log(C²/D) with its gradient, for features that differ, in units of one feature's ω p g.

    The k-th cumulant of y_i is Σ_j κ_k^(j) A_ij^k; C and D are weighted by ω_i.

    Raises
    ------
    OverflowError
        Beyond the range of float64.
    """

    def __init__(self, features: Sequence[FeatureKind], m: int) -> None:
        self.m = m
        # x divided by √κ_2 of the first feature, or by √μ_2 where p is tiny: A has another scale, which the maximum does not see
        first = features[0].kappa[1]
        try:
            self._scaled(features, first)
        except OverflowError:
            self._scaled(features, first / features[0].p)

    def _scaled(self, features: Sequence[FeatureKind], square: fmpq) -> None:
        unit, orders = features[0].alone, range(1, self.m + 1)
        self.kappa = np.array([[0.0, *(to_float(kind.kappa[j] / square**j) for j in orders)] for kind in features]).T
        self.importance = np.array([to_float(kind.importance / unit * square) for kind in features])

    def __call__(self, weights: Array) -> tuple[float, Array]:
        m, kappa, omega = self.m, self.kappa, self.importance
        gram = weights.T @ weights
        a = np.diagonal(gram)
        square = gram * gram
        powers = [np.ones_like(square)]
        for _ in range(m):
            powers.append(powers[-1] * square)
        sums = [powers[j] @ kappa[j] for j in range(m + 1)]
        moments: list[Any] = [np.ones_like(a)]
        for order in range(1, m + 1):
            moments.append(sum(comb(2 * order - 1, 2 * j - 1) * sums[j] * moments[order - j] for j in range(1, order + 1)))
        value_d = float(omega @ moments[m])
        value_c, by_a = 0.0, np.zeros_like(a)
        by_sum = [np.zeros_like(a) for _ in range(m + 1)]
        for k in range(1, m + 1, 2):
            factor = omega * comb(m, k) * kappa[(k + 1) // 2] * a ** (k - 1)
            order = (m - k) // 2
            value_c += float(factor @ (a * moments[order]))
            by_a += factor * k * moments[order]
            for j in range(1, order + 1):
                by_sum[j] += factor * a * comb(m - k, 2 * j) * moments[order - j]
        if not (value_c > 0 and value_d > 0):
            return -np.inf, np.zeros_like(weights)
        twice, once = 2 / value_c, 1 / value_d
        slope = np.zeros_like(gram)
        for j in range(1, m + 1):
            row = twice * by_sum[j] - once * omega * comb(2 * m, 2 * j) * moments[m - j]
            slope += 2 * j * row[:, None] * kappa[j][None, :] * powers[j - 1]
        slope *= gram
        slope[np.diag_indices_from(slope)] += twice * by_a
        return 2 * np.log(value_c) - np.log(value_d), weights @ (slope + slope.T)


def climbed(objective: UnequalImprovement, start: Array, steps: int = STEPS, deadline: float | None = None) -> tuple[float, Array]:
    """A local maximum next to a start: log(C²/D) and the weights; what is reached at the deadline of ``time.monotonic``."""
    from scipy.optimize import minimize

    shape = start.shape

    def negative(flat: Array) -> tuple[float, Array]:
        value, gradient = objective(flat.reshape(shape))
        return (-value, -gradient.ravel()) if np.isfinite(value) else (1e6, np.zeros(flat.size))

    def over(reached: Array) -> None:
        if deadline is not None and time.monotonic() > deadline:
            raise StopIteration

    options = {"maxiter": steps, "ftol": 1e-15, "gtol": 1e-9}
    with np.errstate(all="ignore"), single_threaded():  # vectors of a few hundred numbers: threads only wait for each other
        found = minimize(negative, start.ravel(), jac=True, method="L-BFGS-B", callback=over, options=options)
    return -float(found.fun), found.x.reshape(shape)


def starts(n: int, d: int, count: int, seed: int) -> list[Array]:
    """Random directions of random lengths, all features in; some near the axes with the other features small."""
    generator, axes = np.random.default_rng(seed), min(d, n)
    found = []
    for number in range(count):
        weights = generator.standard_normal((d, n))
        weights /= np.linalg.norm(weights, axis=0)
        match number % 4:
            case 1:
                weights *= generator.uniform(0.05, 1, n)
            case 2:
                kept = axes + int(generator.integers(0, n - axes + 1))
                weights *= np.where(np.arange(n) < kept, 1.0, 0.02)
            case 3:
                weights *= 0.3
                weights[:, :axes] = np.eye(d, axes) + 0.05 * generator.standard_normal((d, axes))
        found.append(weights)
    return found


def best_weights(features: Sequence[FeatureKind], d: int, m: int, *, count: int = STARTS, seed: int = SEED) -> Array | None:
    """The best of several climbs, rounded, columns that do not matter set to zero; ``None`` where float64 has no room."""
    try:
        objective = UnequalImprovement(features, m)
    except OverflowError:
        return None
    n = len(features)
    best: tuple[float, Array] | None = None
    for start in starts(n, d, count, seed):
        value, weights = climbed(objective, start)
        if np.isfinite(value) and (best is None or value > best[0] + 1e-13):
            best = value, weights
    if best is None or best[0] <= -1e5:
        return None
    return rounded(finished(objective, best[1])[1])


def finished(objective: UnequalImprovement, weights: Array, deadline: float | None = None) -> tuple[float, Array]:
    """A last long climb; columns that do not matter are set to zero."""
    value, weights = climbed(objective, weights, 4 * STEPS, deadline)
    lengths = np.linalg.norm(weights, axis=0)
    pruned = np.where(lengths < 1e-3 * lengths.max(), 0.0, weights)
    if objective(pruned)[0] >= value - 1e-12:
        weights = pruned
    return value, weights


def rounded(weights: Array) -> Array:
    """Whole numbers of at most BITS bits, in the same proportions: C²/D does not see their scale."""
    result: Array = np.rint(np.ldexp(weights, BITS - int(np.frexp(np.abs(weights).max())[1])))
    return result
