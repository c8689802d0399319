"""Estimates the improvement by Monte Carlo, from independent draws of the features."""

from __future__ import annotations

from dataclasses import dataclass

from boundcalc.loss.arrays import float_weights
from boundcalc.model.laws import Law
from boundcalc.model.problem import Problem

BATCH_NUMBERS = 1 << 21
"""Feature values drawn at a time."""


@dataclass(frozen=True)
class SampledLoss:
    """Mean and standard error of 2⟨x, x̂⟩ − ‖x̂‖² over ``samples`` draws with the recorded seed."""

    improvement: float
    standard_error: float
    samples: int
    seed: int


def sample_loss(weights: object, *, m: int, p: object, law: Law | str, samples: int, seed: int) -> SampledLoss:
    """Estimates the improvement of tied weights, shape (d, n), in float64.

    Parameters
    ----------
    weights, m, p, law : as in :func:`boundcalc.loss.dense.dense_loss`
    samples : int
        At least 2.
    seed : int
        Seeds ``numpy.random.default_rng``.

    """
    import numpy as np

    array = float_weights(weights)
    d, n = array.shape
    problem = Problem(n=n, d=d, m=m, p=p, law=law)  # type: ignore[arg-type]
    rng = np.random.default_rng(seed)
    active = int(problem.p.p) / int(problem.p.q)
    batch = max(1, BATCH_NUMBERS // n)
    count, mean, squares = 0, 0.0, 0.0
    while count < samples:
        size = min(batch, samples - count)
        x = np.where(rng.random((size, n)) < active, problem.law.sample(rng, (size, n)), 0.0)
        decoded = ((x @ array.T) @ array) ** problem.m
        values = ((2.0 * x - decoded) * decoded).sum(axis=1)
        # batches merge by their means and squared deviations (Chan, Golub, LeVeque 1983)
        shift, total = float(values.mean()) - mean, count + size
        squares += float(((values - values.mean()) ** 2).sum()) + shift**2 * count * size / total
        mean, count = mean + shift * size / total, total
    return SampledLoss(mean, (squares / (count - 1) / count) ** 0.5, count, seed)
