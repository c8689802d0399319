"""The floor of pairs for features that differ: by all sets of what is revealed, and below trained networks."""

from __future__ import annotations

from itertools import product
from math import prod
from types import SimpleNamespace

import numpy as np
import pytest
from flint import fmpq
from scipy.optimize import minimize

from boundcalc.bounds.relu import pairs
from boundcalc.bounds.relu.pair_floor import pair_floor
from boundcalc.bounds.relu.pairs import floor_of_pairs
from boundcalc.loss.relu.gradient import relu_loss_and_gradient
from boundcalc.loss.relu.loss import relu_loss
from boundcalc.model.features import Features, Group
from boundcalc.model.relu_problem import ReluProblem


def number(value) -> float:
    return int(value.p) / int(value.q)


def of(*groups: Group, d: int = 2):
    return floor_of_pairs(ReluProblem(groups, d))


@pytest.fixture
def known(monkeypatch):
    """In place of tables, which take seconds to prove: F(n′)/n′ = p², n′ = 3."""

    def stand_in(count, d, p, *, one_scale):
        return SimpleNamespace(n=count, part=3, value=count * p**2, table=SimpleNamespace(p=p), one_scale=one_scale)

    monkeypatch.setattr(pairs, "pair_floor", stand_in)


@pytest.mark.slow
def test_equal_features_have_the_proven_floor():
    found, value = of(Group(5, 1, "1/20", "uniform01"))
    assert value.lower == value.upper == pair_floor(5, 2, fmpq(1, 20)).value
    assert found.part == 5
    assert of(Group(5, 3, "1/20", "uniform:0:2"))[1].lower == 12 * value.lower


def test_importances_enter_by_prefixes(known):
    """ω_(k) − ω_(k+1) times k F(n′)/n′ for the prefixes of at least n′ features."""
    groups = (Group(2, 2, "1/20", "uniform01"), Group(2, 1, "1/20", "uniform01"), Group(2, "1/2", "1/20", "uniform01"))
    assert of(*groups)[1].lower == fmpq(1, 400) * (fmpq(1, 2) * 4 + fmpq(1, 2) * 6)


@pytest.mark.parametrize("high", ["1/15", "1/2", "9/10"])
def test_activities_by_all_that_is_revealed(known, high):
    """Two activities: the mean over all sets B of the features that keep the activity p."""
    groups = (Group(3, 2, high, "uniform01"), Group(3, 1, "1/20", "uniform01"))
    found, value = of(*groups, d=3)
    p = found.table.p
    assert p == fmpq(1, 20)
    share = [(1 - number(g.p)) / (1 - number(p)) for g in groups for _ in range(3)]
    expected = 0.0
    for kept in product((0, 1), repeat=6):
        chance = prod(s if k else 1 - s for k, s in zip(kept, share, strict=True))
        for prefix in (3, 6):  # ω_(3) − ω_(4) = 1 and ω_(6) = 1
            size = sum(kept[:prefix])
            expected += chance * size * (size >= found.part)
    assert number(value.lower) == pytest.approx(expected * number(found.value / found.n), rel=1e-9)
    assert number(value.upper) == pytest.approx(number(value.lower), rel=1e-9)


@pytest.mark.slow
def test_scales_that_differ_do_without_the_bound_on_rows():
    """At small activity the quotient of x and x′ is not bounded then, and the floor is that of rows of any scale."""
    groups = (Group(2, 1, "1/1000", "uniform01"), Group(2, "1/4", "1/1000", "uniform01", scale=2))
    found, value = of(*groups)
    assert found.scales is None
    alike = of(Group(4, 1, "1/1000", "uniform01"))
    assert alike[0].scales is not None
    assert 0.8 * number(alike[1].lower) < number(value.lower) < number(alike[1].lower)


def test_rare_features_are_left_out_where_that_is_better(known):
    groups = (Group(8, 1, "1/20", "uniform01"), Group(8, 1, "1/100000", "uniform01"))
    found, value = of(*groups)
    assert found.table.p == fmpq(1, 20)
    assert value.lower == of(Group(8, 1, "1/20", "uniform01"))[1].lower


def test_there_is_none_where_features_fit():
    assert of(Group(2, 1, "1/20", "uniform01")) is None
    assert of(Group(4, 1, "1", "uniform01")) is None
    assert of(Group(3, 2, "1", "uniform01"), Group(3, 1, "1/20", "uniform01"), d=3) is None


@pytest.mark.parametrize("seed", [0, *(pytest.param(k, marks=pytest.mark.slow) for k in range(1, 8))])
def test_no_trained_network_of_features_that_differ_is_below(seed):
    rng = np.random.default_rng(seed)
    n, d = 6, 2
    p = [f"{10 ** rng.uniform(-2.5, -0.7):.3g}" for _ in range(n)]
    law = [Group(1, f"{rng.uniform(0.3, 2):.3g}", each, "uniform01", scale=f"{rng.uniform(0.5, 2):.2g}") for each in p]
    if seed % 2:
        law = [Group(1, g.importance, g.p, "uniform01") for g in law]
    features = Features(tuple(law))

    def objective(z):
        found = relu_loss_and_gradient(z[: n * d].reshape(d, n), bias=z[n * d :], features=features)
        return found.loss, np.concatenate([found.weights.ravel(), found.bias])

    start = np.concatenate([rng.standard_normal(n * d) / d**0.5, rng.uniform(-0.2, 0.1, n)])
    end = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": 60}).x
    loss = relu_loss(end[: n * d].reshape(d, n), bias=end[n * d :], features=features).loss
    found = floor_of_pairs(ReluProblem(features, d))
    assert found is not None
    assert 0 < found[1].upper < loss.lower
