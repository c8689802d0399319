r"""Proves prices of capacity: I^* <= r theta + sum_i tau_i where no row's value exceeds theta t + tau_i at any t in (0, 1].

A row of signal fraction t contributes gain(z)_+^2 t / energy(z) at most, t = z or z^2, both polynomials in z. For a proposed
theta the least tau is found in floating point, rounded up, and proven: gain^2 t <= energy (theta t + tau) is the sign of a
polynomial on the part of [0, 1] where the gain is positive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from flint import fmpq, fmpq_poly

from boundcalc.bounds.frontiers.rounding import rational
from boundcalc.certify.half_line import has_no_negative, on_half_line
from boundcalc.certify.real_roots import (
    MOST_PIECES,
    is_long,
    isolate_real_roots,
    polynomial_nonnegative,
    primitive,
    signed_pieces,
)
from boundcalc.numbers.budget import check
from boundcalc.numbers.enclosure import to_float

_FIRST_ROOM, _GROWTH, _ATTEMPTS = 1e-11, 10, 10
LARGEST = fmpq(10) ** 150
"""Least energies in units of gains squared; a row with larger ones is worth next to nothing, and is sampled as if with this."""
HIGHER = (0.0, 1e-9, 1e-7, 1e-5, 1e-3)
"""By how much, in parts, prices of capacity above the best one in floating point are tried."""
GRID, FINE, ROUNDS = 400, 120, 3
"""Points of z at which a row is sampled, evenly in log z; those that are added around its maxima, and how often."""


class ProvableRow(Protocol):
    """What is known of a row's value at signal fraction t."""

    def holds(self, theta: fmpq, tau: fmpq) -> bool:
        """Whether it is proven to be at most θ t + τ everywhere."""
        ...

    def in_floats(self, unit: fmpq) -> Any:
        """A function of z in floating point, in units of ``unit``, whose attribute t is a function of z too."""
        ...


@dataclass(frozen=True)
class CrowdedRow:
    """gain_+² t/energy as a function of z in [0, 1]; the energy is the least of one or more polynomials.

    Attributes
    ----------
    gain, t : fmpq_poly
        Polynomials in z.
    energies : tuple of fmpq_poly
        What D_i is at least, wherever each is.
    """

    gain: fmpq_poly
    t: fmpq_poly
    energies: tuple[fmpq_poly, ...]

    def holds(self, theta: fmpq, tau: fmpq) -> bool:
        """Whether gain_+² t ≤ energy (θ t + τ) and energy ≥ 0 on [0, 1], decided exactly or by a sufficient condition."""
        return all(self._holds_with(energy, theta, tau) for energy in self.energies)

    def in_floats(self, unit: fmpq) -> _FloatRow:
        """The row in units of ``unit``, for sampling."""
        return _float_row(self, unit)

    def _holds_with(self, energy: fmpq_poly, theta: fmpq, tau: fmpq) -> bool:
        if not polynomial_nonnegative(energy, fmpq(0), fmpq(1)):
            return False
        slack = energy * (self.t * theta + tau) - self.gain**2 * self.t
        for low, high in positive_part(self.gain):
            if low < high and has_no_negative(on_half_line(slack, max(slack.degree(), 0), low, high).numer()):
                continue
            if not polynomial_nonnegative(slack, low, high):
                return False
        return True


def positive_part(gain: fmpq_poly) -> list[tuple[fmpq, fmpq]]:
    """Rational intervals that cover the points of [0, 1] where a polynomial is positive, and hardly more."""
    zero, one = fmpq(0), fmpq(1)
    if gain.degree() < 0:
        return []
    if is_long(whole := primitive(gain)):
        return [(start, end) for start, end, sign in signed_pieces(whole, zero, one, MOST_PIECES) if sign >= 0]
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

    def __init__(self, rows: Sequence[ProvableRow], counts: Sequence[int], rank: int, unit: fmpq, least: float) -> None:
        import numpy as np

        self.counts, self.rank, self.unit = np.array(counts, dtype=float), rank, unit
        self.rows = [row.in_floats(unit) for row in rows]
        self.z = np.tile(np.geomspace(least, 1, GRID), (len(rows), 1))
        self._evaluate()
        self.finite = bool(np.isfinite(self.values).all())

    def _evaluate(self) -> None:
        import numpy as np

        found = []
        for row, z in zip(self.rows, self.z, strict=True):
            check()
            found.append(row(z))
        self.values = np.array(found)
        self.t = np.array([row.t(z) for row, z in zip(self.rows, self.z, strict=True)])

    def excess(self, theta: float) -> Any:
        """The largest of value − θ t on the grid, for each kind; at least 0."""
        import numpy as np

        check()
        return np.maximum((self.values - theta * self.t).max(axis=1), 0.0)

    def total(self, theta: float) -> float:
        """r θ + Σ count τ on the grid."""
        return self.rank * theta + float(self.counts @ self.excess(theta))

    def best_theta(self) -> float:
        """The minimum of that convex function of θ, on a grid that follows the maxima."""
        theta = self._golden(0.0, float((self.values / self.t).max()))
        for _ in range(ROUNDS):
            self._refine(theta)
            theta = self._golden(theta * 0.9, theta * 1.1)
        return theta

    def _golden(self, low: float, high: float) -> float:
        """Golden section."""
        ratio = (5**0.5 - 1) / 2
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        at_left, at_right = self.total(left), self.total(right)
        for _ in range(60):
            if at_left <= at_right:
                high, right, at_right = right, left, at_left
                left = high - ratio * (high - low)
                at_left = self.total(left)
            else:
                low, left, at_left = left, right, at_right
                right = low + ratio * (high - low)
                at_right = self.total(right)
        return min((low, left, right, high), key=self.total)

    def _refine(self, theta: float) -> None:
        """Adds points around the greatest local maxima of each kind."""
        import numpy as np

        grids = []
        for z, excess in zip(self.z, self.values - theta * self.t, strict=True):
            tops = peaks(excess)
            around = [np.linspace(z[max(k - 1, 0)], z[min(k + 1, len(z) - 1)], FINE // len(tops)) for k in tops]
            grids.append(np.sort(np.concatenate([z, *around, np.ones(FINE - FINE // len(tops) * len(tops))])))
        self.z = np.array(grids)
        self._evaluate()

    def tau(self, kind: int, theta: float) -> float:
        """The supremum of value − θ t for one kind, its maxima refined; at least 0."""
        import numpy as np

        row, z = self.rows[kind], self.z[kind]
        excess = self.values[kind] - theta * self.t[kind]
        best = max(float(excess.max()), 0.0)
        for index in peaks(excess):
            low, high = z[max(index - 1, 0)], z[min(index + 1, len(z) - 1)]
            for _ in range(3):
                points = np.linspace(low, high, 60)
                fine = row(points) - theta * row.t(points)
                top = int(fine.argmax())
                best = max(best, float(fine[top]))
                low, high = points[max(top - 1, 0)], points[min(top + 1, 59)]
        return best


def peaks(values: Any) -> list[int]:
    """The places of the greatest local maxima, three at most."""
    import numpy as np

    padded = np.concatenate([[-np.inf], values, [-np.inf]])
    found = np.flatnonzero((padded[1:-1] >= padded[:-2]) & (padded[1:-1] >= padded[2:]))
    return sorted(found.tolist(), key=lambda k: -float(values[k]))[:3]


@dataclass(frozen=True)
class _FloatRow:
    gain: Any
    t: Any
    energies: list[tuple[Any, float]]

    def __call__(self, z: Any) -> Any:
        import numpy as np

        gain = np.maximum(self.gain(z), 0)
        with np.errstate(all="ignore"):
            energy = np.min([factor * part(z) for part, factor in self.energies], axis=0)
            found = np.where(gain > 0, gain * gain * self.t(z) / energy, 0.0)
        return np.where((energy > 0) | (gain <= 0), found, np.inf)


def _float_row(row: CrowdedRow, unit: fmpq) -> _FloatRow:
    from numpy.polynomial import Polynomial

    def scaled(polynomial: fmpq_poly) -> tuple[Any, fmpq]:
        coefficients = polynomial.coeffs() or [fmpq(0)]
        size = max((abs(c) for c in coefficients), default=fmpq(1)) or fmpq(1)
        return Polynomial([to_float(c / size) for c in coefficients]), size

    gain, gain_size = scaled(row.gain)
    energies = [scaled(energy) for energy in row.energies]
    factors = [to_float(min(size * unit / gain_size**2, LARGEST)) for _, size in energies]
    return _FloatRow(gain, scaled(row.t)[0], [(part, factor) for (part, _), factor in zip(energies, factors, strict=True)])


def proven_tau(row: ProvableRow, theta: fmpq, near: float, unit: fmpq) -> fmpq | None:
    """A rational τ next to ``near`` units for which the row's inequality is proven; ``None`` where none is found."""
    room = _FIRST_ROOM
    if near == 0 and row.holds(theta, fmpq(0)):
        return fmpq(0)
    for _ in range(_ATTEMPTS):
        check()
        tau = rational(near * (1 + room) + room * 1e-3) * unit
        if row.holds(theta, tau):
            return tau
        room *= _GROWTH
    return None


def proven_prices(rows: Sequence[ProvableRow], sampled: Sampled) -> tuple[fmpq, tuple[fmpq, ...]] | None:
    """θ and the τ of each kind, proven, next to the best ones; ``None`` where a row's inequality is not proven for any τ.

    With many features of a kind a price θ that is a little higher may be worth more than a small τ for each.
    """
    best: tuple[fmpq, tuple[fmpq, ...]] | None = None
    near, unit = sampled.best_theta(), sampled.unit
    counts = [round(count) for count in sampled.counts.tolist()]
    goal = sampled.total(near)
    for more in HIGHER:
        theta = rational(near * (1 + more)) * unit
        taus = [proven_tau(row, theta, sampled.tau(k, to_float(theta / unit)), unit) for k, row in enumerate(rows)]
        proven = tuple(tau for tau in taus if tau is not None)
        if len(proven) < len(rows):
            continue
        value = total_of(theta, proven, counts, sampled.rank)
        if best is None or value < total_of(*best, counts, sampled.rank):
            best = theta, proven
        if to_float(value / unit) <= goal * (1 + 1e-8):
            break
    return best


def total_of(theta: fmpq, taus: Sequence[fmpq], counts: Sequence[int], rank: int) -> fmpq:
    """r θ + Σ count τ."""
    return rank * theta + sum((count * tau for count, tau in zip(counts, taus, strict=True)), fmpq(0))
