"""Cells and the outlines of regions, against areas and counts."""

import random

import pytest
from oracles.sweep_rows import made_up

from boundcalc import ParameterError
from boundcalc.render.plots.data import points
from boundcalc.render.plots.raster import edges, grid, outline, pieces


def area(loop):
    """Signed, by the shoelace formula."""
    return sum(x * v - u * y for (x, y), (u, v) in zip(loop, [*loop[1:], loop[0]], strict=True)) / 2


@pytest.mark.parametrize("seed", range(30))
def test_outlines_enclose_the_cells_and_nothing_else(seed):
    random.seed(seed)
    cells = {(i, j) for i in range(7) for j in range(6) if random.random() < 0.5}
    loops = outline(cells)
    assert sum(map(area, loops)) == len(cells)  # holes count negative
    border = sum(abs(x - u) + abs(y - v) for loop in loops for (x, y), (u, v) in zip(loop, [*loop[1:], loop[0]], strict=True))
    assert border == sum((i + di, j + dj) not in cells for i, j in cells for di, dj in ((1, 0), (-1, 0), (0, 1), (0, -1)))
    assert all(area(loop) != 0 for loop in loops)


def test_a_ring_has_an_outer_border_and_a_hole():
    ring = {(i, j) for i in range(3) for j in range(3)} - {(1, 1)}
    assert sorted(map(area, outline(ring))) == [-1, 9]
    assert sorted(map(len, outline(ring))) == [4, 4]


def test_pieces_are_connected_by_sides():
    assert [len(piece) for piece in pieces({(0, 0), (1, 0), (2, 1), (2, 2), (2, 3)})] == [3, 2]


def test_edges_are_geometric_middles():
    assert edges([1, 100, 10000]) == pytest.approx([0.1, 10, 1000, 100000])


def test_cells_are_where_their_parameters_say():
    found = points([made_up(p, "0.05", "0.06", d=d) for p, d in (("1/10", "2"), ("1/5", "2"), ("1/10", "4"))])
    cells = grid(found, "p", "d")
    assert {place: str(point.problem.p) + "|" + str(point.problem.d) for place, point in cells.cells.items()} == {
        (0, 0): "1/10|2",
        (1, 0): "1/5|2",
        (0, 1): "1/10|4",
    }
    array = cells.array(lambda point: 1.0)
    assert array.shape == (2, 2)
    assert array[1, 1] != array[1, 1]  # the missing cell


def test_infinitely_many_features_have_no_place_on_an_axis():
    found = points([made_up(p, "0.05", "0.06", n=n) for p in ("1/10", "1/5") for n in ("6", "9", "inf")])
    assert [str(value) for value in grid(found, "p", "n/d").y] == ["2", "3"]
    with pytest.raises(ParameterError, match="must be finite to have a place"):
        grid(points([made_up("1/10", "0.05", "0.06")]), "p", "n")


def test_two_problems_on_one_cell_are_refused():
    found = points([made_up("1/10", "0.05", "0.06", law=law, d=d) for law in ("gaussian", "uniform") for d in ("2", "3")])
    found += points([made_up("1/5", "0.05", "0.06")])
    with pytest.raises(ParameterError, match="must tell the points apart"):
        grid(found, "p", "d")
    with pytest.raises(ParameterError, match=r"^x = m: must be one of p, d, n, n/d$"):
        grid(found, "m", "d")
