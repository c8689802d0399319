"""U12 against a search over theta and eta, against witnesses, and where it is sharp; its lemmas on weights of mixed sizes."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.lower import half_design
from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
from boundcalc.bounds.upper import uniform_in_n
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import Enclosure
from boundcalc.numbers.parsing import parse_rational

BOUND = uniform_in_n.BOUND
HEAVY = "support:-3:1/20,-1:9/20,1:9/20,3:1/20"


def real(value: fmpq) -> float:
    return int(value.p) / int(value.q)


def searched(h: float) -> float:
    """E(h) by search over theta and every admissible eta, none of the closed form used."""
    theta = np.linspace(1e-4, 1, 4001)[:, None]
    eta = np.linspace(0, 1, 2001)[None] * np.minimum(1, 2.5 * h * theta)
    rest = 1 - 0.6 * eta**2 / h
    with np.errstate(divide="ignore", invalid="ignore"):
        row = np.where(rest > 1e-12, theta * (1 - eta) ** 2 / rest, np.where((eta > 1 - 1e-9) & (rest > -1e-12), 0, np.inf))
    return float(0.6 * row.min(axis=1).max())


@pytest.mark.parametrize("h", ["1/100", "1/4", "27/100", "1/3", "1/2", "59/100", "3/5", "61/100", "84/100", "1", "3"])
def test_the_supremum_of_a_row_is_that_of_a_search(h):
    value = parse_rational(h, parameter="h")
    found = uniform_in_n.row_supremum(value, 20)
    assert found.digits >= 20
    assert real(found.upper) == pytest.approx(searched(real(value)), rel=2e-3)


def encloses(enclosure: Enclosure, value: mpmath.mpf) -> bool:
    low, high = (mpmath.mpf(int(end.p)) / int(end.q) for end in (enclosure.lower, enclosure.upper))
    return bool(low <= value <= high and high - low < value * mpmath.mpf("1e-29"))


def test_two_values_in_closed_form():
    """h = 3/5, the Gaussian limit, is (2/5)(3 - 2 sqrt 2); at h = 1 the cubic's root is found by mpmath."""
    with mpmath.workdps(60):
        assert encloses(uniform_in_n.row_supremum(fmpq(3, 5), 30), (6 - 4 * mpmath.sqrt(2)) / 5)
        x = mpmath.findroot(lambda x: 1 - 3 * x + mpmath.mpf(3) / 5 * (x**2 + x**3), 0.4)
        assert encloses(uniform_in_n.row_supremum(fmpq(1), 30), (3 * x - 1) * (1 - x) / (5 * x))


@pytest.mark.parametrize("n", [3, 50, "inf"])
@pytest.mark.parametrize("d", [1, 2, 5, 1000])
def test_rademacher_features_have_no_additive_term(n, d):
    for text in ("1e-9", "1e-3", "0.03", "0.0792"):
        problem = Problem(n, d, 3, text, "rademacher")
        p = problem.p
        tau = fmpq(d * (d + 2) * (d + 4), 15)
        assert evaluate_upper(BOUND, problem).exact() == p * tau * (1 - 3 * p) ** 2 / (1 - 15 * p + 30 * p**2)


@pytest.mark.parametrize(("law", "share"), [("gaussian", 0.6), ("uniform", 0.84), ("laplace", 0.4), (HEAVY, None)])
def test_the_value_is_the_formula_in_floats(law, share):
    problem = Problem("inf", 3, 3, "1e-4", law)
    mu = [real(problem.law.moment(2 * k)) for k in range(4)]
    p = 1e-4
    k2, k4 = p * mu[1], p * mu[2] - 3 * (p * mu[1]) ** 2
    k6 = p * mu[3] - 15 * p**2 * mu[1] * mu[2] + 30 * (p * mu[1]) ** 3
    h = k4**2 / k2 / k6
    assert share is None or h == pytest.approx(share, rel=1e-3)
    expected = 7 * k4**2 / k6 + 3 * k2 * min(0.6 * max(0, 1 - h), searched(h))
    assert real(evaluate_upper(BOUND, problem).value.enclosure.upper) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("d", [2, 4, 8])
def test_a_half_design_attains_it_as_p_vanishes(d):
    problem = Problem("inf", d, 3, "1e-30", "rademacher")
    upper, lower = evaluate_upper(BOUND, problem), evaluate_lower(half_design.BOUND, problem)
    assert lower.value is not None
    assert fmpq(1) <= upper.value.enclosure.upper / lower.value.enclosure.lower < 1 + fmpq(1, 10**6)


@pytest.mark.parametrize(
    ("problem", "why"),
    [
        (("inf", 3, 5, "1e-3", "gaussian"), "m = 3; here m = 5"),
        (("inf", 3, 3, "0.09", "rademacher"), "here kappa_6 = -"),
        (("inf", 3, 3, "0.5", "rademacher"), "here kappa_4 = -"),
        (("inf", 3, 3, "1", "gaussian"), "here kappa_4 = 0, kappa_6 = 0"),
    ],
)
def test_outside_its_hypotheses_it_says_which_and_what_was_found(problem, why):
    outcome = evaluate_upper(BOUND, Problem(*problem))
    assert outcome.value is None
    assert why in outcome.why_not


def mixed_weights(rng: np.random.Generator, d: int, n: int) -> np.ndarray:
    """A few main features and many tiny ones, on an ellipsoid."""
    sizes = np.where(np.arange(n) < d + 1, 1.0, 10 ** rng.uniform(-3, 0))
    return np.diag(np.geomspace(1, 10 ** rng.uniform(-2, 0), d)) @ rng.normal(size=(d, n)) * sizes


def test_it_bounds_the_improvement_of_mixed_weights():
    """C^2/D by code of this test's own; both additive terms occur."""
    rng, worst = np.random.default_rng(20264), 0.0
    for _ in range(150):
        d, n = int(rng.integers(2, 5)), int(rng.integers(3, 40))
        law, p = [("rademacher", 0.02), ("gaussian", 1e-3), ("uniform", 0.05), ("laplace", 1e-2)][int(rng.integers(4))]
        problem = Problem("inf", d, 3, str(p), law)
        mu = [real(problem.law.moment(2 * k)) for k in range(4)]
        k2, k4 = p * mu[1], p * mu[2] - 3 * (p * mu[1]) ** 2
        k6 = p * mu[3] - 15 * p**2 * mu[1] * mu[2] + 30 * (p * mu[1]) ** 3
        weights = mixed_weights(rng, d, n)
        A = weights.T @ weights
        a, q = np.diag(A), (A**2).sum(1)
        correlation = (k4 * a**3 + 3 * k2**2 * a * q).sum()
        energy = (k6 * (A**6).sum(1) + 15 * k4 * k2 * (A**4).sum(1) * q + 15 * k2**3 * q**3).sum()
        value = correlation**2 / energy
        bound = real(evaluate_upper(BOUND, problem).value.enclosure.upper)
        assert value <= bound
        worst = max(worst, value / bound)
    assert worst > 0.2  # the weights are no trivial ones
