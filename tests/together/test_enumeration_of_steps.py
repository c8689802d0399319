"""The enumeration: the catalog's steps hold, false ones fall with small counterexamples, hypotheses mean what they say."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from flint import fmpq

from boundcalc.check.exact.case_grid import MATRICES, QUICK, SKEWED, STANDARD, SYMMETRIC, CaseGrid, enumerate_cases, matrix
from boundcalc.check.exact.enumeration import check_by_enumeration, compile_statement
from boundcalc.check.steps import statements
from boundcalc.check.verdict import Engine, Outcome
from boundcalc.language.grammar import StatementError
from boundcalc.language.statement import build

TINY = CaseGrid(matrices=(matrix("1 2 0; 0 1 0"),), probabilities=(fmpq(1, 3),), symmetric=SYMMETRIC[:1], exponents=(3,))


def run(*claim: str, grid: CaseGrid = STANDARD, **options: object):
    return check_by_enumeration(build("test", "step", claim, **options), grid)  # type: ignore[arg-type]


@pytest.mark.parametrize("step", statements(None, (3, 5)), ids=lambda step: f"{step.owner}.{step.key}")
def test_every_step_of_the_catalog_holds(step):
    verdict = check_by_enumeration(step, QUICK)
    assert verdict.outcome is Outcome.HOLDS, verdict.counterexample
    assert verdict.engine is Engine.ENUMERATION
    assert verdict.cases > 0
    assert verdict.comparisons >= verdict.cases
    if verdict.tightest is not None:
        assert 0 <= verdict.tightest <= 1
        assert sum(verdict.slack) <= verdict.comparisons


def test_the_expansion_is_compared_in_every_state():
    verdict = run("xhat[i] = sum(k in 0..m: binom(m, k)*(a[i]*x[i])^k*Z[i]^(m - k))", exponents=(3,))
    points = {name: len(support) for name, support in SYMMETRIC}
    columns = [len(weights[0]) for weights in MATRICES]
    # every state for 0 < p < 1, those with all features active for p = 1, the one without any for p = 0
    states = ((n, (2 * (size + 1) ** n + size**n + 1)) for n, size in product(columns, points.values()))
    assert verdict.comparisons == sum(n * count for n, count in states)
    assert verdict.outcome is Outcome.HOLDS


FALSE = {
    "no interference": (("C <= p*mu[m+1]*S",), {}),
    "no mixed terms": (("D = p*mu[2*m]*T",), {}),
    "without symmetry": (("E[Z[i]^(2*m)] <= D[i]",), {"symmetric": False}),
    "half the capacity": (("sum(i: t[i]) <= r/2",), {}),
    "strict": (("a[i]^2 < l[i]*q[i]",), {"given": ("a[i] > 0",)}),
    "reversed": (("S^2 >= tau[m]*T",), {}),
    "power moved": (("D[i] >= (p*mu[2]*q[i])^(m-1)",), {}),
    "roots": (("sum(i, j: q[i]*A[i, j]^2) <= sum(i, j: sqrt(q[i]*q[j])*A[i, j]^2)",), {}),
    "states": (("sum(i: x[i]*xhat[i]) >= 0",), {}),
}


@pytest.mark.parametrize("name", FALSE)
def test_false_statements_are_refuted_with_few_features(name):
    claim, options = FALSE[name]
    verdict = run(*claim, **options)
    assert verdict.outcome is Outcome.REFUTED
    found = verdict.counterexample
    assert found is not None
    assert found.values["n"] <= 3
    assert found.snippet


def test_the_same_without_symmetry_holds_with_it():
    assert run("E[Z[i]^(2*m)] <= D[i]").outcome is Outcome.HOLDS


def test_a_counterexample_is_right_by_hand():
    """W = (1, -2), p = 1/100, u = ±1, m = 3: C and p mu_4 S from the states, by plain fractions."""
    found = run("C <= p*mu[m+1]*S").counterexample
    assert found is not None
    assert found.values == {"n": 2, "d": 1, "m": 3, "p": "1/100", "law": "rademacher", "W": [["1", "-2"]]}
    p, gram = Fraction(1, 100), [[1, -2], [-2, 4]]
    correlation = Fraction(0)
    for x in product((-1, 0, 1), repeat=2):
        chance = Fraction(1)
        for value in x:
            chance *= p / 2 if value else 1 - p
        y = [sum(gram[i][j] * x[j] for j in range(2)) for i in range(2)]
        correlation += chance * sum(value * out**3 for value, out in zip(x, y, strict=True))
    assert Fraction(found.left) == correlation
    assert Fraction(found.right) == p * (1 + 4**3)
    assert found.relation == "C <= p*mu[m + 1]*S"


def test_a_state_and_indices_are_part_of_the_counterexample():
    found = run("x[i]^2 <= 1", given=("active >= 2",)).counterexample
    assert found is not None
    assert sum(found.values["state"]["s"]) >= 2
    assert abs(Fraction(found.values["state"]["x"][found.values["indices"]["i"] - 1])) > 1


def test_free_variables_take_their_ends_and_all_integers():
    verdict = run("z >= 0", grid=TINY, free=(("z", "0..1 real"),))
    assert verdict.comparisons == STANDARD.reals
    assert run("k <= m", grid=TINY, free=(("k", "1..m step 2"),)).comparisons == 2
    assert run("u <= v", grid=TINY, free=(("v", "0..1 real"), ("u", "0..v real"))).outcome is Outcome.HOLDS
    found = run("z < 1", grid=TINY, free=(("z", "0..1 real"),)).counterexample
    assert found is not None
    assert found.values["variables"] == {"z": "1"}
    irrational = run("z^2 <= 2", grid=TINY, free=(("z", "0..sqrt(2) real"),))
    assert irrational.outcome is Outcome.HOLDS
    assert irrational.comparisons >= 3
    assert run("z <= 0", grid=TINY, free=(("z", "1..0 real"),)).outcome is Outcome.NO_CASE


def test_conditions():
    # one of the case must hold for all features: here the last column is zero
    assert run("a[i] >= 0", grid=TINY, given=("a[i] > 0",)).outcome is Outcome.NO_CASE
    # one of indices alone chooses them
    assert run("a[i] >= a[j]", grid=TINY, given=("i != j",)).outcome is Outcome.REFUTED
    assert run("a[i] >= 0*a[j]", grid=TINY, given=("i != j",)).comparisons == 6
    # one of free variables chooses their values
    assert run("1/z >= 1", grid=TINY, free=(("z", "0..1 real"),), given=("z > 0",)).comparisons == STANDARD.reals - 1
    # one of the state chooses states
    assert run("active >= 2", grid=TINY, given=("active != 0", "active != 1")).comparisons == 3 * 4 + 8
    assert run("active >= 2", grid=TINY, given=("active > 7",)).outcome is Outcome.NO_CASE


def test_hypotheses_that_nobody_can_satisfy_are_a_failure():
    verdict = run("a[i] >= 0", given=("p > 2",))
    assert verdict.outcome is Outcome.NO_CASE
    assert verdict.outcome.failed
    assert verdict.cases == verdict.comparisons == 0


def test_a_division_by_zero_is_an_error_with_its_part():
    statement = build("test", "step", ("a[i] >= 0", "a[i]^2/q[i] <= l[i]"))
    with pytest.raises(StatementError, match="division by zero") as error:
        check_by_enumeration(statement)
    assert error.value.part is statement.relations[1]
    assert error.value.offset == 6
    assert run("a[i]^2/q[i] <= l[i]", given=("q[i] > 0",)).outcome is Outcome.HOLDS


def test_undecided_is_not_a_pass():
    verdict = run("sqrt(3 + 2*sqrt(2)) + sqrt(3) <= 1 + sqrt(2) + sqrt(3)", grid=TINY)
    assert verdict.outcome is Outcome.UNDECIDED
    assert "not decided" in verdict.note


def test_equality_of_sums_of_roots_is_decided():
    assert run("sum(k in 1..4: sqrt(k)) = 3 + sqrt(2) + sqrt(3)", grid=TINY).outcome is Outcome.HOLDS
    assert run("sqrt(2) + sqrt(3) = sqrt(10)", grid=TINY).outcome is Outcome.REFUTED


def test_the_histogram_and_the_tightest_ratio():
    verdict = run("a[i] <= 10", grid=TINY)  # a = 1, 5, 0
    assert verdict.slack == (1, 1, 0, 0, 0, 1, 0, 0, 0, 0)
    assert verdict.tightest == 0.5
    assert verdict.attained == ""
    attained = run("sum(i: l[i]) <= r", grid=TINY)
    assert (attained.tightest, attained.attained) == (1.0, "attained")
    assert attained.tightest_case["W"] == [["1", "2", "0"], ["0", "1", "0"]]


def test_what_does_not_matter_is_not_varied():
    def cases(claim: str, **options: object) -> int:
        resolved = compile_statement(build("test", "step", (claim,), exponents=(3, 5, 7), **options)).resolved  # type: ignore[arg-type]
        return sum(1 for _ in enumerate_cases(resolved, STANDARD))

    matrices, laws, exponents, probabilities = len(MATRICES), len(SYMMETRIC), 3, len(STANDARD.probabilities)
    assert matrices == 16
    assert cases("a[i]^2 <= q[i]") == matrices
    assert cases("S^2 <= tau[m]*T") == matrices * exponents
    assert cases("g <= mu[2]") == matrices * exponents * laws
    assert cases("C >= 0") == cases("E[y[i]^2] >= 0") == matrices * exponents * laws * probabilities
    assert cases("C^2 >= 0", symmetric=False) == matrices * exponents * (laws + len(SKEWED)) * probabilities
    # through a definition as well
    assert cases("binom(m, 1) = m") == matrices * exponents


def test_the_grid_is_that_of_the_documents():
    assert all(len(weights[0]) <= 4 and len(weights) <= 3 for weights in MATRICES)
    assert set(STANDARD.probabilities) == {fmpq(0), fmpq(1, 100), fmpq(1, 3), fmpq(1)}
    assert [sorted(int(value) for value, _ in support) for _, support in SYMMETRIC] == [[-1, 1], [-3, -1, 1, 3], [-2, 0, 2]]
    assert all(sum(weight for _, weight in support) == 1 for _, support in (*SYMMETRIC, *SKEWED))
    assert any(all(entry == 0 for entry in column) for weights in MATRICES for column in zip(*weights, strict=True))
