"""float64 value and gradient against exact rationals."""

import numpy as np
import pytest
from flint import fmpq

from boundcalc.loss import tiles
from boundcalc.loss.dense import dense_loss, dense_loss_and_gradient
from boundcalc.loss.exact import exact_loss
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.moments import cumulants_from_moments, moments_from_cumulants

CASES = [
    (3, "1/100", "rademacher"),
    (3, "1", "uniform"),
    (5, "1/3", "support:-3:1/8,-1:3/8,1:3/8,3:1/8"),
    (5, "1e-6", "gaussian"),
    (7, "1/3", "rademacher"),
    (1, "1/2", "laplace"),
]


@pytest.fixture(params=[256, 2], ids=["one tile", "many tiles"])
def _blocks(request, monkeypatch):
    monkeypatch.setattr(tiles, "WIDE", (request.param, request.param))


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize(("m", "p", "law"), [*CASES, (7, "1", "support:-2:1/4,0:1/2,2:1/4"), (9, "1/100", "laplace")])
def test_value_equals_exact(m, p, law):
    rng = np.random.default_rng(m)
    for shape in ((1, 1), (2, 4), (3, 4), (4, 3), (5, 21)):
        weights = rng.standard_normal(shape)
        found, value = (
            dense_loss(weights, m=m, p=p, law=law, transpose=False),
            exact_loss(weights, m=m, p=p, law=law, transpose=False),
        )
        cancelled = 1.0 if p != "1" else cancellation(value)
        error = 1e-12 if cancelled < 100 else 1e-15 * cancelled
        for name in ("C", "D", "improvement_best_scale", "energy"):
            assert getattr(found, name) == pytest.approx(to_float(getattr(value, name)), rel=error)
        assert found.scale == pytest.approx(to_float(value.scale.lower), rel=error)
        size = abs(to_float(value.C)) + to_float(value.D)
        assert found.improvement == pytest.approx(to_float(value.improvement), abs=error * size)
        assert found.loss == pytest.approx(to_float(value.loss), abs=error * (size + found.energy))
        assert found.loss_best_scale == pytest.approx(to_float(value.loss_best_scale), abs=error * found.energy)


def cancellation(value):
    """D with every cumulant replaced by its absolute value, over D, at its worst over the rows' shapes (a single feature)."""
    m, law, p = value.problem.m, value.problem.law, value.problem.p
    moments = [fmpq(1)] + [p * law.moment(2 * j) for j in range(1, m + 1)]
    sizes = [abs(kappa) for kappa in cumulants_from_moments(moments)]
    return to_float(moments_from_cumulants(sizes)[m] / moments[m])


def exact_derivatives(weights, m, p, law):
    """∂C/∂W and ∂D/∂W, exact: each is the slope at 0 of a polynomial in one entry, of degree at most 4m, interpolated."""
    top = 2 * m
    nodes = [fmpq(k) for k in range(-top, top + 1)]
    slopes = []
    for k in nodes:
        if k == 0:
            slopes.append(-sum(1 / j for j in nodes if j != 0))
            continue
        # Lagrange's basis polynomial of node k vanishes at 0: its slope there
        slope = fmpq(1)
        for j in nodes:
            if j == k:
                continue
            slope *= (1 if j == 0 else -j) / (k - j)
        slopes.append(slope)
    d, n = len(weights), len(weights[0])
    by_c, by_d = np.zeros((d, n), dtype=object), np.zeros((d, n), dtype=object)
    for row in range(d):
        for column in range(n):
            for k, slope in zip(nodes, slopes, strict=True):
                moved = [list(entries) for entries in weights]
                moved[row][column] += k
                value = exact_loss(moved, m=m, p=p, law=law)
                by_c[row, column] += slope * value.C
                by_d[row, column] += slope * value.D
    return by_c, by_d


def test_the_interpolated_derivative_by_hand():
    # one feature: C = p mu_4 w^6 and D = p mu_6 w^12
    by_c, by_d = exact_derivatives([[fmpq(3, 2)]], 3, "1/4", "gaussian")
    assert by_c[0, 0] == fmpq(3, 4) * 6 * fmpq(3, 2) ** 5
    assert by_d[0, 0] == fmpq(15, 4) * 12 * fmpq(3, 2) ** 11


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize(("m", "p", "law"), CASES)
@pytest.mark.parametrize("best_scale", [False, True])
def test_gradient_equals_the_exact_derivative(m, p, law, best_scale):
    rng = np.random.default_rng([7, m])
    weights = [[fmpq(int(entry), 4) for entry in row] for row in rng.integers(-5, 6, (2, 3))]
    value = exact_loss(weights, m=m, p=p, law=law, transpose=False)
    by_c, by_d = exact_derivatives(weights, m, p, law)
    ratio = value.C / value.D
    expected = 2 * ratio * by_c - ratio**2 * by_d if best_scale else 2 * by_c - by_d
    sizes = 2 * ratio * abs(by_c) + ratio**2 * abs(by_d) if best_scale else 2 * abs(by_c) + abs(by_d)
    floats = np.array([[to_float(entry) for entry in row] for row in weights])
    found, gradient = dense_loss_and_gradient(floats, m=m, p=p, law=law, best_scale=best_scale)
    assert found == dense_loss(floats, m=m, p=p, law=law)
    assert gradient.shape == (2, 3)
    scale = max(to_float(size) for size in sizes.ravel())
    np.testing.assert_allclose(gradient, [[to_float(entry) for entry in row] for row in expected], rtol=0, atol=1e-12 * scale)


def test_gradient_of_the_best_scale_is_orthogonal_to_the_weights():
    """C²/D does not change with the scale of W (Euler)."""
    weights = np.random.default_rng(3).standard_normal((4, 30))
    _, gradient = dense_loss_and_gradient(weights, m=5, p="1/50", law="gaussian", best_scale=True)
    assert abs((gradient * weights).sum()) < 1e-12 * np.linalg.norm(gradient) * np.linalg.norm(weights)


@pytest.mark.parametrize("factor", [1e80, 1e200, 1e-80, 1e-200])
def test_any_scale_of_the_weights(factor):
    weights = np.random.default_rng(4).standard_normal((3, 8))
    plain = dense_loss(weights, m=5, p="1/50", law="gaussian")
    found, gradient = dense_loss_and_gradient(weights * factor, m=5, p="1/50", law="gaussian", best_scale=True)
    _, plain_gradient = dense_loss_and_gradient(weights, m=5, p="1/50", law="gaussian", best_scale=True)
    assert found.improvement_best_scale == pytest.approx(plain.improvement_best_scale, rel=1e-12)
    assert found.scale == pytest.approx(plain.scale / factor, rel=1e-12)
    np.testing.assert_allclose(gradient * factor, plain_gradient, rtol=1e-10, atol=1e-13)
    if factor > 1:
        with pytest.raises(ParameterError) as refused:
            _ = found.improvement
        assert refused.value.parameter == "W"
        with pytest.raises(ParameterError):
            dense_loss_and_gradient(weights * factor, m=5, p="1/50", law="gaussian")
    else:
        assert found.improvement == 0.0  # below the smallest float


def test_zero_matrix():
    found, gradient = dense_loss_and_gradient(np.zeros((2, 3)), m=3, p="1/2", law="rademacher")
    assert (found.improvement, found.improvement_best_scale, found.scale) == (0.0, 0.0, None)
    assert not gradient.any()
    with pytest.raises(ParameterError):
        dense_loss_and_gradient(np.zeros((2, 3)), m=3, p="1/2", law="rademacher", best_scale=True)


@pytest.mark.parametrize(
    ("weights", "change", "parameter"),
    [
        (np.array([[np.nan]]), {}, "W"),
        (np.array([[np.inf]]), {}, "W"),
        (np.ones(3), {}, "W"),
        (np.ones((1, 1, 1)), {}, "W"),
        (np.zeros((3, 0)), {}, "W"),
        (np.array([[1j]]), {}, "W"),
        ([[1.0], [1.0, 2.0]], {}, "W"),
        ([["a"]], {}, "W"),
        (np.ones((2, 2)), {"p": "1e-400"}, "p"),
        (np.ones((2, 2)), {"p": 0.5}, "p"),
        (np.ones((2, 2)), {"m": 4}, "m"),
        (np.ones((2, 2)), {"m": 399, "law": "laplace"}, "m"),
        (np.ones((2, 300)), {"m": 199, "p": 1}, "m"),
    ],
)
def test_bad_input_never_gives_nan(weights, change, parameter):
    with pytest.raises(ParameterError) as refused:
        dense_loss(weights, **{"m": 3, "p": "1/2", "law": "rademacher", **change})
    assert refused.value.parameter == parameter
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("scale", [1.0, 1e-30, 1e20])
def test_float32_is_near_float64_at_any_scale(scale):
    weights = scale * np.random.default_rng(6).standard_normal((5, 50))
    options = {"m": 5, "p": "1/50", "law": "laplace", "best_scale": True}
    value, gradient = dense_loss_and_gradient(weights, **options)
    found, other = dense_loss_and_gradient(weights, **options, precision="float32")
    assert found.improvement_best_scale == pytest.approx(value.improvement_best_scale, rel=1e-5)
    np.testing.assert_allclose(other, gradient, rtol=0, atol=1e-4 * abs(gradient).max())
    assert found != value


def test_a_gradient_is_finite_or_refused():
    """Powers of ten up to past what float64 holds."""
    weights = np.array([[0.7, 1e-280, -0.3]])
    finite = []
    for exponent in range(20, 30):
        try:
            _, gradient = dense_loss_and_gradient(weights * 10.0**exponent, m=3, p="1/2", law="gaussian")
        except ParameterError:
            finite.append(False)
        else:
            finite.append(True)
            assert np.isfinite(gradient).all()
    assert finite[0]
    assert not finite[-1]
    assert finite == sorted(finite, reverse=True)


def test_the_budget_changes_rounding_alone():
    weights = np.random.default_rng(7).standard_normal((3, 300))
    value, gradient = dense_loss_and_gradient(weights, m=3, p="1/50", law="laplace")
    found, other = dense_loss_and_gradient(weights, m=3, p="1/50", law="laplace", budget=1 << 16)
    assert found.D == pytest.approx(value.D, rel=1e-13)
    np.testing.assert_allclose(other, gradient, rtol=0, atol=1e-12 * abs(gradient).max())
    with pytest.raises(ParameterError, match="budget"):
        dense_loss(weights, m=3, p="1/50", law="laplace", budget=10)
    with pytest.raises(ParameterError, match="precision"):
        dense_loss(weights, m=3, p="1/50", law="laplace", precision="float128")


@pytest.mark.parametrize("m", [33, 41, 53])
def test_where_rounding_leaves_nothing_there_is_no_best_scale(m):
    """Exactly C = D = 2 p: the cumulants of either sign are 10^20 times larger, and float64 finds C or D negative."""
    assert exact_loss(np.eye(2, 5), m=m, p="0.01", law="rademacher").D == fmpq(2, 100)
    assert dense_loss(np.eye(2, 5), m=m, p="0.01", law="rademacher").scale is None
