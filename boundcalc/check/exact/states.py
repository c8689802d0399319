"""Every state of the features of a small case, and the random quantities in each: lists over the states.

Numbers are Python integers where they are whole and ``fmpq`` else; both are exact, the first are faster.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from itertools import product
from math import lcm

from flint import fmpq

from boundcalc.check.exact.geometry import Geometry, Matrix, geometry
from boundcalc.language.grammar import StatementError

MAX_STATES = 100_000
"""Most states of one case."""

SupportPoints = tuple[tuple[fmpq, fmpq], ...]
"""The support of u: values and weights."""


def simplest(value: fmpq) -> int | fmpq:
    """The same number as a Python integer if it is whole."""
    return int(value.p) if value.q == 1 else value


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
        self._powers: dict[tuple[str, int, int], list[int | fmpq]] = {}

    def __len__(self) -> int:
        return len(self.choices)

    @cached_property
    def s(self) -> list[list[int | fmpq]]:
        """For each feature, whether it is active, over the states; so for x, y and Z below."""
        return [[1 if state[i] >= 0 else 0 for state in self.choices] for i in range(self.frame.n)]

    @cached_property
    def x(self) -> list[list[int | fmpq]]:
        values = [*(simplest(value) for value, _ in self.points), 0]  # choice -1 is the last
        return [[values[state[i]] for state in self.choices] for i in range(self.frame.n)]

    @cached_property
    def y(self) -> list[list[int | fmpq]]:
        return [self._combine([simplest(entry) for entry in row]) for row in self.frame.A]

    @cached_property
    def Z(self) -> list[list[int | fmpq]]:
        rows = [[simplest(entry) for entry in row] for row in self.frame.A]
        return [self._combine([0 if j == i else entry for j, entry in enumerate(row)]) for i, row in enumerate(rows)]

    def _combine(self, row: list[int | fmpq]) -> list[int | fmpq]:
        total: list[int | fmpq] = [0] * len(self.choices)
        for factor, values in zip(row, self.x, strict=True):
            if factor:
                total = [old + factor * value for old, value in zip(total, values, strict=True)]
        return [value if isinstance(value, int) else simplest(value) for value in total]

    def xhat(self, m: int, i: int) -> list[int | fmpq]:
        """y_i^m over the states."""
        key = ("xhat", m, i)
        if key not in self._powers:
            self._powers[key] = [value**m for value in self.y[i]]
        return self._powers[key]

    @cached_property
    def active(self) -> list[int | fmpq]:
        """The number of active features."""
        return [sum(1 for choice in state if choice >= 0) for state in self.choices]

    @cached_property
    def visible(self) -> list[int | fmpq]:
        """The rank of the active columns of W."""
        supports = (tuple(i for i, choice in enumerate(state) if choice >= 0) for state in self.choices)
        return [self.frame.visible(support) for support in supports]

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
        counts = [sum(1 for choice in state if choice >= 0) for state in self.choices]
        return (all_of_it * unit) ** n, [base * by_count[count] for base, count in zip(bases, counts, strict=True)]


@lru_cache(maxsize=256)
def states(weights: Matrix, points: SupportPoints, least: int, most: int) -> States:
    """The states of a case; cases that differ in p and m alone share them."""
    return States(geometry(weights), points, least, most)
