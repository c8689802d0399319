"""Draws what is given, a sweep, a grid, weights or losses, as the figure that suits it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from math import prod
from typing import TYPE_CHECKING, Any

from boundcalc.bounds.evaluate import Report
from boundcalc.loss.arrays import oriented, unwrapped
from boundcalc.numbers.errors import ParameterError, missing
from boundcalc.numbers.parsing import as_integer
from boundcalc.sweep.rows import Sweep

if TYPE_CHECKING:
    from types import ModuleType

    from boundcalc.render.plots.style import CaptionedFigure
    from boundcalc.sweep.grid import Grid

OF_SWEEPS = ("bounds", "gap", "phase", "geometry", "regimes")
OF_WEIGHTS = ("witness", "capacities", "training")
OF_JUDGED = ("unexplained", "witness", "capacities")
_KINDS = {OF_SWEEPS: "a sweep", OF_WEIGHTS: "weights", OF_JUDGED: "what loss_of gives"}
FUNCTIONS = {"gap": "gap_map", "phase": "phase_diagram"}
"""Of boundcalc.render.plots, for the kinds that are called otherwise there."""
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
        (fraction against p) of what :func:`loss_of` gives; ``"witness"`` or ``"capacities"`` of that or of weights;
        ``"training"`` of losses, or of weights at every step. The first unless given.
    options
        Of the kind, as those of ``boundcalc plot``: ``x="d"`` and ``y="loss"`` of bounds; ``n``, ``d``, ``m``, ``p``, ``law`` for a
        slice; ``width``, ``keys``, ``transpose`` of weights, ...

    >>> plot([[1.0, -1.0, 0.0], [0.0, 0.0, 1.0]]).caption[:9]
    'Weights W'
    """
    _refuse(what)
    plots = the_plots()
    from boundcalc.render.judged import Judged

    if isinstance(what, Mapping) and not _holds_arrays(what):
        from boundcalc.sweep.grid import read_grid
        from boundcalc.sweep.run import run_sweep

        grid = read_grid(with_ranges(what))
        if kind in (None, "bounds") and not {"n", "d", "m", "p", "law"} & set(options):
            _check_slices(grid, options.get("x"))
        what = run_sweep(grid)
    kinds = OF_SWEEPS if isinstance(what, Sweep) else OF_JUDGED if isinstance(what, Judged) else OF_WEIGHTS
    chosen = kinds[0] if kind is None else kind
    if chosen not in kinds:
        raise ParameterError("kind", kind, f"must be one of {', '.join(kinds)} for {_KINDS[kinds]}")
    draw: Callable[..., CaptionedFigure] = getattr(plots, FUNCTIONS.get(chosen, chosen))
    _check_options(chosen, draw, options)
    return draw(_drawn(what, chosen, options), **options)


def the_plots() -> ModuleType:
    """The module of figures, which needs Matplotlib.

    Raises
    ------
    ParameterError
        Where that is not installed.
    """
    try:
        from boundcalc.render import plots
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "matplotlib":
            raise
        raise ParameterError("matplotlib", "not installed", "plots need it: pip install 'boundcalc[plot]'") from None
    return plots


def _refuse(what: Any) -> None:
    """What is close to something that can be drawn, with the call that draws it."""
    if isinstance(what, (str, bytes, os.PathLike)):
        readers = "load_weights(path) for weights, boundcalc.sweep.store.read(path) for a sweep, numpy.loadtxt(path) for losses"
        raise ParameterError("what", os.fspath(what), f"is a name, not what is in a file: give {readers}")
    if hasattr(what, "columns") and hasattr(what, "to_numpy"):
        allowed = "is a data frame: give the sweep that it comes from, what run_sweep(...) returned, or frame.to_numpy() of weights"
        raise ParameterError("what", f"{type(what).__name__} of shape {getattr(what, 'shape', '?')}", allowed)
    if isinstance(what, Report):
        sizes = ", ".join(f'"{name}": {value!r}' for name, value in what.problem.as_json().items() if name not in ("p", "features"))
        drawn = f'plot({{{sizes}, "p": "1e-4..1"}}) draws bounds against p' if "p" in what.problem.as_json() else "a sweep"
        raise ParameterError(
            "what", repr(what), f"is bounds at one p: {drawn}, plot(report.witness) the weights of the best lower one"
        )


def _holds_arrays(what: Mapping[Any, Any]) -> bool:
    """Whether it is an opened .npz file or a state_dict, rather than a grid."""
    return hasattr(what, "files") or any(hasattr(value, "shape") for value in what.values())


def _check_options(kind: str, draw: Callable[..., CaptionedFigure], options: Mapping[str, Any]) -> None:
    """Refuses an option that the kind has not, and a missing one that it needs."""
    known = dict(list(signature(draw).parameters.items())[1:])
    if kind in ("witness", "capacities"):
        known["transpose"] = Parameter("transpose", Parameter.KEYWORD_ONLY, default=None)
    for name, value in options.items():
        if name not in known:
            raise ParameterError(name, value, f"is no option of the kind {kind}, which has {', '.join(known)}")
    for name, parameter in known.items():
        if parameter.default is Parameter.empty and name not in options:
            raise missing(name, f"plot(..., {kind!r}, {name}=...), as of Problem")


def _drawn(what: Any, kind: str, options: dict[str, Any]) -> Any:
    """What the function of the kind takes."""
    from boundcalc.render.judged import Judged

    if isinstance(what, Sweep):
        return what.rows
    if kind == "unexplained":
        return what
    if kind == "training":
        return unwrapped(what, parameter="losses")
    turn = options.pop("transpose", None)
    if kind == "witness" and isinstance(what, Judged):
        options.setdefault("state", what.table.state)
    if hasattr(what, "weights"):  # what optimize and loss_of give has its features in columns
        turn = bool(turn)
    return oriented(getattr(what, "weights", what), turn)


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
