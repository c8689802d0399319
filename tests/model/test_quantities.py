"""Quantities in numbers and in symbols: the moments of every order."""

from __future__ import annotations

import pytest
import sympy
from flint import fmpq

from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities, SymbolicQuantities
from boundcalc.numbers.rings import EXACT


@pytest.mark.parametrize("order", range(12))
def test_every_moment_has_a_symbol_or_the_value_that_all_laws_share(order):
    """The laws are symmetric: an odd moment is zero, and that of order zero is one, in symbols as in numbers."""
    symbolic = SymbolicQuantities(3).mu(order)
    numbers = {law: Quantities(EXACT, Problem(9, 3, 3, "1/10", law)).mu(order) for law in ("rademacher", "gaussian", "uniform")}
    if order % 2 or order == 0:
        assert all(value == int(symbolic) for value in numbers.values())
    else:
        assert symbolic == symbol("mu", order)
        assert numbers["uniform"] == fmpq(1, order + 1)


def test_a_formula_with_an_odd_moment_is_one_without_it():
    q = SymbolicQuantities(5)
    assert sympy.simplify(q.p * (q.mu(4) + q.mu(7)) - q.p * q.mu(4)) == 0
