"""Exact rank of semidefinite integer matrices."""

import numpy as np
from flint import fmpz_mat

from boundcalc.loss.gram import semidefinite_rank


def test_rank_of_random_gram_matrices():
    rng = np.random.default_rng(11)
    for _ in range(60):
        weights = rng.integers(-3, 4, (int(rng.integers(1, 5)), int(rng.integers(1, 7))))
        assert semidefinite_rank(weights.T @ weights) == fmpz_mat(weights.tolist()).rank()


def test_agrees_with_eigenvalues_on_symmetric_matrices():
    rng = np.random.default_rng(12)
    seen = set()
    for _ in range(300):
        half = rng.integers(-2, 3, (3, 3))
        matrix = half + half.T + int(rng.integers(0, 5)) * np.eye(3, dtype=int)
        least = np.linalg.eigvalsh(matrix.astype(float)).min()
        if abs(least) < 1e-9:
            continue  # floating point cannot tell the sign
        seen.add(least > 0)
        assert (semidefinite_rank(matrix) is not None) == (least > 0)
    assert seen == {True, False}


def test_long_entries():
    weights = np.array([[10**30, 1, -(10**29)], [3, 10**31, 7]], dtype=object)
    gram = weights.T @ weights
    assert semidefinite_rank(gram) == 2
    gram[2, 2] -= 1
    assert semidefinite_rank(gram) is None
