"""Kerdock sets, their bases, and every row of the Gram matrix."""

from itertools import combinations, product

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.lower.unbiased_bases import power_sums
from boundcalc.frames.library import construct
from boundcalc.frames.unbiased_bases import kerdock_16, kerdock_set, unbiased_bases
from boundcalc.numbers.errors import ParameterError


@pytest.mark.parametrize("half", [1, 2, 3])
def test_differences_are_nonsingular_over_f2(half):
    forms, order = kerdock_set(half), 2 * half
    assert len(set(forms)) == 2 ** (order - 1)
    pairs = list(combinations(range(order), 2))
    for one, other in combinations(forms, 2):
        matrix = np.zeros((order, order))
        for (i, j), x, y in zip(pairs, one, other, strict=True):
            matrix[i, j] = matrix[j, i] = (x + y) % 2
        # an alternating matrix over Z with this reduction has an odd determinant iff it is nonsingular over F_2
        assert round(np.linalg.det(matrix)) % 2 == 1


@pytest.mark.parametrize("d", [4, 16, 64])
def test_orthonormal_unbiased_bases(d):
    columns = unbiased_bases(d).to_float()
    count = d // 2 + 1
    assert columns.shape == (d, d * count)
    squares = (columns.T @ columns) ** 2
    blocks = squares.reshape(count, d, count, d).swapaxes(1, 2)
    for a, b in product(range(count), repeat=2):
        np.testing.assert_array_equal(blocks[a, b], np.eye(d) if a == b else np.full((d, d), 1 / d))


def walsh(d: int) -> np.ndarray:
    return np.array([[(-1) ** (r & c).bit_count() for c in range(d)] for r in range(d)], dtype=np.int64)


@pytest.mark.parametrize("d", [16, 64, 256])
def test_the_power_sums_of_all_rows_are_equal(d):
    """Whole numbers: column l of basis a is its first column times a character, so that rows are Walsh transforms of products."""
    W = unbiased_bases(d).rational
    H, count = walsh(d), d // 2 + 1
    first = W[:, d::d]  # one column of each basis but the standard one
    for a in range(count - 1):
        np.testing.assert_array_equal(W[:, d * (a + 1) : d * (a + 2)], first[:, [a]] * W[:, d : 2 * d] * first[:, [0]])
        inner = H @ (first[:, [a]] * first)  # with column l of the other basis, at l + l'
        np.testing.assert_array_equal(np.abs(np.delete(inner, a, axis=1)), int(d**0.5))
        np.testing.assert_array_equal(np.sort(np.abs(inner[:, a])), [0] * (d - 1) + [d])
    np.testing.assert_array_equal(np.abs(W[:, :d]), np.eye(d, dtype=np.int64))
    np.testing.assert_array_equal(np.abs(W[:, d:]), 1)
    np.testing.assert_array_equal(np.sort(np.abs(H.T @ H).ravel()), [0] * (d * d - d) + [d] * d)


@pytest.mark.parametrize(("d", "count"), [(4, 2), (16, 9), (64, 5), (64, 33), (256, 3)])
def test_the_spread_of_the_rows_is_zero(d, count):
    columns = unbiased_bases(d, count).to_float()
    squares = (columns.T @ columns) ** 2
    told = [int(x.p) / int(x.q) for x in power_sums(5, fmpq(count * d), fmpq(d))]
    for k in range(1, 6):
        rows = (squares**k).sum(axis=1)
        assert rows.max() == rows.min() == told[k]  # multiples of a power of 1/2: no rounding


def test_kerdock_16_is_a_member():
    assert kerdock_16().n == 144
    assert construct("unbiased_bases_16").n == 144
    assert construct("unbiased_bases_64_3").n == 192


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((12,), "d = 12: must be a power of 4, at least 4: 4 or 16"),
        ((2,), "d = 2: must be a power of 4, at least 4: 4 or 16"),
        ((64, 34), r"bases = 34: must be a whole number from 2 to d/2 \+ 1 = 33"),
        ((64, 1), r"bases = 1: must be a whole number from 2"),
        ((1024,), "would have 525312 columns of 1024 numbers, 4 GiB: at most 19 bases of R.1024 are built"),
        ((4096, 2), "would have 8192 columns of 4096 numbers"),
    ],
)
def test_what_is_not_built(arguments, message):
    with pytest.raises(ParameterError, match=message):
        unbiased_bases(*arguments)
