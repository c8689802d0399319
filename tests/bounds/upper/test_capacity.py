"""U7: values against dense maximisation, exactness where superposition does not help, and the finite-n form."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.evaluate import report
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.bounds.rows.envelope import simple_rational
from boundcalc.bounds.upper import capacity
from boundcalc.model.problem import INFINITY, Problem

BOUND = capacity.BOUND
LAWS = ("rademacher", "gaussian", "uniform", "laplace")


def number(value) -> float:
    return int(value.p) / int(value.q)


def value(problem: Problem, digits: int = 20):
    outcome = evaluate_upper(BOUND, problem, digits)
    assert outcome.value is not None, outcome.why_not
    return outcome.value.enclosure


def orthonormal(problem: Problem) -> fmpq:
    law, m = problem.law, problem.m
    return problem.p * problem.rank * law.moment(m + 1) ** 2 / law.moment(2 * m)


def cubic(problem: Problem):
    """C̃ and D̃ (n = ∞) in mpmath, from the formulas of the theory."""
    p, law = mpmath.mpf(int(problem.p.p)) / int(problem.p.q), problem.law
    n2, n4, n6 = (p * int(law.moment(k).p) / mpmath.mpf(int(law.moment(k).q)) for k in (2, 4, 6))
    k4, k6 = n4 - 3 * n2**2, n6 - 15 * n2 * n4 + 30 * n2**3

    def ratio(w):
        energy = k6 + 15 * k4 * n2 * (1 + w) + 15 * n2**3 * (1 + w) ** 3
        if k6 < 0:
            energy += min(0, k6 * w**3 + 15 * k4 * n2 * w**2 * (1 + w))
        return (k4 + 3 * n2**2 * (1 + w)) ** 2 / energy

    return ratio


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("p", ["1e-12", "1e-6", "1e-3", "0.02", "0.07", "0.11", "0.25"])
def test_infinite_n_against_a_dense_maximum(law, p):
    problem = Problem(INFINITY, 3, 3, p, law)
    with mpmath.workdps(30):
        ratio = cubic(problem)
        grid = [mpmath.mpf(0), *(mpmath.mpf(10) ** (mpmath.mpf(k) / 20) for k in range(-140, 320))]
        heights = [(1 + w) * ratio(w) for w in grid]
        top = max(range(len(grid)), key=heights.__getitem__)
        low, high = grid[max(top - 1, 0)], grid[min(top + 1, len(grid) - 1)]
        for _ in range(60):  # ternary search
            a, b = low + (high - low) / 3, high - (high - low) / 3
            low, high = (a, high) if (1 + a) * ratio(a) < (1 + b) * ratio(b) else (low, b)
        best = 3 * max(heights[top], (1 + low) * ratio(low))
        enclosure = value(problem)
        upper = mpmath.mpf(int(enclosure.upper.p)) / int(enclosure.upper.q)
        assert best * (1 - mpmath.mpf(10) ** -15) <= upper
        limit = best if grid[top] < 10**15 else best * (1 + mpmath.mpf(10) ** -6)  # the supremum is at infinity
        assert upper <= limit * (1 + mpmath.mpf(10) ** -15)


@pytest.mark.parametrize("m", [5, 7])
@pytest.mark.parametrize(("law", "p"), [("rademacher", "1e-4"), ("gaussian", "1e-2"), ("laplace", "1/5")])
def test_larger_m_against_a_search_over_all_power_sums(m, law, p):
    """The supremum over w and the free ratios by random search in float never passes the value, and reaches it."""
    from boundcalc.bounds.rows.forms import quantities
    from boundcalc.numbers.moments import correlation, moments_from_cumulants

    problem = Problem(INFINITY, 1, m, p, law)
    kappa = [number(fmpq(k)) for k in quantities(problem).kappa]
    rng = np.random.default_rng(5)
    w = 10 ** rng.uniform(-3, 8, 200_000)
    share = np.sort(rng.uniform(0, 1, (m - 1, len(w))) ** rng.choice([1, 4, 400], len(w)), axis=0)
    share[:, ::2] = 0
    g = [w]
    for step in share:
        g.append(g[-1] * w * step)
    M = moments_from_cumulants([0] + [kappa[j] * (1 + g[j - 1]) for j in range(1, m + 1)])
    best = float(((1 + w) * correlation(m, kappa, 1, M) ** 2 / M[m]).max())
    upper = number(value(problem).upper)
    assert best <= upper * (1 + 1e-9)
    assert best >= upper * (1 - 1e-3)


@pytest.mark.parametrize(
    ("law", "p"),
    [("rademacher", p) for p in ("0.13", "0.2", "0.3", "1/3")] + [("uniform", p) for p in ("3/10", "0.45", "3/5")],
)
@pytest.mark.parametrize(("n", "d"), [(INFINITY, 3), (10**6, 10), (5, 5), (4, 9), (7, 1)])
def test_no_superposition_is_proven_exactly(law, p, n, d):
    problem = Problem(n, d, 3, p, law)
    choice = BOUND.choose(problem)
    assert BOUND.exact(problem, choice) == orthonormal(problem)
    answer = report(problem, digits=15, upper=[BOUND])
    assert answer.is_sharp
    assert answer.ratio.is_exact


@pytest.mark.parametrize("m", [3, 5, 7, 9, 31])
def test_gaussian_features_without_sparsity_are_known_exactly(m):
    for n, d in ((INFINITY, 4), (9, 4), (4, 4), (2, 4)):
        problem = Problem(n, d, m, 1, "gaussian")
        assert BOUND.exact(problem, BOUND.choose(problem)) == orthonormal(problem)


# --- finite n ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(("n", "d", "p"), [(9, 8, "1/5"), (30, 5, "1e-3"), (40, 8, "1e-4"), (6, 3, "0.03"), (12, 5, "0.07")])
def test_finite_n_is_the_concave_envelope(law, n, d, p):
    """An independent envelope: the best chord over t = r/n among 1000 points, with the least power sums of n features."""
    problem = Problem(n, d, 3, p, law)
    w = np.concatenate([np.geomspace(1e-6, 1e7, 1400), [n / d - 1]])
    k2, k4, k6 = [number(fmpq(k)) for k in capacity_kappa(problem)]
    g2, g3 = w**2 / (n - 1), w**3 / (n - 1) ** 2
    if k6 < 0:
        change = 15 * k4 * k2 * (1 + w) + k6 * w
        extra = np.minimum(g2 * change, w**2 * change)
    else:
        extra = k6 * g3 + 15 * k4 * k2 * g2 * (1 + w)
    D = k6 + 15 * k4 * k2 * (1 + w) + 15 * k2**3 * (1 + w) ** 3 + extra
    t = np.append(1 / (1 + w), 0.0)
    h = np.append((k4 + 3 * k2**2 * (1 + w)) ** 2 / D, 0.0)
    at = d / n
    left, right = t <= at * (1 + 1e-12), t > at * (1 + 1e-12)
    chords = (np.outer(t[right] - at, h[left]) + np.outer(h[right], at - t[left])) / (t[right][:, None] - t[left][None, :])
    envelope = n * max(float(chords.max()), float(h[left].max()))
    found = number(value(problem).upper)
    assert envelope * (1 - 1e-9) <= found <= envelope * (1 + 1e-5)


def capacity_kappa(problem: Problem) -> list[fmpq]:
    a, b, c = (problem.p * problem.law.moment(k) for k in (2, 4, 6))
    return [a, b - 3 * a**2, c - 15 * a * b + 30 * a**3]


@pytest.mark.parametrize("m", [3, 5])
@pytest.mark.parametrize("law", LAWS)
def test_more_features_do_not_lower_the_bound(m, law):
    values = [value(Problem(n, 4, m, "1e-3", law)).upper for n in (3, 4, 5, 8, 40, 1000, INFINITY)]
    assert all(a <= b * (1 + fmpq(1, 10**9)) for a, b in pairwise(values))


def test_few_features_need_no_superposition_at_small_p():
    # n <= d: the supremum of h itself, not of h/t
    for n in (1, 4, 8):
        problem = Problem(n, 8, 3, "1e-9", "rademacher")
        assert BOUND.exact(problem, BOUND.choose(problem)) == orthonormal(problem)


def test_a_simplex_is_attained_as_np_vanishes():
    problem = Problem(9, 8, 3, "1e-12", "rademacher")
    assert number(value(problem).upper) * 1e12 == pytest.approx(9 / (1 + 8 / 64**3), rel=1e-9)


# --- declaration -------------------------------------------------------------------------------------------------------


def test_digits_and_exactness():
    problem = Problem(INFINITY, 3, 3, "1e-6", "rademacher")
    coarse, fine = value(problem, 10), value(problem, 60)
    assert coarse.lower <= fine.lower <= fine.upper <= coarse.upper
    assert (fine.upper - fine.lower) * fmpq(10) ** 60 <= fine.lower


def test_why_not_names_the_exponent():
    assert "m = 11" in BOUND.why_not(Problem(10, 3, 11, "0.3", "rademacher"))
    assert BOUND.why_not(Problem(10, 3, 5, "0.3", "rademacher")) is None  # kappa_6 < 0
    assert "m = 11" in BOUND.why_not(Problem(10, 3, 11, "0.3", "gaussian"))
    assert "m >= 3" in BOUND.why_not(Problem(10, 3, 1, "0.3", "gaussian"))
    assert BOUND.why_not(Problem(10, 3, 3, "0.9", "rademacher")) is None


def test_latex_states_the_supremum():
    assert BOUND.latex(3).startswith(r"I^{\ast} \le r\,\sup_{Q_{2} \ge 1} \frac{Q_{2}")
    assert r"\kappa_{6}" in BOUND.latex(3)
    assert r"945\kappa_{2}^{5} Q_{2}^{5}" in BOUND.latex(5)  # the theory's expansion for m = 5


@pytest.mark.parametrize("x", [0.1, 1 / 3, 1e-30, 7.0, 12345.678, 2.5e20])
def test_simple_rational_is_near(x):
    found = simple_rational(x)
    assert abs(Fraction(int(found.p), int(found.q)) / Fraction(x) - 1) <= Fraction(1, 10**12)
    assert simple_rational(1 / 3) == fmpq(1, 3)
    assert simple_rational(0.0) == 0
