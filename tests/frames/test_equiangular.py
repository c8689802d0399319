"""Families beyond the catalog: Paley's conference matrices and Walsh difference sets."""

import pytest
from flint import fmpq
from oracles.gram_squares import frame_gram_squares, strength

from boundcalc.frames.coordinates import integer_columns
from boundcalc.frames.equiangular import lines_28, naimark_complement, paley_conference, walsh
from boundcalc.frames.quadratic import Quadratic
from boundcalc.numbers.errors import ParameterError


@pytest.mark.parametrize("q", [5, 9, 13, 17, 25, 29, 49])
def test_paley(q):
    columns = paley_conference(q)
    assert (columns.d, columns.n) == ((q + 1) // 2, q + 1)
    assert all(dict(frame_gram_squares(columns, row)) == {Quadratic(fmpq(1, q)): q} for row in range(q + 1))
    assert strength(columns) == (4 if q == 5 else 2)


@pytest.mark.parametrize(("bits", "ones", "d"), [(2, False, 3), (4, True, 6), (4, False, 10), (6, True, 28), (6, False, 36)])
def test_walsh(bits, ones, d):
    n = 2**bits
    columns = walsh(bits, ones=ones)
    assert (columns.d, columns.n) == (d, n)
    square = fmpq(n - d, d * (n - 1))
    assert all(dict(frame_gram_squares(columns, row)) == {Quadratic(square): n - 1} for row in range(n))


def test_the_one_dimensional_walsh_frame():
    assert walsh(2, ones=True).to_float().tolist() in ([[1, 1, 1, -1]], [[1, -1, -1, 1]])


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: walsh(3, ones=True), "bits = 3"),
        (lambda: walsh(40, ones=True), "bits = 40"),
        (lambda: paley_conference(21), "q = 21"),
    ],
)
def test_bad_sizes(build, said):
    with pytest.raises(ParameterError, match=said):
        build()


def test_the_complement_of_the_complement_has_the_same_angles():
    columns = naimark_complement(naimark_complement(lines_28()))
    assert (columns.d, columns.n) == (7, 28)
    assert dict(frame_gram_squares(columns, 5)) == {Quadratic(fmpq(1, 9)): 27}


def test_complements_need_a_tight_frame_with_rational_products():
    with pytest.raises(ValueError, match="rational"):
        naimark_complement(paley_conference(13))
    with pytest.raises(ValueError, match="rank"):
        naimark_complement(integer_columns([[1, 0], [0, 1], [1, 0]]))
    with pytest.raises(ValueError, match="one length"):
        naimark_complement(integer_columns([[1, 0], [0, 2]]))
