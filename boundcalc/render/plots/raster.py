"""Points on a rectangular grid of two parameters, its cells, and the outlines of regions of cells."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from flint import fmpq
from scipy import ndimage

from boundcalc.model.problem import INFINITY
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.plots.data import Point, number

AXES: dict[str, tuple[str, Callable[[Point], fmpq]]] = {
    "p": ("activity $p$", lambda point: point.problem.p),
    "d": ("hidden dimensions $d$", lambda point: fmpq(point.problem.d)),
    "n": ("features $n$", lambda point: fmpq(int(point.problem.n))),
    "n/d": ("features per dimension $n/d$", lambda point: fmpq(int(point.problem.n), point.problem.d)),
}


@dataclass(frozen=True)
class Raster:
    """Points by their cell.

    Attributes
    ----------
    x_name, y_name : str
        Keys of :data:`AXES`.
    x, y : list of fmpq
        The values of the two parameters, rising.
    cells : dict
        From (column, row) to the point; cells may be missing.
    """

    x_name: str
    y_name: str
    x: list[fmpq]
    y: list[fmpq]
    cells: dict[tuple[int, int], Point]

    @property
    def x_edges(self) -> list[float]:
        """The borders of the columns, one more than there are columns."""
        return edges([number(value) for value in self.x])

    @property
    def y_edges(self) -> list[float]:
        """The borders of the rows."""
        return edges([number(value) for value in self.y])

    def array(self, value: Callable[[Point], float]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """A float of each point, shape (rows, columns), nan where a cell is missing."""
        found = np.full((len(self.y), len(self.x)), np.nan)
        for (column, row), point in self.cells.items():
            found[row, column] = value(point)
        return found

    def regions(self, category: Callable[[Point], str]) -> dict[str, set[tuple[int, int]]]:
        """The cells of each category."""
        found: dict[str, set[tuple[int, int]]] = {}
        for cell, point in self.cells.items():
            found.setdefault(category(point), set()).add(cell)
        return found


def check_axes(x: str, y: str) -> None:
    """Refuses axes that there are not, and one axis twice.

    Raises
    ------
    ParameterError
    """
    for name, axis in (("x", x), ("y", y)):
        if axis not in AXES:
            raise ParameterError(name, axis, f"must be one of {', '.join(AXES)}")
    if x == y:
        raise ParameterError("y", y, "must be another axis than x")


def grid(found: Sequence[Point], x: str, y: str) -> Raster:
    """The points on the axes x and y; those with n = ∞ have no place on an axis of n and are left out.

    Raises
    ------
    ParameterError
        If an axis is unknown, has one value or is given twice, or two points fall on one cell.
    """
    check_axes(x, y)
    if "n" in x + y:
        found = [point for point in found if point.problem.n != INFINITY]
        if not found:
            raise ParameterError("n", "inf", "must be finite to have a place on an axis: sweep over n as well")
    places = [(AXES[x][1](point), AXES[y][1](point)) for point in found]
    xs, ys = sorted({place[0] for place in places}), sorted({place[1] for place in places})
    for name, values in ((x, xs), (y, ys)):
        if len(values) < 2:
            have = f"{len(values)} finite value" + ("" if len(values) == 1 else "s")
            raise ParameterError(name, have, "must take two values or more to be an axis")
    columns, rows = {value: k for k, value in enumerate(xs)}, {value: k for k, value in enumerate(ys)}
    cells: dict[tuple[int, int], Point] = {}
    for place, point in zip(places, found, strict=True):
        cell = columns[place[0]], rows[place[1]]
        if cell in cells:
            raise ParameterError(f"{x}, {y}", "not enough", "must tell the points apart: choose n, d, m or law as well")
        cells[cell] = point
    return Raster(x, y, xs, ys, cells)


def edges(values: Sequence[float]) -> list[float]:
    """Geometric middles between rising positive values, the outer cells as wide outwards as inwards."""
    logs = [math.log(value) for value in values]
    middles = [(one + other) / 2 for one, other in pairwise(logs)]
    ends = [2 * logs[0] - middles[0], *middles, 2 * logs[-1] - middles[-1]]
    return [math.exp(end) for end in ends]


def outline(cells: set[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """The border of a set of cells as closed loops of corners, the set on the left hand.

    Returns
    -------
    list of list of (column border, row border)
        The first corner of a loop is not repeated; corners on a straight line are left out.
    """
    following: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for i, j in sorted(cells):
        sides = (
            ((i, j - 1), (i, j), (i + 1, j)),
            ((i + 1, j), (i + 1, j), (i + 1, j + 1)),
            ((i, j + 1), (i + 1, j + 1), (i, j + 1)),
            ((i - 1, j), (i, j + 1), (i, j)),
        )
        for neighbour, start, end in sides:
            if neighbour not in cells:
                following.setdefault(start, []).append(end)
    loops = []
    for start in sorted(following):
        while following[start]:
            loop, here, before = [start], start, start
            while True:
                choices = following[here]
                # where two cells touch in a corner, turn left: each keeps its own border
                left = (k for k in choices if _turn(before, here, k) > 0)
                turn = next(left, choices[0]) if len(choices) > 1 else choices[0]
                choices.remove(turn)
                before, here = here, turn
                if here == start:
                    break
                loop.append(here)
            around = zip([loop[-1], *loop[:-1]], loop, [*loop[1:], loop[0]], strict=True)
            loops.append([corner for before, corner, after in around if _turn(before, corner, after)])
    return loops


def _turn(before: tuple[int, int], here: tuple[int, int], after: tuple[int, int]) -> int:
    """Positive for a turn to the left, 0 for a straight line."""
    one, other = (here[0] - before[0], here[1] - before[1]), (after[0] - here[0], after[1] - here[1])
    return one[0] * other[1] - one[1] * other[0]


def pieces(cells: set[tuple[int, int]]) -> list[set[tuple[int, int]]]:
    """The connected parts of a set of cells, the largest first."""
    listed = np.array(sorted(cells))
    mask = np.zeros(listed.max(axis=0) + 1, dtype=bool)
    mask[tuple(listed.T)] = True
    marks, count = ndimage.label(mask)
    found = [{(i, j) for i, j in np.argwhere(marks == k).tolist()} for k in range(1, count + 1)]
    return sorted(found, key=len, reverse=True)
