"""Chirps as unbiased bases of C^q, and which groups are tried."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc.bounds.lower.orbit_search import chirps, is_prime, plans
from boundcalc.frames.orbits import Symmetry


def complex_columns(W: np.ndarray) -> np.ndarray:
    q = len(W) // 2
    return W[:q] + 1j * W[q:]


@pytest.mark.parametrize("units", [(1,), (1, 3, 9)])
@pytest.mark.parametrize("turn", [True, False])
def test_all_chirps_are_unbiased_bases(units, turn):
    q = 13
    group = Symmetry(q, units, copies=2, turn=turn)
    count = (q - 1) // len(units) * (1 if turn else 2)
    generators = chirps(group, count, np.zeros((2 * q, count)))
    W = group.images(generators)
    assert W.shape == (2 * q, 2 * q * (q - 1))
    # the complex lines, each there as v and i v up to a factor: q − 1 bases with inner products 0 and 1/√q
    Z = complex_columns(W)
    squares = np.abs(Z.conj().T @ Z) ** 2
    values = np.unique(np.round(squares, 10))
    np.testing.assert_allclose(values, [0, 1 / q, 1], atol=1e-9)
    np.testing.assert_array_equal((np.round(squares, 8) == 1).sum(axis=1), 2)
    np.testing.assert_array_equal((np.round(squares, 8) == 0).sum(axis=1), 2 * (q - 1))
    # as real vectors: tight, and over another basis the fourth powers sum to 3/2 in place of 1
    np.testing.assert_allclose(W @ W.T, len(W.T) / (2 * q) * np.eye(2 * q), atol=1e-9)
    kurtosis = ((W.T @ W) ** 4).sum(axis=1).mean()
    assert kurtosis == pytest.approx(1 + 1.5 * (q - 2) / (2 * q), rel=0.02)


def test_the_standard_basis_comes_last():
    group = Symmetry(7, copies=2, turn=True)
    last = chirps(group, 7, np.zeros((14, 7)))[:, -1]
    np.testing.assert_array_equal(last, np.eye(14)[0])


def test_primes():
    assert [q for q in range(20) if is_prime(q)] == [2, 3, 5, 7, 11, 13, 17, 19]


@pytest.mark.parametrize(("d", "n"), [(29, 8054), (95, 5481), (46, 764), (12, 31), (8, 425)])
def test_neighbouring_numbers_of_features_share_their_plans(d, n):
    """A group that left few of n features was not that of n + 1: weights for 8,055 were worse by 1.4%."""
    here, there = list(plans(d, n, below=True)), list(plans(d, n + 1, below=True))
    for plan in here:
        order = plan.symmetry.order
        assert plan in there or (n + 1) % order == 0 or (plan.finer and (n + 1) % plan.finer.symmetry.order == 0)
        assert all(one.n <= n for one in (plan, plan.finer) if one)


def test_a_finer_plan_starts_with_the_same_weights():
    plan = next(iter(plans(29, 8054, below=True)))
    assert plan.finer.n > plan.n
    coarse, group = plan.start(), plan.symmetry
    start = plan.finer.refined(group, coarse)
    kept = coarse.shape[1] * group.order // plan.finer.symmetry.order
    assert start.shape == (29, plan.finer.count)
    ours, theirs = plan.finer.symmetry.images(start[:, :kept]), group.images(coarse)
    np.testing.assert_array_equal(ours[:, np.lexsort(ours)], theirs[:, np.lexsort(theirs)])
    assert np.linalg.norm(start[:, kept:], axis=0) == pytest.approx(np.linalg.norm(coarse, axis=0).mean())
