"""Builds a case of features that differ in floating point: importances, activities and laws of their own, as dual numbers."""

from __future__ import annotations

import itertools
from functools import cached_property
from typing import Any

import numpy as np

from boundcalc.check.falsify import dual
from boundcalc.check.falsify.dual import Array, Dual
from boundcalc.check.falsify.float_case import MAX_STATES, FloatCase, FloatStates, NotEvaluable


class UnequalFloatCase(FloatCase):
    """Weights and exponent, and for each of the n features an importance, an activity and a law.

    Parameters
    ----------
    weights : Dual, shape (d, n)
    m : int
    importances, activities : Dual, shape (n,)
    values, chances : Dual, shape (n, s)
        Points of the active values and their probabilities.
    symmetric : bool
    """

    def __init__(
        self, weights: Dual, m: int, importances: Dual, activities: Dual, values: Dual, chances: Dual, *, symmetric: bool
    ) -> None:
        super().__init__(weights, m, Dual(0.0), values, chances, symmetric=symmetric)
        self.own = importances, activities

    def importance(self, i: Array) -> Dual:
        return self.own[0][i]  # type: ignore[index]

    def activity(self, i: Array) -> Dual:
        return self.own[1][i]  # type: ignore[index]

    def mu(self, k: int) -> Dual:
        raise NotEvaluable("a moment of equal features")

    def own_moment(self, k: int, i: Array) -> Dual:
        if self.symmetric and k % 2:
            return Dual(np.zeros(self.n))[i]
        return (self.chances * self.values**k).sum(1)[i]

    def row_cumulant(self, k: int, i: Array) -> Dual:
        return (self.A**k * self("kappa", k, self.all)[None, :]).sum(1)[i]

    @cached_property
    def states(self) -> FloatStates:
        """All states of the features."""
        count, features = self.values.shape[1], np.arange(self.n)
        if (count + 1) ** self.n > MAX_STATES:
            raise NotEvaluable(f"more than {MAX_STATES} states")
        choice = np.array(list(itertools.product(range(count + 1), repeat=self.n)))
        activities = self.own[1]  # type: ignore[index]
        values = _beside(Dual(np.zeros((self.n, 1))), self.values)
        chances = _beside((1.0 - activities)[:, None], activities[:, None] * self.chances)
        chance = chances[0, choice[:, 0]]
        for i in range(1, self.n):
            chance = chance * chances[i, choice[:, i]]
        return FloatStates(self, choice > 0, values[features, choice], chance)


def _beside(left: Dual, right: Dual) -> Dual:
    """Two matrices of n rows side by side."""
    value = np.concatenate([left.value, right.value], axis=1)
    size = next((part.tangent.shape[-1] for part in (left, right) if part.tangent is not None), None)
    if size is None:
        return Dual(value)
    tangents: list[Any] = [np.zeros((*part.shape, size)) if part.tangent is None else part.tangent for part in (left, right)]
    return Dual(value, np.concatenate(tangents, axis=1))


def feature_laws(points: Dual, logits: Dual, *, symmetric: bool, atom: bool) -> tuple[Dual, Dual]:
    """Points and chances of each feature's law, from the rows of the search's parameters.

    Parameters
    ----------
    points : Dual, shape (n, points)
        Logarithms of a symmetric law's positive points, or the points of any other.
    logits : Dual, shape (n, points + atom)
    """
    weights = dual.exp(logits)
    chances = weights / weights.sum(1)[:, None]
    if not symmetric:
        return points, chances
    count = points.shape[1]
    positive, half = dual.exp(points), chances[:, :count] * 0.5
    values, shares = _beside(positive, -positive), _beside(half, half)
    if atom:
        values, shares = _beside(values, positive[:, :1] * 0.0), _beside(shares, chances[:, count:])
    return values, shares
