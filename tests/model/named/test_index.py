"""Every named quantity: what its entry says of sign, size and dependence holds in exact cases, and it is on the page."""

from __future__ import annotations

from itertools import product

import pytest
from flint import fmpq

from boundcalc.check.exact.case_grid import MATRICES, SKEWED, SYMMETRIC, matrix
from boundcalc.check.exact.cases import Case
from boundcalc.check.exact.counterexample import label
from boundcalc.model.named.index import BY_NAME, QUANTITIES
from boundcalc.model.named.quantity import Dependence

THIRD = fmpq(1, 3)
every_quantity = pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda quantity: quantity.name + quantity.indices)


def values(quantity, case):
    """(indices, value) for all features and a few orders, a value for each state of a random one."""
    ranges = [range(1, 6) if letter == "k" else range(case.n) for letter in quantity.indices]
    for indices in product(*ranges):
        found = case(quantity.name, *indices)
        yield from ((indices, value) for value in (found if quantity.random else [found]))


@every_quantity
def test_signs_and_sizes_hold_in_every_case(quantity):
    laws = [SYMMETRIC[1][1], *((SKEWED[2][1],) if "k" in quantity.indices else ())]
    seen = set()
    for weights, law, p in product((*MATRICES, matrix("0 0")), laws, (fmpq(0), THIRD, fmpq(1))):
        if quantity.random and len(weights[0]) > 3:
            continue
        for indices, value in values(quantity, Case(weights, 3, p, law)):
            sign = quantity.sign_at(*indices)
            assert sign == "?" or value > 0 or (sign == "+" and value == 0)
            assert quantity.size == 0 or (value >= 1 if quantity.size == 1 else value <= 1)
            seen.add((value > 0) - (value < 0))
    if quantity.sign == "+":  # no stronger sign would hold
        assert 0 in seen or quantity.name in ("alpha", "beta", "g")


BASE = {Dependence.EXPONENT: 3, Dependence.PROBABILITY: THIRD, Dependence.LAW: SYMMETRIC[1][1]}
OTHER = {Dependence.EXPONENT: 5, Dependence.PROBABILITY: fmpq(1, 5), Dependence.LAW: SYMMETRIC[2][1]}
WEIGHTS = matrix("1 2 1; 0 0 1")


@every_quantity
@pytest.mark.parametrize("part", BASE, ids=lambda part: part.name)
def test_what_does_not_matter_changes_nothing(quantity, part):
    """The parts are named that matter: each changes some value, and the others none."""
    if quantity.random:
        return
    before, after = ({**BASE, part: choice[part]} for choice in (BASE, OTHER))
    order = (Dependence.EXPONENT, Dependence.PROBABILITY, Dependence.LAW)
    cases = [Case(WEIGHTS, *(chosen[each] for each in order)) for chosen in (before, after)]
    found = [[value for _, value in values(quantity, case)] for case in cases]
    assert (found[0] != found[1]) == (part in quantity.of)


@every_quantity
def test_the_scale_and_the_weights_matter_where_the_entry_says_so(quantity):
    if quantity.random:
        return
    larger = tuple(tuple(2 * entry for entry in row) for row in WEIGHTS)
    cases = [Case(weights, 3, THIRD, SYMMETRIC[1][1]) for weights in (WEIGHTS, larger, matrix("1 0 1; 1 3 1"))]
    base, scaled, other = ([value for _, value in values(quantity, case)] for case in cases)
    assert (base != scaled) == (Dependence.SCALE in quantity.of)
    assert (base != other) == bool(quantity.of & Dependence.WEIGHTS) or quantity.name == "rank"


def test_names_are_unique_with_their_indices():
    assert sum(len(forms) for forms in BY_NAME.values()) == len(QUANTITIES)


def test_code_asks_for_quantities_that_have_code():
    known = {"states", *(label(quantity) for quantity in QUANTITIES)}
    for quantity in QUANTITIES:
        assert {*quantity.code[1:], *quantity.without_states[1:]} <= known
