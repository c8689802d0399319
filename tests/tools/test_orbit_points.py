"""The longer search at given problems: its function against the one of the package, its groups, and what it finds."""

from __future__ import annotations

import numpy as np
import pytest

import tools.orbit_points
from boundcalc.bounds.lower import random_chirps
from boundcalc.bounds.lower.orbit_search import OrbitPlan
from boundcalc.bounds.outcome import evaluate_lower
from boundcalc.frames.orbits import Symmetry
from boundcalc.loss.exact import exact_loss
from boundcalc.loss.orbits import OrbitImprovement
from boundcalc.model.problem import Problem
from boundcalc.search.objective import Improvement
from tools.orbit_points import BlockedImprovement, cubic_starts, hunted, start_of, starts, symmetries

GROUPS = [
    Symmetry(11, (1, 3, 4, 5, 9)),
    Symmetry(4, sign=-1, copies=2),
    Symmetry(7, (1, 6), copies=2, zero_sum=1, fixed=2),
]


@pytest.mark.parametrize("m", [3, 5])
@pytest.mark.parametrize("symmetry", GROUPS, ids=lambda group: f"{group.size}x{group.copies}")
def test_blocks_of_the_group_give_the_same_function(symmetry, m, monkeypatch):
    monkeypatch.setattr(tools.orbit_points, "BLOCK", 100)  # several blocks, and a last one that is shorter
    whole = Improvement(Problem("inf", symmetry.d, m, "1e-3", "gaussian"))
    generators = OrbitPlan("orbits", symmetry, 4).start()
    value, gradient = OrbitImprovement(symmetry, m, whole.kappa, whole.p)(generators)
    found, slope = BlockedImprovement(symmetry, m, whole.kappa, whole.p)(generators)
    assert found == pytest.approx(value, abs=1e-5)
    np.testing.assert_allclose(slope, gradient, atol=1e-4 * np.abs(gradient).max())


@pytest.mark.parametrize("d", [5, 12, 23])
def test_groups_and_starts_are_in_the_dimension(d):
    for symmetry in symmetries(d):
        assert symmetry.d == d
        if symmetry.order < 40:  # every row is a row of the generators
            W = symmetry.images(np.arange(symmetry.coordinates)[:, None] ** 2.0)
            rows = np.sort(np.abs(W.T @ W), axis=1)
            np.testing.assert_allclose(rows, np.broadcast_to(rows[0], rows.shape))
    for problem in (Problem("inf", d, 3, "1e-3", "rademacher"), Problem(40, d, 3, "1e-6", "rademacher")):
        plans = starts(problem, (0.9, 1.0), 60)
        assert plans
        assert all(plan.n <= problem.n and plan.symmetry.d == d for plan in plans)


@pytest.mark.parametrize(("n", "d", "p"), [("inf", 23, "1e-4"), ("inf", 22, "1e-5"), (900, 26, "1e-6")])
def test_cubic_starts_are_chirps_and_i_times_them(n, d, p):
    problem = Problem(n, d, 3, p, "rademacher")
    plans = cubic_starts(problem, (1.0,))
    assert plans
    for plan in plans:
        assert plan.symmetry.d == d
        assert plan.n <= problem.n
        if plan.symmetry.zero_sum:  # the sums of the coordinates are taken out of these
            continue
        q, generators = plan.symmetry.size, start_of(plan)
        z = generators[:q] + 1j * generators[q : 2 * q]
        np.testing.assert_allclose(np.abs(z), q**-0.5)
        np.testing.assert_allclose(z[:, 1:2], 1j * z[:, 0:1])
        inner = np.abs(generators[: 2 * q, 0] @ plan.symmetry.images(generators)[: 2 * q])
        assert (inner > 1 - 1e-9).sum() == 1  # no image is another one


def test_a_climb_from_cubic_chirps_is_better_than_they_are():
    problem = Problem("inf", 22, 3, "1e-5", "rademacher")
    value, plan, _ = hunted(problem, 2.0, (1.0,), cubic=True)
    assert plan.kind == "cubic"
    chirps = evaluate_lower(random_chirps.BOUND, problem, 12).value.certified / problem.p
    assert value > 1.02 * float(int(chirps.p)) / int(chirps.q)


def test_it_finds_what_is_optimal_in_four_dimensions():
    problem = Problem("inf", 4, 3, "1e-6", "rademacher")
    value, plan, generators = hunted(problem, 2.0)
    assert generators.shape == (plan.symmetry.coordinates, plan.count)
    assert 12.79 < value <= 12.8 * (1 + 1e-4)  # no weights do better than d (d + 2) (d + 4)/15 as p → 0
    whole = plan.symmetry.images(plan.symmetry.rounded(generators))
    loss = exact_loss(whole.tolist(), m=3, p="1e-6", law="rademacher").improvement_best_scale
    assert float(int(loss.p)) / int(loss.q) == pytest.approx(value / 10**6, rel=2e-3)
