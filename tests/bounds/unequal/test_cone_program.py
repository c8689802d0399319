"""The cone program: small cases whose optimum is known in closed form."""

import numpy as np
import pytest

from boundcalc.bounds.unequal.cone_program import KindPoints, propose

ONE = np.ones(1)


def part(count, size):
    return KindPoints(count, ONE, size * ONE, ONE, np.ones((1, 1)), np.zeros((1, 1)))


@pytest.mark.parametrize(("d", "n", "value"), [(2, 3, 32 / 11), (2, 4, 16 / 5), (3, 6, 75 / 13)])
def test_equal_features_have_the_constants_of_sharp_frames(d, n, value):
    """sup S²/T for m = 3: three lines 2.909090…, four lines 3.2, the icosahedron 75/13 = 5.769230… (theory, section 5)."""
    found = propose(d, [3], [part(n, 1.0)], None)
    assert found.value == pytest.approx(value, rel=1e-6)


def test_one_dimension_keeps_the_best():
    found = propose(1, [3], [part(1, 1.0), part(4, 0.9)], None)
    assert found.value == pytest.approx(1.0, rel=1e-5)


def test_the_price_of_capacity_alone():
    """No common term: rows of value 1 at t = 1 in rank 2 of 5 features are worth 2."""
    t = np.linspace(0.05, 1, 20)
    kind = KindPoints(5, t, np.sqrt(t), np.ones(20), np.zeros((0, 20)), np.zeros((0, 20)))
    found = propose(3, [], [kind], 2)
    assert found.value == pytest.approx(2.0, rel=1e-6)
    assert found.theta == pytest.approx(1.0, rel=1e-5)
