"""The Kerdock set and its bases."""

from itertools import combinations

import numpy as np

from boundcalc.frames.unbiased_bases import kerdock_16, kerdock_set


def test_differences_are_nonsingular_over_f2():
    forms = kerdock_set()
    assert len(set(forms)) == 8
    pairs = list(combinations(range(4), 2))
    for one, other in combinations(forms, 2):
        matrix = np.zeros((4, 4), dtype=int)
        for (i, j), x, y in zip(pairs, one, other, strict=True):
            matrix[i, j] = matrix[j, i] = (x + y) % 2
        # an alternating matrix over Z with this reduction has an odd determinant iff it is nonsingular over F_2
        assert round(np.linalg.det(matrix)) % 2 == 1


def test_nine_orthonormal_unbiased_bases():
    columns = kerdock_16().to_float()
    gram = columns.T @ columns
    for a in range(9):
        for b in range(9):
            block = gram[16 * a : 16 * a + 16, 16 * b : 16 * b + 16]
            np.testing.assert_allclose(block**2, np.eye(16) if a == b else np.full((16, 16), 1 / 16), atol=1e-15)
