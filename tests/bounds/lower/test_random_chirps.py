"""L2c against counts in fields, exact losses of weights that are drawn, and its limits."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from flint import fmpq
from oracles.sides import exceeded

from boundcalc.bounds.evaluate import report
from boundcalc.bounds.lower import random_chirps, random_directions
from boundcalc.bounds.lower.random_chirps import Chirps, solutions
from boundcalc.bounds.outcome import evaluate_lower
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.rings import EXACT


def counted(degree: int, j: int, order: int, points: tuple[int, ...]) -> int:
    sums = Counter(tuple(sum(x**t for x in xs) % order for t in range(1, degree + 1)) for xs in product(points, repeat=j))
    return sum(count**2 for count in sums.values())


@pytest.mark.parametrize("order", [13, 17])
@pytest.mark.parametrize("degree", [1, 2, 3])
def test_solutions_in_whole_fields(order, degree):
    for j in (1, 2, 3):
        assert solutions(degree, j, order, order) == counted(degree, j, order, tuple(range(order)))


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_solutions_on_average_over_five_points_of_seven(degree):
    for j in (1, 2, 3):
        total = sum(counted(degree, j, 7, points) for points in combinations(range(7), 5))
        assert solutions(degree, j, 7, 5) == fmpq(total, comb(7, 5))


def averaged(order: int, degree: int, points: int, count: int) -> np.ndarray:
    """Q_2, Q_4, Q_6 of a row on average over all points and highest coefficients, 16 phases in place of every one; floats."""
    phases = np.exp(2j * np.pi * np.arange(16) / 16)
    lower = np.array(list(product(range(order), repeat=degree - 1)))
    found = []
    for chosen in combinations(range(order), points):
        x = np.array(chosen)
        sums = {}
        for highest in range(order):
            values = highest * x**degree + sum(lower[:, [k]] * x ** (k + 1) for k in range(degree - 1))
            z = np.exp(2j * np.pi * (values % order) / order).mean(axis=1)
            turned = z[:, None] * phases
            each = [(turned.real ** (2 * j) + turned.imag ** (2 * j)).mean(axis=1) for j in (1, 2, 3)]
            if highest == 0:
                for own in each:  # lower[0] is the polynomial 0: the vector itself, without a phase
                    own[0] = 1
            sums[highest] = np.array([own.sum() for own in each])
        for coefficients in combinations(range(order), count):
            row = coefficients[0]
            found.append(sum(sums[(other - row) % order] for other in coefficients))
    return np.mean(found, axis=0)


@pytest.mark.parametrize(
    ("order", "degree", "points", "count"), [(7, 2, 4, 1), (7, 2, 5, 3), (7, 2, 7, 7), (7, 3, 4, 2), (7, 3, 6, 7)]
)
def test_power_sums_by_enumeration_of_points_and_coefficients(order, degree, points, count):
    found = [to_float(value) for value in Chirps(order, degree, points).power_sums(count)]
    assert found[0] == 2 * order ** (degree - 1) * count
    np.testing.assert_allclose(averaged(order, degree, points, count), found[1:], rtol=1e-12)


@pytest.mark.parametrize(("n", "d", "p"), [(9000, 26, "1e-3"), (3000, 22, "1e-3"), (3000, 46, "1e-2")])
def test_weights_that_are_drawn_have_its_value(n, d, p):
    outcome = report(n, d, 3, p, "gaussian", digits=6)["random_chirps"]
    W = outcome.witness
    shown, unit = outcome.choice.shown, W / np.linalg.norm(W, axis=0)
    assert W.shape == (shown["d"], shown["n"])
    np.testing.assert_allclose(unit @ unit.T, shown["n"] / shown["d"] * np.eye(shown["d"]), atol=1e-9)
    A = unit.T @ unit
    sums = [(A ** (2 * j)).sum(axis=1).mean() for j in (1, 2, 3)]
    np.testing.assert_allclose(sums, [to_float(value) for value in outcome.choice.values["power_sums"][1:]], rtol=0.02)
    assert [block.drawn for block in outcome.blocks] == [True]


@pytest.mark.parametrize(
    ("n", "d", "p", "law"),
    [
        ("inf", 58, "1e-5", "rademacher"),
        ("inf", 58, "1e-2", "rademacher"),
        ("inf", 90, "3e-4", "gaussian"),
        ("inf", 22, "1e-7", "gaussian"),
        (2000, 31, "1e-3", "gaussian"),
        (40, 5, "1e-2", "uniform"),
    ],
)
def test_the_choice_is_near_the_best_of_every_field_and_count(n, d, p, law):
    problem = Problem(n, d, 3, p, law)
    q, outcome = Quantities(EXACT, problem), evaluate_lower(random_chirps.BOUND, problem)
    best = fmpq(0)
    for order in (order for order in range(max(d // 2, 7), 90) if all(order % k for k in range(2, order))):
        for chirps in (Chirps(order, 2, d // 2), Chirps(order, 3, d // 2)):
            for count in range(1, order + 1):
                if chirps.n(count) <= problem.n:
                    best = max(best, random_chirps.BOUND.formula(q, **chirps.choice(count).values))
    assert outcome.exact() >= best * fmpq(997, 1000)
    assert outcome.choice.shown["n"] <= problem.n
    assert outcome.choice.shown["d"] <= d


def test_where_it_does_not_apply():
    for problem in (Problem("inf", 3, 3, "1e-3", "uniform"), Problem(13, 8, 3, "1e-3", "uniform")):
        assert "needs d >= 4 and n >= 2 L" in evaluate_lower(random_chirps.BOUND, problem).why_not
    assert evaluate_lower(random_chirps.BOUND, Problem("inf", 10**10, 3, "1e-3", "uniform")).choice.shown["d"] == 10**9
    assert evaluate_lower(random_chirps.BOUND, Problem("inf", 8, 5, "1e-3", "uniform")).why_not == "needs m = 3; here m = 5"
    assert evaluate_lower(random_chirps.BOUND, Problem(14, 4, 3, "1e-3", "uniform")).why_not is None


@pytest.mark.parametrize("law", ["rademacher", "gaussian", "laplace"])
@pytest.mark.parametrize("p", ["1e-300", "1e-9", "1e-4", "0.3", "1"])
@pytest.mark.parametrize(("n", "d"), [("inf", 4), ("inf", 120), (10**6, 120), (500, 23), ("inf", 10**6)])
def test_it_stays_below_every_upper_bound(n, d, p, law):
    assert exceeded(random_chirps.BOUND, Problem(n, d, 3, p, law)) == []


@pytest.mark.parametrize(("d", "p", "gain"), [(118, "1e-6", 1.08), (302, "1e-4", 1.08), (302, "1e-7", 1.07), (1000, "1e-5", 1.04)])
def test_it_is_above_random_directions_in_many_dimensions(d, p, gain):
    problem = Problem("inf", d, 3, p, "rademacher")
    mine, theirs = (evaluate_lower(module.BOUND, problem, 12).value.certified for module in (random_chirps, random_directions))
    assert to_float(mine / theirs) > gain
