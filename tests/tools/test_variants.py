"""Variants of steps: what is generated, and that the checker refutes the false ones."""

from __future__ import annotations

import pytest

from boundcalc.check.steps import statements
from boundcalc.check.verdict import Engine
from boundcalc.language.grammar import parse_expression, parse_statement
from boundcalc.language.names import resolve
from boundcalc.language.statement import build
from boundcalc.language.text import write
from tools.mutants import Judged, Report, judge, mutation_report, table
from tools.signs import parity_of, sign_of, size_of
from tools.variants import KINDS, Mutant, mutants, single_relations, without_hypotheses

FREE = (("theta", "0..1 real"), ("G", "1..9 real"), ("k", "1..m step 2"))


def relations_of(claim, tightest, kind, given=()):
    (single,) = single_relations(build("test", "k", (claim,), given=given, free=FREE))
    return {write(mutant.statement.relations[0]) for mutant in mutants(single, tightest) if mutant.kind == kind}


@pytest.mark.parametrize(
    ("claim", "tightest", "kind", "expected"),
    [
        ("S^2 <= n*T", 1.0, "constant", {"S^2 <= 99/100*(n*T)"}),
        ("S^2 >= T/n", 1.0, "constant", {"99/100*S^2 >= T/n"}),
        ("S = 2*T", None, "constant", {"S = 101/100*(2*T)", "S = 101/50*T"}),
        ("S^2 <= n*T", 1.0, "reversed", {"S^2 >= n*T"}),
        ("S^2 <= n*T", 1.0, "factor", {"S^2 <= n", "S^2 <= T"}),
        # a factor that is at least 1, on the smaller side, or one at most 1 on the larger: dropping it would weaken
        ("n*T <= S", 1.0, "factor", {"n <= S"}),
        ("T <= theta*S", 1.0, "factor", {"T <= theta"}),
        ("S <= T/n", 1.0, "factor", set()),
        ("S/G <= T", 1.0, "factor", {"S <= T"}),
        ("T <= d^m*S", 1.0, "exponent", {"T <= d^(m - 1)*S"}),
        ("p^2*T <= S", 1.0, "exponent", {"p^1*T <= S"}),
        ("T <= p^2*S", 1.0, "exponent", {"T <= p^3*S"}),
        ("S = sum(i: a[i]^m)", None, "subset", {"S = sum(i if i > 1: a[i]^m)"}),
        ("sum(i: a[i]) <= S", 1.0, "subset", set()),
        ("S <= sum(i, j: A[i, j]^2)", 1.0, "subset", {"S <= sum(i, j if i != j: A[i, j]^2)"}),
        ("C = sum(k in 1..m: mu[k])", None, "subset", {"C = sum(k in 1..m - 1: mu[k])"}),
        # slack is taken out first
        ("S <= T", 0.5, "constant", {"S <= 99/100*(500000001/1000000000*T)"}),
        ("S - T >= 0", 1.0, "reversed", {"S <= T"}),
    ],
)
def test_variants_of_a_relation(claim, tightest, kind, expected):
    assert relations_of(claim, tightest, kind) == expected


def test_variants_of_a_constant_against_zero():
    found = relations_of("sum(i: a[i]*(d*q[i] - 3*a[i])) >= 0", None, "constant")
    assert found == {"sum(i: a[i]*(d*q[i] - 303/100*a[i])) >= 0"}


def test_hypotheses_are_dropped_one_by_one_and_cumulants_together():
    given = ("m = 3", "kappa[4] >= 0", "kappa[6] >= 0", "n > 1")
    statement = build("test", "k", ("S <= D",), given=given, exponents=(3,), reason="by symmetry")
    changes = {mutant.change: mutant.statement for mutant in without_hypotheses(statement)}
    assert set(changes) == {
        "without m = 3",
        "without n > 1",
        "without kappa[4] >= 0, kappa[6] >= 0",
        "for laws that are not symmetric",
    }
    assert changes["without m = 3"].exponents == (5, 7)
    assert len(changes["without kappa[4] >= 0, kappa[6] >= 0"].conditions) == 2
    assert not changes["for laws that are not symmetric"].symmetric


def test_every_variant_of_the_catalog_is_understood():
    for statement in statements():
        found = [m for single in single_relations(statement) for m in mutants(single, 0.9)] + list(without_hypotheses(statement))
        assert found
        for mutant in found:
            assert mutant.kind in KINDS
            resolve(mutant.statement)


@pytest.mark.parametrize(
    ("text", "sign", "size"),
    [
        ("3", "+", 1),
        ("0.5", "+", -1),
        ("a[i]", "+", 0),
        ("A[i, j]", "?", 0),
        ("A[i, i]", "+", 0),
        ("A[i, j]^(2*m)", "+", 0),
        ("Z[i]^(m - k)", "+", 0),
        ("Z[i]^m", "?", 0),
        ("Q[2*k, i]", "+", 0),
        ("1 - theta", "+", -1),
        ("theta - 1", "?", 0),
        ("p*isolation", "+", -1),
        ("min(n, tau[m])", "+", 1),
        ("1 + (n - 1)*rho^m", "+", 1),
        ("n - d", "+", 1),
        ("d - n", "?", 0),
        ("sqrt(S) + plus(C)", "+", 0),
    ],
)
def test_signs_and_sizes(text, sign, size):
    statement = build("test", "k", ("S = S",), given=("n > d",), free=FREE)
    node = parse_expression(text)
    assert sign_of(statement, node) == sign
    assert size_of(statement, node) == size


def test_parity():
    statement = build("test", "k", ("S = S",), free=FREE)
    assert [parity_of(statement, parse_expression(text)) for text in ("m", "2*d", "m - k", "m + 2", "d", "m*k")] == [
        1,
        0,
        0,
        1,
        None,
        1,
    ]


@pytest.mark.parametrize("key", ["leverage.row", "moment_powers.jensen", "equiangular.second_moment"])
def test_the_checker_refutes_every_variant(key):
    found = mutation_report([key])
    assert len(found.judged) >= 6
    assert found.survivors == ()


def test_a_true_variant_survives_and_is_listed():
    (relation,) = parse_statement("S^2 <= 2*n*T")
    statement = build("welch", "count", (write(relation),))
    judged = judge(Mutant("constant", "1 becomes 2", statement), evaluations=60)
    assert not judged.killed
    shown = table(Report((judged,)))
    assert "`welch.count`" in shown
    assert "1 were not refuted" in shown


def test_table_counts():
    statement = build("welch", "count", ("S^2 <= n*T",))
    judged = [
        Judged(Mutant("factor", "a", statement), "refuted", Engine.ENUMERATION),
        Judged(Mutant("factor", "b", statement), "refuted", Engine.SEARCH),
        Judged(Mutant("hypothesis", "c", statement), "without a value", Engine.ENUMERATION),
        Judged(Mutant("subset", "d", statement), "survived", Engine.NONE, 0.5),
        Judged(Mutant("subset", "e", statement), "proven true", Engine.SYMBOLIC, 0.5),
    ]
    shown = table(Report(tuple(judged)))
    assert "| factor | 2 | 1 | 1 | 0 | 0 | 0 |" in shown
    assert "| all | 5 | 1 | 1 | 1 | 1 | 1 |" in shown
    assert "75.0% of those" in shown
    assert Report(tuple(judged)).share == 0.75
