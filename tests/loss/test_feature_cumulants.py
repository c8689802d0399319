"""The loss of features that differ, by every engine, against enumeration and exact differentiation."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq

from boundcalc.loss.ball import enclose_loss
from boundcalc.loss.dense import dense_loss, dense_loss_and_gradient
from boundcalc.loss.dense_pair import (
    bounded_loss_of_pair,
    dense_loss_of_matrix_and_gradient,
    dense_loss_of_pair_and_gradients,
)
from boundcalc.loss.error_bound import bounded_loss, exact_float
from boundcalc.loss.exact import exact_loss, exact_loss_of_gram
from boundcalc.loss.exact_pair import exact_loss_of_matrix, exact_loss_of_pair
from boundcalc.loss.feature_cumulants import FeatureCumulants
from boundcalc.model.features import FeatureProblem, Features, Group
from boundcalc.model.laws import parse_law

FINITE = ("rademacher", "support:-1:1/4,0:1/2,1:1/4", "support:-2:1/8,-1:3/8,1:3/8,2:1/8")
ALL = (*FINITE[:2], "gaussian", "uniform", "laplace")


def random_features(rng, n, laws):
    """Importances over four decades, activities from 1/20 to 1, mixed laws and scales."""
    return Features(
        tuple(
            Group(
                1,
                fmpq(int(rng.integers(1, 10000)), int(rng.choice([1, 100, 10000]))),
                fmpq(int(rng.integers(1, 21)), 20),
                parse_law(str(rng.choice(laws))),
                fmpq(int(rng.integers(1, 5)), int(rng.integers(1, 4))),
            )
            for _ in range(n)
        )
    )


def random_matrix(rng, d, n):
    return [[fmpq(int(rng.integers(-4, 5)), int(rng.integers(1, 4))) for _ in range(n)] for _ in range(d)]


def product(left, right):
    return [
        [sum((u * v for u, v in zip(a, b, strict=True)), fmpq(0)) for b in zip(*right, strict=True)]
        for a in zip(*left, strict=True)
    ]


def enumerated(A, features, m):
    """C and D as sums over every state of the features: nothing of moments or cumulants."""
    groups = features.spread(features.groups)
    choices = []
    for group in groups:
        states = {fmpq(0): 1 - group.p}
        for value, weight in group.law.points:
            states[value * group.scale] = states.get(value * group.scale, fmpq(0)) + group.p * weight
        choices.append([(value, weight) for value, weight in states.items() if weight])
    c = d = fmpq(0)
    for state in itertools.product(*choices):
        probability = fmpq(1)
        for _, weight in state:
            probability *= weight
        x = [value for value, _ in state]
        for group, row, own in zip(groups, A, x, strict=True):
            y = sum((entry * value for entry, value in zip(row, x, strict=True)), fmpq(0)) ** m
            c += probability * group.importance * own * y
            d += probability * group.importance * y * y
    return c, d


def test_exact_losses_equal_enumeration():
    """The 200 problems of the page on features: mixed laws, tied and untied, m = 1, 3, 5."""
    rng = np.random.default_rng(2026)
    for case in range(200):
        n, d, m = int(rng.integers(1, 5)), int(rng.integers(1, 4)), (1, 3, 5)[case % 3]
        features = random_features(rng, n, FINITE)
        W, V = random_matrix(rng, d, n), random_matrix(rng, d, n)
        tied = exact_loss(W, m=m, features=features, transpose=False)
        assert (tied.C, tied.D) == enumerated(product(W, W), features, m)
        if any(any(row) for row in W):
            of_gram = exact_loss_of_gram(product(W, W), m=m, features=features)
            assert (of_gram.C, of_gram.D) == (tied.C, tied.D)
        untied = exact_loss_of_pair(V, W, m=m, features=features)
        assert (untied.C, untied.D) == enumerated(product(V, W), features, m)
        of_matrix = exact_loss_of_matrix(product(V, W), m=m, features=features)
        assert (of_matrix.C, of_matrix.D) == (untied.C, untied.D)


def test_equal_features_as_groups_are_the_plain_problem():
    W = random_matrix(np.random.default_rng(1), 2, 5)
    plain = exact_loss(W, m=3, p="1/7", law="laplace", rows=True)
    for features in (Features((Group(5, 1, "1/7", "laplace"),)), Features.each([1] * 5, ["1/7"] * 5, "laplace")):
        assert len(features.groups) == 1
        found = exact_loss(W, m=3, features=features, rows=True)
        assert (found.C, found.D, found.energy, found.rows) == (plain.C, plain.D, plain.energy, plain.rows)
    tripled = exact_loss(W, m=3, features=Features((Group(5, 3, "1/7", "laplace"),)))
    assert (tripled.C, tripled.D, tripled.loss) == (3 * plain.C, 3 * plain.D, 3 * plain.loss)


def test_a_scale_of_the_inputs_is_a_scale_of_the_law():
    W = random_matrix(np.random.default_rng(3), 2, 3)
    twos = "support:-2:1/2,2:1/2"
    for m in (1, 3):
        by_scale = exact_loss(W, m=m, features=Features((Group(3, 2, "1/3", "rademacher", 2),)))
        by_law = exact_loss(W, m=m, features=Features((Group(3, 2, "1/3", twos),)))
        assert (by_scale.C, by_scale.D, by_scale.energy) == (by_law.C, by_law.D, by_law.energy)


def test_the_signal_fractions_sum_to_at_most_the_rank():
    """t_i = κ_2^(i) a_i²/K_2(i), Lemma Pw of the page on features; largest for orthogonal columns."""
    rng = np.random.default_rng(4)
    for _ in range(20):
        features = random_features(rng, 6, ALL)
        value = exact_loss(random_matrix(rng, 2, 6), m=3, features=features, rows=True)
        assert 0 <= sum(value.rows.capacity) <= 2
    value = exact_loss([[1, 0, 0], [0, 3, 0]], m=3, features=random_features(rng, 3, ALL), rows=True)
    assert value.rows.capacity == (1, 1, 0)


@pytest.mark.parametrize("integers", [True, False])
def test_long_and_short_whole_numbers_agree(integers):
    """Weights that fit int64 and weights that do not, by the same matrix."""
    rng = np.random.default_rng(5)
    W = rng.integers(-2, 3, (2, 300)) if integers else rng.integers(-2, 3, (2, 300)) * (1 << 40)
    laws = [parse_law(name) for name in ALL]
    features = Features(tuple(Group(60, k + 1, fmpq(1, k + 2), law) for k, law in enumerate(laws)))
    found = exact_loss(W, m=3, features=features)
    slow = exact_loss_of_matrix([[int(x) for x in row] for row in (W.T.astype(object) @ W.astype(object))], m=3, features=features)
    assert (found.C, found.D) == (slow.C, slow.D)


@pytest.mark.parametrize("m", [1, 3, 5])
@pytest.mark.parametrize("size", [4, 600])
def test_float_losses_are_near_the_exact_one_and_their_enclosures_hold_it(m, size):
    rng = np.random.default_rng(m * size)
    features = random_features(rng, 5, ALL)
    features = features if size == 4 else Features(tuple(Group(120, g.importance, g.p, g.law, g.scale) for g in features.groups))
    n = features.n
    W, V = rng.standard_normal((3, n)), rng.standard_normal((3, n))
    kappa = FeatureCumulants(FeatureProblem(features, 3, m)).floats()
    assert m < 3 or (kappa[2] < 0).any()  # signs mix, so that both passes of the error bound are tried
    for found, exact in (
        (bounded_loss(W, m=m, features=features), exact_loss(W, m=m, features=features)),
        (bounded_loss_of_pair(V, W, m=m, features=features), exact_loss_of_pair(V, W, m=m, features=features)),
        (bounded_loss(W, m=m, features=features, precision="float32"), exact_loss(W, m=m, features=features)),
    ):
        for name in ("C", "D", "improvement", "improvement_best_scale", "loss", "loss_best_scale"):
            enclosed = getattr(found.enclosure, name)
            assert enclosed.lower <= getattr(exact, name) <= enclosed.upper
        assert abs(exact_float(found.value.D) - exact.D) <= found.error("D")
    assert dense_loss(W, m=m, features=features).D == pytest.approx(float(Fraction(int(exact.D.p), int(exact.D.q))), rel=1e-4)


def test_the_enclosure_notices_a_wrong_cumulant():
    rng = np.random.default_rng(11)
    features = random_features(rng, 30, ALL)
    W = rng.standard_normal((4, 30))
    groups = list(features.groups)
    groups[7] = Group(1, groups[7].importance, groups[7].p * (1 - fmpq(1, 10**7)), groups[7].law, groups[7].scale)
    other = exact_loss(W, m=3, features=Features(tuple(groups)))
    found = bounded_loss(W, m=3, features=features).enclosure.D
    assert not found.lower <= other.D <= found.upper


def test_balls_hold_the_exact_loss():
    rng = np.random.default_rng(12)
    features = random_features(rng, 4, ALL)
    W = random_matrix(rng, 2, 4)
    exact = exact_loss(W, m=3, features=features)
    found = enclose_loss(lambda: W, m=3, features=features, digits=25)
    for name in ("C", "D", "loss_best_scale"):
        enclosed, true = getattr(found, name), getattr(exact, name)
        assert enclosed.lower <= true <= enclosed.upper
        assert enclosed.upper - enclosed.lower <= abs(true) / 10**24


@pytest.mark.parametrize("m", [1, 3, 5])
@pytest.mark.parametrize("best_scale", [False, True])
def test_gradients_equal_exact_derivatives(m, best_scale):
    """Against the exact derivative of a polynomial in one entry: Lagrange through as many points as its degree asks for."""
    rng = np.random.default_rng(20 + m)
    features = random_features(rng, 4, ALL)
    W, V = rng.integers(-3, 4, (2, 4)) / 2.0 + 0.25, rng.integers(-3, 4, (2, 4)) / 2.0 + 0.25
    A = V.T @ W

    def derivative(loss, index):
        """dC and dD by the entry ``index``, exact."""
        degree = 4 * m
        points = [fmpq(k) for k in range(-degree, degree + 1)]
        values = [loss(index, at) for at in points]
        found = []
        for part in range(2):
            total = fmpq(0)
            for k, at in enumerate(points):
                if at == 0:
                    continue
                weight = fmpq(1)
                for other in points:
                    if other != at:
                        weight = weight * (-other if other != 0 else fmpq(1)) / (at - other)
                total += weight * (values[k][part] - values[points.index(fmpq(0))][part])
            found.append(total)
        return found

    def moved(matrix, index, at):
        rows = [[exact_float(value) for value in row] for row in matrix]
        rows[index[0]][index[1]] += at
        return rows

    def pair(value):
        return value.C, value.D

    def compare(gradient, loss):
        value = loss((0, 0), fmpq(0))
        for index in np.ndindex(gradient.shape):
            dc, dd = derivative(loss, index)
            c, d = value
            true = 2 * c / d * dc - (c / d) ** 2 * dd if best_scale else 2 * dc - dd
            size = max(abs(float(Fraction(int(t.p), int(t.q)))) for t in (2 * dc, dd, true))
            assert gradient[index] == pytest.approx(float(Fraction(int(true.p), int(true.q))), abs=1e-11 * size)

    given = {"m": m, "features": features}
    compare(dense_loss_and_gradient(W, best_scale=best_scale, **given)[1], lambda i, at: pair(exact_loss(moved(W, i, at), **given)))
    _, by_v, by_w = dense_loss_of_pair_and_gradients(V, W, best_scale=best_scale, **given)
    exact_v, exact_w = (moved(matrix, (0, 0), fmpq(0)) for matrix in (V, W))
    compare(by_v, lambda i, at: pair(exact_loss_of_pair(moved(V, i, at), exact_w, **given)))
    compare(by_w, lambda i, at: pair(exact_loss_of_pair(exact_v, moved(W, i, at), **given)))
    _, by_a = dense_loss_of_matrix_and_gradient(A, best_scale=best_scale, **given)
    compare(by_a, lambda i, at: pair(exact_loss_of_matrix(moved(A, i, at), **given)))


def test_tiles_of_many_lanes_and_of_another_library():
    """n = 700 runs in several tiles; the array API's own strict arrays go through the generic code."""
    xp = pytest.importorskip("array_api_strict", reason="array_api_strict comes with the extra test")
    rng = np.random.default_rng(31)
    features = Features(tuple(Group(100, fmpq(9, 10) ** k, fmpq(1, k + 3), ALL[k % 5]) for k in range(7)))
    W = rng.standard_normal((5, 700))
    value, gradient = dense_loss_and_gradient(W, m=3, features=features)
    by_matrix, by_a = dense_loss_of_matrix_and_gradient(W.T @ W, m=3, features=features)
    assert value.D == pytest.approx(by_matrix.D, rel=1e-12)
    np.testing.assert_allclose(gradient, W @ (by_a + by_a.T), rtol=0, atol=1e-11 * np.abs(gradient).max())
    other, foreign = dense_loss_and_gradient(xp.asarray(W), m=3, features=features)
    assert other.C == pytest.approx(value.C, rel=1e-12)
    np.testing.assert_allclose(np.asarray(foreign), gradient, rtol=0, atol=1e-11 * np.abs(gradient).max())
