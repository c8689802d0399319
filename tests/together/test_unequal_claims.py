"""Claims about features that differ: true ones hold, false ones are refuted with code that shows it, and mixed ones are refused."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from fractions import Fraction

import pytest

from boundcalc import check_claim
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
