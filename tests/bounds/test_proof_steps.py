"""Every proof step that is not cited is attacked or proven; a step without a check fails the suite."""

from __future__ import annotations

import math
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from proofs.foundation import tau
from proofs.registry import CHECKS, PROOFS
from samples import Sample, samples

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.claims import Lemma, Status, Step

for page in sorted((Path(__file__).parent.parent / "proofs").glob("*.py")):
    import_module(f"proofs.{page.stem}")  # registers its checks


def every_step() -> list[tuple[str, Step]]:
    lemmas: dict[str, Lemma] = {lemma.key: lemma for bound in BOUNDS.values() for lemma in bound.lemmas}
    owners = [(bound.key, bound.proof) for bound in BOUNDS.values()] + [(lemma.key, lemma.proof) for lemma in lemmas.values()]
    return [(f"{key}.{s.key}", s) for key, proof in owners for s in proof]


STEPS = every_step()


def test_every_step_has_its_check():
    unchecked = {Status.CITED, Status.OPEN}
    missing = [name for name, s in STEPS if s.status not in unchecked and s not in CHECKS and s not in PROOFS]
    assert missing == []


def test_step_keys_are_unique_in_a_proof():
    names = [name for name, _ in STEPS]
    assert len(names) == len(set(names))


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
        case ">=":
            return bool((left >= right - room).all())
    raise AssertionError(kind)


@pytest.mark.parametrize("name", sorted({name for name, s in STEPS if s in CHECKS}))
def test_step_survives_the_samples(name, cases):
    check = CHECKS[dict(STEPS)[name]]
    compared = 0
    for sample in cases:
        for kind, lhs, rhs in check(sample):
            compared += 1
            assert relation_holds(kind, lhs, rhs), (name, sample.problem, sample.W.tolist(), kind, lhs, rhs)
    assert compared > 0, "no admissible case was found"


@pytest.mark.parametrize("name", sorted({name for name, s in STEPS if s in PROOFS}))
def test_step_is_proven(name):
    PROOFS[dict(STEPS)[name]]()


FALSE_STEPS = {
    "C is the pure part alone": lambda s: [("<=", s.C, s.p * s.mu(s.m + 1) * s.S)],
    "D is the pure part alone": lambda s: [("=", s.D, s.p * s.mu(2 * s.m) * s.T)],
    "Welch with half the constant": lambda s: [("<=", s.S**2, tau(s) * s.T / 2)],
    "capacities sum to r/2": lambda s: [("<=", (s.a**2 / np.where(s.Q(2) > 0, s.Q(2), 1)).sum(), min(s.n, s.d) / 2)],
    "half the rank": lambda s: [("<=", np.trace(s.lifted_projection), min(s.n, math.comb(s.d + s.m - 1, s.m)) / 2)],
    "Jensen reversed": lambda s: [("<=", s.D_rows, (s.p * s.mu(2) * s.Q(2)) ** s.m)],
}


@pytest.mark.parametrize("name", FALSE_STEPS)
def test_a_false_step_is_refuted(name, cases):
    assert any(not relation_holds(*relation) for sample in cases for relation in FALSE_STEPS[name](sample))
