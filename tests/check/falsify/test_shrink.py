"""Shrinking: the result is a counterexample that no single simplification makes smaller, and its snippet shows it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from flint import fmpq

from boundcalc.check.exact.counterexample import counterexample
from boundcalc.check.exact.enumeration import check_by_enumeration
from boundcalc.check.falsify.confirm import Confirmer
from boundcalc.check.falsify.layout import RADEMACHER, Rational
from boundcalc.check.falsify.shrink import candidates, minimal, read_back, shrink, simpler
from boundcalc.check.verdict import Outcome
from boundcalc.language.names import resolve
from boundcalc.language.statement import build

UGLY = Rational(
    (
        (fmpq(17, 13), fmpq(-5, 7), fmpq(3, 11), fmpq(1)),
        (fmpq(2, 9), fmpq(31, 8), fmpq(-1, 3), fmpq(2)),
        (fmpq(1, 5), fmpq(4, 3), fmpq(7, 2), fmpq(-1, 9)),
    ),
    5,
    fmpq(37, 91),
    ((fmpq(-13, 5), fmpq(1, 7)), (fmpq(-1, 3), fmpq(5, 14)), (fmpq(1, 3), fmpq(5, 14)), (fmpq(13, 5), fmpq(1, 7))),
)


@pytest.mark.parametrize(
    ("text", "n", "d", "m"),
    [("C <= p*mu[m + 1]*S", 2, 1, 3), ("D = p*mu[2*m]*T", 2, 1, 3), ("sum(i: t[i]) <= r/2", 1, 1, 3), ("m = 3", 1, 1, 5)],
)
def test_the_smallest_case_is_reached(text, n, d, m):
    confirmer = Confirmer(resolve(build("o", "k", (text,))))
    case, failure = shrink(confirmer, UGLY)
    assert (case.n, case.d, case.m) == (n, d, m)
    assert case.p == 1
    assert case.points == RADEMACHER
    assert confirmer.failure(case) is not None
    assert failure.left != failure.right
    smaller = [other for other in candidates(case, (3, 5)) if other.size < case.size]
    assert not any(confirmer.failure(other) for other in smaller)


def test_a_case_that_is_no_counterexample():
    with pytest.raises(ValueError, match="not a counterexample"):
        shrink(Confirmer(resolve(build("o", "k", ("C = C",)))), UGLY)


def test_conditions_and_ranges_are_kept():
    statement = build("o", "k", ("theta <= 1/2",), given=("n >= 2", "mu[4] > mu[2]^2"), free=(("theta", "0..p real"),))
    confirmer = Confirmer(resolve(statement))
    start = Rational(UGLY.weights, 3, fmpq(37, 41), UGLY.points, (("theta", fmpq(36, 41)),))
    case, _ = shrink(confirmer, start)
    assert case.n == 2
    assert len(case.points) >= 3
    assert dict(case.free)["theta"] == 1
    assert confirmer.failure(Rational(case.weights, 3, fmpq(1, 2), case.points, case.free)) is None  # theta > p


def test_a_law_that_is_not_symmetric_is_no_case_of_a_symmetric_statement():
    skewed = Rational(((fmpq(1), fmpq(-1)),), 3, fmpq(1), ((fmpq(1), fmpq(1)),))
    claim = ("E[Z[i]^(2*m)] <= D[i]",)
    assert Confirmer(resolve(build("o", "k", claim))).failure(skewed) is None
    assert Confirmer(resolve(build("o", "k", claim, symmetric=False))).failure(skewed) is not None


@pytest.mark.parametrize("value", [fmpq(22, 7), fmpq(-5), fmpq(1, 1000), fmpq(0)])
def test_simpler_numbers_come_with_zero_first(value):
    found = list(simpler(value))
    assert found[0] == 0
    assert all(isinstance(number, fmpq) for number in found)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("C <= p*mu[m + 1]*S", {}),
        ("D = p*mu[2*m]*T", {}),
        ("E[Z[i]^(2*m)] <= D[i]", {"symmetric": False}),
        ("sum(i: a[i]^k) <= S", {"free": (("k", "1..m step 2"),)}),
        ("2*x[i]*xhat[i] - xhat[i]^2 <= x[i]^2/2", {}),
        ("a[i] <= theta*sqrt(q[i])", {"free": (("theta", "0..1 real"),)}),
    ],
)
def test_the_snippet_of_a_minimal_counterexample_prints_its_sides(text, options, tmp_path):
    statement = build("o", "k", (text,), **options)
    verdict = minimal(statement, check_by_enumeration(statement))
    assert verdict.outcome is Outcome.REFUTED
    found = verdict.counterexample
    assert found.values["n"] <= 3
    again = read_back(found.values)
    assert counterexample(resolve(statement), Confirmer(resolve(statement)).failure(again)).values == found.values
    script = tmp_path / "snippet.py"
    script.write_text(found.snippet)
    done = subprocess.run([sys.executable, "-I", str(script)], capture_output=True, text=True, check=True)
    left, right = (float(word) for word in done.stdout.split())
    assert left == pytest.approx(float(fmpq_or_float(found.left)), rel=1e-9, abs=1e-12)
    assert right == pytest.approx(float(fmpq_or_float(found.right)), rel=1e-9, abs=1e-12)


def fmpq_or_float(text: str) -> float:
    top, _, bottom = text.partition("/")
    return float(top) / float(bottom or 1)
