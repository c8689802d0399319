"""Families beyond the catalog: Paley's conference matrices and Walsh difference sets."""

import pytest
from flint import fmpq

from boundcalc.errors import ParameterError
from boundcalc.frames.equiangular import paley_conference, walsh
from boundcalc.frames.gram import frame_gram_squares, strength
from boundcalc.frames.quadratic import Quadratic


@pytest.mark.parametrize("q", [5, 13, 17, 29])
def test_paley(q):
    columns = paley_conference(q)
    assert (columns.d, columns.n) == ((q + 1) // 2, q + 1)
    assert all(dict(frame_gram_squares(columns, row)) == {Quadratic(fmpq(1, q)): q} for row in range(q + 1))
    assert strength(columns, [0, q]) == (4 if q == 5 else 2)


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
        (lambda: paley_conference(9), "q = 9"),
    ],
)
def test_bad_sizes(build, said):
    with pytest.raises(ParameterError, match=said):
        build()
