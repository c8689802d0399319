"""Plots the unexplained fraction against p: what the bounds leave to any weights, and where the reader's own stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flint import fmpq

from boundcalc.model.features import AnyProblem, finite_energy
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import as_rational
from boundcalc.render.plots import labels, style
from boundcalc.render.plots.colours import BEST_LOWER, BEST_UPPER, MINE, WITHOUT
from boundcalc.render.plots.data import Point, number, points
from boundcalc.render.plots.style import CaptionedFigure, named, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from boundcalc.render.judged import Judged

POINTS = 25
"""Values of p beside that of the weights."""
FEW_POINTS = 7
"""The same for features that differ, whose bounds take longer."""
SPAN = 100
"""By this factor p is drawn to either side of that of the weights, unless a range is given."""


@styled()
def unexplained(judged: Judged, *, across: str | None = None, name: str = "W", width: str = "column") -> CaptionedFigure:
    """The loss over p n μ_2 against p, with the weights as a point, as given and at the best scale.

    Parameters
    ----------
    judged : Judged
        What :func:`boundcalc.loss_of` gives, of tied weights. Of features that differ p is the largest activity, and the others
        are in proportion.
    across : str, optional
        The range of p, such as ``"1e-4..1"``; two decades to either side of that of the weights, 1 at most, unless given.
    name : str
        What the weights are called in the legend and the caption.
    width : str
        ``"column"`` or ``"text"``.
    """
    problem = judged.found.value.problem
    if judged.answer is None:
        raise ParameterError("W", "untied, or of too many groups of features", "must be tied to have bounds over p")
    equal = isinstance(problem, Problem)
    own = problem.p if isinstance(problem, Problem) else max(group.p for group in problem.features.groups)
    found = _evaluated(_grid(problem, own), own, *_range(across, own))
    energy = finite_energy(problem) / own
    figure = new_figure(width, 2.9)
    axes = figure.add_subplot()
    p = [number(point.problem.p) for point in found]
    _bounds(axes, p, found, energy)
    stands = _mark(axes, judged, own, named(name))
    axes.set_xscale("log")
    axes.set_xlim(p[0], p[-1])
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("activity $p$" if equal else "largest activity $p$, the others in proportion")
    axes.set_ylabel(r"unexplained fraction, loss$/(p\,n\,\mu_2)$" if equal else "unexplained fraction")
    axes.set_title(labels.title(found[0], "n d m law"), loc="left")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    figure.caption = (
        f"Unexplained fraction against the {'activity' if equal else 'largest activity, the others in proportion'}; "
        f"{labels.parameters(found[0], 'n d m law')}, {len(found)} values of $p$, "
        f"{labels.range_of([point.problem.p for point in found])}. No weights reach below the solid line; that of the best weights "
        f"lies in the shaded band. {named(name)} at $p = {labels.power(own)}$: {stands}." + labels.proofs(found)
    )
    return figure


def _range(text: str | None, p: fmpq) -> tuple[fmpq, fmpq]:
    """The least and the greatest p that are drawn."""
    if text is None:
        return p / SPAN, min(p * SPAN, fmpq(1))
    allowed = "must be a range of p that holds that of the weights, such as 1e-4..1"
    first, dots, last = str(text).partition("..")
    if not dots:
        raise ParameterError("across", text, allowed)
    low, high = (as_rational(end, parameter="across", allowed=allowed) for end in (first, last))
    if not (0 < low <= p <= high <= 1 and low < high):
        raise ParameterError("across", text, allowed)
    return low, high


def _grid(problem: AnyProblem, own: fmpq) -> dict[str, Any]:
    """The problem without its p; the activities of features that differ are in proportion to the largest one."""
    if isinstance(problem, Problem):
        return {"n": str(problem.n), "d": problem.d, "m": problem.m, "law": problem.law.name}
    groups = [{**group.as_json(), "count": group.count, "p": f"({group.p / own})*p"} for group in problem.features.groups]
    return {"d": problem.d, "m": problem.m, "groups": groups}


def _evaluated(fixed: dict[str, Any], own: fmpq, low: fmpq, high: fmpq) -> list[Point]:
    """The bounds at p of the problem and at values of p from ``low`` to ``high``, rising."""
    from boundcalc.sweep.run import run_sweep

    spaced = {"from": str(low), "to": str(high), "points": POINTS if "law" in fixed else FEW_POINTS, "spacing": "geometric"}
    rows = run_sweep({**fixed, "grid": [{"p": spaced}, {"p": [str(own)]}]}).rows
    found = {point.problem.p: point for point in points(rows)}
    return [found[p] for p in sorted(found)]


def _bounds(axes: Axes, p: Sequence[float], found: Sequence[Point], energy: fmpq) -> None:
    """The floor below every W, the best known weights, and the orthonormal basis; ``energy`` is E‖x‖², weighted, over p."""
    sides = [[q.upper for q in found], [q.lower for q in found], [q.alone for q in found]]
    at = [q.problem.p * energy for q in found]
    least, known, alone = ([number(1 - value / whole) for value, whole in zip(side, at, strict=True)] for side in sides)
    axes.fill_between(p, least, known, color=style.LIGHT, linewidth=0, label="the best weights lie here", gid="between", zorder=2)
    for line, colour, dash, label, gid in (
        (least, BEST_UPPER, "-", "no weights reach below", "floor"),
        (known, BEST_LOWER, style.DASHES[1], "best known weights", "known"),
        (alone, WITHOUT, style.DASHES[2], "orthonormal basis", "orthonormal"),
    ):
        axes.plot(p, line, color=colour, linewidth=0.9, linestyle=dash, label=label, gid=gid, zorder=3)


def _mark(axes: Axes, judged: Judged, at: fmpq, name: str) -> str:
    """The weights as points, and where they are, in words; above the axes a loss as given has an arrow."""
    p = number(at)
    given = float(judged.found.enclosure("unexplained_fraction"))
    look: dict[str, Any] = {"color": MINE, "linestyle": "none", "zorder": 5, "clip_on": False}
    if given <= 1:
        axes.plot([p], [given], marker="o", markersize=4, label=f"{name} as given", gid="given", **look)
    else:
        axes.plot([p], [1.0], marker="^", markersize=5, label=f"{name} as given, above", gid="given", **look)
    said = f"{given:.4g} as given"
    if judged.found.is_zero:
        return said
    best = float(judged.found.enclosure("unexplained_fraction_best_scale"))
    look |= {"marker": "D", "markersize": 6, "markerfacecolor": "none"}
    axes.plot([p], [best], label=f"{name} at its best scale", gid="best-scale", **look)
    return f"{said}, {best:.4g} at its best scale"
