"""Bounds as values with a side: an upper bound and a lower bound are different types that do not mix.

The number of an :class:`UpperValue` that may be quoted is the upper end of its enclosure; that of a
:class:`LowerValue` is the lower end. There is no conversion between the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from flint import fmpq

from boundcalc.numbers.enclosure import Enclosure


@dataclass(frozen=True)
class UpperValue:
    """A number that the improvement I* does not exceed, known through an enclosure."""

    enclosure: Enclosure

    def __post_init__(self) -> None:
        _require(self.enclosure, Enclosure)

    @property
    def certified(self) -> fmpq:
        """An exact number that is certainly an upper bound."""
        return self.enclosure.upper


@dataclass(frozen=True)
class LowerValue:
    """A number that the improvement I* reaches, known through an enclosure."""

    enclosure: Enclosure

    def __post_init__(self) -> None:
        _require(self.enclosure, Enclosure)

    @property
    def certified(self) -> fmpq:
        """An exact number that is certainly a lower bound."""
        return self.enclosure.lower


K = TypeVar("K")
V = TypeVar("V")


def _require(value: object, kind: type) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}, got {type(value).__name__}: an upper and a lower bound do not mix")


def best_upper(values: Iterable[tuple[K, UpperValue]]) -> tuple[K, UpperValue] | None:
    """The least upper bound with its label; of several that are not separated, the first."""
    return _best(values, UpperValue, lambda value, best: value.enclosure.less(best.enclosure))


def best_lower(values: Iterable[tuple[K, LowerValue]]) -> tuple[K, LowerValue] | None:
    """The greatest lower bound with its label; of several that are not separated, the first."""
    return _best(values, LowerValue, lambda value, best: best.enclosure.less(value.enclosure))


def _best(values: Iterable[tuple[K, V]], side: type[V], better: Callable[[V, V], bool | None]) -> tuple[K, V] | None:
    best: tuple[K, V] | None = None
    for label, value in values:
        _require(value, side)
        if best is None or better(value, best[1]):
            best = label, value
    return best


def ratio(upper: UpperValue, lower: LowerValue) -> Enclosure:
    """Enclosure of upper/lower, the measure of what is not known (at least 1 when both are bounds)."""
    _require(upper, UpperValue)
    _require(lower, LowerValue)
    return upper.enclosure / lower.enclosure


def loss_interval(energy: fmpq, upper: UpperValue, lower: LowerValue) -> Enclosure:
    """[energy − upper, energy − lower] around the best loss, never below 0."""
    _require(upper, UpperValue)
    _require(lower, LowerValue)
    return Enclosure(max(energy - upper.certified, fmpq(0)), energy - lower.certified)
