"""Bernstein coefficients against values on a grid, and against polynomials whose least value is known."""

from __future__ import annotations

import random

from flint import arb, arb_mat, fmpq

from boundcalc.certify.bernstein import nonnegative, to_bernstein
from boundcalc.numbers.enclosure import precision


def coefficients(terms: dict[tuple[int, int], fmpq], rows: int, columns: int) -> arb_mat:
    return arb_mat([[terms.get((i, j), fmpq(0)) for j in range(columns)] for i in range(rows)])


def test_the_polynomial_lies_between_its_extreme_coefficients():
    rng = random.Random(3)
    with precision(128):
        for _ in range(20):
            terms = {(i, j): fmpq(rng.randint(-9, 9)) for i in range(4) for j in range(3)}
            low, width, bottom, height = (fmpq(rng.randint(1, 9), 8) for _ in range(4))
            left, right = to_bernstein(3, arb(low), arb(width)), to_bernstein(2, arb(bottom), arb(height)).transpose()
            found = (left * coefficients(terms, 4, 3) * right).entries()
            least, most = min(map(float, found)), max(map(float, found))
            for x in (low, low + width / 3, low + width):
                for y in (bottom, bottom + height / 2, bottom + height):
                    value = sum(c * x**i * y**j for (i, j), c in terms.items())
                    assert least - 1e-9 <= int(value.p) / int(value.q) <= most + 1e-9


def test_signs_are_decided_on_both_sides_of_a_touching_polynomial():
    """(x - y)^2 + c on [0, 1]^2 cannot be seen from one box; on [1/4, 3/4] x [2, 3] it can."""
    with precision(128):
        left, right = to_bernstein(2, arb(0), arb(1)), to_bernstein(2, arb(0), arb(1)).transpose()
        square = {(2, 0): fmpq(1), (1, 1): fmpq(-2), (0, 2): fmpq(1)}
        for shift, wanted in ((fmpq(1, 2), True), (fmpq(49, 100), False), (fmpq(-1, 100), False)):
            assert nonnegative(coefficients({**square, (0, 0): shift}, 3, 3), left, right) is wanted
        left, right = to_bernstein(2, arb(fmpq(1, 4)), arb(fmpq(1, 2))), to_bernstein(2, arb(2), arb(1)).transpose()
        assert nonnegative(coefficients(square, 3, 3), left, right)
