r"""Declares L4 for features that differ: witnesses of equal features, each put on features that differ in importance alone.

The improvement of weights is sum_i omega_i (2 C_i - D_i). For k features of one activity, law and scale the average over all
ways to put a witness of k equal features on them is mean(omega) times its improvement, so that one way does as well. Blocks of
different features add up. Features of one activity, law and scale are taken in the order of their importances, and dynamic
programming chooses the blocks; features that are left over have weight 0.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flint import arb, fmpq

from boundcalc.bounds.declaration import Choice
from boundcalc.bounds.lower.blocks import Block, BlockValues, small_blocks, walsh_blocks
from boundcalc.bounds.unequal.form import Unequal
from boundcalc.bounds.unequal.kinds import FeatureKind, kinds
from boundcalc.bounds.unequal.orthonormal import MOST_NAMED
from boundcalc.language.claims import Status, Step
from boundcalc.model.features import FeatureProblem, Group
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import Enclosure, enclose, to_float
from boundcalc.numbers.rings import BALL, EXACT, NotExact

LARGEST_D, LARGEST_M = 256, 9
MOST_PLACES = 200
"""Blocks begin among this many features of each class and 4 d more, the most important ones."""


@dataclass(frozen=True)
class Class:
    """Features that differ in importance alone, the most important first.

    Attributes
    ----------
    problem : Problem
        That of as many equal features, of scale 1.
    scale : fmpq
    members : tuple of (count, importance)
    """

    problem: Problem
    scale: fmpq
    members: tuple[tuple[int, fmpq], ...]
    kinds: tuple[FeatureKind, ...] = ()

    def columns(self, first: int, count: int) -> list[int]:
        """The columns of ``count`` features from the place ``first`` on; of many the first ones."""
        found: list[int] = []
        for kind in self.kinds:
            found += kind.columns(min(kind.count, first + min(count, MOST_NAMED) - len(found)))
        return found[first:]

    def holds(self, group: Group) -> bool:
        """Whether the group's features are of this class."""
        return (group.p, group.law, group.scale) == (self.problem.p, self.problem.law, self.scale)

    def mean(self, first: int, count: int) -> fmpq:
        """The mean importance of ``count`` features from the place ``first`` on."""
        return (self._sum(first + count) - self._sum(first)) / count

    def _sum(self, count: int) -> fmpq:
        """The sum of the first importances."""
        places, sums = self._sums
        k = max(bisect_right(places, count) - 1, 0)
        return sums[k] + ((count - places[k]) * self.members[k][1] if k < len(self.members) else 0)

    @cached_property
    def _sums(self) -> tuple[list[int], list[fmpq]]:
        """Where the members begin and end, and the sums of the importances before."""
        places, sums = [0], [fmpq(0)]
        for size, importance in self.members:
            places.append(places[-1] + size)
            sums.append(sums[-1] + size * importance)
        return places, sums


@dataclass(frozen=True)
class Placed:
    """A block on some features of a class."""

    block: Block
    of: Class
    first: int

    @property
    def factor(self) -> fmpq:
        """mean(ω) c²."""
        return self.of.mean(self.first, self.block.n) * self.of.scale**2


def classes(problem: FeatureProblem) -> list[Class]:
    """The features by activity, law and scale."""
    found: dict[tuple[Any, ...], list[FeatureKind]] = {}
    for kind in kinds(problem):
        found.setdefault((kind.p, kind.group.law, kind.group.scale), []).append(kind)
    result = []
    for (p, law, scale), members in found.items():
        ordered = sorted(members, key=lambda kind: -kind.importance)
        count = sum(kind.count for kind in ordered)
        own = Problem(count, problem.d, problem.m, p, law)
        result.append(Class(own, scale, tuple((kind.count, kind.importance) for kind in ordered), tuple(ordered)))
    return result


def best_of_class(own: Class) -> list[tuple[float, list[Placed]]]:
    """For each number of dimensions, 0 to d, the greatest sum of blocks and its blocks."""
    import numpy as np

    problem, d = own.problem, own.problem.d
    values = BlockValues(problem)
    valued = [(block, values(block)) for block in small_blocks(problem) if block.d <= d and block.n <= problem.n]
    valued += walsh_blocks(problem, values) if problem.m == 3 else []
    places = min(int(problem.n), MOST_PLACES + 4 * d)
    importances = [to_float(own.mean(k, 1)) for k in range(places)]
    sums = [0.0]
    for importance in importances:
        sums.append(sums[-1] + importance)
    unit = to_float(problem.p * problem.law.moment(problem.m + 1) ** 2 / problem.law.moment(2 * problem.m) * own.scale**2)

    def mean(first: int, count: int) -> float:
        if first + count <= places:
            return (sums[first + count] - sums[first]) / count
        return to_float(own.mean(first, count))

    best = np.zeros((places + 1, d + 1))
    taken: list[dict[int, Block]] = [{} for _ in range(places)]
    for first in range(places - 1, -1, -1):
        best[first] = best[first + 1]
        for block, value in valued:
            if first + block.n > problem.n:
                continue
            after = best[min(first + block.n, places)]
            found = after[: d + 1 - block.d] + unit * value * mean(first, block.n)
            better = np.flatnonzero(found > best[first, block.d :] * (1 + 1e-12))
            best[first, block.d + better] = found[better]
            taken[first].update((int(left), block) for left in block.d + better)

    def chosen(left: int) -> list[Placed]:
        parts, first = [], 0
        while first < places and left:
            block = taken[first].get(left)
            if block is None:
                first += 1
                continue
            parts.append(Placed(block, own, first))
            first, left = min(first + block.n, places), left - block.d
        return parts

    return [(float(best[0, left]), chosen(left)) for left in range(d + 1)]


def choose(problem: FeatureProblem) -> Choice | None:
    if problem.d > LARGEST_D or problem.m > LARGEST_M or problem.m < 3:
        return None
    total: list[tuple[float, list[Placed]]] = [(0.0, [])] * (problem.d + 1)
    for own in classes(problem):
        table = best_of_class(own)
        total = [
            max(((total[left - k][0] + table[k][0], total[left - k][1] + table[k][1]) for k in range(left + 1)), key=lambda x: x[0])
            for left in range(problem.d + 1)
        ]
    parts = total[problem.d][1]
    if not any(part.block.n > part.block.d for part in parts):
        return None
    shown = {
        "blocks": [{**part.block.as_json(1), "columns": part.of.columns(part.first, part.block.n)} for part in parts],
        "n": sum(part.block.n for part in parts),
        "d": sum(part.block.d for part in parts),
    }
    return Choice({"blocks": [(1, part.block) for part in parts], "parts": parts}, shown)


def value(problem: FeatureProblem, choice: Choice, digits: int) -> Enclosure:
    parts: Sequence[Placed] = choice.values["parts"]
    try:
        exact = sum((part.factor * part.block.improvement(Quantities(EXACT, part.of.problem)) for part in parts), fmpq(0))
        return Enclosure.of(exact)
    except NotExact:
        return enclose(lambda: _in_balls(parts), digits)


def _in_balls(parts: Sequence[Placed]) -> arb:
    total = arb(0)
    for part in parts:
        total += arb(part.factor) * part.block.improvement(Quantities(BALL, part.of.problem))
    return total


FORM = Unequal(
    statement=r"I^{\ast} \ge \sum_b \bar{\omega}_b\, I_b, \qquad \bar{\omega}_b = \tfrac{1}{n_b} \sum_{i \in b} \omega_i",
    symbols=(
        ("b", "disjoint blocks of $n_b$ features of one activity, law and scale $c$, in $d_b$ dimensions, $sum d_b <= d$"),
        ("I_b", "$c^2$ times the improvement of weights for $n_b$ equal features of scale 1 in $d_b$ dimensions"),
    ),
    hypotheses=(),
    proof=(
        Step(
            "average",
            "over all ways to put the rows of a witness on the features of its block each row meets each importance equally often",
            Status.STANDARD,
            statement=r"\frac{1}{n_b!} \sum_{\pi} \sum_i \omega_{\pi(i)} (2 C_i - D_i) = \bar{\omega}_b \sum_i (2 C_i - D_i)",
            standard="a mean is reached",
            checked="the exact loss of all permutations of small witnesses",
            claim=("sum(i, j: omega[i]*(2*C[j] - D[j]))/n = sum(i: omega[i])/n*sum(j: 2*C[j] - D[j])",),
        ),
        Step(
            "sum",
            "for a block-diagonal $A$ the features of one block do not enter the reconstruction of another",
            Status.STANDARD,
            statement=r"I(W_1 \oplus W_2) = I(W_1) + I(W_2)",
            standard="the rows of a block-diagonal matrix",
            checked="the exact loss of direct sums",
            claim=("I = sum(i: omega[i]*(2*C[i] - D[i]))",),
        ),
        Step(
            "blocks",
            "the lower bound for equal features that each block comes from",
            Status.COMPUTED,
            statement=r"I^{\ast}(n_b, d_b) \ge I_b",
            checked="the blocks that are chosen: the status of a sum is the weakest of theirs",
        ),
    ),
    value=value,
    chooser=choose,
    no_choice=f"for 3 <= m <= {LARGEST_M} and d <= {LARGEST_D} alone; or no block in superposition improves on the basis",
)
