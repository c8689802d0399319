"""Plots the gap map: certified ratio of best upper to best lower bound over (p, d), (p, n) or (p, n/d)."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from flint import fmpq
from matplotlib.colors import LogNorm
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from boundcalc.numbers.parsing import parse_rational
from boundcalc.render.plots import labels
from boundcalc.render.plots.data import Point, number, select
from boundcalc.render.plots.raster import check_axes, grid
from boundcalc.render.plots.regions import Look, draw_regions, missing_note, name_regions, set_axes
from boundcalc.render.plots.style import SEQUENTIAL, CaptionedFigure, new_figure, styled
from boundcalc.sweep.rows import Row

LEVELS = (1.01, 1.1, 1.2, 1.3, 1.5, 2, 3, 5, 10, 30, 100, 300, 1000)
"""Ratios at whose cells borders are drawn."""
KNOWN = "at most 1.0001"


@styled()
def gap_map(
    rows: Iterable[Row],
    *,
    x: str = "p",
    y: str = "d",
    n: int | float | str | None = None,
    d: int | str | None = None,
    m: int | str | None = None,
    p: object = None,
    law: str | None = None,
    importance: str | None = None,
    activity: str | None = None,
    width: str = "column",
) -> CaptionedFigure:
    """The ratio of the best upper to the best lower bound, on a logarithmic scale of colours with labelled lines.

    Parameters
    ----------
    rows : iterable of Row
    x, y : str
        Two of p, d, n, n/d.
    n, d, m, p, law
        The slice, where the sweep has several.
    importance, activity : str
        The formulas of the slice, where the sweep has several.
    width : str
        ``"column"`` or ``"text"``.
    """
    check_axes(x, y)
    axes_used = {x, y} | ({"n", "d"} if "n/d" in (x, y) and len({x, y} & {"n", "d"}) else set())
    single = [name for name in ("m", "law", "d", "n", "p") if name not in axes_used and not (name == "n" and "n/d" in axes_used)]
    found = select(rows, {"n": n, "d": d, "m": m, "p": p, "law": law}, single, {"importance": importance, "activity": activity})
    cells = grid(found, x, y)
    ratio = cells.array(lambda point: number(point.ratio))
    figure = new_figure(width, 2.9 if width == "column" else 3.8)
    axes = figure.add_subplot()
    set_axes(axes, cells)
    top = max(float(np.nanmax(ratio)), 1.01)
    mesh = axes.pcolormesh(
        cells.x_edges, cells.y_edges, np.ma.masked_invalid(ratio), norm=LogNorm(1, top), cmap=SEQUENTIAL, rasterized=True, gid="gap"
    )
    levels = [level for level in LEVELS if level < top]
    figure.draw_without_rendering()  # settles the sizes that names are fitted to
    bands = cells.regions(lambda point: _band(point, levels))
    looks = {name: Look("none", "xxxx" if name == KNOWN else "", "white") for name in bands}
    draw_regions(axes, cells, bands, looks, "ratio")
    name_regions(axes, cells, bands, {name: name for name in bands}, size=6)
    bar = figure.colorbar(mesh, ax=axes, pad=0.02)
    bar.ax.yaxis.set_minor_locator(NullLocator())
    bar.ax.yaxis.set_major_locator(FixedLocator(_spaced([1, *levels], top)))
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    bar.set_label("best upper / best lower bound")
    shown = " ".join(name for name in ("n", "d", "m", "p", "law") if name in single)
    axes.set_title(labels.title(found[0], shown), loc="left")
    figure.caption = (
        f"Certified ratio of the best upper to the best lower bound on $I^*$ over ${x}$ and ${y}$, logarithmic scale; "
        f"{labels.parameters(found[0], shown)}; {len(cells.cells)} problems, {labels.range_of([q.problem.p for q in found])}"
        + (f"; borders at {', '.join(f'{level:g}' for level in levels)}." if levels else ".")
        + (" Hatched: at most 1.0001." if KNOWN in bands else "")
        + labels.proofs(cells.cells.values())
        + missing_note(cells)
    )
    return figure


def _band(point: Point, levels: list[float]) -> str:
    """The name of the cells between two levels."""
    if point.is_optimal:
        return KNOWN
    low = max((level for level in levels if point.ratio > fmpq_of(level)), default=1)
    high = min((level for level in levels if level > low), default=None)
    return f"over {low:g}" if high is None else f"{low:g}–{high:g}"


def fmpq_of(level: float) -> fmpq:
    """A level as the decimal it is written as."""
    return parse_rational(f"{level:g}", parameter="level")


def _spaced(levels: list[float], top: float) -> list[float]:
    """The levels that leave room between each other on the colour bar; 1 among them."""
    kept = [levels[0]]
    for level in levels[1:]:
        if math.log(level / kept[-1]) > 0.06 * math.log(top):
            kept.append(level)
    return kept
