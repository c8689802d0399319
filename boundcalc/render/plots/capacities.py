"""Plots the capacities t_i = a_i^2/q_i of a weight matrix: each feature's share of a dimension."""

from __future__ import annotations

import numpy as np

from boundcalc.render.plots import weights as measured
from boundcalc.render.plots.style import BLACK, BLUE, GREY, LIGHT, VERMILION, CaptionedFigure, named, new_figure, styled


@styled()
def capacities(weights: object, *, name: str = "W", width: str = "column") -> CaptionedFigure:
    """Capacities in falling order, and how they are distributed.

    Parameters
    ----------
    weights : array, shape (d, n)
    name : str
        What the matrix is called in the title and the caption.
    width : str
        ``"column"`` or ``"text"``.
    """
    W = measured.read_weights(weights)
    d, n = W.shape
    t = measured.capacities(W)
    rank, total = measured.numerical_rank(W), float(t.sum())
    shown = named(name)
    size = 3 if n <= 60 else 1.5
    figure = new_figure(width, 2.3)
    ranked, spread = figure.subplots(1, 2, sharey=True, width_ratios=(3, 1))
    falling = np.sort(t)[::-1]
    place = np.arange(1, n + 1)
    ranked.vlines(place, 0, falling, color=LIGHT, linewidth=0.6)
    ranked.plot(place, falling, color=BLUE, linestyle="none", marker="o", markersize=size, label="$t_i$", gid="capacities")
    ranked.axhline(rank / n, color=VERMILION, linestyle="--", linewidth=0.9, label=f"$r/n = {rank / n:.3g}$")
    ranked.axhline(1, color=GREY, linestyle=":", linewidth=0.7)
    ranked.set_xlim(0, n + 1)
    ranked.set_ylim(0, 1.08)
    ranked.set_xlabel("features by capacity")
    ranked.set_ylabel("capacity $t_i = a_i^2/q_i$")
    ranked.legend(loc="best")
    ranked.set_title(f"{shown}: $n = {n}$, $d = {d}$, " rf"$\sum t_i = {total:.4g} \leq r = {rank}$", loc="left")
    spread.hist(t, bins=25, range=(0, 1), orientation="horizontal", color=BLUE, edgecolor=BLACK, linewidth=0.3)
    spread.set_xlabel("features")
    figure.caption = (
        f"Capacities $t_i = a_i^2/q_i$ of the weights {shown}, $n = {n}$, $d = {d}$, rank $r = {rank}$: in falling order, and "
        rf"their distribution. $\sum t_i = {total:.6g} \leq r$. Dashed: $r/n$, as in a tight frame of equal norms."
    )
    return figure
