"""The cone program of m = 3 solved on few row points and members, which follow its solution: U9 and U11."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpq

from boundcalc.bounds.frontiers.members import Member, first_members, kinds, last_contact
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

    def __post_init__(self) -> None:
        self.lists: list[list[Member]] = [list(first_members(self.d, k)) for k in self.orders]
        self.gaps = [dict.fromkeys(kinds(k), 1 / 9) for k in self.orders]
        self.fresh: list[list[Member]] = [[] for _ in self.orders]

    @property
    def all(self) -> list[list[Member]]:
        """Every member that the next program has."""
        return [base + fresh for base, fresh in zip(self.lists, self.fresh, strict=True)]

    def pairs(self) -> list[tuple[Array, Array]]:
        """Their x and y."""
        return [(np.array([m.pair[0] for m in row]), np.array([m.pair[1] for m in row])) for row in self.all]

    def refine(self, solution: Solution) -> None:
        """Members around the weighted mean of each family's v, a third as far apart as before."""
        for k, (row, weights) in enumerate(zip(self.all, solution.weights, strict=True)):
            found = []
            for kind in kinds(self.orders[k]):
                chosen = [(float(w), as_float(m.v)) for m, w in zip(row, weights, strict=True) if m.kind == kind and w > CLOSE]
                if not chosen or self.d == 1:
                    continue
                last = last_contact(self.d, self.orders[k], kind)
                total = sum(w for w, _ in chosen)
                mean = sum(w * v for w, v in chosen) / total
                spread = max(abs(v - mean) for _, v in chosen)
                gap = min(max(self.gaps[k][kind] * as_float(last) / 3, 0.0), max(spread, 1e-5 * as_float(last)))
                self.gaps[k][kind] = gap / as_float(last)
                for j in (-1, 0, 1):
                    v = rational(mean + j * gap, 8) if mean + j * gap > 0 else fmpq(0)
                    if 0 < v <= last:
                        found.append(Member(self.d, self.orders[k], kind, v))
            self.fresh[k] = found
