"""Constructions against second descriptions."""

import numpy as np
import pytest
from flint import arb, fmpq
from oracles.gram_squares import frame_gram_squares

from boundcalc.frames.library import construct
from boundcalc.frames.polytopes import PlaneLines, cell_24, cell_24_with_dual, cell_600, helmert, icosahedral_axes, icosahedron
from boundcalc.frames.quadratic import Quadratic
from boundcalc.numbers.enclosure import precision
from boundcalc.numbers.errors import ParameterError


def test_helmert_rows_are_orthogonal_and_sum_to_zero():
    rows, inverses = helmert(7)
    assert not rows.sum(axis=1).any()
    np.testing.assert_array_equal(rows @ rows.T, np.diag([int(1 / value) for value in inverses]))


@pytest.mark.parametrize("n", [1, 2, 3, 5, 12])
def test_plane_lines_turn_by_equal_angles(n):
    columns = PlaneLines(n)
    floats = columns.to_float()
    assert floats.shape == (columns.d, columns.n) == (2, n)
    with precision(100):
        x, y = columns.to_balls()
        for k in range(n):
            # (x + i y)^n is real: every line has an angle that is a multiple of π/n
            real, imaginary = arb(1), arb(0)
            for _ in range(n):
                real, imaginary = real * x[k] - imaginary * y[k], real * y[k] + imaginary * x[k]
            assert imaginary.contains(0)
            assert real.contains((-1) ** k)
            assert abs(x[k] - arb(float(floats[0, k]))) < arb("1e-15")
            assert abs(y[k] - arb(float(floats[1, k]))) < arb("1e-15")
    assert len({(round(a, 9), round(b, 9)) for a, b in floats.T}) == n


def test_the_600_cell_holds_24_cells_and_is_a_group():
    # the 120 unit quaternions are closed under multiplication: a check that the permutations taken are the even ones
    columns = cell_600().to_float()
    points = np.concatenate([columns.T, -columns.T])
    a, b = points[:, None, :], points[None, :, :]
    products = np.stack(
        [
            a[..., 0] * b[..., 0] - a[..., 1] * b[..., 1] - a[..., 2] * b[..., 2] - a[..., 3] * b[..., 3],
            a[..., 0] * b[..., 1] + a[..., 1] * b[..., 0] + a[..., 2] * b[..., 3] - a[..., 3] * b[..., 2],
            a[..., 0] * b[..., 2] - a[..., 1] * b[..., 3] + a[..., 2] * b[..., 0] + a[..., 3] * b[..., 1],
            a[..., 0] * b[..., 3] + a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1] + a[..., 3] * b[..., 0],
        ],
        axis=-1,
    ).reshape(-1, 4)
    nearest = (products @ points.T).max(axis=1)
    np.testing.assert_allclose(nearest, 1, atol=1e-12)


def test_the_dual_24_cell_is_unbiased_to_the_first():
    both, first = cell_24_with_dual(), cell_24()
    np.testing.assert_array_equal(both.rational[:, :12], first.rational)
    floats = both.to_float()
    gram = floats[:, :12].T @ floats[:, 12:]
    # each vertex of the dual is the centre of a cell of the first: cosines 1/√2 (six lines) or 0 (six)
    np.testing.assert_allclose(np.sort(gram**2, axis=1), [[0] * 6 + [0.5] * 6] * 12, atol=1e-15)


def test_icosahedral_axes_count_and_angles():
    axes = icosahedral_axes()
    assert len(axes) == 31
    assert frame_gram_squares(icosahedron(), 3) == {Quadratic(fmpq(1, 5)): 5}


def test_bad_sizes():
    with pytest.raises(ParameterError, match="n = 0"):
        PlaneLines(0)


@pytest.mark.parametrize(
    ("family", "size", "largest"), [("orthonormal", 100_000, 4472), ("simplex", 20_000, 4471), ("plane_lines", 10**15, 10**7)]
)
def test_a_matrix_that_fits_no_memory_is_refused_in_one_line(family, size, largest):
    with pytest.raises(ParameterError, match=rf"^frame = {family}_{size}: would have .* GiB: must be at most {family}_{largest}$"):
        construct(family, size)


def test_the_simplex_past_the_small_ones():
    found = construct("simplex", 600)
    gram = found.to_float().T @ found.to_float()
    np.testing.assert_allclose(gram - np.eye(601), (np.eye(601) - 1) / 600, atol=1e-12)
