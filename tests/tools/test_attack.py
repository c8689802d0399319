"""The attack: near bounds are found, a bound that is too low is caught, and nothing is called a violation without proof."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.catalog import UPPER
from boundcalc.loss.exact import exact_loss
from boundcalc.model.problem import INFINITY, Problem
from boundcalc.numbers.errors import ParameterError
from tools import attack as module
from tools.attack import Attack, attack, certified, merged, table


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Few columns and short climbs: enough to come near, and quick."""
    monkeypatch.setattr(module, "LARGEST_N", 12)
    monkeypatch.setattr(module, "EVALUATIONS", 100)


KEYS = ["rank", "very_sparse", "equiangular", "capacity", "dense"]


def test_the_same_seed_gives_the_same_cases():
    first, second = (attack(KEYS, seconds=None, turns=10, seed=3) for _ in range(2))
    assert [(each.key, each.ratio, each.problem) for each in first] == [(each.key, each.ratio, each.problem) for each in second]


def test_no_bound_is_violated_and_ratios_are_those_of_the_weights():
    found = attack(KEYS, seconds=None, turns=20, seed=1)
    assert {each.key for each in found} == set(KEYS)
    for each in found:
        decided = certified(each)
        assert not decided.violated
        assert 0 < decided.ratio <= 1
        assert float(decided.ratio.p) / float(decided.ratio.q) == pytest.approx(each.ratio, rel=1e-6)
        problem = each.problem
        assert exact_loss(each.weights, m=problem.m, p=problem.p, law=problem.law, transpose=False).improvement_best_scale > 0
        assert each.weights.shape[0] == problem.d
        assert each.weights.shape[1] <= problem.n


def test_a_sharp_case_is_recognised_as_attained():
    # kappa_4 <= 0: no superposition, the orthonormal basis reaches the bound
    found = Attack("dense", 1.0, Problem(INFINITY, 2, 3, "1/2", "rademacher"), np.eye(2), "orthonormal", superposed=False)
    decided = certified(found)
    assert decided.attained
    assert decided.ratio == 1
    assert not decided.violated
    assert "1 (attained)" in table([decided])


def test_a_bound_that_is_too_low_is_caught(monkeypatch):
    true = next(bound for bound in UPPER if bound.key == "very_sparse")
    low = replace(true, formula=lambda q: true.formula(q) * fmpq(9, 10))
    monkeypatch.setattr(module, "UPPER", (low,))
    cases = [certified(each) for each in attack(["very_sparse"], seconds=None, turns=12, seed=0)]
    worst = max(cases, key=lambda each: each.ratio)
    assert worst.violated
    assert worst.ratio > 1
    assert "**violated**" in table(cases)


def test_runs_are_merged():
    problem = Problem(3, 2, 3, "1/10", "rademacher")
    one = [Attack("rank", 0.5, problem, np.eye(2), "a", superposed=False, cases=3)]
    other = [
        Attack("rank", 0.7, problem, np.eye(2), "b", superposed=False, cases=4),
        Attack("rank", 0.6, problem, np.ones((2, 3)), "c", superposed=True, cases=4),
    ]
    assert [(each.start, each.cases) for each in merged([one, other])] == [("b", 7), ("c", 7)]


@pytest.mark.parametrize(("keys", "options"), [(["ranc"], {}), (["orthonormal"], {}), (["rank"], {"seconds": None})])
def test_bad_input(keys, options):
    with pytest.raises(ParameterError):
        attack(keys, **options)
