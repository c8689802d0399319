"""U9 for m = 5 and 7: the expansion, the certified price, and values against witnesses and the independent prototype."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import fmpq

from boundcalc.bounds.evaluate import report
from boundcalc.bounds.frontiers.terms import terms
from boundcalc.bounds.lower import half_design
from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
from boundcalc.bounds.upper import frontier
from boundcalc.loss.exact import exact_loss
from boundcalc.model.problem import Problem
from boundcalc.numbers.moments import cumulants_from_moments, row_polynomials

BOUND = frontier.BOUND
PROTOTYPE = {("rademacher", 3, "1e-2"): 4.080294, ("rademacher", 10, "1e-3"): 62.11, ("gaussian", 3, "0.1"): 1.3356}
"""I/p on a dense grid of rows, by the independent prototype: another program, with more links and another solver."""


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


def sampled_ratio(problem: Problem, shown: dict, rng: np.random.Generator, count: int, decades: float = 9) -> float:
    """The largest g(t)/(σ t + τ) over random rows, from D_i's recursion with signed cumulants and the shown parameters (m = 5).

    D_i itself stands for what is left after the payments: the bound's own energy may be smaller.
    """
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
    for entry in shown["terms"]:
        nu, x, share, weight = (float(Fraction(entry[name])) for name in ("nu", "x", "share", "weight"))
        order, *others = (k // 2 for k in entry["orders"])
        f = np.prod([sums[j] for j in others], axis=0)
        assert share <= 1 or (entry["linked"] and order == 2)
        energy = energy + weight * f * (x - share * sums[order])
        gain = gain - nu * np.sqrt(f)
    bound = float(Fraction(shown["price"])) * t + float(Fraction(shown.get("excess", "0")))
    assert (energy > 0).all()
    return float((np.maximum(gain, 0) ** 2 / energy / bound).max())


@pytest.mark.parametrize(
    ("args", "prototype"),
    [
        (("inf", 3, 5, "1e-2", "rademacher"), PROTOTYPE["rademacher", 3, "1e-2"]),
        (("inf", 10, 5, "1e-3", "rademacher"), PROTOTYPE["rademacher", 10, "1e-3"]),
        (("inf", 3, 5, "0.1", "gaussian"), PROTOTYPE["gaussian", 3, "0.1"]),
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
    for entry in shown["terms"]:
        if Fraction(entry["nu"]):
            value += Fraction(entry["nu"]) ** 2 / (Fraction(entry["weight"]) * Fraction(entry["y"]))
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
            assert exact_loss(W, m=5, p=p, law=law, transpose=False).improvement_best_scale <= found.value.certified


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


def half_design_limit(problem: Problem) -> float:
    """I/p of a half-design of strength 10 as p -> 0: tau_5 mu_6²/mu_10, tau_5 = d (d+2) ... (d+8)/945."""
    law = problem.law
    return float(law.moment(6) ** 2 / law.moment(10)) * float(np.prod([problem.d + 2.0 * i for i in range(5)])) / 945


@pytest.mark.parametrize(("args", "factor"), [((12, 3, 5, "1e-7", "rademacher"), 1.01), ((24, 3, 5, "1e-6", "rademacher"), 1.01)])
def test_tiny_activities_of_finitely_many_features(args, factor):
    problem = Problem(*args)
    found = evaluate_upper(BOUND, problem, 30)
    assert to_float(found.exact() / problem.p) < factor * half_design_limit(problem)
    # far from the rows where a price holds with room, but it holds
    assert sampled_ratio(problem, found.choice.shown, np.random.default_rng(4), 200_000, decades=18) <= 1 + 1e-9


@pytest.mark.parametrize(
    ("args", "factor"), [((1000, 10, 5, "1e-10", "gaussian"), 1.001), ((10**6, 3, 5, "1e-12", "rademacher"), 1.01)]
)
def test_where_n_p_is_tiny_the_report_is_near_the_limit(args, factor):
    """There the program for finitely many features is not solved, and other bounds are the sharp ones."""
    problem = Problem(*args)
    limit = half_design_limit(problem)
    assert to_float(evaluate_upper(BOUND, problem, 30).exact() / problem.p) < 1.12 * limit
    assert to_float(report(problem).best_upper.value.certified / problem.p) < factor * limit
