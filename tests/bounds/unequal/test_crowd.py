"""What the other features add at least, against exact rows and against the least of many."""

import numpy as np
import pytest
from flint import fmpq
from oracles.unequal_problems import powers, sampled

from boundcalc.bounds.unequal.crowd import crowds, quartic, root_below, up
from boundcalc.bounds.unequal.kinds import kinds
from boundcalc.model.features import FeatureProblem, Features


@pytest.mark.parametrize("case", range(40))
def test_exact_rows_add_no_less(case):
    """sum_{j != i} κ_6 A_ij⁶ + 15 κ_4 A_ij⁴ K_2 of random rational rows, with a_i = 1."""
    problem = sampled(case, largest_n=5, least_p=-2)
    every = [(kind, crowd) for kind, crowd in zip(kinds(problem), crowds(problem), strict=True) for _ in range(kind.count)]
    generator = np.random.default_rng(case)
    for _ in range(20):
        row = [fmpq(int(x), 50) for x in generator.integers(-150, 151, len(every))]
        for i, (kind, crowd) in enumerate(every):
            others = [(other.kappa, a) for j, ((other, _), a) in enumerate(zip(every, row, strict=True)) if j != i]
            k2 = kind.kappa[1]
            w = sum((kappa[1] * a**2 for kappa, a in others), fmpq(0)) / k2
            whole = k2 * (1 + w)
            added = sum((kappa[3] * a**6 + 15 * kappa[2] * a**4 * whole for kappa, a in others), fmpq(0))
            least = (k2 * w) ** 3 * crowd.sixth + 15 * (k2 * w) ** 2 * crowd.fourth * whole
            least += min([fmpq(0), *((k2 * w) ** 2 * (c * k2 * w + e * whole) for c, e in crowd.deficits)])
            assert added >= least


def test_the_power_means_are_attained():
    """Entries with κ_4^(j) A_ij² ∝ κ_2^(j) make the fourth sum its least value, up to its rounding."""
    problem = FeatureProblem(Features.each([1, 2, 3], ["1/10", "1/20", "1/50"], "gaussian"), 2, 3)
    every = kinds(problem)
    for i, crowd in enumerate(crowds(problem)):
        others = [kind.kappa for j, kind in enumerate(every) if j != i]
        squares = [kappa[1] / kappa[2] for kappa in others]  # A_ij²
        fourth = sum((kappa[2] * square**2 for kappa, square in zip(others, squares, strict=True)), fmpq(0))
        variance = sum((kappa[1] * square for kappa, square in zip(others, squares, strict=True)), fmpq(0))
        assert fourth * (1 - fmpq(1, 10**12)) <= variance**2 * crowd.fourth <= fourth
        assert crowd.deficits == ()


def test_a_negative_sixth_cumulant_is_paid_for_by_the_fourth():
    problem = FeatureProblem(Features.each([1, 2, 3], ["0.1", "0.12", "0.2"], "rademacher"), 2, 3)
    assert all(kind.kappa[3] < 0 < quartic(kind) for kind in kinds(problem))
    assert all(crowd.sixth == 0 < crowd.fourth for crowd in crowds(problem))
    owing = FeatureProblem(Features.each([1, 2], ["0.1", "0.3"], "rademacher"), 1, 3)
    assert [len(crowd.deficits) for crowd in crowds(owing)] == [0, 1]  # each sees the other


def test_one_feature_has_no_crowd():
    (crowd,) = crowds(FeatureProblem(Features.each([1], ["1/10"], "gaussian"), 1, 3))
    assert (crowd.fourth, crowd.sixth, crowd.deficits) == (0, 0, ())


@pytest.mark.parametrize("case", range(200))
def test_roundings(case):
    generator = np.random.default_rng(case)
    value = fmpq(int(generator.integers(1, 10**9)), int(generator.integers(1, 10**9))) * fmpq(10) ** int(
        generator.integers(-300, 300)
    )
    root = root_below(value)
    assert value * (1 - fmpq(1, 10**11)) < root * root <= value
    assert value <= up(value) < value * (1 + fmpq(1, 10**12))


def test_hundreds_of_kinds_are_sums_over_the_others():
    """Against the sum written out, which took as long as the square of their number."""
    problem = powers(40, 3, "0.9", "0.01", "rademacher")
    every = kinds(problem)
    shares = [up(kind.kappa[1] ** 2 / quartic(kind)) for kind in every]
    for k, crowd in enumerate(crowds(problem)):
        rest = sum((kind.count * share for j, (kind, share) in enumerate(zip(every, shares, strict=True)) if j != k), fmpq(0))
        assert crowd.fourth == 1 / up(rest)
