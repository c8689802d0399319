"""Computes certified slopes of I* in log–log axes, and the intervals of p that hold its transitions.

What is known at the points of a sweep is an interval for I*: of a mean slope between two points, or of a quotient, follows an
interval again. Logarithms are enclosed in balls; nothing is said of I* between the points, but for where it passes a level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, fmpq

from boundcalc.numbers.enclosure import Enclosure, precision
from boundcalc.render.plots.data import Point, Superposition

BITS = 128
"""Precision of the logarithms; their radius is far below the width of what the bounds leave."""
SPAN = 10
"""The ratio of the ends of an interval of p over which a local slope is taken: a decade."""


@dataclass(frozen=True)
class Slope:
    """The mean slope of log I* against log p between two points.

    Attributes
    ----------
    first, last : Point
    value : Enclosure
        From the best lower bound at one end and the best upper bound at the other.
    """

    first: Point
    last: Point
    value: Enclosure


@dataclass(frozen=True)
class Transition:
    """Neighbouring points between which I* passes a level.

    Attributes
    ----------
    before : fmpq or None
        Up to this p, at all points, it is certainly not passed; ``None`` where that holds at no point.
    after : fmpq or None
        From this p on, at all points, it certainly is.
    """

    before: fmpq | None
    after: fmpq | None


def mean_slope(first: Point, last: Point) -> Slope:
    """The slope between two points, ``last`` at the greater p."""
    with precision(BITS):
        distance = arb(last.problem.p / first.problem.p).log()
        (low_first, high_first), (low_last, high_last) = _ends(first), _ends(last)
        low = Enclosure.of(arb(low_last / high_first).log() / distance)
        high = Enclosure.of(arb(high_last / low_first).log() / distance)
    return Slope(first, last, Enclosure(low.lower, high.upper))


def _ends(point: Point) -> tuple[fmpq, fmpq]:
    """Both ends for I*; the exact number where that of the orthonormal basis is proven, which no decimal need be."""
    return (point.alone, point.alone) if point.refuted else (point.lower, point.upper)


def local_slopes(found: Sequence[Point], span: int = SPAN) -> list[Slope]:
    """The slope from each point to the next that is ``span`` times as far or more, as long as there is one.

    Parameters
    ----------
    found : sequence of Point
        Rising in p.
    """
    every = []
    for point in found:
        beyond = next((other for other in found if other.problem.p >= span * point.problem.p), None)
        if beyond is not None:
            every.append(mean_slope(point, beyond))
    return every


def half_of_the_sparse_limit(found: Sequence[Point]) -> Transition:
    """Where I*/p falls below half of its value at the least p that is there."""
    start = found[0]
    low, high = (value / start.problem.p / 2 for value in (start.lower, start.upper))
    above = [point.lower / point.problem.p > high for point in found]
    below = [point.upper / point.problem.p < low for point in found]
    return _between(found, above, below)


def end_of_superposition(found: Sequence[Point]) -> Transition:
    """Where weights without superposition become optimal."""
    states = [point.superposition() for point in found]
    return _between(
        found,
        [state is Superposition.HELPS for state in states],
        [state is Superposition.DOES_NOT_HELP for state in states],
    )


def _between(found: Sequence[Point], not_yet: Sequence[bool], passed: Sequence[bool]) -> Transition:
    """The last of the leading points where it is not yet passed, and the first of the trailing ones where it is."""
    leading = next((k for k, is_before in enumerate(not_yet) if not is_before), len(found))
    trailing = next((k for k, is_after in enumerate(reversed(passed)) if not is_after), len(found))
    return Transition(
        found[leading - 1].problem.p if leading else None,
        found[-trailing].problem.p if trailing else None,
    )
