"""Ceilings on what is restored one at a time, beside configurations that come near them."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq
from scipy.optimize import minimize

from boundcalc.bounds.relu.one_active import OneActive, one_active, prove_one_active, restored
from boundcalc.bounds.relu.pentagon import prove
from boundcalc.numbers.enclosure import precision, to_float
from boundcalc.numbers.errors import CertificationError, ParameterError


def polygon(sides: int) -> np.ndarray:
    angles = 2 * np.pi * np.arange(sides) / sides
    return np.array([np.cos(angles), np.sin(angles)])


def icosahedron() -> np.ndarray:
    golden = (1 + 5**0.5) / 2
    found = [np.roll((0.0, s, t * golden), k) for k in range(3) for s in (1, -1) for t in (1, -1)]
    return np.array(found).T


def nine() -> np.ndarray:
    """Nine vectors of space, of any lengths, by local searches from fixed starts."""

    def value(z):
        A = z.reshape(3, 9).T @ z.reshape(3, 9)
        return -(np.trace(A) ** 2) / (np.maximum(A, 0) ** 2).sum()

    rng = np.random.default_rng(0)
    ends = [minimize(value, rng.standard_normal(27), method="L-BFGS-B", options={"ftol": 1e-14}) for _ in range(25)]
    return min(ends, key=lambda end: float(end.fun)).x.reshape(3, 9)


@pytest.mark.parametrize("m", [1, 2, 3, 4, 6, 8])
def test_polygons_of_2m_plus_3_sides(m):
    """The regular (2m + 3)-gon is the best to 10⁻³, for every number of features; other polygons are below the ceiling too."""
    found = one_active(2, m, 2 * m + 10)
    attained = restored(polygon(2 * m + 3), m)
    assert attained <= found.ceiling * (1 + fmpq(1, 10**12))
    assert to_float(found.ceiling / attained) < 1.001
    for sides in (3, 4, 5, 6, 7, 11, 24):
        assert restored(polygon(sides), m) <= found.ceiling * (1 + fmpq(1, 10**12))


def test_the_pentagon():
    with precision(128):
        assert abs(to_float(one_active(2).ceiling) - float(prove().ball())) < 1e-3


def test_nine_points_in_space():
    """45/7 is attained by nine points; the ceiling is 6.516."""
    attained, found = restored(nine()), one_active(3)
    assert abs(to_float(attained) - 45 / 7) < 1e-6
    assert attained < found.ceiling < fmpq(6517, 1000)


@pytest.mark.parametrize(("m", "expected", "ceiling"), [(2, 10.0, 10.123), (3, 150 / 13, 14.033)])
def test_the_icosahedrons_vertices(m, expected, ceiling):
    attained, found = restored(icosahedron(), m), one_active(3, m, 20)
    assert to_float(attained) == pytest.approx(expected, rel=1e-9)
    assert attained < found.ceiling
    assert to_float(found.ceiling) < ceiling
    of_twelve = one_active(3, m, 20, 12)  # the best twelve vectors, to 10⁻⁵
    assert attained * (1 - fmpq(1, 10**9)) <= of_twelve.ceiling < attained * (1 + fmpq(1, 10**5))


@pytest.mark.parametrize("n", [2, 4, 5, 9])
def test_a_number_of_features(n):
    """Antipodal pairs up to 2d, and no more than n; the larger n, the nearer to that of every number."""
    found = one_active(2, 1, n=n)
    assert found.ceiling <= one_active(2).ceiling + fmpq(1, 10**4)
    if n in (2, 4):
        assert to_float(found.ceiling) == pytest.approx(n, rel=0.05)
    rng = np.random.default_rng(n)
    for _ in range(20):
        assert restored(rng.standard_normal((2, n))) <= found.ceiling


def test_what_is_too_much_is_refused():
    found = one_active(2)
    for place in range(len(found.h)):
        more = tuple(value + fmpq(1, 100) if k == place else value for k, value in enumerate(found.h))
        with pytest.raises(CertificationError, match="above"):
            prove_one_active(OneActive(2, 1, more))
    less = (*found.h[:-1], fmpq(-1, 10))
    with pytest.raises(CertificationError, match="negative"):
        prove_one_active(OneActive(2, 1, less))
    for d, m in ((1, 1), (2, 0)):
        with pytest.raises(ParameterError):
            one_active(d, m)
