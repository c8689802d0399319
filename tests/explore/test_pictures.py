"""What is drawn of weights, against the definition entry by entry."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc.explore.pictures import BINS, MOST_DRAWN, picture


def test_gram_vectors_products_and_capacities():
    W = np.array([[2.0, 0.0, -2.0], [0.0, 1.0, 0.0]])
    found = picture(W)
    assert found["gram"] == [[1, 0, -1], [0, 0.25, 0], [-1, 0, 1]]
    assert found["vectors"] == [[1, 0], [0, 0.5], [-1, 0]]
    assert (found["products"][0], found["products"][-1], sum(found["products"])) == (2, 1, 3)  # |cos| = 0, 0 and 1
    assert (found["capacities"][BINS // 2], found["capacities"][-1]) == (2, 1)  # 16/32 twice, and 1


@pytest.mark.parametrize("shape", [(1, 1), (4, MOST_DRAWN + 1), (3, 4)])
def test_of_any_size(shape):
    found = picture(np.ones(shape))

    assert (found["gram"] is None) == (shape[1] > MOST_DRAWN)
    assert (found["vectors"] is None) == (shape[0] > 3 or shape[1] > MOST_DRAWN)


def test_zero_weights_are_no_division_by_zero():
    assert picture(np.zeros((2, 3)))["gram"] is None
