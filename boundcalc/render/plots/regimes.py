"""Draws the regimes of I* as a whole: log I* against log p in units of log d, and the local slope, both certified.

The axes are those in which the orders of Chowdhury and Weiner, Theorem 2.2, are broken lines: p = d^{-m}, d^{1-m} and 1 are at
−m, 1 − m and 0, and I = d^{1/m} and d are at 1/m and 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from flint import fmpq

from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import Enclosure, decimal_ceiling, decimal_floor
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.plots import labels, style
from boundcalc.render.plots.asymptotes import asymptotes, sigma
from boundcalc.render.plots.data import Point, by_dimension, number, select
from boundcalc.render.plots.slopes import Transition, end_of_superposition, half_of_the_sparse_limit, local_slopes
from boundcalc.render.plots.style import CaptionedFigure, certified_band, identifier, new_figure, styled
from boundcalc.sweep.rows import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_PANELS = 4
DIGITS = 3
"""Significant digits of the caption's certified numbers, rounded outward."""


@styled()
def regimes(
    rows: Iterable[Row],
    *,
    n: int | float | str | None = None,
    d: Sequence[int] | int | str | None = None,
    m: int | str | None = None,
    law: str | None = None,
    importance: str | None = None,
    activity: str | None = None,
    width: str = "text",
) -> CaptionedFigure:
    """A column for each d: the band that holds I*, with the orders of the literature, and below it the local slope.

    Parameters
    ----------
    rows : iterable of Row
        Of a sweep over p, or over p and d.
    n, m, law
        The slice, where the sweep has several.
    d : int or sequence of int, optional
        The dimensions that are drawn; by default all, 4 at most.
    importance, activity : str
        The formulas of the slice, where the sweep has several; of features that differ the band and the slope alone are drawn.
    width : str
        ``"column"`` or ``"text"``.
    """
    every = select(rows, {"n": n, "m": m, "law": law}, ("m", "law", "n"), {"importance": importance, "activity": activity})
    columns = by_dimension(every, d, MOST_PANELS)
    for value, found in columns.items():
        _check(value, found)
    figure = new_figure(width, 4.1)
    panels = figure.subplots(2, len(columns), sharex="col", sharey="row", squeeze=False, height_ratios=(3, 2))
    for k, found in enumerate(columns.values()):
        _band(panels[0][k], found)
        _slopes(panels[1][k], found)
    m, least = every[0].problem.m, min(_log(number(q.lower), q.problem.d) for found in columns.values() for q in found)
    whole = range(math.ceil(least), 1)
    if every[0].is_equal:
        panels[0][0].set_yticks([*whole, 1 / m, 1], [*(f"${value}$" for value in whole), f"1/{m}", "1"])
    else:
        panels[0][0].set_yticks(whole[:: -max(1, len(whole) // 8)])
    panels[0][0].set_ylim(least - 0.05, 1.08)
    panels[0][0].set_ylabel(r"$\log_d I$")
    panels[1][0].set_ylabel("slope over a decade")
    for panel in panels[1]:
        panel.set_xlabel(r"$\log_d p$")
    figure.suptitle(labels.title(every[0], "n m law"), fontsize=8, x=0.01, ha="left")
    handles, texts = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, texts, loc="outside lower center", ncols=2 if width == "column" else 3, frameon=False)
    figure.caption = _caption([point for found in columns.values() for point in found], list(columns.values()))
    return figure


def _check(value: int, found: Sequence[Point]) -> None:
    """Refuses what has no such figure: logarithms to base 1, m = 1, and a single p."""
    if value < 2:
        raise ParameterError("d", value, "must be at least 2 for a logarithm to base d")
    if found[0].problem.m == 1:
        raise ParameterError("m", 1, "must be at least 3: for m = 1 there is one regime")
    if len(found) < 2:
        raise ParameterError("p", str(found[0].problem.p), "must take two values or more to be drawn against")


def _band(axes: Axes, found: Sequence[Point]) -> None:
    """The certified band, of equal features with the orders and asymptotes, and the transitions."""
    d = found[0].problem.d
    p = [number(point.problem.p) for point in found]
    x = [_log(value, d) for value in p]
    upper, lower = ([_log(number(value), d) for value in side] for side in zip(*((q.upper, q.lower) for q in found), strict=True))
    certified_band(axes, x, lower, upper, "$I^*$", ("best upper bound", "best witness"), f"{{}} {d}")

    if found[0].is_equal:
        _orders(axes, found, x, [(one + other) / 2 for one, other in zip(upper, lower, strict=True)])
    for transition, colour, label in (
        (half_of_the_sparse_limit(found), style.SKY, r"$I^*/p$ falls to half"),
        (end_of_superposition(found), style.GREEN, "superposition ceases to help"),
    ):
        if transition.before is not None and transition.after is not None:
            start, end = (_log(number(value), d) for value in (transition.before, transition.after))
            axes.axvspan(start, end, color=colour, alpha=0.5, linewidth=0, label=f"{label} in here", zorder=0.5)
    axes.set_xlim(x[0], x[-1])
    axes.set_xticks(list(range(math.ceil(x[0] - 1e-9), math.floor(x[-1] + 1e-9) + 1)))
    axes.set_title(f"$d = {d}$", loc="left")


def _orders(axes: Axes, found: Sequence[Point], x: Sequence[float], between: Sequence[float]) -> None:
    """Of equal features: the orders with constants 1, a line of slope 1/m, and the asymptotes with their constants."""
    problem = found[0].problem
    d, m = problem.d, problem.m
    p = [number(point.problem.p) for point in found]

    def line(x: Sequence[float], y: Sequence[float], colour: str, dash: Any, label: str, gid: str) -> None:
        axes.plot(x, y, color=colour, linewidth=0.8, linestyle=dash, label=label, gid=identifier(gid), zorder=4)

    ends = [value for value in (x[0], -m, 1 - m, 0) if x[0] <= value <= x[-1]]
    below = [min(value + m, 1 + value / m) for value in ends]
    above = [min(value + m, 1) for value in ends]
    line(ends, below, style.VERMILION, "-.", r"order $\min(p\,d^m, d\,p^{1/m})$", "order-below")
    line(ends, above, style.ORANGE, (0, (4, 2)), r"order $\min(p\,d^m, d)$", "order-above")
    middle = min(range(len(x)), key=lambda k: abs(x[k] + m))
    if abs(x[middle] + m) < 0.01:
        height = between[middle]
        heights = [height, height + (x[-1] - x[middle]) / m]
        line([x[middle], x[-1]], heights, style.PURPLE, "-", "slope $1/m$ from $p = d^{-m}$", f"fit {d}")
    for k, piece in enumerate(asymptotes(problem, p[0], p[-1])):
        reach = [max(piece.start / 3, p[0]), min(piece.end * 3, p[-1])]
        along, heights = [_log(value, d) for value in reach], [_log(piece.at(value) * value, d) for value in reach]
        line(along, heights, style.GREY, ":", "_" if k else "asymptotes with our constants", f"asymptote {piece.name} {d}")


def _slopes(axes: Axes, found: Sequence[Point]) -> None:
    """The certified slope over a decade, at the decade's middle, against 1/m and 1."""
    d, m = found[0].problem.d, found[0].problem.m
    slopes = local_slopes(found)
    middle = [(_log(number(one.first.problem.p), d) + _log(number(one.last.problem.p), d)) / 2 for one in slopes]
    low, high = [number(one.value.lower) for one in slopes], [number(one.value.upper) for one in slopes]
    axes.fill_between(middle, low, high, color=style.LIGHT, edgecolor=style.BLACK, linewidth=0.6, gid=identifier("slope", str(d)))
    for value in (fmpq(1), fmpq(1, m)):
        axes.axhline(number(value), color=style.VERMILION, linewidth=0.8, linestyle="-.", zorder=0.5)
    if found[0].is_equal:
        axes.axvline(-m, color=style.GREY, linewidth=0.4, linestyle=":", zorder=0.5)
    axes.set_yticks([0, 1 / m, 0.5, 1], ["0", f"1/{m}", "1/2", "1"])
    axes.set_ylim(0, 1.15)


def _log(value: float, d: int) -> float:
    return math.log(value) / math.log(d)


def _caption(every: Sequence[Point], columns: Sequence[Sequence[Point]]) -> str:
    text = (
        "Certified band of the largest improvement $I^*$ and its slope, logarithms to base $d$; "
        f"{labels.parameters(every[0], 'n m law')}, {labels.range_of([point.problem.p for point in every])}. "
    )
    middle = "Below, the mean slope over a decade about $p$, with lines at $1/m$ and 1. Certified at the values of $p$ drawn: "
    if every[0].is_equal:
        text += _orders_of_the_literature(every[0].problem)
    return text + middle + "; ".join(_numbers(found) for found in columns) + "." + labels.proofs(every)


def _orders_of_the_literature(problem: Problem) -> str:
    """What the caption says of the lines, for equal features."""
    m = problem.m
    return (
        r"Lines with constant 1: the orders $\min(p\,d^m, d\,p^{1/m})$ and $\min(p\,d^m, d)$ of Chowdhury and Weiner, Theorem 2.2, "
        "which leave the order of $I^*$ open for $p > d^{-m}$. It is the lower one: "
        r"$I^* \sim \sigma_m d\,p^{1/m}$ as $d \to \infty$, $d^{-m} \ll p \ll 1$ (capacity and random directions meet); "
        f"dotted, this asymptote with $\\sigma_{m} = {sigma(problem):.4g}$ and those on either side, which are no bounds. "
    )


def _numbers(found: Sequence[Point]) -> str:
    """The certified numbers of one d."""
    d, m = found[0].problem.d, found[0].problem.m
    parts = []
    for power in (m, m - 1):
        at = next((point for point in found if point.problem.p == fmpq(1, d**power)), None)
        if at is not None and not at.is_equal:
            parts.append(f"at $p = d^{{-{power}}}$ $I^*$ is {_ends(Enclosure(at.lower, at.upper))}")
        elif at is not None:
            lines = "both lines: $1$" if power == m else f"the lines: $d^{{1/{m}}} = {d ** (1 / m):.3g}$ and $d = {d}$"
            parts.append(f"at $p = d^{{-{power}}}$ $I^*$ is {_ends(Enclosure(at.lower, at.upper))} ({lines})")
    parts.append(f"$I^*/p$ is half of what it is at the least $p$ {_where(half_of_the_sparse_limit(found))}")
    parts.append(f"superposition ceases to help {_where(end_of_superposition(found))}")
    slopes = local_slopes(found)
    if slopes:
        least = min(slopes, key=lambda one: one.value.upper)
        decade = f"from $p = {labels.power(least.first.problem.p)}$ to ${labels.power(least.last.problem.p)}$"
        bottom = min(one.value.lower for one in slopes)
        floor = decimal_floor(bottom, DIGITS) + (f", above $1/{m}$" if bottom > fmpq(1, m) else "")
        parts.append(f"the slope over a decade is least {decade}, {_ends(least.value)}, and over every one at least {floor}")
    worst = max(point.ratio for point in found)
    parts.append(f"$I^*$ is known at each to within a factor {decimal_ceiling(worst, DIGITS)}")
    return f"$d = {d}$: " + ", ".join(parts)


def _ends(value: Enclosure) -> str:
    return f"{decimal_floor(value.lower, DIGITS)} to {decimal_ceiling(value.upper, DIGITS)}"


def _where(transition: Transition) -> str:
    """Between which values of p."""
    before, after = (None if value is None else labels.power(value) for value in (transition.before, transition.after))
    if before and after:
        return f"between $p = {before}$ and ${after}$"
    return f"beyond $p = {before}$" if before else f"before $p = {after}$" if after else "at no $p$ that the bounds decide"
