"""Lists every state of the features of a small case and the random quantities in each: lists over the states.

Numbers are Python integers where they are whole and ``fmpq`` else; both are exact, the first are faster.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product, repeat
from math import lcm
from typing import Any

from flint import fmpq

from boundcalc.check.exact.matrix_geometry import Geometry, Matrix, geometry
from boundcalc.language.grammar import StatementError

MAX_STATES = 100_000
"""Most states of one case."""

SupportPoints = tuple[tuple[fmpq, fmpq], ...]
"""The support of u: values and weights."""


@dataclass(frozen=True)
class OwnLaw:
    """What one feature has of its own: importance, activity, and the support of its active value."""

    importance: fmpq
    p: fmpq
    points: SupportPoints


def simplest(value: fmpq) -> int | fmpq:
    """The same number as a Python integer if it is whole."""
    return int(value.p) if value.q == 1 else value


class Vector(list[Any]):
    """A random quantity, a number for each state, with the arithmetic that formulas of quantities need."""

    def __add__(self, other: Any) -> Vector:
        return self._with(operator.add, other)

    def __sub__(self, other: Any) -> Vector:
        return self._with(operator.sub, other)

    def __mul__(self, other: Any) -> Vector:
        return self._with(operator.mul, other)

    def __pow__(self, exponent: int) -> Vector:
        return self._with(operator.pow, exponent)

    __rmul__ = __mul__

    def _with(self, operation: Callable[[Any, Any], Any], other: Any) -> Vector:
        return Vector(map(operation, self, other if isinstance(other, Vector) else repeat(other)))


class States:
    """The states (s_i, u_i) with positive probability: a feature is off, or active at a point of the support.

    Parameters
    ----------
    frame : Geometry
    points : support of u
    least, most : int
        Fewest and most active features: p = 0 leaves the state without any, p = 1 those with all n.
    """

    def __init__(self, frame: Geometry, points: SupportPoints, least: int, most: int) -> None:
        self.frame, self.points = frame, points
        n = frame.n
        if (len(points) + 1) ** n > MAX_STATES:
            raise StatementError(f"{len(points) + 1}^{n} states: an enumeration has at most {MAX_STATES}", 0)
        choices = range(-1, len(points))
        self.choices = [state for state in product(choices, repeat=n) if least <= sum(1 for choice in state if choice >= 0) <= most]
        """For each state, the point of each feature, −1 where it is off; the first is the least active."""
        self.choices.sort(key=lambda state: sum(1 for choice in state if choice >= 0))

    def __len__(self) -> int:
        return len(self.choices)

    @cached_property
    def s(self) -> list[Vector]:
        """For each feature, whether it is active; so for x and y below."""
        return [Vector(int(state[i] >= 0) for state in self.choices) for i in range(self.frame.n)]

    @cached_property
    def x(self) -> list[Vector]:
        values = [*(simplest(value) for value, _ in self.points), 0]  # choice -1 is the last
        return [Vector(values[state[i]] for state in self.choices) for i in range(self.frame.n)]

    @cached_property
    def y(self) -> list[Vector]:
        return [self._combine(row) for row in self.frame.A]

    def _combine(self, row: Sequence[fmpq]) -> Vector:
        terms = [x * simplest(entry) for entry, x in zip(row, self.x, strict=True) if entry]
        total = sum(terms[1:], terms[0]) if terms else Vector([0] * len(self))
        return Vector(value if isinstance(value, int) else simplest(value) for value in total)

    @cached_property
    def active(self) -> Vector:
        """The number of active features."""
        return sum(self.s[1:], self.s[0])

    @cached_property
    def visible(self) -> Vector:
        """The rank of the active columns of W."""
        supports = (tuple(i for i, choice in enumerate(state) if choice >= 0) for state in self.choices)
        return Vector(self.frame.visible(support) for support in supports)

    @cached_property
    def _bases(self) -> tuple[int, list[int]]:
        """The product of the points' weights in each state, over a common denominator to the power of the active."""
        unit = lcm(*(int(weight.q) for _, weight in self.points))
        weights = [int((weight * unit).p) for _, weight in self.points]
        found = []
        for state in self.choices:
            value = 1
            for choice in state:
                if choice >= 0:
                    value *= weights[choice]
            found.append(value)
        return unit, found

    def probabilities(self, p: fmpq) -> tuple[int, list[int]]:
        """A common denominator, and the probability of each state times it."""
        n = self.frame.n
        on, all_of_it = int(p.p), int(p.q)
        unit, bases = self._bases
        by_count = [on**k * (all_of_it - on) ** (n - k) * unit ** (n - k) for k in range(n + 1)]
        return (all_of_it * unit) ** n, [base * by_count[count] for base, count in zip(bases, self.active, strict=True)]


@lru_cache(maxsize=256)
def states(weights: Matrix, points: SupportPoints, least: int, most: int) -> States:
    """The states of a case; cases that differ in p and m alone share them."""
    return States(geometry(weights), points, least, most)
