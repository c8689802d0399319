"""Draws what is given, a sweep, a grid, weights or losses, as the figure that suits it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any

from boundcalc.bounds.evaluate import Report
from boundcalc.loss.arrays import oriented, unwrapped
from boundcalc.numbers.errors import ParameterError, missing
from boundcalc.sweep.rows import Sweep

if TYPE_CHECKING:
    from types import ModuleType

    from boundcalc.render.plots.style import CaptionedFigure

OF_SWEEPS = ("bounds", "gap", "phase", "geometry", "regimes")
OF_WEIGHTS = ("witness", "capacities", "training")
OF_JUDGED = ("unexplained", "witness", "capacities")
_KINDS = {OF_SWEEPS: "a sweep", OF_WEIGHTS: "weights", OF_JUDGED: "what loss_of gives"}
FUNCTIONS = {"bounds": "bounds_against_p", "gap": "gap_map", "phase": "phase_diagram"}
"""Of boundcalc.render.plots, for the kinds that are called otherwise there."""
POINTS = 25
"""Values of p in a slice that is drawn without a sweep."""


def plot(what: Any, kind: str | None = None, **options: Any) -> CaptionedFigure:
    """A Matplotlib figure with a ``caption``, of a sweep, of weights or of losses; it needs the extra ``plot``.

    ``boundcalc.render.plots.save(figure, "figure.pdf")`` writes the file with its caption; ``figure.savefig`` does too, without.

    Parameters
    ----------
    what : Sweep, mapping, Judged or array
        What :func:`run_sweep` gives; a grid, to be evaluated first, such as
        ``{"n": "inf", "d": 8, "m": 3, "law": "gaussian", "p": "1e-6..1"}``; what :func:`loss_of` gives; weights of shape
        (d, n), also as :func:`load_weights` or :func:`optimize` gives them; or the losses of a training.
    kind : str, optional
        ``"bounds"`` (against p), ``"gap"``, ``"phase"``, ``"geometry"`` or ``"regimes"`` of a sweep; ``"unexplained"``
        (fraction against p) of what :func:`loss_of` gives; ``"witness"`` or ``"capacities"`` of that or of weights;
        ``"training"`` of losses, or of weights at every step. The first unless given.
    options
        Of the kind, as those of ``boundcalc plot``: ``n``, ``d``, ``m``, ``law`` for a slice, ``width``, ``keys``, ``transpose``
        of weights, ...

    >>> plot([[1.0, -1.0, 0.0], [0.0, 0.0, 1.0]]).caption[:9]
    'Weights W'
    """
    _refuse(what)
    plots = the_plots()
    from boundcalc.render.judged import Judged

    if isinstance(what, Mapping) and not _holds_arrays(what):
        from boundcalc.sweep.run import run_sweep

        what = run_sweep(with_range(what))
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
        raise ParameterError("matplotlib", "not installed", "plots need it: pip install boundcalc[plot]") from None
    return plots


def _refuse(what: Any) -> None:
    """What is close to something that can be drawn, with the call that draws it."""
    if isinstance(what, (str, bytes, os.PathLike)):
        readers = "load_weights(path) for weights, boundcalc.sweep.store.read(path) for a sweep, numpy.loadtxt(path) for losses"
        raise ParameterError("what", os.fspath(what), f"is a name, not what is in a file: give {readers}")
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


def with_range(grid: Mapping[str, Any]) -> dict[str, Any]:
    """A grid in which a p such as ``"1e-6..1"`` is a geometric range."""
    p = grid.get("p")
    if not (isinstance(p, str) and ".." in p):
        return dict(grid)
    first, _, last = p.partition("..")
    return {**grid, "p": {"from": first, "to": last, "points": POINTS, "spacing": "geometric"}}
