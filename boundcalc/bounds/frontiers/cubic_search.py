"""The members of the frontier that follow the solution of the row program: U9 and U11 for m = 3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from boundcalc.bounds.frontiers.members import FIRST, Kind, Member, first_members, kinds, last_contact
from boundcalc.bounds.frontiers.rounding import as_float, rational
from boundcalc.bounds.frontiers.row_program import Array, Solution

CLOSE = 1e-7
"""Members of smaller weight are not refined."""


def octaves(low: float, high: float, steps: int) -> Array:
    """Points from low to high, ``steps`` to each factor of 2, made without a logarithm or a power."""
    found = [low]
    while found[-1] < high:
        start = found[-1]
        found += [start * (1 + j / steps) for j in range(1, steps + 1)]
    return np.array([value for value in found if value < high] + [high])


@dataclass
class Members:
    """The members of each order: those to start from, and ones near the solution's, closer each time."""

    d: int
    orders: Sequence[int]
    fresh: list[list[Member]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fresh = [[] for _ in self.orders]
        self.gaps: list[dict[Kind, float]] = [dict.fromkeys(kinds(k), 1 / (FIRST + 1)) for k in self.orders]

    @property
    def all(self) -> list[list[Member]]:
        """Every member that the next program has."""
        return [[*first_members(self.d, k), *fresh] for k, fresh in zip(self.orders, self.fresh, strict=True)]

    def pairs(self) -> list[tuple[Array, Array]]:
        """Their x and y."""
        return [(np.array([m.pair[0] for m in row]), np.array([m.pair[1] for m in row])) for row in self.all]

    def refine(self, solution: Solution) -> None:
        """Members around the weighted mean of each family's v, closer each time."""
        for k, (row, weights) in enumerate(zip(self.all, solution.weights, strict=True)):
            chosen = [(float(w), member) for w, member in zip(weights, row, strict=True) if w > CLOSE]
            kept = [member for _, member in chosen if member in self.fresh[k]]
            self.fresh[k] = list(dict.fromkeys([*kept, *(self._near(k, chosen) if self.d > 1 else [])]))

    def _near(self, k: int, chosen: list[tuple[float, Member]]) -> list[Member]:
        found = []
        for kind in kinds(self.orders[k]):
            own = [(w, as_float(member.v)) for w, member in chosen if member.kind == kind]
            if not own:
                continue
            last = last_contact(self.d, self.orders[k], kind)
            mean = sum(w * v for w, v in own) / sum(w for w, _ in own)
            self.gaps[k][kind] /= 3
            gap = self.gaps[k][kind] * as_float(last)
            values = {rational(mean + j * gap, 8) for j in (-1, 0, 1) if mean + j * gap > 0}
            found += [Member(self.d, self.orders[k], kind, v) for v in sorted(values) if v <= last]
        return found
