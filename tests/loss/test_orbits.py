"""The loss of orbits from one row each, against all columns."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc.frames.orbits import Symmetry
from boundcalc.loss.integers import read_matrix
from boundcalc.loss.orbits import OrbitImprovement, exact_sums
from boundcalc.loss.power_sums import gram_power_sums
from boundcalc.model.problem import Problem
from boundcalc.search.objective import Improvement

GROUPS = [
    Symmetry(5),
    Symmetry(5, sign=-1),
    Symmetry(7, (1, 2, 4)),
    Symmetry(8, (1, 3, 5, 7), zero_sum=1),
    Symmetry(4, (1, 3), copies=3, zero_sum=1, fixed=2),
    Symmetry(5, (1, 4), copies=2, turn=True),
    Symmetry(7, copies=2, zero_sum=2, turn=True),
]


@pytest.mark.parametrize("group", GROUPS, ids=str)
@pytest.mark.parametrize(("m", "p", "law"), [(1, "0.2", "gaussian"), (3, "0.01", "rademacher"), (5, "1e-4", "laplace")])
def test_value_and_gradient_are_those_of_all_columns(group, m, p, law):
    whole = Improvement(Problem(group.order * 3, group.d, m, p, law))
    orbits = OrbitImprovement(group, m, whole.kappa, whole.p)
    rng = np.random.default_rng(2)
    B = group.projected(rng.standard_normal((group.coordinates, 3)))
    value, gradient = orbits(B)
    assert value == pytest.approx(whole(group.images(B))[0], abs=1e-11)
    step = group.projected(1e-6 * rng.standard_normal(B.shape))
    assert orbits(B + step)[0] - orbits(B - step)[0] == pytest.approx(2 * np.vdot(gradient, step), rel=1e-5, abs=1e-12)


@pytest.mark.parametrize("block", [1, 40, 10**9])
def test_blocks_of_rows_change_no_bit(block, monkeypatch):
    from boundcalc.loss import orbits

    group, rng = GROUPS[3], np.random.default_rng(5)
    B = group.projected(rng.standard_normal((group.coordinates, 7)))
    objective = OrbitImprovement(group, 5, [0.0, 1e-3, 3e-3, 1e-2, 0.1, 1.0], 1e-3)
    value, gradient = objective(B)
    monkeypatch.setattr(orbits, "BLOCK", block)
    again = objective(B)
    assert again[0] == value
    assert np.array_equal(again[1], gradient)


@pytest.mark.parametrize("group", GROUPS, ids=str)
def test_exact_sums_are_those_of_all_rows(group):
    B = group.rounded(group.projected(np.random.default_rng(3).standard_normal((group.coordinates, 2))))
    diagonal, sums = exact_sums(group, B, 5)
    every = gram_power_sums(read_matrix(group.images(B).tolist()).entries, 5)
    assert list(every.diagonal) == diagonal * group.order
    assert [list(row) for row in every.sums] == sums * group.order


def test_large_numbers_stay_whole():
    group = Symmetry(50, (1, 7, 43, 49))
    B = np.random.default_rng(4).integers(-2047, 2048, (50, 1))
    (a,), (row,) = exact_sums(group, B, 5)
    v = [int(x) for x in B[:, 0]]
    inner = [sum(x * v[pow(t, -1, 50) * (k - s) % 50] for k, x in enumerate(v)) for t in group.units for s in range(50)]
    assert (a, row) == (inner[0], [sum(x ** (2 * j) for x in inner) for j in range(1, 6)])


def test_where_rounding_leaves_nothing(monkeypatch):
    from boundcalc.loss import orbits

    monkeypatch.setattr(orbits, "best_scale_terms", lambda *given: (1.0, -1e-17, [], np.zeros(1)))
    group = Symmetry(5)
    generators = np.ones((group.coordinates, 1))
    value, gradient = OrbitImprovement(group, 3, [0.0, 1.0, 1.0, 1.0], 0.3)(generators)
    assert value == -np.inf
    assert not gradient.any()
