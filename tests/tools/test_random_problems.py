"""The random problems depend on seed and number alone, reach what they are for, and a warning or an error is told."""

from __future__ import annotations

import warnings

from flint import fmpq

from boundcalc.model.problem import Problem
from tools import random_problems
from tools.monotone import compared, neighbours
from tools.random_problems import answered, random_problem
from tools.same_digits import differing


def test_they_reach_all_that_is_asked_for():
    problems = [random_problem(0, number) for number in range(300)]
    assert problems == [random_problem(0, number) for number in range(300)]
    assert problems != [random_problem(1, number) for number in range(300)]
    assert {problem.m for problem in problems} == {1, 3, 5, 7, 9}
    assert min(problem.p for problem in problems) < fmpq(1, 10**200)
    assert max(problem.p for problem in problems) == 1
    names = {problem.law.name.partition(":")[0] for problem in problems}
    assert names == {"rademacher", "gaussian", "uniform", "laplace", "support", "moments"}


def test_a_warning_is_told(monkeypatch):
    problem = Problem(4, 2, 1, "1/2", "rademacher")
    assert answered(problem).wrong == ""
    monkeypatch.setattr(random_problems, "report", lambda problem: warnings.warn("so it is", stacklevel=1))
    assert "UserWarning: so it is" in answered(problem).wrong


def test_neighbours_and_what_differs():
    small, large = neighbours(0, 0)
    assert (large.n - small.n, large.d - small.d) in ((1, 0), (0, 1))
    rise, fall = Problem(4, 2, 1, "1/2", "rademacher"), Problem(4, 3, 1, "1/2", "rademacher")
    assert (compared(rise, fall).upper, compared(rise, fall).lower) == (0, 0)
    assert compared(fall, rise).upper > 0
    assert differing('{"upper": [{"key": "a", "x": 1}], "lower": []}', '{"upper": [{"key": "a", "x": 2}], "lower": []}') == ["a"]
