"""Matrices are read without rounding."""

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq, fmpq_mat, fmpz

from boundcalc.loss.integers import read_matrix


def as_rationals(matrix):
    return [[matrix.unit * value for value in row] for row in matrix.entries.tolist()]


def exactly(value):
    numerator, denominator = float(value).as_integer_ratio()
    return fmpq(numerator, denominator)


FLOATS = {
    "normal": np.random.default_rng(1).standard_normal((3, 5)),
    "small whole": np.array([[1.0, -2.0, 0.0], [4.0, 0.5, -0.0]]),
    "wide range": np.array([[1e300, -1e-300], [3.0, 0.0]]),
    "subnormal": np.array([[5e-324, -1.5e-310, 2.0]]),
    "largest": np.array([[np.finfo(np.float64).max, 1.0]]),
    "large": np.array([[2.0**80, 3 * 2.0**75]]),
    "half": np.array([[0.1, 6e-8, 65504.0]], dtype=np.float16),
    "single": np.array([[0.1, 1e-45, 3e38]], dtype=np.float32),
    "big endian": np.array([[0.1, -3.0]], dtype=">f8"),
    "columns first": np.asfortranarray(np.random.default_rng(2).standard_normal((3, 4))),
    "zero": np.zeros((2, 2)),
}


@pytest.mark.parametrize("array", FLOATS.values(), ids=FLOATS.keys())
def test_floats_are_taken_bit_by_bit(array):
    assert as_rationals(read_matrix(array)) == [[exactly(value) for value in row] for row in array.tolist()]


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "i4", "i8", "u8", ">i4"])
def test_integers_of_every_width(dtype):
    info = np.iinfo(dtype)
    array = np.array([[info.min, 3], [0, info.max]], dtype=dtype)
    assert as_rationals(read_matrix(array)) == [[info.min, 3], [0, info.max]]


def test_small_entries_stay_machine_integers():
    assert read_matrix(FLOATS["small whole"]).entries.dtype == np.int64
    assert read_matrix([["1/3", "-7/6"]]).entries.dtype == np.int64
    assert read_matrix(FLOATS["wide range"]).entries.dtype == object


@pytest.mark.parametrize(
    "rows",
    [
        [[fmpq(1, 6), Fraction(-4, 9)], [2, "0.25"]],
        [[fmpz(10) ** 40, "1e-40"]],
        ((6, 12), (18, -24)),
        [[0, 0]],
    ],
)
def test_exact_entries(rows):
    read = as_rationals(read_matrix(rows))
    for given, found in zip(rows, read, strict=True):
        for entry, value in zip(given, found, strict=True):
            assert value == (fmpq(*Fraction(entry).as_integer_ratio()) if isinstance(entry, (str, Fraction)) else entry)


def test_flint_matrices_are_read():
    matrix = fmpq_mat(2, 2, [fmpq(1, 2), 3, 4, 5])
    assert as_rationals(read_matrix(matrix)) == matrix.tolist()
