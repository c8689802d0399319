"""What the weights decide, by second methods: normalised columns, explicit sums, and the rules of exact algebra."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from flint import fmpq

from boundcalc.check.algebra.symbolic import check_symbolically
from boundcalc.check.exact.case_grid import MATRICES, SYMMETRIC
from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.roots import approximate
from boundcalc.language.statement import build


@pytest.mark.parametrize("weights", MATRICES, ids=str)
def test_cosines_are_those_of_the_normalised_columns(weights):
    case = Case(weights, 3, fmpq(1, 3), SYMMETRIC[0][1])
    columns = np.array([[approximate(entry) for entry in row] for row in weights]).T
    unit = [column / np.linalg.norm(column) if column.any() else column for column in columns]
    for i, j in product(range(case.n), repeat=2):
        assert approximate(case("cos2", i, j)) == pytest.approx((unit[i] @ unit[j]) ** 2, abs=1e-14)


@pytest.mark.parametrize("weights", MATRICES, ids=str)
def test_capacities_are_shares_of_the_energy_of_a_row(weights):
    case = Case(weights, 3, fmpq(1, 3), SYMMETRIC[0][1])
    for i in range(case.n):
        row = case.frame.A[i]
        energy = sum((entry**2 for entry in row), fmpq(0))
        assert case("t", i) * energy == row[i] ** 2
        assert case("t", i) > 0 or not any(row)


@pytest.mark.parametrize(
    "claim",
    [
        "cos2[i, j]*a[i]*a[j] = A[i, j]^2",
        "cos2[i, j]^2*a[i]^2*a[j]^3 = A[i, j]^4*a[j]",
        "cos2[i, i]*a[i] = a[i]",
        "t[i]*q[i] = a[i]^2",
        "sqrt(t[i])*sqrt(q[i]) = a[i]",
        "sum(i, j: a[i]*a[j]*cos2[i, j]) = sum(i: q[i])",
    ],
)
def test_quotients_times_their_denominators_are_proven(claim):
    assert check_symbolically(build("test", "step", (claim,))) is not None


@pytest.mark.parametrize("claim", ["cos2[i, i] = 1", "sqrt(cos2[i, j]*a[i]*a[j]) = A[i, j]", "t[i]*a[i] = q[i]"])
def test_what_fails_at_zero_columns_or_for_signs_is_not_proven(claim):
    assert check_symbolically(build("test", "step", (claim,))) is None
