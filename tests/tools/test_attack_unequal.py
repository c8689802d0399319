"""The attack on bounds for features that differ: none is below what weights attain, and a bound that is too low is found out."""

from dataclasses import replace

import pytest
from flint import fmpq

from boundcalc.bounds.catalog import find
from boundcalc.numbers.enclosure import Enclosure
from tools.attack_unequal import COVERED, attack, main, problem_of_case


def test_no_bound_is_below_an_attained_improvement():
    found = attack(range(16))
    assert set(found) >= {"trivial", "rank", "very_sparse", "capacity", "frontier"}
    assert not any(near.violated for near in found.values())
    assert max(near.ratio for near in found.values()) > 0.999


@pytest.mark.parametrize("key", ["rank", "capacity", "frontier", "very_sparse"])
def test_a_bound_that_is_too_low_is_violated(key):
    bound = find(key)
    value = bound.unequal.value

    def lowered(problem, choice, digits):
        ends = value(problem, choice, digits)
        return Enclosure(ends.lower * fmpq(3, 5), ends.upper * fmpq(3, 5))

    wrong = replace(bound, of_features=lambda: replace(bound.unequal, value=lowered))
    assert attack(range(12), [wrong])[key].violated


def test_the_cases_are_of_many_kinds():
    problems = [problem_of_case(case) for case in range(40)]
    assert {problem.m for problem in problems} == {3, 5}
    assert len({group.law.name for problem in problems for group in problem.features.groups}) >= 5
    assert any(group.count > 1 for problem in problems for group in problem.features.groups)
    assert len(COVERED) >= 6


def test_the_command(capsys):
    assert main(["2", "3"]) == 0
    assert "2 cases from 3" in capsys.readouterr().out
