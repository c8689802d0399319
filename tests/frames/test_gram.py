"""The coordinates have exactly the catalog's inner products and strengths."""

import numpy as np
import pytest
from flint import fmpq
from oracles.gram_squares import MAX_STRENGTH, frame_gram_squares, strength

from boundcalc.frames.catalog import FRAMES
from boundcalc.frames.catalog import simplex as simplex_frame
from boundcalc.frames.coordinates import integer_columns
from boundcalc.frames.gram import power_sum
from boundcalc.frames.library import CONSTRUCTIONS
from boundcalc.frames.polytopes import orthonormal, simplex
from boundcalc.frames.quadratic import Quadratic

SMALL = [frame for frame in FRAMES if frame.n <= 300]


def expected(frame):
    """The catalog's multiplicities, the conjugates written out."""
    squares = {Quadratic(u): count for u, count in frame.squares}
    for u, count in frame.conjugate_squares:
        squares |= {u: count, Quadratic(u.a, -u.b, u.radicand): count}
    return squares


@pytest.mark.parametrize("frame", SMALL, ids=lambda frame: frame.key)
def test_all_pairs_and_strength(frame):
    columns = CONSTRUCTIONS[frame.key]()
    assert (columns.d, columns.n) == (frame.d, frame.n)
    assert all(dict(frame_gram_squares(columns, row)) == expected(frame) for row in range(frame.n))
    assert strength(columns) == frame.strength


@pytest.mark.parametrize("frame", SMALL, ids=lambda frame: frame.key)
def test_float_columns_have_the_same_gram_matrix(frame):
    columns = CONSTRUCTIONS[frame.key]().to_float()
    assert columns.shape == (frame.d, frame.n)
    assert columns.dtype == np.float64
    gram = columns.T @ columns
    np.testing.assert_allclose(np.diag(gram), 1, rtol=0, atol=4e-15)
    for k in (1, 2, 3, 5):
        rational = frame.power_sum(k)
        np.testing.assert_allclose((gram ** (2 * k)).sum(axis=1), int(rational.p) / int(rational.q), rtol=1e-12)


@pytest.mark.parametrize("d", range(2, 8))
def test_simplex(d):
    columns = simplex(d)
    assert all(dict(frame_gram_squares(columns, row)) == expected(simplex_frame(d)) for row in range(d + 1))
    assert strength(columns) == simplex_frame(d).strength


def test_an_orthonormal_basis_is_tight_and_no_more():
    assert strength(orthonormal(5)) == 2
    assert frame_gram_squares(orthonormal(5), 2) == {Quadratic(fmpq(0)): 4}
    assert strength(orthonormal(1)) == MAX_STRENGTH


def test_a_lost_line_is_noticed():
    columns = CONSTRUCTIONS["E8"]()
    rest = integer_columns(np.delete(columns.rational, 7, axis=1).T)
    assert strength(rest) == 0
    assert frame_gram_squares(rest, 0) != frame_gram_squares(columns, 0)


def test_a_wrong_sign_in_one_basis_is_noticed():
    # E_8 without the parity of its half-integer vectors is no longer a frame of strength 6
    rational = CONSTRUCTIONS["E8"]().rational.copy()
    rational[7, 56:] *= -1
    assert strength(integer_columns(rational.T)) == 6  # the other coset: E_8 again
    rational[7, 56] *= -1
    assert strength(integer_columns(rational.T)) < 6


def test_power_sum_counts_the_line_itself():
    assert power_sum(orthonormal(3), 0, 4) == Quadratic(fmpq(1))
    # 1 + 20/4 + 15·0 for k = 1 in E_6
    assert power_sum(CONSTRUCTIONS["E6"](), 5, 1) == Quadratic(fmpq(6))
