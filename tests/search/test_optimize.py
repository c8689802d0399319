"""The search reaches the values that it should, is repeatable, and keeps to its budget."""

from __future__ import annotations

import time

import numpy as np
import pytest

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.outcome import evaluate_lower
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.search.objective import improvement_of
from boundcalc.search.optimize import Progress, default_starts, evaluations, optimize


@pytest.mark.parametrize(
    ("d", "n", "p", "law", "least"),
    [
        (2, 4, "1e-6", "rademacher", 3.1999),
        (3, 6, "1e-6", "rademacher", 5.7691),
        (3, 11, "1e-6", "rademacher", 6.9996),
        (3, 11, "0.03", "rademacher", 4.2159),
        (4, 12, "1e-6", "rademacher", 10.6663),
        (4, 30, "0.03", "rademacher", 6.0890),
        (3, 16, "0.3", "gaussian", 2.4111),
    ],
)
@pytest.mark.parametrize("only_random", [False, True])
def test_values(d, n, p, law, least, only_random):
    assert optimize(Problem(n, d, 3, p, law), starts=60, only_random=only_random).value >= least


def test_larger_values():
    assert optimize(Problem(120, 8, 3, "0.01", "rademacher"), starts=8).value >= 22.149
    cell = Problem(60, 4, 5, "1e-6", "rademacher")  # the 600-cell is a half-design of strength 10
    least = evaluate_lower(BOUNDS["half_design"], cell).value.certified / cell.p
    assert optimize(cell, starts=12).value >= int(least.p) / int(least.q) * (1 - 1e-12)


def test_n_1_and_the_line():
    assert optimize(Problem(1, 1, 3, "0.1", "rademacher"), starts=4).value == pytest.approx(1, rel=1e-12)
    assert optimize(Problem(5, 1, 3, "0.01", "gaussian"), starts=12).value >= 0.6 - 1e-12  # g = 9/15


def test_a_seed_repeats_the_search():
    problem = Problem(9, 3, 3, "0.01", "uniform")
    first, second = (optimize(problem, seed=3, starts=24) for _ in range(2))
    np.testing.assert_array_equal(first.weights, second.weights)
    assert (first.value, first.label, first.starts) == (second.value, second.label, second.starts)


def test_workers_do_not_change_the_result(monkeypatch):
    problem = Problem(12, 4, 3, "0.01", "uniform")
    alone = optimize(problem, seed=1, starts=16)
    monkeypatch.setattr("boundcalc.search.workers.WORTHWHILE", 0.0)
    together = optimize(problem, seed=1, starts=16, workers=2)
    np.testing.assert_array_equal(alone.weights, together.weights)
    assert (alone.value, alone.label) == (together.value, together.label)


def test_budget_and_progress():
    seen: list[Progress] = []
    result = optimize(Problem(6, 3, 3, "0.01", "uniform"), starts=9, progress=seen.append)
    assert [step.started for step in seen] == list(range(1, 10))
    assert result.starts == 9
    best = [step.best.value for step in seen]
    assert best == sorted(best)
    assert next(step.improved for step in seen)
    assert optimize(Problem(6, 3, 3, "0.01", "uniform"), starts=500, seconds=1e-9).starts == 1


def test_enough_is_enough(monkeypatch):
    problem = Problem(6, 3, 3, "1e-6", "rademacher")
    alone = optimize(problem, starts=40, enough=5.769)
    assert alone.starts < 10
    monkeypatch.setattr("boundcalc.search.workers.WORTHWHILE", 0.0)
    together = optimize(problem, starts=40, enough=5.769, workers=2)
    assert (alone.starts, alone.value) == (together.starts, together.value)


def test_an_interrupt_keeps_the_best():
    def stop(step: Progress) -> None:
        if step.started == 5:
            raise KeyboardInterrupt

    result = optimize(Problem(6, 3, 3, "1e-4", "rademacher"), starts=50, progress=stop)
    assert result.interrupted
    assert result.starts == 5
    assert result.value > 5


def test_given_weights_are_never_made_worse():
    problem = Problem(6, 3, 3, "1e-4", "rademacher")
    best = optimize(problem, starts=40)
    again = optimize(problem, starts=1, seed=9, given=best.weights)
    assert again.value >= best.value * (1 - 1e-14)


def test_defaults_by_size():
    small, large = Problem(4, 2, 3, "0.1", "uniform"), Problem(2000, 40, 3, "0.1", "uniform")
    assert default_starts(small) == 160
    assert 6 <= default_starts(large) <= 10
    assert evaluations(large) < evaluations(small)


@pytest.mark.parametrize(
    ("arguments", "parameter"),
    [
        ({"seed": -1}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"seed": True}, "seed"),
        ({"starts": 0}, "starts"),
        ({"starts": 10**9}, "starts"),
        ({"starts": 2.0}, "starts"),
        ({"seconds": 0}, "seconds"),
        ({"seconds": float("nan")}, "seconds"),
    ],
)
def test_bad_budgets(arguments, parameter):
    with pytest.raises(ParameterError) as refused:
        optimize(Problem(4, 2, 3, "0.1", "uniform"), **arguments)
    assert refused.value.parameter == parameter


def test_n_must_be_finite_and_of_a_size():
    for n in ("inf", 10**8):
        with pytest.raises(ParameterError, match="n = "):
            optimize(Problem(n, 2, 3, "0.1", "uniform"), starts=1)


def test_parameters_or_a_problem():
    one = optimize(6, 2, 3, "1e-2", "gaussian", starts=1)
    other = optimize(Problem(6, 2, 3, "1e-2", "gaussian"), starts=1)
    np.testing.assert_array_equal(one.weights, other.weights)
    assert float(one) == pytest.approx(one.value / 100)
    assert len(repr(one)) < 120
    with pytest.raises(ParameterError, match="law = nothing: must be given: a problem is n, d, m, p and law"):
        optimize(6, 2, 3, "1e-2")
    with pytest.raises(ParameterError, match="must be left out"):
        optimize(one.problem, 2)


def test_a_time_limit_ends_a_climb_where_it_is():
    """At n = 4000 one local search takes minutes of processor time; the best so far is kept, and never below the start."""
    problem = Problem(4000, 3, 3, "1e-3", "gaussian")
    weights = np.random.default_rng(1).standard_normal((3, 4000))
    began = time.thread_time()
    found = optimize(problem, starts=1, seconds=0.2, given=weights)
    assert time.thread_time() - began < 5
    assert found.value >= improvement_of(weights, problem) * (1 - 1e-12)


def test_the_earlier_name_of_starts_still_serves():
    values = [optimize(4, 2, 3, "1e-6", "rademacher", **{name: 2}).starts for name in ("starts", "count")]
    assert values == [2, 2]
