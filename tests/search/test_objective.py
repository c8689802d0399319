"""Objectives against the float loss, finite differences and exact values."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from boundcalc.frames.library import construct
from boundcalc.loss.dense import dense_loss_and_gradient
from boundcalc.loss.exact import exact_loss
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.search import objective
from boundcalc.search.objective import Improvement, VerySparse


@pytest.mark.parametrize("law", ["rademacher", "gaussian", "support:-2:1/4,0:1/2,2:1/4"])
@pytest.mark.parametrize("m", [1, 3, 5, 7])
@pytest.mark.parametrize("p", ["1e-9", "0.05", "1"])
def test_value_and_gradient_are_those_of_the_loss(m, p, law):
    W = np.random.default_rng(m).standard_normal((3, 7))
    value, gradient = Improvement(Problem(7, 3, m, p, law))(W)
    loss, by_w = dense_loss_and_gradient(W, m=m, p=p, law=law, best_scale=True)
    assert value == pytest.approx(np.log(loss.improvement_best_scale / float(p)), rel=1e-11, abs=1e-11)
    wanted = by_w / loss.improvement_best_scale
    np.testing.assert_allclose(gradient, wanted, atol=1e-10 * np.abs(wanted).max())


def test_exact_directional_derivative():
    # C²/D on the line W + tE is a rational function of t: exact differences at a tiny rational step
    rng = np.random.default_rng(5)
    W, E = rng.integers(-9, 10, (2, 5)), rng.integers(-9, 10, (2, 5))
    step = fmpq(1, 10**12)

    def along(t: fmpq) -> fmpq:
        rows = [[fmpq(int(w)) + t * int(e) for w, e in zip(*both, strict=True)] for both in zip(W, E, strict=True)]
        return exact_loss(rows, m=5, p="1/30", law="laplace").improvement_best_scale

    slope = (along(step) - along(-step)) / (2 * step) / along(fmpq(0))
    gradient = Improvement(Problem(5, 2, 5, "1/30", "laplace"))(W.astype(float))[1]
    assert float(np.vdot(gradient, E)) == pytest.approx(int(slope.p) / int(slope.q), rel=1e-9)


@pytest.mark.parametrize("m", [1, 3, 5])
def test_the_limit_is_the_limit(m):
    W = np.random.default_rng(2).standard_normal((3, 6))
    value, gradient = VerySparse(m)(W)
    sparse, slope = Improvement(Problem(6, 3, m, "1e-14", "rademacher"))(W)
    assert sparse == pytest.approx(value, abs=1e-9)
    np.testing.assert_allclose(slope, gradient, atol=1e-9)


@pytest.mark.parametrize(("key", "value"), [("E8", 64), ("reznick_11", 7), ("icosahedron", 6 / 1.04), ("24_cell", 32 / 3)])
def test_known_values_of_the_limit(key, value):
    found, gradient = VerySparse(3)(construct(key).to_float())
    assert np.exp(found) == pytest.approx(value, rel=1e-13)
    assert np.abs(gradient).max() < 1e-13


def test_scale_is_forgotten():
    W = np.random.default_rng(3).standard_normal((4, 9))
    for function in (VerySparse(3), Improvement(Problem(9, 4, 3, "0.02", "uniform"))):
        assert function(3 * W)[0] == pytest.approx(function(W)[0], rel=1e-13)
        assert abs(float(np.vdot(function(W)[1], W))) < 1e-13


def test_best_scale():
    W = np.random.default_rng(4).standard_normal((3, 5))
    scaled = Improvement(Problem(5, 3, 3, "0.1", "gaussian")).at_best_scale(W)
    loss = exact_loss(scaled, m=3, p="0.1", law="gaussian")
    assert float((loss.C / loss.D).p) / float((loss.C / loss.D).q) == pytest.approx(1, rel=1e-12)


def test_large_sizes_go_in_blocks(monkeypatch):
    W, function = np.random.default_rng(6).standard_normal((3, 20)), Improvement(Problem(20, 3, 3, "0.01", "uniform"))
    whole = function(W)
    monkeypatch.setattr(objective, "WHOLE", 10)
    value, gradient = function(W)
    assert value == pytest.approx(whole[0], rel=1e-13)
    np.testing.assert_allclose(gradient, whole[1], atol=1e-12)


def test_what_float64_cannot_hold_is_refused():
    with pytest.raises(ParameterError, match="p = "):
        Improvement(Problem(5, 3, 3, "1e-300", "uniform"))


@pytest.mark.parametrize(("c", "d"), [(1.0, 0.0), (1.0, -1e-17), (-1e-17, 1.0), (np.nan, 1.0)])
def test_where_rounding_leaves_nothing(monkeypatch, c, d):
    """As for m = 9, p = 0.3 and one dimension, where the search met D < 0."""
    W = np.ones((1, 3))
    monkeypatch.setattr(objective, "best_scale_terms", lambda *given: (c, d, [], np.zeros(3)))
    value, gradient = Improvement(Problem(3, 1, 9, "0.3", "support:-1:1/4,0:1/2,1:1/4"))(W)
    assert value == -np.inf
    assert not gradient.any()


def test_no_weights_at_all():
    value, gradient = Improvement(Problem(5, 2, 3, "0.01", "rademacher"))(np.zeros((2, 5)))
    assert value == -np.inf
    assert not gradient.any()
