"""Starts and moves: repeatable, of the right shape, never zero, and structured where they should be."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc.model.problem import Problem
from boundcalc.search.climb import maximise
from boundcalc.search.moves import MOVES, moved, present
from boundcalc.search.objective import Improvement
from boundcalc.search.starts import fitted, frame_weights, starts


@pytest.mark.parametrize(("n", "d"), [(1, 1), (2, 3), (5, 2), (11, 3), (40, 8), (16, 12)])
def test_starts_are_repeatable_and_well_formed(n, d):
    problem = Problem(n, d, 3, "0.02", "rademacher")
    first, second = list(starts(problem, 30, 7)), list(starts(problem, 30, 7))
    assert len(first) == 30
    for one, other in zip(first, second, strict=True):
        assert one.weights.shape == (d, n)
        assert np.isfinite(one.weights).all()
        assert one.weights.any()
        assert one.label == other.label
        np.testing.assert_array_equal(one.weights, other.weights)
    shorter = list(starts(problem, 30, 8))
    assert any((one.weights != other.weights).any() for one, other in zip(first, shorter, strict=True))


def test_structured_starts():
    problem = Problem(120, 8, 3, "1e-6", "rademacher")
    found = list(starts(problem, 60, 0))
    assert any(start.label == "E8" for start in found)
    assert any(start.path for start in found)
    assert sum("random" in start.label for start in found) >= 40
    assert all(start.label.startswith("random") for start in starts(problem, 60, 0, only_random=True))


def test_frames_are_fitted():
    rng = np.random.default_rng(0)
    E8 = frame_weights("E8")
    assert fitted(E8, 50, 8, rng, spare=False).shape == (8, 50)
    bigger = fitted(frame_weights("icosahedron"), 9, 5, rng, spare=False)
    gram = bigger.T @ bigger
    np.testing.assert_allclose(np.diag(gram), [1] * 8 + [0], atol=1e-12)
    assert np.abs(gram[6:8, :6]).max() < 1e-12
    spare = fitted(frame_weights("icosahedron"), 9, 3, rng, spare=True)
    np.testing.assert_allclose(np.linalg.norm(spare, axis=0)[6:], 0.4)


def test_a_path_leads_through_other_p():
    problem = Problem(9, 3, 3, "0.01", "uniform")
    paths = [start.path for start in starts(problem, 60, 0, only_random=True) if start.path]
    assert any(path[0] is None for path in paths)
    assert any(path[0] is not None and path[0] > problem.p for path in paths)


@pytest.mark.parametrize("name", list(MOVES))
@pytest.mark.parametrize("n", [1, 2, 12])
def test_moves_keep_the_shape_and_leave_the_original(name, n):
    W = np.random.default_rng(1).standard_normal((3, n))
    W[:, n // 2 + 1 :] = 0
    before = W.copy()
    for seed in range(20):
        result = MOVES[name](W, np.random.default_rng(seed))
        assert result.shape == W.shape
        assert np.isfinite(result).all()
        np.testing.assert_array_equal(W, before)


def test_dropping_and_re_adding():
    W = np.random.default_rng(2).standard_normal((3, 8))
    dropped = MOVES["features dropped"](W, np.random.default_rng(0))
    assert len(present(dropped)) < 8
    assert len(present(MOVES["features re-added"](dropped, np.random.default_rng(0)))) > len(present(dropped))
    assert len(present(MOVES["features merged"](W, np.random.default_rng(0)))) == 7


def test_splitting_and_merging_undo_each_other():
    W = np.zeros((2, 3))
    W[:, :2] = np.eye(2)
    split = MOVES["feature split"](W, np.random.default_rng(3))
    assert len(present(split)) == 3
    sums = {tuple(np.round((split[:, i] + split[:, j]) / 2, 12)) for i in range(3) for j in range(i)}
    assert sums & {(1.0, 0.0), (0.0, 1.0)}


def test_moves_are_numbered():
    W = np.random.default_rng(4).standard_normal((3, 8))
    assert {moved(W, 0, index)[0] for index in range(len(MOVES))} == set(MOVES)
    np.testing.assert_array_equal(moved(W, 5, 3)[1], moved(W, 5, 3)[1])
    name, result = moved(np.eye(1), 0, 1)
    assert name
    assert result.any()


def test_moves_help_at_a_bad_optimum():
    # two features on one line in the plane: no local search leaves it, a move does
    problem = Problem(4, 2, 3, "1e-6", "rademacher")
    stuck = np.array([[1.0, 0, 0, 0], [0, 1.0, 0, 0]])
    function = Improvement(problem)
    assert np.exp(maximise(function, stuck, 500)[0]) == pytest.approx(2, rel=1e-5)
    best = max(np.exp(maximise(function, moved(stuck, 0, index)[1], 500)[0]) for index in range(12))
    assert best > 3.19
