"""The three engines in turn, over one statement and over many."""

from __future__ import annotations

import pytest

from boundcalc.check import engines as module
from boundcalc.check.engines import check
from boundcalc.check.exact.case_grid import QUICK
from boundcalc.check.suite import Task, run
from boundcalc.check.verdict import Engine, Outcome, Verdict
from boundcalc.language.grammar import StatementError
from boundcalc.language.statement import build


def step(*claim: str, **options: object):
    return build("test", "step", claim, latex="x", **options)  # type: ignore[arg-type]


def test_algebra_speaks_first_and_the_cases_are_counted():
    verdict = check(step("(2*C[i] - D[i])*D[i] <= C[i]^2"), grid=QUICK)
    assert (verdict.outcome, verdict.engine) == (Outcome.PROVEN, Engine.SYMBOLIC)
    assert verdict.cases > 0
    assert verdict.tightest == 1
    assert "nonnegative" in verdict.note


def test_enumeration_speaks_where_algebra_is_silent():
    verdict = check(step("a[i]^2 <= l[i]*q[i]"), grid=QUICK)
    assert (verdict.outcome, verdict.engine) == (Outcome.HOLDS, Engine.ENUMERATION)
    assert verdict.owner == "test"
    assert verdict.statement == "x"


def test_a_proof_about_no_case_is_a_failure():
    verdict = check(step("a[i] >= 0", given=("p > 2",)), grid=QUICK)
    assert verdict.outcome is Outcome.NO_CASE
    assert "proves it, but nothing" in verdict.note


def test_an_enumerated_counterexample_is_believed_over_a_proof(monkeypatch):
    false = step("sum(i: t[i]) <= r/2")
    wrong = Verdict("test", "step", Outcome.PROVEN, Engine.SYMBOLIC, "")
    monkeypatch.setattr(module, "PROVERS", (lambda statement: wrong,))
    assert check(false, grid=QUICK).outcome is Outcome.REFUTED


@pytest.mark.parametrize(
    ("found", "outcome", "engine", "tightest"),
    [
        (
            Verdict("test", "step", Outcome.HOLDS, Engine.SEARCH, "", 7, 9, 0.999999, attained="approached"),
            Outcome.HOLDS,
            Engine.SEARCH,
            0.999999,
        ),
        (Verdict("test", "step", Outcome.HOLDS, Engine.SEARCH, "", 7, 9, 0.1), Outcome.HOLDS, Engine.ENUMERATION, None),
        (Verdict("test", "step", Outcome.REFUTED, Engine.SEARCH, "", 7, 9, 1.5), Outcome.REFUTED, Engine.SEARCH, 1.5),
    ],
)
def test_search_speaks_last(monkeypatch, found, outcome, engine, tightest):
    from boundcalc.check.falsify import counterexample_search as search

    statement = step("D[i] >= (p*mu[2]*q[i])^m", given=("p <= 1/3",))
    alone = check(statement, grid=QUICK)
    monkeypatch.setattr(search, "search", lambda statement, budget: found)
    verdict = check(statement, grid=QUICK, search=search.Budget(evaluations=1))
    assert (verdict.outcome, verdict.engine) == (outcome, engine)
    assert verdict.tightest == (alone.tightest if tightest is None else tightest)
    if outcome is Outcome.HOLDS:
        assert verdict.comparisons == alone.comparisons + 9


def test_search_is_not_asked_about_what_is_settled(monkeypatch):
    from boundcalc.check.falsify import counterexample_search as search

    def never(statement, budget):
        raise AssertionError("asked")

    monkeypatch.setattr(search, "search", never)
    budget = search.Budget(evaluations=1)
    assert check(step("I*D <= C^2"), grid=QUICK, search=budget).outcome is Outcome.PROVEN
    assert check(step("sum(i: t[i]) <= r/2"), grid=QUICK, search=budget).outcome is Outcome.REFUTED


def task(claim):
    statement = step(claim)
    return Task(statement.owner, statement.key, statement)


TASKS = [task("S^2 <= tau[m]*T"), task("D = p*mu[2*m]*T"), task("I*D <= C^2"), task("sum(i: l[i]) = rank")]


def test_verdicts_do_not_depend_on_the_number_of_processes():
    alone = run(TASKS)
    assert [verdict.outcome for verdict in alone] == [Outcome.HOLDS, Outcome.REFUTED, Outcome.PROVEN, Outcome.HOLDS]
    assert run(TASKS, workers=2) == alone


@pytest.mark.parametrize("workers", [1, 2])
def test_a_mistake_in_one_of_many_is_an_error(workers):
    with pytest.raises(StatementError, match="unknown name 'nobody'") as error:
        run([*TASKS, task("nobody <= 1")], workers=workers)
    assert error.value.offset == 0
