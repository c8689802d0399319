"""Plots bounds against p, d or n: best bounds, the bounds they are made of, and the regimes of p with their slopes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from flint import fmpq

from boundcalc.bounds.lower import orthonormal
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.plots import labels, style
from boundcalc.render.plots.asymptotes import Asymptote, asymptotes
from boundcalc.render.plots.colours import RATIO, SLICES, WITHOUT, colours
from boundcalc.render.plots.data import Point, number
from boundcalc.render.plots.ordinates import Ordinate, read_ordinate, scale
from boundcalc.render.plots.raster import AXES
from boundcalc.render.plots.slices import Slices, slices
from boundcalc.render.plots.style import CaptionedFigure, certified_band, new_figure, plain_decades, styled, tint, whole_numbers
from boundcalc.sweep.rows import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@styled()
def bounds(
    rows: Iterable[Row],
    *,
    x: str | None = None,
    y: str = "improvement",
    n: object = None,
    d: object = None,
    m: object = None,
    p: object = None,
    law: object = None,
    importance: str | None = None,
    activity: str | None = None,
    keys: Sequence[str] = (),
    width: str = "column",
) -> CaptionedFigure:
    """Bounds against p, d or n, and their ratio; up to four slices of the sweep, a colour each.

    Parameters
    ----------
    rows : iterable of Row
    x : str
        ``"p"``, ``"d"`` or ``"n"``; by default that of which the sweep has most values.
    y : str
        ``"improvement"`` (over p), ``"loss"`` or ``"unexplained"``.
    n, d, m, p, law
        Values to be drawn, one or a list, where the sweep has others as well.
    importance, activity : str
        The formulas of the slice, where the sweep has several.
    keys : sequence of str
        Of a single slice the bounds drawn besides the best; by default those that are the best somewhere, and the
        orthonormal basis.
    width : str
        ``"column"`` or ``"text"``.
    """
    given = {"n": n, "d": d, "m": m, "p": p, "law": law}
    found = slices(rows, given, {"importance": importance, "activity": activity}, x)
    ordinate = read_ordinate(y, found.points)
    figure = new_figure(width, 4.3)
    axes, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    alone = len(found.curves) == 1
    if alone:
        _one(axes, found, ordinate, keys)
    else:
        if keys:
            raise ParameterError("keys", ", ".join(keys), "is for a single slice: choose one n, d, m, p and law besides the axis")
        _several(axes, found, ordinate)
    _horizontal(axes, found)
    ends = [number(ordinate.of(q, end)) for q in found.points for end in (q.lower, q.upper)]
    scale(axes, ordinate, ends, whole=y == "unexplained")
    pieces = _regimes(axes, found) if alone and not ordinate.falls else []
    if not ordinate.falls and len({q.alone / q.problem.p for q in found.points}) == 1:
        first = found.points[0]
        _gain_axis(axes, number(first.alone / first.problem.p), equal=first.is_equal)
    for k, (_, curve) in enumerate(found.curves):
        colour = RATIO if alone else SLICES[k]
        gid = "ratio" if alone else f"ratio-{k}"
        below.plot(_at(found, curve), [ordinate.ratio(q) for q in curve], color=colour, linewidth=0.9, gid=gid)
    below.set_ylim(bottom=1)
    below.set_ylabel("ratio")
    below.set_xlabel(AXES[found.x][0])
    axes.set_ylabel(ordinate.label)
    axes.set_title(labels.title(found.points[0], found.single), loc="left")
    columns = 2 if width == "column" else 4
    figure.legend(loc="outside lower center", ncols=columns, handlelength=2.6, columnspacing=1, labelspacing=0.25)
    figure.caption = _caption(found, ordinate, pieces)
    return figure


def _at(found: Slices, curve: Sequence[Point]) -> list[float]:
    """The places of points on the horizontal axis."""
    return [number(AXES[found.x][1](point)) for point in curve]


def _horizontal(axes: Axes, found: Slices) -> None:
    """p is drawn on a logarithmic scale, whole numbers where they span more than a decade."""
    at = _at(found, found.points)
    low, high = min(at), max(at)
    if found.x == "p" or high > 10 * low:
        axes.set_xscale("log")
    if found.x == "p":
        axes.set_xlim(low, high)
        return
    axes.margins(x=0.03)
    axes.autoscale_view()
    whole_numbers(axes.xaxis)


def _one(axes: Axes, found: Slices, ordinate: Ordinate, keys: Sequence[str]) -> None:
    """The certified band of a single slice, and the bounds that it is made of."""
    curve = found.points
    uppers, lowers = (dict.fromkeys(key for q in curve for key in getattr(q, side)) for side in ("uppers", "lowers"))
    unknown = sorted(set(keys) - {*uppers, *lowers})
    if unknown:
        allowed = f"must be a bound that applies somewhere in the sweep: {', '.join(sorted({*uppers, *lowers}))}"
        raise ParameterError("keys", unknown[0], allowed)
    best = keys or {orthonormal.BOUND.key, *(key for q in curve for key in (q.upper_key, q.lower_key))}
    drawn = [key for key in (*uppers, *lowers) if key in best]
    colour = {**colours(key for key in drawn if key != orthonormal.BOUND.key), orthonormal.BOUND.key: WITHOUT}
    for names, side in ((uppers, "upper"), (lowers, "lower")):
        for index, key in enumerate(name for name in names if name in best):
            _curve(axes, found, ordinate, key, side, index, colour[key])
    upper, lower = ([number(ordinate.of(q, getattr(q, side))) for q in curve] for side in ("upper", "lower"))
    named = ("no weights reach below", "best known weights") if ordinate.falls else ("best upper bound", "best lower bound")
    certified_band(axes, _at(found, curve), lower, upper, ordinate.best, named)


def _several(axes: Axes, found: Slices, ordinate: Ordinate) -> None:
    """A certified band a slice, between two lines of its colour."""
    for k, (name, curve) in enumerate(found.curves):
        at, colour = _at(found, curve), SLICES[k]
        upper, lower = ([number(ordinate.of(q, getattr(q, side))) for q in curve] for side in ("upper", "lower"))
        look: dict[str, Any] = {"color": colour, "linewidth": 0.9, "marker": style.MARKERS[k], "markersize": 3, "zorder": 3}
        axes.fill_between(at, lower, upper, color=tint(colour), linewidth=0, alpha=0.6, gid=f"between-{k}", zorder=2)
        axes.plot(at, upper, linestyle="-", label=name, gid=f"best-upper-{k}", **look)
        axes.plot(at, lower, linestyle="--", markerfacecolor="white", gid=f"best-lower-{k}", **look)
    named = ("no weights reach below", "best known weights") if ordinate.falls else ("best upper bound", "best lower bound")
    for label, dash, fill in ((named[0], "-", style.GREY), (named[1], "--", "white")):
        look = {"color": style.GREY, "linewidth": 0.9, "marker": "o", "markersize": 3, "markerfacecolor": fill}
        axes.plot([], [], linestyle=dash, label=label, **look)


def _curve(axes: Axes, found: Slices, ordinate: Ordinate, key: str, side: str, index: int, colour: str) -> None:
    """One bound where it applies: markers filled for upper, open for lower bounds on the improvement."""
    every = [(point, (point.uppers if side == "upper" else point.lowers).get(key)) for point in found.points]
    shown = [(point, value) for point, value in every if value is not None and value > 0]
    step = max(1, len(shown) // 7)
    axes.plot(
        _at(found, [point for point, _ in shown]),
        [number(ordinate.of(point, value)) for point, value in shown],
        color=colour,
        linestyle=style.DASHES[index % len(style.DASHES)],
        linewidth=0.8,
        marker=style.MARKERS[index % len(style.MARKERS)],
        markevery=(index * step // 3 % step, step),
        markersize=3,
        markerfacecolor=colour if side == "upper" else "white",
        markeredgewidth=0.7,
        label=("≤ " if (side == "upper") != ordinate.falls else "≥ ") + labels.bound(key),
        gid=key,
        zorder=2.5,
    )


def _gain_axis(axes: Axes, alone: float, *, equal: bool) -> None:
    """The same heights as multiples of the orthonormal basis, on the right."""

    def to_gain(height: Any) -> Any:
        return height / alone

    def to_height(gain: Any) -> Any:
        return gain * alone

    gain = axes.secondary_yaxis("right", functions=(to_gain, to_height))
    plain_decades(gain.yaxis)
    gain.set_ylabel("gain of superposition" + (r" $I/(g\,p\,\min(n, d))$" if equal else ""))


def _regimes(axes: Axes, found: Slices) -> list[Asymptote]:
    """The asymptotes that a single slice over p crosses."""
    first, *_ = curve = found.points
    if found.x != "p" or found.along or not first.is_equal:
        return []
    pieces = asymptotes(first.problem, *(number(point.problem.p) for point in (first, curve[-1])))
    for regime in pieces:
        _mark(axes, regime)
    return pieces


def _mark(axes: Axes, regime: Asymptote) -> None:
    """An asymptote, a little past its regime, with its formula and slope; and where it gives way to the next."""
    middle = (regime.start * regime.end) ** 0.5
    left, right = axes.get_xlim()
    ends = [max(regime.start / 2.5, left), min(regime.end * 2.5, right)]
    axes.plot(
        ends, [regime.at(p) for p in ends], color=style.GREY, linewidth=0.9, linestyle=":", gid=f"regime-{regime.name}", zorder=4
    )
    slope = "0" if regime.slope == 0 else f"-{-regime.slope}"
    text = f"${regime.latex}$, slope ${slope}$"
    place: tuple[float, float]
    how: dict[str, Any]
    if regime.name == "sparse":
        place, at, how = (0, 4), "offset points", {"ha": "center", "va": "bottom"}
    elif regime.name == "power":  # the curves fall, so there is room above them at the right
        place, at, how = (0.97, 0.86), "axes fraction", {"ha": "right", "va": "center"}
    else:
        place, at, how = (0.97, 0.05), "axes fraction", {"ha": "right", "va": "bottom"}
    arrow = (
        None if at == "offset points" else {"arrowstyle": "-", "linewidth": 0.5, "color": style.GREY, "shrinkA": 1, "shrinkB": 0}
    )
    how |= {"arrowprops": arrow, "fontsize": 6.5, "zorder": 5, "bbox": style.BOX}
    axes.annotate(text, (middle, regime.at(middle)), place, textcoords=at, **how)
    if regime.end < right:
        axes.axvline(regime.end, color=style.GREY, linewidth=0.4, linestyle=":", zorder=0.5)


def _caption(found: Slices, ordinate: Ordinate, pieces: Sequence[Asymptote]) -> str:
    every = found.points
    at = {name: [fmpq(AXES[name][1](point)) for point in every] for name in (found.x, *found.along) if name in AXES}
    count = len(set(at[found.x]))
    ranges = "".join(f", {labels.range_of(at[name], name)}" for name in at)
    summary = f"Certified bounds on {ordinate.caption}; {labels.parameters(every[0], found.single)}, "
    summary += f"{count} values of ${found.x}${ranges}"
    if len(found.curves) > 1:
        summary += f"; {len(found.curves)} slices: {'; '.join(name for name, _ in found.curves)}"
    summary += f". The shaded band between the best two bounds holds {ordinate.best}"
    if not ordinate.falls and len({q.alone / q.problem.p for q in every}) == 1:
        own = r", $g\,p\,\min(n, d)$" if every[0].is_equal else ""
        summary += f", on the right over the improvement without superposition{own}"
    summary += ". Below, the ratio of the best two." + labels.proofs(every)
    if pieces:
        summary += " Dotted: the asymptotes of the regimes with their slopes, and where they cross; they are no bounds."
    return summary
