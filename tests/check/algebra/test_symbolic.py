"""The symbolic engine proves what is algebra, and nothing that exact enumeration or search can break."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from flint import fmpq

from boundcalc.check.algebra import sums as algebra
from boundcalc.check.algebra.sums import constant, substitute, sum_over, variable
from boundcalc.check.algebra.symbolic import check_symbolically
from boundcalc.check.algebra.translate import Translator
from boundcalc.check.exact.case_grid import MATRICES, QUICK, SKEWED, SYMMETRIC
from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.compiler import compile_node
from boundcalc.check.exact.enumeration import check_by_enumeration
from boundcalc.check.steps import statements
from boundcalc.check.verdict import Engine, Outcome
from boundcalc.language.grammar import StatementError, parse_statement
from boundcalc.language.names import resolve
from boundcalc.language.nodes import Relation
from boundcalc.language.statement import build
from boundcalc.model.named.quantity import CUMULANTS, MOMENTS


def proof(*claim: str, **options: object):
    return check_symbolically(build("test", "step", claim, **options))  # type: ignore[arg-type]


REALS = (("z", "-9..9 real"), ("v", "-9..9 real"))

TRUE = {
    "square": (("(2*C[i] - D[i])*D[i] <= C[i]^2",), {}),
    "best scale": (("I*D <= C^2",), {}),
    "completed square": (("-w*z^2 <= -2*v*z + v^2/w",), {"free": (("w", "0..9 real"), *REALS), "given": ("w > 0",)}),
    "discriminant": (("x^2 + x*z + z^2 >= 0",), {"free": (("x", "-9..9 real"), ("z", "-9..9 real"))}),
    "expansion": (("C = p*sum(k in 1..m step 2: binom(m,k)*mu[k+1]*sum(i: a[i]^k*E[Z[i]^(m-k)]))",), {"exponents": (3, 5, 7)}),
    "pointwise": (("xhat[i] = sum(k in 0..m: binom(m, k)*(a[i]*x[i])^k*Z[i]^(m - k))",), {}),
    "lifted": (("xhat[i] = sum(j, k, l: A[i,j]*A[i,k]*A[i,l]*x[j]*x[k]*x[l])",), {"given": ("m = 3",)}),
    "exact loss": (("C[i] = E[x[i]*xhat[i]]", "D = E[sum(i: xhat[i]^2)]"), {"exponents": (3, 5)}),
    "cubic rows": (("D[i] = kappa[6]*Q[6,i] + 15*kappa[4]*kappa[2]*Q[4,i]*q[i] + 15*kappa[2]^3*q[i]^3",), {"given": ("m = 3",)}),
    "moments": (("M[4,i] = p*mu[4]*Q[4,i] + 3*p^2*mu[2]^2*(q[i]^2 - Q[4,i])",), {}),
    "off the diagonal": (("q[i] >= a[i]^2", "sum(i: Q[4,i]) >= sum(i: a[i]^4)"), {}),
    "products of power sums": (("Q[6,i] <= Q[4,i]*q[i]", "Q[4,i] <= q[i]^2"), {}),
    "Cauchy-Schwarz": (("S^2 <= n*sum(i: a[i]^(2*m))", "sum(i: a[i]*q[i])^2 <= sum(i: a[i]^2)*sum(i: q[i]^2)"), {}),
    "geometric mean": (("sum(i, j: q[i]*A[i,j]^4) >= sum(i, j: sqrt(q[i]*q[j])*A[i,j]^4)",), {}),
    "cosines": (("T = sum(i, j: a[i]^m*a[j]^m*cos2[i,j]^m)",), {}),
    "capacity": (("sum(i: t[i]*q[i]) = sum(i: a[i]^2)",), {}),
    "not equal": (("sum(i, j if i != j: A[i,j]^2) = sum(i: q[i]) - sum(i: a[i]^2)",), {}),
    "bounded": (("p^2 <= p", "(1 - p)*D >= 0"), {}),
    "bounded free": (("z*(2 - z) >= 0",), {"free": (("z", "0..2 real"),)}),
    "tangent": (("u^m >= rho^m + m*rho^(m-1)*(u - rho)",), {"free": (("u", "0..1 real"),)}),
    "sphere": (("c[3]*tau[3] = 1", "tau[3] <= N[3]", "N[m] <= d^m"), {"given": ("m = 3",)}),
    "integers": (("sum(k in 1..m step 2: binom(m, k)) = 2^(m-1)",), {"exponents": (3, 5, 7, 9)}),
    "condition as a factor": (("(b - 1)*D >= 0",), {"free": (("b", "0..9 real"),), "given": ("b >= 1",)}),
    "cumulants given": (("kappa[4]*Q[4,i] + kappa[2]^2*q[i]^2 >= 0",), {"given": ("kappa[4] >= 0",)}),
}


@pytest.mark.parametrize("name", TRUE)
def test_what_is_algebra_is_proven(name):
    claim, options = TRUE[name]
    verdict = proof(*claim, **options)
    assert verdict is not None
    assert (verdict.outcome, verdict.engine) == (Outcome.PROVEN, Engine.SYMBOLIC)
    assert verdict.note
    assert check_by_enumeration(build("test", "step", claim, **options), QUICK).outcome is Outcome.HOLDS  # type: ignore[arg-type]


FALSE = (
    ("C <= p*mu[m+1]*S", {}),
    ("D = p*mu[2*m]*T", {}),
    ("E[Z[i]^(2*m)] <= D[i]", {"symmetric": False}),
    ("sum(i: t[i]) <= r/2", {}),
    ("a[i]^2 >= q[i]", {}),
    ("S^2 >= n*sum(i: a[i]^(2*m))", {}),
    ("S^2 <= sum(i: a[i]^(2*m))", {}),
    ("C[i]^2 >= 2*(2*C[i] - D[i])*D[i]", {}),
    ("kappa[4] >= 0", {}),
    ("-w*z^2 <= -2*v*z + v^2/w", {"free": (("w", "-9..9 real"), ("z", "-9..9 real"), ("v", "-9..9 real")), "given": ("w != 0",)}),
    ("x^2 + 3*x*z + z^2 >= 0", {"free": (("x", "-9..9 real"), ("z", "-9..9 real"))}),
    ("z*(2 - z) >= 0", {"free": (("z", "0..3 real"),)}),
    ("z >= 0", {"free": (("z", "-1..3 real"),)}),
    ("p <= p^2", {}),
    ("x[i]*xhat[i] >= 0", {}),
    ("C[i] = E[x[i]*xhat[i]^2]", {}),
    ("M[4,i] = p*mu[4]*Q[4,i] + 3*p*mu[2]^2*(q[i]^2 - Q[4,i])", {}),
    ("sum(i, j if i != j: A[i,j]^2) = sum(i: q[i])", {}),
    ("tau[3] >= N[3]", {}),
    ("sum(k in 1..m step 2: binom(m, k)) = 2^m", {}),
    ("(b - 1)*D >= 0", {"free": (("b", "0..9 real"),)}),
    ("E[x[i]^3] = 0", {"symmetric": False}),
    ("Q[3,i] >= 0", {}),
    ("sqrt(q[i]) >= q[i]", {}),
)


@pytest.mark.parametrize(("claim", "options"), FALSE)
def test_what_is_false_is_not_proven(claim, options):
    """Each is false by exact enumeration, so that a proof of it would be an error of the engine."""
    assert check_by_enumeration(build("test", "step", (claim,), **options)).outcome is Outcome.REFUTED
    assert proof(claim, **options) is None


def test_a_divisor_that_may_be_zero_is_not_proven():
    assert proof("a[i]^2/q[i] = t[i]") is None
    assert proof("a[i]^2/a[i] = a[i]") is None
    assert proof("a[i]^2/a[i] = a[i]", given=("a[i] > 0",)) is not None
    assert proof("1/z >= 0", free=(("z", "0..1 real"),)) is None
    assert proof("1/z >= 0", free=(("z", "0..1 real"),), given=("z > 0",)) is not None


def test_signs_of_a_sum_say_nothing_of_its_terms():
    """D > 0 leaves rows of zero columns without energy; a free variable may have the name of an indexed quantity."""
    assert proof("D[i]/D[i] = 1", given=("D > 0",)) is None
    assert proof("t[i]/t[i] = t/t", free=(("t", "1..2 real"),)) is None


def test_the_variance_may_vanish_without_symmetry():
    claim, given = "1/kappa[2] >= 0", ("p > 0",)
    assert proof(claim, given=given) is not None
    assert proof(claim, given=given, symmetric=False) is None
    with pytest.raises(StatementError, match="division by zero"):
        check_by_enumeration(build("test", "step", (claim,), given=given, symmetric=False))


def test_strict_inequalities_are_left_to_the_others():
    assert proof("p < p + 1") is None


def variants(relation: Relation) -> list[Relation]:
    """A relation reversed, with its right side scaled, and with its sides moved by a power."""
    text = ("1.01", "0.99")
    scaled = [parse_statement(f"0 <= {factor}")[0].right for factor in text]
    operations = [type(parse_statement("0 <= 1*1")[0].right)("*", relation.right, factor) for factor in scaled]
    return [replace(relation, left=relation.right, right=relation.left), *(replace(relation, right=each) for each in operations)]


@pytest.mark.parametrize("step", statements(None, (3,)), ids=lambda step: f"{step.owner}.{step.key}")
def test_no_variant_of_a_step_is_proven_and_refuted(step):
    """Soundness against an engine that shares nothing with this one: what enumeration refutes must not be proven."""
    for place, relation in enumerate(step.relations):
        for changed in variants(relation):
            relations = (*step.relations[:place], changed, *step.relations[place + 1 :])
            variant = replace(step, relations=relations)
            if check_symbolically(variant) is not None:
                assert check_by_enumeration(variant, QUICK).outcome is not Outcome.REFUTED


def evaluate(poly, values):
    """A polynomial at numbers for its atoms."""
    total = fmpq(0)
    for monomial, factor in poly.items():
        for place, exponent in monomial:
            factor *= values(algebra.atom_of(place)) ** int(exponent)
        total += factor
    return total


@pytest.mark.parametrize(("basis", "law"), list(product((CUMULANTS, MOMENTS), (SYMMETRIC[1], SKEWED[0]))))
@pytest.mark.parametrize("text", ["C[i]", "D[i]", "E[x[j]^2*y[i]^3]", "E[Z[i]^4]", "M[5, i]", "kappa[4] + mu[3]"])
def test_translations_have_the_values_of_a_case(basis, law, text):
    """The polynomial at the quantities of a case is the exact value of the expression in that case."""
    statement = build("test", "step", (f"{text} = 0",), symmetric=law in SYMMETRIC)
    node = resolve(statement).relations[0].left
    case = Case(MATRICES[-1], 3, fmpq(1, 3), law[1])
    i, j = 2, 0
    found = Translator(3, basis, statement.symmetric, {}).translate(node, {"i": "i", "j": "j"})
    places = {"i": i, "j": j}

    def values(atom):
        match atom:
            case ("p",):
                return case.p
            case ("mu", k):
                return case.mu(k)
            case ("kappa", k):
                return case("kappa", k)
            case ("a", name):
                return case.frame.a[places[name]]
            case ("A", one, other):
                return case.frame.A[places[one]][places[other]]
            case ("Q", k, name):
                return case.frame.Q(k)[places[name]]
        raise AssertionError(atom)

    exact = compile_node(node, frozenset("ij")).run(case, places)
    assert evaluate(found.numerator, values) / evaluate(found.denominator, values) == exact


def test_sums_do_not_depend_on_their_order():
    def double(first: str, second: str):
        body = variable("a", "i") * variable("A", "i", "j") ** 4 * variable("Q", 2, "j")
        return sum_over(sum_over(body, first), second)

    assert double("i", "j") == double("j", "i")


def test_sums_are_opened_and_closed():
    square = sum_over(variable("a", "i"), "i") ** 2
    assert substitute(square, lambda atom: None) == square
    doubled = substitute(square, lambda atom: variable(*atom) * 2 if atom[0] == "a" else None)
    assert doubled == square * 4
    assert sum_over(constant(1), "i") == variable("n")
    assert sum_over(variable("A", "i", "j") ** 2, "j") == variable("Q", 2, "i")
    assert sum_over(variable("A", "i", "j") * variable("x", "j"), "j") == variable("y", "i")
