"""The charge of a pair against the suprema that define it, on a fine grid."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.rows.charges import charge, scaled
from boundcalc.model.problem import Problem


def real(value: fmpq) -> float:
    return int(value.p) / int(value.q)


CASES = [(k4, k6, excess) for k4 in ("-2", "-1/2") for k6 in ("1/100", "1", "4", "16") for excess in ("1/2", "4", "12")]


@pytest.mark.parametrize(("fourth", "sixth", "excess"), CASES)
def test_it_is_above_the_supremum_and_near_it(fourth, sixth, excess):
    found = real(charge(fmpq(*map(int, fourth.split("/"))), fmpq(*map(int, sixth.split("/"))), fmpq(*map(int, excess.split("/")))))
    u = np.linspace(1, 40, 400_001)
    k, length = eval(sixth), eval(excess)
    supremum = ((u - 1) * (k - length * (u**2 - 1))).max()
    assert supremum <= found
    if k <= 4 * length:
        assert found <= max(1.1 * supremum, 4 * length / 27 * (1 + 1e-12))


def test_without_a_positive_sixth_cumulant():
    """-10 c (1 - w) + l m(w), m the greatest (s - a^2) a for a^2 <= s <= a b over b^3, by a grid of a."""
    for fourth, excess in ((2.0, 0.0), (1.0, 4.0), (1 / 3, 50 / 9), (0.0, 6.0), (-0.5, 6.25)):
        w = np.linspace(0, 1, 1001)[1:, None]
        a = np.linspace(0, 1, 1001)[None] * (np.sqrt(w) - w) + w  # w b <= a <= sqrt(w) b
        greatest = (a * (w - a**2)).max(1)
        supremum = (10 * fourth * (1 - w[:, 0]) + excess * greatest).max()
        found = real(charge(fmpq(round(36 * fourth), 36), fmpq(-1), fmpq(round(36 * excess), 36)))
        assert supremum <= found + 1e-12
    assert charge(fmpq(-3), fmpq(1), fmpq(0)) is None
    assert charge(fmpq(2), fmpq(-18), fmpq(-2)) == 18  # -kappa_6: each row is charged what it gains


def test_the_law_is_scaled_to_variance_one():
    law = scaled(Problem("inf", 3, 5, "1/2", "uniform"))
    assert law.moments[:4] == (1, 1, fmpq(18, 5), fmpq(108, 7))
    assert law.kappa[1:4] == (1, fmpq(3, 5), fmpq(108, 7) - 54 + 30)
    assert law.excess == 18 - fmpq(108, 7)
    assert law.single == fmpq(33, 49)
