"""Procedures fail where they should: a wrong formula, a wrong identity."""

from __future__ import annotations

import pytest
from flint import fmpq

from boundcalc.check.procedures import ALGEBRAIC, PROCEDURES, verdict
from boundcalc.check.verdict import Engine, Outcome


def lowered(name):
    """The comparisons of a procedure with the side that must be the larger one lowered by 1%, or for an equality changed by it."""
    for sign, left, right in PROCEDURES[name]():
        if sign == ">=":
            yield sign, left - abs(left) / 100, right
        else:
            yield sign, left, right - abs(right) / 100


SLACK = {
    "linear_program.constant",
    "frontier.energy",
    "row.monotone",
    "linear_program.certificate",
    "direct_sum.sum",
    "orthonormal.value",
    "gaussian_scalar_decoder.row",
    "uniform_scalar_decoder.row",
    "scalar_decoder.informed",
    "entropy_power.sum",
    "entropy_power.normal",
    "entropy_power.variance",
    "any_decoder.rotation",
    "any_decoder.error",
    "any_decoder.kernel",
    "pairs.cells",
    "pairs.differ",
    "pentagon.one",
    "one_active.kernel",
    "polygon.kernel",
    "polygon.certificate",
}
"""Inequalities that are not attained on these matrices (neither x^m nor a ReLU is the best decoder), and identities 0 = 0."""


@pytest.mark.parametrize("name", sorted(set(PROCEDURES) - {"known_frame.existence"} - SLACK))
def test_a_change_of_one_percent_is_noticed(name, monkeypatch):
    comparisons = list(lowered(name))
    monkeypatch.setitem(PROCEDURES, name, lambda: iter(comparisons))
    assert verdict(name).outcome is Outcome.REFUTED


@pytest.mark.parametrize(
    ("comparisons", "outcome", "tightest"),
    [
        ([("=", fmpq(1, 3), fmpq(1, 3))], Outcome.HOLDS, None),
        ([("<=", fmpq(1), fmpq(2)), (">=", fmpq(4), fmpq(3))], Outcome.HOLDS, 0.75),
        ([("<=", fmpq(2), fmpq(1))], Outcome.REFUTED, None),
        ([(">=", fmpq(-1), fmpq(0))], Outcome.REFUTED, None),
        ([("=", fmpq(1), fmpq(2))], Outcome.REFUTED, None),
    ],
)
def test_verdict(comparisons, outcome, tightest, monkeypatch):
    monkeypatch.setitem(PROCEDURES, "search.value", lambda: iter(comparisons))
    found = verdict("search.value")
    assert found.outcome is outcome
    assert found.tightest == tightest
    assert found.engine is Engine.ENUMERATION
    assert found.comparisons == len(comparisons)


def test_identities_are_proven_by_algebra():
    for name in ALGEBRAIC:
        found = verdict(name)
        assert found.outcome is Outcome.PROVEN
        assert found.engine is Engine.SYMBOLIC


def test_a_step_without_a_procedure():
    with pytest.raises(KeyError):
        verdict("welch.count")
