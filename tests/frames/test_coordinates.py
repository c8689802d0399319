"""The exact representation: overflow, balls, projections, factorisation."""

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.gram_squares import frame_gram_squares

from boundcalc.frames.coordinates import columns_of_gram, complement_basis, integer_columns, projected, surd_columns
from boundcalc.frames.quadratic import Quadratic
from boundcalc.numbers.enclosure import precision

whole = st.integers(-9, 9)
matrices = st.lists(st.lists(st.tuples(whole, whole), min_size=3, max_size=3), min_size=2, max_size=5).filter(
    lambda rows: all(any(entry != (0, 0) for entry in row) for row in rows)
)


@settings(max_examples=50, deadline=None)
@given(matrices)
def test_inner_products_agree_with_the_balls(vectors):
    columns = surd_columns(vectors, 7)
    with precision(200):
        rows = columns.to_balls()
        for i in range(columns.n):
            unit = sum((row[i] * row[i] for row in rows), arb(0))
            assert unit.contains(1)
            assert unit.rad() < arb("1e-40")
        products = [sum((row[0] * row[j] for row in rows), arb(0)) for j in range(1, columns.n)]
        found = [product * product for product in products]
        squares = list(frame_gram_squares(columns, 0).elements())
        assert len(squares) == len(found)
        for value in found:
            assert value.rad() < arb("1e-40")
            assert any(square.ball().overlaps(value) for square in squares)


@settings(max_examples=50, deadline=None)
@given(matrices)
def test_float_columns_are_the_balls_rounded(vectors):
    columns = surd_columns(vectors, 7)
    floats = columns.to_float()
    with precision(200):
        for row, reference in zip(floats, columns.to_balls(), strict=True):
            for value, ball in zip(row, reference, strict=True):
                assert abs(arb(float(value)) - ball) < arb("1e-15")


def test_large_entries_do_not_overflow():
    size = 10**12
    columns = integer_columns([[size, 1], [1, size]], [1, 3])
    assert columns.rational.dtype == object
    product = fmpq(size + 3 * size)
    norms = fmpq(size * size + 3) * (1 + 3 * fmpq(size) ** 2)
    assert dict(frame_gram_squares(columns, 0)) == {Quadratic(product**2 / norms): 1}
    assert columns.to_float()[0, 0] == pytest.approx(1)


def test_basis_lengths_enter_squared():
    # (1, 1) and (1, −1) over lengths 1 and √3: cosine −1/2
    columns = integer_columns([[1, 1], [1, -1]], [1, 3])
    assert dict(frame_gram_squares(columns, 0)) == {Quadratic(fmpq(1, 4)): 1}
    np.testing.assert_allclose(columns.to_float(), [[0.5, 0.5], [3**0.5 / 2, -(3**0.5) / 2]], rtol=1e-15)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(whole, min_size=5, max_size=5), min_size=1, max_size=3))
def test_complement_basis(normals):
    if np.linalg.matrix_rank(np.array(normals)) < len(normals):
        return
    basis = np.array(complement_basis(normals), dtype=object)
    gram = basis @ basis.T
    assert len(basis) == 5 - len(normals)
    assert not (gram - np.diag(np.diag(gram))).any()
    assert not (basis @ np.array(normals, dtype=object).T).any()


def test_projection_of_a_cube():
    # the four diagonals of a cube seen along one of them: three lines at 60 degrees
    vectors = np.array([[1, 1, -1], [1, -1, 1], [-1, 1, 1]], dtype=np.int64)
    columns = projected(vectors, [(1, 1, 1)])
    assert columns.d == 2
    assert dict(frame_gram_squares(columns, 1)) == {Quadratic(fmpq(1, 4)): 2}


def test_factorisation_over_a_quadratic_field():
    # I + C/√5 of rank 3: the icosahedron
    gram = [[Quadratic(fmpq(int(i == j))) for j in range(6)] for i in range(6)]
    residues = {1, 4}
    for i in range(6):
        for j in range(6):
            if i != j:
                sign = 1 if 5 in (i, j) or (i - j) % 5 in residues else -1
                gram[i][j] = Quadratic(fmpq(0), fmpq(sign, 5), 5)
    columns = columns_of_gram(gram, 3)
    assert all(dict(frame_gram_squares(columns, row)) == {Quadratic(fmpq(1, 5)): 5} for row in range(6))
    with pytest.raises(ValueError, match="rank above"):
        columns_of_gram(gram, 2)
