"""Parabolas below a polynomial: what they prove is so, and they prove what has room."""

from __future__ import annotations

import random

import numpy as np
from flint import fmpq, fmpq_poly, fmpz_poly

from boundcalc.bounds.frontiers.guides import Guides
from boundcalc.bounds.frontiers.parabolas import Parabolas, is_proven, positive_roots, shifted, value_at
from boundcalc.certify.half_line import integral


def constants(values: list[fmpq]) -> list[fmpz_poly]:
    """The values times their common denominator."""
    return integral([fmpq_poly([value]) for value in values])


def minimum(values: list[fmpq], width: fmpq) -> float:
    """On [0, width], by the roots of the derivative in floats."""
    floats = [int(v.p) / int(v.q) for v in values]
    poly, end = np.polynomial.Polynomial(floats), int(width.p) / int(width.q)
    turns = [z.real for z in poly.deriv().roots() if abs(z.imag) < 1e-9 and 0 < z.real < end]
    return min(float(poly(z)) for z in (0.0, end, *turns))


def test_what_is_proven_is_nonnegative():
    rng, proven = random.Random(3), 0
    for _ in range(600):
        values = [fmpq(rng.randint(-4, 12), rng.randint(1, 5)) for _ in range(rng.randint(5, 8))]
        width, c = fmpq(rng.randint(1, 30), 10), fmpq(rng.randint(1, 30), 10)
        if is_proven(constants(values), Parabolas(c, rng.random() < 0.5), width):
            proven += 1
            assert minimum(values, width) >= -1e-9
    assert proven > 100


def test_a_minimum_that_touches_is_proven_where_the_parabola_touches():
    """(z - 1)² (1 + z + z²) plus a little: only c near 1 serves."""
    z = fmpq_poly([0, 1])
    values = list(((z - 1) ** 2 * (1 + z + z**2) + fmpq(1, 10**4)).coeffs())
    local, width = constants(values), fmpq(3)
    guide = Guides.of(np.array([[int(v.p) / int(v.q)] for v in values]), np.array([3.0]))[0]
    assert guide.margin > 0
    assert abs(float(int(guide.parabolas.c.p) / int(guide.parabolas.c.q)) - 1) < 0.1
    assert is_proven(local, guide.parabolas, width)
    assert not is_proven(local, Parabolas(fmpq(2), False), width)
    assert not is_proven(constants([values[0] - fmpq(1, 1000), *values[1:]]), guide.parabolas, width)


def test_shifted_and_value():
    values = [fmpq(3), fmpq(-1), fmpq(2), fmpq(5)]
    assert value_at(values, fmpq(2)) == 3 - 2 + 8 + 40
    moved = shifted(values, fmpq(2))
    assert all(value_at(moved, fmpq(k)) == value_at(values, fmpq(k + 2)) for k in range(-2, 3))


def test_positive_roots_at_every_scale():
    for unit in (1e-12, 1.0, 1e9):
        for roots in ((1.0, 3.0), (-1.0, 1e-8), (1e-9, 1e9), (2.0, 2.0), (-1.0, -2.0)):
            values = [v * unit**-k for k, v in enumerate((roots[0] * roots[1], -sum(roots), 1.0))]
            assert np.allclose(positive_roots(values), [unit * root for root in roots if root > 0], rtol=1e-7, atol=0)
        assert positive_roots([-2 * unit, 2.0, 0.0]) == [unit]
    assert positive_roots([1.0, 0.0, 1.0]) == []
