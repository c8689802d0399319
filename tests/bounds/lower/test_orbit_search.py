"""Chirps as unbiased bases of C^q, and the climb."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc.bounds.lower.orbit_search import OrbitPlan, chirps, climb, is_prime, on_grid
from boundcalc.frames.orbits import Symmetry
from boundcalc.loss.orbits import OrbitImprovement
from boundcalc.model.problem import Problem
from boundcalc.search.objective import Improvement


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


def test_a_climb_rises_and_ends_on_the_grid():
    problem = Problem("inf", 11, 3, "1e-3", "rademacher")
    whole = Improvement(problem)
    plan = OrbitPlan("orbits", Symmetry(11, (1, 3, 4, 5, 9)), 3)
    objective = OrbitImprovement(plan.symmetry, 3, whole.kappa, whole.p)
    start = plan.start()
    first, same = climb(objective, start, 0)
    assert same is start
    assert first == pytest.approx(np.exp(objective(start)[0]))
    values = [climb(objective, start, evaluations)[0] for evaluations in (5, 20, 60, 200)]
    assert first < values[0] <= values[1] <= values[2] <= values[3]
    value, found = climb(objective, start, 60)
    np.testing.assert_array_equal(on_grid(found), found)
    assert value == pytest.approx(np.exp(objective(found)[0]), rel=1e-4)


def test_primes():
    assert [q for q in range(20) if is_prime(q)] == [2, 3, 5, 7, 11, 13, 17, 19]
