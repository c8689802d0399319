r"""Sums the row function to a bound on all rows: capacities sum to r at most, and there are n of them.

With h(t) the largest share of a row of capacity t, sum_i h(t_i) <= sup_t [h(t) - s t] n + s r for every slope s >= 0:
n times the non-decreasing concave envelope of h at r/n, by the best s. The line through the origin needs no n:
sum_i h(t_i) <= r sup_t h(t)/t. Slopes are found in floating point; the supremum is certified for the slope chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial
from typing import Any

from flint import fmpq, fmpq_poly

from boundcalc.certify.rational_function import RationalSupremum, supremum_rational
from boundcalc.certify.real_roots import polynomial_nonnegative
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import Enclosure, to_float
from boundcalc.numbers.weighted_sums import shortened

MAX_FLOAT_BITS = 800
"""Crowding beyond 2^800 is not searched in floating point; the line through the origin serves there."""
MAX_TANGENT_BITS = 4096
"""A tangent's slope longer than this is rounded: the value is then not rational, but found much sooner."""
FEW = 12
"""Digits to which slopes and pieces are compared."""
_ZERO = Enclosure(fmpq(0), fmpq(0))


@dataclass(frozen=True, eq=False)
class Piece:
    """h = gain²/energy for crowdings low ≤ w ≤ high: the greatest where pieces overlap, and 0 outside of all.

    Attributes
    ----------
    gain, energy : fmpq_poly
        In w = 1/t − 1; the gain is nonnegative and the energy positive there.
    low, high : fmpq
        ``high = None`` is infinity.
    """

    gain: fmpq_poly
    energy: fmpq_poly
    low: fmpq
    high: fmpq | None

    def supremum(self, slope: fmpq | None, digits: int) -> RationalSupremum:
        """sup h(t) − slope·t, or sup h(t)/t for ``None``.

        Raises
        ------
        ParameterError
            If the energy is not positive.
        """
        return supremum_rational(*self._quotient(slope), self.low, self.high, digits)

    def is_below(self, slope: fmpq | None, level: fmpq) -> bool:
        """Whether the supremum is at most that level, of a piece with an energy of nonnegative coefficients."""
        if self.energy[0] <= 0 or min(self.energy.coeffs()) < 0:
            return False
        above, below = self._quotient(slope)
        room = level * below - above
        return min(room.coeffs(), default=0) >= 0 or polynomial_nonnegative(room, self.low, self.high)

    def _quotient(self, slope: fmpq | None) -> tuple[fmpq_poly, fmpq_poly]:
        load = fmpq_poly([1, 1])  # 1 + w = 1/t
        if slope is None:
            return load * self.gain**2, self.energy
        return load * self.gain**2 - slope * self.energy, load * self.energy

    def contains(self, crowding: fmpq) -> bool:
        """Whether the crowding lies in this piece."""
        return bool(self.low <= crowding and (self.high is None or crowding <= self.high))

    def tangent(self, crowding: fmpq) -> fmpq:
        """dh/dt at a crowding."""
        gain, energy = self.gain(crowding), self.energy(crowding)
        change = 2 * gain * self.gain.derivative()(crowding) * energy - gain**2 * self.energy.derivative()(crowding)
        return -change / energy**2 * (1 + crowding) ** 2


def row_sum(problem: Problem, pieces: Sequence[Piece], slope: fmpq | None, digits: int) -> Enclosure:
    """The bound on Σ_i h(t_i) that a slope gives, enclosed: a point where it is rational."""
    unused = [] if slope is None else [_ZERO]  # a row that is not used
    suprema = [*unused]
    near: list[tuple[Piece, Enclosure]] = []
    for piece in pieces:
        if not suprema or not piece.is_below(slope, max(e.lower for e in suprema)):
            near.append((piece, _about(piece, slope)))
            suprema.append(near[-1][1])
    if digits > FEW:
        level = max(e.lower for e in suprema)
        suprema = [*unused, *(piece.supremum(slope, digits + 2).enclosure for piece, about in near if about.upper >= level)]
    greatest = Enclosure(max(e.lower for e in suprema), max(e.upper for e in suprema))
    if slope is None:
        return _affine(greatest, fmpq(problem.rank), fmpq(0))
    return _affine(greatest, fmpq(int(problem.n)), slope * problem.rank)


@lru_cache(maxsize=4096)
def _about(piece: Piece, slope: fmpq | None) -> Enclosure:
    """The supremum to a few digits: a choice and its certified value ask for the same, and there may be hundreds of pieces."""
    return piece.supremum(slope, FEW + 2).enclosure


def _affine(enclosure: Enclosure, factor: fmpq, shift: fmpq) -> Enclosure:
    return Enclosure(factor * enclosure.lower + shift, factor * enclosure.upper + shift)


def best_slope(problem: Problem, pieces: Sequence[Piece]) -> tuple[fmpq | None, Enclosure]:
    """The slope that gives the least bound of those tried, and that bound to a few digits.

    Raises
    ------
    ParameterError
        If an energy is not positive.
    """
    tried = _candidates(problem, pieces)
    best: tuple[fmpq | None, Enclosure] | None = None
    for slope in tried:
        value = row_sum(problem, pieces, slope, FEW)
        # of values that agree in twelve digits, the earlier slope: it is the simpler one
        if best is None or value.upper < best[1].lower:
            best = slope, value
    assert best is not None
    return best


def _candidates(problem: Problem, pieces: Sequence[Piece]) -> list[fmpq | None]:
    """Slopes to be tried, from a search in floating point; ``None`` is the line through the origin."""
    if problem.is_infinite:
        return [None]
    crowding = fmpq(int(problem.n), problem.rank) - 1
    here = [piece for piece in pieces if piece.contains(crowding)]
    top = max(here, key=lambda piece: piece.gain(crowding) ** 2 / piece.energy(crowding), default=None)
    tangents = [] if top is None or (slope := top.tangent(crowding)) <= 0 else [slope]
    exact: list[fmpq | None] = [fmpq(0)] if problem.n <= problem.d else [s for s in tangents if s.height_bits() <= MAX_TANGENT_BITS]
    try:
        searched = searched_slope(pieces, fmpq(problem.rank, int(problem.n)))
    except OverflowError:
        return [None, *exact]
    if searched is None:
        return [None]
    if problem.n <= problem.d:
        return exact
    # a tangent at r/n makes the value rational; elsewhere a chord is better, and its slope needs no exactness; the slope 0 is
    # that of d = n, above which few features must not come
    level = [fmpq(0)] if problem.n <= 8 * problem.d else []
    return [*level, *(s for s in exact if s is not None and abs(s - searched) * 1000 <= searched), searched]


def simple_rational(value: float, accuracy: float = 1e-12) -> fmpq:
    """The rational of least denominator within a relative accuracy of a float ≥ 0."""
    if value == 0:
        return fmpq(0)
    exact = Fraction(value)
    low, high = exact * (1 - Fraction(accuracy)), exact * (1 + Fraction(accuracy))
    # Stern and Brocot: the continued fraction of both ends as far as they agree, then the least integer between
    terms = []
    while True:
        whole = low.numerator // low.denominator
        if whole == low:
            terms.append(whole)
            break
        if whole + 1 <= high:
            terms.append(whole + 1)
            break
        terms.append(whole)
        low, high = 1 / (high - whole), 1 / (low - whole)
    found = Fraction(terms[-1])
    for term in reversed(terms[:-1]):
        found = term + 1 / found
    return fmpq(found.numerator, found.denominator)


def crowding_scale(energy: fmpq_poly) -> fmpq:
    """A power of two near the crowding where the energy leaves its value at w = 0."""
    bits = []
    for power in range(1, energy.degree() + 1):
        if energy[power] > 0:
            quotient = energy[0] / energy[power] if energy[0] > 0 else fmpq(1)
            bits.append((int(quotient.p).bit_length() - int(quotient.q).bit_length()) // power)
    exponent = max(0, min(bits, default=0))
    return fmpq(2**exponent)


def scaled(poly: fmpq_poly, scale: fmpq, unit: fmpq) -> list[float]:
    """Coefficients of poly(scale·y)/unit as floats, highest power first."""
    values = [poly[k] * scale**k / unit for k in range(max(poly.degree(), 0), -1, -1)]
    return [to_float(value) for value in values]


def searched_slope(pieces: Sequence[Piece], share: fmpq) -> fmpq | None:
    """The best slope at t = share in floating point, rounded; ``None`` where the line through the origin is best.

    Raises
    ------
    OverflowError
        Where floats do not reach.
    """
    import numpy as np

    scale = crowding_scale(pieces[0].energy)
    if scale > fmpq(2) ** MAX_FLOAT_BITS or 1 / share > fmpq(2) ** MAX_FLOAT_BITS:
        raise OverflowError
    unit = pieces[0].gain(fmpq(0)) ** 2 / pieces[0].energy(fmpq(0)) or fmpq(1)
    size, at = float(int(scale.p)), to_float(share)

    def sampled(w: Any) -> tuple[Any, Any]:
        heights = np.zeros_like(w)
        for piece in pieces:
            high = np.inf if piece.high is None else float(Fraction(str(piece.high)))
            inside = (w >= float(Fraction(str(piece.low)))) & (w <= high)
            height = piece.energy(piece.low)
            gain = np.polyval(scaled(piece.gain**2, scale, height * unit), w[inside] / size)
            shares = gain / np.polyval(scaled(piece.energy, scale, height), w[inside] / size)
            heights[inside] = np.maximum(heights[inside], shares)
        return 1 / (1 + w), heights

    grid = np.geomspace(1e-4, 1e6 * size, 400 + 20 * len(str(int(scale.p))))
    w = np.concatenate([[0.0, 1 / at - 1], shortened(grid)])
    slope = 0.0
    for _ in range(3):
        w = np.unique(w)
        t, h = sampled(w)
        top = float(np.max(h / t))
        if t[np.argmax(h / t)] >= at:  # the line through the origin touches beyond
            return None
        slope = minimise(partial(_lifted, t, h, at), top)
        excess = h - slope * t
        near = np.flatnonzero((excess[1:-1] >= excess[:-2]) & (excess[1:-1] >= excess[2:])) + 1
        w = np.concatenate([w, *(np.linspace(w[k - 1], w[k + 1], 60) for k in near)])
    return simple_rational(slope * to_float(unit))


def _lifted(t: Any, h: Any, at: float, slope: float) -> float:
    """The height at ``at`` of the least line of that slope above h."""
    return float((h - slope * t).max()) + slope * at


def minimise(convex: Callable[[float], float], high: float, rounds: int = 80) -> float:
    """The minimiser of a convex function on [0, high], by the golden section."""
    low, ratio = 0.0, (5**0.5 - 1) / 2
    a, b = high - ratio * (high - low), low + ratio * (high - low)
    fa, fb = convex(a), convex(b)
    for _ in range(rounds):
        if fa <= fb:
            high, b, fb = b, a, fa
            a = high - ratio * (high - low)
            fa = convex(a)
        else:
            low, a, fa = a, b, fb
            b = low + ratio * (high - low)
            fb = convex(b)
    return (low + high) / 2
