"""Draws regions of a grid: filled, hatched and named in place, so that no colour alone carries anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from matplotlib.ticker import NullLocator

from boundcalc.render.plots.data import number
from boundcalc.render.plots.raster import AXES, Raster, outline, pieces
from boundcalc.render.plots.style import BLACK, BOX, GREY, identifier, plain_decades, tint

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW = 8
"""Up to this many values are the ticks of an axis themselves, but for p on the horizontal one."""
PLACES = ("upper right", "upper left", "lower left", "lower right", "center right", "center left", "upper center", "lower center")
"""Of a legend, in the order in which they are tried."""
MOST_STARTS = 500
"""Cells about which room for a name is looked for."""


@dataclass(frozen=True)
class Look:
    """How a region is drawn.

    Attributes
    ----------
    colour : str
        Of the hatch, and lighter of the ground; ``"none"`` leaves the ground as it is.
    hatch : str
        Matplotlib's pattern, ``""`` for none.
    lines : str
        Colour of the hatch where it is another.
    """

    colour: str
    hatch: str = ""
    lines: str = ""


def set_axes(axes: Axes, grid: Raster, *, label_x: bool = True) -> None:
    """Logarithmic axes over the whole grid, with their names."""
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(grid.x_edges[0], grid.x_edges[-1])
    axes.set_ylim(grid.y_edges[0], grid.y_edges[-1])
    if label_x:
        axes.set_xlabel(AXES[grid.x_name][0])
    axes.set_ylabel(AXES[grid.y_name][0])
    for axis, name, values in ((axes.xaxis, grid.x_name, grid.x), (axes.yaxis, grid.y_name, grid.y)):
        if len(values) <= FEW and (axis is axes.yaxis or name != "p"):
            axis.set_ticks([number(value) for value in values], [f"{number(value):.3g}" for value in values])
            axis.set_minor_locator(NullLocator())
        elif axis is axes.yaxis or name != "p":
            plain_decades(axis)
    axes.set_facecolor(GREY)  # seen where a problem has no bounds


def missing_note(grid: Raster) -> str:
    """The sentence of a caption about cells without bounds."""
    return " Grey: no bounds there." if len(grid.cells) < len(grid.x) * len(grid.y) else ""


def draw_regions(
    axes: Axes, grid: Raster, regions: Mapping[str, set[tuple[int, int]]], looks: Mapping[str, Look], prefix: str
) -> None:
    """One patch a region with its name as ``label``, and its id, which begins with the prefix."""
    x, y = grid.x_edges, grid.y_edges
    for name, cells in regions.items():
        look = looks[name]
        vertices: list[tuple[float, float]] = []
        codes: list[Any] = []
        for loop in outline(cells):
            vertices += [(x[i], y[j]) for i, j in [*loop, loop[0]]]
            codes += [Path.MOVETO, *[Path.LINETO] * (len(loop) - 1), Path.CLOSEPOLY]
        border = Path(np.array(vertices), np.array(codes, dtype=np.uint8))
        fill = "none" if look.colour == "none" else tint(look.colour)
        hatched = look.lines or (look.colour if look.colour != "none" else BLACK)
        patch = PathPatch(border, facecolor=fill, edgecolor=hatched, hatch=look.hatch, linewidth=0, label=name)
        patch.set_gid(identifier(prefix, name))
        axes.add_patch(patch)
        axes.add_patch(PathPatch(border, facecolor="none", edgecolor=BLACK, linewidth=0.5))


def name_regions(
    axes: Axes, grid: Raster, regions: Mapping[str, set[tuple[int, int]]], texts: Mapping[str, str], *, size: float = 7
) -> list[str]:
    """Writes each region's name where it has most room; the names of those that have none are returned."""
    x, y = np.log(grid.x_edges), np.log(grid.y_edges)
    figure: Any = axes.get_figure()
    width, height = (72 / figure.dpi * length for length in axes.get_window_extent().size)  # points
    scale = width / (x[-1] - x[0]), height / (y[-1] - y[0])  # points a unit
    left = []
    for name, cells in regions.items():
        text = texts[name]
        lines = text.split("\n")
        need = 0.5 * size * max(map(_length, lines)), 1.15 * size * len(lines)
        spot, turned = _room(pieces(cells)[0], x, y, scale, need), 0
        if spot is None:
            spot, turned = _room(pieces(cells)[0], x, y, scale, (need[1], need[0])), 90
        if spot is None:
            left.append(name)
            continue
        x_text, y_text = (float(np.exp(value)) for value in spot)
        axes.text(x_text, y_text, text, ha="center", va="center", fontsize=size, bbox=BOX, rotation=turned)
    return left


def legend_of(axes: Axes, names: Sequence[str], looks: Mapping[str, Look]) -> None:
    """A legend of the regions that have no room for their names, where it covers no other name."""
    handles = []
    for name in names:
        look = looks[name]
        edge = BLACK if look.colour == "#FFFFFF" else look.colour
        handles.append(Patch(facecolor=tint(look.colour), edgecolor=edge, hatch=look.hatch, linewidth=0.5, label=name))
    if not handles:
        return
    figure: Any = axes.get_figure()
    for place in PLACES:
        legend = axes.legend(handles=handles, loc=place, handlelength=1.6, handleheight=1.1)
        figure.draw_without_rendering()
        if not any(legend.get_window_extent().overlaps(text.get_window_extent()) for text in axes.texts):
            return


def _length(text: str) -> int:
    """Roughly the number of letters that are seen of a text with mathematics."""
    return len(text.replace("$", "").replace("\\", "").replace("_", ""))


def _room(
    cells: set[tuple[int, int]],
    x: Sequence[float] | np.ndarray,
    y: Sequence[float] | np.ndarray,
    scale: tuple[float, float],
    need: tuple[float, float],
) -> tuple[float, float] | None:
    """The middle of the largest rectangle of cells, grown about each cell, that a text of that size in points fits in."""
    columns, rows = max(i for i, _ in cells) + 1, max(j for _, j in cells) + 1
    mask = np.zeros((columns + 1, rows + 1), dtype=int)
    mask[tuple(np.array(sorted(cells)).T + 1)] = 1
    total = mask.cumsum(axis=0).cumsum(axis=1).tolist()  # cells below and to the left of a corner

    def is_full(a: int, b: int, c: int, d: int) -> bool:
        inside: int = total[b + 1][d + 1] - total[a][d + 1] - total[b + 1][c] + total[a][c]
        return inside == (b - a + 1) * (d - c + 1)

    best, found = 1.0, None
    for i, j in sorted(cells)[:: len(cells) // MOST_STARTS + 1]:
        a, b, c, d = i, i, j, j
        grown = True
        while grown:
            grown = False
            for da, db, dc, dd in ((-1, 0, 0, 0), (0, 1, 0, 0), (0, 0, -1, 0), (0, 0, 0, 1)):
                wider = (a + da, b + db, c + dc, d + dd)
                if wider[0] >= 0 and wider[2] >= 0 and wider[1] < columns and wider[3] < rows and is_full(*wider):
                    a, b, c, d = wider
                    grown = True
        size = min((x[b + 1] - x[a]) * scale[0] / need[0], (y[d + 1] - y[c]) * scale[1] / need[1])
        if size > best:
            best, found = size, ((x[a] + x[b + 1]) / 2, (y[c] + y[d + 1]) / 2)
    return found
