"""Evaluates what the search maximises: log(lhs/rhs) of one relation at one place, less a penalty for unmet conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from boundcalc.check.falsify.dual import Array
from boundcalc.check.falsify.float_case import NotEvaluable
from boundcalc.check.falsify.floating import Evaluator, Sides
from boundcalc.check.falsify.layout import Layout
from boundcalc.language.resolved import Resolved, ResolvedRelation

SMALL = 1e-20
"""Below this ratio the score is no longer its logarithm but continues smoothly, through 0, to negative ratios."""
FALSE = 50.0
"""Score, about, of a positive number that is claimed to be at most a negative one."""
ROOM = 1e-3
"""Distance inside the conditions at which a climb begins."""


@dataclass(frozen=True)
class RelationInstance:
    """A relation of the statement and the feature indices and state at which it is looked at."""

    relation: int
    element: tuple[int, ...]


@dataclass(frozen=True)
class Reading:
    """One relation of the statement in one case, where it is worst."""

    place: RelationInstance
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


def score(small: Array, large: Array) -> tuple[Array, Array]:
    """log(small/large) of positive numbers and a monotone continuation; its derivative with respect to the ratio.

    Positive exactly where ``small > large``; the ratio is small/|large|, or |large|/|small| of two negative numbers.
    """
    with np.errstate(all="ignore"):
        negative = (small < 0) & (large < 0)
        ratio = np.where(negative, large / small, small / np.abs(large))
        ratio = np.where((small == 0) & (large == 0), 0.0, np.where(small == large, 1.0, ratio))
        low = np.log(SMALL) - 1 + np.where(ratio > 0, ratio / SMALL, -np.log1p(-np.minimum(ratio, 0) / SMALL))
        value = np.where(ratio >= SMALL, np.log(ratio), low)
        slope = np.where(ratio >= SMALL, 1 / ratio, np.where(ratio > 0, 1 / SMALL, 1 / (SMALL - ratio)))
        wrong = FALSE + np.log(np.maximum(small - large, 1e-300)) / FALSE  # the farther apart, the worse
    return np.where((large <= 0) & (small > large) & ~negative, wrong, value), slope


class StatementObjective:
    """The statement on the cases of one layout."""

    def __init__(self, resolved: Resolved, layout: Layout) -> None:
        self.resolved, self.layout = resolved, layout
        self.restrictions, self.state_conditions, self.conditions = resolved.conditions_by_kind()
        self.scales = [1.0] * len(self.conditions)
        """Of the conditions: a gap over its scale is the distance, to first order, by which a vector fails."""

    def rescale(self, vector: Array) -> None:
        """Sets the scales of the conditions to the lengths of their gradients at a vector.

        Raises
        ------
        NotEvaluable
        """
        evaluator = Evaluator(*self.layout.case(vector))
        for number, condition in enumerate(self.conditions):
            sides = evaluator.sides(condition)
            with np.errstate(all="ignore"):
                parts = [0.0 if side.tangent is None else side.tangent for side in (sides.left, sides.right)]
                steepest = float(np.max(np.linalg.norm(np.atleast_1d(parts[0] - parts[1]), axis=-1), initial=0.0))
            self.scales[number] = steepest if 0 < steepest < np.inf else 1.0

    def read(self, vector: Array) -> list[Reading]:
        """For each relation that is claimed somewhere, the place at a vector where it is worst.

        Raises
        ------
        NotEvaluable
        """
        evaluator = Evaluator(*self.layout.case(vector, gradient=False))
        unmet = max((max(gap, 0.0) for _, gap, _ in self._gaps(evaluator)), default=0.0)
        found = []
        states = evaluator.admissible_states(self.state_conditions)
        if states is not None and not states.any():
            raise NotEvaluable("no admissible state")
        for number, relation in enumerate(self.resolved.relations):
            sides = evaluator.sides(relation, self.restrictions, states)
            small, large = _ordered(sides)
            with np.errstate(all="ignore"):
                size = np.abs(small) + np.abs(large)
                relative = np.abs(small - large) / (size + 1e-6 * np.max(size, initial=0.0))
                scores = relative if sides.sign == "=" else score(small, large)[0]
            scores = np.where(sides.mask & np.isfinite(small) & np.isfinite(large) & ~np.isnan(scores), scores, -np.inf)
            if not scores.size or not np.isfinite(scores).any():
                continue
            element = tuple(int(k) for k in np.unravel_index(int(np.argmax(scores)), scores.shape))
            ratio = float(small[element] / large[element]) if sides.sign != "=" and large[element] > 0 else None
            found.append(
                Reading(RelationInstance(number, element), float(scores[element]), ratio, unmet, sides.sign, int(sides.mask.sum()))
            )
        return found

    def _gaps(self, evaluator: Evaluator) -> Iterator[tuple[bool, float, Array]]:
        """For each condition, whether it is an equality, by how much it fails (less than 0 where it holds), and the gradient."""
        for condition, scale in zip(self.conditions, self.scales, strict=True):
            sides = evaluator.sides(condition)
            small, large = _ordered(sides)
            with np.errstate(all="ignore"):
                difference = small - large
                if sides.sign == "=":
                    rounding = 1e-12 * (np.abs(small) + np.abs(large))
                    difference = np.where(np.abs(difference) <= rounding, 0.0, np.abs(difference))
                elif sides.sign == "!=":
                    difference = np.where(small == large, scale, -scale)
                elif sides.sign in ("<", ">"):
                    difference = np.where(small == large, 1e-9 * scale, difference)
            gap = np.where(sides.mask, difference / scale, -1.0)
            if np.isnan(gap).any():
                raise NotEvaluable("a condition without a value")
            element = np.unravel_index(int(np.argmax(gap)), gap.shape)
            yield sides.sign == "=", float(gap[element]), self._slope(sides, element, scale)

    def _slope(self, sides: Sides, element: tuple[np.intp, ...], scale: float) -> Array:
        zero = np.zeros(self.layout.size)
        if sides.sign == "!=":
            return zero
        left, right = (zero if side.tangent is None else side.tangent[element] for side in (sides.left, sides.right))
        direction = -1.0 if sides.sign in (">=", ">") else 1.0
        if sides.sign == "=":
            direction = float(np.sign(sides.left.value[element] - sides.right.value[element]))
        return np.asarray(direction * (left - right) / scale)

    def feasibility(self, vector: Array) -> tuple[float, Array]:
        """Minus the squared distances to what the conditions ask, and the gradient: 0 once all are met with some room.

        Raises
        ------
        NotEvaluable
        """
        value, gradient = 0.0, np.zeros(self.layout.size)
        for equality, gap, slope in self._gaps(Evaluator(*self.layout.case(vector))):
            short = gap if equality else gap + ROOM
            if short > 0:
                value -= short**2
                gradient -= 2 * short * slope
        return value, gradient

    def guarded(self, vector: Array, place: RelationInstance, barrier: float) -> tuple[float, Array]:
        """The score at a place, kept inside the conditions by a logarithmic barrier, and its gradient.

        Equalities are held by a square with the weight 1/barrier.

        Raises
        ------
        NotEvaluable
            Also outside of the conditions.
        """
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
            values, steepness = score(np.array(small), np.array(large))
            value = float(values)
            if small < 0 and large < 0:
                change = (up - large / small * down) / small
            else:
                change = (down - small / large * up) / abs(large) if large else down
            gradient = steepness * change
        for equality, gap, slope in self._gaps(evaluator):
            if equality:
                value -= gap**2 / barrier
                gradient = gradient - 2 * gap / barrier * slope
            elif gap >= 0:
                raise NotEvaluable("outside of the conditions")
            else:
                value += barrier * float(np.log(-gap))
                gradient = gradient + barrier / gap * slope
        if not np.isfinite(value) or not np.isfinite(gradient).all():
            raise NotEvaluable("a relation without a value")
        return value, gradient
