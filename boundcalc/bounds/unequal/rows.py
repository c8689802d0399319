r"""Proves prices of capacity: I^* <= r theta + sum_i tau_i where no row's value exceeds theta t + tau_i at any t in (0, 1].

A row of signal fraction t contributes gain(z)_+^2 t / energy(z) at most, t = z or z^2, both polynomials in z. For a proposed
theta the least tau is found in floating point, rounded up, and proven: gain^2 t <= energy (theta t + tau) is the sign of a
polynomial on the part of [0, 1] where the gain is positive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.bounds.frontiers.rounding import as_float, rational
from boundcalc.certify.half_line import has_no_negative, on_half_line
from boundcalc.certify.real_roots import isolate_real_roots, polynomial_nonnegative

_FIRST_ROOM, _GROWTH, _ATTEMPTS = 1e-11, 10, 10
GRID = 500
"""Points of z at which a row is sampled, evenly in log z, before its maxima are refined."""


@dataclass(frozen=True)
class RowFunction:
    """gain_+² t/energy as a function of z in [0, 1].

    Attributes
    ----------
    gain, t, energy : fmpq_poly
        Polynomials in z; the energy is nonnegative wherever the inequality is used, which it implies.
    """

    gain: fmpq_poly
    t: fmpq_poly
    energy: fmpq_poly

    def holds(self, theta: fmpq, tau: fmpq) -> bool:
        """Whether gain_+² t ≤ energy (θ t + τ) and energy ≥ 0 on [0, 1], decided exactly or by a sufficient condition."""
        one = fmpq(1)
        if not polynomial_nonnegative(self.energy, fmpq(0), one):
            return False
        slack = self.energy * (self.t * theta + tau) - self.gain**2 * self.t
        for low, high in positive_part(self.gain):
            if low < high and has_no_negative(on_half_line(slack, max(slack.degree(), 0), low, high)):
                continue
            if not polynomial_nonnegative(slack, low, high):
                return False
        return True


def positive_part(gain: fmpq_poly) -> list[tuple[fmpq, fmpq]]:
    """Rational intervals that cover the points of [0, 1] where a polynomial is positive, and hardly more."""
    zero, one = fmpq(0), fmpq(1)
    if gain.degree() < 0:
        return []
    roots = [root.refined(80) for root in isolate_real_roots(gain, zero, one)] if gain.degree() > 0 else []
    found: list[tuple[fmpq, fmpq]] = []
    starts, ends = [zero, *(root.low for root in roots)], [*(root.high for root in roots), one]
    inner_starts, inner_ends = [zero, *(root.high for root in roots)], [*(root.low for root in roots), one]
    for start, end, first, last in zip(starts, ends, inner_starts, inner_ends, strict=True):
        if first > last or gain((first + last) / 2) > 0:
            found.append((max(start, zero), min(end, one)))
    return found


class Sampled:
    """Rows of several kinds in floating point, in units of ``unit``."""

    def __init__(self, rows: Sequence[RowFunction], counts: Sequence[int], rank: int, unit: fmpq, least: float) -> None:
        import numpy as np

        self.counts, self.rank, self.unit = np.array(counts, dtype=float), rank, unit
        self.rows = [_float_row(row, unit) for row in rows]
        self.z = np.geomspace(least, 1, GRID)
        self.values = np.array([row(self.z) for row in self.rows])
        self.t = np.array([self.rows[0].t(self.z)])

    def excess(self, theta: float) -> Any:
        """The largest of value − θ t on the grid, for each kind; at least 0."""
        import numpy as np

        return np.maximum((self.values - theta * self.t).max(axis=1), 0.0)

    def total(self, theta: float) -> float:
        """r θ + Σ count τ on the grid."""
        return self.rank * theta + float(self.counts @ self.excess(theta))

    def best_theta(self) -> float:
        """The minimum of that convex function of θ, by golden section."""
        low, high = 0.0, float((self.values / self.t).max())
        ratio = (5**0.5 - 1) / 2
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        at_left, at_right = self.total(left), self.total(right)
        for _ in range(70):
            if at_left <= at_right:
                high, right, at_right = right, left, at_left
                left = high - ratio * (high - low)
                at_left = self.total(left)
            else:
                low, left, at_left = left, right, at_right
                right = low + ratio * (high - low)
                at_right = self.total(right)
        return min((low, left, right, high), key=self.total)

    def tau(self, kind: int, theta: float) -> float:
        """The supremum of value − θ t for one kind, its maxima refined; at least 0."""
        import numpy as np

        row = self.rows[kind]
        excess = self.values[kind] - theta * self.t[0]
        order = np.argsort(-excess)[:3]
        best = max(float(excess.max()), 0.0)
        for index in order.tolist():
            low, high = self.z[max(index - 1, 0)], self.z[min(index + 1, GRID - 1)]
            for _ in range(3):
                z = np.linspace(low, high, 60)
                fine = row(z) - theta * row.t(z)
                top = int(fine.argmax())
                best = max(best, float(fine[top]))
                low, high = z[max(top - 1, 0)], z[min(top + 1, 59)]
        return best


@dataclass(frozen=True)
class _FloatRow:
    gain: Any
    t: Any
    energy: Any
    factor: float

    def __call__(self, z: Any) -> Any:
        import numpy as np

        gain, energy = np.maximum(self.gain(z), 0), self.energy(z)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(gain > 0, self.factor * gain * gain * self.t(z) / energy, 0.0)


def _float_row(row: RowFunction, unit: fmpq) -> _FloatRow:
    from numpy.polynomial import Polynomial

    def scaled(polynomial: fmpq_poly) -> tuple[Any, fmpq]:
        coefficients = polynomial.coeffs() or [fmpq(0)]
        size = max((abs(c) for c in coefficients), default=fmpq(1)) or fmpq(1)
        return Polynomial([as_float(c / size) for c in coefficients]), size

    gain, gain_size = scaled(row.gain)
    energy, energy_size = scaled(row.energy)
    return _FloatRow(gain, scaled(row.t)[0], energy, as_float(gain_size**2 / energy_size / unit))


def proven_tau(row: RowFunction, theta: fmpq, near: float, unit: fmpq) -> fmpq | None:
    """A rational τ next to ``near`` units for which the row's inequality is proven; ``None`` where none is found."""
    room = _FIRST_ROOM
    if near == 0 and row.holds(theta, fmpq(0)):
        return fmpq(0)
    for _ in range(_ATTEMPTS):
        tau = rational(near * (1 + room) + room * 1e-3) * unit
        if row.holds(theta, tau):
            return tau
        room *= _GROWTH
    return None


def total_of(theta: fmpq, taus: Sequence[fmpq], counts: Sequence[int], rank: int) -> fmpq:
    """r θ + Σ count τ."""
    return rank * theta + sum((count * tau for count, tau in zip(counts, taus, strict=True)), fmpq(0))
