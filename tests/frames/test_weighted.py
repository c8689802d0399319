"""Weighted half-designs: polynomial identities, Lemma W's equality, and the columns of W."""

import numpy as np
import pytest
import sympy
from flint import arb, fmpq
from oracles.gram_squares import strength

from boundcalc.frames.weighted import DESIGNS, reznick_11, weighted
from boundcalc.loss.ball import correlation_and_power
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import precision

designs = pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.key)


@designs
def test_sizes_and_strength(design):
    columns = design.build()
    assert (columns.d, columns.n) == (design.d, design.n)
    assert columns.weights is not None
    assert all(weight > 0 for weight in columns.weights)
    assert strength(columns) == design.strength


@designs
def test_other_weights_lose_the_strength(design):
    columns = design.build()
    first = columns.weights.count(columns.weights[0])
    changed = weighted(columns, [(first, 1), (design.n - first, 1)], design.strength)
    assert strength(changed) < design.strength


@designs
def test_the_average_is_a_power_of_the_norm(design):
    # Σ ω_i ⟨x, v_i⟩^t = c_{t/2}(d) Σ ω_i |x|^t at points x that the construction does not know
    columns = design.build()
    k = design.strength // 2
    moment = fmpq(1)
    for j in range(k):
        moment *= fmpq(2 * j + 1, design.d + 2 * j)
    with precision(200):
        rows = columns.to_balls()
        for seed in range(3):
            point = [int(x) for x in np.random.default_rng(seed).integers(-9, 10, design.d)]
            total = arb(0)
            for i, weight in enumerate(columns.weights):
                length = sum((row[i] ** 2 for row in rows), arb(0))
                product = sum((x * row[i] for x, row in zip(point, rows, strict=True)), arb(0))
                term = arb(weight)  # products, for a power of a ball around zero is nan in python-flint
                for _ in range(k):
                    term *= product * product / length
                total += term
            expected = arb(moment * sum(columns.weights, fmpq(0)) * sum(x * x for x in point) ** k)
            assert total.is_finite()
            assert total.overlaps(expected)
            assert total.rad() < abs(expected) * arb("1e-40")


@designs
def test_columns_attain_lemma_w(design):
    columns = design.build().to_float()
    m = design.strength // 2
    gram = columns.T @ columns
    total = (np.diag(gram) ** m).sum()
    welch = np.prod([(design.d + 2 * k) / (2 * k + 1) for k in range(m)])
    assert total**2 / (gram ** (2 * m)).sum() == pytest.approx(welch, rel=1e-12)


def test_the_search_reference_value():
    # the best value known for 11 lines in R^3, Rademacher, m = 3, p = 1e-6: I/p = 6.99968
    problem = Problem(n=11, d=3, m=3, p="1e-6", law="rademacher")
    with precision(128):
        c, energy = correlation_and_power(problem, reznick_11().to_balls())
        value = c * c / energy / arb(problem.p)
        assert abs(value - arb("6.99968")) < arb("1e-5")
        assert value < 7


def test_column_lengths_are_roots_of_the_weights():
    columns = reznick_11()
    lengths = (columns.to_float() ** 2).sum(axis=0)
    np.testing.assert_allclose(lengths**3, [378, 378, 280, *[343] * 8], rtol=1e-13)


def test_reznick_identity():
    x, y, z = sympy.symbols("x y z")
    root = sympy.sqrt(3)
    forms = [root * u + s * 2 * z for u in (x, y) for s in (1, -1)]
    forms += [root * x + s * root * y + t * z for s in (1, -1) for t in (1, -1)]
    total = 378 * x**6 + 378 * y**6 + 280 * z**6 + sum(form**6 for form in forms)
    assert sympy.expand(total - 540 * (x**2 + y**2 + z**2) ** 3) == 0
