"""The row function with its power sums at their least value."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from boundcalc.lemmas.row import first_negative, free_ratios, is_gaussian, least_row, least_share, power_sums, row_function
from boundcalc.model.problem import INFINITY, Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT


def kappa_of(m: int, p: str, law: str) -> list[fmpq]:
    return Quantities(EXACT, Problem(INFINITY, 1, m, p, law)).kappa


def test_cubic_row_is_the_formula_of_the_theory():
    k2, k4, k6, share = fmpq(2, 3), fmpq(1, 7), fmpq(5), fmpq(1, 4)
    row = least_row(3, [0, k2, k4, k6], share)
    for w in (fmpq(0), fmpq(3), fmpq(1, 5)):
        assert row.gain(w) == k4 + 3 * k2**2 * (1 + w)
        g2, g3 = share * w**2, share**2 * w**3
        assert row.energy(w) == k6 * (1 + g3) + 15 * k4 * k2 * (1 + g2) * (1 + w) + 15 * k2**3 * (1 + w) ** 3
    assert row.excess == 0


def test_power_sums_are_log_convex_and_attained_by_equal_entries():
    others = fmpq(4)
    entry = fmpq(3, 5)  # each A_il^2 of four others
    sums = power_sums(7, others * entry, [entry])
    assert sums[1:] == [1 + others * entry**j for j in range(1, 8)]
    sums = power_sums(5, fmpq(2), [fmpq(1, 2), fmpq(2, 3), fmpq(1)])
    g = [s - 1 for s in sums[1:]]
    assert all(g[j - 1] * g[j + 1] >= g[j] ** 2 for j in range(1, 4))


@pytest.mark.parametrize(("m", "free"), [(1, 0), (3, 0), (5, 1), (7, 2), (9, 3)])
def test_free_ratios_are_those_in_the_correlation(m, free):
    assert free_ratios(m) == free


@pytest.mark.parametrize(
    ("m", "p", "law"),
    [(5, "1e-3", "rademacher"), (5, "3/10", "laplace"), (7, "1e-2", "gaussian"), (7, "1e-4", "uniform"), (9, "1/10", "laplace")],
)
@pytest.mark.parametrize("share", ["0", "1/8"])
def test_no_row_is_above_the_least_row(m, p, law, share):
    """Random rows, the power sums of actual entries A_il^2 among n - 1 = 8 others."""
    kappa = kappa_of(m, p, law)
    share = fmpq(1, 8) if share == "1/8" else fmpq(0)
    rng = np.random.default_rng(11)
    for shift, removed in ((fmpq(0), fmpq(0)), (fmpq(1, 3), fmpq(1, 2)), (fmpq(4, 5), fmpq(1))):
        start = row_function(m, kappa, fmpq(0), [fmpq(0)])[0]
        row = least_row(m, kappa, share, shift * start, removed * kappa[m])
        assert row is not None
        for _ in range(60):
            entries = [
                fmpq(int(k), 1000) for k in (10 ** rng.uniform(-1, 5) * rng.dirichlet(np.full(8, 10 ** rng.uniform(-1.5, 1))))
            ]
            g = [sum((e**j for e in entries), fmpq(0)) for j in range(1, m + 1)]
            if g[0] == 0:
                continue
            gain, energy = row_of(m, kappa, g)
            value = (gain - shift * start) ** 2 / (energy - removed * kappa[m] * (1 + g[-1]))
            assert value <= (1 + row.excess) * row.gain(g[0]) ** 2 / row.energy(g[0])


def row_of(m: int, kappa: list[fmpq], g: list[fmpq]) -> tuple[fmpq, fmpq]:
    """C̃ and D̃ from all power sums, by the recursion for moments written out."""
    from math import comb

    cumulants = [fmpq(0)] + [kappa[j] * (1 + g[j - 1]) for j in range(1, m + 1)]
    M = [fmpq(1)]
    for order in range(1, m + 1):
        M.append(sum((comb(2 * order - 1, 2 * j - 1) * cumulants[j] * M[order - j] for j in range(1, order + 1)), fmpq(0)))
    return sum((comb(m, k) * kappa[(k + 1) // 2] * M[(m - k) // 2] for k in range(1, m + 1, 2)), fmpq(0)), M[m]


def test_the_excess_vanishes_for_the_named_laws_up_to_seven():
    for m in (5, 7):
        for law in ("rademacher", "gaussian", "uniform", "laplace"):
            assert least_row(m, kappa_of(m, "1e-4", law), fmpq(0)).excess == 0
    assert least_row(9, kappa_of(9, "1e-4", "laplace"), fmpq(0)).excess > 0


def test_signs_are_decided_exactly():
    p = fmpq(1, 3)  # kappa_4 = p - 3 p^2 = 0 exactly
    assert first_negative(kappa_of(3, "1/3", "rademacher")) == 6
    assert kappa_of(3, str(p), "rademacher")[2] == 0
    assert first_negative(kappa_of(3, "1/20", "rademacher")) is None
    assert first_negative(kappa_of(3, "1/2", "rademacher")) == 4


def test_only_normal_moments_are_gaussian():
    normal = [fmpq(1), fmpq(2), fmpq(12), fmpq(120)]  # variance 2: 3*4, 15*8
    assert is_gaussian(normal)
    assert not is_gaussian([*normal[:-1], fmpq(120) + fmpq(1, 10**30)])


def test_least_share():
    assert least_share(INFINITY) == least_share(1) == 0
    assert least_share(9) == fmpq(1, 8)
