"""Zonal polynomials: positive semidefinite kernels, 1 at 1."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq
from scipy.special import eval_legendre

from boundcalc.bounds.relu.zonal import combined, zonal, zonal_values


@pytest.mark.parametrize("d", [2, 3, 5, 30])
def test_kernels(d):
    rng = np.random.default_rng(d)
    v = rng.standard_normal((12, d))
    v /= np.linalg.norm(v, axis=1)[:, None]
    gram = v @ v.T
    values = zonal_values(d, 8, gram.ravel())
    for k, polynomial in enumerate(zonal(d, 8)):
        assert polynomial(fmpq(1)) == 1
        matrix = values[k].reshape(12, 12)
        assert np.linalg.eigvalsh(matrix).min() > -1e-9
        direct = sum(int(c.p) / int(c.q) * gram**j for j, c in enumerate(polynomial.coeffs()))
        assert np.allclose(matrix, direct, atol=1e-7)


def test_the_plane_and_space():
    t = np.linspace(-1, 1, 9)
    assert np.allclose(zonal_values(2, 5, t)[5], np.cos(5 * np.arccos(t)))
    assert np.allclose(zonal_values(3, 5, t)[5], eval_legendre(5, t))
    assert combined((fmpq(1), fmpq(2), fmpq(3)), 2)(fmpq(1, 2)) == 1 + 1 - fmpq(3, 2)
