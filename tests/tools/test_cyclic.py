"""Weights of cyclic symmetry: the objective on generators against the one on all columns."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc.model.problem import Problem
from boundcalc.search.objective import Improvement
from tools.cyclic import CyclicImprovement, back, orbits


@pytest.mark.parametrize("sign", [1, -1])
def test_orbits_are_images_under_the_shift(sign):
    B = np.random.default_rng(0).standard_normal((5, 2))
    R = np.zeros((5, 5))
    R[range(1, 5), range(4)] = 1
    R[0, 4] = sign
    expected = np.concatenate([np.linalg.matrix_power(R, s) @ B for s in range(5)], axis=1)
    np.testing.assert_array_equal(orbits(B, sign), expected)


@pytest.mark.parametrize("sign", [1, -1])
def test_back_is_the_adjoint(sign):
    rng = np.random.default_rng(1)
    B, Y = rng.standard_normal((6, 3)), rng.standard_normal((6, 18))
    assert np.vdot(orbits(B, sign), Y) == pytest.approx(np.vdot(B, back(Y, 3, sign)), rel=1e-12)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("m", "p", "law"), [(1, "0.2", "gaussian"), (3, "0.01", "rademacher"), (5, "1e-4", "laplace")])
def test_value_and_gradient_are_those_of_all_columns(sign, m, p, law):
    B = np.random.default_rng(2).standard_normal((6, 4))
    value, gradient = CyclicImprovement(Problem("inf", 6, m, p, law), sign)(B)
    whole, slopes = Improvement(Problem(24, 6, m, p, law))(orbits(B, sign))
    assert value == pytest.approx(whole, abs=1e-12)
    np.testing.assert_allclose(gradient, back(slopes, 4, sign), rtol=1e-9, atol=1e-11)
    step = 1e-6 * np.random.default_rng(3).standard_normal(B.shape)
    ahead = CyclicImprovement(Problem("inf", 6, m, p, law), sign)
    assert ahead(B + step)[0] - ahead(B - step)[0] == pytest.approx(2 * np.vdot(gradient, step), rel=1e-5)
