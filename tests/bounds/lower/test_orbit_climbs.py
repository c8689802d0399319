"""Climbs: they rise, end on a grid, and what a group found a smaller one improves."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc.bounds.lower.orbit_climbs import WORK, Climb, begun, best, climb, followed, on_grid
from boundcalc.bounds.lower.orbit_search import OrbitPlan, plans
from boundcalc.frames.orbits import Symmetry
from boundcalc.loss.orbits import OrbitImprovement
from boundcalc.model.problem import Problem
from boundcalc.search.objective import Improvement


def test_a_climb_rises_and_ends_on_the_grid():
    problem = Problem("inf", 11, 3, "1e-3", "rademacher")
    whole = Improvement(problem)
    plan = OrbitPlan("orbits", Symmetry(11, (1, 3, 4, 5, 9)), 3)
    objective = OrbitImprovement(plan.symmetry, 3, whole.kappa, whole.p)
    start = plan.start()
    first, same = climb(objective, start, 0)
    assert same is start
    assert first == pytest.approx(np.exp(objective(start)[0]))
    values = [climb(objective, start, evaluations)[0] for evaluations in (5, 20, 60, 200)]
    assert first < values[0] <= values[1] <= values[2] <= values[3]
    value, found = climb(objective, start, 60)
    np.testing.assert_array_equal(on_grid(found), found)
    assert value == pytest.approx(np.exp(objective(found)[0]), rel=1e-4)


def test_a_smaller_group_goes_on_where_the_larger_one_ends():
    whole = Improvement(Problem("inf", 22, 7, "1e-9", "laplace"))
    plan = next(iter(plans(22, 1122, below=True)))
    search = Climb(plan, 7, tuple(whole.kappa), whole.p)
    coarse, found = search.end(begun(search)[1]), followed(search)
    assert found.symmetry == plan.finer.symmetry
    assert found.value > coarse.value > begun(search)[0]
    objective = OrbitImprovement(found.symmetry, 7, whole.kappa, whole.p)
    assert found.value == pytest.approx(np.exp(objective(found.generators.astype(float))[0]))
    assert search.work <= 2 * WORK


def test_neighbours_find_the_same_weights():
    """8,054 features had 1.4% more than 8,055, whose group left more of them out."""
    found = [best(Problem(n, 29, 3, "1e-12", "gaussian"), n, below=True) for n in (8054, 8055)]
    assert found[0] is found[1]
