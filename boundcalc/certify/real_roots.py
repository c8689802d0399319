"""Isolates the real roots of rational polynomials, refines them to any accuracy and decides signs at them, exactly.

Arb isolates: each of its balls holds one root, and those of the real roots have an imaginary part that is exactly 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flint import arb, fmpq, fmpq_poly, fmpz_poly

from boundcalc.certify.half_line import has_no_negative, on_half_line
from boundcalc.numbers.budget import check
from boundcalc.numbers.enclosure import Enclosure, exact, precision

_LOG2_10 = 3.3219280948873626
LONG_BITS = 1000
"""Whole polynomials with longer coefficients may have roots very close to each other, which Arb isolates slowly."""
CLOSER = 1 << 12
"""Pieces next to an end are cut so many times nearer to it."""
MOST_PIECES = 400
"""Cuts of an interval for a long polynomial."""


@dataclass(frozen=True, eq=False)
class RealRoot:
    """A real algebraic number.

    Attributes
    ----------
    polynomial : fmpz_poly
        Its minimal polynomial over the integers: irreducible, primitive, positive leading coefficient.
    index : int
        Its place among the polynomial's real roots in ascending order, from 0.
    low, high : fmpq
        A closed interval that holds this real root of the polynomial and no other; a single point for a rational.
    """

    polynomial: fmpz_poly
    index: int
    low: fmpq
    high: fmpq

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RealRoot) and self.index == other.index and self.polynomial == other.polynomial

    def __hash__(self) -> int:
        return hash((self.index, str(self.polynomial)))

    @property
    def rational(self) -> fmpq | None:
        """The value, where it is rational."""
        return self.low if self.low == self.high else None

    @property
    def enclosure(self) -> Enclosure:
        """The isolating interval."""
        return Enclosure(self.low, self.high)

    def refined(self, bits: int) -> RealRoot:
        """The same root in an interval of relative width at most 2^−bits that does not hold 0."""
        low, high, working, more = self.low, self.high, bits, 8
        while low != high and (low * high <= 0 or (high - low) * 2**bits > min(abs(low), abs(high))):
            working += more
            if working > bits + 32:  # a root very close to 0
                more = working // 2
            root = _real_roots(self.polynomial, working)[self.index]
            low, high = max(low, root.low), min(high, root.high)
        return RealRoot(self.polynomial, self.index, low, high)

    def compare(self, other: RealRoot | fmpq) -> int:
        """−1, 0 or 1 as this root is less than, equal to or greater than the other number; decided exactly."""
        if isinstance(other, fmpq):
            other = rational_root(other)
        if self == other:
            return 0
        left, right, bits = self, other, 8
        while not (left.high < right.low or right.high < left.low):
            bits *= 2
            left, right = left.refined(bits), right.refined(bits)
        return -1 if left.high < right.low else 1

    def as_json(self) -> dict[str, object]:
        """The polynomial's coefficients (constant term first), the root's index and the isolating interval."""
        return {
            "polynomial": [str(c) for c in self.polynomial.coeffs()],
            "index": self.index,
            "interval": [str(self.low), str(self.high)],
        }


def rational_root(value: fmpq) -> RealRoot:
    """A rational number as an algebraic number of degree one."""
    value = fmpq(value)
    return RealRoot(fmpz_poly([-value.p, value.q]), 0, value, value)


def refine(root: RealRoot, digits: int) -> Enclosure:
    """An enclosure of the root with ``digits`` significant decimal digits."""
    return root.refined(int(digits * _LOG2_10) + 6).enclosure


def isolate_real_roots(poly: fmpq_poly | fmpz_poly, low: fmpq | None = None, high: fmpq | None = None) -> list[RealRoot]:
    """The distinct real roots in the closed interval [low, high], ascending, in pairwise disjoint intervals.

    Parameters
    ----------
    poly : polynomial
        Not zero.
    low, high : fmpq or None
        The ends; ``None`` for infinity.
    """
    _, factors = primitive(poly).factor()
    bits = 16
    roots = sorted((root for factor, _ in factors for root in _real_roots(_positive(factor), bits)), key=_middle)
    if low is not None:
        roots = [root for root in roots if root.compare(fmpq(low)) >= 0]
    if high is not None:
        roots = [root for root in roots if root.compare(fmpq(high)) <= 0]
    while any(left.high >= right.low for left, right in pairwise(roots)):
        bits *= 2
        roots = sorted((root.refined(bits) for root in roots), key=_middle)
    return roots


def count_real_roots(poly: fmpq_poly | fmpz_poly, low: fmpq | None = None, high: fmpq | None = None) -> int:
    """The number of distinct real roots in the open interval (low, high); ``None`` is infinity. ``poly`` is not zero."""
    ends = [fmpq(end) for end in (low, high) if end is not None]
    return sum(root.rational not in ends for root in isolate_real_roots(poly, low, high))


def polynomial_nonnegative(poly: fmpq_poly | fmpz_poly, low: fmpq | None = None, high: fmpq | None = None) -> bool:
    """Whether poly ≥ 0 on the closed interval [low, high], decided exactly; ``None`` is infinity."""
    integral = primitive(poly)
    if integral.degree() < 0:
        return True
    if low is not None and high is not None:
        if low > high:
            raise ValueError(f"low = {low}: must not exceed high = {high}")
        if integral(fmpq(low)) < 0 or integral(fmpq(high)) < 0:
            return False
        if low == high:
            return True
        # one piece decides most polynomials
        signs = {sign for *_, sign in signed_pieces(integral, fmpq(low), fmpq(high), MOST_PIECES if is_long(integral) else 1)}
        if 0 not in signs or -1 in signs:
            return -1 not in signs
    # the sign changes inside the interval exactly at the roots of odd multiplicity
    _, factors = integral.factor_squarefree()
    odd = fmpz_poly([1])
    for factor, multiplicity in factors:
        if multiplicity % 2:
            odd *= factor
    if odd.degree() > 0 and count_real_roots(odd, low, high):
        return False
    sample = _first_nonroot(integral, low, high)
    return bool(integral(sample) > 0)


def signed_pieces(poly: fmpz_poly, low: fmpq, high: fmpq, most: int) -> list[tuple[fmpq, fmpq, int]]:
    """The closed interval in pieces, ascending, each with 1 or −1 where the polynomial has one sign by its Bernstein coefficients.

    0: not told. So many pieces at most are cut in two, those next to an end where it is :data:`CLOSER` times as near.
    """
    rational, found, left = fmpq_poly(poly), list[tuple[fmpq, fmpq, int]](), most
    pieces = [(low, high)]
    while pieces:
        start, end = pieces.pop()
        form = on_half_line(rational, poly.degree(), start, end).numer()
        sign = 1 if has_no_negative(form) else -1 if has_no_negative(-form) else 0
        left -= not sign
        if sign or left <= 0:
            found.append((start, end, sign))
            continue
        check()
        middle = (start + end) / 2
        if (start == low) != (end == high):
            middle = start + (end - start) / CLOSER if start == low else end - (end - start) / CLOSER
        pieces += [(middle, end), (start, middle)]
    return found


def is_long(poly: fmpz_poly) -> bool:
    """Whether the coefficients of a primitive polynomial are so long that roots may be very close to each other."""
    return bool(poly.height_bits() > LONG_BITS)


def square_free(poly: fmpq_poly | fmpz_poly) -> fmpz_poly:
    """The product of the distinct irreducible factors, with the sign of the leading coefficient kept."""
    _, factors = primitive(poly).factor_squarefree()
    product = fmpz_poly([1 if poly.leading_coefficient() > 0 else -1])
    for factor, _ in factors:
        product *= _positive(factor)
    return product


def primitive(poly: fmpq_poly | fmpz_poly) -> fmpz_poly:
    """The primitive integer polynomial that is a positive multiple of ``poly``."""
    integral = poly.numer() if isinstance(poly, fmpq_poly) else poly
    return integral if integral.degree() < 0 else fmpz_poly([c // integral.content() for c in integral.coeffs()])


def sign_at(poly: fmpq_poly, root: RealRoot) -> int:
    """The sign of a rational polynomial at an algebraic number, decided exactly."""
    if poly.degree() < 0 or (poly % fmpq_poly(root.polynomial)).degree() < 0:
        return 0
    bits = 32
    while True:
        with precision(2 * bits):
            value = evaluate(poly, ball(root.refined(bits)))
            if value > 0:
                return 1
            if value < 0:
                return -1
        bits *= 2


def evaluate(poly: fmpq_poly, point: arb) -> arb:
    """The polynomial at a ball, in the current precision."""
    return arb(poly.numer()(point) / poly.denom())


def ball(root: RealRoot) -> arb:
    """A ball in the current precision that holds the root's interval."""
    return arb((root.low + root.high) / 2, (root.high - root.low) / 2)


def _positive(poly: fmpz_poly) -> fmpz_poly:
    return -poly if poly.leading_coefficient() < 0 else poly


def _middle(root: RealRoot) -> fmpq:
    return root.low + root.high


def _real_roots(poly: fmpz_poly, bits: int) -> list[RealRoot]:
    """Those of an irreducible polynomial, ascending, in disjoint intervals of about ``bits`` bits."""
    if poly.degree() == 1:
        return [rational_root(fmpq(-poly[0], poly[1]))]
    while True:
        check()
        with precision(bits):
            roots: Any = poly.complex_roots()  # pairs with multiplicities, which the stubs do not know
            ends = sorted((exact(root.real.lower()), exact(root.real.upper())) for root, _ in roots if root.imag == 0)
        if all(left[1] < right[0] for left, right in pairwise(ends)):
            return [RealRoot(poly, index, low, high) for index, (low, high) in enumerate(ends)]
        bits *= 2


def _first_nonroot(poly: fmpz_poly, low: fmpq | None, high: fmpq | None) -> fmpq:
    """A rational inside the interval that is no root; among degree + 1 points there is one."""
    steps = poly.degree() + 2
    start = low if low is not None else high - steps if high is not None else fmpq(0)
    end = high if high is not None else start + steps
    points = (start + (end - start) * fmpq(k, steps) for k in range(1, steps))
    return next(point for point in points if poly(point) != 0)
