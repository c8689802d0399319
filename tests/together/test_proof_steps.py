"""Every proof step that is not cited has a claim or a procedure, and both hold in exact arithmetic."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from oracles.proofs.registry import CHECKS
from oracles.samples import Sample, samples

from boundcalc.check.algebra.symbolic import check_symbolically
from boundcalc.check.exact.case_grid import QUICK
from boundcalc.check.exact.enumeration import check_by_enumeration
from boundcalc.check.procedures import ALGEBRAIC, PROCEDURES
from boundcalc.check.procedures import verdict as procedure_verdict
from boundcalc.check.steps import distinct_steps, owners, statements
from boundcalc.check.verdict import Outcome
from boundcalc.language.claims import Status

for page in sorted((Path(__file__).parents[1] / "oracles" / "proofs").glob("*.py")):
    import_module(f"oracles.proofs.{page.stem}")  # registers its checks

STEPS = distinct_steps()
STATEMENTS = {f"{statement.owner}.{statement.key}": statement for statement in statements(exponents=(3, 5))}


def test_every_step_has_a_claim_or_a_procedure():
    unchecked = {Status.CITED, Status.OPEN}
    missing = [name for name, step in STEPS.items() if step.status not in unchecked and not step.claim and name not in PROCEDURES]
    assert missing == [], "give these steps a claim, or a procedure in boundcalc/check/procedures/"
    assert set(PROCEDURES) <= set(STEPS)


def test_step_keys_are_unique_in_a_proof():
    found = {}
    for owner in owners():
        keys = [step.key for step in owner.proof]
        assert len(keys) == len(set(keys))
        for step in owner.proof:  # a floor and a lemma of one key share steps
            assert found.setdefault(f"{owner.key}.{step.key}", step) is step


@pytest.mark.parametrize("name", STATEMENTS)
def test_claim_holds_in_every_case_of_the_grid(name):
    verdict = check_by_enumeration(STATEMENTS[name], QUICK)
    assert verdict.outcome is Outcome.HOLDS, verdict.counterexample
    assert verdict.comparisons > 0


@pytest.mark.parametrize("name", [name for name, step in STEPS.items() if step.status is Status.PROVEN])
def test_what_is_called_an_identity_is_proven_by_algebra(name):
    proven = check_symbolically(STATEMENTS[name]) if name in STATEMENTS else None
    assert proven is not None or name in ALGEBRAIC, "not proven by algebra: STANDARD or ARGUED, see docs/numbers.md"


@pytest.mark.parametrize("name", sorted(set(PROCEDURES) - {"known_frame.existence"}))  # tests/frames goes through every frame
def test_procedure_holds(name):
    verdict = procedure_verdict(name)
    assert verdict.outcome in (Outcome.HOLDS, Outcome.PROVEN), verdict.note
    assert verdict.comparisons > 0


@pytest.fixture(scope="module")
def cases() -> list[Sample]:
    return samples(seed=20261)


def relation_holds(kind: str, lhs: object, rhs: object) -> bool:
    left, right = np.asarray(lhs, dtype=float), np.asarray(rhs, dtype=float)
    room = 1e-7 * (np.abs(left) + np.abs(right)).max(initial=0) + 1e-12
    match kind:
        case "=":
            return bool((np.abs(left - right) <= room).all())
        case "<=":
            return bool((left <= right + room).all())
    raise AssertionError(kind)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_step_survives_the_samples(name, cases):
    compared = 0
    for sample in cases:
        for kind, lhs, rhs in CHECKS[name](sample):
            compared += 1
            assert relation_holds(kind, lhs, rhs), (name, sample.problem, sample.W.tolist(), kind, lhs, rhs)
    assert compared > 0, "no admissible case was found"
