"""The row condition of U11 for m = 5: its polynomials against the row's own sums and against what frontier has for e = 0."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.frontiers.coupled_quintic import CoupledQuintic, QuinticRow, coefficients
from boundcalc.bounds.frontiers.general import exchanges
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.bounds.upper import coupled_frontier
from boundcalc.model.problem import Problem
from boundcalc.numbers.moments import cumulants_from_moments, row_polynomials

CASES = [(3, "1e-6", "gaussian"), (2, "1e-2", "gaussian"), (3, "1e-4", "rademacher"), (2, "1e-4", "uniform")]


def real(value: fmpq) -> float:
    return int(value.p) / int(value.q)


def chosen(d: int, p: str, law: str) -> tuple[Problem, CoupledQuintic]:
    problem = Problem("inf", d, 5, p, law)
    found = evaluate_upper(coupled_frontier.BOUND, problem, 12).choice.values["parameters"]
    assert isinstance(found, CoupledQuintic)
    return problem, found


def value_of(terms: list, s: float, theta: float, y: float) -> float:
    return sum(value * s**i * theta**j * y**k for i, j, k, value in terms)


@pytest.mark.parametrize("case", CASES)
def test_polynomials_bound_rows_that_pay_nothing_and_those_that_pay(case):
    """With all power sums of a row and any e: N s^4 = P, and E is at most s^10 times the energy written from the theorem."""
    problem, choice = chosen(*case)
    row = QuinticRow.of(problem, choice.general).mapped(real)
    kappa = [0.0, *map(real, cumulants_from_moments([1] + [problem.p * problem.law.moment(2 * j) for j in range(1, 6)])[1:])]
    c = {parts: real(value) for parts, value in coefficients(problem).items()}
    rng = np.random.default_rng(5)
    for _ in range(200):
        s, share = 10 ** rng.uniform(-3, 0), 10 ** rng.uniform(-4, 0)
        t = s * s
        ell, rho, w = t ** rng.uniform(0, 1), rng.uniform(), 1 / t - 1
        sums = [0.0, 1 + w, *(1 + w**j * share ** (j - 1) for j in range(2, 6))]  # of equal entries, or of fewer
        e = c[3, 1, 1] / (2 * c[5,]) * (1 - rho**2) / ell**2
        gain, _ = row_polynomials(5, kappa, 1.0, sums)
        energy = c[5,] * -(e**2) * sums[1]
        for parts, value in c.items():
            if parts not in ((5,), (4, 1), (3, 1, 1)):
                energy += value * np.prod([sums[j] for j in parts])
        listed = zip(exchanges(problem), choice.general.multipliers, choice.general.members, strict=True)
        for one, nu, member in listed:
            f, x = one.at(sums), real(member.x)
            kept = real(member.share) * sums[one.order] if one.linked else 0.0
            if not one.linked and one.order == 3 and one.factor == (2,):
                assert nu == member.share == 0
                continue
            f *= {(5,): (1 + e) ** 2, (3, 1, 1): rho**2}.get((one.order, *one.factor), 1.0) if not one.linked else 1.0
            energy += real(one.weight) * f * (x - kept)
            gain -= real(nu) * f**0.5
        y = s**4 * (sums[2] - 1)
        assert value_of(row.inner(rho), s, t / ell, y) == pytest.approx(gain * s**4, rel=1e-7, abs=1e-9 * kappa[3] * s**4)
        size = 1e-9 * sum(abs(value_of([term], s, t / ell, y)) for term in row.outer(rho))
        assert value_of(row.outer(rho), s, t / ell, y) <= energy * s**10 + size


def test_the_gap_is_what_it_says():
    problem, choice = chosen(3, "1e-4", "rademacher")
    row = QuinticRow.of(problem, choice.general).mapped(real)
    inner, outer = row.inner(0.3), row.outer(0.3)
    for s, theta, y in ((0.1, 0.5, 0.01), (0.7, 0.9, 0.2), (0.01, 0.1, 1e-4)):
        wanted = row.z * value_of(outer, s, theta, y) - theta * value_of(inner, s, theta, y) ** 2
        size = row.z * sum(abs(value_of([term], s, theta, y)) for term in outer)
        assert value_of(row.gap(inner, outer), s, theta, y) == pytest.approx(wanted, abs=1e-12 * size)


def test_where_nothing_pays_for_the_pure_term_there_are_no_coefficients():
    assert coefficients(Problem("inf", 2, 5, "1/10", "gaussian")) is None
    assert coefficients(Problem("inf", 2, 5, "1e-3", "gaussian"))[5,] > 0
