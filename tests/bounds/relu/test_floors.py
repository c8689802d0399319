"""Floors of the loss: their parts by hand, and no network below them."""

from __future__ import annotations

from itertools import product
from math import e, pi, prod

import numpy as np
import pytest
from flint import fmpq
from scipy.optimize import minimize

from boundcalc.bounds.relu.decoders import DECODED, given_active
from boundcalc.bounds.relu.floors import floors
from boundcalc.bounds.relu.witnesses import closed_network
from boundcalc.loss.relu.gradient import relu_loss_and_gradient
from boundcalc.loss.relu.loss import relu_loss
from boundcalc.model.features import Features, Group
from boundcalc.model.nonnegative_laws import UniformFromZero
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import precision


def number(value) -> float:
    return int(value.p) / int(value.q)


def of(n: int, d: int, p: str, law: str = "uniform01") -> dict[str, float]:
    return {floor.key: number(floor.value.lower) for floor in floors(ReluProblem((Group(n, 1, p, law),), d), pairs=False)}


def test_equal_dimensions_have_no_floor_and_supports_none():
    assert of(5, 5, "1/2") == {}
    assert of(8, 3, "1/2", "support:1:1") == {}


def test_importances_enter_by_prefixes():
    """Two levels: (ω_1 − ω_2) F(n_1) + ω_2 F(n)."""
    groups = (Group(30, "1/3", "1/4", "uniform01"), Group(10, 2, "1/4", "uniform01"))
    found = {floor.key: number(floor.value.lower) for floor in floors(ReluProblem(groups, 3), pairs=False)}
    expected = (2 - 1 / 3) * of(10, 3, "1/4")["any_decoder"] + of(40, 3, "1/4")["any_decoder"] / 3
    assert found["any_decoder"] == pytest.approx(expected, rel=1e-9)
    kappa = 12 / (2 * pi * e) ** 2 / 16
    assert found["scalar_decoder"] == pytest.approx(kappa * (30 / 3 + 7 * 2), rel=1e-9)


def test_unequal_activities():
    """any_decoder by all sets of active features; scalar_decoder with the least activity."""
    groups = (Group(3, 1, "1/4", "uniform01"), Group(3, 1, "1/8", "uniform01"))
    found = {floor.key: number(floor.value.lower) for floor in floors(ReluProblem(groups, 2), pairs=False)}
    kappa = 12 / (2 * pi * e) ** 2
    assert found["scalar_decoder"] == pytest.approx(kappa / 8 * (3 / 8 + 1 / 4), rel=1e-9)
    expected = 0.0
    with precision(64):
        for active in product((0, 1), repeat=6):
            if sum(active) > 2:
                chance = prod(p if s else 1 - p for s, p in zip(active, [0.25] * 3 + [0.125] * 3, strict=True))
                expected += chance * float(given_active(sum(active), 2, DECODED[UniformFromZero]).mid())
    assert found["any_decoder"] == pytest.approx(expected, rel=1e-9)


def test_scales_enter_as_importances():
    groups = (Group(30, "1/3", "1/4", "uniform01"), Group(10, 2, "1/4", "uniform01"))
    scaled = (Group(30, "1/12", "1/4", "uniform01", scale=2), Group(10, "2/9", "1/4", "uniform:0:3"))
    one, other = ({f.key: f.value for f in floors(ReluProblem(each, 3), pairs=False)} for each in (groups, scaled))
    assert one == other


@pytest.mark.parametrize("seed", [*range(8), *(pytest.param(k, marks=pytest.mark.slow) for k in range(8, 60))])
def test_no_trained_network_is_below(seed):
    """A local minimum of the loss from a random start, and untied ones: still above both floors."""
    rng = np.random.default_rng(seed)
    d = int(rng.integers(1, 4))
    n = int(rng.integers(d + 1, 9))
    p = ["1/50", "1/5", "1/2", "9/10"][seed % 4]
    importance = ["1", "0.8^i"][seed // 4 % 2]
    weights = ["1"] * n if importance == "1" else [fmpq(4, 5) ** k for k in range(n)]
    problem = Features.each(weights, [p] * n, "uniform01")

    def objective(z):
        found = relu_loss_and_gradient(z[: n * d].reshape(d, n), bias=z[n * d :], features=problem)
        return found.loss, np.concatenate([found.weights.ravel(), found.bias])

    start = np.concatenate([rng.standard_normal(n * d) / d**0.5, rng.uniform(-0.2, 0.1, n)])
    end = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": 40}).x
    loss = relu_loss(end[: n * d].reshape(d, n), bias=end[n * d :], features=problem).loss
    for floor in floors(ReluProblem(problem, d), pairs=seed % 8 == 1):
        assert floor.value.upper < loss.lower
        assert floor.value.upper < closed_network(ReluProblem(problem, d)).loss


def test_the_closed_network_is_no_better_than_the_floor_at_any_size():
    for n, d in ((2, 1), (5, 2), (40, 20), (41, 40), (300, 7)):
        for p in ("1e-6", "1/100", "1/3", "1"):
            problem = ReluProblem((Group(n, 1, p, "uniform01"),), d)
            assert floors(problem, pairs=False)[0].value.upper <= closed_network(problem).loss
