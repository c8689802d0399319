"""Plots I/p against p, log–log: best bounds, the bounds they are made of, and the regimes with their slopes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from boundcalc.bounds.lower import orthonormal
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.plots import labels, style
from boundcalc.render.plots.asymptotes import Asymptote, asymptotes
from boundcalc.render.plots.colours import RATIO, WITHOUT, colours
from boundcalc.render.plots.data import Point, number, select
from boundcalc.render.plots.style import CaptionedFigure, certified_band, new_figure, plain_decades, styled
from boundcalc.sweep.rows import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@styled()
def bounds_against_p(
    rows: Iterable[Row],
    *,
    n: int | float | str | None = None,
    d: int | str | None = None,
    m: int | str | None = None,
    law: str | None = None,
    importance: str | None = None,
    activity: str | None = None,
    keys: Sequence[str] = (),
    width: str = "column",
) -> CaptionedFigure:
    """Bounds on the improvement against p, for one n, d, m and law.

    Parameters
    ----------
    rows : iterable of Row
        Of a sweep over p.
    n, d, m, law
        The slice, where the sweep has several.
    importance, activity : str
        The formulas of the slice, where the sweep has several.
    keys : sequence of str
        The bounds drawn besides the best; by default those that are the best at some p, and the orthonormal basis.
    width : str
        ``"column"`` or ``"text"``.
    """
    found = select(
        rows, {"n": n, "d": d, "m": m, "law": law}, ("m", "law", "d", "n"), {"importance": importance, "activity": activity}
    )
    if len(found) < 2:
        raise ParameterError("p", str(found[0].problem.p), "must take two values or more to be drawn against")
    uppers, lowers = (dict.fromkeys(key for q in found for key in getattr(q, side)) for side in ("uppers", "lowers"))
    known = {*uppers, *lowers}
    unknown = sorted(set(keys) - known)
    best = keys or {orthonormal.BOUND.key, *(key for q in found for key in (q.upper_key, q.lower_key))}
    if unknown:
        raise ParameterError("keys", unknown[0], f"must be a bound that applies somewhere in the sweep: {', '.join(sorted(known))}")
    figure = new_figure(width, 4.3)
    axes, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    axes.set_xscale("log")
    axes.set_yscale("log")
    p = [number(point.problem.p) for point in found]
    upper = [number(point.upper / point.problem.p) for point in found]
    lower = [number(point.lower / point.problem.p) for point in found]
    drawn = [key for key in (*uppers, *lowers) if key in best]
    colour = {**colours(key for key in drawn if key != orthonormal.BOUND.key), orthonormal.BOUND.key: WITHOUT}
    for names, side in ((uppers, "upper"), (lowers, "lower")):
        for index, key in enumerate(name for name in names if name in best):
            _curve(axes, found, key, side, index, colour[key])
    certified_band(axes, p, lower, upper, "$I^*/p$", "best lower bound")
    low, high = min(lower), max(upper)
    axes.set_ylim(low / (high / low) ** 0.2, high * (high / low) ** 0.15)
    axes.set_xlim(p[0], p[-1])
    plain_decades(axes.yaxis)
    if len({point.alone / point.problem.p for point in found}) == 1:
        _gain_axis(axes, number(found[0].alone / found[0].problem.p), equal=found[0].is_equal)
    pieces = asymptotes(found[0].problem, p[0], p[-1]) if found[0].is_equal else []
    for regime in pieces:
        _mark(axes, regime)
    below.plot(p, [number(point.ratio) for point in found], color=RATIO, linewidth=0.9, gid="ratio")
    below.set_ylim(bottom=1)
    below.set_ylabel("ratio")
    below.set_xlabel("activity $p$")
    axes.set_ylabel("improvement $I/p$")
    axes.set_title(labels.title(found[0], "n d m law"), loc="left")
    columns = 2 if width == "column" else 4
    figure.legend(loc="outside lower center", ncols=columns, handlelength=2.6, columnspacing=1, labelspacing=0.25)
    figure.caption = _caption(found, pieces)
    return figure


def _curve(axes: Axes, found: Sequence[Point], key: str, side: str, index: int, colour: str) -> None:
    """One bound where it applies: markers filled for upper, open for lower bounds."""
    every = [(point.problem.p, (point.uppers if side == "upper" else point.lowers).get(key)) for point in found]
    x = [number(p) for p, value in every if value is not None and value > 0]
    y = [number(value / p) for p, value in every if value is not None and value > 0]
    step = max(1, len(x) // 7)
    axes.plot(
        x,
        y,
        color=colour,
        linestyle=style.DASHES[index % len(style.DASHES)],
        linewidth=0.8,
        marker=style.MARKERS[index % len(style.MARKERS)],
        markevery=(index * step // 3 % step, step),
        markersize=3,
        markerfacecolor=colour if side == "upper" else "white",
        markeredgewidth=0.7,
        label=("≤ " if side == "upper" else "≥ ") + labels.bound(key),
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


def _caption(found: Sequence[Point], pieces: Sequence[Asymptote]) -> str:
    parameters = labels.parameters(found[0], "n d m law")
    own = r", $g\,p\,\min(n, d)$" if found[0].is_equal else ""
    summary = (
        f"Certified bounds on the largest improvement $I^*$, divided by the activity $p$; {parameters}, "
        f"{len(found)} values of $p$, {labels.range_of([point.problem.p for point in found])}. "
        "The shaded band between the best upper and the best lower bound holds $I^*/p$, on the right over the improvement "
        f"without superposition{own}. Below, the ratio of the best two."
    )
    summary += labels.proofs(found)
    if pieces:
        summary += " Dotted: the asymptotes of the regimes with their slopes, and where they cross; they are no bounds."
    return summary
