"""Untied pairs and any matrix A: exact against enumeration of states written out here; float against exact."""

from itertools import product

import numpy as np
import pytest
from flint import fmpq

from boundcalc.loss import pair_tiles, tiles
from boundcalc.loss.dense import dense_loss, dense_loss_and_gradient
from boundcalc.loss.dense_pair import (
    bounded_loss_of_pair,
    dense_loss_of_matrix,
    dense_loss_of_matrix_and_gradient,
    dense_loss_of_pair,
    dense_loss_of_pair_and_gradients,
)
from boundcalc.loss.exact import exact_loss
from boundcalc.loss.exact_pair import exact_loss_of_matrix, exact_loss_of_pair
from boundcalc.model.laws import parse_law
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError

LAWS = ("rademacher", "support:-3:1/8,-1:3/8,1:3/8,3:1/8", "support:-2:1/4,0:1/2,2:1/4")


@pytest.fixture(params=[1, 2], ids=["one lane", "two lanes"])
def _lanes(request, monkeypatch):
    for module in (tiles, pair_tiles):
        monkeypatch.setattr(module, "lane_count", lambda n: request.param)
    monkeypatch.setattr(tiles, "TILE", 4)
    monkeypatch.setattr(tiles, "WIDE", (3, 5))


def enumerated(A, m, p, law):
    """(C, D) by summing over all states."""
    p, n = fmpq(p) if isinstance(p, int) else fmpq(*map(int, p.split("/"))), len(A)
    values = [(fmpq(0), 1 - p), *((v, p * w) for v, w in parse_law(law).points)]
    c = d = fmpq(0)
    for state in product(values, repeat=n):
        weight = fmpq(1)
        for _, w in state:
            weight *= w
        decoded = [sum((a * v for a, (v, _) in zip(row, state, strict=True)), fmpq(0)) ** m for row in A]
        c += weight * sum((v * y for (v, _), y in zip(state, decoded, strict=True)), fmpq(0))
        d += weight * sum((y * y for y in decoded), fmpq(0))
    return c, d


def product_of(V, W):
    return [
        [sum(fmpq(int(v)) * int(w) for v, w in zip(V[:, i], W[:, j], strict=True)) for j in range(W.shape[1])]
        for i in range(V.shape[1])
    ]


@pytest.mark.parametrize(("m", "law"), list(product((1, 3, 5), LAWS)))
def test_exact_equals_enumeration(m, law):
    rng = np.random.default_rng([31, m])
    for shape, p in (((2, 3), "1/3"), ((1, 2), "1/100"), ((3, 3), "1/1")):
        V, W = rng.integers(-2, 3, shape), rng.integers(-2, 3, shape)
        expected = enumerated(product_of(V, W), m, p, law)
        pair = exact_loss_of_pair(V.tolist(), W.tolist(), m=m, p=p, law=law)
        assert (pair.C, pair.D) == expected
        matrix = exact_loss_of_matrix(product_of(V, W), m=m, p=p, law=law)
        assert (matrix.C, matrix.D) == expected


def test_a_pair_of_equals_is_tied():
    W = np.random.default_rng(5).standard_normal((3, 7))
    tied, pair = exact_loss(W, m=5, p="1/9", law="laplace"), exact_loss_of_pair(W, W, m=5, p="1/9", law="laplace", rows=True)
    assert (tied.C, tied.D) == (pair.C, pair.D)
    assert sum(pair.rows.C) == pair.C
    # the decoder's factor is that of A: the square of the factor of W
    assert pair.scale_power == tied.scale_power
    assert to_float(pair.scale.lower) == pytest.approx(to_float(tied.scale.lower) ** 2, rel=1e-14)


def test_the_best_scale_may_be_negative():
    W = [[1, 2, -1], [0, 1, 1]]
    V = [[-entry for entry in row] for row in W]
    found = exact_loss_of_pair(V, W, m=3, p="1/4", law="uniform")
    assert found.C < 0
    s = found.scale
    assert s.upper < 0
    moved = exact_loss_of_pair([[s.lower * entry for entry in row] for row in V], W, m=3, p="1/4", law="uniform")
    assert to_float(moved.improvement) == pytest.approx(to_float(found.improvement_best_scale), rel=1e-25 + 1e-15)
    assert (
        found.scaled(fmpq(-2)).C
        == exact_loss_of_pair([[-2 * entry for entry in row] for row in V], W, m=3, p="1/4", law="uniform").C
    )


@pytest.mark.usefixtures("_lanes")
@pytest.mark.parametrize("m", [1, 3, 5])
def test_float_equals_exact(m):
    rng = np.random.default_rng([6, m])
    for shape in ((1, 1), (2, 4), (3, 17)):
        V, W = 3e5 * rng.standard_normal(shape), 1e-7 * rng.standard_normal(shape)
        exact = exact_loss_of_pair(V, W, m=m, p="1/20", law="gaussian")
        A = rng.standard_normal((shape[1], shape[1]))
        pairs = [
            (dense_loss_of_pair(V, W, m=m, p="1/20", law="gaussian"), exact),
            (dense_loss_of_matrix(A, m=m, p="1/20", law="gaussian"), exact_loss_of_matrix(A, m=m, p="1/20", law="gaussian")),
        ]
        for found, value in pairs:
            size = max(abs(to_float(value.C)), to_float(value.D))
            assert found.C == pytest.approx(to_float(value.C), abs=1e-12 * size)
            assert found.D == pytest.approx(to_float(value.D), rel=1e-12)
            assert found.scale == pytest.approx(to_float(value.scale.lower), rel=1e-9)
        bounded = bounded_loss_of_pair(V, W, m=m, p="1/20", law="gaussian")
        for name in ("C", "D", "improvement", "improvement_best_scale", "loss", "loss_best_scale"):
            enclosure = getattr(bounded.enclosure, name)
            assert enclosure.lower <= getattr(exact, name) <= enclosure.upper
        assert bounded.enclosure.D.digits >= 11
        assert bounded.enclosure.scale.lower <= exact.scale.upper
        assert exact.scale.lower <= bounded.enclosure.scale.upper


def slope(evaluate, degree):
    """The exact derivative at 0 of a polynomial of at most this degree, by Lagrange interpolation on whole numbers."""
    nodes = list(range(degree + 1))
    total = fmpq(0)
    for k in nodes:
        weight = fmpq(0)
        for left_out in nodes:
            if left_out == k:
                continue
            term = fmpq(1, k - left_out)
            for j in nodes:
                if j not in (k, left_out):
                    term *= fmpq(-j, k - j)
            weight += term
        total += weight * evaluate(k)
    return total


def moved(matrix, row, column, step):
    return [
        [entry + (step if (i, j) == (row, column) else 0) for j, entry in enumerate(entries)] for i, entries in enumerate(matrix)
    ]


@pytest.mark.usefixtures("_lanes")
@pytest.mark.parametrize("best_scale", [False, True])
@pytest.mark.parametrize(("m", "law"), [(1, "gaussian"), (3, "rademacher"), (3, "laplace"), (5, "uniform")])
def test_gradients_equal_exact_derivatives(m, law, best_scale):
    rng = np.random.default_rng([8, m])
    V, W, A = (rng.integers(-3, 4, shape).tolist() for shape in ((2, 3), (2, 3), (3, 3)))
    options = {"m": m, "p": "1/5", "law": law}
    base = {"pair": exact_loss_of_pair(V, W, **options), "matrix": exact_loss_of_matrix(A, **options)}

    def expected(kind, evaluate):
        by_c, by_d = (slope(lambda k, name=name: getattr(evaluate(k), name), 2 * m) for name in ("C", "D"))
        if not best_scale:
            return to_float(2 * by_c - by_d)
        ratio = base[kind].C / base[kind].D
        return to_float(2 * ratio * by_c - ratio**2 * by_d)

    _, by_v, by_w = dense_loss_of_pair_and_gradients(np.array(V), np.array(W), **options, best_scale=best_scale)
    _, by_a = dense_loss_of_matrix_and_gradient(np.array(A), **options, best_scale=best_scale)
    for found, start, kind, evaluate in (
        (by_v, V, "pair", lambda changed: exact_loss_of_pair(changed, W, **options)),
        (by_w, W, "pair", lambda changed: exact_loss_of_pair(V, changed, **options)),
        (by_a, A, "matrix", lambda changed: exact_loss_of_matrix(changed, **options)),
    ):
        shape = np.shape(start)
        exact = [
            [
                expected(kind, lambda k, i=i, j=j, start=start, evaluate=evaluate: evaluate(moved(start, i, j, k)))
                for j in range(shape[1])
            ]
            for i in range(shape[0])
        ]
        np.testing.assert_allclose(found, exact, rtol=0, atol=1e-11 * np.abs(exact).max())


def test_the_tied_gradient_is_the_sum_of_both():
    W = np.random.default_rng(12).standard_normal((4, 30))
    _, tied = dense_loss_and_gradient(W, m=3, p="1/30", law="laplace")
    _, by_v, by_w = dense_loss_of_pair_and_gradients(W, W, m=3, p="1/30", law="laplace")
    np.testing.assert_allclose(by_v + by_w, tied, rtol=1e-11, atol=1e-11 * abs(tied).max())
    assert dense_loss_of_pair(W, W, m=3, p="1/30", law="laplace").C == pytest.approx(dense_loss(W, m=3, p="1/30", law="laplace").C)


def test_bad_shapes():
    V, W = np.ones((2, 3)), np.ones((3, 3))
    for evaluate in (dense_loss_of_pair, exact_loss_of_pair, bounded_loss_of_pair):
        with pytest.raises(ParameterError, match=r"must have the shape of W, \(3, 3\)") as refused:
            evaluate(V, W, m=3, p="1/2", law="gaussian")
        assert refused.value.parameter == "V"
    for evaluate in (dense_loss_of_matrix, exact_loss_of_matrix):
        with pytest.raises(ParameterError, match="square"):
            evaluate(V, m=3, p="1/2", law="gaussian")
    with pytest.raises(ParameterError, match="nan in row 0"):
        dense_loss_of_pair(np.full((3, 3), np.nan), W, m=3, p="1/2", law="gaussian")


def test_zero_and_huge():
    zero = np.zeros((2, 3))
    found = dense_loss_of_pair(zero, np.ones((2, 3)), m=3, p="1/2", law="gaussian")
    assert (found.improvement, found.improvement_best_scale, found.scale) == (0.0, 0.0, None)
    enclosure = bounded_loss_of_pair(zero, np.ones((2, 3)), m=3, p="1/2", law="gaussian").enclosure
    assert enclosure.scale is None
    assert enclosure.improvement_best_scale.upper == 0
    V, W = np.random.default_rng(2).standard_normal((2, 2, 5))
    plain = dense_loss_of_pair(V, W, m=5, p="1/2", law="gaussian")
    huge = dense_loss_of_pair(1e200 * V, 1e-80 * W, m=5, p="1/2", law="gaussian")
    assert huge.improvement_best_scale == pytest.approx(plain.improvement_best_scale, rel=1e-12)
    with pytest.raises(ParameterError):
        _ = huge.improvement
