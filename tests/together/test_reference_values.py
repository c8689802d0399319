"""Reference values of the theory, and what the foundation must show."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from flint import fmpq

from boundcalc.bounds.catalog import BOUNDS, LOWER, UPPER, find
from boundcalc.bounds.evaluate import report
from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
from boundcalc.lemmas.few_features import best_constant
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.rings import EXACT
from boundcalc.numbers.symbolic_ring import ExpectedMinimum

UPPER_KEYS = {bound.key for bound in UPPER}


def scaled(outcome, problem) -> float:
    """Certified value of I/p as a float."""
    value = outcome.value.certified / problem.p
    return int(value.p) / int(value.q)


def lower(key, *args, **kwargs):
    problem = Problem(*args)
    return scaled(evaluate_lower(BOUNDS[key], problem, **kwargs), problem)


def upper(key, *args, **kwargs):
    problem = Problem(*args)
    return scaled(evaluate_upper(BOUNDS[key], problem, **kwargs), problem)


def test_e8_is_sharp_in_the_very_sparse_regime():
    answer = report(Problem(120, 8, 3, "1e-6", "rademacher"), digits=30)
    assert answer.best_lower.bound.key == "half_design"
    assert answer.best_lower.choice.shown["frame"] == "E8"
    assert answer.ratio.upper < fmpq(1001, 1000)
    assert upper("very_sparse", 120, 8, 3, "1e-6", "rademacher") == pytest.approx(64.0067, abs=5e-5)
    # Q_2k = 120 c_k(8): 15, 9/2, 15/8; kappa of x for mu_k = 1
    p = Fraction(1, 10**6)
    k2, k4, k6 = p, p - 3 * p**2, p - 15 * p**2 + 30 * p**3
    C = k4 + 3 * k2**2 * 15
    D = k6 * Fraction(15, 8) + 15 * k4 * k2 * Fraction(9, 2) * 15 + 15 * k2**3 * 15**3
    exact = 120 * C**2 / D
    value = answer.best_lower.value.enclosure
    assert value.lower <= fmpq(exact.numerator, exact.denominator) <= value.upper
    assert value.digits >= 30


@pytest.mark.parametrize(
    ("key", "args", "value"),
    [
        ("half_design", (4, 2, 3, "1e-6", "rademacher"), "3.19995"),
        ("known_frame", (6, 3, 3, "1e-6", "rademacher"), "5.76915"),
        ("half_design", (120, 8, 3, "1e-6", "rademacher"), "63.97178929799"),
        ("half_design", (120, 8, 3, "1e-6", "gaussian"), "38.39704345292"),
        ("half_design", (60, 4, 5, "1e-4", "gaussian"), "5.714456814457"),
    ],
)
def test_lower_bounds_reach_the_reference_values(key, args, value):
    digits = len(value.split(".")[1])
    assert lower(key, *args) == pytest.approx(float(value), abs=0.51 * 10.0**-digits)


@pytest.mark.parametrize(
    ("args", "value"),
    [
        ((3, 2, 3, "1e-6", "rademacher"), 2.90907),
        ((11, 3, 3, "1e-6", "rademacher"), 6.99968),
        ((12, 4, 3, "1e-6", "rademacher"), 10.66631),
        ((30, 4, 3, "1e-6", "rademacher"), 12.79879),
        ((30, 4, 3, "0.03", "rademacher"), 6.08906),
        ((120, 8, 3, "0.01", "rademacher"), 22.1495),
    ],
)
def test_no_upper_bound_is_below_what_a_search_found(args, value):
    problem = Problem(*args)
    answer = report(problem)
    for outcome in answer.upper:
        if outcome.value is not None:
            assert scaled(outcome, problem) >= value - 1e-5


@pytest.mark.parametrize("m", [1, 3, 5, 9])
@pytest.mark.parametrize("law", ["rademacher", "gaussian", "uniform", "laplace"])
def test_extreme_parameters_have_certified_answers(m, law):
    answer = report(Problem("10^30", "10^6", m, "1e-400", law), digits=30)
    for outcome in (*answer.upper, *answer.lower):
        if outcome.value is not None:
            assert outcome.value.enclosure.digits >= 30
    assert 1 <= answer.ratio.upper < fmpq(11, 10)


@pytest.mark.parametrize(
    "args", [("inf", 3, 3, "0.01", "rademacher"), ("inf", 30, 5, "1e-5", "gaussian"), ("inf", 1, 1, 1, "laplace")]
)
def test_infinitely_many_features(args):
    answer = report(Problem(*args))
    refused = {outcome.bound.key: outcome.why_not for outcome in answer.upper if outcome.why_not}
    assert refused["trivial"] == "needs a finite n; here n = inf"
    assert answer.loss is None
    assert answer.best_lower.value.certified <= answer.best_upper.value.certified


def test_infinite_n_is_the_limit():
    at = {n: report(Problem(n, 5, 3, "1e-3", "gaussian")) for n in ("10^40", "inf")}
    for one, other in zip(at["10^40"].upper, at["inf"].upper, strict=True):
        if one.value and other.value:
            assert one.value.enclosure.upper <= other.value.enclosure.upper * fmpq(10**20 + 1, 10**20)
            assert (other.value.enclosure.upper - one.value.enclosure.upper) / other.value.enclosure.upper < fmpq(1, 10**9)


@pytest.mark.parametrize("d", [1, 2, 3, 7])
@pytest.mark.parametrize("n", [1, 2, 3, 7, 20])
def test_the_linear_case_is_known_exactly(n, d):
    answer = report(Problem(n, d, 1, "2/7", "laplace"))
    assert answer.ratio.lower == answer.ratio.upper == 1
    assert answer.best_upper.exact() == fmpq(2, 7) * 2 * min(n, d)


def test_gaussian_without_sparsity_is_known_exactly():
    assert upper("gaussian_support", 9, 4, 3, 1, "gaussian") == 4
    assert lower("orthonormal", 9, 4, 3, 1, "gaussian") == pytest.approx(4 * 9 / 15)


def test_universal_bound_on_sharp_configurations():
    # g G pi + … with p so small that I/p is g G: 36 lines of E_6, 63 of E_7, 120 of E_8
    for n, d, G in ((36, 6, 36**2 / 47.25), (63, 7, 63**2 / 94.5), (120, 8, 64), (6, 3, 6 / 1.04), (28, 7, 28 / (1 + 27 / 729))):
        assert upper("universal", n, d, 3, "1e-30", "rademacher") == pytest.approx(G, rel=1e-12)


def test_hypotheses_are_named():
    outcome = evaluate_upper(BOUNDS["gaussian_support"], Problem(5, 2, 3, "0.1", "laplace"))
    assert outcome.value is None
    assert outcome.why_not == "needs the gaussian law; here the law is laplace"
    assert evaluate_upper(BOUNDS["uniform"], Problem(5, 2, 1, "0.1", "laplace")).why_not == "needs m >= 3; here m = 1"


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(ParameterError, match=r"key = very_spares: is no bound; did you mean very_sparse\?"):
        find("very_spares")


CLOSED = [bound for bound in (*UPPER, *LOWER) if bound.certifier is None and bound.key != "direct_sum"]
SIZES = {"linear_program": (20, 4), "random_walsh": (64, 5), "random_chirps": (64, 5), "orthogonal_array": (4000, 5)}
"""Features and dimensions at which a bound applies; elsewhere (23, 4)."""
LAW = {"uniform_support": "uniform", "uniform_scalar_decoder": "uniform", "laplace_support": "laplace"}
"""Bounds of one law; the others are taken at normal features."""


@pytest.mark.parametrize(
    ("key", "m"),
    [
        (bound.key, m)
        for bound in CLOSED
        for m in (3, 5)
        if (bound.key, m) not in (("random_walsh", 5), ("random_chirps", 5), ("orthogonal_array", 5))
    ],
)
def test_expression_latex_and_certified_value_agree(key, m):
    bound = BOUNDS[key]
    n, d = SIZES.get(bound.key, (23, 4))
    problem = Problem(n, d, m, "1/50", LAW.get(key, "gaussian"))
    assert bound.why_not(problem) is None
    choice = bound.choose(problem)
    number = bound.expression(m).subs(symbol_values(bound, problem, choice)).replace(ExpectedMinimum, expected_minimum_by_sum)
    assert not number.free_symbols
    enclosure = bound.enclose(problem, choice, 30)
    middle = (enclosure.lower + enclosure.upper) / 2
    assert abs(number.evalf(40) / sympy_rational(middle) - 1) < sympy.Float("1e-28")
    relation = r"\le" if bound.key in UPPER_KEYS else r"\ge"
    assert bound.latex(m).startswith(rf"I^{{\ast}} {relation} ")


def symbol_values(bound, problem, choice):
    """The numbers that the symbols of a bound's expression stand for."""
    values = {symbol("n"): problem.n, symbol("d"): problem.d, symbol("p"): sympy_rational(problem.p)}
    values |= {symbol("mu", 2 * k): sympy_rational(problem.law.moment(2 * k)) for k in range(1, problem.m + 1)}
    values[symbol("G")] = sympy_rational(best_constant(Quantities(EXACT, problem)))
    for name, chosen in bound.symbols(problem.m).items():
        actual = choice.values[name]
        pairs = zip(chosen, actual, strict=True) if isinstance(chosen, list) else [(chosen, actual)]
        values |= {sign: sympy_rational(fmpq(number)) for sign, number in pairs if isinstance(sign, sympy.Symbol)}
    return values


def sympy_rational(value):
    return sympy.Rational(int(value.p), int(value.q))


def expected_minimum_by_sum(d, n, p):
    return sum(sympy.binomial(n, k) * p**k * (1 - p) ** (n - k) * min(d, k) for k in range(int(n) + 1))
