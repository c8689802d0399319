"""Plots the phase diagram: where superposition helps, where by an upper bound it does not, and which bounds are the best where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from flint import fmpq

from boundcalc.numbers.enclosure import decimal_ceiling
from boundcalc.render.plots import labels, style
from boundcalc.render.plots.colours import HELPS, WITHOUT, colours
from boundcalc.render.plots.data import MARGIN, Point, Superposition, select
from boundcalc.render.plots.raster import Raster, check_axes, grid
from boundcalc.render.plots.regions import Look, draw_regions, legend_of, missing_note, name_regions, set_axes
from boundcalc.render.plots.style import CaptionedFigure, new_figure, styled
from boundcalc.sweep.rows import Row

_PHASES = {
    Superposition.HELPS.value: Look(HELPS, "\\\\\\\\"),
    Superposition.DOES_NOT_HELP.value: Look(WITHOUT, "////"),
    Superposition.OPEN.value: Look("#FFFFFF"),
    labels.frame("orthonormal"): Look(WITHOUT, "////"),
}
"""Of what has the same look in every figure."""


@styled()
def phase_diagram(
    rows: Iterable[Row],
    *,
    y: str = "n/d",
    n: int | float | str | None = None,
    d: int | str | None = None,
    m: int | str | None = None,
    law: str | None = None,
    importance: str | None = None,
    activity: str | None = None,
    margin: fmpq = MARGIN,
    width: str = "column",
) -> CaptionedFigure:
    """Three panels over (p, n/d): superposition; the best lower bound's witness; the best upper bound.

    "helps": the best lower bound's certified end exceeds the orthonormal basis by ``margin``. "does not help": the best
    upper bound is exactly the basis's improvement. Otherwise "open".

    Parameters
    ----------
    rows : iterable of Row
    y : str
        The vertical axis: ``"n/d"``, ``"n"`` or ``"d"``.
    n, d, m, law
        The slice, where the sweep has several.
    importance, activity : str
        The formulas of the slice, where the sweep has several.
    margin : fmpq
        Least certified share by which a witness must be better.
    width : str
        ``"column"`` stacks the panels, ``"text"`` sets them side by side.
    """
    check_axes("p", y)
    single = ["m", "law"] + (["n"] if y == "d" else ["d"])
    found = select(rows, {"n": n, "d": d, "m": m, "law": law}, single, {"importance": importance, "activity": activity})
    cells = grid(found, "p", y)
    stacked = width == "column"
    figure = new_figure(width, 6.4 if stacked else 2.9)
    panels = figure.subplots(3, 1, sharex=True) if stacked else figure.subplots(1, 3, sharey=True)
    kinds: dict[str, Callable[[Point], str]] = {
        "(a) superposition": lambda point: point.superposition(margin).value,
        "(b) best witness": lambda point: labels.witness_kind(point.witness),
        "(c) best upper bound": lambda point: labels.bound(point.upper_key),
    }
    for panel, title in zip(panels, kinds, strict=True):
        set_axes(panel, cells, label_x=not stacked or panel is panels[-1])
        panel.set_title(title, loc="left")
        if not stacked and panel is not panels[0]:
            panel.set_ylabel("")
    shown = " ".join(name for name in ("n", "d", "m", "law") if name in single)
    figure.suptitle(labels.title(found[0], shown), fontsize=8)
    figure.draw_without_rendering()  # settles the sizes that names are fitted to
    every = [cells.regions(category) for category in kinds.values()]
    looks = _looks(every)
    for panel, regions in zip(panels, every, strict=True):
        draw_regions(panel, cells, regions, looks, panel.get_title(loc="left"))
        small = name_regions(panel, cells, regions, {name: name for name in regions})
        legend_of(panel, small, looks)
    figure.caption = _caption(found, cells, labels.parameters(found[0], shown), margin)
    return figure


def _looks(panels: Sequence[Mapping[str, set[tuple[int, int]]]]) -> dict[str, Look]:
    """Colours and hatches over all panels, none of them twice; the largest regions have the plainest."""
    order = [
        name for regions in panels for name in sorted(regions, key=lambda name: (-len(regions[name]), name)) if name not in _PHASES
    ]
    hatches = {name: style.HATCHES[k % len(style.HATCHES)] for k, name in enumerate(order)}
    return _PHASES | {name: Look(colour, hatches[name]) for name, colour in colours(order).items()}


def _caption(found: Sequence[Point], cells: Raster, parameters: str, margin: fmpq) -> str:
    counts = {phase: sum(point.superposition(margin) is phase for point in cells.cells.values()) for phase in Superposition}
    helps, never, unknown = (counts[phase] for phase in Superposition)
    return (
        f"What the certified bounds say about superposition over $p$ and ${cells.y_name}$; {parameters}; "
        f"{len(cells.cells)} problems, {labels.range_of([point.problem.p for point in found])}. "
        f"(a) helps: a witness exceeds the orthonormal basis by a share of {decimal_ceiling(margin, 2)} or more ({helps}); "
        f"does not help: the best upper bound is exactly the improvement of the orthonormal basis ({never}); "
        f"open otherwise ({unknown}). (b) The witness of the best lower bound. (c) The best upper bound."
        + labels.proofs(cells.cells.values())
        + missing_note(cells)
    )
