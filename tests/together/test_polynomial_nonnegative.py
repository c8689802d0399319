"""The Sturm test against SymPy's root isolation and against polynomials whose signs are known by construction."""

from __future__ import annotations

import random

import pytest
import sympy
from flint import fmpq, fmpq_poly

from boundcalc.certify.real_roots import count_real_roots, polynomial_nonnegative

U = fmpq_poly([0, 1])
TINY = fmpq(1, 10**40)


def by_sympy(polynomial: fmpq_poly, low: fmpq, high: fmpq) -> bool:
    """Signs at the ends and at points between neighbouring roots, isolated by SymPy."""
    x = sympy.Symbol("x")
    exact = sympy.Poly([sympy.Rational(int(c.p), int(c.q)) for c in reversed(polynomial.coeffs())] or [0], x)
    if exact.degree() < 1:
        return bool(exact.eval(0) >= 0)
    ends = [sympy.Rational(int(e.p), int(e.q)) for e in (low, high)]
    gaps = [ends[0]]
    for (a, b), _ in exact.intervals(inf=ends[0], sup=ends[1], eps=sympy.Rational(1, 10**60)):
        gaps += [a, b]
    gaps.append(ends[1])
    points = [gaps[0], gaps[-1]] + [(a + b) / 2 for a, b in zip(gaps[::2], gaps[1::2], strict=True)]
    return all(exact.eval(point) >= 0 for point in points)


@pytest.mark.parametrize(
    ("polynomial", "expected"),
    [
        (fmpq_poly(), True),
        (fmpq_poly([-1]), False),
        (U, True),
        (-U, False),
        (1 - U, True),
        ((3 * U - 1) ** 2, True),
        (-((3 * U - 1) ** 2), False),
        ((3 * U - 1) ** 2 - fmpq_poly([TINY]), False),
        ((3 * U - 1) ** 2 + fmpq_poly([TINY]), True),
        ((2 * U * U - 1) ** 2, True),  # an irrational double root
        ((2 * U * U - 1) ** 3, False),
        ((2 * U * U - 1) ** 2 * (3 * U - 1), False),
        ((2 * U * U - 1) ** 4 * U * (1 - U), True),
        (U * (U - 1), False),
        (U**2 * (U - 1) ** 2, True),
        (U * (U - TINY), False),  # negative on an interval of length 1e-40 at the end
        ((U - 1) * (U - 1 + TINY), False),
        (-U * (U - 2), True),  # the other sign change lies outside
        (U - fmpq_poly([TINY]), False),
        ((U + 1) * (2 - U), True),
        ((3 * U - 1) * (3 * U - 1 - TINY), False),
        ((3 * U - 1) ** 2 * (3 * U - 2) ** 2 * (5 * U - 1) ** 6, True),
    ],
)
def test_known_signs_on_the_unit_interval(polynomial, expected):
    assert polynomial_nonnegative(polynomial, fmpq(0), fmpq(1)) is expected
    assert by_sympy(polynomial, fmpq(0), fmpq(1)) is expected


def test_random_products_against_sympy():
    rng = random.Random(7)
    seen = {True: 0, False: 0}
    for _ in range(250):
        polynomial = fmpq_poly([fmpq(rng.choice([-1, 1, 1, 1]) * rng.randint(1, 9), rng.randint(1, 9))])
        for _ in range(rng.randint(0, 3)):
            factor = fmpq_poly([fmpq(rng.randint(-6, 6), rng.randint(1, 4)) for _ in range(rng.randint(1, 4))])
            polynomial *= factor ** rng.choice([1, 2, 2, 3]) if not factor.is_zero() else 1
        low = fmpq(rng.randint(-8, 4), 4)
        high = low + fmpq(rng.randint(1, 8), 4)
        expected = by_sympy(polynomial, low, high)
        assert polynomial_nonnegative(polynomial, low, high) is expected, (polynomial, low, high)
        seen[expected] += 1
    assert min(seen.values()) >= 40


def test_root_count_against_planted_roots():
    rng = random.Random(8)
    for _ in range(60):
        roots = {fmpq(rng.randint(-20, 20), rng.randint(1, 9)) for _ in range(rng.randint(1, 8))}
        polynomial = (U * U + 1) * fmpq(rng.choice([-3, 2]))
        for root in roots:
            polynomial *= U - root
        low, high = sorted(rng.sample(range(-6, 7), 2))
        assert count_real_roots(polynomial, fmpq(low), fmpq(high)) == sum(low < root < high for root in roots)


def test_degree_sixty_with_large_numbers():
    rng = random.Random(9)
    square = fmpq_poly([fmpq(rng.randint(-(10**30), 10**30), rng.randint(1, 10**12)) for _ in range(31)])
    assert polynomial_nonnegative(square * square, fmpq(0), fmpq(1))
    assert not polynomial_nonnegative(square * square * (U - fmpq(1, 2)), fmpq(0), fmpq(1))
