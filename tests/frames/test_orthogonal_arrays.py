"""Arrays of strength 6: every product of at most six different columns is 0 on average, and no row is another's negative."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from boundcalc.frames.catalog import array_lines
from boundcalc.frames.library import construct
from boundcalc.frames.orthogonal_arrays import delsarte_goethals_set, orthogonal_array
from boundcalc.numbers.errors import ParameterError


def signs(d: int) -> np.ndarray:
    return np.rint(orthogonal_array(d).to_float().T * d**0.5).astype(np.int64)


def test_all_products_of_columns_of_the_golay_code():
    rows = signs(24)
    assert rows.shape == (2048, 24)
    assert set(np.unique(rows)) == {-1, 1}
    for even in (2, 4, 6):
        for columns in combinations(range(12), even):
            assert rows[:, columns].prod(axis=1).sum() == 0


@pytest.mark.parametrize("d", [40, 64])
def test_random_products_of_columns_of_a_delsarte_goethals_code(d):
    rows, rng = signs(d), np.random.default_rng(3)
    assert rows.shape == (65536, d)
    for even in (2, 4, 6):
        for _ in range(60):
            assert rows[:, rng.choice(d, even, replace=False)].prod(axis=1).sum() == 0
    assert abs(rows[:, :8].prod(axis=1).sum()) == len(rows)  # a subspace: quadratic forms have no third derivative


@pytest.mark.parametrize("d", [24, 64])
def test_no_row_is_another_or_its_negative(d):
    rows = signs(d)
    rows = rows * rows[:, :1]
    assert len(np.unique(rows, axis=0)) == len(rows)


def test_sizes():
    assert [array_lines(d) for d in (1, 24, 25, 64, 65, 256, 257, 1024)] == [2048, 2048, 2**16, 2**16, 2**22, 2**22, 2**28, 2**28]
    assert len(np.unique(delsarte_goethals_set(3), axis=0)) == 2**10
    assert construct("orthogonal_array_30").to_float().shape == (30, 65536)
    with pytest.raises(ParameterError, match="orthogonal_array_100: would have 4194304 columns of 100 numbers"):
        construct("orthogonal_array_100")
