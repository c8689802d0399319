"""Draws sweeps and weights as Matplotlib figures; they need the extra ``plot``.

Each function returns a :class:`CaptionedFigure`: a Matplotlib ``Figure`` whose ``caption`` tells what is drawn. :func:`save`
writes it as .png, .pdf or .svg.
"""

from boundcalc.render.plots.bounds import bounds
from boundcalc.render.plots.capacities import capacities
from boundcalc.render.plots.gap_map import gap_map
from boundcalc.render.plots.geometry import geometry
from boundcalc.render.plots.importance import importance
from boundcalc.render.plots.phase_diagram import phase_diagram
from boundcalc.render.plots.regimes import regimes
from boundcalc.render.plots.style import CaptionedFigure, save
from boundcalc.render.plots.training import training
from boundcalc.render.plots.unexplained import unexplained
from boundcalc.render.plots.witness import witness

__all__ = [
    "CaptionedFigure",
    "bounds",
    "capacities",
    "gap_map",
    "geometry",
    "importance",
    "phase_diagram",
    "regimes",
    "save",
    "training",
    "unexplained",
    "witness",
]
