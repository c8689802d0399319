"""Finds in floating point where polynomials in z are least and which parabolas bound them best, many at once; proves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from boundcalc.bounds.frontiers.parabolas import Parabolas, value_at
from boundcalc.bounds.frontiers.rounding import rational

Array = Any
_GRID, _TOUCHING, _SECANTS = 1.25 ** np.arange(-120.0, 1.0), 1.5 ** -np.arange(0, 70.0), 8
_LENIENT = -1e-13
"""What floats call nonnegative, in parts of the largest: the proof decides."""


@dataclass(frozen=True)
class Guide:
    """A polynomial in z on 0 ≤ z ≤ width.

    Attributes
    ----------
    values : list of float
        Its coefficients, ascending.
    turns : list of float
        Where its slope is 0.
    touch, by_chord, margin, vertex
        The parabolas whose sum has the greatest minimum, this minimum, and where it is.
    """

    values: list[float]
    width: float
    turns: list[float]
    touch: float
    by_chord: bool
    margin: float
    vertex: float

    @property
    def parabolas(self) -> Parabolas:
        """With a short c."""
        return Parabolas(rational(self.touch, 6), self.by_chord)

    def at(self, z: float) -> float:
        """The polynomial's value."""
        return float(value_at(self.values, z))

    def least(self) -> float:
        """Where the polynomial is least."""
        return min((0.0, *self.turns, self.width), key=self.at)

    def between(self) -> float:
        """A place to cut: the largest value between two minima, or else where the best parabola is least."""
        inside = [z for z in self.turns if self.at(z) > max(self.at(0.9 * z), self.at(min(1.1 * z, self.width)))]
        return max(inside, key=self.at) if inside else self.vertex


@dataclass(frozen=True)
class Guides:
    """Many polynomials: coefficients of shape (powers, polynomials), and the parabolas that are best for each."""

    values: Array
    width: Array
    turns: Array
    touch: Array
    by_chord: Array
    margin: Array
    vertex: Array

    @classmethod
    def of(cls, values: Array, width: Array) -> Guides:
        """Tries many c at once."""
        turns = _turns(values, width)
        c = np.concatenate([turns, np.where(width > 0, width, 1.0)[:, None] * _TOUCHING], axis=1)
        c = np.where(np.isnan(c), c[:, -len(_TOUCHING)][:, None], c)
        by_chord = np.zeros(len(width), bool)
        touch, margin, vertex = _best(values, width, c, by_chord=False)
        some = np.flatnonzero(values[3] < 0)  # a chord serves negative cubes alone
        if len(some):
            other = _best(values[:, some], width[some], c[some], by_chord=True)
            better = other[1] > margin[some]
            by_chord[some] = better
            for own, found in zip((touch, margin, vertex), other, strict=True):
                own[some] = np.where(better, found, own[some])
        return cls(values, width, turns, touch, by_chord, margin, vertex)

    def __getitem__(self, k: int) -> Guide:
        turns = self.turns[k]
        numbers = (float(self.touch[k]), bool(self.by_chord[k]), float(self.margin[k]), float(self.vertex[k]))
        return Guide(self.values[:, k].tolist(), float(self.width[k]), turns[~np.isnan(turns)].tolist(), *numbers)


def _turns(values: Array, width: Array) -> Array:
    """Where slopes change their sign between points whose logarithms are evenly apart, by the secant; NaN fills the rows."""
    slopes = values[1:] * np.arange(1, len(values))[:, None]
    z = width[:, None] * _GRID
    positive = value_at(slopes[:, :, None], z) > 0
    row, k = np.nonzero(positive[:, 1:] != positive[:, :-1])
    own, low, high = slopes[:, row], z[row, k], z[row, k + 1]
    at_low, at_high, middle = value_at(own, low), value_at(own, high), low
    for _ in range(_SECANTS if len(row) else 0):
        change = at_high - at_low
        middle = np.where(change != 0, (low * at_high - high * at_low) / np.where(change != 0, change, 1.0), low)
        at_middle = value_at(own, middle)
        alike = (at_middle > 0) == (at_low > 0)  # the end that stays counts half
        low, high = np.where(alike, middle, low), np.where(alike, high, middle)
        at_low, at_high = np.where(alike, at_middle, at_low / 2), np.where(alike, at_high / 2, at_middle)
    place = np.arange(len(row)) - np.searchsorted(row, row)
    found = np.full((len(width), int(place.max(initial=-1)) + 1), np.nan)
    found[row, place] = middle
    return found


def _best(values: Array, width: Array, c: Array, *, by_chord: bool) -> tuple[Array, Array, Array]:
    """For each polynomial the c whose parabola's minimum is greatest, this minimum, and where it is."""
    b0, first, second, *higher = (value[:, None] for value in values)
    end = width[:, None]
    b1, b2, extra = first + 0 * c, second + 0 * c, 0 * c
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        if not by_chord:
            cubic = np.minimum(higher[0], 0)
            extra, b2, higher[0] = cubic / (2 * c), b2 + cubic / 2 * c, np.maximum(higher[0], 0)
        power, long = c, end
        for k, part in enumerate(higher, 3):
            value = part + extra if k == 4 else part
            above = np.maximum(value, 0)
            b2 = b2 + above * ((k - 1) * power) + (value - above) * long
            power, long = power * c, long * end
            b1 = b1 - above * ((k - 2) * power)
        vertex = np.where(b2 > 0, np.clip(-b1 / (2 * b2), 0, end), end)
        ends = np.stack([b0 + 0 * c, b0 + (b1 + b2 * vertex) * vertex, b0 + (b1 + b2 * end) * end])
    lowest = np.where(np.isfinite(ends).all(axis=0), ends.min(axis=0), -np.inf)
    each, at = np.arange(len(width)), lowest.argmax(axis=1)
    where = np.stack([np.zeros_like(width), vertex[each, at], width])
    return c[each, at], lowest[each, at], where[ends[:, each, at].argmin(axis=0), each]


def holds(local: Array, guides: Guides, binomials: Array) -> Array:
    """What :func:`boundcalc.bounds.frontiers.parabolas.is_proven` is likely to say.

    ``local`` has shape (degree + 1, powers, polynomials): Bernstein coefficients in s of the powers of z.
    """
    c, w = guides.touch, guides.width
    b0, b1, b2, *higher = (part.copy() for part in local.swapaxes(0, 1))
    negative = np.where(guides.by_chord, 0.0, np.maximum(-higher[0], 0))
    higher[0] += negative
    if len(higher) > 1:
        higher[1] -= negative / (2 * c)
    b2 -= negative * c / 2
    power, long = c, w  # c^{k-2} and w^{k-2}
    for k, part in enumerate(higher, 3):
        below, above = np.maximum(-part, 0), np.maximum(part, 0)
        b2 += above * ((k - 1) * power) - below * long
        power, long = power * c, long * w
        b1 -= above * ((k - 2) * power)
    last, middle = b0 + (b1 + b2 * w) * w, 2 * b0 + b1 * w
    size = np.maximum(np.abs(np.stack([b0, last, middle])).max(axis=(0, 1)), 1e-300)
    b0, last, middle = b0 / size, last / size, middle / size
    good: Array = (b0.min(axis=0) >= _LENIENT) & (last.min(axis=0) >= _LENIENT)
    bent = np.flatnonzero(good & (middle.min(axis=0) < _LENIENT))
    if len(bent):
        a, b, m = (part[:, bent] * binomials[:, None] for part in (b0, last, middle))
        product = np.zeros((2 * len(a) - 1, len(bent)))
        for k in range(len(a)):
            product[k : k + len(a)] += 4 * a[k] * b - m[k] * m
        good[bent] = product.min(axis=0) >= _LENIENT * np.abs(product).max(axis=0)
    return good


def moved(local: Array, start: Array) -> Array:
    """The coefficients of powers of z − start; shape (degree + 1, powers, polynomials)."""
    found = list(local.swapaxes(0, 1))
    for k in range(len(found)):
        for j in range(len(found) - 2, k - 1, -1):
            found[j] = found[j] + found[j + 1] * start
    return np.stack(found, axis=1)


def halves(coefficients: Array) -> tuple[Array, Array]:
    """Bernstein coefficients along the first axis, those of the upper end first, on the lower and the upper half of an interval."""
    lower, upper, now = np.empty_like(coefficients), np.empty_like(coefficients), coefficients.copy()
    last = len(coefficients) - 1
    for k in range(last + 1):
        upper[k], lower[last - k] = now[0], now[last - k]
        now[: last - k] += now[1 : last - k + 1]
        now[: last - k] *= 0.5
    return lower, upper
