"""Regular polygons of 2m + 3 sides: what is proven, against NumPy's interpolation, searches and changed interpolants."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb
from scipy.optimize import minimize

from boundcalc.bounds.relu import regular_polygons
from boundcalc.bounds.relu.floors import floors
from boundcalc.bounds.relu.regular_polygons import chebyshev, interpolant, prove_polygon
from boundcalc.bounds.relu.witnesses import closed_network
from boundcalc.model.features import Group
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import precision
from boundcalc.numbers.errors import CertificationError, ParameterError

EVEN = (2, 4, 6, 8)


def gained(vectors: np.ndarray, m: int) -> float:
    A = vectors.T @ vectors
    return float((np.diag(A) ** m).sum() ** 2 / (np.maximum(A, 0) ** (2 * m)).sum())


def polygon(sides: int) -> np.ndarray:
    angles = 2 * np.pi * np.arange(sides) / sides
    return np.array([np.cos(angles), np.sin(angles)])


@pytest.mark.parametrize("m", EVEN)
def test_the_polygon_attains_what_is_proven(m):
    proven = float(prove_polygon(m).mid())
    assert gained(polygon(2 * m + 3), m) == pytest.approx(proven, rel=1e-13)
    for sides in range(3, 40):
        assert gained(polygon(sides), m) <= proven * (1 + 1e-12)


@pytest.mark.parametrize("m", EVEN)
def test_h_by_a_linear_system(m):
    """Values and slopes by the tests' own Chebyshev sums, and the inequality on a grid."""
    t = np.cos(2 * np.pi * np.arange(1, m + 2) / (2 * m + 3))
    with precision(512):
        c = np.array(
            [
                float(value.mid())
                for value in chebyshev(interpolant(m, [(2 * arb.pi() * k / (2 * m + 3)).cos() for k in range(1, m + 2)]))
            ]
        )
    h = np.polynomial.chebyshev.Chebyshev(c)
    assert h(1) == pytest.approx(1)
    assert np.allclose(h(t), np.maximum(t, 0) ** (2 * m), atol=1e-12)
    assert np.allclose(h.deriv()(t), 2 * m * np.maximum(t, 0) ** (2 * m - 1), atol=1e-10)
    grid = np.linspace(-1, 1, 4001)
    assert (h(grid) <= np.maximum(grid, 0) ** (2 * m) + 1e-13).all()
    assert (c > 0).all()
    assert 1 / c[0] == pytest.approx(float(prove_polygon(m).mid()), rel=1e-12)


@pytest.mark.parametrize("m", [2, 4])
def test_no_search_is_above(m):
    rng = np.random.default_rng(m)
    proven = float(prove_polygon(m).mid())
    for n in (7, 9):
        end = minimize(lambda z, n=n: -gained(z.reshape(2, n), m), rng.standard_normal(2 * n), method="L-BFGS-B")
        assert -end.fun <= proven * (1 + 1e-12)


@pytest.mark.parametrize("m", [1, 3, 5])
def test_odd_powers_are_not_proven(m):
    with pytest.raises(CertificationError, match="a coefficient of h is not positive"):
        prove_polygon(m)


@pytest.mark.parametrize("place", range(7))
def test_a_changed_h_is_refused(place, monkeypatch):
    """Any coefficient of h by 10⁻⁴ more: it no longer touches, or is above somewhere."""
    monkeypatch.setattr(regular_polygons, "interpolant", lambda m, nodes: interpolant(m, nodes) + _monomial(place))
    prove_polygon.cache_clear()
    with pytest.raises(CertificationError):
        prove_polygon(2)
    monkeypatch.undo()
    prove_polygon.cache_clear()


def _monomial(place: int):
    from flint import arb_poly

    return arb_poly([0] * place + [arb("1e-4")])


def test_floors_of_powers():
    """L ≥ p (1 − p)^{n−1}(n μ_2 − g G), below the network of features alone; none with a bias, or for features that differ."""
    for m, d, n, key in (
        (2, 2, 7, "polygon"),
        (2, 2, 6, "one_active"),
        (3, 2, 9, "one_active"),
        (2, 3, 12, "one_active"),
        (2, 1, 4, "one_active"),
    ):
        problem = ReluProblem((Group(n, 1, "1/1000", "uniform01"),), d, bias=False, m=m)
        (found,) = floors(problem)
        assert found.key == key
        assert found.value.upper < closed_network(problem).loss
        assert floors(ReluProblem(problem.features, d, m=m)) == []
    g = (1 / 4) ** 2 / (1 / 5)
    expected = 1e-3 * 0.999**6 * (7 / 3 - g * float(prove_polygon(2).mid()))
    (found,) = floors(ReluProblem((Group(7, 1, "1/1000", "uniform01"),), 2, bias=False, m=2))
    assert int(found.value.lower.p) / int(found.value.lower.q) == pytest.approx(expected, rel=1e-9)
    with pytest.raises(ParameterError, match="m = 10: must be a whole number, 1 to 9"):
        ReluProblem((Group(7, 1, "1/1000", "uniform01"),), 2, m=10)


@pytest.mark.parametrize("m", [2, 3])
def test_no_network_of_a_power_is_below(m):
    """Features that are 0 or 1, all states by hand: searches for W end above the floor."""
    n, d, p = 6, 2, 0.05
    states = np.array(np.meshgrid(*[[0.0, 1.0]] * n, indexing="ij")).reshape(n, -1)
    chance = (p**states * (1 - p) ** (1 - states)).prod(0)

    def loss(z):
        y = np.maximum(z.reshape(d, n).T @ z.reshape(d, n) @ states, 0) ** m
        return float((((states - y) ** 2).sum(0) * chance).sum())

    (found,) = floors(ReluProblem((Group(n, 1, "1/20", "support:1:1"),), d, bias=False, m=m))
    rng = np.random.default_rng(m)
    best = min(minimize(loss, rng.standard_normal(d * n), method="L-BFGS-B").fun for _ in range(3))
    assert int(found.value.upper.p) / int(found.value.upper.q) < best
