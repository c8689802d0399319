"""Plots the geometry of superposition: which frame is optimal, by the best upper bound, where along p, for each d."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from flint import fmpq

from boundcalc.bounds.unequal.answers import listed
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.plots import labels, style
from boundcalc.render.plots.colours import WITHOUT, colours
from boundcalc.render.plots.data import Point, by_dimension, number, select
from boundcalc.render.plots.regions import Look
from boundcalc.render.plots.style import CaptionedFigure, certified_band, new_figure, plain_decades, styled, tint
from boundcalc.sweep.rows import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_PANELS = 12
ORTHONORMAL = labels.frame("orthonormal")
_HATCHES = ("||||", "\\\\\\\\", "xxxx", "----", "++++")


@dataclass(frozen=True)
class Band:
    """Neighbouring values of p at which the same witness is optimal to within 1e-4, by the best upper bound.

    Attributes
    ----------
    name : str
    first, last : fmpq
        The least and the greatest of them.
    count : int
    """

    name: str
    first: fmpq
    last: fmpq
    count: int


def name_of(point: Point) -> str:
    """The name of its witness; of features that differ, which of them it holds in superposition."""
    parts = [point.witness, *point.witness.get("blocks", ())]
    columns = [column for part in parts for column in part.get("columns", ())]
    if point.is_equal or point.witness.get("frame") == "orthonormal" or not columns:
        return labels.witness(point.witness)
    return f"{'feature' if len(columns) == 1 else 'features'} {listed(tuple(columns))}"


def bands(found: Sequence[Point]) -> list[Band]:
    """The bands of one d, in order of p.

    Parameters
    ----------
    found : sequence of Point
        Of one d, rising in p.
    """
    every = []
    for name, group in groupby(found, lambda point: name_of(point) if point.is_optimal else None):
        members = list(group)
        if name is not None:
            every.append(Band(name, members[0].problem.p, members[-1].problem.p, len(members)))
    return every


@styled()
def geometry(
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
    """One panel for each d: best bounds along p, over the orthonormal basis, and bands that name the optimal frame.

    Parameters
    ----------
    rows : iterable of Row
        Of a sweep over p and d.
    n, m, law
        The slice, where the sweep has several.
    d : int or sequence of int, optional
        The dimensions that are drawn; by default all, 12 at most.
    importance, activity : str
        The formulas of the slice, where the sweep has several.
    width : str
        ``"column"`` or ``"text"``.
    """
    found = select(rows, {"n": n, "m": m, "law": law}, ("m", "law", "n"), {"importance": importance, "activity": activity})
    columns = by_dimension(found, d, MOST_PANELS)
    every = {str(point.problem.p) for point in found}
    if len(every) < 2:
        raise ParameterError("p", every.pop(), "must take two values or more to be drawn along")
    figure = new_figure(width, 0.7 + 0.72 * len(columns))
    panels = figure.subplots(len(columns), 1, sharex=True, squeeze=False)[:, 0]
    names = [band.name for here in columns.values() for band in bands(here) if band.name != ORTHONORMAL]
    looks = {kind: Look(colour, _HATCHES[k % len(_HATCHES)]) for k, (kind, colour) in enumerate(colours(map(_kind, names)).items())}
    looks[ORTHONORMAL] = Look(WITHOUT, "////")
    for panel, here in zip(panels, columns.values(), strict=True):
        _panel(panel, here, looks)
    panels[-1].set_xlim(*(number(end(point.problem.p for point in found)) for end in (min, max)))
    panels[-1].set_xlabel("activity $p$")
    figure.draw_without_rendering()  # settles the sizes that names are fitted to
    for panel in panels:
        _spread(panel)
    unit = r"$I/(g\,p\,\min(n, d))$" if found[0].is_equal else "$I$ over the orthonormal basis"
    figure.supylabel(unit if len(columns) < 4 else f"gain of superposition, {unit}", fontsize=8)
    figure.suptitle(labels.title(found[0], "n m law"), fontsize=8, x=0.01, ha="left")
    handles, texts = panels[0].get_legend_handles_labels()
    figure.legend(handles, texts, loc="outside lower center", ncols=3, frameon=False, borderpad=0)
    figure.caption = _caption(found, [(value, bands(here)) for value, here in columns.items()])
    return figure


def _kind(name: str) -> str:
    """What a colour stands for: all weights found by search have one, whatever their number of lines."""
    return "search" if name.endswith("(search)") else name


def _panel(axes: Axes, found: Sequence[Point], looks: dict[str, Look]) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    d = str(found[0].problem.d)
    p = [number(point.problem.p) for point in found]
    upper = [number(point.upper / point.alone) for point in found]
    lower = [number(point.lower / point.alone) for point in found]
    certified_band(axes, p, lower, upper, "$I^*$", ("best upper bound", "best witness"), f"d {d} {{}}")
    high = max(max(upper), 1.5)
    axes.set_ylim(high**-0.12, high**1.45)
    plain_decades(axes.yaxis, (1, 2, 5) if high > 3 else (1, 1.5, 2, 3))
    axes.text(0.008, 0.1, f"$d = {d}$", transform=axes.transAxes, ha="left", va="bottom")
    for band in bands(found):
        first, last = number(band.first), number(band.last)
        look = looks[_kind(band.name)]
        axes.axvspan(
            first, last, facecolor=tint(look.colour), hatch=look.hatch, edgecolor=look.colour, linewidth=0, label=f"_{band.name}"
        )
        for end in (first, last):
            axes.axvline(end, color=look.colour, linewidth=0.8, zorder=1.5)
        middle = (first * last) ** 0.5
        axes.text(
            middle,
            0.9,
            band.name,
            transform=axes.get_xaxis_transform(),
            ha="center",
            va="top",
            fontsize=6.5,
            bbox=style.BOX,
            zorder=5,
        )


def _spread(axes: Axes) -> None:
    """Moves a name that would cross the right border inwards, and lowers one that would cover its left neighbour."""
    names = [text for text in axes.texts if text.get_horizontalalignment() == "center"]
    shown = axes.get_window_extent()
    reach, low = shown.x0, False
    for name in names:
        box = name.get_window_extent()
        if box.x1 > shown.x1 - 4:
            name.set_x(axes.get_xlim()[1] * 0.97)
            name.set_horizontalalignment("right")
            box = name.get_window_extent()
        low = box.x0 < reach + 6 and not low
        if low:
            name.set_y(0.62)
        reach = box.x1


def _caption(found: Sequence[Point], sentences: Sequence[tuple[int, Sequence[Band]]]) -> str:
    def interval(band: Band) -> str:
        first, last = (f"{number(end):.3g}" for end in (band.first, band.last))
        return first if band.count == 1 else f"{first} to {last}"

    listed = "; ".join(
        f"$d = {d}$: " + (", ".join(f"{band.name} {interval(band)}" for band in here) or "none") for d, here in sentences
    )
    return (
        "Gain of superposition: best witness and best upper bound over the improvement of the orthonormal basis, "
        f"{labels.parameters(found[0], 'n m law')}, {labels.range_of([point.problem.p for point in found])}. "
        "A band spans neighbouring sampled values of $p$ at which the "
        + ("named witness " if found[0].is_equal else "witness ")
        + ("" if found[0].is_equal else "that holds the named features in superposition ")
        + f"is optimal among all weights to within $10^{{-4}}$, by the best upper bound there ({listed})."
        + labels.proofs(found)
    )
