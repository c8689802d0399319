"""Sorts features that differ into kinds: all of one kind are equal, wherever they stand among the columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from flint import fmpq

from boundcalc.model.features import FeatureProblem, Group, same_kind
from boundcalc.numbers.enclosure import Enclosure


@dataclass(frozen=True)
class Kind:
    """All features of one importance, activity, law and scale.

    Attributes
    ----------
    group : Group
        One of them; its count is that of its first run among the columns alone.
    count : int
        How many there are.
    m : int
    """

    group: Group
    count: int
    m: int

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
def kinds(problem: FeatureProblem) -> tuple[Kind, ...]:
    """The kinds, of the greatest ω p g first; of equal ones the first among the columns."""
    counts: dict[tuple[object, ...], tuple[Group, int]] = {}
    for group in problem.features.groups:
        first, count = counts.get(same_kind(group), (group, 0))
        counts[same_kind(group)] = first, count + group.count
    found = [Kind(group, count, problem.m) for group, count in counts.values()]
    return tuple(sorted(found, key=lambda kind: -kind.alone))


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
