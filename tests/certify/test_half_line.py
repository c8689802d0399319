"""Polynomials carried to the half-line, against their values and against Sturm's theorem."""

from __future__ import annotations

import random

from flint import fmpq, fmpq_poly, fmpz, fmpz_mat, fmpz_poly

from boundcalc.certify.half_line import halving, has_no_negative, on_dyadic, on_half_line
from boundcalc.certify.real_roots import polynomial_nonnegative


def test_values_agree():
    rng = random.Random(1)
    for _ in range(50):
        degree = rng.randint(0, 6)
        poly = fmpq_poly([fmpq(rng.randint(-9, 9), rng.randint(1, 9)) for _ in range(degree + 1)])
        low, high = sorted(fmpq(rng.randint(-20, 20), 7) for _ in range(2))
        size = degree + rng.randint(0, 3)
        carried = on_half_line(poly, size, low, high)
        for x in (fmpq(0), fmpq(1, 3), fmpq(5)):
            assert carried(x) == (1 + x) ** size * poly((high + low * x) / (1 + x))


def test_a_sign_that_is_read_off_is_there():
    rng, read = random.Random(2), 0
    for _ in range(300):
        poly = fmpq_poly([fmpq(rng.randint(-5, 9)) for _ in range(5)])
        low, high = fmpq(rng.randint(0, 10), 10), fmpq(rng.randint(10, 20), 10)
        if has_no_negative(on_half_line(poly, 4, low, high)):
            read += 1
            assert polynomial_nonnegative(poly, low, high)
    assert read > 50


def test_small_intervals_show_the_sign_of_a_positive_polynomial():
    poly = fmpq_poly([fmpq(1, 100), -1, 25]) + fmpq(1, 10**4)  # nearly a square
    assert not has_no_negative(on_half_line(poly, 2, fmpq(0), fmpq(1)))
    pieces = [(fmpq(k, 1024), fmpq(k + 1, 1024)) for k in range(1024)]
    assert all(has_no_negative(on_half_line(poly, 2, low, high)) for low, high in pieces)


def test_halves_are_the_polynomials_of_the_halves():
    rng = random.Random(3)
    for degree, first, bits in ((1, 0, 0), (4, 3, 3), (11, 5, 4)):
        polynomial = fmpz_poly([rng.randint(-99, 99) for _ in range(degree)] + [1])

        def carried(first: int, bits: int, polynomial: fmpz_poly = polynomial, degree: int = degree) -> list[fmpz]:
            found = on_dyadic(polynomial, degree, first, bits).coeffs()
            return found + [fmpz(0)] * (degree + 1 - len(found))

        whole = fmpz_mat([carried(first, bits)])
        for upper in (False, True):
            assert (whole * halving(degree, upper=upper)).entries() == carried(2 * first + upper, bits + 1)
