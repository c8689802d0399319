"""U9 for m = 5 and 7: the expansion, the certified price, and values against witnesses and the independent prototype."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import arb, fmpq

from boundcalc.bounds.evaluate import evaluate_lower, evaluate_upper
from boundcalc.bounds.frontiers import general as frontier_general
from boundcalc.bounds.frontiers import general_minorant as frontier_general_minorant
from boundcalc.bounds.frontiers.terms import terms
from boundcalc.bounds.lower import half_design
from boundcalc.bounds.upper import frontier
from boundcalc.lemmas.row import power_sums
from boundcalc.loss.exact import exact_loss
from boundcalc.model.problem import Problem
from boundcalc.numbers.moments import cumulants_from_moments, row_polynomials

BOUND = frontier.BOUND


def to_float(value: fmpq) -> float:
    return int(value.p) / int(value.q)


@pytest.mark.parametrize("m", [3, 5, 7, 9])
def test_terms_are_the_expansion_of_the_row_energy(m):
    kappa = [0, *sympy.symbols(f"k1:{m + 1}")]
    sums = [0, *sympy.symbols(f"Q1:{m + 1}")]
    _, energy = row_polynomials(m, kappa, 1, sums)
    content = sum(term.coefficient(kappa) * term.factor(sums) * sums[term.order] for term in terms(m))
    assert sympy.expand(energy - content) == 0
    assert terms(m)[0].parts == (m,)
    assert set(terms(m)[-1].parts) == {1}


@pytest.mark.parametrize(("m", "ratios"), [(3, ["1/9"]), (5, ["1/3"]), (7, ["1/3", "1/2"])])
def test_row_sums_are_the_least_power_sums(m, ratios):
    s, theta = fmpq(2, 7), [fmpq(int(Fraction(r).numerator), int(Fraction(r).denominator)) for r in ratios]
    w = 1 / s**2 - 1
    expected = power_sums(m, w, [x * w for x in theta])
    assert frontier_general.row_sums(m, s, theta)[1:] == [expected[j] * s ** (2 * j) for j in range(1, m + 1)]


def sampled_ratio(problem: Problem, shown: dict, rng: np.random.Generator, count: int, decades: float = 9) -> float:
    """The largest g(t)/(σ t + τ) over random rows, from D_i's recursion and the shown parameters (m = 5, all terms)."""
    m, p = problem.m, problem.p
    kappa = [
        0.0,
        *(to_float(k) for k in cumulants_from_moments([1] + [p * problem.law.moment(2 * j) for j in range(1, m + 1)])[1:]),
    ]
    t = np.concatenate([10 ** rng.uniform(-decades, 0, count), rng.uniform(0, 1, count)])
    w = 1 / t - 1
    theta = np.where(rng.random(2 * count) < 0.3, 0.0, 10 ** rng.uniform(-decades, 0, 2 * count))
    if not problem.is_infinite:
        theta = np.maximum(theta, 1 / (int(problem.n) - 1))
    sums = [0.0, 1 + w]
    for j in range(2, m + 1):
        sums.append(1 + w**j * theta ** (j - 1))
    gain, energy = row_polynomials(m, kappa, 1.0, sums)
    for entry, term in zip(shown["terms"], terms(m), strict=False):
        assert tuple(2 * j for j in term.parts) == tuple(entry["orders"])
        nu, x, share = (float(Fraction(entry[name])) for name in ("nu", "x", "share"))
        c, f = term.coefficient(kappa), term.factor(sums)
        energy = energy - c * f * sums[term.order] * share + c * f * x
        gain = gain - nu * np.sqrt(f)
    bound = float(Fraction(shown["price"])) * t + float(Fraction(shown.get("excess", "0")))
    return float((np.maximum(gain, 0) ** 2 / energy / bound).max())


@pytest.mark.parametrize(
    ("args", "prototype"),
    [
        # a float of the independent prototype, on a grid that does not reach t -> 0
        (("inf", 3, 5, "1e-3", "rademacher"), 8.55757),
        (("inf", 4, 5, "1e-4", "rademacher"), 22.87289),
        ((7, 2, 5, "1e-3", "gaussian"), None),
    ],
)
def test_price_holds_on_sampled_rows_and_value_follows(args, prototype):
    problem = Problem(*args)
    found = evaluate_upper(BOUND, problem, 30)
    shown = found.choice.shown
    ratio = sampled_ratio(problem, shown, np.random.default_rng(11), 200_000)
    assert 0.9 < ratio <= 1 + 1e-9
    value = problem.rank * Fraction(shown["price"]) + (0 if problem.is_infinite else int(problem.n)) * Fraction(
        shown.get("excess", "0")
    )
    kappa = cumulants_from_moments([1] + [problem.p * problem.law.moment(2 * j) for j in range(1, problem.m + 1)])
    for entry, term in zip(shown["terms"], terms(problem.m), strict=False):
        if Fraction(entry["nu"]):
            value += Fraction(entry["nu"]) ** 2 / (Fraction(str(term.coefficient(kappa))) * Fraction(entry["y"]))
    assert value == Fraction(str(found.exact()))
    if prototype is not None:
        assert float(value / Fraction(str(problem.p))) == pytest.approx(prototype, rel=3e-3)


def test_few_features_are_nearly_sharp():
    # 6 lines of the plane: a half-design of strength 10, for which L3 is exact
    problem = Problem(6, 2, 5, "1e-6", "rademacher")
    upper, lower = evaluate_upper(BOUND, problem, 12).value, evaluate_lower(half_design.BOUND, problem, 12).value
    assert lower.enclosure.lower <= upper.certified <= lower.enclosure.upper * fmpq(1002, 1000)


def test_no_weights_exceed_it():
    rng = np.random.default_rng(5)
    for d, n, p, law in ((2, 4, "1e-4", "rademacher"), (3, 7, "1e-3", "gaussian"), (1, 3, "1e-2", "uniform")):
        found = evaluate_upper(BOUND, Problem(n, d, 5, p, law), 12)
        for _ in range(10):
            W = rng.standard_normal((d, n))
            assert exact_loss(W, m=5, p=p, law=law).improvement_best_scale <= found.value.certified


@pytest.mark.parametrize(
    ("args", "factor"),
    [
        (("inf", 3, 5, "1e-12", "rademacher"), 1.15),
        (("inf", 3, 5, "1e-8", "gaussian"), 1.5),
        (("inf", 10, 5, "1e-10", "rademacher"), 1.05),
        (("inf", 30, 5, "1e-9", "gaussian"), 1.01),
        (("inf", 100, 5, "1e-12", "gaussian"), 1.01),
    ],
)
def test_tiny_activities_near_the_half_design_limit(args, factor):
    problem = Problem(*args)
    found = evaluate_upper(BOUND, problem, 30)
    d, law = problem.d, problem.law
    # I/p of a half-design of strength 10 as p -> 0: tau_5 mu_6^2/mu_10, tau_5 = d (d+2) ... (d+8)/945
    limit = float(law.moment(6) ** 2 / law.moment(10)) * float(np.prod([d + 2.0 * i for i in range(5)])) / 945
    assert 0.99 * limit < to_float(found.exact() / problem.p) < factor * limit
    ratio = sampled_ratio(problem, found.choice.shown, np.random.default_rng(3), 200_000, decades=18)
    assert 0.9 < ratio <= 1 + 1e-9


@pytest.mark.parametrize("law", ["rademacher", "gaussian"])
def test_quadratic_minorant_holds_on_rows(law):
    problem = Problem("inf", 3, 5, "1e-4", law)
    choice = evaluate_upper(BOUND, problem, 12).choice.values["parameters"]
    p0, e0, e1, e2, k = frontier_general_minorant.row_minorant(problem, choice)
    row = frontier_general.row_function(problem, choice)
    rng = np.random.default_rng(8)
    for s, c in 10 ** -rng.uniform(0, 5, (300, 2)):
        s, c = fmpq(round(1e9 * s), 10**9), fmpq(round(1e9 * c), 10**9)
        gain, energy = row(arb(s), arb(c))
        y = (1 - s**2) ** 2 * c**2
        low = e0(s) + e1(s) * y + e2 * y**2
        assert not gain > arb(p0(s) + k * y)
        assert not energy < arb(low)
        assert to_float(low) > 0.01 * float(energy) or y > s**4  # it does not give all away
    s = fmpq(1, 100)
    gain, energy = row(arb(s), arb(0))
    assert float(gain) == pytest.approx(to_float(p0(s)), rel=1e-9)  # equal at y = 0
    assert float(energy) == pytest.approx(to_float(e0(s)), rel=1e-9)


def test_a_price_too_low_is_raised():
    problem = Problem("inf", 10, 5, "1e-9", "gaussian")
    choice = evaluate_upper(BOUND, problem, 12).choice.values["parameters"]
    assert frontier_general_minorant.price_factor(problem, choice, fmpq(1, 1000)) < fmpq(101, 100)
    low = replace(choice, price=choice.price / 2)
    factor = frontier_general_minorant.price_factor(problem, low, fmpq(1, 1000))
    assert fmpq(19, 10) < factor
    # the limit t -> 0 with Q_4 = 1 alone asks for 5 kappa_2/21
    assert low.price * factor >= problem.p * problem.law.moment(2) * fmpq(5, 21)


@pytest.mark.parametrize(
    ("args", "factor"),
    [
        ((1000, 10, 5, "1e-10", "gaussian"), 1.01),
        ((10**6, 3, 5, "1e-12", "rademacher"), 1.05),
        ((12, 3, 5, "1e-7", "rademacher"), 1.01),
    ],
)
def test_tiny_activities_of_finitely_many_features(args, factor):
    problem = Problem(*args)
    found = evaluate_upper(BOUND, problem, 30)
    limit = (
        float(problem.law.moment(6) ** 2 / problem.law.moment(10)) * float(np.prod([problem.d + 2.0 * i for i in range(5)])) / 945
    )
    assert to_float(found.exact() / problem.p) < factor * limit
    # far from the rows where a price holds with room, but it holds
    assert sampled_ratio(problem, found.choice.shown, np.random.default_rng(4), 200_000, decades=18) <= 1 + 1e-9


@pytest.mark.parametrize(("n", "excess"), [(12, fmpq(0)), (12, fmpq(1, 10)), (10**4, fmpq(1, 100))])
def test_the_factor_of_a_price_holds_with_excess_and_few_features(n, excess):
    problem = Problem(n, 3, 5, "1e-7", "rademacher")
    choice = evaluate_upper(BOUND, Problem("inf", 3, 5, "1e-7", "rademacher"), 12).choice.values["parameters"]
    rough = replace(choice, price=choice.price / 7, excess=choice.price * excess)
    factor = frontier_general_minorant.price_factor(problem, rough, fmpq(1, 1000))
    scaled = replace(rough, price=rough.price * factor, excess=rough.excess * factor)
    assert sampled_ratio(problem, scaled.shown(problem), np.random.default_rng(6), 100_000) <= 1 + 1e-9
    assert factor > 0
