"""Finds the supremum of a rational function on an interval, exactly: an algebraic number with its location.

The maximum of f = num/den over [low, high] sits at an end or at a root of num'·den − num·den'. Those roots are
isolated exactly, and candidates are compared exactly: by signs of polynomials at algebraic numbers, and where two
irrational values agree to many digits, by their minimal polynomials.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from flint import arb, ctx, fmpq, fmpq_mat, fmpq_poly, nmod_poly

from boundcalc.certify.real_roots import (
    RealRoot,
    ball,
    count_real_roots,
    evaluate,
    isolate_real_roots,
    rational_root,
    sign_at,
    square_free,
)
from boundcalc.numbers.budget import check
from boundcalc.numbers.enclosure import Enclosure, enclose, precision
from boundcalc.numbers.errors import ParameterError

Location = fmpq | RealRoot | Literal["infinity"]
_EASY_BITS = 256
"""Values that agree to more than this are tested for equality through their minimal polynomials."""
_MODERATE_BITS = 50_000
"""A point whose minimal polynomial has more bits is not tested for a rational value."""
_PRIME = 2**61 - 1
"""A constant is a constant modulo any prime, where a quotient of polynomials costs a thousandth."""


@dataclass(frozen=True)
class RationalSupremum:
    """The supremum of a rational function.

    Attributes
    ----------
    enclosure : Enclosure
        Holds the supremum, to the digits asked.
    location : fmpq, RealRoot or "infinity"
        Where it is attained, or approached at infinity; the first in ascending order.
    exact : fmpq or None
        The supremum, where it is rational.
    ties : tuple
        Further points that attain it.
    """

    enclosure: Enclosure
    location: Location
    exact: fmpq | None
    ties: tuple[Location, ...] = ()

    def as_json(self, digits: int) -> dict[str, object]:
        """JSON-ready: the enclosure outward, the exact value if rational, and the location."""
        return {
            "value": self.enclosure.as_json(digits),
            "exact": None if self.exact is None else str(self.exact),
            "location": _location_json(self.location),
            "ties": [_location_json(tie) for tie in self.ties],
        }


def supremum_rational(
    num: fmpq_poly,
    den: fmpq_poly,
    low: fmpq,
    high: fmpq | None,
    digits: int,
    *,
    positive: fmpq_poly | None = None,
) -> RationalSupremum:
    """The supremum of num/den over [low, high], or over [low, ∞) for ``high = None``.

    Parameters
    ----------
    num, den : fmpq_poly
        ``den`` must be positive on the closed interval; this is proven, not assumed.
    digits : int
        Significant digits of the enclosure.
    positive : fmpq_poly, optional
        Restricts to the points where it is positive, and counts 0 elsewhere: (g)_+²/D is num = g², positive = g.
        It must divide a power of ``num``, so that the function is continuous.

    Raises
    ------
    ParameterError
        If the interval is empty, ``den`` is not positive on it, or the supremum is infinite.
    """
    check()
    low, high = fmpq(low), None if high is None else fmpq(high)
    _check(num, den, low, high, positive)
    slope = num.derivative() * den - num * den.derivative()
    candidates: list[Location] = [low]
    if slope.degree() >= 0:
        for root in isolate_real_roots(slope, low, high):
            point = root.rational
            if point is None:
                candidates.append(root)
            elif point not in (low, high):
                candidates.append(point)
    if high is None:
        # a greater degree was admitted only where the limit is −∞ or does not count
        candidates += [] if _grows(num, den) else ["infinity"]
    elif high > low:
        candidates.append(high)
    values = [_Value(num, den, point) for point in candidates if positive is None or _is_positive(positive, point)]
    if positive is not None and (len(values) < len(candidates) or count_real_roots(positive, low, high)):
        # the function is 0 somewhere; a point that is not a zero of the positive part's argument need not attain it
        zeros = [point for point in candidates if not _is_positive(positive, point)]
        zeros = zeros or [_plain(root) for root in isolate_real_roots(positive, low, high)]
        values += [_Value(fmpq_poly(), fmpq_poly([1]), point) for point in zeros[:1]]
    best: list[_Value] = []
    for value in values:
        order = value.compare(best[0]) if best else 1
        if order > 0:
            best = [value]
        elif order == 0:
            best.append(value)
    first, *ties = best
    return RationalSupremum(first.enclose(digits), first.point, first.rational, tuple(tie.point for tie in ties))


class _Value:
    """num/den at one candidate."""

    def __init__(self, num: fmpq_poly, den: fmpq_poly, point: Location) -> None:
        self.num, self.den, self.point = num, den, point
        if isinstance(point, RealRoot):
            self.narrow = point  # refined further and further; the location keeps its short interval

    @cached_property
    def element(self) -> fmpq_poly:
        """num/den as a polynomial in the root."""
        assert isinstance(self.point, RealRoot)
        modulus = fmpq_poly(self.point.polynomial)
        _, inverse, _ = self.den.xgcd(modulus)
        return self.num * inverse % modulus

    @cached_property
    def rational(self) -> fmpq | None:
        """The value, where it is rational; not looked for at an irrational point of very large numbers."""
        if isinstance(self.point, fmpq):
            return self.num(self.point) / self.den(self.point)
        if isinstance(self.point, RealRoot):
            if sum(c.height_bits() for c in self.point.polynomial.coeffs()) > _MODERATE_BITS:
                return None
            if _varies(self.num, self.den, fmpq_poly(self.point.polynomial)):
                return None
            return self.element[0] if self.element.degree() <= 0 else None
        degree = self.den.degree()  # a limit: degrees were checked
        return self.num[degree] / self.den[degree]

    def ball(self, bits: int) -> arb:
        """The value in the current precision, its point known to ``bits`` bits."""
        if not isinstance(self.point, RealRoot):
            return arb(self.rational)
        self.narrow = self.narrow.refined(bits)
        at = ball(self.narrow)
        return evaluate(self.num, at) / evaluate(self.den, at)

    def enclose(self, digits: int) -> Enclosure:
        """The value to ``digits`` significant digits, as a point where it is rational."""
        return Enclosure.of(self.rational) if self.rational is not None else enclose(lambda: self.ball(ctx.prec), digits)

    def compare(self, other: _Value) -> int:
        """−1, 0, 1: the exact order of two values; balls decide unless they agree to many bits."""
        if isinstance(self.point, RealRoot) or isinstance(other.point, RealRoot):
            bits = 64
            while bits <= _EASY_BITS:
                with precision(2 * bits):
                    mine, theirs = self.ball(bits), other.ball(bits)
                    if mine > theirs:
                        return 1
                    if mine < theirs:
                        return -1
                bits *= 2
        if self.rational is not None and other.rational is not None:
            return int(self.rational > other.rational) - int(self.rational < other.rational)
        if other.rational is not None:
            return self._against(other.rational)
        if self.rational is not None:
            return -other._against(self.rational)
        return self.as_root().compare(other.as_root())

    def _against(self, value: fmpq) -> int:
        assert isinstance(self.point, RealRoot)
        return sign_at(self.num - value * self.den, self.point)  # den > 0

    def as_root(self) -> RealRoot:
        """The value as an algebraic number: a root of the characteristic polynomial of multiplication by num/den."""
        if self.rational is not None:
            return rational_root(self.rational)
        assert isinstance(self.point, RealRoot)
        modulus = fmpq_poly(self.point.polynomial)
        size = modulus.degree()
        columns, power = [], self.element
        for _ in range(size):
            columns.append([power[k] for k in range(size)])
            power = power * fmpq_poly([0, 1]) % modulus
        roots = isolate_real_roots(fmpq_mat(columns).charpoly())
        bits = 64
        while True:
            with precision(2 * bits):
                found = self.ball(bits)
                if found.is_finite():
                    span = Enclosure.of(found)
                    near = [root for root in roots if not (root.high < span.lower or root.low > span.upper)]
                    if len(near) == 1:
                        return near[0]
            bits *= 2
            roots = [root.refined(bits) for root in roots]


def _check(num: fmpq_poly, den: fmpq_poly, low: fmpq, high: fmpq | None, positive: fmpq_poly | None) -> None:
    if high is not None and low > high:
        raise ParameterError("high", str(high), f"must be at least low = {low}")
    ends = [low] if high is None else [low, high]
    if den.degree() < 0 or any(den(end) <= 0 for end in ends) or count_real_roots(den, low, high):
        raise ParameterError("den", str(den), "must be positive on the interval")
    if (
        high is None
        and _grows(num, den)
        and num.leading_coefficient() > 0
        and (positive is None or _is_positive(positive, "infinity"))
    ):
        raise ParameterError("num", str(num), "must not have a greater degree than den: the supremum is infinite")
    if positive is not None and (positive.degree() < 0 or (num % fmpq_poly(square_free(positive))).degree() >= 0):
        raise ParameterError("positive", str(positive), "must divide a power of num")


def _varies(num: fmpq_poly, den: fmpq_poly, modulus: fmpq_poly) -> bool:
    """Whether num/den is surely no constant modulo a polynomial, as it is none modulo a prime as well."""
    mine, theirs, field = (nmod_poly([int(c) % _PRIME for c in poly.numer().coeffs()], _PRIME) for poly in (num, den, modulus))
    if field.degree() < modulus.degree():
        return False
    common, inverse, _ = theirs.xgcd(field)
    return bool(common.degree() == 0 and (mine * inverse % field).degree() > 0)


def _grows(num: fmpq_poly, den: fmpq_poly) -> bool:
    return bool(num.degree() > den.degree())


def _is_positive(poly: fmpq_poly, point: Location) -> bool:
    if isinstance(point, RealRoot):
        return sign_at(poly, point) > 0
    return bool((poly(point) if isinstance(point, fmpq) else poly.leading_coefficient()) > 0)


def _plain(root: RealRoot) -> Location:
    return root if root.rational is None else root.rational


def _location_json(location: Location) -> object:
    return location.as_json() if isinstance(location, RealRoot) else str(location)
