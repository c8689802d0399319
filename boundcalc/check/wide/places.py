"""Gives features of a case by classes: one column stands for all that see the same, with how many it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from boundcalc.check.wide.configuration import Configuration, UnknownByClasses


@dataclass(frozen=True)
class Place:
    """A column of a class; ``sight`` is which of the sights of ``anchor`` it is, −1 for one at right angles that is not listed."""

    kind: int
    anchor: Place | None = None
    sight: int = -1

    def __add__(self, one: int) -> FeatureNumber:
        return FeatureNumber(self)


@dataclass(frozen=True)
class FeatureNumber:
    """The number of a feature, counted from 1: here it can tell features apart, and nothing else."""

    place: Place

    def _nothing_else(self, *others: object) -> Any:
        raise UnknownByClasses("the number of a feature")

    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _nothing_else
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __neg__ = __abs__ = __int__ = __float__ = _nothing_else


def places(configuration: Configuration, anchor: Place | None = None) -> Iterator[tuple[Place, int]]:
    """Representatives of all columns with how many each stands for; relative to a column if one is given."""
    kinds = configuration.kinds
    if anchor is None:
        yield from ((Place(number), kind.count) for number, kind in enumerate(kinds) if kind.count)
        return
    yield anchor, 1
    left = {number: kind.count for number, kind in enumerate(kinds)}
    left[anchor.kind] -= 1
    for number, sight in enumerate(kinds[anchor.kind].sees):
        yield Place(sight.other, anchor, number), sight.count
        left[sight.other] -= sight.count
    for number, count in left.items():
        if count < 0:
            raise AssertionError(f"{configuration.name}: more columns are seen than there are")
        if count:
            yield Place(number, anchor, -1), count


def tuples(
    configuration: Configuration, names: Sequence[str], links: Sequence[frozenset[str]], at: dict[str, Any]
) -> Iterator[tuple[tuple[Place, ...], int]]:
    """Values of feature indices and how many each stands for.

    Parameters
    ----------
    names : indices, in order
    links : for each of them, those before it (of the sum or around it) that it stands in a pair with
    at : values of the indices around

    Raises
    ------
    UnknownByClasses
        Where an index stands in pairs with two others.
    """
    if not names:
        yield (), 1
        return
    if len(links[0]) > 1:
        raise UnknownByClasses("three features in a chain")
    anchor = at[next(iter(links[0]))] if links[0] else None
    if anchor is not None and not isinstance(anchor, Place):
        raise UnknownByClasses("the number of a feature")
    for place, count in places(configuration, anchor):
        for rest, many in tuples(configuration, names[1:], links[1:], {**at, names[0]: place}):
            yield (place, *rest), count * many
