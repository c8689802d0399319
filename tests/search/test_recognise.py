"""Polishing, guesses of exact numbers, and what structures are called."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, fmpq

from boundcalc.frames.library import construct
from boundcalc.loss.exact import exact_loss
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import precision
from boundcalc.search.algebraic import guess
from boundcalc.search.climb import maximise
from boundcalc.search.objective import Improvement, VerySparse
from boundcalc.search.optimize import optimize
from boundcalc.search.polish import BITS, improvement_gradient, polish, sparse_gradient
from boundcalc.search.recognise import recognise


@pytest.mark.parametrize(
    ("compute", "text"),
    [
        (lambda: arb(3) / 8, "3/8"),
        (lambda: arb(0), "0"),
        (lambda: arb(-4), "-4"),
        (lambda: (3 + arb(5).sqrt()) / 8, "(3 + √5)/8"),
        (lambda: (3 - arb(5).sqrt()) / 8, "(3 - √5)/8"),
        (lambda: arb(2).sqrt() / 3, "√2/3"),
        (lambda: 2 * arb(3).sqrt(), "2√3"),
        (lambda: arb(2).root(3), "root of x^3 - 2"),
        (lambda: arb.pi(), None),
        (lambda: arb(2).exp(), None),
    ],
)
def test_guesses(compute, text):
    with precision(BITS):
        assert guess(compute(), 50) == text


def random_optimum(d: int, n: int, seed: int, problem: Problem | None) -> np.ndarray:
    W = np.random.default_rng(seed).standard_normal((d, n))
    return maximise(VerySparse(3) if problem is None else Improvement(problem), W / np.linalg.norm(W, axis=0), 3000, 1e-15)[1]


def test_long_gradients_agree_with_the_short_ones():
    W = np.random.default_rng(1).standard_normal((3, 6))
    problem = Problem(6, 3, 5, "1/100", "gaussian")
    with precision(BITS):
        from boundcalc.model.quantities import Quantities
        from boundcalc.numbers.rings import BALL

        balls = np.array([[arb(x) for x in row] for row in W], dtype=object)
        limit, own = sparse_gradient(balls, 5), improvement_gradient(balls, 5, Quantities(BALL, problem).kappa)
        for long, short in ((limit, VerySparse(5)(W)[1]), (own, Improvement(problem)(W)[1])):
            np.testing.assert_allclose(np.array([[float(x) for x in row] for row in long]), short, atol=1e-11)


@pytest.mark.parametrize("problem", [None, Problem(8, 4, 3, "0.01", "rademacher")])
def test_polishing_gives_many_digits(problem):
    W = random_optimum(*((3, 11, 2) if problem is None else (4, 8, 2)), problem)
    found = polish(W, problem, 3)
    assert found is not None
    assert found.digits == 60
    with precision(BITS):
        columns = found.columns
        gradient = sparse_gradient(columns, 3)
        if problem is not None:
            from boundcalc.model.quantities import Quantities
            from boundcalc.numbers.rings import BALL

            gradient = improvement_gradient(columns, 3, Quantities(BALL, problem).kappa)
        assert all(abs(entry) < arb(10) ** -58 for entry in gradient.flat)
        if problem is None:  # the 11-line design: S² = 7 T to 60 digits
            gram = columns.T @ columns
            total, first = (gram**6).sum(), (gram.diagonal() ** 3).sum()
            assert abs(first**2 / total - 7) < arb(10) ** -58


def test_no_polish_away_from_an_optimum():
    assert polish(np.ones((50, 50)), None, 3) is None  # more entries than are polished
    steps = polish(np.random.default_rng(0).standard_normal((4, 9)), Problem(9, 4, 3, "0.3", "gaussian"), 3)
    assert steps is None


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("icosahedron", "an equiangular tight frame of 6 lines in R^3, squared inner product 1/5, half-design of strength 4"),
        ("24_cell", "12 lines in R^4 of equal norm, a tight frame, half-design of strength 4, squared inner products 1/4, 0"),
        ("clebsch", "an equiangular tight frame of 16 lines in R^6, squared inner product 1/9"),
        ("reznick_11", "11 weighted lines in R^3, half-design of strength 6"),
        ("E6", "half-design of strength 4"),
    ],
)
def test_frames_are_named_after_a_random_rotation(key, words):
    W = construct(key).to_float()
    d, n = W.shape
    rotation = np.linalg.qr(np.random.default_rng(3).standard_normal((d, d)))[0]
    signs = np.random.default_rng(4).choice([-1.0, 1.0], n)
    problem = Problem(n + 2, d, 3, "1e-6", "rademacher")
    weights = np.zeros((d, n + 2))
    weights[:, :n] = (rotation @ W * signs)[:, np.random.default_rng(5).permutation(n)]
    found = recognise(weights, problem)
    assert found.names == [key]
    assert words in found.sentence
    assert found.digits == 60
    # the named frame's own value, certified, is that of its coordinates
    value = exact_loss(W, m=3, p="1e-6", law="rademacher").improvement_best_scale
    assert abs(found.exact.lower / value - 1) < fmpq(1, 10**12)
    assert found.exact.digits >= 25


def test_a_direct_sum_is_taken_apart():
    weights = np.zeros((7, 10))
    weights[:3, :6] = construct("icosahedron").to_float()
    weights[3:5, 6:9] = 0.9 * construct("simplex_2").to_float()
    weights[5, 9] = 0.95
    found = recognise(weights, Problem(10, 7, 3, "0.05", "rademacher"))
    assert [(count, part.n, part.d) for count, part in found.parts] == [(1, 6, 3), (1, 3, 2), (1, 1, 1)]
    assert found.names == ["icosahedron", "simplex_2", "orthonormal_1"]
    assert " + " in found.sentence


def test_random_weights_have_no_name():
    found = recognise(np.random.default_rng(0).standard_normal((3, 7)), Problem(7, 3, 3, "0.05", "rademacher"))
    assert found.names == []
    assert found.exact is None


@pytest.mark.parametrize("seed", [0, 3])
def test_the_11_line_design_from_random_starts(seed):
    problem = Problem(11, 3, 3, "1e-6", "rademacher")
    result = optimize(problem, only_random=True, seed=seed)
    found = recognise(result.weights, problem)
    part = found.parts[0][1]
    assert (part.n, part.strength) == (11, 6)
    assert found.names == ["reznick_11"]
    assert part.family == 2
    assert part.sentence().startswith("reznick_11 (reached along a family of equal value with 2 parameters): 11 weighted lines")
    # members of the family are equal in the limit only: p adds some 1e-10 here
    assert float(found.exact.lower / problem.p) == pytest.approx(result.value, rel=1e-8)


def test_e8_from_random_starts():
    problem = Problem(120, 8, 3, "1e-6", "rademacher")
    result = optimize(problem, only_random=True, starts=4)
    assert result.value >= 63.97
    found = recognise(result.weights, problem)
    assert found.names == ["E8"]
    assert found.parts[0][1].strength == 6
    assert [(value.guess, value.count) for value in found.parts[0][1].squares] == [("1/4", 120 * 28), ("0", 60 * 63)]
