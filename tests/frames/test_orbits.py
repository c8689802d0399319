"""Groups of signed permutations: images against matrices, inverses, rounding."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from boundcalc.frames.orbits import LARGEST, Symmetry, subgroup, unit_groups

GROUPS = {
    "cyclic": Symmetry(6),
    "negacyclic": Symmetry(5, sign=-1),
    "units": Symmetry(7, (1, 2, 4)),
    "zero sum": Symmetry(8, (1, 3, 5, 7), zero_sum=1),
    "copies": Symmetry(4, (1, 3), copies=3, fixed=2),
    "complex": Symmetry(5, (1, 4), copies=2, turn=True),
    "complex, zero sum": Symmetry(7, copies=2, zero_sum=2, turn=True),
}


def matrices(group: Symmetry) -> list[np.ndarray]:
    """The elements, each a signed permutation, built one after the other from its definition."""
    q, found = group.size, []
    for turn, t, s in product(range(1 + group.turn), group.units, range(q)):
        M = np.zeros((group.coordinates, group.coordinates), dtype=np.int64)
        for c in range(group.copies):
            for x in range(q):
                # e_{t^{-1} (y - s)} goes to e_y, with the sign where y < s
                y = (t * x + s) % q
                M[c * q + y, c * q + x] = group.sign if y < s else 1
        for j in range(group.copies * q, group.coordinates):
            M[j, j] = 1
        if turn:
            J = np.kron(np.array([[0, -1], [1, 0]]), np.eye(q, dtype=np.int64))
            M = J @ M
        found.append(M)
    return found


@pytest.mark.parametrize("name", GROUPS)
def test_the_elements_are_a_group_up_to_signs(name):
    group = GROUPS[name]
    elements = matrices(group)
    assert len(elements) == group.order
    lines = {(M if M.ravel()[np.flatnonzero(M)[0]] > 0 else -M).tobytes() for M in elements}
    assert len(lines) == group.order
    for M in elements:
        np.testing.assert_array_equal(M @ M.T, np.eye(group.coordinates))
        for N in elements[:: max(1, group.order // 7)]:
            P = M @ N
            assert (P if P.ravel()[np.flatnonzero(P)[0]] > 0 else -P).tobytes() in lines


@pytest.mark.parametrize("name", GROUPS)
def test_images_and_inverses(name):
    group = GROUPS[name]
    B = np.random.default_rng(0).integers(-9, 10, (group.coordinates, 3))
    elements = matrices(group)
    np.testing.assert_array_equal(group.images(B), np.concatenate([M @ B for M in elements], axis=1))
    place, sign = group.inverses
    for M, other, s in zip(elements, place, sign, strict=True):
        np.testing.assert_array_equal(M @ elements[other] * s, np.eye(group.coordinates))


@pytest.mark.parametrize("name", GROUPS)
def test_rounded_generators(name):
    group = GROUPS[name]
    B = group.projected(np.random.default_rng(1).standard_normal((group.coordinates, 6)))
    whole = group.rounded(B)
    assert np.abs(whole).max() <= LARGEST
    np.testing.assert_allclose(whole / LARGEST, B / np.abs(B).max(), atol=2.1 / LARGEST)
    for c in range(group.zero_sum):
        assert not whole[c * group.size : (c + 1) * group.size].sum(axis=0).any()
    W = group.images(whole)
    assert np.linalg.matrix_rank(W) == group.d
    dropped = group.rounded(np.concatenate([B, np.zeros((group.coordinates, 1))], axis=1))
    np.testing.assert_array_equal(dropped, whole)


def test_groups_of_units():
    assert subgroup((2,), 7) == (1, 2, 4)
    assert subgroup((), 9) == (1,)
    assert [len(units) for units in unit_groups(37)] == [1, 2, 3, 4, 6, 9, 12, 18, 36]
    for size in (2, 8, 15, 16, 24, 51, 100):
        for units in unit_groups(size):
            assert all(s * t % size in units for s in units for t in units)
