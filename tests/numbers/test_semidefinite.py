"""Exact rank of semidefinite integer matrices."""

import numpy as np
from flint import fmpq, fmpq_mat, fmpz_mat

from boundcalc.numbers.semidefinite import semidefinite_rank


def test_rank_of_random_gram_matrices():
    rng = np.random.default_rng(11)
    for _ in range(60):
        weights = rng.integers(-3, 4, (int(rng.integers(1, 5)), int(rng.integers(1, 7))))
        assert semidefinite_rank(fmpz_mat((weights.T @ weights).tolist())) == fmpz_mat(weights.tolist()).rank()


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
        assert (semidefinite_rank(fmpz_mat(matrix.astype(int).tolist())) is not None) == (least > 0)
    assert seen == {True, False}


def test_long_entries():
    weights = np.array([[10**30, 1, -(10**29)], [3, 10**31, 7]], dtype=object)
    gram = weights.T @ weights
    assert semidefinite_rank(fmpz_mat(gram.tolist())) == 2
    gram[2, 2] -= 1
    assert semidefinite_rank(fmpz_mat(gram.tolist())) is None


def test_what_is_not_symmetric_or_has_no_rank():
    assert semidefinite_rank(fmpz_mat([[1, 2], [0, 1]])) is None
    assert semidefinite_rank(fmpz_mat([[0, 0], [0, 0]])) == 0
    assert semidefinite_rank(fmpq_mat([[fmpq(1, 2), 0], [0, fmpq(-1, 3)]])) is None
    assert semidefinite_rank(fmpq_mat([[fmpq(1, 2), fmpq(1, 3)], [fmpq(1, 3), fmpq(2, 9)]])) == 1
