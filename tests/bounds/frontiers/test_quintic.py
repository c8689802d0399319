"""The proof for m = 5 that a price holds: its polynomials against the row's own sums, and prices it accepts and refuses."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.frontiers import quintic, quintic_cells
from boundcalc.bounds.frontiers.general import exchanges, value_of
from boundcalc.bounds.frontiers.parabolas import value_at
from boundcalc.bounds.frontiers.rounding import above, below
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.bounds.upper import frontier
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import decimal_ceiling
from boundcalc.numbers.moments import cumulants_from_moments, row_polynomials

CASES = [
    ("inf", 3, "1e-3", "rademacher"),
    ("inf", 3, "0.03", "rademacher"),
    (12, 3, "1e-3", "gaussian"),
    ("inf", 10, "1e-9", "gaussian"),
]


def to_float(value: fmpq) -> float:
    return int(value.p) / int(value.q)


def chosen(n, d, p, law):
    problem = Problem(n, d, 5, p, law)
    return problem, evaluate_upper(frontier.BOUND, problem, 12).choice.values["parameters"]


@pytest.mark.parametrize("case", CASES)
def test_polynomials_bound_the_row(case):
    """P is the row's own, E at most its energy with the exchanges: by the recursion for M_{2m}, at random rows."""
    problem, choice = chosen(*case)
    row = quintic.row_of(problem, choice)
    kappa = [0.0, *map(to_float, cumulants_from_moments([1] + [problem.p * problem.law.moment(2 * j) for j in range(1, 6)])[1:])]
    rng, low = np.random.default_rng(7), to_float(row.share)
    for _ in range(200):
        s, theta = 10 ** rng.uniform(-2, 0), max(low, 10 ** rng.uniform(-4, 0))
        w = 1 / s**2 - 1
        sums = [0.0, 1 + w, *(1 + w**j * theta ** (j - 1) for j in range(2, 6))]
        gain, energy = row_polynomials(5, kappa, 1.0, sums)
        for one, nu, member, (x, _) in zip(
            exchanges(problem), choice.multipliers, choice.members, choice.pairs(problem), strict=True
        ):
            f = one.at(sums)
            energy += to_float(one.weight) * f * (to_float(x) - to_float(member.share) * sums[one.order])
            gain -= to_float(nu) * f**0.5
        exact_s, exact_z = fmpq(round(s * 1e15), 10**15), fmpq(round(((s**4 * sums[2]) ** 0.5 - s**2) * 1e18), 10**18)
        own, least = (to_float(value_at([part(exact_s) for part in values], exact_z)) for values in (row.gain, row.energy))
        size = 1e-9 * (abs(kappa[5]) + abs(gain)) * s**4
        assert own == pytest.approx(gain * s**4, rel=1e-7, abs=size)
        assert least <= energy * s**10 * (1 + 1e-7)


@pytest.mark.parametrize("case", CASES)
def test_the_price_is_near_the_least(case):
    problem, choice = chosen(*case)
    row = quintic.row_of(problem, choice)
    assert quintic_cells.examine(row, choice.price, choice.excess).proven
    below = quintic_cells.examine(row, choice.price * fmpq(99, 100), choice.excess * fmpq(99, 100))
    assert not below.proven
    s, z = below.against
    y = z**2 + 2 * s**2 * z
    assert row.share * (1 - s**2) ** 2 <= y <= (1 - s**2) ** 2 * fmpq(1001, 1000)
    gain, energy = (value_at([part(s) for part in values], z) for values in (row.gain, row.energy))
    assert gain > 0
    assert gain**2 * s**2 > (choice.price * s**2 + choice.excess) * fmpq(99, 100) * energy


def test_a_price_too_low_is_raised():
    problem, choice = chosen("inf", 10, "1e-3", "rademacher")
    raised, _ = quintic.proven(problem, replace(choice, price=choice.price / 3), 10)
    assert choice.price * fmpq(99, 100) < raised.price < choice.price * fmpq(101, 100)


def test_links_too_strong_are_weakened():
    """Twice the links make the energy negative somewhere: no price holds; weaker links have one."""
    problem, choice = chosen("inf", 3, "1e-2", "rademacher")
    strong = quintic.weakened(problem, choice, fmpq(-1))
    assert not quintic_cells.examine(quintic.row_of(problem, strong), choice.price * 1000, fmpq(0)).proven
    found, _ = quintic.proven(problem, strong, 10)
    assert found is None or quintic_cells.examine(quintic.row_of(problem, found), found.price, found.excess).proven


def test_the_largest_z_is_a_bound_that_falls():
    points = [fmpq(k, 50) for k in range(51)]
    found = [quintic_cells.largest(s) for s in points]
    assert all(later < earlier for earlier, later in pairwise(found))
    assert all((z + s**2) ** 2 >= s**4 + (1 - s**2) ** 2 for s, z in zip(points, found, strict=True))


@pytest.mark.parametrize("case", [*CASES, (12, 2, "151/1000", "gaussian"), ("inf", 4, "1e-20", "uniform")])
def test_values_have_seven_digits(case):
    """Programs are known to five to nine: with digits of their own 24 features had a bound 3e-9 below that of 23."""
    problem, choice = chosen(*case)
    value = value_of(problem, choice)
    assert decimal_ceiling(value, quintic.VALUE_DIGITS) == decimal_ceiling(value, 10)


@pytest.mark.parametrize("value", [fmpq(1, 3), fmpq(2, 3) / 10**200, fmpq(10**13 - 1, 7), fmpq(1, 2)])
def test_short_decimals_on_either_side(value):
    low, high = below(value), above(value)
    assert low <= value <= high
    assert high - low <= value / 10**10
    assert all(len(str(part.p).rstrip("0")) <= 14 for part in (low * 10**220, high * 10**220))
