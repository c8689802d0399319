"""Counting, isolation and refinement against known roots, SymPy's isolation and integer square roots."""

import itertools
import math

import pytest
import sympy
from flint import fmpq, fmpq_poly, fmpz_poly
from hypothesis import given, settings
from hypothesis import strategies as st

from boundcalc.certify.real_roots import (
    count_real_roots,
    is_long,
    isolate_real_roots,
    polynomial_nonnegative,
    primitive,
    rational_root,
    refine,
    sign_at,
    signed_pieces,
    square_free,
)

X = fmpq_poly([0, 1])
rationals = st.builds(fmpq, st.integers(-30, 30), st.integers(1, 12))
integer_polynomials = st.lists(st.integers(-20, 20), min_size=2, max_size=8).filter(lambda c: any(c[1:])).map(fmpz_poly)


def product(roots):
    result = fmpq_poly([1])
    for root, multiplicity in roots:
        result *= (X - root) ** multiplicity
    return result


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(rationals, st.integers(1, 3)), max_size=5), st.integers(1, 40))
def test_rational_roots_with_multiplicities_come_back(roots, c):
    poly = product(roots) * (X**2 + c) * fmpq(-3, 7)
    found = isolate_real_roots(poly)
    assert [root.rational for root in found] == sorted({root for root, _ in roots})
    assert count_real_roots(poly) == len(found)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(integer_polynomials)
def test_the_roots_are_those_of_sympys_isolation(poly):
    expected = sympy.Poly([int(c) for c in reversed(poly.coeffs())], sympy.Symbol("x")).intervals(eps=sympy.Rational(1, 10**9))
    found = isolate_real_roots(poly)
    assert len(found) == len(expected) == count_real_roots(poly)
    for root, ((a, b), _) in zip(found, expected, strict=True):
        enclosure = refine(root, 40)
        assert enclosure.digits >= 40
        assert max(fmpq(a.p, a.q), enclosure.lower) <= min(fmpq(b.p, b.q), enclosure.upper)
        assert root.low <= enclosure.lower
        assert enclosure.upper <= root.high
        if root.rational is None:
            assert root.polynomial(enclosure.lower) * root.polynomial(enclosure.upper) < 0
    assert all(left.high < right.low for left, right in itertools.pairwise(found))


@settings(max_examples=120, deadline=None, derandomize=True)
@given(integer_polynomials, rationals, rationals)
def test_counts_on_an_interval_are_open_and_isolation_is_closed(poly, a, b):
    low, high = min(a, b), max(a, b)
    inside = [root for root in isolate_real_roots(poly) if root.compare(low) >= 0 and root.compare(high) <= 0]
    assert isolate_real_roots(poly, low, high) == inside
    if low < high:
        assert count_real_roots(poly, low, high) == sum(root.rational not in (low, high) for root in inside)


@pytest.mark.parametrize("digits", [1, 15, 1000, 10_000])
def test_digits_of_the_square_root_of_two(digits):
    root = isolate_real_roots(X**2 - 2)[1]
    enclosure = refine(root, digits)
    scale = 10 ** (digits + 5)
    below = math.isqrt(2 * scale**2)
    assert enclosure.digits >= digits
    assert enclosure.lower <= fmpq(below + 1, scale)
    assert enclosure.upper >= fmpq(below, scale)


def test_close_roots_are_separated():
    """Mignotte: x^9 − 2 (1000 x − 1)² has two roots within 1e-15 of 1/1000."""
    poly = X**9 - 2 * (1000 * X - 1) ** 2
    roots = isolate_real_roots(poly)
    low, high = (root.refined(80) for root in roots[:2])
    assert low.high < fmpq(1, 1000) < high.low
    assert high.high - low.low < fmpq(1, 10**15)
    for root in (low, high):
        assert poly(root.low) * poly(root.high) < 0


def test_wilkinson_of_degree_twenty():
    poly = product([(fmpq(k), 1) for k in range(1, 21)])
    assert [root.rational for root in isolate_real_roots(poly)] == list(range(1, 21))
    # his perturbation leaves ten real roots
    assert count_real_roots(poly - fmpq(1, 2**23) * X**19) == 10


def test_tiny_and_huge_roots():
    tiny, huge = fmpq(1, 10**300), fmpq(10**300)
    roots = isolate_real_roots((X**2 - 2 * tiny**2) * (X**2 - 2 * huge**2))
    assert len(roots) == 4
    enclosure = refine(roots[2], 30)
    assert 1.41421356237 < float(enclosure.lower / tiny) < 1.41421356238


def test_identity_and_index():
    cubic = fmpz_poly([-1, -3, 0, 1])
    roots = isolate_real_roots(fmpq_poly(cubic) * (X - 1))
    assert [(str(root.polynomial), root.index) for root in roots] == [
        (str(cubic), 0),
        (str(cubic), 1),
        ("x + (-1)", 0),
        (str(cubic), 2),
    ]
    assert roots[0] == isolate_real_roots(-5 * fmpq_poly(cubic) ** 2)[0].refined(200)
    assert roots[0].as_json()["polynomial"] == ["-1", "-3", "0", "1"]
    assert rational_root(fmpq(2, 3)).compare(fmpq(2, 3)) == 0
    assert roots[3].compare(roots[2]) == 1


def test_signs_at_algebraic_numbers():
    root = isolate_real_roots(X**3 - 2)[0]
    assert sign_at((X**3 - 2) * (X + 7), root) == 0
    assert sign_at(X - fmpq(5, 4), root) == 1
    # 2^{1/3} to 60 digits below it
    close = refine(root, 60)
    assert (sign_at(X - close.lower, root), sign_at(X - close.upper, root)) == (1, -1)


TINY = fmpq(1, 10**400)


@pytest.mark.parametrize(
    ("poly", "low", "high", "expected"),
    [
        ((X**2 - 2) ** 2, None, None, True),
        (-((X**2 - 2) ** 2), None, None, False),
        ((X - 1) ** 3, fmpq(1), None, True),
        ((X - 1) ** 3, fmpq(9, 10), fmpq(2), False),
        ((X - 1) ** 3, None, fmpq(1), False),
        (X * (1 - X), fmpq(0), fmpq(1), True),
        (X * (1 - X), fmpq(0), fmpq(101, 100), False),
        ((X**2 - 2) ** 2 - fmpq(1, 10**60), None, None, False),
        ((X**2 - 2) ** 2 + fmpq(1, 10**60), None, None, True),
        (fmpq_poly([-1]), fmpq(0), fmpq(1), False),
        (fmpq_poly([]), None, None, True),
        (X - 3, fmpq(3), fmpq(3), True),
        (X - 3, fmpq(2), fmpq(2), False),
        (3 - X, None, fmpq(3), True),
        # roots next to an end, long coefficients
        ((X - 1) * (X - 1 + TINY) * (X + TINY), fmpq(0), fmpq(1), False),
        ((X - 1) * (X - 1 - TINY) * (X + TINY), fmpq(0), fmpq(1), True),
        ((X - TINY) * (X - 2 * TINY) * (X**3 + TINY), fmpq(0), fmpq(1), False),
        ((X - TINY) ** 2 * (X + TINY) + TINY**5, fmpq(0), fmpq(1), True),
    ],
)
def test_nonnegativity(poly, low, high, expected):
    assert polynomial_nonnegative(poly, low, high) is expected


@settings(max_examples=150, deadline=None, derandomize=True)
@given(integer_polynomials, rationals, rationals)
def test_nonnegativity_agrees_with_samples(poly, a, b):
    low, high = min(a, b), max(a, b)
    samples = [poly(low + (high - low) * fmpq(k, 97)) for k in range(98)]
    if polynomial_nonnegative(poly, low, high):
        assert min(samples) >= 0
    else:
        ends = [root for root in isolate_real_roots(poly, low, high) if low < root.high and root.low < high]
        inside = [x for root in ends for x in (root.refined(60).low, root.refined(60).high) if low <= x <= high]
        gaps = [(left.refined(60).high + right.refined(60).low) / 2 for left, right in itertools.pairwise(ends)]
        assert min(samples + [poly(x) for x in inside + gaps]) < 0


def test_square_free_part():
    assert square_free(-3 * (X - 1) ** 3 * (X + 2)) == fmpz_poly([2, -1, -1])


def test_pieces_have_the_sign_they_claim():
    """Against the factors: the polynomial changes sign at TINY, 1/3 and 1 − TINY alone."""
    poly = primitive((X - TINY) * (3 * X - 1) * (X - 1 + TINY))
    pieces = signed_pieces(poly, fmpq(0), fmpq(1), 400)
    assert is_long(poly)
    assert (pieces[0][0], pieces[-1][1]) == (0, 1)
    assert all(left[1] == right[0] for left, right in itertools.pairwise(pieces))
    for start, end, sign in pieces:
        changes = [root for root in (TINY, fmpq(1, 3), 1 - TINY) if start < root < end]
        middle = poly((start + end) / 2)
        assert (sign == 0) == bool(changes)
        assert sign == 0 or sign * middle > 0
