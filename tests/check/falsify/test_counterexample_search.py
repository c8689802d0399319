"""The search: false statements fall, true ones stand, sharp ones are met, and its rationals are what it says."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.roots import approximate
from boundcalc.check.falsify.case_starts import KINDS, gaussian_quadrature, weights
from boundcalc.check.falsify.counterexample_search import Budget, search
from boundcalc.check.falsify.floating import Evaluator
from boundcalc.check.falsify.layout import Layout, Rational, Shape, simplest
from boundcalc.check.falsify.statement_objective import StatementObjective, score
from boundcalc.check.verdict import Engine, Outcome
from boundcalc.language.names import resolve
from boundcalc.language.statement import build
from boundcalc.numbers.parsing import parse_rational

FALSE = {
    "C <= p*mu[m + 1]*S": {},
    "D = p*mu[2*m]*T": {},
    "sum(i: t[i]) <= r/2": {},
    "D[i] >= 101/100*(p*mu[2]*q[i])^m": {},
    "S^2 <= 99/100*tau[m]*T": {},
    "a[i]^2 < l[i]*q[i]": {},
    "E[Z[i]^(2*m)] <= D[i]": {"symmetric": False},
    "I <= theta*p*mu[2]*n": {"free": (("theta", "1/2..1 real"),)},
    "sum(i: a[i]^k) <= S": {"free": (("k", "1..m step 2"),)},
    "2*x[i]*xhat[i] - xhat[i]^2 <= x[i]^2/2": {},
    "cos2[i, j] <= 1/2": {"given": ("i != j", "n <= d")},
    "y[i] <= a[i]*x[i]": {"given": ("active = 2",)},
    "kappa[4] <= 2*kappa[6]": {"given": ("p = 1/20", "mu[4] <= 2*mu[2]^2")},
}
TRUE = {
    "sum(i: t[i]) <= r": {},
    "S^2 <= tau[m]*T": {},
    "D >= p*mu[2*m]*T": {},
    "C[i] = E[x[i]*xhat[i]]": {},
    "E[Z[i]^(2*m)] <= D[i]": {},
    "I <= p*mu[2]*n": {},
    "cos2[i, j] <= 1": {"given": ("i != j", "n <= d")},
}


@pytest.mark.parametrize("text", FALSE)
def test_false_statements_are_refuted_by_small_exact_cases(text):
    verdict = search(build("o", "k", (text,), **FALSE[text]), Budget(evaluations=800))
    assert verdict.outcome is Outcome.REFUTED
    assert verdict.engine is Engine.SEARCH
    assert verdict.counterexample.values["n"] <= 3


@pytest.mark.parametrize("text", TRUE)
def test_true_statements_stand_and_sharp_ones_are_met(text):
    verdict = search(build("o", "k", (text,), **TRUE[text]), Budget(evaluations=200))
    assert verdict.outcome is Outcome.HOLDS
    assert verdict.cases > 0
    if "=" in text and "<" not in text and ">" not in text:
        assert verdict.tightest is None
    else:
        assert verdict.tightest == pytest.approx(1, abs=1e-9)
        assert verdict.attained == "attained"
        assert sum(verdict.slack) > 0


def test_a_bound_that_is_never_attained_says_so():
    # x (1 - x/2) is at most 1/2, less than 3/5
    verdict = search(build("o", "k", ("2*theta*(1 - theta/2) <= 6/5",), free=(("theta", "0..3 real"),)), Budget(evaluations=200))
    assert verdict.tightest == pytest.approx(1 / 1.2, rel=1e-6)
    assert verdict.attained == ""


def test_the_gradient_finds_an_interior_maximum_to_nine_digits():
    # theta^2 (1 - theta) <= 4/27 with equality at 2/3, which no start hits
    verdict = search(
        build("o", "k", ("theta^2*(1 - theta) <= 4/27",), free=(("theta", "1/10..9/10 real"),)), Budget(evaluations=200)
    )
    assert verdict.outcome is Outcome.HOLDS
    assert verdict.attained == "attained"
    assert float(verdict.tightest_case["theta"]) == pytest.approx(2 / 3, abs=1e-4)


@pytest.mark.parametrize("given", [("p > 2",), ("n >= 40",), ("mu[2] < 0",), ("kappa[2] < 0",), ("theta > 5",)])
def test_hypotheses_that_nobody_meets(given):
    verdict = search(build("o", "k", ("theta <= theta",), given=given, free=(("theta", "0..1 real"),)), Budget(evaluations=600))
    assert verdict.outcome is Outcome.NO_CASE
    assert verdict.outcome.failed


def test_the_seed_decides_everything():
    statement = build("o", "k", ("S^2 <= tau[m]*T",), exponents=(3,))
    one, two = (search(statement, Budget(evaluations=150, seed=5)) for _ in range(2))
    assert one == two
    assert search(statement, Budget(evaluations=150, seed=6)).slack != one.slack


def test_a_condition_on_sizes_leaves_only_those():
    verdict = search(build("o", "k", ("n = 7",), given=("n >= 7", "d < 2")), Budget(evaluations=100))
    assert verdict.outcome is Outcome.REFUTED
    assert verdict.counterexample.values["n"] == 8
    assert verdict.counterexample.values["d"] == 1


# ---- what the search is made of


@given(
    small=st.floats(-1e6, 1e6, allow_nan=False),
    large=st.floats(-1e6, 1e6, allow_nan=False),
)
@settings(max_examples=300, deadline=None)
def test_the_score_is_positive_exactly_where_the_inequality_fails(small, large):
    value = float(score(np.array(small), np.array(large))[0])
    if small == large:
        assert value <= 0
    elif abs(small) > 1e-300 and abs(small - large) > 1e-12 * max(abs(small), abs(large)):
        assert (value > 0) == (small > large)
    if small > 1e-3 and large > 1e-3:
        assert value == pytest.approx(np.log(small / large), abs=1e-9)


@pytest.mark.parametrize("ratio", [-3.0, -1e-3, 1e-25, 1e-9, 0.3, 2.0])
def test_the_slope_of_the_score(ratio):
    step = abs(ratio) * 1e-6
    values = [float(score(np.array(ratio + s), np.array(1.0))[0]) for s in (-step, step)]
    slope = float(score(np.array(ratio), np.array(1.0))[1])
    assert slope == pytest.approx((values[1] - values[0]) / (2 * step), rel=1e-4)


@given(st.fractions(max_denominator=2000, min_value=-5, max_value=5), st.fractions(min_value=0, max_value=1, max_denominator=97))
@settings(deadline=None)
def test_the_simplest_rational_of_an_interval(middle, width):
    low, high = middle - width, middle + width
    found = simplest(low, high)
    assert low <= found <= high
    for denominator in range(1, found.denominator):
        first = -((-low.numerator * denominator) // low.denominator)
        assert not low <= Fraction(first, denominator) <= high


def test_a_vector_and_its_rational_case_have_the_same_quantities():
    statement = build("o", "k", ("D + theta*mu[4] = kappa[6]",), free=(("theta", "1..1 + mu[2] real"), ("k", "1..3")))
    layout = Layout(resolve(statement), Shape(3, 2, 3, 2, True, integers=(("k", 2),)))
    vector = np.random.default_rng(1).normal(size=layout.size)
    vector[layout.log_p], vector[layout.places] = -0.7, 0.3
    floats, free = layout.case(vector, gradient=False)
    rational = layout.rational(vector, 1e-12)
    case = Case(rational.weights, rational.m, rational.p, rational.points)
    assert dict(rational.points) == {-value: chance for value, chance in rational.points}
    assert sum((chance for _, chance in rational.points), fmpq(0)) == 1
    for ours, exact in ((floats(*name), case(*name)) for name in (("mu", 4), ("kappa", 6), ("D",))):
        assert float(ours.value) == pytest.approx(approximate(exact), rel=1e-8)
    assert float(free["theta"].value) == pytest.approx(1 + 0.3 * float(floats.mu(2).value))
    assert dict(rational.free)["k"] == 2


def test_gradients_reach_through_the_parameters_of_a_case():
    statement = build("o", "k", ("I*theta <= kappa[4] + D",), given=("kappa[6] >= -1",), free=(("theta", "0..mu[2] real"),))
    layout = Layout(resolve(statement), Shape(3, 2, 3, 2, True))
    objective = StatementObjective(resolve(statement), layout)
    vector = 0.5 * np.random.default_rng(3).normal(size=layout.size)
    vector[layout.log_p], vector[layout.places] = -0.7, 0.3
    place = objective.read(vector)[0].place
    gradient = objective.guarded(vector, place, 0.1)[1]
    for k in range(layout.size):
        step = np.zeros(layout.size)
        step[k] = 1e-6
        quotient = (objective.guarded(vector + step, place, 0.1)[0] - objective.guarded(vector - step, place, 0.1)[0]) / 2e-6
        assert gradient[k] == pytest.approx(quotient, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("n", "d"), [(1, 1), (3, 2), (2, 3), (6, 3), (4, 3)])
def test_structured_weights(kind, n, d):
    w = weights(kind, n, d, np.random.default_rng(0))
    assert w.shape == (d, n)
    assert np.isfinite(w).all()
    gram = w.T @ w
    if kind == "rank one":
        assert np.linalg.matrix_rank(gram) == 1
    if kind == "orthogonal":
        assert gram == pytest.approx(np.diag([1.0] * min(n, d) + [0.0] * (n - min(n, d))))
    if kind == "design" and (n, d) in ((6, 3), (4, 3), (3, 2)):
        off = np.abs(gram[~np.eye(n, dtype=bool)]) / gram[0, 0]
        assert off == pytest.approx(((n - d) / (d * (n - 1))) ** 0.5)


@pytest.mark.parametrize(("points", "atom"), [(1, False), (1, True), (2, False), (2, True)])
def test_the_quadrature_law_has_the_normal_moments(points, atom):
    logs, logits = gaussian_quadrature(points, atom=atom)
    chances = np.exp(logits) / np.exp(logits).sum()
    for order, normal in ((2, 1), (4, 3), (6, 15), (8, 105))[: 2 * points + atom - 1]:
        assert (chances[:points] * np.exp(logs) ** order).sum() == pytest.approx(normal)


def test_conditions_on_states_choose_states():
    statement = build("o", "k", ("x[i]^2 <= 1",), given=("active = 1",))
    resolved = resolve(statement)
    objective = StatementObjective(resolved, Layout(resolved, Shape(2, 1, 3)))
    evaluator = Evaluator(*objective.layout.case(np.zeros(objective.layout.size), gradient=False))
    assert evaluator.admissible_states(objective.state_conditions).sum() == 4  # one of two features at one of two points


def test_sizes_of_counterexamples_are_ordered():
    def case(w: str, p: str) -> Rational:
        rows = tuple(tuple(parse_rational(entry, parameter="w") for entry in row.split()) for row in w.split(";"))
        return Rational(rows, 3, parse_rational(p, parameter="p"), ((fmpq(-1), fmpq(1, 2)), (fmpq(1), fmpq(1, 2))))

    assert case("1 0", "1").size < case("1 1; 1 0", "1").size
    assert case("1 0", "1").size < case("1 1", "1").size < case("1 2", "1").size < case("1 2/3", "1").size
    assert case("1 1", "1").size < case("1 1", "1/2").size < case("1 1", "3/7").size
