"""The asymptotes against the closed forms of the theory, and against bounds far out."""

from math import prod

import pytest

from boundcalc import Problem, report
from boundcalc.render.plots.asymptotes import asymptotes, sigma
from boundcalc.render.plots.data import number


def closed_form(m, alpha, beta, mu_2):
    """σ_m as theory.md writes it."""
    odd = prod(range(1, 2 * m, 2))
    return (m - 1) ** (1 - 1 / m) / (m * odd ** (1 / m)) * alpha**2 / (mu_2 * beta ** (1 - 1 / m))


@pytest.mark.parametrize(
    ("law", "m", "alpha", "beta", "mu_2"),
    [("rademacher", 3, 1, 1, 1), ("gaussian", 3, 3, 15, 1), ("uniform", 3, 1 / 5, 1 / 7, 1 / 3), ("rademacher", 5, 1, 1, 1)],
)
def test_sigma_is_that_of_the_theory(law, m, alpha, beta, mu_2):
    assert sigma(Problem("inf", 3, m, "1/2", law)) == pytest.approx(closed_form(m, alpha, beta, mu_2), rel=1e-12)


@pytest.mark.parametrize(("law", "m"), [("rademacher", 3), ("laplace", 3), ("gaussian", 5)])
def test_sigma_is_the_limit_of_capacity(law, m):
    """Taken by SymPy from its formula; that random_directions has the same is a test of the limits."""
    from sympy import Rational

    from boundcalc.bounds.upper.capacity import BOUND
    from boundcalc.model.notation import symbol
    from boundcalc.render.closed_forms.limits import limit

    problem = Problem("inf", 3, m, "1/2", law)
    moments = {k: problem.law.moment(k) for k in range(2, 2 * m + 1, 2)}
    values = {symbol("mu", k): Rational(int(moment.p), int(moment.q)) for k, moment in moments.items()}
    found = limit(BOUND, m, "infinite").coefficient.subs({**values, symbol("d"): 1})
    assert sigma(problem) == pytest.approx(float(found), rel=1e-12)


def test_neighbours_meet_and_have_the_slopes_of_the_theory():
    sparse, power, dense = asymptotes(Problem("inf", 100, 3, "1/2", "rademacher"), 1e-10, 1.0)
    assert [str(regime.slope) for regime in (sparse, power, dense)] == ["0", "-2/3", "0"]
    assert (sparse.start, dense.end) == (1e-10, 1.0)
    assert sparse.at(sparse.end) == pytest.approx(power.at(power.start), rel=1e-9)
    assert power.at(power.end) == pytest.approx(dense.at(dense.start), rel=1e-9)
    assert sparse.at(1e-9) == pytest.approx(100 * 102 * 104 / 15)
    assert dense.at(1.0) == pytest.approx(100)
    assert power.end == pytest.approx(0.21456**1.5, rel=1e-4)


@pytest.mark.parametrize(
    ("d", "p", "which", "within"), [(10**6, "1e-10", 1, 0.02), (100, "1e-12", 0, 0.02), (100, "1/5", 2, 1e-12)]
)
def test_far_out_the_best_bounds_are_near_the_asymptote(d, p, which, within):
    problem = Problem("inf", d, 3, p, "rademacher")
    answer = report(problem, digits=12)
    value = asymptotes(problem, 1e-40, 1.0)[which].at(number(problem.p)) * number(problem.p)
    assert number(answer.best_upper.value.certified) == pytest.approx(value, rel=within)
    assert number(answer.best_lower.value.certified) == pytest.approx(value, rel=within)


def test_regimes_outside_the_range_or_without_many_features_are_not_drawn():
    many = Problem("inf", 100, 3, "1/2", "rademacher")
    assert [regime.name for regime in asymptotes(many, 1e-4, 1e-3)] == ["power"]
    assert [regime.name for regime in asymptotes(Problem(99, 100, 3, "1/2", "rademacher"), 1e-9, 1.0)] == ["dense"]
    assert asymptotes(Problem("inf", 100, 1, "1/2", "rademacher"), 1e-9, 1.0) == []
