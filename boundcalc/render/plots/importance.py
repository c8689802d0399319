"""Plots the phase diagram of importance against activity: n features, one of another importance, in d dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from flint import fmpq

from boundcalc.bounds.unequal.transition import LEAST, EntryOfFeature, transition
from boundcalc.model.laws import parse_law
from boundcalc.model.problem import Whole, read_exponent
from boundcalc.numbers.enclosure import decimal_ceiling, decimal_floor, to_float
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import as_integer
from boundcalc.render.plots.colours import HELPS, WITHOUT
from boundcalc.render.plots.style import GREY, CaptionedFigure, new_figure, styled

LAWS = ("rademacher", "uniform", "gaussian")
ACTIVITIES = 15
"""Values of p, evenly in the logarithm."""
FIRST_P = 1e-4
LINE = 4
"""How many times as many values of p there are, evenly, for two features in one dimension."""
MOST_FEATURES, MOST_DIMENSIONS = 8, 4


@styled()
def importance(
    *,
    n: Whole = 3,
    d: Whole = 2,
    m: Whole = 3,
    laws: Sequence[str] = LAWS,
    activities: int = ACTIVITIES,
    width: str = "text",
) -> CaptionedFigure:
    """A panel a law over (p, ω): where superposition helps, certified, and where by an upper bound it gains at most 10⁻⁴.

    Importances are 1, …, 1, ω and all activities p. In white regions neither is known.

    Parameters
    ----------
    n, d : int
        2 ≤ n ≤ 8 and d < n, at most 4.
    m : int
    laws : sequence of str
        Names of laws, one to four.
    activities : int
        Values of p between 10⁻⁴ and 1, at least 2.
    width : str
        ``"column"`` stacks the panels.
    """
    count, dimensions = (
        as_integer(value, parameter=name, allowed="must be a whole number") for name, value in (("n", n), ("d", d))
    )
    if not (2 <= count <= MOST_FEATURES and 1 <= dimensions < count and dimensions <= MOST_DIMENSIONS):
        allowed = f"must be 2 to {MOST_FEATURES} features in fewer dimensions, at most {MOST_DIMENSIONS}, for this figure"
        raise ParameterError("n", f"{count} with d = {dimensions}", allowed)
    exponent, known = read_exponent(m), [parse_law(law) for law in laws]
    if not 1 <= len(known) <= 4:
        raise ParameterError("law", ",".join(laws), "must be one to four laws with commas between")
    if activities < 2:
        raise ParameterError("activities", activities, "must be at least 2")
    line = (count, dimensions, exponent) == (2, 1, 3)
    grid = [min(_rounded(FIRST_P ** (1 - k / (activities - 1))), fmpq(1)) for k in range(activities)]
    if line:  # all that happens is at large p and ω
        activities *= LINE
        grid = [fmpq(k, activities) for k in range(1, activities + 1)]
    stacked = width == "column"
    figure = new_figure(width, 2.1 * len(known) if stacked else 2.4)
    panels = figure.subplots(len(known), 1, sharex=True) if stacked else figure.subplots(1, len(known), sharey=True)
    parts = []
    for panel, law in zip([panels] if len(known) == 1 else panels, known, strict=True):
        found = [transition(count, dimensions, exponent, p, law) for p in grid]
        _draw(panel, found, line)
        panel.set_title(law.name)
        panel.set_xlabel("activity $p$")
        parts.append(f"{law.name}: {_said(found)}")
    (panels if len(known) == 1 else panels[0]).set_ylabel(r"importance $\omega$")
    weights = ", ".join(["1"] * (count - 1))
    regions = (
        "Blue: weights in superposition exceed all weights without it by a share of more than $10^{-6}$, certified. Orange: by an "
        "upper bound (argued) superposition gains at most a share of $10^{-4}$, so that the last feature may be dropped. White: "
        "neither is known."
    )
    if line:
        regions = (
            "Blue: superposition helps. Orange: it does not, and the better feature alone is optimal. Both are decided exactly, as "
            "the sign of a polynomial in the ratio of the weights, for ends $10^{-4}$ apart."
        )
    figure.caption = (
        f"Importance against activity for n = {count} features of importances {weights} and $\\omega$, all of activity $p$, in d = "
        f"{dimensions} dimension{'s' if dimensions > 1 else ''}, m = {exponent}. {regions} For each of "
        f"{activities} values of p the ends are values of a grid in $\\omega$; between the values of p nothing is claimed. "
        f"{' '.join(parts)}"
    )
    return figure


def _rounded(value: float) -> fmpq:
    """To three digits."""
    mantissa, exponent = f"{value:.2e}".split("e")
    return fmpq(round(float(mantissa) * 100), 100) * fmpq(10) ** int(exponent)


def _draw(panel: object, found: Sequence[EntryOfFeature], line: bool) -> None:
    """Bars from the least ω, and up to 1, half way to the neighbouring p."""
    axes: object = panel
    points = [to_float(one.p) for one in found]
    middles = [(low + high) / 2 if line else (low * high) ** 0.5 for low, high in pairwise(points)]
    edges = [points[0] / 2 if line else points[0] ** 2 / middles[0], *middles, points[-1]]
    for (left, right), one in zip(pairwise(edges), found, strict=True):
        for low, high, colour, hatch in (
            (LEAST, None if one.none_up_to is None else to_float(one.none_up_to), WITHOUT, "////"),
            (None if one.helps_from is None else to_float(one.helps_from), 1.0, HELPS, "\\\\\\\\"),
        ):
            if low is not None and high is not None and high > low:
                axes.fill_between(  # type: ignore[attr-defined]
                    [left, right], low, high, facecolor=colour, hatch=hatch, edgecolor=GREY, linewidth=0
                )
    for axis in () if line else ("x", "y"):
        getattr(axes, f"set_{axis}scale")("log")
    axes.set_xlim(edges[0], edges[-1])  # type: ignore[attr-defined]
    axes.set_ylim(0.5 if line else LEAST, 1)  # type: ignore[attr-defined]


def _said(found: Sequence[EntryOfFeature]) -> str:
    """Where superposition helps at all, and for the least p the ends."""
    first, helped = found[0], [one.p for one in found if one.helps_from is not None]
    if not helped:
        return "superposition helps nowhere on the grid."
    low = "none" if first.none_up_to is None else decimal_floor(first.none_up_to, 3)
    high = "none" if first.helps_from is None else decimal_ceiling(first.helps_from, 3)
    return (
        f"at p = {decimal_floor(first.p, 3)} none up to $\\omega$ = {low}, helps from {high}; it helps somewhere up to p = "
        f"{decimal_floor(max(helped), 3)}."
    )
