"""Trees taken apart: replacement, definitions written out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flint import fmpq

from boundcalc.check.steps import statements
from boundcalc.language.grammar import parse_expression
from boundcalc.language.names import resolve
from boundcalc.language.nodes import Literal, Name
from boundcalc.language.statement import Definition, build
from boundcalc.language.text import write
from tools.surgery import fields, names, replaced, without_definitions


@pytest.mark.parametrize(
    ("text", "path", "new", "expected"),
    [
        ("a[i]^2 + 3*S", ("right", "left"), "5", "a[i]^2 + 5*S"),
        ("min(n, tau[m])", ("arguments", 1), "d", "min(n, d)"),
        ("sum(i: a[i]*t[i])", ("body", "right"), "p", "sum(i: a[i]*p)"),
        ("sum(k in 1..m: mu[2*k])", ("domain", "last"), "3", "sum(k in 1..3: mu[2*k])"),
        ("sum(i, j if i != j: A[i, j])", ("condition", "right"), "i", "sum(i, j if i != i: A[i, j])"),
        ("E[-x[i]]", ("body", "operand"), "y[i]", "E[-y[i]]"),
        ("one(active = 1)", ("relation", "right"), "2", "one(active = 2)"),
    ],
)
def test_a_part_is_replaced(text, path, new, expected):
    assert write(replaced(parse_expression(text), path, parse_expression(new))) == expected


def test_every_part_of_every_claim_can_be_reached_and_put_back():
    def visit(node, root, path):
        assert replaced(root, path, node) == root
        for place, part in fields(node):
            visit(part, root, (*path, *place))

    for statement in statements(["dense", "uniform"]):
        for relation in statement.relations:
            visit(relation, relation, ())


def with_definitions(claim, *definitions):
    table = tuple(Definition(name, indices, parse_expression(value)) for name, indices, value in definitions)
    return replace(build("test", "k", (claim,)), definitions=table)


@pytest.mark.parametrize(
    ("claim", "definitions", "expected"),
    [
        ("v[i] >= 0", [("v", ("i",), "q[i] - a[i]^2")], "q[i] - a[i]^2 >= 0"),
        ("sum(j: v[j]) = w", [("v", ("i",), "2*a[i]"), ("w", (), "v[i]*0 + S")], "sum(j: 2*a[j]) = 2*a[i]*0 + S"),
        # the sum inside has the name of the index outside
        ("v[l] = 1", [("v", ("i",), "sum(l: A[i, l])")], "sum(l_inner: A[l, l_inner]) = 1"),
    ],
)
def test_definitions_are_written_out(claim, definitions, expected):
    (relation,) = without_definitions(with_definitions(claim, *definitions)).relations
    assert write(relation) == expected


def test_claims_without_definitions_are_still_understood():
    for statement in statements():
        plain = without_definitions(statement)
        assert plain.definitions == ()
        resolve(plain)


def test_names():
    assert names(parse_expression("sum(i: a[i]) + mu[2*k]")) == {"a", "i", "mu", "k"}
    assert names(Literal(fmpq(1))) == frozenset()
    assert names(Name("p")) == {"p"}
