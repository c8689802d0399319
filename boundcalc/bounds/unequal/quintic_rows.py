r"""Bounds the rows of U7 for features that differ, m = 5: beside the signal fraction t one number y of the other features is free.

Scale a row to a_i = 1 and put K_2 = kappa_2/t, V = K_2 - kappa_2. With cumulants that are not negative (H+), K_4 = kappa_4 + y V^2,

    C/omega = kappa_6 + 10 kappa_4 K_2 + 5 kappa_2 (K_4 + 3 K_2^2),
    D/omega = K_10 + 45 K_8 K_2 + 210 K_6 K_4 + 630 K_6 K_2^2 + 1575 K_4^2 K_2 + 3150 K_4 K_2^3 + 945 K_2^5,
    G_4 <= y <= max_{j != i} kappa_4^(j)/(kappa_2^(j))^2      (:mod:`boundcalc.bounds.unequal.crowd`),

and by Hölder K_{2l} >= kappa_{2l} + y^{l-1} V^l/c_l, c_l the largest kappa_4^{l-1}/(kappa_{2l} kappa_2^{l-2}) of the others, l > 2.

For any cumulants y_i = x_i + Z, Z independent of x_i with E Z^2 = v, E Z^4 = 3 v^2 + sum_{j != i} kappa_4^(j) A_ij^4 = y v^2: y - 3
is from G_4, or the least quotient kappa_4/kappa_2^2 where one is negative, to the largest. By log-convexity of the moments of Z
E Z^6 >= y^2 v^3, E Z^8 >= y^3 v^4 and E Z^10 >= y^4 v^5:

    C/omega = p (mu_6 + 10 mu_4 v + 5 mu_2 E Z^4),
    D/omega = p (mu_10 + 45 mu_8 v + 210 mu_6 E Z^4 + 210 mu_4 E Z^6 + 45 mu_2 E Z^8) + E Z^10.

For y from a piece of its range and any s >= 0 y^3 >= 2 s y^2 - s^2 y and y^4 >= 3 s^2 y^2 - 2 s^3 y, with equality at y = s. Then
C is linear and D at least quadratic in y, so that C^2 <= D (theta t + tau) for all y is the sign of polynomials in t.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.bounds.unequal.crowd import Crowd
from boundcalc.bounds.unequal.kinds import FeatureKind
from boundcalc.bounds.unequal.rows import LARGEST, positive_part
from boundcalc.certify.real_roots import polynomial_nonnegative
from boundcalc.numbers.budget import check
from boundcalc.numbers.enclosure import to_float

Z = fmpq_poly([0, 1])
ZERO, ONE = fmpq(0), fmpq(1)
STEP, MIDDLE = fmpq(3, 2), fmpq(6, 5)
"""The factor by which pieces of y grow, and s in units of the low end."""
MOST_PIECES = 12


@dataclass(frozen=True)
class PieceOfY:
    """The numbers y from low to high, and the s of the tangents there."""

    low: fmpq
    high: fmpq
    at: fmpq


@dataclass(frozen=True)
class FeatureRowQuintic:
    """sup_y gain(t, y)² t/energy(t, y), 0 < t ≤ 1, y from the first piece's low to the last one's high.

    Attributes
    ----------
    gain : pair of fmpq_poly
        Coefficients of y^0 and y^1.
    energy : five fmpq_poly
        Those of y^0 to y^4, the last two not negative on [0, 1].
    pieces : tuple of PieceOfY
    """

    gain: tuple[fmpq_poly, fmpq_poly]
    energy: tuple[fmpq_poly, ...]
    pieces: tuple[PieceOfY, ...]

    def holds(self, theta: fmpq, tau: fmpq) -> bool:
        """Whether gain² t ≤ energy (θ t + τ) for all t and y: sufficient conditions, decided exactly."""
        return all(self._holds_in(piece, theta, tau) for piece in self.pieces)

    def _holds_in(self, piece: PieceOfY, theta: fmpq, tau: fmpq) -> bool:
        (P, Q), line, s, low, high = self.gain, Z * theta + tau, piece.at, piece.low, piece.high
        free, linear, quadratic, cubic, quartic = self.energy
        energy = (free, linear - s**2 * cubic - 2 * s**3 * quartic, quadratic + 2 * s * cubic + 3 * s**2 * quartic)
        f0, f1, f2 = (own * line - part * Z for own, part in zip(energy, (P**2, 2 * P * Q, Q**2), strict=True))
        at_low = f0 + f1 * low + f2 * low**2
        at_high = f0 + f1 * high + f2 * high**2
        between = 2 * f0 + f1 * (low + high) + 2 * f2 * low * high  # y = (low + high x)/(1 + x)
        if not all(polynomial_nonnegative(end, ZERO, ONE) for end in (at_low, at_high)):
            return False
        # at_low + between x + at_high x² ≥ 0 for all x ≥ 0
        under = 4 * at_low * at_high - between**2
        return all(polynomial_nonnegative(under, start, end) for start, end in positive_part(-between) if start <= end)

    def in_floats(self, unit: fmpq) -> _FloatQuintic:
        """The row in units of ``unit``, for sampling."""
        size = max(abs(c) for part in self.gain for c in part.coeffs())
        pieces = [(to_float(p.low), to_float(p.high), to_float(p.at)) for p in self.pieces]
        factor = unit / size**2
        factor = min(factor, LARGEST / max(abs(c) for part in self.energy for c in part.coeffs()))
        energy = [_floats(part * factor) for part in self.energy]
        return _FloatQuintic([_floats(part / size) for part in self.gain], energy, pieces)


@dataclass(frozen=True)
class _FloatQuintic:
    gain: list[Any]
    energy: list[Any]
    pieces: list[tuple[float, float, float]]

    def t(self, t: Any) -> Any:
        return t

    def __call__(self, t: Any) -> Any:
        """The largest value over y: a squared line over a parabola has one critical point beside its zero."""
        import numpy as np

        best = np.zeros_like(t)
        with np.errstate(all="ignore"):  # where p is tiny, beyond the range of float64: not finite, and not used
            P, Q = (part(t) for part in self.gain)
            free, own_linear, own_quadratic, cubic, quartic = (part(t) for part in self.energy)
            for low, high, s in np.array(self.pieces):  # NumPy's powers overflow to infinity, those of Python raise
                linear = own_linear - s**2 * cubic - 2 * s**3 * quartic
                quadratic = own_quadratic + 2 * s * cubic + 3 * s**2 * quartic
                inner = (P * linear - 2 * Q * free) / (Q * linear - 2 * P * quadratic)
                inner = np.clip(np.where(np.isfinite(inner), inner, low), low, high)
                for y in (inner, low, high):
                    energy = free + linear * y + quadratic * y**2
                    best = np.maximum(best, np.where(energy > 0, (P + Q * y) ** 2 * t / energy, np.inf))
        return best


def _floats(polynomial: fmpq_poly) -> Any:
    from numpy.polynomial import Polynomial

    return Polynomial([to_float(c) for c in polynomial.coeffs()] or [0.0])


def pieces_of(low: fmpq, high: fmpq) -> tuple[PieceOfY, ...]:
    """Pieces from low to high that grow by a factor, the last one to the end; s in the middle of each."""
    found, start = list[PieceOfY](), low
    while start and start * STEP < high and len(found) < MOST_PIECES - 1:
        found.append(PieceOfY(start, start * STEP, start * MIDDLE))
        start *= STEP
    return (*found, PieceOfY(start, high, min(start * MIDDLE, high)))


def quintic_rows(every: Sequence[FeatureKind], crowd: Sequence[Crowd]) -> list[tuple[FeatureRowQuintic, ...]]:
    """The forms of each kind's row: by cumulants where none of any feature is negative, and by moments."""
    moments = [quintic_moments(every, k, crowd[k].fourth) for k in range(len(every))]
    if any(value < 0 for kind in every for value in kind.kappa):
        return [(row,) for row in moments]
    return [(quintic_cumulants(every, k, crowd[k].fourth), row) for k, row in enumerate(moments)]


def quintic_cumulants(every: Sequence[FeatureKind], k: int, least: fmpq) -> FeatureRowQuintic:
    """That of kind k by cumulants, ``least`` G_4 or less; gain times t², energy times t⁵."""
    check()
    kind, V = every[k], 1 - Z  # V in units of κ_2/t
    _, k2, k4, k6, k8, k10 = kind.kappa
    weight = kind.importance
    others = [o.kappa for o in every if o is not kind or o.count > 1]
    most = max((o[2] / o[1] ** 2 for o in others), default=ZERO)
    share = k2**2 * V**2  # of y in K_4
    # what the others add to K_6, K_8 and K_10 at least, of y², y³ and y⁴
    sixth, eighth, tenth = (V ** (j + 1) * (k2 ** (j + 1) * _inverse(others, j)) for j in (2, 3, 4))
    fourth = k4 * Z**2
    gain = (k6 * Z**2 + 10 * k4 * k2 * Z + 5 * k2 * fourth + 15 * k2**3, 5 * k2 * share)
    free = k10 * Z**5 + 45 * k8 * k2 * Z**4 + 210 * k6 * Z**3 * fourth + 630 * k2**2 * k6 * Z**3
    free += 1575 * k2 * fourth**2 + 3150 * k2**3 * fourth + 945 * k2**5
    linear = share * (210 * k6 * Z**3 + 3150 * k2 * fourth + 3150 * k2**3)
    quadratic = 1575 * k2 * share**2 + sixth * (210 * fourth + 630 * k2**2)
    energy = (free, linear, quadratic, 210 * sixth * share + 45 * k2 * eighth, tenth)
    pieces = pieces_of(min(least, most), most)
    return FeatureRowQuintic((weight * gain[0], weight * gain[1]), tuple(weight * part for part in energy), pieces)


def _inverse(others: Sequence[Sequence[fmpq]], j: int) -> fmpq:
    """1/max κ_4^j/(κ_{2j+2} κ_2^{j−1}); 0 where a κ_{2j+2} is 0."""
    if not all(o[j + 1] > 0 and o[2] > 0 for o in others):
        return ZERO
    return 1 / max((o[2] ** j / (o[j + 1] * o[1] ** (j - 1)) for o in others), default=ONE)


def quintic_moments(every: Sequence[FeatureKind], k: int, least: fmpq) -> FeatureRowQuintic:
    """By moments; gain times t², energy times t⁵."""
    check()
    kind = every[k]
    weight, p = kind.importance, kind.p
    quotients = [o.kappa[2] / o.kappa[1] ** 2 for o in every if o is not kind or o.count > 1]
    low = max(3 + (least or min([ZERO, *quotients])), ONE)
    second, fourth, sixth, eighth, tenth = (p * kind.moment(2 * j) for j in range(1, 6))
    v = second * (1 - Z)  # times 1/t
    gain = (weight * (sixth * Z**2 + 10 * fourth * v * Z), weight * 5 * second * v**2)
    energy = (
        tenth * Z**5 + 45 * eighth * v * Z**4,
        210 * sixth * v**2 * Z**3,
        210 * fourth * v**3 * Z**2,
        45 * second * v**4 * Z,
        v**5,
    )
    high = max([low, *(3 + quotient for quotient in quotients)])
    return FeatureRowQuintic(gain, tuple(weight * part for part in energy), pieces_of(low, high))
