"""The search for ReLU networks: never worse than what is known, certified, repeatable."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.relu.floors import floors
from boundcalc.bounds.relu.witnesses import closed_network
from boundcalc.loss.relu.loss import relu_loss
from boundcalc.model.features import Features, Group
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.errors import ParameterError
from boundcalc.search.network import CLOSED, search_network


def equal(n: int, d: int, p: str, *, bias: bool = True) -> ReluProblem:
    return ReluProblem((Group(n, 1, p, "uniform01"),), d, bias=bias)


def certified(problem: ReluProblem, found) -> fmpq:
    return relu_loss(found.weights, bias=found.bias, features=problem.features).loss


def test_the_pentagon_with_its_bias():
    """Below the hand-made pentagon of the theory, 0.009047840…, and above the floor."""
    problem = equal(5, 2, "1/20")
    found = search_network(problem, starts=3)
    loss = certified(problem, found)
    assert floors(problem)[0].value.upper < loss.lower
    assert loss.upper < fmpq(9047840, 10**9)
    angles = np.sort(np.arctan2(found.weights[1], found.weights[0]))
    assert np.diff(angles) == pytest.approx(2 * np.pi / 5, abs=0.02)


def test_pairs_are_found_where_they_are_optimal():
    problem = equal(4, 2, "1/1000")
    found = search_network(problem, starts=CLOSED + 1)
    assert certified(problem, found).upper < closed_network(problem).loss * fmpq(1001, 1000)


def test_without_bias_the_pentagon_is_nearly_optimal():
    """n = 5, d = 2: floor and search enclose the best loss to np."""
    problem = equal(5, 2, "1/1000", bias=False)
    found = search_network(problem, starts=3)
    assert found.bias is None
    loss, floor = certified(problem, found), floors(problem)[0]
    assert floor.key == "pentagon"
    assert floor.value.upper < loss.lower <= loss.upper < floor.value.lower * fmpq(1012, 1000)


def test_the_same_seed_gives_the_same_network():
    problem = ReluProblem(Features.each([1, "1/2", "1/4"], ["1/5", "1/10", "1/3"], "uniform01", scale=2), 2)
    one, two = (search_network(problem, seed=3, starts=2) for _ in range(2))
    assert (one.weights == two.weights).all()
    assert one.value == two.value
    loss = certified(problem, one)
    assert float(int(loss.lower.p) / int(loss.lower.q)) == pytest.approx(one.value, rel=1e-3)


def test_progress_receives_what_is_better():
    seen = []
    search_network(equal(6, 3, "1/10"), starts=3, progress=seen.append)
    assert [each.value for each in seen] == sorted((each.value for each in seen), reverse=True)
    assert seen


def test_time_ends_the_search():
    assert search_network(equal(6, 3, "1/10"), starts=50, seconds=0.0).starts == 1


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (ReluProblem((Group(4, 1, "1/2", "support:1:1"),), 2), "law = support:1:1: must be uniform on"),
        (equal(4, 2, "1"), "p = 1: must be below 1"),
        (equal(2000, 2, "1/2"), "n = 2000: must be at most"),
        (equal(4, 10**30, "1/2"), "must be at most 1000"),
        (ReluProblem((Group(4, 1, "1/2", "uniform01"),), 2, tied=False), "tied = False"),
    ],
)
def test_what_is_not_covered(problem, message):
    with pytest.raises(ParameterError) as raised:
        search_network(problem)
    assert message in str(raised.value)


def test_starts_are_counted():
    with pytest.raises(ParameterError, match="starts = 0"):
        search_network(equal(4, 2, "1/2"), starts=0)
