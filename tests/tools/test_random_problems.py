"""The random problems depend on seed and number alone, reach what they are for, and a warning or an error is told."""

from __future__ import annotations

import warnings

import pytest
from flint import fmpq

from boundcalc.bounds.lower.witness_table import table
from boundcalc.model.problem import Problem
from tools import random_problems
from tools.monotone import Best, Pair, block, compared
from tools.random_problems import DRAWN, answered, random_problem
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


def test_what_neighbours_are_compared():
    rows = block(0, 0)
    assert rows == block(0, 0) != block(0, 1)
    n, d = rows[0][0].n, rows[0][0].d
    assert [[(problem.n, problem.d) for problem in row] for row in rows] == [
        [(k, e) for k in (n, n + 1, n + 2, float("inf"))] for e in (d, d + 1)
    ]
    sizes = {(entry.m, entry.d, entry.n) for entry in table().values()}
    for number in range(20):
        first = block(0, number, entries=True)[0][0]
        assert (first.m, first.d, first.n + 1) in sizes
    small = [[Problem(n, d, 1, "1/2", "rademacher") for n in (4, 5)] for d in (2, 3)]
    pairs = list(compared(small))
    assert [(pair.small.n, pair.small.d, pair.large.n, pair.large.d) for pair in pairs] == [
        (4, 2, 5, 2), (4, 2, 4, 3), (5, 2, 5, 3), (4, 3, 5, 3)
    ]  # fmt: skip
    assert all((pair.upper, pair.lower, pair.shown) == (0, 0, False) for pair in pairs)


def test_what_falls_is_seen_in_the_digits_that_are_printed():
    problem, keys = Problem(4, 2, 1, "1/2", "rademacher"), ("rank", "orthonormal")
    first = Best(fmpq(2), fmpq(1), keys)
    for fall, seen, shown in ((fmpq(1, 10**5), True, True), (fmpq(1, 10**15), True, False), (fmpq(1, 10**40), False, False)):
        upper = Pair.of(problem, problem, first, Best(2 - fall, fmpq(1), keys))
        lower = Pair.of(problem, problem, Best(fmpq(2), 1 + fall, keys), first)
        assert (upper.upper > 0, upper.lower) == (seen, 0)
        assert (lower.upper, lower.lower > 0) == (0, seen)
        assert upper.shown == lower.shown == shown


def test_what_differs():
    assert differing('{"upper": [{"key": "a", "x": 1}], "lower": []}', '{"upper": [{"key": "a", "x": 2}], "lower": []}') == ["a"]


@pytest.mark.parametrize("kind", ["features", "relu"])
def test_other_kinds_are_answered_too(kind):
    problems = [DRAWN[kind](0, number) for number in range(60)]
    assert problems == [DRAWN[kind](0, number) for number in range(60)]
    activities = [group.p for problem in problems for group in problem.features.groups]
    assert min(activities) < fmpq(1, 10**100)
    assert max(activities) > fmpq(9, 10)
    small = min(problems, key=lambda problem: problem.n)
    assert answered(small).wrong == ""
