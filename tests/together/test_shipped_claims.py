"""The claim files of the package: true proofs hold step by step, false claims fall to cases with at most three features."""

from __future__ import annotations

from importlib.resources import files

import pytest

from boundcalc.check.claim_file import read_claims
from boundcalc.check.engines import check
from boundcalc.check.falsify.counterexample_search import Budget, search
from boundcalc.check.falsify.shrink import minimal
from boundcalc.check.steps import statements
from boundcalc.check.verdict import Outcome
from boundcalc.language.text import write

FOLDER = files("boundcalc.check").joinpath("examples")
TRUE = ("sparsity_power", "uniform", "capacity", "capacity_welch", "frontier")
FALSE = ("false_claims", "false_without_symmetry")


def claims(name):
    return read_claims(str(FOLDER.joinpath(f"{name}.toml")))


def steps(names):
    return [pytest.param(statement, id=f"{name}.{statement.key}") for name in names for statement in claims(name).statements]


def test_every_shipped_file_is_tested():
    assert sorted(entry.name for entry in FOLDER.iterdir()) == sorted(f"{name}.toml" for name in (*TRUE, *FALSE))


@pytest.mark.parametrize("statement", steps(TRUE))
def test_a_step_of_a_true_proof_holds(statement):
    verdict = check(statement, search=Budget(evaluations=40))
    assert verdict.outcome in (Outcome.PROVEN, Outcome.HOLDS)
    assert verdict.cases >= 32  # the grid has 16 matrices
    assert verdict.tightest is None or verdict.tightest <= 1


@pytest.mark.parametrize("statement", steps(FALSE))
def test_a_false_claim_falls(statement):
    found = check(statement)
    if statement.key == "remainder":  # no case of the grid: the law must nearly be normal
        found = search(statement, Budget(evaluations=1500))
    verdict = minimal(statement, found)
    assert verdict.outcome is Outcome.REFUTED
    assert verdict.counterexample.values["n"] <= 3


def test_the_reconstruction_ends_in_the_bound_of_the_catalog():
    ours = claims("sparsity_power").statements[-2]
    (catalog,) = [each for each in statements(["sparsity_power"]) if each.key == "theorem"]
    # the same inequality, K written out
    text = write(ours.relations[0]).replace("K^2", "m^2*4^(m - 2)")
    assert text == write(catalog.relations[0])
    assert "reconstruct" in claims("sparsity_power").title
