"""Transforms of the other features, and their error bounds, against balls of 200 bits."""

from __future__ import annotations

import numpy as np
import pytest
from flint import acb, arb

from boundcalc.loss.relu.active_states import DenseOthers, SparseOthers, others_of
from boundcalc.loss.relu.nodes import eight_bits_below, nodes
from boundcalc.numbers.enclosure import precision


def exact_node(nu: float, k: int) -> acb:
    return 2 * arb(nu) * acb(1, arb.pi() * k)


def exact_states(A, p, q, s) -> tuple[acb, acb, acb]:
    """D and R of the sparse kind, and the product over all states."""
    product, single, full = acb(1), acb(0), acb(1)
    for entry, active, silent in zip(A.tolist(), p.tolist(), q.tolist(), strict=True):
        z = arb(entry) * s
        mean = (z.exp() - 1) / z
        y = arb(active) / arb(silent) * mean if silent else acb(0)
        product *= 1 + y
        single += y
        full *= arb(silent) + arb(active) * mean
    return product - 1, product - 1 - single, full


def gap(found: complex, exact: acb) -> float:
    return float(abs(acb(found.real, found.imag) - exact).upper())


@pytest.mark.parametrize("count", [1, 2, 7, 40])
@pytest.mark.parametrize("spread", [0.0, 6.0])
@pytest.mark.parametrize("first", [0, 320])
def test_sparse_transforms_within_their_bounds(count, spread, first):
    rng = np.random.default_rng(count)
    A = rng.choice([-1, 1], count) * 10.0 ** -rng.uniform(0, spread, count)
    p = rng.uniform(1e-5, 0.4, count)
    found = others_of(A, p, 1 - p, eight_bits_below(1 / np.abs(A).sum()))
    assert isinstance(found, SparseOthers)
    at = nodes(found.nu, first, 320)
    (D, R), bounds = found.transforms(at), found.bounds(at)
    with precision(300):
        for place in (0, 1, 2, 5, 33, 100, 319):
            s = exact_node(found.nu, first + place)
            exact_d, exact_r, _ = exact_states(found.A, found.p, found.q, s)
            assert gap(D[place], exact_d) <= bounds.D_error[place]
            assert gap(R[place], exact_r) <= bounds.R_error[place] + 1e-300
            assert float(abs(exact_d).upper()) <= bounds.D[place]
            assert float(abs(exact_r).upper()) <= bounds.R[place] + 1e-300
            assert bounds.D_error[place] < 1e-10 * bounds.D[0] + 1e-300


@pytest.mark.parametrize("certain", [0, 3])
def test_dense_transforms_within_their_bounds(certain):
    rng = np.random.default_rng(certain)
    A, p = rng.uniform(-1, 1, 30), rng.uniform(0.5, 0.99, 30)
    p[:certain] = 1
    found = DenseOthers(A[np.argsort(-np.abs(A))], p, 1 - p, 1 / 32)
    at = nodes(found.nu, 0, 320)
    (D, R), bounds = found.transforms(at), found.bounds(at)
    with precision(300):
        for place in (0, 1, 9, 64, 319):
            exact = exact_states(found.A, found.p, found.q, exact_node(found.nu, place))[2]
            assert gap(D[place], exact) <= bounds.D_error[place]
            assert float(abs(exact).upper()) <= bounds.D[place]
    assert (D == R).all()


def test_the_kind_follows_the_activities():
    A = np.ones(3)
    assert isinstance(others_of(A, np.array([0.5, 1.0, 0.1]), np.array([0.5, 0.0, 0.9]), 0.1), DenseOthers)
    many = np.full(4000, 0.6)
    assert isinstance(others_of(np.ones(4000), many, 1 - many, 1e-4), DenseOthers)
    assert len(others_of(np.array([0.0, 2.0]), np.full(2, 0.1), np.full(2, 0.9), 0.1).A) == 1


@pytest.mark.parametrize("kind", [SparseOthers, DenseOthers])
def test_majorants_decrease_and_bound(kind):
    rng = np.random.default_rng(5)
    A, p = np.sort(rng.uniform(0.1, 1, 6))[::-1], rng.uniform(0.01, 0.5, 6)
    found = kind(A, p, 1 - p, 1 / 8)
    radii = np.array([0.25, 1.0, 10.0, 1e3, 1e6])
    D, R, _, _ = found.majorants(radii)
    assert (np.diff(D[1:]) < 0).all()
    assert (np.diff(R[1:]) < 0).all()
    with precision(200):
        for radius, d, r in zip(radii[1:].tolist(), D[1:], R[1:], strict=True):
            s = acb(0.25, (arb(radius) ** 2 - arb(1) / 16).sqrt())
            exact = exact_states(found.A, found.p, found.q, s)
            sparse = kind is SparseOthers
            assert float(abs(exact[0 if sparse else 2]).upper()) <= d
            assert float(abs(exact[1 if sparse else 2]).upper()) <= r


@pytest.mark.parametrize("kind", [SparseOthers, DenseOthers])
def test_moments_are_derivatives_at_zero(kind):
    rng = np.random.default_rng(6)
    A, p = rng.uniform(-1, 1, 9), rng.uniform(0.01, 0.5, 9)
    found = kind(A, p, 1 - p, 1 / 8)
    moments = found.moments()
    with precision(900):
        h = arb(10) ** -60
        at = {k: exact_states(found.A, found.p, found.q, acb(h * k)) for k in (-2, -1, 1, 2)}
        for index, coefficients, errors in ((0, moments.D, moments.D_error), (1, moments.R, moments.R_error)):
            f = {k: values[2 if kind is DenseOthers else index].real for k, values in at.items()}
            near, far = f[1] + f[-1], f[2] + f[-2]
            exact = [(4 * near - far) / 6, (8 * (f[1] - f[-1]) - f[2] + f[-2]) / (12 * h), (far - near) / (6 * h**2)]
            for value, coefficient, error in zip(exact, coefficients.tolist(), errors.tolist(), strict=True):
                assert float(abs(value - coefficient).upper()) <= error + 1e-50
                assert error < 1e-11


def test_nodes_are_as_near_as_their_errors_say():
    for nu in (1.0, 0.0390625, 201 * 2.0**-30):
        at = nodes(nu, 320, 640)
        with precision(200):
            for place in range(0, 640, 7):
                exact = exact_node(nu, 320 + place)
                assert gap(at.points[place], exact) <= 3 * 2.0**-53 * float(abs(exact).upper())
                assert gap(at.inverse[place], 1 / exact) <= 9 * 2.0**-53 * float(abs(1 / exact).upper())
