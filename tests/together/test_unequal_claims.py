"""Claims about features that differ: true ones hold, false ones are refuted with code that shows it, and mixed ones are refused."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from fractions import Fraction

import pytest

from boundcalc import check_claim
from boundcalc.bounds.catalog import find
from boundcalc.check.engines import check
from boundcalc.check.exact.case_grid import QUICK
from boundcalc.check.falsify.counterexample_search import Budget
from boundcalc.check.verdict import Outcome
from boundcalc.language.statement import build

TRUE = (
    "C^2 <= D*sum(i: omega[i]*p[i]*mu[2, i])",
    "sum(i: fraction[i]) <= r",
    "K[4, i] = E[y[i]^4] - 3*E[y[i]^2]^2",
)
FALSE = (
    "I <= sum(i: p[i]*mu[2, i])",
    "sum(i: omega[i]*fraction[i]) <= r",
    "C <= sum(i: C[i]/omega[i])",
    "K[4, i] <= kappa[4, i]*Q[4, i]",
)


MUTANTS = (
    ("rank", "lifted", "omega[i]*x[i]^2)", "x[i]^2)"),
    ("rank", "trace", "L[j, j]*omega[j]*p[j]*mu[2, j]) <=", "omega[j]*p[j]*mu[2, j]) <="),
    ("dense", "bessel", "3*kappa[2, j]*K[2, i]", "3*kappa[2, i]*K[2, i]"),
    ("dense", "bessel", "D[i] >= sum", "D[i] >= 3/2*sum"),
    ("dense", "kernel", "omega[i]^2*a[i]^3", "1/2*omega[i]^2*a[i]^3"),
    ("dense", "trace", "theta*r", "theta*r/2"),
    ("direct_sum", "average", "sum(i: omega[i])/n", "sum(i: omega[i])"),
    ("direct_sum", "sum", "2*C[i]", "C[i]"),
    ("orthonormal", "value", "<= p[i]*mu[m + 1, i]^2", "<= p[i]^2*mu[m + 1, i]^2"),
    ("orthonormal", "value", "p[i]*mu[2*m, i]*a[i]", "p[i]*mu[m + 1, i]*a[i]"),
    ("frontier", "frontier", "(1 - u)^2", "(1 - u^2)"),
    ("frontier", "frontier", "6*u/(d*(d + 2))", "9*u/(d*(d + 2))"),
    ("frontier", "matrices", "d*cos2[i, j] - 1", "d*cos2[i, j] - 2"),
    ("very_sparse", "frontier", "6*u/(d*(d + 2))", "9*u/(d*(d + 2))"),
    ("very_sparse", "matrices", "6*cos2", "9*cos2"),
    ("capacity", "quintic", "3*K[2, i]^2", "2*K[2, i]^2"),
)
"""A change of each step's claim that is false."""


@pytest.mark.parametrize(("key", "name", "text", "other"), MUTANTS)
def test_a_changed_step_is_refuted(key, name, text, other):
    step = next(step for step in find(key).unequal.proof if step.key == name)
    assert any(text in claim for claim in step.claim)
    changed = tuple(claim.replace(text, other) for claim in step.claim)
    statement = build(key, name, changed, given=step.given, free=step.free, define=step.define, exponents=(3, 5))
    assert check(statement, grid=QUICK, search=Budget(evaluations=60)).outcome is Outcome.REFUTED


@pytest.mark.parametrize("claim", TRUE)
def test_what_is_true_holds(claim):
    found = check(build("o", "k", (claim,), exponents=(3,)), grid=QUICK, search=Budget(evaluations=60))
    assert found.outcome is Outcome.HOLDS
    assert found.comparisons > 50


@pytest.mark.parametrize("claim", FALSE)
def test_what_is_false_is_refuted_and_the_code_agrees(claim):
    (verdict,) = check_claim(claim).verdicts
    found = verdict.counterexample
    assert found is not None
    assert found.values["features"]
    with redirect_stdout(io.StringIO()) as printed:
        exec(compile(found.snippet, "snippet", "exec"), {})
    left, right = map(float, printed.getvalue().split())
    assert (left, right) == pytest.approx((float(Fraction(found.left)), float(Fraction(found.right))), rel=1e-6)
    assert abs(left - right) > 1e-9 if "=" in claim and "<=" not in claim else left > right


def test_the_counterexample_is_minimal():
    """One feature of importance 2 is enough."""
    values = check_claim(FALSE[1]).verdicts[0].counterexample.values
    assert (values["n"], values["features"][0]["importance"]) == (1, "2")


def test_equal_features_and_others_do_not_mix():
    with pytest.raises(
        ValueError, match=r"p is of equal features, and the claim is about features that differ; did you mean p\[i\]\?"
    ):
        check_claim("I <= p*omega[i]")
