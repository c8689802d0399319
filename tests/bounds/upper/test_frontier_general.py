"""U9 for m = 5 and 7: the expansion, the certified price, and values against witnesses and the independent prototype."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import fmpq

from boundcalc.bounds.evaluate import evaluate_lower, evaluate_upper
from boundcalc.bounds.lower import half_design
from boundcalc.bounds.upper import frontier, frontier_general
from boundcalc.bounds.upper.frontier_terms import terms
from boundcalc.lemmas.row import power_sums
from boundcalc.loss.exact import exact_loss
from boundcalc.moments import cumulants_from_moments, row_polynomials
from boundcalc.problem import Problem

BOUND = frontier.BOUND


def to_float(value: fmpq) -> float:
    return int(value.p) / int(value.q)


@pytest.mark.parametrize("m", [3, 5, 7, 9])
def test_terms_are_the_expansion_of_the_row_energy(m):
    kappa = [0, *sympy.symbols(f"k1:{m + 1}")]
    sums = [0, *sympy.symbols(f"Q1:{m + 1}")]
    _, energy = row_polynomials(m, kappa, 1, sums)
    told = sum(term.coefficient(kappa) * term.factor(sums) * sums[term.order] for term in terms(m))
    assert sympy.expand(energy - told) == 0
    assert terms(m)[0].parts == (m,)
    assert set(terms(m)[-1].parts) == {1}


@pytest.mark.parametrize(("m", "ratios"), [(3, ["1/9"]), (5, ["1/3"]), (7, ["1/3", "1/2"])])
def test_row_sums_are_the_least_power_sums(m, ratios):
    s, theta = fmpq(2, 7), [fmpq(int(Fraction(r).numerator), int(Fraction(r).denominator)) for r in ratios]
    w = 1 / s**2 - 1
    expected = power_sums(m, w, [x * w for x in theta])
    assert frontier_general.row_sums(m, s, theta)[1:] == [expected[j] * s ** (2 * j) for j in range(1, m + 1)]


def sampled_ratio(problem: Problem, shown: dict, rng: np.random.Generator, count: int) -> float:
    """The largest g(t)/(σ t + τ) over random rows, from D_i's recursion and the shown parameters (m = 5, all terms)."""
    m, p = problem.m, problem.p
    kappa = [
        0.0,
        *(to_float(k) for k in cumulants_from_moments([1] + [p * problem.law.moment(2 * j) for j in range(1, m + 1)])[1:]),
    ]
    t = np.concatenate([10 ** rng.uniform(-9, 0, count), rng.uniform(0, 1, count)])
    w = 1 / t - 1
    theta = np.where(rng.random(2 * count) < 0.3, 0.0, 10 ** rng.uniform(-9, 0, 2 * count))
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
