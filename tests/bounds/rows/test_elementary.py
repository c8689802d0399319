"""Multipliers of elementary symmetric polynomials: what they prove is true of random rows, and what is false they do not prove."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.rows.charges import scaled
from boundcalc.bounds.rows.elementary import Multipliers, exceeded, least_ratio, linear_parts, proves, tenth_moment
from boundcalc.model.problem import Problem

LAWS = [("uniform", "1/2"), ("uniform", "1"), ("rademacher", "1/5"), ("rademacher", "0.9")]


def real(value: fmpq) -> float:
    return int(value.p) / int(value.q)


@pytest.mark.parametrize(("law", "p"), LAWS)
def test_the_energy_of_a_row_is_above_what_is_left_of_it(law, p):
    """M_10 from the entries, P from Q_4 and Q_6 alone."""
    found = scaled(Problem("inf", 3, 5, p, law))
    ratio, chosen = least_ratio(found, fmpq(1))
    assert ratio == found.single
    rng = np.random.default_rng(1)
    k4, k6, k8, k10 = map(real, found.kappa[2:])
    closest = np.inf
    for _ in range(500):
        t = np.exp(rng.normal(size=rng.integers(1, 7)) * rng.choice([0.3, 1, 3]))
        t /= t.sum() + rng.choice([0, rng.random()])
        x, y, z, w = (float((t**k).sum()) for k in (2, 3, 4, 5))
        M = 945 + 3150 * k4 * x + 1575 * k4**2 * x**2 + 630 * k6 * y + 210 * k4 * k6 * x * y + 45 * k8 * z + k10 * w
        gain, energy = linear_parts(found, chosen, fmpq(round(y * 2**60), 2**60), fmpq(round(x * 2**60), 2**60))
        assert real(energy) <= M + 1e-6
        assert real(ratio * energy - gain**2) >= -1e-6
        assert real(gain) == pytest.approx(15 + 15 * k4 * x + k6 * y + real(found.charge) * (1 - 3 * x + 2 * y) / 3, rel=1e-9)
        closest = min(closest, M - real(energy))
    assert closest < 1  # a single entry: equality


@pytest.mark.parametrize(("law", "p"), LAWS)
def test_a_ratio_below_that_of_one_feature_is_not_proven(law, p):
    found = scaled(Problem("inf", 3, 5, p, law))
    ratio, chosen = least_ratio(found, fmpq(1))
    assert proves(found, chosen, ratio)
    assert not proves(found, chosen, ratio * (1 - fmpq(1, 10**9)))


def test_wrong_multipliers_prove_nothing():
    found = scaled(Problem("inf", 3, 5, "1/2", "uniform"))
    ratio, chosen = least_ratio(found, fmpq(1))
    for wrong in (
        replace(chosen, fifth=fmpq(-1)),
        replace(chosen, fourth=fmpq(-1, 100)),
        replace(chosen, slope=fmpq(1)),
        replace(chosen, fifth=fmpq(0)),
        Multipliers(fmpq(0), fmpq(0), fmpq(0)),
    ):
        assert not proves(found, wrong, ratio)


def test_where_the_ratio_of_one_feature_is_not_the_supremum_the_grid_has_none():
    found = scaled(Problem("inf", 3, 5, "1", "support:-13/10:1/5,-1:3/10,1:3/10,13/10:1/5"))
    assert least_ratio(found, found.single * fmpq(101, 100)) is None


def test_the_tenth_moment_is_that_of_enumeration():
    """Three entries of ±1 features that are active with p = 1/2: y^2 = (x_1 + x_2 + x_3)^2/3, scaled to variance 1."""
    found = scaled(Problem("inf", 3, 5, "1/2", "rademacher"))
    states = product((0, 0, 1, -1), repeat=3)
    expected = sum(fmpq(sum(state) ** 10 * 2**5, 4**3 * 3**5) for state in states)
    assert tenth_moment(found, [fmpq(1, 3**k) for k in range(1, 5)]) == expected


def test_rows_that_exceed_the_ratio_of_one_feature_end_the_search():
    for law, p, expected in (("gaussian", "0.6", True), ("rademacher", "1/10", True), ("uniform", "1/2", False)):
        found = scaled(Problem("inf", 3, 5, p, law))
        assert exceeded(found, found.single) is expected
    assert exceeded(scaled(Problem("inf", 3, 5, "1/2", "uniform")), fmpq(1, 2))
