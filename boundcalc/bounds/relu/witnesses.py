"""Computes the loss of networks in closed form, upper bounds on the best loss of x̂ = ReLU(WᵀW x + b).

Every dimension carries one feature (loss 0) or an antipodal pair, A_ij = −1 without bias: loss p²/3, as the two answers are
wrong only where both are active, by min(x_i, x_j) each. Features that are dropped, w = 0, answer their mean: p c²(1/3 − p/4),
any law μ_2 p − (μ_1 p)². Without a bias they answer 0. For half-normal features, whose mean √(2/π) is not rational, and for pairs
of different kinds the loss is bounded from above.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import fmpq

from boundcalc.model.features import Group
from boundcalc.model.nonnegative_laws import Exponential, HalfNormal, NonnegativeSupport, UniformFromZero
from boundcalc.model.relu_problem import ReluProblem

HALF_NORMAL_MEAN = fmpq(79788, 100_000)
"""Not above √(2/π)."""
HALF_NORMAL_LEAST_SQUARE = fmpq(36339, 100_000)
"""Not below 1 − 2/π, the mean of min(u, v)²."""
MOST_TRIED = 1000
"""Up to this many pairs every number of them is tried; beyond, none and as many as there can be."""


@dataclass(frozen=True)
class ClosedNetwork:
    """A network and its exact loss.

    Attributes
    ----------
    loss : fmpq
        Exact for uniform and exponential laws and finite supports; an upper bound where a half-normal law, or two kinds, are met.
    pairs, single, dropped : int
        Antipodal pairs, features with a dimension of their own, and features without one.
    d : int
    order : tuple of int
        The features, those alone first, then the pairs, then the dropped ones.
    bias : shape (n,)
        Exact numbers.
    """

    loss: fmpq
    pairs: int
    single: int
    dropped: int
    d: int
    order: tuple[int, ...]
    bias: tuple[fmpq, ...]

    @property
    def weights(self) -> np.ndarray:
        """W, integers, shape (d, n)."""
        found = np.zeros((self.d, len(self.order)), dtype=int)
        for place, feature in enumerate(self.order[: self.single + 2 * self.pairs]):
            row = place if place < self.single else self.single + (place - self.single) // 2
            found[row, feature] = 1 if place < self.single or (place - self.single) % 2 == 0 else -1
        return found

    @property
    def sentence(self) -> str:
        """What it is."""
        return f"{self.pairs} antipodal pairs, {self.single} features alone, {self.dropped} at their mean"


def closed_network(problem: ReluProblem) -> ClosedNetwork:
    """The best of these for the problem: the dearest features alone or in pairs, the cheapest dropped.

    Features are ordered by what dropping them costs. For k pairs, the pairs take the cheapest of those that are kept,
    neighbours in this order.
    """
    if problem.m > 1:
        return _alone(problem)
    groups = problem.features.groups
    costs = {id(group): _dropped(group, problem.bias) for group in groups}  # equal features are one object
    order = sorted(enumerate(problem.features.spread(groups)), key=lambda item: costs[id(item[1])], reverse=True)
    n, d = problem.n, problem.d
    tails = [fmpq(0)]
    for _, group in reversed(order):
        tails.append(tails[-1] + costs[id(group)])
    known: dict[tuple[int, int], fmpq] = {}

    def pair(place: int) -> fmpq:
        one, other = order[place][1], order[place + 1][1]
        key = (id(one), id(other))
        if key not in known:
            known[key] = _pair(one, other)
        return known[key]

    best: tuple[fmpq, int] | None = None
    most = min(d, max(n - d, 0))
    for pairs in range(most + 1) if most <= MOST_TRIED else (0, most):
        kept = min(n, d + pairs)
        single = kept - 2 * pairs
        loss = tails[n - kept] + sum((pair(single + 2 * k) for k in range(pairs)), fmpq(0))
        if best is None or loss < best[0]:
            best = loss, pairs
    assert best is not None
    loss, pairs = best
    kept = min(n, d + pairs)
    single = kept - 2 * pairs
    bias = [fmpq(0)] * n
    if problem.bias:
        means = {id(group): group.p * _mean(group) for group in groups}
        for feature, group in order[kept:]:
            bias[feature] = means[id(group)]
    return ClosedNetwork(loss, pairs, single, n - kept, d, tuple(feature for feature, _ in order), tuple(bias))


def _alone(problem: ReluProblem) -> ClosedNetwork:
    """For ReLU^m: the dearest features alone, each at its best scale, where g = μ_{m+1}²/μ_{2m} of μ_2 is restored; no bias.

    The weights of such a network are not rational, and are given at scale 1.
    """
    m = problem.m

    def gained(group: Group) -> fmpq:
        return group.importance * group.p * group.moment(m + 1) ** 2 / group.moment(2 * m)

    order = sorted(enumerate(problem.features.spread(problem.features.groups)), key=lambda item: gained(item[1]), reverse=True)
    single = min(problem.n, problem.d)
    loss = problem.energy - sum((gained(group) for _, group in order[:single]), fmpq(0))
    return ClosedNetwork(
        loss, 0, single, problem.n - single, problem.d, tuple(feature for feature, _ in order), (fmpq(0),) * problem.n
    )


def _dropped(group: Group, bias: bool) -> fmpq:
    mean = group.p * _mean(group) if bias else fmpq(0)
    return group.importance * (group.variance() - mean**2)


def _mean(group: Group) -> fmpq:
    """E u, for half-normal features a little less."""
    return group.scale * HALF_NORMAL_MEAN if isinstance(group.law, HalfNormal) else group.moment(1)


def _pair(one: Group, other: Group) -> fmpq:
    """ω_1 E(x_1 − (x_1 − x_2)_+)² + ω_2 …: the mean of min(x_1, x_2)², each with its importance."""
    return (one.importance + other.importance) * one.p * other.p * _least_square(one, other)


def _least_square(one: Group, other: Group) -> fmpq:
    """E min(u, v)² for the active values u, v of two features; at most their second moments where it has no other form here."""
    laws, s, t = (one.law, other.law), one.scale, other.scale
    if all(isinstance(law, Exponential) for law in laws):
        return 2 * (s * t / (s + t)) ** 2  # the least of two exponential values is exponential
    if all(isinstance(law, HalfNormal) for law in laws) and s == t:
        return s * s * HALF_NORMAL_LEAST_SQUARE
    if any(isinstance(law, (Exponential, HalfNormal)) for law in laws):
        return min(one.moment(2), other.moment(2))
    return sum((p * q * _of_parts(x, y) for x, p in _parts(one) for y, q in _parts(other)), fmpq(0))


def _parts(group: Group) -> list[tuple[tuple[fmpq, fmpq], fmpq]]:
    """A law as intervals [0, c], or points, with their weights."""
    if isinstance(group.law, NonnegativeSupport):
        return [((group.scale * value, group.scale * value), weight) for value, weight in group.law.points]
    assert isinstance(group.law, UniformFromZero)
    return [((fmpq(0), group.scale * group.law.top), fmpq(1))]


def _of_parts(one: tuple[fmpq, fmpq], other: tuple[fmpq, fmpq]) -> fmpq:
    """E min(u, v)² where each is a point, or uniform from 0."""
    (low, s), (least, t) = sorted((one, other), key=lambda part: part[1])
    if low == s == 0:
        return fmpq(0)
    if low == s:
        return s * s if least == t else s * s - 2 * s**3 / (3 * t)
    return s * s / 3 if least == t else s * s / 3 - s**3 / (6 * t)
