"""Gives every name in a figure a colour of its own, so that over all its panels one colour has one meaning."""

from __future__ import annotations

from collections.abc import Iterable

from boundcalc.render.plots import style

HELPS, WITHOUT = style.SKY, style.ORANGE
"""Superposition helps; without superposition: it does not help, the orthonormal basis."""
BEST_UPPER, BEST_LOWER, RATIO, MINE = style.BLACK, style.BLUE, "#882255", style.VERMILION
"""The best upper and the best lower bound, the ratio of them, and the weights of the reader."""
OTHERS = (
    style.GREEN, style.YELLOW, style.PURPLE, "#332288", "#CC6677", "#999933", "#6699CC", "#661100", "#44AA99", "#DDCC77", "#117733",
    "#AA4499",
)  # fmt: skip
"""For all other names: the rest of Okabe and Ito (2008), and of the muted scheme of Tol (2021)."""

SLICES = (style.BLUE, style.VERMILION, style.GREEN, style.PURPLE)
"""For the slices of a sweep, where these alone are drawn."""


def colours(names: Iterable[str]) -> dict[str, str]:
    """A colour for each of the names that have no fixed one, in their order; they begin anew only past all of :data:`OTHERS`.

    >>> colours(["frontier", "rank"])
    {'frontier': '#009E73', 'rank': '#F0E442'}
    """
    return {name: OTHERS[k % len(OTHERS)] for k, name in enumerate(dict.fromkeys(names))}
