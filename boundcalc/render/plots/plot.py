"""Draws what is given, a sweep, a grid, weights or losses, as the figure that suits it."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING, Any

from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import as_integer
from boundcalc.sweep.rows import Sweep

if TYPE_CHECKING:
    from boundcalc.render.plots.style import CaptionedFigure
    from boundcalc.sweep.grid import Grid

OF_SWEEPS = ("bounds", "gap", "phase", "geometry", "regimes")
OF_WEIGHTS = ("witness", "capacities", "training")
OF_JUDGED = ("unexplained",)
_KINDS = {OF_SWEEPS: "a sweep", OF_WEIGHTS: "weights", OF_JUDGED: "what loss_of gives"}
POINTS = 25
"""Values in a range that is drawn without a sweep."""


def plot(what: Any, kind: str | None = None, **options: Any) -> CaptionedFigure:
    """A Matplotlib figure with a ``caption``, of a sweep, of weights or of losses; it needs the extra ``plot``.

    ``boundcalc.render.plots.save(figure, "figure.pdf")`` writes the file with its caption; ``figure.savefig`` does too, without.

    Parameters
    ----------
    what : Sweep, mapping, Judged or array
        What :func:`run_sweep` gives; a grid, to be evaluated first, such as
        ``{"n": 30, "d": "2..12", "m": 3, "law": "gaussian", "p": "1e-2"}``; what :func:`loss_of` gives; weights of shape
        (d, n), also as :func:`load_weights` or :func:`optimize` gives them; or the losses of a training.
    kind : str, optional
        ``"bounds"`` (against n, d or p), ``"gap"``, ``"phase"``, ``"geometry"`` or ``"regimes"`` of a sweep; ``"unexplained"``
        (fraction against p) of what :func:`loss_of` gives; ``"witness"`` or ``"capacities"`` of weights; ``"training"`` of
        losses, or of weights at every step. The first unless given.
    options
        Of the kind, as those of ``boundcalc plot``: ``x="d"`` and ``y="loss"`` of bounds; ``n``, ``d``, ``m``, ``p``, ``law`` for a
        slice; ``width``, ``keys``, ...

    >>> plot([[1.0, -1.0, 0.0], [0.0, 0.0, 1.0]]).caption[:9]
    'Weights W'
    """
    try:
        from boundcalc.render import plots
    except ModuleNotFoundError as error:
        raise ParameterError("matplotlib", "not installed", f"plots need it: pip install boundcalc[plot] ({error.name})") from None
    from boundcalc.render.judged import Judged

    if isinstance(what, Mapping):
        from boundcalc.sweep.grid import read_grid
        from boundcalc.sweep.run import run_sweep

        grid = read_grid(with_ranges(what))
        if kind in (None, "bounds") and not {"n", "d", "m", "p", "law"} & set(options):
            _check_slices(grid, options.get("x"))
        what = run_sweep(grid)
    of_sweep = isinstance(what, Sweep)
    kinds = OF_SWEEPS if of_sweep else OF_JUDGED if isinstance(what, Judged) else OF_WEIGHTS
    chosen = kinds[0] if kind is None else kind
    if chosen not in kinds:
        raise ParameterError("kind", kind, f"must be one of {', '.join(kinds)} for {_KINDS[kinds]}")
    name = {"gap": "gap_map", "phase": "phase_diagram"}.get(chosen, chosen)
    drawn = what.rows if of_sweep else getattr(what, "array", getattr(what, "weights", what))
    figure: CaptionedFigure = getattr(plots, name)(drawn, **options)
    return figure


def _check_slices(grid: Grid, x: str | None) -> None:
    """Refuses a grid of more slices than a figure of bounds has, before it is evaluated."""
    from boundcalc.render.plots.slices import AXES, MOST, too_many

    for block in grid.blocks:
        counts = {name: axis.size for name, axis in block.axes.items()} | {"law": len(block.laws)}
        axis = x if x in AXES else max(AXES, key=lambda name: counts[name])
        others = {name: count for name, count in counts.items() if name != axis}
        if counts[axis] > 1 and prod(others.values()) > MOST:
            raise too_many(others, axis)


def with_ranges(grid: Mapping[str, Any]) -> dict[str, Any]:
    """A grid in which text such as ``"1e-6..1"`` or ``"2..12"`` is a range, and text with commas a list.

    A range of p is geometric; one of n, d or m holds every whole number (of m every odd one) while these are at most
    :data:`POINTS`, and is geometric past that.
    """
    return {name: _values(name, value) if name in "ndmp" else value for name, value in grid.items()}


def _values(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    first, dots, last = value.partition("..")
    if not dots:
        return [part.strip() for part in value.split(",")] if "," in value else value
    ends = {"from": first.strip(), "to": last.strip()}
    if name != "p":
        allowed = f"must be whole numbers with two dots between, such as {name} = 2..12"
        low, high = (as_integer(end, parameter=name, allowed=allowed) for end in ends.values())
        if high - low < POINTS or name == "m":
            return ends
    return {**ends, "points": POINTS, "spacing": "geometric"}
