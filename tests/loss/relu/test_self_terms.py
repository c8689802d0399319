"""Integrals over a feature's own value against rationals and balls."""

from __future__ import annotations

import numpy as np
import pytest
from flint import acb, arb, fmpq
from oracles.relu_loss import cube

from boundcalc.loss.relu.exact_row import uniform_row
from boundcalc.loss.relu.nodes import nodes
from boundcalc.loss.relu.self_terms import alone_loss, alone_squares, self_transforms
from boundcalc.numbers.enclosure import precision

ENTRIES = [1.0, -1.0, 0.37, -2.5, 1e-3, -1e-9, 1 + 2.0**-40]
BIASES = [0.0, 0.3, -0.3, -1e-12, 5.0, -5.0, 1.0, -0.9]


def exactly(value: float) -> fmpq:
    return fmpq(*value.as_integer_ratio())


@pytest.mark.parametrize("a", [*ENTRIES, 0.0])
@pytest.mark.parametrize("b", BIASES)
def test_the_loss_of_a_feature_alone(a, b):
    """A row without others and p = 1."""
    value, error = alone_loss(a, b)
    exact = uniform_row(exactly(a), exactly(b), fmpq(1), [], [])
    assert abs(exactly(value) - exact) <= exactly(error)
    assert error <= 1e-14 * (1 + b * b + a * a)


def test_a_restored_feature_has_no_loss_and_no_error():
    assert alone_loss(1.0, 0.0) == (0.0, 0.0)


@pytest.mark.parametrize("b", BIASES)
def test_the_squares_of_another_feature_alone(b):
    values, errors = alone_squares(np.array(ENTRIES), b)
    for entry, value, error in zip(ENTRIES, values.tolist(), errors.tolist(), strict=True):
        exact = cube([exactly(entry)], exactly(b), 2)
        assert abs(exactly(value) - exact) <= exactly(error)
        assert error <= 1e-14 * (1 + b * b + entry * entry)


@pytest.mark.parametrize("a", ENTRIES)
@pytest.mark.parametrize("first", [0, 320])
def test_transforms_within_their_bounds(a, first):
    at = nodes(1 / 8, first, 320)
    found = self_transforms(a, at)
    with precision(400):
        for place in (0, 1, 3, 17, 100, 319):
            z = arb(a) * acb(1, arb.pi() * (first + place)) / 4
            psi = (z.exp() - 1) / z
            chi = (z.exp() - psi) / z
            pairs = (
                (found.psi[place], psi, found.psi_error[place], found.psi_size[place]),
                (found.chi[place], chi, found.chi_error[place], found.chi_size[place]),
            )
            for computed, exact, error, size in pairs:
                assert float(abs(acb(computed.real, computed.imag) - exact).upper()) <= error
                assert float(abs(exact).lower()) <= size
                assert error <= 1e-12
