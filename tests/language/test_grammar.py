"""The parser: what is read, what is refused and where, and that writing a tree and reading it again is the identity."""

from __future__ import annotations

import pytest
from flint import fmpq

from boundcalc.language.grammar import MAX_DEPTH, StatementError, parse_condition, parse_expression, parse_statement
from boundcalc.language.nodes import Literal, Name, Negation, Operation, Sum
from boundcalc.language.statement import parse_free
from boundcalc.language.text import write

EXPRESSIONS = (
    "a[i]^2",
    "-x[i]^2",
    "(-x[i])^2",
    "2^-1",
    "2^3^2",
    "(2^3)^2",
    "1 - (2 - 3)",
    "1 - 2 - 3",
    "6/(2*3)",
    "6/2*3",
    "sum(i: a[i] + 1) + 1",
    "sum(i, j if i != j: A[i, j]^(2*m))",
    "sum(k in 1..m step 2: binom(m, k)*mu[k + 1])",
    "E[sum(i: x[i]*xhat[i])]",
    "min(n, max(d, 1), N[m])",
    "one(active >= 2)*plus(C - D)",
    "sqrt(abs(p))",
    "-(a[i] + q[i])*2",
    "(1/2)^m",
)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_writing_and_reading_again_is_the_identity(text):
    tree = parse_expression(text)
    assert parse_expression(write(tree)) == tree


def test_precedence():
    assert parse_expression("-x^2") == Negation(Operation("^", Name("x"), Literal(fmpq(2))))
    assert parse_expression("2^3^2") == parse_expression("2^(3^2)")
    assert parse_expression("a-b-c") == parse_expression("(a-b)-c")
    assert parse_expression("a/b*c") == parse_expression("(a/b)*c")
    assert parse_expression("x**2") == parse_expression("x^2")


def test_numbers_are_exact():
    assert parse_expression("0.1") == Literal(fmpq(1, 10))
    assert parse_expression("1e-6") == Literal(fmpq(1, 10**6))


def test_a_chain_is_the_relations_of_neighbours():
    first, second = parse_statement("a <= b = c")
    assert (first.sign, second.sign) == ("<=", "=")
    assert first.right == second.left == Name("b")


def test_a_sum_with_a_range_and_a_condition():
    node = parse_expression("sum(k in 1..m step 2 if k > 1: k)")
    assert isinstance(node, Sum)
    assert node.variables == ("k",)
    assert node.domain is not None
    assert node.condition is not None


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("a[i] + 1", 8, "neither an equality nor an inequality"),
        ("", 0, "expected a number, a name or a parenthesis"),
        ("a ? b", 2, "not part of the language"),
        ("a = (b", 6, "expected .[)]"),
        ("a = b)", 5, "expected an operator or a relation"),
        ("a != b", 2, "!= is for conditions"),
        ("sqrt(a, b) = 1", 0, "sqrt takes 1 argument"),
        ("sum(1: a) = 1", 4, "expected the name of an index"),
        ("step = 1", 0, "a word of the language"),
        ("a = __import__('os')", 14, "expected a number, a name or a parenthesis|not part of the language"),
        ("a = 1e99999999", 4, "number"),
        ("+".join(["a"] * 300) + " = 1", 199, "operands in a row"),
    ],
)
def test_what_is_refused_and_where(text, offset, words):
    with pytest.raises(StatementError, match=words) as error:
        parse_statement(text)
    assert error.value.offset == pytest.approx(offset, abs=2)


@pytest.mark.parametrize(
    "text", ["(" * 500_000 + "a", "(" * 5000 + "a" + ")" * 5000 + "=1", "-" * 9000 + "a=1", "2^" * 9000 + "2 = 1"]
)
def test_deep_nesting_is_an_error_of_one_line(text):
    if text.startswith("-"):
        assert parse_statement(text)[0].left == Name("a")
        return
    with pytest.raises(StatementError, match=f"nested more than {MAX_DEPTH} deep|characters"):
        parse_statement(text)


def test_conditions_may_exclude():
    assert parse_condition("i != j").sign == "!="


def test_free_variables():
    assert parse_free("theta", "0..1 real").real
    assert parse_free("k", "1..m step 2").domain.step == Literal(fmpq(2))
    with pytest.raises(StatementError, match="expected a range"):
        parse_free("k", "1, 2")
    with pytest.raises(StatementError, match="no step"):
        parse_free("k", "0..1 step 2 real")
