"""Rows with a dominant diagonal, by enumeration of states, for m = 3 to 9; the conditions on the law are needed."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest


def states(p: float, points: tuple[tuple[float, float], ...], n: int) -> tuple[np.ndarray, np.ndarray]:
    """All states of n features and their probabilities; points are |u| and its probability."""
    values = np.array([0.0, *(sign * v for v, _ in points for sign in (1, -1))])
    weights = np.array([1 - p, *(p * w / 2 for _, w in points for _ in (1, -1))])
    where = np.array(list(product(range(len(values)), repeat=n)))
    return values[where], weights[where].prod(1)


ONES = ((1.0, 1.0),)
TWO = ((1.0, 0.75), (2.0, 0.25))
LAWS = [(1 / 3, ONES), (0.5, ONES), (1.0, ONES), (1.0, TWO)]


@pytest.mark.parametrize(("p", "points"), LAWS)
@pytest.mark.parametrize("m", [3, 5, 7, 9])
def test_the_diagonal_has_the_least_ratio(m, p, points):
    """E x_j y^m/alpha_j is least for the largest |alpha_j|."""
    rng = np.random.default_rng(m)
    x, chance = states(p, points, 4)
    closest = np.inf
    for k in range(60):
        row = (0.05 + rng.random(4) ** rng.choice([0.3, 1, 4])) * rng.choice([-1, 1], size=4)
        if k == 0:
            row[:2] = 1.0  # equality
        ratios = (chance[:, None] * x * (x @ row)[:, None] ** m).sum(0) / row
        largest = np.abs(row).argmax()
        assert ratios.min() >= ratios[largest] * (1 - 1e-9)
        assert ratios[largest] > 0
        closest = min(closest, np.sort(ratios)[1] / ratios[largest] - 1)
    assert closest < 1e-9


@pytest.mark.parametrize("m", [3, 5, 7])
def test_below_a_third_a_row_of_many_equal_entries_breaks_it(m):
    """kappa_4 > 0: with the rest spread, the largest entry has the largest ratio."""
    x, chance = states(0.2, ONES, 6)
    row = np.array([1.0, *[0.7] * 5])
    ratios = (chance[:, None] * x * (x @ row)[:, None] ** m).sum(0) / row
    assert ratios[0] > ratios[1]


@pytest.mark.parametrize(("p", "points"), LAWS)
@pytest.mark.parametrize("m", [3, 5, 7])
def test_equal_norms_gain_at_most_r_p_mu_2(m, p, points):
    rng, best = np.random.default_rng(10 * m), 0.0
    x, chance = states(p, points, 5)
    moment = lambda k: (chance * x[:, 0] ** k).sum()  # noqa: E731
    for k in range(40):
        d = int(rng.integers(1, 4)) if k % 4 else 5
        W = rng.normal(size=(d, 5)) if k % 4 else np.eye(5) + 0.002 * rng.normal(size=(5, 5))
        W /= np.linalg.norm(W, axis=0)
        A = W.T @ W
        y = x @ A
        C, D = (chance @ (x * y**m)).sum(), (chance @ y ** (2 * m)).sum()
        best = max(best, C**2 / D / (d * moment(2)))
    assert best <= 1
    assert best > 0.98 * moment(m + 1) ** 2 / (moment(2) * moment(2 * m))  # nearly orthonormal columns
