"""Pairs of rows: what passes holds on a fine grid, what is too much is refused."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq, fmpq_poly
from scipy.optimize import minimize

from boundcalc.bounds.relu.pair_check import check_pairs, check_scales, root
from boundcalc.bounds.relu.pair_row import PairRow
from boundcalc.bounds.relu.row_table import propose
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import CertificationError

TABLE = propose(4, fmpq(1, 100), 0.03, ratio=1.3, room=0.03)


def cost(t: float, spread: float) -> float:
    """inf of the table's ρ(x) + ρ(t²/x) on a grid."""
    side = TABLE.left if t < 0 else TABLE.right
    y, v = (np.array([to_float(x) for x in numbers]) for numbers in (side.nodes, side.values))
    x = abs(t) * np.geomspace(1, spread**0.5, 4001)
    return min((np.interp(x, y, v, left=0, right=to_float(side.tail)) + np.interp(t * t / x, y, v, left=0)).min(), 1e9)


def test_what_passes_holds_on_a_grid():
    # 0.27 t² less a constant; with scales near 1 a little more is possible
    for factor, spread in (("0.28", None), ("0.30", fmpq(5, 4))):
        h = fmpq_poly([fmpq(-1, 3000), 0, fmpq(factor.replace("0.", "")) / 100])
        assert check_pairs(TABLE, h, spread) > 100
        for t in np.linspace(-1, 1, 80):
            wide = 1e4 if spread is None or t > 0 else to_float(spread)
            assert to_float(h(fmpq(round(t * 1000), 1000))) <= cost(t, wide) + 1e-3


def test_too_much_is_refused():
    for h in (
        fmpq_poly([fmpq(-1, 3000), 0, fmpq(36, 100)]),
        fmpq_poly([fmpq(1, 10**6)]),
        fmpq_poly([fmpq(-1, 3000), fmpq(-1, 3)]),
    ):
        with pytest.raises(CertificationError, match="pairs"):
            check_pairs(TABLE, h, None)
    between = fmpq_poly([fmpq(-1, 3000), 0, fmpq(30, 100)])
    with pytest.raises(CertificationError, match="pairs"):  # as κ = 25/81 less the table's room: rows of unequal scale
        check_pairs(TABLE, between, None)


def test_scales():
    row = PairRow(fmpq(250), fmpq(1000))
    assert check_scales(row, fmpq(4, 5), fmpq(6, 5), fmpq(1, 3)) > 3

    u = (np.arange(4000) + 0.5) / 4000

    def direct(a, beta):
        b = a * beta
        return 1000 * max(b, 0) ** 2 + ((u - np.maximum(a * u + b, 0)) ** 2).mean()

    for a in (0.8, 1.2, 2.0, 0.3):
        least = min(minimize(lambda y, a=a: direct(a, y[0]), [s], method="Nelder-Mead").fun for s in (-0.4, -0.1, 1e-4))
        assert 250 * least > 1 / 3
    with pytest.raises(CertificationError):
        check_scales(row, fmpq(99, 100), fmpq(101, 100), fmpq(1, 3))


def test_roots_are_enclosed():
    for value in (fmpq(2), fmpq(1, 3), fmpq(0), fmpq(9, 4)):
        low, high = root(value)
        assert low**2 <= value <= high**2
        assert high - low < fmpq(1, 10**10)
