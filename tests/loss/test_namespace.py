"""Arrays of other libraries: the same numbers, in the library and type of the caller."""

import math

import numpy as np
import pytest

from boundcalc.loss import namespace
from boundcalc.loss.dense import dense_loss, dense_loss_and_gradient
from boundcalc.numbers.errors import ParameterError

CASES = [(1, "1/2", "laplace"), (3, "1/100", "rademacher"), (5, "1/3", "gaussian")]


def libraries():
    """(name, to the library, from the library)."""
    strict = pytest.importorskip("array_api_strict")
    return strict.asarray, np.from_dlpack


@pytest.mark.parametrize("best_scale", [False, True])
@pytest.mark.parametrize(("m", "p", "law"), CASES)
def test_array_api_strict(m, p, law, best_scale):
    enter, leave = libraries()
    rng = np.random.default_rng(m)
    for weights in (rng.standard_normal((3, 40)), 1e70 * rng.standard_normal((2, 3)), rng.standard_normal((5, 2)) * 1e-200):
        if not best_scale and abs(math.log10(abs(weights).max())) > 50:
            continue
        expected, gradient = dense_loss_and_gradient(weights, m=m, p=p, law=law, best_scale=best_scale, transpose=False)
        found, other = dense_loss_and_gradient(
            enter(weights), m=m, p=p, law=law, best_scale=best_scale, transpose=False, budget=1 << 16
        )
        assert type(other) is type(enter(weights))
        assert found.improvement_best_scale == pytest.approx(expected.improvement_best_scale, rel=1e-12)
        assert found.unit_power == pytest.approx(expected.unit_power, rel=1e-12)
        np.testing.assert_allclose(leave(other), gradient, rtol=0, atol=1e-11 * abs(gradient).max())
        assert dense_loss(enter(weights), m=m, p=p, law=law, transpose=False).unit_correlation == found.unit_correlation


def test_numpy_itself_and_many_blocks(monkeypatch):
    """The generic code on NumPy arrays, a few rows at a time."""
    weights = np.random.default_rng(1).standard_normal((4, 300))
    evaluation = namespace.ForeignEvaluation(weights, 3, "1/10", "uniform", None, 1 << 16)
    assert evaluation.block < 10
    expected, gradient = dense_loss_and_gradient(weights, m=3, p="1/10", law="uniform")
    assert evaluation.rows.value.D == pytest.approx(expected.D, rel=1e-12)
    np.testing.assert_allclose(evaluation.gradient(False), gradient, rtol=0, atol=1e-11 * abs(gradient).max())


def test_float32_stays_float32():
    enter, leave = libraries()
    weights = np.random.default_rng(2).standard_normal((4, 30)).astype(np.float32)
    expected, gradient = dense_loss_and_gradient(weights, m=3, p="1/10", law="uniform")
    found, other = dense_loss_and_gradient(enter(weights), m=3, p="1/10", law="uniform")
    assert leave(other).dtype == np.float32
    assert found.D == pytest.approx(expected.D, rel=1e-5)
    np.testing.assert_allclose(leave(other), gradient, rtol=0, atol=1e-4 * abs(gradient).max())


@pytest.mark.parametrize("weights", [np.ones(3), np.ones((2, 0)), np.array([[np.nan]]), np.array([[1, 2]])])
def test_bad_arrays(weights):
    enter, _ = libraries()
    with pytest.raises(ParameterError) as refused:
        dense_loss(enter(weights), m=3, p="1/10", law="uniform")
    assert refused.value.parameter == "W"
    assert "\n" not in str(refused.value)


def test_something_else_with_a_shape():
    class Odd:
        shape, dtype = (1, 1), float

    with pytest.raises(ParameterError):
        dense_loss(Odd(), m=3, p="1/10", law="uniform")


def cubic(A, p, total):
    """(C, D) of a Gram matrix for m = 3 and the Gaussian law, written out, in any library; ``total`` sums all or along rows."""
    q2, q4, q6 = (total(A**k, 1) for k in (2, 4, 6))
    kappa2, kappa4, kappa6 = p, 3 * p - 3 * p**2, 15 * p - 45 * p**2 + 30 * p**3
    a = A.diagonal()
    c = total(kappa4 * a**3 + 3 * kappa2**2 * a * q2, 0)
    return c, total(kappa6 * q6 + 15 * kappa4 * kappa2 * q4 * q2 + 15 * kappa2**3 * q2**3, 0)


@pytest.mark.parametrize("best_scale", [False, True])
def test_torch_and_its_automatic_differentiation(best_scale):
    torch = pytest.importorskip("torch")
    weights = torch.tensor(np.random.default_rng(5).standard_normal((3, 8)), dtype=torch.float64, requires_grad=True)
    c, d = cubic(weights.T @ weights, 1 / 7, lambda array, axis: array.sum(dim=axis))
    (c * c / d if best_scale else 2 * c - d).backward()
    found, gradient = dense_loss_and_gradient(weights, m=3, p="1/7", law="gaussian", best_scale=best_scale)
    assert found.D == pytest.approx(d.item(), rel=1e-12)
    torch.testing.assert_close(gradient, weights.grad, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("best_scale", [False, True])
def test_jax_and_its_automatic_differentiation(best_scale):
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        weights = jax.numpy.asarray(np.random.default_rng(5).standard_normal((3, 8)))

        def objective(W):
            c, d = cubic(W.T @ W, 1 / 7, lambda array, axis: array.sum(axis=axis))
            return c * c / d if best_scale else 2 * c - d

        expected = jax.grad(objective)(weights)
        _, gradient = dense_loss_and_gradient(weights, m=3, p="1/7", law="gaussian", best_scale=best_scale)
        assert isinstance(gradient, jax.Array)
        np.testing.assert_allclose(gradient, expected, rtol=1e-10, atol=1e-10)
    finally:
        jax.config.update("jax_enable_x64", before)
