"""Sorts features that differ into kinds: all of one kind are equal, wherever they stand among the columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from flint import fmpq

from boundcalc.model.features import FeatureProblem, Group, same_kind
from boundcalc.numbers.enclosure import Enclosure


@dataclass(frozen=True)
class FeatureKind:
    """All features of one importance, activity, law and scale.

    Attributes
    ----------
    group : Group
        One run of them among the columns.
    runs : tuple of (first, count)
        Where they stand among the columns, from 1.
    m : int
    """

    group: Group
    runs: tuple[tuple[int, int], ...]
    m: int

    @cached_property
    def count(self) -> int:
        """How many there are."""
        return sum(count for _, count in self.runs)

    def columns(self, many: int) -> list[int]:
        """The first ``many`` of their columns, from 1."""
        found: list[int] = []
        for first, count in self.runs:
            found += range(first, first + min(count, many - len(found)))
        return found

    @property
    def importance(self) -> fmpq:
        """ω."""
        return self.group.importance

    @property
    def p(self) -> fmpq:
        """The activity."""
        return self.group.p

    def moment(self, k: int) -> fmpq:
        """μ_k of the active value."""
        return self.group.moment(k)

    @cached_property
    def kappa(self) -> tuple[fmpq, ...]:
        """Even cumulants: entry j is κ_{2j}."""
        return self.group.cumulants(self.m)

    @cached_property
    def worth(self) -> fmpq:
        """ω E x², what a perfect reconstruction of the feature brings."""
        return self.importance * self.group.variance()

    @cached_property
    def single(self) -> fmpq:
        """g = α²/β: p g is what a dimension of its own brings, divided by ω."""
        return self.moment(self.m + 1) ** 2 / self.moment(2 * self.m)

    @cached_property
    def alone(self) -> fmpq:
        """ω p g, what a dimension of its own brings."""
        return self.importance * self.p * self.single


@lru_cache(maxsize=64)
def kinds(problem: FeatureProblem) -> tuple[FeatureKind, ...]:
    """The kinds, of the greatest ω p g first; of equal ones the first among the columns."""
    found: dict[tuple[object, ...], tuple[Group, list[tuple[int, int]]]] = {}
    first = 1
    for group in problem.features.groups:
        found.setdefault(same_kind(group), (group, []))[1].append((first, group.count))
        first += group.count
    every = [FeatureKind(group, tuple(runs), problem.m) for group, runs in found.values()]
    return tuple(sorted(every, key=lambda kind: -kind.alone))


def top(values: Iterable[tuple[int, fmpq]], k: int) -> fmpq:
    """The sum of the k largest of values that occur several times: pairs (count, value)."""
    total = fmpq(0)
    for count, value in sorted(values, key=lambda pair: -pair[1]):
        taken = min(count, k)
        total += taken * value
        k -= taken
        if not k:
            break
    return total


def top_enclosure(values: Iterable[tuple[int, Enclosure]], k: int) -> Enclosure:
    """The same of enclosed values."""
    pairs = list(values)
    return Enclosure(*(top([(count, end(value)) for count, value in pairs], k) for end in (_lower, _upper)))


_lower: Callable[[Enclosure], fmpq] = lambda value: value.lower  # noqa: E731
_upper: Callable[[Enclosure], fmpq] = lambda value: value.upper  # noqa: E731
