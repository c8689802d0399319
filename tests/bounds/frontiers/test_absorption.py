"""U13: the payments balance, follow the order of the monomials, and cost as little as a linear program says."""

from __future__ import annotations

from itertools import pairwise
from math import prod

import numpy as np
import pytest
from flint import fmpq
from scipy.optimize import linprog

from boundcalc.bounds.frontiers.absorption import absorbed, payments, steps_above
from boundcalc.bounds.frontiers.terms import terms
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT


def coefficients(problem: Problem) -> dict:
    kappa = Quantities(EXACT, problem).kappa
    return {term.parts: term.coefficient(kappa) for term in terms(problem.m)}


def to_float(value: fmpq) -> float:
    return int(value.p) / int(value.q)


def cheapest(problem: Problem) -> float | None:
    """The least number of steps times amounts, by a linear program in floats; ``None`` where it is infeasible."""
    c, above = coefficients(problem), steps_above(problem.m)
    edges = [(small, large, steps) for small, found in above.items() for large, steps in found.items()]
    place = {parts: i for i, parts in enumerate(c)}
    matrix = np.zeros((len(c), len(edges)))
    for k, (small, large, _) in enumerate(edges):
        matrix[place[small], k] -= 1
        matrix[place[large], k] += 1
    scale = max(abs(to_float(v)) for v in c.values())
    found = linprog([steps for *_, steps in edges], A_ub=matrix, b_ub=[to_float(v) / scale for v in c.values()])
    return found.fun * scale if found.status == 0 else None


CASES = [
    ("rademacher", 5, "1e-3"),
    ("rademacher", 5, "0.03"),
    ("rademacher", 5, "0.0868"),
    ("rademacher", 5, "0.0869"),
    ("uniform", 5, "0.207"),
    ("uniform", 5, "0.2075"),
    ("gaussian", 5, "0.9"),
    ("rademacher", 7, "0.002"),
    ("rademacher", 7, "0.01"),
    ("gaussian", 7, "0.3"),
    ("laplace", 7, "0.5"),
]


@pytest.mark.parametrize(("law", "m", "p"), CASES)
def test_payments_are_the_cheapest(law, m, p):
    problem = Problem("inf", 3, m, p, law)
    made, least = payments(m, coefficients(problem)), cheapest(problem)
    assert (made is None) == (least is None)
    if made is not None:
        cost = sum(to_float(one.amount) * steps_above(m)[one.smaller][one.larger] for one in made)
        assert cost == pytest.approx(least, rel=1e-9, abs=1e-15)


def test_nothing_is_paid_where_all_is_nonnegative():
    assert absorbed(Problem("inf", 3, 5, "1e-3", "rademacher"))[1] == ()


@pytest.mark.parametrize(("law", "m", "p"), [("rademacher", 5, "0.03"), ("uniform", 5, "0.207"), ("rademacher", 7, "0.002")])
def test_the_energy_falls_on_every_row(law, m, p):
    """Σ c Π Q ≥ Σ c' Π Q for random rows, with equality where all entries but one vanish."""
    problem = Problem("inf", 3, m, p, law)
    before, (after, made) = coefficients(problem), absorbed(problem)
    assert made
    assert all(c >= 0 for c in after.values())
    assert sum(before.values()) == sum(after.values())
    rng = np.random.default_rng(2)
    for _ in range(200):
        row = rng.random(rng.integers(1, 9)) ** rng.integers(1, 6)
        sums = [0.0, *((row ** (2 * j)).sum() for j in range(1, m + 1))]
        value = {parts: prod(sums[j] for j in parts) for parts in before}
        whole, least = (sum(to_float(c[parts]) * value[parts] for parts in c) for c in (before, after))
        assert least <= whole + 1e-12 * sum(abs(to_float(before[parts])) * value[parts] for parts in before)


def test_order_of_monomials_holds_on_rows_and_is_a_chain_for_m_5():
    chain = [(5,), (3, 2), (4, 1), (2, 2, 1), (3, 1, 1), (2, 1, 1, 1), (1,) * 5]
    assert all(large in steps_above(5)[small] for small, large in pairwise(chain))
    assert all(small not in steps_above(5)[large] for small, large in pairwise(chain))
    rng = np.random.default_rng(4)
    for m in (5, 7):
        for _ in range(50):
            row = rng.random(6) ** 4
            sums = [0.0, *((row ** (2 * j)).sum() for j in range(1, m + 1))]
            for small, found in steps_above(m).items():
                for large in found:
                    assert prod(sums[j] for j in small) <= prod(sums[j] for j in large) * (1 + 1e-12)
