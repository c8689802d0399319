"""The floors' theorems: one for each floor, and their claims hold in exact arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc.bounds.relu.floors import floors
from boundcalc.bounds.relu.proofs import FLOOR_PROOFS
from boundcalc.check.exact.case_grid import QUICK
from boundcalc.check.exact.enumeration import check_by_enumeration
from boundcalc.check.verdict import Outcome
from boundcalc.language.claims import Status
from boundcalc.language.statement import build
from boundcalc.model.features import Group
from boundcalc.model.relu_problem import ReluProblem

CLAIMED = [(lemma.key, step.key) for lemma in FLOOR_PROOFS.values() for step in lemma.proof if step.claim]


def test_every_floor_has_its_theorem():
    known = floors(ReluProblem((Group(6, 1, "1/50", "uniform01"),), 2, bias=False))
    known += floors(ReluProblem((Group(9, 1, "1/50", "uniform01"),), 3, bias=False), pairs=False)
    known += floors(ReluProblem((Group(9, 1, "1/50", "uniform01"),), 2, bias=False, m=2))
    assert {floor.key for floor in known} == set(FLOOR_PROOFS)
    assert all(floor.status is FLOOR_PROOFS[floor.key].status for floor in known)
    argued = [(lemma.key, step.key) for lemma in FLOOR_PROOFS.values() for step in lemma.proof if step.status is Status.ARGUED]
    assert argued == [("any_decoder", "kernel")]


@pytest.mark.parametrize(("key", "step"), CLAIMED)
def test_claims_hold_in_every_case_of_the_grid(key, step):
    found = next(each for each in FLOOR_PROOFS[key].proof if each.key == step)
    statement = build(key, step, found.claim, given=found.given, define=found.define)
    verdict = check_by_enumeration(statement, QUICK)
    assert verdict.outcome is Outcome.HOLDS, verdict.counterexample
    assert verdict.comparisons > 0


@pytest.mark.parametrize("seed", range(5))
def test_the_inequality_of_one_active_feature(seed):
    """(Σ a_i)²/Σ a_i a_j (t_ij)_+² is at most (35 + 5√5)/11 for vectors of the plane, whatever their lengths."""
    rng = np.random.default_rng(seed)
    angles, a = rng.uniform(0, 2 * np.pi, 9), rng.uniform(0, 2, 9)
    if seed == 0:
        angles, a = 2 * np.pi * np.arange(5) / 5, np.ones(5)
    plus = np.maximum(np.cos(angles[:, None] - angles), 0) ** 2
    ratio = a.sum() ** 2 / (a @ plus @ a)
    assert ratio <= (35 + 5 * 5**0.5) / 11 + 1e-12
    assert seed or ratio == pytest.approx((35 + 5 * 5**0.5) / 11)
