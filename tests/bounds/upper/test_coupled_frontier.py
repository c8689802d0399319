"""U11 against a search over t, ell and e written from the theorem, against the prototype's table, and against weights."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.evaluate import report
from boundcalc.bounds.frontiers.coupled import CoupledChoice
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.bounds.upper import coupled_frontier, frontier, uniform_in_n
from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.model.problem import Problem

BOUND = coupled_frontier.BOUND
HEAVY = "support:-3:1/20,-1:9/20,1:9/20,3:1/20"
CASES = [
    ("inf", 2, "1e-9", "gaussian"),
    ("inf", 2, "1e-3", "gaussian"),
    ("inf", 3, "1e-1", "gaussian"),
    ("inf", 3, "1e-4", "rademacher"),
    ("inf", 2, "1e-2", "rademacher"),
    ("inf", 10, "1e-5", "gaussian"),
    ("inf", 3, "1e-3", "laplace"),
    ("inf", 2, "1e-2", HEAVY),
    (10**6, 3, "1e-3", "gaussian"),
]


def real(value: fmpq) -> float:
    return int(value.p) / int(value.q)


def cumulants(problem: Problem) -> tuple[float, float, float]:
    p = real(problem.p)
    mu = [real(problem.law.moment(2 * k)) for k in range(4)]
    fourth, sixth = p * mu[2] - 3 * (p * mu[1]) ** 2, p * mu[3] - 15 * p**2 * mu[1] * mu[2] + 30 * (p * mu[1]) ** 3
    return p * mu[1], fourth, sixth


def needed(problem: Problem, lam: float, nu: float, x3: float, x2: float, extra: float, fine: int = 1) -> float:
    """sup over 0 < t <= ell <= 1 of min over e of (N_+^2/phi - z')/ell, on grids: the theorem's formulas as they stand."""
    k2, k4, k6 = cumulants(problem)
    b = 15 * k4 * k2 / (2 * k6)
    centre = min(1.0, k2 * (15 / k6) ** (1 / 3))
    most = 0.0
    t = np.unique(
        np.concatenate([np.geomspace(centre * 1e-6, 1, 120 * fine), np.geomspace(centre / 30, min(1, 200 * centre), 200 * fine)])
    )
    for theta in np.concatenate([np.linspace(1, 0.02, 60 * fine), np.geomspace(0.02, 1e-3, 10)]):
        ell = np.minimum(t / theta, 1)[:, None]
        top = np.minimum(b / ell, 2 * (k4 + 3 * k2**2 / t[:, None]) / max(lam, 1e-300))
        share, T = np.linspace(0, 1, 41) + 0 * top, t[:, None]
        for _ in range(4):  # N_+^2/phi is convex in e: closer and closer around the best
            e = top * share
            s = np.minimum(e * ell / b, 1)
            N = np.maximum(k4 + 3 * k2**2 / T - lam * (1 + e) - nu * np.sqrt((1 - s) / T), 0)
            phi = k6 * x3 * (1 + e) ** 2 + 15 * k4 * k2 * x2 * (1 - s) / T + 15 * k2**3 / T**3 - k6 * e**2 / T
            value = np.where(phi > 0, N**2 / np.where(phi > 0, phi, 1), np.inf)
            best = value.argmin(axis=1)[:, None]
            ends = [np.take_along_axis(share, np.clip(best + k, 0, share.shape[1] - 1), 1) for k in (-1, 1)]
            share = ends[0] + (ends[1] - ends[0]) * np.linspace(0, 1, 21)
        most = max(most, float(((value - extra) / ell).min(axis=1).max()))
    return most


@pytest.mark.parametrize(("n", "d", "p", "law"), CASES)
def test_z_is_what_the_rows_need_and_hardly_more(n, d, p, law):
    problem = Problem(n, d, 3, p, law)
    chosen = BOUND.choose(problem).values["parameters"]
    assert isinstance(chosen, CoupledChoice)
    (x3, y3), (x2, y2) = chosen.pair(problem, 3), chosen.pair(problem, 2)
    lam, nu, z, extra = (real(value) for value in (chosen.lambda_, chosen.nu, chosen.z, chosen.alone))
    found = needed(problem, lam, nu, real(x3), real(x2), extra)
    assert found <= z * (1 + 1e-6)
    assert z <= found * (1 + 3e-3)
    k2, k4, k6 = cumulants(problem)
    heads = lam**2 / (k6 * real(y3)) + (nu**2 / (15 * k4 * k2 * real(y2)) if nu else 0.0)
    value = heads + problem.rank * z + (problem.n * extra if extra else 0.0)
    assert real(evaluate_upper(BOUND, problem).value.enclosure.upper) == pytest.approx(value, rel=1e-9)


TABLE = {
    ("gaussian", 2): {"1e-9": 1.0715, "1e-6": 1.0706, "1e-4": 1.0634, "1e-3": 1.0483, "1e-2": 1.0284, "0.1": 1.1040},
    ("gaussian", 3): {"1e-6": 1.0479, "1e-3": 1.0220, "0.03": 1.0643},
    ("gaussian", 10): {"1e-6": 1.0093, "1e-4": 1.0116},
    ("rademacher", 2): {"1e-4": 1.0024, "1e-3": 1.0029},
    ("rademacher", 3): {"1e-5": 1.0005, "1e-3": 1.0040},
}
"""Ratios of the prototype, an interior-point method on dense grids in another solver's hands; the better of U11 and U12."""


@pytest.mark.parametrize(("law", "d"), TABLE)
def test_certified_ratios_are_those_of_the_prototype(law, d):
    for p, wanted in TABLE[law, d].items():
        found = report(Problem("inf", d, 3, p, law), digits=12)
        assert real(found.ratio.upper) <= wanted * 1.005, p


QUINTIC = {
    ("gaussian", 2, "1e-3"): (1.1641, 0.9),
    ("gaussian", 3, "1e-6"): (1.17, 0.87),
    ("gaussian", 3, "1e-3"): (1.1131 * 1.02, 0.92),
    ("rademacher", 3, "1e-6"): (1.0471 * 1.005, 0.97),
    ("rademacher", 2, "1e-6"): (1.0711, 0.93),
}
"""For m = 5 what the ratio is to stay below, from the prototype, and the part of frontier's value that is left at most."""


@pytest.mark.parametrize(("law", "d", "p"), QUINTIC)
def test_for_m_5_the_ratio_is_near_the_prototype_and_the_bound_below_frontier(law, d, p):
    problem = Problem("inf", d, 5, p, law)
    found = report(problem, digits=12)
    wanted, part = QUINTIC[law, d, p]
    assert found.best_upper.bound is BOUND
    assert real(found.ratio.upper) <= wanted
    assert float(found["coupled_frontier"]) <= part * float(found["frontier"])


@pytest.mark.parametrize(
    ("n", "d", "p", "law"), [(12, 2, "1e-3", "gaussian"), (10**7, 2, "1e-4", "uniform"), ("inf", 2, "0.1", "gaussian")]
)
def test_for_m_5_it_is_never_above_frontier(n, d, p, law):
    problem = Problem(n, d, 5, p, law)
    plain = evaluate_upper(frontier.BOUND, problem, 12).value
    mine = evaluate_upper(BOUND, problem, 12)
    if mine.value is None:
        assert "needs" in mine.why_not
    else:
        assert mine.value.enclosure.upper <= plain.enclosure.upper


def test_for_m_5_optimised_weights_stay_below_it():
    """Exact improvements of climbed weights of main and tiny features, against the bound for infinitely many."""
    from boundcalc.search.climb import maximise
    from boundcalc.search.objective import Improvement

    rng = np.random.default_rng(11)
    for law, d, p, n in (("gaussian", 2, "1e-3", 12), ("rademacher", 2, "1e-4", 6), ("uniform", 2, "1e-4", 9)):
        bound = evaluate_upper(BOUND, Problem("inf", d, 5, p, law), 12).value.enclosure.upper
        problem, best = Problem(n, d, 5, p, law), 0.0
        for _ in range(4):
            log_value, *_ = maximise(Improvement(problem), mixed_weights(rng, d, n), 300, 1e-12)
            best = max(best, float(np.exp(log_value)))
        assert 0.5 < best * real(problem.p) / real(bound) < 1


@pytest.mark.parametrize("n", [3, 20, 10**5, "inf"])
@pytest.mark.parametrize("law", ["rademacher", "gaussian", "uniform", "laplace"])
def test_it_is_never_above_frontier(n, law):
    for d in (1, 2, 5):
        for p in ("1e-30", "1e-5", "1e-2"):
            problem = Problem(n, d, 3, p, law)
            mine, plain = evaluate_upper(BOUND, problem, 12), evaluate_upper(frontier.BOUND, problem, 12)
            assert mine.value.enclosure.upper <= plain.value.enclosure.upper


@pytest.mark.parametrize(("law", "d", "p"), [("gaussian", 5, "1e-3"), ("laplace", 3, "1e-2"), ("rademacher", 2, "1e-6")])
def test_no_number_of_features_has_a_larger_bound_than_infinitely_many(law, d, p):
    limit = evaluate_upper(BOUND, Problem("inf", d, 3, p, law), 12).value.enclosure.upper
    for n in (d + 1, 300, 10**5, 10**9, 10**40, 10**400):
        value = evaluate_upper(BOUND, Problem(n, d, 3, p, law), 12).value.enclosure.upper
        assert value <= limit
        assert n < 10**40 or value == limit


def test_it_reaches_the_closed_form_as_p_vanishes_and_beats_it_before():
    for p, share in (("1e-12", fmpq(1001, 1000)), ("1e-3", fmpq(98, 100))):
        problem = Problem("inf", 2, 3, p, "gaussian")
        mine, closed = (evaluate_upper(bound, problem, 12).value.enclosure.upper for bound in (BOUND, uniform_in_n.BOUND))
        assert mine <= closed * share


@pytest.mark.parametrize(
    ("problem", "why"),
    [
        (("inf", 3, 7, "1e-3", "gaussian"), "m = 3 or m = 5; here m = 7"),
        (("inf", 3, 5, "1/10", "rademacher"), "here kappa_6 = -"),
        (("inf", 3, 3, "0.09", "rademacher"), "here kappa_6 = -"),
        (("inf", 3, 3, "1", "gaussian"), "here kappa_4 = 0, kappa_6 = 0"),
    ],
)
def test_outside_its_hypotheses_it_says_which_and_what_was_found(problem, why):
    outcome = evaluate_upper(BOUND, Problem(*problem))
    assert outcome.value is None
    assert why in outcome.why_not


def mixed_weights(rng: np.random.Generator, d: int, n: int) -> np.ndarray:
    """A few main features and many tiny ones, on an ellipsoid."""
    sizes = np.where(np.arange(n) < d + 1, 1.0, 10 ** rng.uniform(-2, 0))
    return np.diag(np.geomspace(1, 10 ** rng.uniform(-1, 0), d)) @ rng.normal(size=(d, n)) * sizes


def test_it_bounds_the_improvement_of_mixed_weights_and_its_proof_holds_row_by_row():
    """C^2/D and the energy inequality by code of this test's own, for random e, with a column that pays for another."""
    rng, worst, closest = np.random.default_rng(11), 0.0, np.inf
    for _ in range(60):
        d, n = int(rng.integers(2, 5)), int(rng.integers(3, 40))
        law, p = [("rademacher", "0.02"), ("gaussian", "1e-3"), ("uniform", "0.05"), ("laplace", "1e-2")][int(rng.integers(4))]
        problem = Problem("inf", d, 3, p, law)
        k2, k4, k6 = cumulants(problem)
        W = mixed_weights(rng, d, n)
        A = W.T @ W
        a, q = np.diag(A), (A**2).sum(1)
        ell = np.einsum("ij,ij->j", W, np.linalg.pinv(W @ W.T) @ W)
        energy = (k6 * (A**6).sum(1) + 15 * k4 * k2 * (A**4).sum(1) * q + 15 * k2**3 * q**3).sum()
        value = (k4 * a**3 + 3 * k2**2 * a * q).sum() ** 2 / energy
        bound = real(evaluate_upper(BOUND, problem).value.enclosure.upper)
        assert value <= bound
        worst = max(worst, value / bound)
        s = rng.uniform(size=n)
        e = s * 7.5 * k4 * k2 / (k6 * ell)
        pure = k6 * (A**6 * np.outer(1 + e, 1 + e)).sum() - k6 * (a**4 * e**2 * q).sum()
        rest = np.sqrt((1 - s) * q)
        least = pure + 15 * k4 * k2 * (A**4 * np.outer(rest, rest)).sum() + 15 * k2**3 * (q**3).sum()
        closest = min(closest, 1 - least / energy)
    assert worst > 0.2  # the weights are no trivial ones
    assert -1e-12 < closest < 0.5


def test_the_digits_do_not_depend_on_the_processor():
    code = (
        "from boundcalc.model.problem import Problem; from boundcalc.bounds.upper.coupled_frontier import BOUND;"
        "p = Problem('inf', 3, 3, '1e-3', 'gaussian'); print(BOUND.enclose(p, BOUND.choose(p), 30).lower)"
    )
    plain = {"OPENBLAS_CORETYPE": "Prescott", "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX"}
    found = {
        subprocess.run([sys.executable, "-c", code], env=os.environ | extra, capture_output=True, text=True, check=True).stdout
        for extra in ({}, plain)
    }
    assert len(found) == 1


@pytest.mark.parametrize("share", [fmpq(1, 2), fmpq(2)])
def test_its_members_are_of_share_one(share):
    zero, nothing = fmpq(0), (fmpq(0),)
    members = FrontierPolynomial(3, 3, share, nothing), FrontierPolynomial(3, 2, fmpq(1), nothing)
    with pytest.raises(AssertionError, match="outside their domain"):
        CoupledChoice(zero, zero, *members, (zero, zero), fmpq(1), zero).value(Problem("inf", 3, 3, "1e-3", "gaussian"))


def test_without_a_mixed_term_there_is_a_number_and_no_warning():
    """m = 5, n = 80: the row's program has b = 0, by which a proposal divided. The value stands above the basis, p d g."""
    problem = Problem(80, 2, 5, "9/10", "gaussian")
    found = evaluate_upper(BOUND, problem, 10)
    assert found.value is not None
    assert float(found) >= float(report(problem, digits=10, upper=[BOUND]).best_lower)
