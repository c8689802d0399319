"""Tables of lower bounds: proven ones lie below the charge, and a claim that is too high is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flint import fmpq
from scipy.optimize import minimize

from boundcalc.bounds.relu.pair_row import PairRow
from boundcalc.bounds.relu.row_table import bisect, charge, propose, prove, short
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import CertificationError


@pytest.mark.parametrize(("n", "p"), [(4, fmpq(1, 100)), (20, fmpq(1, 20))])
def test_a_proven_interval_is_below_every_row(n, p):
    """Random a and b, on intervals over all of the table."""
    table = propose(n, p, 0.05, ratio=1.15, room=0.02)
    odds = to_float((1 - p) / p)
    row = PairRow(odds / (n - 1), odds)
    rng = np.random.default_rng(n)
    for side in (table.left, table.right):
        for k in range(0, len(side.nodes) - 1, 8):
            corners = [(fmpq(1), side.sign * side.nodes[j], table.row.silent - side.values[j]) for j in (k, k + 1)]
            assert bisect(table.row, corners, "x") > 3
            ends, values = ([to_float(numbers[j]) for j in (k, k + 1)] for numbers in (side.nodes, side.values))
            for _ in range(50):
                x = rng.uniform(*ends)
                a, beta = np.exp(rng.uniform(-3, 2)), rng.uniform(-1 - max(side.sign * x, 0), 0.5)
                z = (1.0, side.sign * x, beta)
                assert np.interp(x, ends, values) <= row.silent - 2 * a * row.gain(z) + a**2 * row.cost(z) + 1e-12


@pytest.mark.slow
@pytest.mark.parametrize(("n", "p"), [(4, fmpq(1, 100)), (20, fmpq(1, 20)), (6, fmpq(1, 5))])
def test_a_proven_table_holds_far_out_too(n, p):
    table = propose(n, p, 0.05)
    assert prove(table) > 1000
    row = PairRow(to_float(table.row.self_share), to_float(table.row.odds))
    for side in (table.left, table.right):
        for x in (16.0, 25.0, 100.0, 1e4):
            assert charge(row, np.array([side.sign * x]))[0] > to_float(side.tail) - 1e-9


def test_the_table_is_near_a_direct_minimum():
    """ρ by a local search in a and b, another method than the table's."""
    n, p = 20, 0.05
    row = PairRow((1 - p) / p / (n - 1), (1 - p) / p)

    def direct(x):
        def value(y):
            a = np.exp(y[0])
            z = (1.0, x, y[1])
            return row.silent - 2 * a * row.gain(z) + a * a * row.cost(z)

        starts = ((0.0, 0.0), (0.2, -0.15), (1.2, -0.65), (-0.1, 0.02), (-3, 2.0))
        return min(minimize(value, s, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-13}).fun for s in starts)

    for x in (-3.0, -1.0, -0.3, 0.1, 0.4, 1.5):
        found = charge(row, np.array([x]))[0]
        assert found == pytest.approx(direct(x), rel=1e-5)


def test_what_is_claimed_too_high_is_refused():
    table = propose(4, fmpq(1, 100), 0.05, ratio=1.15, room=0.02)
    for name in ("left", "right"):
        side = getattr(table, name)
        values = [v * fmpq(112, 100) if k == 8 else v for k, v in enumerate(side.values)]
        corners = [(fmpq(1), side.sign * side.nodes[k], table.row.silent - values[k]) for k in (8, 9)]
        with pytest.raises(CertificationError):
            bisect(table.row, corners, "x")
    high = replace(table, left=replace(table.left, values=(table.row.silent * 2, *table.left.values[1:])))
    with pytest.raises(CertificationError, match="above that of answering zero"):
        prove(high)


def test_short_numbers_are_below():
    for value in (0.3, 1 / 3, 1e-7, 12.345, 0.0):
        found = short(value)
        assert 0 <= value - to_float(found) <= value / 500
