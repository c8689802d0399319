"""Turns bounds on the improvement into what a figure draws: I/p, the loss, or the unexplained fraction; exactly."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flint import fmpq

from boundcalc.numbers.errors import ParameterError
from boundcalc.render.plots.data import Point, number
from boundcalc.render.plots.style import plain_decades

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DECADE = 10
"""Positive losses are drawn on a logarithmic scale where the largest is more than so many times the least."""


@dataclass(frozen=True)
class Ordinate:
    """What stands on the vertical axis.

    Attributes
    ----------
    label, best, caption : str
        The name of the axis; its best value, in mathematics; what it is, in a caption.
    of : callable
        From a point and an improvement there to the value.
    falls : bool
        It falls as the improvement grows, so that an upper bound on the improvement is a lower bound on it.
    """

    label: str
    best: str
    caption: str
    of: Callable[[Point, fmpq], fmpq]
    falls: bool

    def ratio(self, point: Point) -> float:
        """Of the best two bounds, the larger over the smaller; nan over a bound of 0."""
        if not self.falls or point.refuted:
            return number(point.ratio)
        floor, known = self.of(point, point.upper), self.of(point, point.lower)
        return number(known / floor) if floor > 0 else 1.0 if known == 0 else math.nan


def _energy(point: Point) -> fmpq:
    """E‖x‖²; :func:`read_ordinate` asks for finite n."""
    assert point.energy is not None
    return point.energy


def _loss(point: Point, improvement: fmpq) -> fmpq:
    """What the improvement leaves of E‖x‖²; an upper end is rounded outward, and no loss is negative."""
    return max(_energy(point) - improvement, fmpq(0))


ORDINATES = {
    "improvement": Ordinate(
        "improvement $I/p$",
        "$I^*/p$",
        "the largest improvement $I^*$, divided by the activity $p$",
        lambda point, value: value / point.problem.p,
        False,
    ),
    "loss": Ordinate("loss", "the least loss", "the least loss", _loss, True),
    "unexplained": Ordinate(
        "unexplained fraction",
        "the least fraction",
        r"the least unexplained fraction, the loss over that of answering zero",
        lambda point, value: _loss(point, value) / _energy(point),
        True,
    ),
}


def read_ordinate(name: str, points: Sequence[Point]) -> Ordinate:
    """The ordinate of that name.

    Raises
    ------
    ParameterError
        If there is none, or it is infinite for some of the points.
    """
    if name not in ORDINATES:
        raise ParameterError("y", name, "must be improvement, loss or unexplained for bounds")
    found = ORDINATES[name]
    if found.falls and any(point.energy is None for point in points):
        raise ParameterError("n", "inf", "must be finite: the loss of infinitely many features is infinite; draw the improvement")
    return found


def scale(axes: Axes, ordinate: Ordinate, drawn: Sequence[float], *, whole: bool) -> None:
    """The vertical axis: logarithmic for improvements and for losses of more than a decade, else from 0.

    Parameters
    ----------
    drawn : sequence of float
        Both ends of the certified bands.
    whole : bool
        The ordinate is at most 1.
    """
    low, high = min(drawn), max(drawn)
    if ordinate.falls and (whole or low <= 0 or high < DECADE * low):
        axes.set_ylim(0, 1.02 if whole else 1.08 * high or 1)
        return
    axes.set_yscale("log")
    spread = max(high / low, 1.1)
    axes.set_ylim(low / spread**0.2, high * spread**0.15)
    plain_decades(axes.yaxis)
