"""Chooses the axis of a figure of bounds, n, d or p, and its curves, a slice of the sweep each."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from boundcalc.model.problem import INFINITY
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.plots import labels
from boundcalc.render.plots.data import FIELDS, Point, select
from boundcalc.sweep.rows import Row

AXES = ("p", "d", "n")
"""What bounds are drawn against; of those with as many values the first."""
MOST = 4
"""Curves in a figure."""


@dataclass(frozen=True)
class Slices:
    """The points of a figure.

    Attributes
    ----------
    x : str
        One of :data:`AXES`.
    curves : list of (str, list of Point)
        What tells a slice from the others, empty for a single one, and its points in order of ``x``.
    single : str
        Names of the parameters that have one value, spaces between.
    along : tuple of str
        Those that vary with ``x``, as n = d^2 does.
    """

    x: str
    curves: list[tuple[str, list[Point]]]
    single: str
    along: tuple[str, ...]

    @property
    def points(self) -> list[Point]:
        """Those of all curves."""
        return [point for _, curve in self.curves for point in curve]


def slices(rows: Iterable[Row], fixed: Mapping[str, object], formulas: Mapping[str, str | None], x: str | None = None) -> Slices:
    """The points against the axis that is asked for, or has most values.

    Parameters
    ----------
    fixed : mapping
        Values of n, d, m, p and law to be drawn, one or several; ``None`` for all.
    formulas : mapping
        Which importance and activity of features that differ.
    x : str, optional
        One of :data:`AXES`.

    Raises
    ------
    ParameterError
        If nothing varies, or there are more than :data:`MOST` slices.
    """
    found = select(rows, fixed, (), formulas)
    if x not in (None, *AXES):
        raise ParameterError("x", x, f"must be {', '.join(AXES[:-1])} or {AXES[-1]}")
    have = {name: {FIELDS[name](point.problem) for point in found} - {INFINITY} for name in AXES}
    axis = x or max(AXES, key=lambda name: len(have[name]))
    if len(have[axis]) < 2:
        if x is None:
            raise ParameterError("sweep", "one problem", "must have two values or more of n, d or p, to draw bounds against it")
        raise ParameterError("x", x, f"must take two finite values or more to be an axis, and has {len(have[axis])}")
    if axis == "n":
        found = [point for point in found if point.problem.n != INFINITY]
    others = [name for name in FIELDS if name != axis and len({FIELDS[name](point.problem) for point in found}) > 1]
    along = tuple(name for name in others if _follows(found, name, axis))
    told = [name for name in others if name not in along]
    curves: dict[tuple[Hashable, ...], list[Point]] = {}
    for point in found:
        curves.setdefault(tuple(FIELDS[name](point.problem) for name in told), []).append(point)
    if len(curves) > MOST:
        raise too_many({name: len({FIELDS[name](point.problem) for point in found}) for name in told}, axis)
    single = " ".join(name for name in ("n", "d", "m", "p", "law") if name != axis and name not in others)
    named = [(", ".join(labels.values(curve[0], told)), _ordered(curve, axis)) for curve in curves.values()]
    return Slices(axis, named, single, along)


def too_many(counts: Mapping[str, int], axis: str) -> ParameterError:
    """What to say of more slices than there may be, from how many values each parameter has besides the axis."""
    most = max(counts, key=lambda name: counts[name])
    allowed = f"must be chosen, a curve each and at most {MOST} in all, for bounds against {axis}; or another kind, such as gap"
    return ParameterError(most, f"{counts[most]} values", allowed)


def _follows(found: Sequence[Point], name: str, axis: str) -> bool:
    """Whether a parameter has one value at each value of the axis."""
    at: dict[Hashable, Hashable] = {}
    return all(
        at.setdefault(FIELDS[axis](point.problem), FIELDS[name](point.problem)) == FIELDS[name](point.problem) for point in found
    )


def _ordered(curve: Sequence[Point], axis: str) -> list[Point]:
    return sorted(curve, key=lambda point: getattr(point.problem, axis))
