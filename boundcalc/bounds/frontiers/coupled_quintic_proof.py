r"""Proves z E - theta P_+^2 >= 0 on every row of U11, m = 5: cells in (s, theta, y), on each a constant rho.

A cell is proven where z E - theta P^2 >= 0, or where P <= 0 <= E. Each is a cubic in y at most; y^3, whose coefficient is a
constant >= 0, is bounded by a parabola that touches at a point c of the cell, y^3 >= 2 c y^2 - c^2 y, and what is left has
Bernstein coefficients B_0, B_1, B_2 in y, polynomials in s and theta. It is nonnegative where B_0, B_2 >= 0 and, for a constant
m > 0, B_0 + m B_1 >= 0 and m B_2 + B_1 >= 0: then B_1 >= 0 or B_0 B_2 >= B_1^2. Signs of polynomials in s and theta are shown by
Bernstein coefficients. Floats choose the cells, rho, c and m, and prove where the coefficients are larger than all rounding can
be, a part :data:`ROUNDING` of the sum of the absolute values of what enters them; balls prove the other cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from flint import arb, arb_mat

from boundcalc.bounds.frontiers.coupled_proof import _sides
from boundcalc.bounds.frontiers.coupled_quintic import QuinticRow, Term
from boundcalc.bounds.frontiers.row_program import Array
from boundcalc.certify.bernstein import to_bernstein
from boundcalc.numbers.enclosure import precision, to_float
from boundcalc.numbers.errors import CertificationError
from boundcalc.numbers.weighted_sums import whole_power

BITS = 192
MOST_CELLS = 3_000
MOST_LEVELS = 60
SETTLED, GROWN, FEW = 7, 4, 16
"""After so many levels the cells that are left become fewer; where they grow again to so many times as many, there is no end."""
RHO_BITS = 20
ZOOMS = 8
"""How often the places at which a cell's rho is sought are moved three times closer together."""
ALONG, ACROSS = 10, 5
"""The degrees in s and in θ."""
BAD = 1e6
"""What stands for infinity, in units of z."""
ROUNDING = 1e-13
"""900 units of 2^-53. A coefficient is a sum of products of nonnegative numbers and of coefficients of the row, and on the way from
these to it there are fewer than 200 roundings: 1 for each number of the row, 10 in a term of the gap, at most 61 in the sum of the
terms of a power, 10 in height, 40 for each side and 19 in the two products."""
UNDERFLOW = 1e-250
"""What may be lost where numbers leave the range of floats, and much more."""
_SLACK = 1e-11
_ULPS = 2.0**-48
_SAMPLES = np.array(list(product((0.0, 0.5, 1.0), (0.0, 1.0), (0.0, 1.0)))).T
"""Rows of a cell at which rho is judged, in parts of its sides in s, θ and y."""


@dataclass(frozen=True)
class Cells:
    """Boxes in (s, θ, y), arrays of dyadic numbers."""

    s0: Array
    s1: Array
    t0: Array
    t1: Array
    y0: Array
    y1: Array

    def at(self, index: Array) -> Cells:
        """Those of that index."""
        return Cells(*(values[index] for values in vars(self).values()))

    def join(self, other: Cells) -> Cells:
        """Both."""
        return Cells(*(np.concatenate(pair) for pair in zip(vars(self).values(), vars(other).values(), strict=True)))

    def clipped(self) -> Cells:
        """Without what holds no row: θ ≥ s² and y ≤ (1 − s²)², a little more for the rounding."""
        t0, most = np.maximum(self.t0, self.s0 * self.s0 * (1 - _ULPS)), 1 - self.s0 * self.s0
        found = Cells(self.s0, self.s1, t0, self.t1, self.y0, np.minimum(self.y1, most * most * (1 + _ULPS)))
        return found.at((found.t0 < found.t1) & (found.y0 < found.y1))

    def halves(self, axis: Array) -> Cells:
        """Each cut across its axis; in y nearer to 0."""
        low = np.where(self.y0 > 0, 2 * self.y0, self.y1 / 64)
        y = np.where(low < self.y1 / 2, np.maximum(low, np.sqrt(self.y0 * self.y1)), (self.y0 + self.y1) / 2)
        cuts = ((self.s0 + self.s1) / 2, (self.t0 + self.t1) / 2, y)
        first, second = dict(vars(self)), dict(vars(self))
        for k, (name, cut) in enumerate(zip("sty", cuts, strict=True)):
            first[f"{name}1"] = np.where(axis == k, cut, first[f"{name}1"])
            second[f"{name}0"] = np.where(axis == k, cut, second[f"{name}0"])
        return Cells(**first).join(Cells(**second))

    @property
    def touch(self) -> Array:
        """c."""
        return np.sqrt(self.y0 * self.y1)


class NotProven(CertificationError):
    """The cells at which the search ended: there rows may exceed z."""

    def __init__(self, cells: Cells) -> None:
        super().__init__(f"the row condition is not proven with {MOST_CELLS} cells and {MOST_LEVELS} levels")
        self.cells = cells


@dataclass(frozen=True)
class Proof:
    """Proven cells, their ρ, m of the gap or of E, and whether P ≤ 0 ≤ E is the reason."""

    cells: Cells
    rho: Array
    weight: Array
    empty: Array

    def at(self, index: Array) -> Proof:
        """Those of that index."""
        return Proof(self.cells.at(index), self.rho[index], self.weight[index], self.empty[index])

    @classmethod
    def joined(cls, parts: Sequence[Proof]) -> Proof:
        """All of them."""
        cells = Cells(*(np.concatenate(values) for values in zip(*(vars(part.cells).values() for part in parts), strict=True)))
        return cls(cells, *(np.concatenate([getattr(part, name) for part in parts]) for name in ("rho", "weight", "empty")))


def partition(row: QuinticRow, least: float) -> list[Proof]:
    """Cells on which floats find the row condition to hold; the first one in s ends near ``least``."""
    ends = [1.0]
    while ends[-1] > least:
        ends.append(ends[-1] / 2)
    s = np.array([0.0, *ends[::-1]])
    s0, s1 = np.repeat(s[:-1], 2), np.repeat(s[1:], 2)
    t0, t1 = np.tile([0.0, 0.25], len(s) - 1), np.tile([0.25, 1.0], len(s) - 1)
    waiting = Cells(s0, s1, t0, t1, 0 * s0, 1 + 0 * s0).clipped()
    found: list[Proof] = []
    total, fewest = 0, MOST_CELLS
    for level in range(MOST_LEVELS):
        count = len(waiting.s0)
        total += count
        fewest = min(fewest, count) if level > SETTLED else fewest
        if total > MOST_CELLS or count > GROWN * max(fewest, FEW):
            break
        rho, idle = _best_rho(row, waiting)
        inner, outer = row.inner(rho), row.outer(rho)
        sides = _sides(ALONG, waiting.s0, waiting.s1 - waiting.s0), _sides(ACROSS, waiting.t0, waiting.t1 - waiting.t0)
        heights = _bernstein(row.gap(inner, outer), waiting, *sides)
        good, weight = _judged(heights)
        empty, rest = np.zeros(len(rho), bool), np.flatnonzero(~good & idle)
        if len(rest):
            part, own = waiting.at(rest), (sides[0][..., rest], sides[1][..., rest])
            lost = (_bernstein(_taken(inner, rest, rho), part, *own) <= 0).all(axis=(0, 1, 2))
            energy = _bernstein(_taken(outer, rest, rho), part, *own)
            above, heavy = _judged(energy)
            empty[rest] = lost & above
            weight[rest] = np.where(empty[rest], heavy, weight[rest])
            heights[..., rest] = np.where(above, heights[..., rest], energy)
        done = np.flatnonzero(good | empty)
        if len(done):
            found.append(Proof(waiting.at(done), rho[done], weight[done], empty[done]))
        split = np.flatnonzero(~(good | empty))
        if not len(split):
            return found
        bent = heights[..., split]
        sizes = [np.abs(np.diff(bent, 2, axis=axis)).max(axis=(0, 1, 2)) for axis in (1, 2)]
        sizes.append(np.abs(bent[0] - 2 * bent[1] + bent[2]).max(axis=(0, 1)))
        waiting = waiting.at(split).halves(np.argmax(sizes, axis=0)).clipped()
    raise NotProven(waiting)


def _taken(terms: Iterable[Term], index: Array, like: Array) -> list[Term]:
    return [(i, j, k, np.broadcast_to(value, like.shape)[index]) for i, j, k, value in terms]


def _best_rho(row: QuinticRow, cells: Cells) -> tuple[Array, Array]:
    """The ρ for which the worst of some rows of the cell is best, to :data:`RHO_BITS` bits; 1 where P < 0 on them all then."""
    # cells run along the last axis, so that numpy's inner loops are long
    s, theta, y = (
        low + (high - low) * part[:, None]
        for low, high, part in zip((cells.s0, cells.t0, cells.y0), (cells.s1, cells.t1, cells.y1), _SAMPLES, strict=True)
    )
    inner = sum(value * whole_power(s, i) * whole_power(y, k) for (i, k), value in row.gain.items())
    outer = sum(value * whole_power(s, i) * whole_power(y, k) for (i, k), value in row.energy.items())
    place = np.arange(len(cells.s0))
    rho, width = np.broadcast_to((np.arange(9) / 8)[:, None], (9, len(place))), 1 / 8
    best = rho[0]
    for _ in range(ZOOMS):
        found = worst_of(row, s, theta, inner, outer, rho[:, None], both=True).max(axis=1)
        best = rho[found.argmin(axis=0), place]
        width /= 3
        rho = np.clip(best + width * np.arange(-3, 4)[:, None], 0, 1)
    idle = (inner - row.nu * s * s < 0).all(axis=0)
    return np.where(idle, 1.0, np.round(best * 2**RHO_BITS) / 2**RHO_BITS), idle


def worst_of(row: QuinticRow, s: Array, theta: Array, inner: Array, outer: Array, rho: Array, *, both: bool = False) -> Array:
    """θ P_+²/E, to be at most z, from the parts of P and E that do not depend on ρ; where E is not positive, more the worse.

    With ``both`` P² in place of P_+²: a cell on which P is far below 0 at places is hard to prove.
    """
    # P and E by powers of rho and of beta; what is alike for all rho comes first
    t, turned = s * s, theta * theta
    cube, fourth = t * t * t, turned * turned
    square = rho * rho
    beta = row.b * (1 - square)
    gain = inner - (row.nu * t) * rho - (row.lam * turned) * beta
    if not both:
        gain = np.maximum(gain, 0)
    linear, bent = (2 * row.pure * cube) * turned, (row.pure * t - row.whole) * fourth
    energy = (outer + row.pure * (t * t) * cube) + (row.payer * cube) * square + (linear + bent * beta) * beta
    need = gain * gain
    need *= theta
    need /= np.maximum(energy, 1e-300)
    np.minimum(need, BAD * row.z, out=need)
    bad = energy <= 0
    if bad.any():
        e = beta * turned
        need = np.where(bad, BAD * row.z * (1 + e * e - energy / row.energy[0, 0]), need)
    return need


def _bernstein(terms: Iterable[Term], cells: Cells, left: Array, right: Array, signs: int = -1) -> Array:
    """B_0, B_1, B_2 of each cell: shape (3, degree in s + 1, degree in θ + 1, cells)."""
    powers = np.zeros((4, ALONG + 1, ACROSS + 1, left.shape[-1]))
    for i, j, k, value in terms:
        powers[k, i, j] += value
    heights = np.stack(in_height(powers, cells.y0, cells.y1, cells.touch, signs))
    return np.einsum("hijc,kjc->hikc", np.einsum("ijc,hjkc->hikc", left, heights), right)


def in_height(f: Any, y0: Any, y1: Any, c: Any, signs: int = -1) -> tuple[Any, Any, Any]:
    """B_0, B_1, B_2 on [y_0, y_1] from the coefficients of 1, y, y², y³; with ``signs`` 1 a bound from those of absolute values."""
    one, two = f[1] + signs * (f[3] * (c * c)), f[2] + f[3] * (2 * c)
    return f[0] + one * y0 + two * (y0 * y0), f[0] + one * ((y0 + y1) / 2) + two * (y0 * y1), f[0] + one * y1 + two * (y1 * y1)


def _judged(b: Array) -> tuple[Array, Array]:
    """Whether the conditions hold clearly for some m, and it."""
    slack = _SLACK * np.abs(b).max(axis=(0, 1, 2))
    good = ((b[0] >= slack) & (b[2] >= slack)).all(axis=(0, 1))
    below = np.maximum(slack - b[1], 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        most = np.where(below > 0, (b[0] - slack) / below, np.inf).min(axis=(0, 1))
        least = np.where(below > 0, below / (b[2] - slack), 0.0).max(axis=(0, 1))
        weight = np.where(np.isfinite(most) & (least > 0), np.sqrt(most * least), 1.0)
    return good & (least <= most), np.where(np.isfinite(weight), weight, 1.0)


def certain(row: QuinticRow, part: Proof) -> Array:
    """Which of the cells floats prove: the numbers of the row are within a rounding of the true ones, ρ² and 1 − ρ² are exact."""
    cells, rho, m = part.cells, part.rho, part.weight
    sides = _sides(ALONG, cells.s0, cells.s1 - cells.s0), _sides(ACROSS, cells.t0, cells.t1 - cells.t0)
    inner, outer = row.inner(rho), row.outer(rho)

    def bounded(terms: list[Term]) -> tuple[Array, Array]:
        sizes = [(i, j, k, abs(value)) for i, j, k, value in terms]
        return _bernstein(terms, cells, *sides), ROUNDING * _bernstein(sizes, cells, *sides, signs=1) + UNDERFLOW

    def holds(terms: list[Term]) -> Array:
        b, e = bounded(terms)
        turned = (b[0] + m * b[1] >= e[0] + m * e[1]) & (m * b[2] + b[1] >= m * e[2] + e[1])
        return ((b[0] >= e[0]) & (b[2] >= e[2]) & ((b[1] >= e[1]) | turned)).all(axis=(0, 1))

    below, size = bounded(inner)
    return np.where(part.empty, (below <= -size).all(axis=(0, 1, 2)) & holds(outer), holds(row.gap(inner, outer)))


def prove(row: QuinticRow, least: float) -> int:
    """Proves the row condition for all 0 < t ≤ ℓ ≤ 1 and Q_4, and returns the number of cells.

    Raises
    ------
    NotProven
        If no cells of :data:`MOST_CELLS` prove it.
    CertificationError
        If it fails.
    """
    floats = row.mapped(to_float)
    every = Proof.joined(partition(floats, least))
    with precision(BITS):
        balls, sides = row.mapped(arb), {}

        def side(degree: int, low: float, high: float) -> arb_mat:
            key = degree, low, high
            if key not in sides:
                found = to_bernstein(degree, arb(low), arb(high) - arb(low))
                sides[key] = found if degree == ALONG else found.transpose()
            return sides[key]

        part = every.at(np.flatnonzero(~certain(floats, every)))
        columns = [*vars(part.cells).values(), part.cells.touch, part.rho, part.weight, part.empty]
        for s0, s1, t0, t1, y0, y1, touch, number, weight, empty in zip(*(v.tolist() for v in columns), strict=True):
            left, right, rho = side(ALONG, s0, s1), side(ACROSS, t0, t1), arb(number)
            inner, outer = balls.inner(rho), balls.outer(rho)
            heights = arb(y0), arb(y1), arb(touch)

            def of(terms: Iterable[Term], left: arb_mat = left, right: arb_mat = right, at: Any = heights) -> list[list[arb]]:
                return [(left * one * right).entries() for one in in_height(_matrices(terms), *at)]

            if empty:
                proven = all(value <= 0 for values in of(inner) for value in values) and _holds(of(outer), arb(weight))
            else:
                proven = _holds(of(balls.gap(inner, outer)), arb(weight))
            if not proven:
                raise CertificationError(f"the row condition is not proven on the cell at s = {s0}, theta = {t0}, y = {y0}")
    return len(every.rho)


def _holds(b: list[list[arb]], weight: arb) -> bool:
    return all(
        b0 >= 0 and b2 >= 0 and (b1 >= 0 or (b0 + weight * b1 >= 0 and weight * b2 + b1 >= 0))
        for b0, b1, b2 in zip(*b, strict=True)
    )


def _matrices(terms: Iterable[Term]) -> list[arb_mat]:
    rows = [[[0] * (ACROSS + 1) for _ in range(ALONG + 1)] for _ in range(4)]
    for i, j, k, value in terms:
        rows[k][i][j] = rows[k][i][j] + value
    return [arb_mat(row) for row in rows]
