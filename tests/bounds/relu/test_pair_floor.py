"""The pair floors: near antipodal pairs, near the page's values, and below networks."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.relu.floors import floors
from boundcalc.bounds.relu.pair_floor import PairFloor, check_leverage, most_of_negative, pair_cost, pair_floor, prove_floor
from boundcalc.bounds.relu.row_table import propose
from boundcalc.loss.relu.loss import relu_loss
from boundcalc.model.features import Features, Group
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import CertificationError

# d, n, p, n' and what theory gives, in units of the loss beside it (relu.md, R6 and R10')
PAGE = [
    (2, 4, "1/100", 4, 6.6667e-5, 0.906),
    (2, 5, "1/20", 5, 0.0090363, 0.498),
    (5, 20, "1/100", 20, 0.0079165, 0.2737),
    (5, 20, "1/20", 20, 0.0937662, 0.132),
    (30, 400, "1/100", 150, 0.594, 0.0118),
    (30, 400, "3/1000", 300, 0.08515, 0.0368),
    (2, 5, "1/1000", 5, 8.1261e-5, 0.560),
]


@pytest.mark.slow
@pytest.mark.parametrize(("d", "n", "p", "part", "loss", "expected"), PAGE)
def test_within_two_per_cent_of_the_page(d, n, p, part, loss, expected):
    found = prove_floor(n, d, fmpq(*map(int, p.split("/"))), part, zonal=True)
    assert to_float(found.value) / loss > 0.98 * expected


@pytest.mark.slow
@pytest.mark.parametrize(("n", "p"), [(4, fmpq(1, 4000)), (10, fmpq(1, 10**4)), (100, fmpq(1, 10**6)), (10, fmpq(1, 10**8))])
def test_antipodal_pairs_are_nearly_optimal_at_twice_the_dimension(n, p):
    found = pair_floor(n, n // 2, p)
    assert fmpq(99, 100) < found.value / (p**2 * n / 6) < 1
    assert found.scales is not None


@pytest.mark.slow
def test_below_twice_the_dimension():
    """R6's table: 0.834 of the pairs' loss at n = 10, np = 1/10."""
    found = prove_floor(10, 8, fmpq(1, 100), 10, zonal=False)
    ratio = found.value / (2 * fmpq(1, 100) ** 2 / 3)
    assert 0.98 * 0.834 < to_float(ratio) < 0.835


def test_no_floor_where_all_fit_or_all_are_active():
    assert pair_floor(3, 3, fmpq(1, 10)) is None
    assert pair_floor(6, 3, fmpq(1)) is None


def test_a_larger_kappa_is_refused():
    table = propose(10, fmpq(1, 100), 0.03, ratio=1.3, room=0.02)
    assert check_leverage(table, fmpq(27, 100)) > 20
    with pytest.raises(CertificationError, match="leverage"):
        check_leverage(table, fmpq(31, 100))


def test_the_cost_of_a_pair_near_equal_scales():
    """At scales near 1 it is 2ρ(t): 2t²(1/3 − |t|/6) for t < 0 as np → 0; at any scales 25/81 at t = −1."""
    table = propose(10, fmpq(1, 10**6), 0.03, ratio=1.1, room=0.0)
    t = np.array([-1.0, -0.5])
    near = pair_cost(table, t, (fmpq(99, 100), fmpq(101, 100)))
    assert near == pytest.approx(2 * t**2 * (1 / 3 - abs(t) / 6), rel=5e-3)
    assert pair_cost(table, t, None)[0] == pytest.approx(25 / 81, rel=5e-3)
    assert to_float(most_of_negative(table)) >= 1 / 3 - 1e-3


@pytest.mark.slow
def test_importances_enter_by_prefixes():
    """F(k) ≥ k F(n')/n' for k ≥ n': two levels of importance, the dearer ones fewer than n'."""
    groups = (Group(12, "1/3", "1/20", "uniform01"), Group(4, 2, "1/20", "uniform01"))
    found = next(floor for floor in floors(ReluProblem(groups, 3)) if floor.key == "pairs")
    pairs: PairFloor = found.pairs
    assert pairs.part > 4
    assert found.value.lower == pairs.value / 16 * (16 * fmpq(1, 3))
    wide = floors(ReluProblem((Group(16, 1, "1/20", "uniform:0:3"),), 3))
    assert next(floor for floor in wide if floor.key == "pairs").value.lower == 9 * pairs.value


@pytest.mark.parametrize("seed", range(6))
def test_rows_of_networks_cost_at_least_their_pairs(seed):
    """The inequality behind both forms: a certified loss of random weights is not below the floor."""
    rng = np.random.default_rng(seed)
    n, d, p = 4, 2, fmpq(1, 20)
    floor = pair_floor(n, d, p).value
    W = rng.standard_normal((d, n))
    W /= np.linalg.norm(W, axis=0)
    loss = relu_loss(W, bias=rng.uniform(-0.2, 0.02, n), features=Features((Group(n, 1, p, "uniform01"),))).loss
    assert floor < loss.lower


@pytest.mark.parametrize("p", [fmpq(7, 10**298), fmpq(1, 10**400)])
def test_pairs_that_are_hardly_ever_active(p):
    """Charges that vanish in floats prove nothing, and are no error."""
    found = pair_floor(4, 2, p)
    assert found is None or 0 < found.value <= 2 * p**2 / 3
