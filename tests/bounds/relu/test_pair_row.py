"""The charge of a row: its formulas against quadrature and exact expectations."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.relu.pair_row import PairRow, pair_gain, single_gain

U, WEIGHTS = np.polynomial.legendre.leggauss(300)
U, WEIGHTS = (U + 1) / 2, WEIGHTS / 2
FIRST, SECOND = np.meshgrid(U, U, indexing="ij")
PAIRS = np.outer(WEIGHTS, WEIGHTS)


@pytest.mark.parametrize("seed", range(20))
def test_against_quadrature(seed):
    rng = np.random.default_rng(seed)
    n, p = int(rng.integers(2, 9)), rng.uniform(0.02, 0.6)
    odds = (1 - p) / p
    row = PairRow(odds / (n - 1), odds)
    a, A, b = rng.uniform(0.2, 2), rng.uniform(-2, 2), rng.uniform(-1.5, 0.6)
    positive = lambda z: np.maximum(z, 0)  # noqa: E731
    both = (PAIRS * (FIRST - positive(a * FIRST + A * SECOND + b)) ** 2).sum()
    other = odds * (WEIGHTS * positive(A * U + b) ** 2).sum()
    alone = odds * (WEIGHTS * (U - positive(a * U + b)) ** 2).sum() + odds**2 * positive(b) ** 2
    z = (1.0, A / a, b / a)
    charge = row.silent - 2 * a * row.gain(z) + a**2 * row.cost(z)
    assert charge == pytest.approx(both + other + alone / (n - 1), rel=2e-4)


@pytest.mark.parametrize("seed", range(5))
def test_the_slope_by_differences_and_by_eulers_identity(seed):
    rng = np.random.default_rng(seed)
    for row in (PairRow(1.7, 9.0), PairRow(1.7, 9.0, True)):
        z = np.array([rng.uniform(0.2, 2), rng.uniform(-2, 2), rng.uniform(-1, 0.5)])
        slope = np.array(row.slope(tuple(z)))
        for k in range(3):
            step = np.eye(3)[k] * 1e-5
            assert slope[k] == pytest.approx((row.cost(tuple(z + step)) - row.cost(tuple(z - step))) / 2e-5, rel=1e-5, abs=1e-7)
        assert slope @ z == pytest.approx(2 * row.cost(tuple(z)), rel=1e-10)


def test_without_the_own_feature_the_gain_is_half_a_mean():
    for xi, beta in ((fmpq(1), fmpq(-1, 3)), (fmpq(-2), fmpq(1, 2))):
        nearly = pair_gain(fmpq(1, 10**9), xi, beta)
        assert abs(nearly - pair_gain(fmpq(0), xi, beta)) < fmpq(1, 10**8)
    assert single_gain(fmpq(0), fmpq(1, 2)) == fmpq(1, 4)


def test_antipodal_pairs():
    """a = 1, A = −1, b = 0: only the state {i, j} costs, E min(u, v)² = 1/6."""
    row = PairRow(fmpq(99), fmpq(99))
    z = (fmpq(1), fmpq(-1), fmpq(0))
    assert row.silent - 2 * row.gain(z) + row.cost(z) == fmpq(1, 6)
