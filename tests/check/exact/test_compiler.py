"""Compiled expressions: exact values against the NumPy code of counterexamples, and what has no value."""

from __future__ import annotations

import contextlib
import io

import pytest
from flint import fmpq

from boundcalc.check.exact.case_grid import SKEWED, SYMMETRIC, matrix
from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.counterexample import counterexample
from boundcalc.check.exact.enumeration import check_case, compile_statement
from boundcalc.check.exact.roots import approximate
from boundcalc.check.exact.tally import Tally
from boundcalc.language.grammar import StatementError, parse_expression
from boundcalc.language.resolved import Kind, ResolvedDefinition
from boundcalc.language.statement import Definition, Statement, build
from boundcalc.model.named.index import QUANTITIES

CASES = (
    Case(matrix("1 3/5 -3/5; 0 4/5 2"), 3, fmpq(1, 3), SYMMETRIC[1][1]),
    Case(matrix("1 0 2; 0 0 1"), 3, fmpq(1, 3), SYMMETRIC[2][1]),
    Case(matrix("1/2 1; 1 -2; 0 1"), 3, fmpq(1, 4), SKEWED[0][1]),
)


def failing(expression: str, case: Case, **options: object):
    """The instance in which ``expression = 987654321`` fails first."""
    compiled = compile_statement(build("test", "step", (f"{expression} = 987654321",), **options))  # type: ignore[arg-type]
    tally = Tally()
    check_case(compiled, case, tally)
    assert tally.failure is not None
    return compiled.resolved, tally.failure


def value(expression: str, case: Case, **options: object):
    return failing(expression, case, **options)[1].left


def call(quantity) -> str:
    return quantity.name + (
        "[" + ", ".join({"k": "4", "i": "i"}[letter] for letter in quantity.indices) + "]" if quantity.indices else ""
    )


EXPRESSIONS = [
    *(call(quantity).replace("[i, i]", "[i, j]") for quantity in QUANTITIES),
    "Q[3, i] - 2*a[i]^3/7",
    "-q[i]^2 + (-q[i])^2 - 2^-2",
    "sum(i, j if i != j: A[i, j]^2*l[i])",
    "sum(i if a[i] > 1: 1/a[i]) + sum(i: i*a[i])",
    "sum(k in 1..m step 2: binom(m, k)*mu[k + 1]*sum(i: a[i]^k*E[Z[i]^(m - k)]))",
    "sum(i in 2..n: a[i])",
    "E[one(active >= 2)*sum(i: x[i]*xhat[i])] + E[3]",
    "E[abs(Z[i])*plus(x[i] - 1)]",
    "E[max(x[i], y[i], 1)*min(s[i], 1/2)]",
    "sqrt(q[i])*S^(1/3) + p^(2/3)",
    "sum(i, j: sqrt(q[i]*q[j])*A[i, j]^2)",
    "sqrt(1 + sqrt(2*q[i])) - T^(1/5)",
    "binom(n + 3, 2)*N[2] + tau[2] - c[3]",
    "one(n = d) + one(p < 1/2) + one(m != 3)",
    "x[i]^2*y[i] - xhat[i]/(1 + s[i])",
    "sum(j if s[j] = 1: A[i, j]*x[j])",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_values_are_those_of_the_numpy_code(expression):
    """Two programs that share no arithmetic: exact evaluation here, floating point in the code that people get."""
    for case in CASES:
        resolved, instance = failing(expression, case)
        shown = counterexample(resolved, instance)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(shown.snippet, {})
        left, right = map(float, out.getvalue().split())
        assert right == 987654321
        assert left == pytest.approx(approximate(instance.left), rel=1e-8, abs=1e-9)


def test_definitions_and_free_variables_in_the_code():
    compiled = compile_statement(
        Statement(
            "test",
            "step",
            "",
            build("t", "s", ("v[i] + theta <= f[2, i] - 1000",)).relations,
            free=build("t", "s", ("1 = 1",), free=(("theta", "1/3..1/2 real"),)).free,
            definitions=(
                Definition("v", ("i",), parse_expression("p*mu[2]*(q[i] - a[i]^2)")),
                Definition("f", ("k", "j"), parse_expression("mu[k]*v[j] + sum(i: A[i, j])")),
            ),
        )
    )
    assert isinstance(compiled.resolved.definitions[0], ResolvedDefinition)
    assert compiled.resolved.definitions[1].kinds == (Kind.INTEGER, Kind.FEATURE)
    tally = Tally()
    check_case(compiled, CASES[0], tally)
    assert tally.failure is not None
    shown, out = counterexample(compiled.resolved, tally.failure), io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(shown.snippet, {})
    left, right = map(float, out.getvalue().split())
    assert (left, right) == pytest.approx((approximate(tally.failure.left), approximate(tally.failure.right)))
    assert shown.values["variables"] == {"theta": "1/3"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0^0", 1),
        ("0.5*1/3", fmpq(1, 6)),
        ("7/2", fmpq(7, 2)),
        ("sum(i: 1)", 3),
        ("sum(k in 5..4: 1)", 0),
        ("binom(1/2, 2)", fmpq(-1, 8)),
        ("2^-2", fmpq(1, 4)),
        ("sqrt(4)", 2),
        ("min(3, 1/2, p)", fmpq(1, 3)),
        ("E[x[i]^2]", fmpq(1, 3) * fmpq(26, 10)),
    ],
)
def test_values(expression, expected):
    assert value(expression, CASES[0]) == expected


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("a[i]^2/q[i]", "division by zero, a condition must exclude it: W = "),
        ("q[i]^-1", "division by zero"),
        ("sqrt(-d)", "a negative number to a power that is not whole"),
        ("2^sqrt(2)", "an exponent that is not rational"),
        ("10^10^10", "too large to write out"),
        ("sum(k in 1..10^6: 1)", "a range of more than 100000 terms"),
        ("sum(k in 1..10^50: 1)", "a range of more than 100000 terms"),
        ("sum(k in 1..p: 1)", "not with a whole number"),
        ("sum(k in 1..3 step 0: 1)", "steps by 0"),
        ("sum(k in 1..9999: sum(j in 1..9999: j*k))", "sums of more than"),
        ("mu[p]", "expected a whole number from 0"),
        ("mu[0 - 1]", "expected a whole number from 0"),
        ("sum(i in 0..n: a[i])", "feature 0, and n = 3"),
        ("binom(3, p)", "binom takes a whole number"),
    ],
)
def test_what_has_no_value_is_one_clear_error(expression, words):
    with pytest.raises(StatementError, match=words) as error:
        value(expression, CASES[1])
    assert "\n" not in str(error.value)
    assert 0 <= error.value.offset < len(expression)


def test_a_condition_excludes_a_division_by_zero():
    assert value("sum(i if q[i] > 0: a[i]^2/q[i])", CASES[1]) == value("sum(i: t[i])", CASES[1])


def test_a_feature_and_its_number_are_not_mixed_up():
    """Sums over features and over their numbers meet in the memory of a case: the same values either way."""
    for case in CASES[:1]:
        by_number = value("sum(i in 1..n: i*sum(j: j*A[j, i]))", case)
        assert value("sum(i: i*sum(j: j*A[j, i]))", case) == by_number
        assert value("sum(i in 1..n: i*sum(j: j*A[j, i]))", case) == by_number


def test_a_sum_over_many_states_is_refused_in_time():
    wide = Case(matrix("1 0 1 1; 0 1 1 -1"), 3, fmpq(1, 3), SYMMETRIC[1][1])
    with pytest.raises(StatementError, match="sums of more than"):
        value("E[sum(a1, a2, a3, a4, a5, a6, a7: x[a1]*x[a2]*x[a3]*x[a4]*x[a5]*x[a6]*x[a7])]", wide)


def test_an_error_inside_a_definition_is_at_its_place():
    definition = Definition("f", ("i",), parse_expression("1 + a[i]/q[i]"))
    built = build("test", "step", ("a[i] + f[i] >= 0",))
    statement = Statement("test", "step", "", built.relations, definitions=(definition,))
    with pytest.raises(StatementError, match="division by zero") as error:
        check_case(compile_statement(statement), CASES[1], Tally())
    assert error.value.part is definition
    assert error.value.offset == "1 + a[i]/q[i]".index("/")


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("mu[10^5000]", r"mu\[int of \d+ bits\]: expected a whole number from 0 to"),
        ("sum(k in 1..10^5000: k)", "a range of more than"),
        ("sum(k in 1..3 step 0 - 10^5000: k)", "a range steps by int of"),
    ],
)
def test_numbers_of_thousands_of_digits_are_shortened(expression, said):
    """Python does not write out such an int: the message ended in an error of its own."""
    with pytest.raises(StatementError, match=said):
        failing(expression, CASES[0])
