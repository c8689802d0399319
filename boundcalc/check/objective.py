"""What the search maximises: log(lhs/rhs) of one relation at one place, less a penalty for unmet conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from boundcalc.check.dual import Array
from boundcalc.check.float_case import NotEvaluable
from boundcalc.check.floating import Evaluator, Sides, split_conditions
from boundcalc.check.layout import Layout
from boundcalc.check.resolved import Resolved, ResolvedRelation

FLOOR = -46.0
"""Least logarithm of a ratio; below it the sides have opposite signs."""
ROOM = 1e-7
"""By how much a search wants its conditions met, so that rationals nearby meet them too."""


@dataclass(frozen=True)
class Place:
    """A relation of the statement and the feature indices and state at which it is looked at."""

    relation: int
    element: tuple[int, ...]


@dataclass(frozen=True)
class Reading:
    """One relation of the statement in one case, where it is worst."""

    place: Place
    score: float
    """log(lhs/rhs), or the relative error of an equality; above 0 where the relation seems false."""
    ratio: float | None
    """lhs/rhs of an inequality lhs <= rhs with rhs > 0."""
    unmet: float
    """By how much, relative to its sides, the worst condition fails; 0 in an admissible case."""
    sign: str
    comparisons: int

    @property
    def suspect(self) -> float:
        """How false it seems: positive beyond what rounding explains."""
        if self.sign in ("<", ">"):
            return max(self.score, 1e-9) if self.score > -1e-12 else -1.0
        return self.score - (1e-7 if self.sign == "=" else 1e-9)


def _ordered(sides: Sides) -> tuple[Array, Array]:
    """The side that should be smaller, and the other."""
    left, right = sides.left.value, sides.right.value
    return (right, left) if sides.sign in (">=", ">") else (left, right)


def _scores(small: Array, large: Array) -> Array:
    """log(small/large) where both are positive, and a monotone continuation else; 0 or more where small >= large."""
    with np.errstate(all="ignore"):
        both = np.maximum(np.log(small) - np.log(large), FLOOR)
        negative = np.log(-large) - np.log(-small)
        gap = FLOOR + np.maximum(small / np.abs(large), -1e6)
    score = np.where((small > 0) & (large > 0), both, np.where((small < 0) & (large < 0), np.clip(negative, FLOOR, -FLOOR), gap))
    score = np.where((large <= 0) & (small >= 0) & (small > large), -FLOOR, score)
    return np.where(small == large, np.where(small == 0, FLOOR, 0.0), score)


class Objective:
    """The statement on the cases of one layout."""

    def __init__(self, resolved: Resolved, layout: Layout) -> None:
        self.resolved, self.layout = resolved, layout
        self.restrictions, self.state_conditions, self.conditions = split_conditions(resolved)
        self.evaluations = 0

    def read(self, vector: Array) -> list[Reading]:
        """For each relation that is claimed somewhere, the place at a vector where it is worst.

        Raises
        ------
        NotEvaluable
        """
        self.evaluations += 1
        evaluator = Evaluator(*self.layout.case(vector, gradient=False))
        unmet = max((gap for gap, _ in self._gaps(evaluator, 0.0)), default=0.0)
        found = []
        states = evaluator.admissible_states(self.state_conditions)
        if states is not None and not states.any():
            raise NotEvaluable("no admissible state")
        for number, relation in enumerate(self.resolved.relations):
            sides = evaluator.sides(relation, self.restrictions, states)
            small, large = _ordered(sides)
            with np.errstate(all="ignore"):
                relative = np.abs(small - large) / (np.abs(small) + np.abs(large))
                score = relative if sides.sign == "=" else _scores(small, large)
            score = np.where(sides.mask & np.isfinite(small) & np.isfinite(large) & ~np.isnan(score), score, -np.inf)
            if not score.size or not np.isfinite(score).any():
                continue
            element = tuple(int(k) for k in np.unravel_index(int(np.argmax(score)), score.shape))
            ratio = float(small[element] / large[element]) if sides.sign != "=" and large[element] > 0 else None
            found.append(Reading(Place(number, element), float(score[element]), ratio, unmet, sides.sign, int(sides.mask.sum())))
        return found

    def _gaps(self, evaluator: Evaluator, room: float) -> Iterator[tuple[float, Array | None]]:
        """By how much each unmet condition fails, relative to its sides, and the gradient."""
        for condition in self.conditions:
            sides = evaluator.sides(condition)
            small, large = _ordered(sides)
            difference = np.abs(small - large) if sides.sign == "=" else small - large
            if sides.sign == "!=":
                difference = np.where(small == large, 1.0, -1.0)
            size = np.abs(small) + np.abs(large) + 1e-12
            gap = np.where(sides.mask, difference / size + (room if sides.sign not in ("=", "!=") else 0.0), -1.0)
            if not np.isfinite(gap).all():
                raise NotEvaluable("a condition without a value")
            element = np.unravel_index(int(np.argmax(gap)), gap.shape)
            if gap[element] > (1e-12 if sides.sign == "=" else 0.0):
                yield float(gap[element]), _slope(sides, element, size[element])

    def penalised(self, vector: Array, place: Place, weight: float) -> tuple[float, Array]:
        """The score at a place less the penalty, and its gradient.

        Raises
        ------
        NotEvaluable
        """
        self.evaluations += 1
        evaluator = Evaluator(*self.layout.case(vector))
        relation: ResolvedRelation = self.resolved.relations[place.relation]
        sides = evaluator.sides(relation, self.restrictions)
        if len(place.element) != sides.mask.ndim:
            raise NotEvaluable("no such place")
        small, large = (float(side[place.element]) for side in _ordered(sides))
        slopes = [
            np.zeros(self.layout.size) if side.tangent is None else side.tangent[place.element]
            for side in (sides.left, sides.right)
        ]
        down, up = (slopes[1], slopes[0]) if sides.sign in (">=", ">") else (slopes[0], slopes[1])
        if sides.sign == "=":
            size = abs(small) + abs(large) + 1e-300
            value, gradient = abs(small - large) / size, np.sign(small - large) * (down - up) / size
        else:
            value = float(_scores(np.array(small), np.array(large)))
            if small * large > 0:
                gradient = np.sign(large) * (down / small - up / large)
            else:
                gradient = (down - small / large * up) / abs(large) if large else down
        for gap, slope in self._gaps(evaluator, ROOM):
            value -= weight * gap**2
            if slope is not None:
                gradient = gradient - 2 * weight * gap * slope
        if not np.isfinite(value) or not np.isfinite(gradient).all():
            raise NotEvaluable("a relation without a value")
        return value, gradient


def _slope(sides: Sides, element: tuple[np.intp, ...], size: float) -> Array | None:
    """Gradient of the gap, its size taken as constant."""
    parts = [side.tangent[element] if side.tangent is not None else 0.0 for side in (sides.left, sides.right)]
    difference = parts[0] - parts[1]
    if isinstance(difference, float):
        return None
    if sides.sign in (">=", ">"):
        difference = -difference
    if sides.sign == "=":
        difference = np.sign(sides.left.value[element] - sides.right.value[element]) * difference
    return np.asarray(difference / size)
