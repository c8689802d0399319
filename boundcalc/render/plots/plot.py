"""Draws what is given, a sweep, a grid, weights or losses, as the figure that suits it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from boundcalc.numbers.errors import ParameterError
from boundcalc.sweep.rows import Sweep

if TYPE_CHECKING:
    from boundcalc.render.plots.style import CaptionedFigure

OF_SWEEPS = ("bounds", "gap", "phase", "geometry", "regimes")
OF_WEIGHTS = ("witness", "capacities", "training")
OF_JUDGED = ("unexplained",)
_KINDS = {OF_SWEEPS: "a sweep", OF_WEIGHTS: "weights", OF_JUDGED: "what loss_of gives"}
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
        (fraction against p) of what :func:`loss_of` gives; ``"witness"`` or ``"capacities"`` of weights; ``"training"`` of
        losses, or of weights at every step. The first unless given.
    options
        Of the kind, as those of ``boundcalc plot``: ``n``, ``d``, ``m``, ``law`` for a slice, ``width``, ``keys``, ...

    >>> plot([[1.0, -1.0, 0.0], [0.0, 0.0, 1.0]]).caption[:9]
    'Weights W'
    """
    try:
        from boundcalc.render import plots
    except ModuleNotFoundError as error:
        raise ParameterError("matplotlib", "not installed", f"plots need it: pip install boundcalc[plot] ({error.name})") from None
    from boundcalc.render.judged import Judged

    if isinstance(what, Mapping):
        from boundcalc.sweep.run import run_sweep

        what = run_sweep(with_range(what))
    of_sweep = isinstance(what, Sweep)
    kinds = OF_SWEEPS if of_sweep else OF_JUDGED if isinstance(what, Judged) else OF_WEIGHTS
    chosen = kinds[0] if kind is None else kind
    if chosen not in kinds:
        raise ParameterError("kind", kind, f"must be one of {', '.join(kinds)} for {_KINDS[kinds]}")
    name = {"bounds": "bounds_against_p", "gap": "gap_map", "phase": "phase_diagram"}.get(chosen, chosen)
    drawn = what.rows if of_sweep else getattr(what, "array", getattr(what, "weights", what))
    figure: CaptionedFigure = getattr(plots, name)(drawn, **options)
    return figure


def with_range(grid: Mapping[str, Any]) -> dict[str, Any]:
    """A grid in which a p such as ``"1e-6..1"`` is a geometric range."""
    p = grid.get("p")
    if not (isinstance(p, str) and ".." in p):
        return dict(grid)
    first, _, last = p.partition("..")
    return {**grid, "p": {"from": first, "to": last, "points": POINTS, "spacing": "geometric"}}
