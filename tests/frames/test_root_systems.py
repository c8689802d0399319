"""Root systems: reflections permute the roots, and the dual vectors have whole products with them."""

import numpy as np
import pytest

from boundcalc.frames.root_systems import e6, e6_dual, e6_roots, e7, e7_dual, e7_roots, e8, e8_second_shell

WEIGHTS_E6 = np.array([1, 1, 1, 1, 1, 3])


def test_the_second_shell_of_e8():
    shell, roots = np.array(e8_second_shell()), e8().rational.T
    assert len(np.unique(np.concatenate([shell, -shell]), axis=0)) == 2160
    assert set((shell**2).sum(axis=1).tolist()) == {16}
    assert ((shell @ roots.T) % 4 == 0).all(), "the lattice is its own dual"


@pytest.mark.parametrize("build", [e6, e7, e8])
def test_reflections_permute_the_roots(build):
    columns = build().to_float()
    roots = np.concatenate([columns.T, -columns.T])
    reflected = roots[None] - 2 * (roots @ roots.T)[:, :, None] * roots[:, None, :]
    np.testing.assert_allclose((reflected.reshape(-1, columns.shape[0]) @ roots.T).max(axis=1), 1, atol=1e-12)


def test_duals_have_whole_products_with_the_roots():
    # a root has squared length 2: on the scale 6 it is 72, on the scales 2 and 4 of E_7 it is 8
    roots, dual = np.array(e6_roots()), np.array(e6_dual())
    assert (((roots * WEIGHTS_E6) @ dual.T) % 36 == 0).all()
    assert set(((roots**2) @ WEIGHTS_E6).tolist()) == {72}
    assert set(((dual**2) @ WEIGHTS_E6).tolist()) == {48}
    assert ((e7_roots() @ e7_dual().T) % 8 == 0).all()
    assert set((e7_dual() ** 2).sum(axis=1).tolist()) == {24}
