"""Draws a picture of weights: Gram matrix, vectors for d = 2 and 3, histogram of inner products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import TwoSlopeNorm
from matplotlib.ticker import MaxNLocator

from boundcalc.loss.summary import DEAD, REPRESENTED
from boundcalc.model.problem import Whole
from boundcalc.render.named_features import listed
from boundcalc.render.plots.style import BLUE, DIVERGING, GREY, LIGHT, VERMILION, CaptionedFigure, named, new_figure, styled
from boundcalc.render.plots.weights import Array, by_state, inner_products, read_weights, states_of, unit_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NUMBERED = 8
"""Up to this many features the entries of the Gram matrix are written into it."""
GRAM_AND_HISTOGRAM = (1, 1.9)
"""Widths side by side: the Gram matrix is a square and fills no more."""
BINS = 51
"""Of width 1/50; 0, 1/2 and 1 are in the middle of one."""


@styled()
def witness(
    weights: object, *, name: str = "W", m: Whole = 3, state: np.ndarray | None = None, width: str = "text"
) -> CaptionedFigure:
    """The Gram matrix A = W^T W over its greatest diagonal entry, the vectors, and the inner products of unit columns.

    Parameters
    ----------
    weights : array, shape (d, n)
    name : str
        What the matrix is called in the title and the caption.
    m : int
        The exponent at which features are told to be weak or dead, by A_ii^m.
    state : shape (n,), optional
        Which are represented, weak and dead instead, such as ``loss_of(W, ...).table.state``.
    width : str
        ``"text"`` sets the panels side by side, ``"column"`` stacks them.
    """
    read = read_weights(weights)
    W, weak, dead, numbers = by_state(read, states_of(read, m) if state is None else state)
    d, n = W.shape
    alive, shown = W[:, : n - dead], W[:, : int(W.any(axis=0).sum())]
    drawn = d in (2, 3)
    count = 3 if drawn else 2
    figure = new_figure(width, 2.35 if width == "text" else 2.7 * count)
    shares = None if drawn or width != "text" else GRAM_AND_HISTOGRAM
    grid = figure.add_gridspec(*((1, count) if width == "text" else (count, 1)), width_ratios=shares)
    cells = [grid[k] for k in range(count)]
    _gram(figure, figure.add_subplot(cells[0]), W, (weak, dead), numbers)
    if d == 2:
        _plane(figure.add_subplot(cells[1]), shown, numbers)
    elif d == 3:
        _space(figure.add_subplot(cells[1], projection="3d"), shown, numbers)
    _histogram(figure.add_subplot(cells[-1]), alive)
    figure.suptitle(f"{named(name)}: $n = {n}$, $d = {d}$", fontsize=8)
    figure.caption = (
        f"Weights {named(name)}, $n = {n}$ features in $d = {d}$ dimensions: Gram matrix $A = W^T W$ over its greatest "
        r"diagonal entry, features numbered from 0; "
        + _apart(numbers[n - weak - dead :], dead, rf"A_{{ii}}^{{{m}}}" if state is None else r"E x_i \hat x_i / E x_i^2")
        + ("vectors $w_i$, with the lines they span; " if drawn else "")
        + r"histogram of $|\langle v_i, v_j \rangle|$ over the pairs of unit vectors $v_i = w_i/|w_i|$, "
        r"dashed the Welch bound $\sqrt{(n-d)/(d(n-1))}$ on the root mean square."
    )
    return figure


def _apart(last: Sequence[int], dead: int, response: str) -> str:
    """What the caption says of the features that come last, weak ones before the dead."""
    count = len(last) - dead
    limits = {f"weak (below {REPRESENTED:g})": last[:count], f"dead (at most {DEAD:g}; not in the histogram)": last[count:]}
    found = [f"{kind} {listed(sorted(features))}" for kind, features in limits.items() if features]
    return f"last come, by their response ${response}$ over the largest, {' and '.join(found)}; " if found else ""


def _gram(figure: CaptionedFigure, axes: Axes, W: Array, apart: tuple[int, int], numbers: Sequence[int]) -> None:
    gram = W.T @ W
    gram /= np.diag(gram).max()
    n = len(gram)
    reach = max(1.0, float(np.abs(gram).max()))
    image = axes.imshow(gram, cmap=DIVERGING, norm=TwoSlopeNorm(0, -reach, reach), interpolation="nearest", gid="gram")
    axes.set_xlabel("feature $j$")
    axes.set_ylabel("feature $i$")
    counts = dict(zip(("weak", "dead"), apart, strict=True))
    axes.set_title(", ".join(["Gram matrix $A_{ij}$", *(f"{count} {kind}" for kind, count in counts.items() if count)]), loc="left")
    for place, (kind, count) in zip((n - sum(apart), n - apart[1]), counts.items(), strict=True):
        for line in (axes.axhline, axes.axvline) if count else ():
            line(place - 0.5, color=GREY, linewidth=0.6, linestyle="--", gid=f"{kind}-{line.__name__[2]}")
    ticks = list(range(n)) if n <= NUMBERED else sorted({0, n // 2, n - 1})
    axes.set_xticks(ticks, [str(numbers[k]) for k in ticks])
    axes.set_yticks(ticks, [str(numbers[k]) for k in ticks])
    if n <= NUMBERED:
        for i in range(n):
            for j in range(n):
                colour = "white" if abs(gram[i, j]) > 0.6 * reach else "black"
                axes.text(j, i, _entry(gram[i, j]), ha="center", va="center", fontsize=min(6.5, 40 / n), color=colour)
    figure.colorbar(image, ax=axes, shrink=0.85, pad=0.02)


def _entry(value: float) -> str:
    """Two decimals without a leading zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return {"-0": "0", "": "0"}.get(text, text).replace("0.", ".", 1) if abs(value) < 1 else text


def _plane(axes: Axes, W: Array, numbers: Sequence[int]) -> None:
    """The columns as arrows, and the lines they span."""
    longest = float(np.sqrt(np.square(W).sum(axis=0)).max())
    for k, (x, y) in enumerate((W / longest).T):
        axes.plot([-x, x], [-y, y], color=LIGHT, linewidth=0.8, zorder=1)
        axes.annotate(
            "", (x, y), (0, 0), arrowprops={"arrowstyle": "-|>", "color": BLUE, "linewidth": 1, "shrinkA": 0, "shrinkB": 0}
        )
        if W.shape[1] <= 2 * NUMBERED:
            axes.text(1.13 * x, 1.13 * y, str(numbers[k]), ha="center", va="center", fontsize=6.5)
    axes.set_aspect("equal")
    axes.set_xlim(-1.25, 1.25)
    axes.set_ylim(-1.25, 1.25)
    axes.set_xticks([-1, 0, 1])
    axes.set_yticks([-1, 0, 1])
    axes.set_title(r"$w_i$ over the longest", loc="left")


def _space(axes: Any, W: Array, numbers: Sequence[int]) -> None:
    """The columns from the origin; their opposite ends fainter, since a line has two."""
    longest = float(np.sqrt(np.square(W).sum(axis=0)).max())
    ends = (W / longest).T
    angle = np.linspace(0, 2 * np.pi, 73)
    circle = np.stack([np.cos(angle), np.sin(angle), 0 * angle])
    for order in ((0, 1, 2), (0, 2, 1), (2, 0, 1)):
        axes.plot(*circle[list(order)], color=LIGHT, linewidth=0.5)
    for k, end in enumerate(ends):
        axes.plot(*np.stack([-end, 0 * end], axis=1), color=GREY, linewidth=0.6, linestyle=":")
        arrow = {"color": BLUE, "linewidth": 1, "marker": "o", "markevery": [1], "markersize": 2.5, "gid": f"w_{numbers[k]}"}
        axes.plot(*np.stack([0 * end, end], axis=1), **arrow)
        if len(ends) <= 2 * NUMBERED:
            axes.text(*(1.15 * end), str(numbers[k]), fontsize=6.5, ha="center", va="center")
    for axis in "xyz":
        getattr(axes, f"set_{axis}lim")(-0.8, 0.8)
        getattr(axes, f"set_{axis}ticks")([])
    axes.set_box_aspect((1, 1, 1), zoom=1.25)
    axes.view_init(*_view(ends))
    axes.set_axis_off()
    axes.set_title(r"$w_i$ over the longest", loc="left")


def _view(ends: Array) -> tuple[float, float]:
    """Elevation and azimuth in degrees, of a few, from which the ends shown are farthest apart."""
    if not 2 <= len(ends) <= 2 * NUMBERED:
        return 20.0, -60.0
    best, found = -1.0, (20.0, -60.0)
    for elevation in (15.0, 25.0, 35.0):
        for azimuth in range(-80, 100, 10):
            e, a = np.deg2rad(elevation), np.deg2rad(azimuth)
            across = np.array([-np.sin(a), np.cos(a), 0])
            upward = np.array([-np.sin(e) * np.cos(a), -np.sin(e) * np.sin(a), np.cos(e)])
            seen = ends @ np.stack([across, upward], axis=1)
            apart = np.linalg.norm(seen[:, None] - seen[None], axis=2)[np.triu_indices(len(ends), 1)].min()
            if apart > best + 1e-9:
                best, found = float(apart), (elevation, float(azimuth))
    return found


def _histogram(axes: Axes, W: Array) -> None:
    products = inner_products(W)
    axes.set_title("inner products", loc="left")
    axes.hist(products, bins=BINS, range=(-0.01, 1.01), color=BLUE, edgecolor="white", linewidth=0.2)
    units = unit_columns(W)
    d, n = units.shape
    if n > max(d, 1):
        axes.axvline(((n - d) / (d * (n - 1))) ** 0.5, color=VERMILION, linestyle="--", linewidth=0.9, gid="welch")
        axes.set_title("inner products (dashed: Welch)", loc="left")
    axes.set_xlim(-0.03, 1.03)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(r"$|\langle v_i, v_j\rangle|$")
    axes.set_ylabel(f"pairs ({len(products)} in all)")
