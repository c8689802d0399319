"""The call of the solver: small programs with known optima."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc.bounds.frontiers.row_program import solved


def test_a_cone_program_with_a_known_optimum():
    """x + y over x y >= 1 with x = 4 z and z <= 1/8, so that x = 1/2 and y = 2."""
    cost = np.array([1.0, 1.0, 0.0])
    zeros = np.array([[1.0, 0.0, -4.0, 0.0]])
    flat = np.array([[0.0, 0.0, -1.0, 1 / 8], [1.0, 0.0, 0.0, 0.0]])
    cone = np.array([[1.0, 1.0, 0.0, 0.0], [1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 2.0]])
    found = solved(cost, np.concatenate([zeros, flat, cone]), [1, 2, 3])
    assert found == pytest.approx([0.5, 2.0, 1 / 8], rel=1e-6)


def test_no_optimum():
    assert solved(np.array([-1.0]), np.array([[1.0, 0.0]]), [0, 1, 0]) is None  # unbounded
    assert solved(np.array([1.0]), np.array([[1.0, -1.0], [-1.0, 0.0]]), [0, 2, 0]) is None  # infeasible
