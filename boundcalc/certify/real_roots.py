"""Real roots of rational polynomials: exact counting by Sturm's theorem, isolation, and refinement to any accuracy.

Everything is decided in exact rational arithmetic; balls only propose narrower intervals (interval Newton steps,
which keep the root by theorem). Source: Sturm's theorem; Basu, Pollack and Roy, Algorithms in Real Algebraic
Geometry, chapter 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from flint import arb, fmpq, fmpq_poly, fmpz, fmpz_poly

from boundcalc.numbers.enclosure import Enclosure, exact, precision

_LOG2_10 = 3.3219280948873626


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
        low, high = self.low, self.high
        rising = self.polynomial(high) > 0
        while low != high:
            accuracy = _accuracy(low, high)
            if accuracy >= bits:
                break
            step = _newton(self.polynomial, low, high, accuracy) if accuracy >= 2 else None
            if step is not None and 2 * (step[1] - step[0]) <= high - low:
                low, high = step
                continue
            # an irreducible polynomial of degree two or more has no rational root: the sign at the middle is never 0
            middle = (low + high) / 2
            low, high = (low, middle) if (self.polynomial(middle) > 0) == rising else (middle, high)
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
    roots = sorted((r for f, _ in factors for r in _isolate_irreducible(_positive(f))), key=lambda r: r.low + r.high)
    if low is not None:
        roots = [root for root in roots if root.compare(fmpq(low)) >= 0]
    if high is not None:
        roots = [root for root in roots if root.compare(fmpq(high)) <= 0]
    bits = 4
    while any(left.high >= right.low for left, right in pairwise(roots)):
        bits *= 2
        roots = sorted((root.refined(bits) for root in roots), key=lambda r: r.low + r.high)
    return roots


def count_real_roots(poly: fmpq_poly | fmpz_poly, low: fmpq | None = None, high: fmpq | None = None) -> int:
    """The number of distinct real roots in the open interval (low, high); ``None`` is infinity. ``poly`` is not zero."""
    chain = sturm_chain(square_free(poly))
    count = _variations(chain, low, at_end=-1) - _variations(chain, high, at_end=1)
    return count - (1 if high is not None and chain[0](fmpq(high)) == 0 else 0)  # Sturm counts (low, high]


def polynomial_nonnegative(poly: fmpq_poly | fmpz_poly, low: fmpq | None = None, high: fmpq | None = None) -> bool:
    """Whether poly ≥ 0 on the closed interval [low, high], decided exactly; ``None`` is infinity."""
    integral = primitive(poly)
    if integral.degree() < 0:
        return True
    if low is not None and high is not None:
        if low > high:
            raise ValueError(f"low = {low}: must not exceed high = {high}")
        if low == high:
            return bool(integral(fmpq(low)) >= 0)
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


def sturm_chain(poly: fmpz_poly) -> list[fmpz_poly]:
    """Sturm's sequence of a square-free polynomial, each member scaled by a positive rational to be primitive."""
    chain = [poly, primitive(poly.derivative())]
    while chain[-1].degree() > 0:
        remainder = fmpq_poly(chain[-2]) % fmpq_poly(chain[-1])
        chain.append(primitive(-remainder))
    return [member for member in chain if member.degree() >= 0]


def square_free(poly: fmpq_poly | fmpz_poly) -> fmpz_poly:
    """The product of the distinct irreducible factors, with the sign of the leading coefficient kept."""
    integral = primitive(poly)
    common = fmpq_poly(integral).gcd(fmpq_poly(integral.derivative()))
    quotient, _ = divmod(fmpq_poly(integral), common)
    return primitive(quotient)


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
    """The polynomial at a ball, by Horner's rule in the current precision."""
    value = arb(0)
    for coefficient in reversed(poly.coeffs()):
        value = value * point + arb(coefficient)
    return value


def ball(root: RealRoot) -> arb:
    """A ball in the current precision that holds the root's interval."""
    return arb((root.low + root.high) / 2, (root.high - root.low) / 2)


def _positive(poly: fmpz_poly) -> fmpz_poly:
    return -poly if poly.leading_coefficient() < 0 else poly


def _isolate_irreducible(poly: fmpz_poly) -> list[RealRoot]:
    if poly.degree() == 1:
        return [rational_root(fmpq(-poly[0], poly[1]))]
    chain = sturm_chain(poly)
    bound = _root_bound(poly)
    found: list[tuple[fmpq, fmpq]] = []
    pending = [(-bound, bound, _variations(chain, -bound), _variations(chain, bound))]
    while pending:
        low, high, left, right = pending.pop()
        if left - right == 1:
            found.append((low, high))
        elif left - right > 1:
            middle = (low + high) / 2
            between = _variations(chain, middle)
            pending += [(middle, high, between, right), (low, middle, left, between)]
    return [RealRoot(poly, index, low, high) for index, (low, high) in enumerate(found)]


def _root_bound(poly: fmpz_poly) -> fmpq:
    """A power of two above every root's absolute value: Fujiwara's 2 max |c_{n−i}/c_n|^{1/i}, by bit lengths."""
    *rest, lead = (abs(int(c)).bit_length() for c in poly.coeffs())
    n = len(rest)
    exponent = max((-((lead - 1 - bits) // (n - k)) for k, bits in enumerate(rest) if bits), default=0)
    shift = exponent + 1
    return fmpq(fmpz(1) << shift) if shift >= 0 else fmpq(1, fmpz(1) << -shift)


def _variations(chain: Sequence[fmpz_poly], point: fmpq | None, *, at_end: int = 0) -> int:
    """Sign changes along the chain at a point, or at at_end·∞ for ``None``."""
    changes, last = 0, 0
    for member in chain:
        sign = (
            _sign(member(fmpq(point)))
            if point is not None
            else _sign(member.leading_coefficient()) * (at_end if member.degree() % 2 else 1)
        )
        if sign and last and sign != last:
            changes += 1
        last = sign or last
    return changes


def _sign(value: fmpq | fmpz) -> int:
    return int(value > 0) - int(value < 0)


def _first_nonroot(poly: fmpz_poly, low: fmpq | None, high: fmpq | None) -> fmpq:
    """A rational inside the interval that is no root; among degree + 1 points there is one."""
    if low is None or high is None:
        start = fmpq(low if low is not None else high if high is not None else 0)
        direction = -1 if low is None and high is not None else 1
        points = (start + direction * k for k in range(1, poly.degree() + 2))
    else:
        points = (low + (high - low) * fmpq(k, poly.degree() + 2) for k in range(1, poly.degree() + 2))
    return next(point for point in points if poly(point) != 0)


def _accuracy(low: fmpq, high: fmpq) -> int:
    """floor(log2(least absolute value / width)), within one; −1 for an interval that holds 0."""
    if low <= 0 <= high:
        return -1
    quotient = min(abs(low), abs(high)) / (high - low)
    return int(quotient.p).bit_length() - int(quotient.q).bit_length() - 1


def _newton(poly: fmpz_poly, low: fmpq, high: fmpq, accuracy: int) -> tuple[fmpq, fmpq] | None:
    """An interval Newton step m − f(m)/f'([low, high]), met with [low, high]; ``None`` where f' may vanish."""
    with precision(2 * accuracy + 96):
        centre = exact(arb((low + high) / 2).mid())
        slope = evaluate(fmpq_poly(poly.derivative()), arb(centre, max(high - centre, centre - low)))
        image = arb(centre) - arb(poly(centre)) / slope
        if not image.is_finite():
            return None
        return max(low, exact(image.lower())), min(high, exact(image.upper()))
