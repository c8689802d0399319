r"""U9 for m = 5: the proof that a price holds on every row, in s = sqrt t alone.

With sqrt sigma_2 = s^2 + z, 0 <= z, the row has y = s^4 (Q_4 - 1) = z^2 + 2 s^2 z <= (1 - s^2)^2 and sigma_j >= s^{2j} + y^{j-1}; for
n features y >= (1 - s^2)^2/(n-1). P and E are then polynomials in z with polynomials in s as coefficients. A price and an excess hold
where

    F = (price s^2 + excess) E - s^2 P^2 >= 0, or E >= 0 >= P   (without excess, divided by s^2).

On a cell of s and z, 0 <= z - low <= width, powers of z are bounded below by parabolas: z^k >= (k-1) c^{k-2} z^2 - (k-2) c^{k-1} z,
which touch at c, -z^3 >= -(z^4/c + c z^2)/2 and -z^k >= -width^{k-2} z^2. A quadratic with Bernstein coefficients b_0, b_1, b_2 is nonnegative on an interval if
b_0, b_2 >= 0 and either b_1 >= 0 or b_0 b_2 >= b_1^2: polynomials in s, whose sign is read off their coefficients on the half-line.
Where the least z is the worst, a multiple mu >= 0 of y - (1 - s^2)^2/(n-1) is subtracted first. Cells where all that fails are cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpq_poly

from boundcalc.bounds.frontiers.general import GeneralChoice, row_parts
from boundcalc.bounds.frontiers.proposal import as_float
from boundcalc.bounds.frontiers.rounding import rational
from boundcalc.certify.half_line import has_no_negative, on_half_line
from boundcalc.lemmas.row import least_share
from boundcalc.model.problem import Problem

ORDER = 5
"""The m of this file: C̃ contains Q_2 and Q_4 alone."""
MOST_CELLS = 1000
_ROOMS = (fmpq(1, 20_000), fmpq(1, 2_000), fmpq(1, 200), fmpq(1, 20), fmpq(1, 2))
"""By how much more than a row asks a price is raised, try by try."""
_S = fmpq_poly([0, 1])
Powers = tuple[fmpq_poly, ...]
"""The coefficients of 1, z, z², …; polynomials in s."""


@dataclass(frozen=True)
class Row:
    """P and E of all rows.

    Attributes
    ----------
    gain, energy : tuple of fmpq_poly
        P (of degree 2) and E in z.
    share : fmpq
        1/(n − 1), the least value of y/(1 − s²)².
    """

    gain: Powers
    energy: Powers
    share: fmpq

    def paid(self, price: fmpq, excess: fmpq) -> Powers:
        """F."""
        weight = _S**2 * price + excess if excess else fmpq_poly([price])
        found = [weight * part for part in self.energy]
        square = _S**2 if excess else fmpq_poly([1])
        for j, one in enumerate(self.gain):
            for k, other in enumerate(self.gain):
                found[j + k] -= square * one * other
        return tuple(found)

    @property
    def room(self) -> Powers:
        """y − (1 − s²)² share ≥ 0."""
        return -self.share * (1 - _S**2) ** 2, 2 * _S**2, fmpq_poly([1])


def row_of(problem: Problem, choice: GeneralChoice) -> Row:
    """The row's P and E."""
    s, z = fmpq_mpoly_ctx.get(["s", "z"], Ordering.lex).gens()
    y = z**2 + 2 * s**2 * z
    sigma = [0, 1 + 0 * s, *(s ** (2 * j) + y ** (j - 1) for j in range(2, problem.m + 1))]
    gain, energy = row_parts(problem, choice, sigma, s, s**2 + z)
    return Row(_by_power(gain, 3), _by_power(energy, 5), least_share(problem.n))


def _by_power(polynomial: fmpq_mpoly, least: int) -> Powers:
    """The coefficients of 1, z, z², …, at least so many."""
    found: list[dict[int, fmpq]] = [{} for _ in range(least)]
    for (in_s, in_z), coefficient in polynomial.terms():
        found += [{} for _ in range(len(found), int(in_z) + 1)]
        found[int(in_z)][int(in_s)] = coefficient
    return tuple(fmpq_poly([part.get(k, fmpq(0)) for k in range(max(part, default=-1) + 1)]) for part in found)


@dataclass(frozen=True)
class Examination:
    """What a search over cells found: a proof, a row (s, z) where the price does not hold, or neither."""

    proven: bool
    cells: int
    against: tuple[fmpq, fmpq] | None = None


@dataclass(frozen=True)
class _Cell:
    """low <= s <= high and least <= z <= most; ``most`` is None for the largest z of the rows."""

    low: fmpq
    high: fmpq
    least: fmpq
    most: fmpq | None


def examine(row: Row, price: fmpq, excess: fmpq, most: int = MOST_CELLS) -> Examination:
    """Looks for a proof that g(t) ≤ price t + excess on every row, with at most so many cells."""
    paid = row.paid(price, excess)
    pending = [_Cell(fmpq(0), fmpq(1), fmpq(0), None)]
    count = 0
    while pending and count < most:
        count += 1
        found = _examine(row, paid, pending.pop())
        if isinstance(found, tuple):
            return Examination(False, count, found)
        pending += found
    return Examination(not pending, count)


def largest(s: fmpq) -> fmpq:
    """A bound on the z of a row, which falls as s grows: √(s⁴ + (1 − s²)²) − s²."""
    radicand = s**4 + (1 - s**2) ** 2
    root = fmpq(_root_above(int((radicand * 4**30).ceil())), 2**30)
    return max(root - s**2, fmpq(0))


def _root_above(value: int) -> int:
    from math import isqrt

    return isqrt(max(value - 1, 0)) + 1 if value else 0


def _examine(row: Row, paid: Powers, cell: _Cell) -> list[_Cell] | tuple[fmpq, fmpq]:
    """The parts of a cell that is not proven, none for one that is; or a row where the price does not hold."""
    low, high = cell.low, cell.high
    most = largest(low) if cell.most is None else min(cell.most, largest(low))
    own = as_float(row.share * (1 - high**2) ** 2)
    # the least z of the rows falls as s grows
    first = 0.99999 * ((as_float(high) ** 4 + own) ** 0.5 - as_float(high**2)) if own > 0 else 0.0
    least = max(cell.least, rational(first, 6) if first > 1e-6 else fmpq(0))
    if most < least:
        return []
    width = most - least
    gain = _local(row.gain, cell, least)
    is_lost = all(has_no_negative(-part) for part in (gain[0], gain[0] + gain[1] * (width / 2), _sum(gain, width)))
    values = row.energy if is_lost else paid
    local = _local(values, cell, least)
    if all(has_no_negative(part) for part in local):
        return []
    s = (low + high) / 2
    at = _shifted([part(s) for part in values], least)
    scale = max(map(abs, at))
    guide = _Guide([as_float(value / scale) if scale else 0.0 for value in at], as_float(width))
    if guide.margin > 0 and _is_proven(local, guide.parabolas, width):
        return []
    if row.share:
        # at the rows' own least z the price may be tight: then a multiple of the room is needed
        own = as_float(row.share * (1 - s**2) ** 2)
        first = (as_float(s) ** 4 + own) ** 0.5 - as_float(s**2) - as_float(least)
        slope = guide.slope(first) if first > 0 else 0.0
        free = _shifted([part(s) for part in row.room], least)
        for share in (1.0, 0.5, 0.2) if slope > 0 else ():
            mu = rational(share * slope / (2 * (as_float(s**2 + least) + first)), 6)
            other = _Guide(guide.less(as_float(mu), [as_float(part) for part in free]), as_float(width))
            if other.margin > 0:
                rest = list(values)
                for k, part in enumerate(row.room):
                    rest[k] = rest[k] - mu * scale * part
                if _is_proven(_local(rest, cell, least), other.parabolas, width):
                    return []
    if guide.margin > 0:
        return [_Cell(low, s, cell.least, cell.most), _Cell(s, high, cell.least, cell.most)]
    point = guide.least()
    z = min(least + rational(point, 6), largest(s)) if point else least
    energy, own_gain = _sum([part(s) for part in row.energy], z), _sum([part(s) for part in row.gain], z)
    if row.share * (1 - s**2) ** 2 <= z**2 + 2 * s**2 * z and (
        energy <= 0 or (own_gain > 0 and _sum([part(s) for part in paid], z) < 0)
    ):
        return s, z
    if not is_lost and own_gain < 0:
        # where P changes its sign: rows with P <= 0 need E >= 0 alone, and those with P near 0 have room
        cuts = [0.2 * as_float(z) + 0.8 * turn for turn in _roots([as_float(part(s)) for part in row.gain])]
    else:
        cuts = [as_float(least) + guide.between()]
    for cut in sorted(cuts, key=lambda cut: abs(cut - as_float(z))):
        if as_float(least) * 1.001 < cut < 0.999 * as_float(most):
            return [_Cell(low, high, least, rational(cut, 4)), _Cell(low, high, rational(cut, 4), cell.most)]
    return [_Cell(low, s, cell.least, cell.most), _Cell(s, high, cell.least, cell.most)]


class _Guide:
    """A polynomial in z in floats, at the middle of a cell: where to look; proves nothing.

    Attributes
    ----------
    turns : list of float
        Where its slope is 0.
    parabolas, margin, vertex
        The parabolas whose sum has the greatest minimum, this minimum, and where it is.
    """

    def __init__(self, values: Sequence[float], width: float) -> None:
        self.values, self.width = values, width
        slopes = [k * value for k, value in enumerate(values)][1:]
        self.turns = sorted(z for z in _roots(slopes) if 0 < z < width)
        self.parabolas, self.margin, self.vertex = _Parabolas(fmpq(1), False), -np.inf, 0.0
        for by_chord in (False, True) if values[3] < 0 else (False,):
            self._touch(by_chord)

    def at(self, z: float) -> float:
        return sum(value * z**k for k, value in enumerate(self.values))

    def slope(self, z: float) -> float:
        return sum(k * value * z ** (k - 1) for k, value in enumerate(self.values) if k)

    def less(self, mu: float, other: Sequence[float]) -> list[float]:
        """The polynomial less a multiple of another one."""
        return [value - mu * (other[k] if k < len(other) else 0.0) for k, value in enumerate(self.values)]

    def least(self) -> float:
        """Where the polynomial is least."""
        return min((0.0, *self.turns, self.width), key=self.at)

    def between(self) -> float:
        """A place to cut: the largest value between two minima, or else where the best parabola is least."""
        inside = [z for z in self.turns if self.at(z) > max(self.at(0.9 * z), self.at(min(1.1 * z, self.width)))]
        return max(inside, key=self.at) if inside else self.vertex

    def _touch(self, by_chord: bool) -> None:
        """Tries many c at once."""
        width, size = self.width, self.width or 1.0
        c = np.array([*self.turns, *(size * 1.5 ** -np.arange(0, 70.0))])
        b0, b1, b2 = self.values[0], np.full_like(c, self.values[1]), np.full_like(c, self.values[2])
        higher = [part + 0 * c for part in self.values[3:]]
        cubic = np.minimum(higher[0], 0)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            if not by_chord and self.values[3] < 0:
                higher[0], higher[1], b2 = 0 * c, higher[1] + cubic / (2 * c), b2 + cubic * c / 2
            for k, part in enumerate(higher, 3):
                above, below = np.maximum(part, 0), np.minimum(part, 0)
                b1 = b1 - above * (k - 2) * c ** (k - 1)
                b2 = b2 + above * (k - 1) * c ** (k - 2) + below * width ** (k - 2)
            vertex = np.where(b2 > 0, np.clip(-b1 / (2 * b2), 0, width), width)
        ends = np.stack([b0 + 0 * c, b0 + b1 * vertex + b2 * vertex**2, b0 + b1 * width + b2 * width**2])
        lowest = np.where(np.isfinite(ends).all(axis=0), ends.min(axis=0), -np.inf)
        at = int(np.argmax(lowest))
        if lowest[at] > self.margin:
            self.parabolas, self.margin = _Parabolas(rational(float(c[at]), 6), by_chord), float(lowest[at])
            self.vertex = float((0.0, vertex[at], width)[int(np.argmin(ends[:, at]))])


def _local(values: Sequence[fmpq_poly], cell: _Cell, least: fmpq) -> list[fmpq_poly]:
    """The coefficients about the least z, on the half-line."""
    degree = max(part.degree() for part in values)
    return _shifted([on_half_line(part, degree, cell.low, cell.high) for part in values], least)


@dataclass(frozen=True)
class _Parabolas:
    """How powers of z are bounded: touching at c, and -z³ by its chord over the cell or by -(z⁴/c + c z²)/2."""

    c: fmpq
    by_chord: bool


def _is_proven(local: Sequence[fmpq_poly], parabolas: _Parabolas, width: fmpq) -> bool:
    """Whether a polynomial in z is nonnegative for 0 ≤ z ≤ width and every s of the cell, by a sum of parabolas."""
    c = parabolas.c
    b0, b1, b2, *higher = local
    if not parabolas.by_chord:
        negative = _negative_part(higher[0])
        higher[0], higher[1], b2 = higher[0] + negative, higher[1] - negative / (2 * c), b2 - negative * (c / 2)
    for k, part in enumerate(higher, 3):
        negative = _negative_part(part)
        above = part + negative
        b1 = b1 - above * ((k - 2) * c ** (k - 1))
        b2 = b2 + above * ((k - 1) * c ** (k - 2)) - negative * width ** (k - 2)
    middle, last = b0 + b1 * (width / 2), b0 + b1 * width + b2 * width**2
    if not (has_no_negative(b0) and has_no_negative(last)):
        return False
    return has_no_negative(middle) or has_no_negative(b0 * last - middle * middle)


def _negative_part(polynomial: fmpq_poly) -> fmpq_poly:
    return fmpq_poly([max(-c, fmpq(0)) for c in polynomial.coeffs()])


def _shifted(values: Sequence[Any], start: fmpq) -> list[Any]:
    """The coefficients of a polynomial about another point."""
    found = list(values)
    if start:
        for k in range(len(found)):
            for j in range(len(found) - 2, k - 1, -1):
                found[j] = found[j] + found[j + 1] * start
    return found


def _sum(values: Sequence[Any], z: fmpq) -> Any:
    """Horner's scheme."""
    total = values[-1]
    for part in values[-2::-1]:
        total = total * z + part
    return total


def _roots(values: Sequence[float]) -> list[float]:
    """The positive real roots of a polynomial, coefficients ascending, about."""
    while values and values[-1] == 0:
        values = values[:-1]
    if len(values) < 2 or values[0] == 0:
        return []
    unit = (abs(values[0]) / max(abs(v) for v in values[1:])) ** 0.5 if len(values) > 2 else 1.0
    unit = min((abs(values[0] / v) ** (1 / k) for k, v in enumerate(values) if k and v), default=unit)
    scaled = [v * unit**k for k, v in enumerate(values)]
    found = np.roots(scaled[::-1])
    return [float(z.real) * unit for z in found if z.real > 0 and abs(z.imag) < 1e-6 * abs(z)]


def near(problem: Problem, choice: GeneralChoice) -> tuple[fmpq | None, tuple[float, float] | None]:
    """The factor next to 1 where it is enough for the price and the excess; else a row (s, z) where it is not, if one is found."""
    factor = 1 + _ROOMS[0]
    found = examine(row_of(problem, choice), choice.price * factor, choice.excess * factor)
    if found.proven:
        return factor, None
    return None, None if found.against is None else (as_float(found.against[0]), as_float(found.against[1]))


def price_factor(problem: Problem, choice: GeneralChoice) -> fmpq | None:
    """A factor for which the price and the excess hold on every row, near the least; ``None`` where none is found."""
    row, needed = row_of(problem, choice), fmpq(1)
    for room in _ROOMS:
        for _ in range(3):
            factor = rational(as_float(needed * (1 + room)), 9)
            found = examine(row, choice.price * factor, choice.excess * factor)
            if found.proven:
                return factor
            if found.against is None:
                break
            s, z = found.against
            gain, energy = (_sum([part(s) for part in values], z) for values in (row.gain, row.energy))
            if energy <= 0:
                return None
            needed = gain**2 * s**2 / (energy * (choice.price * s**2 + choice.excess)) if s else needed * 2
    return None
