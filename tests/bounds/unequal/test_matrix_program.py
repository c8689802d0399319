"""The semidefinite program: one kind against the cone program, and the constants of sharp frames."""

import numpy as np
import pytest

from boundcalc.bounds.unequal.cone_program import KindPoints, propose
from boundcalc.bounds.unequal.matrix_program import propose_matrices

ONE = np.ones(1)


def part(count, size):
    return KindPoints(count, ONE, size * ONE, ONE, np.ones((1, 1)), np.zeros((1, 1)))


@pytest.mark.parametrize(("d", "n", "value"), [(2, 3, 32 / 11), (2, 4, 16 / 5), (3, 6, 75 / 13)])
@pytest.mark.parametrize("split", [False, True])
def test_equal_features_have_the_constants_of_sharp_frames(d, n, value, split):
    """As one kind, or each a kind of its own: by symmetry nothing is gained."""
    features = [part(1, 1.0)] * n if split else [part(n, 1.0)]
    found = propose_matrices(d, 3, np.ones((len(features), len(features))), features, None)
    assert found.value == pytest.approx(value, rel=1e-5)


def test_one_dimension_keeps_the_best():
    found = propose_matrices(1, 3, np.ones((2, 2)), [part(1, 1.0), part(4, 0.9)], None)
    assert found.value == pytest.approx(1.0, rel=1e-5)


def test_it_is_no_worse_than_the_cone_program_and_better_for_heavy_pairs():
    features = [part(1, size) for size in (1.0, 0.8, 0.6)]
    plain = propose(2, [3], features, None)
    same = propose_matrices(2, 3, np.ones((3, 3)), features, None)
    assert same.value <= plain.value * (1 + 1e-6)
    heavy = np.ones((3, 3)) + 2 * (1 - np.eye(3))
    assert propose_matrices(2, 3, heavy, features, None).value < 0.96 * same.value


def test_rows_with_a_price_agree_with_the_cone_program():
    t = np.geomspace(0.01, 1, 12)
    kind = KindPoints(4, t, 0.2 + 1 / t, 1 + 2 / t + 3 / t**3, np.array([np.ones(12), 0.5 / np.sqrt(t)]), np.zeros((2, 12)))
    plain = propose(2, [3, 2], [kind], 2)
    found = propose_matrices(2, 3, np.ones((1, 1)), [kind], 2, second=2)
    assert found.value == pytest.approx(plain.value, rel=1e-4)
