r"""Looks for a proof for m = 5 that a price holds on every row: cells in s and z, and their reasons.

Cells are halved in s or cut in z level by level. In floats, for all cells of a level at once, the polynomials in z on a cell are
judged (:mod:`boundcalc.bounds.frontiers.guides`); what floats call proven is then proven in whole numbers
(:mod:`boundcalc.bounds.frontiers.parabolas`). What the steps of a proof say: :mod:`boundcalc.bounds.frontiers.quintic`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import comb, isqrt
from typing import Any

import numpy as np
from flint import fmpq, fmpq_poly, fmpz, fmpz_mat, fmpz_poly

from boundcalc.bounds.frontiers.guides import Guide, Guides, halves, holds, moved
from boundcalc.bounds.frontiers.parabolas import Parabolas, is_proven, positive_roots, shifted, value_at
from boundcalc.bounds.frontiers.rounding import rational
from boundcalc.certify.half_line import halving, has_no_negative, integral, on_dyadic
from boundcalc.numbers.enclosure import to_float

MOST_CELLS = 400
ROOT_BITS = 60
SHARES = (1.0, 0.5, 0.2)
"""Parts of the slope at the rows' least z by which multiples of their room are tried."""
_S = fmpq_poly([0, 1])
Array = Any
Powers = tuple[fmpq_poly, ...]
"""The coefficients of 1, z, z², …; polynomials in s."""


@dataclass(frozen=True)
class RowPolynomials:
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


@dataclass(frozen=True)
class Examination:
    """What a search over cells found: a proof, a row (s, z) where the price does not hold, or neither."""

    proven: bool
    steps: tuple[str, ...]
    against: tuple[fmpq, fmpq] | None = None


@dataclass
class _Cell:
    """low <= s <= high and least <= z <= most; ``most`` is None for the largest z of the rows.

    ``exact`` holds P, E and F on the cell, in whole numbers: a matrix with a row for each power of z and the coefficients on the
    half-line (:mod:`boundcalc.certify.half_line`). Those of a half are made of those of the whole, when they are asked for.
    ``step`` is what was found, ``parts`` what it leaves.
    """

    low: fmpq
    high: fmpq
    least: fmpq
    most: fmpq | None
    exact: dict[str, fmpz_mat]
    parent: _Cell | None = None
    step: str = ""
    parts: list[_Cell] = field(default_factory=list)

    def polynomials(self, name: str) -> fmpz_mat:
        """P, E or F."""
        if name not in self.exact:
            assert self.parent is not None
            whole = self.parent.polynomials(name)
            self.exact[name] = whole * halving(whole.ncols() - 1, upper=self.low > self.parent.low)
        return self.exact[name]

    def halve(self) -> None:
        """Halves it in s."""
        middle = (self.low + self.high) / 2
        ends = (self.low, middle), (middle, self.high)
        self.step, self.parts = "s", [_Cell(*own, self.least, self.most, {}, self) for own in ends]

    def cut(self, z: fmpq) -> None:
        """Cuts it at z."""
        ends = (self.least, z), (z, self.most)
        self.step, self.parts = f"z {z}", [_Cell(self.low, self.high, *own, self.exact, self.parent) for own in ends]


@dataclass(frozen=True)
class _Level:
    """Cells, and in floats the Bernstein coefficients on them of P, and of F, E and the room with one degree; cells last."""

    cells: list[_Cell]
    gain: Array
    others: dict[str, Array]

    def next(self) -> _Level:
        """The cells that are left."""
        halved = [k for k, cell in enumerate(self.cells) if cell.step == "s"]
        cut = [k for k, cell in enumerate(self.cells) if cell.step.startswith("z")]
        cells = [self.cells[k].parts[side] for side in (0, 1) for k in halved]
        cells += [self.cells[k].parts[side] for side in (0, 1) for k in cut]

        def taken(values: Array) -> Array:
            lower, upper = halves(values[..., halved])
            return np.concatenate([lower, upper, values[..., cut], values[..., cut]], axis=-1)

        return _Level(cells, taken(self.gain), {name: taken(values) for name, values in self.others.items()})


@dataclass(frozen=True)
class _Problem:
    """The polynomials, and for E and F what a unit of their floats is."""

    row: RowPolynomials
    paid: Powers
    units: dict[str, float]

    def of(self, name: str) -> Powers:
        """E or F."""
        return self.row.energy if name == "E" else self.paid


def examine(row: RowPolynomials, price: fmpq, excess: fmpq, most: int = MOST_CELLS) -> Examination:
    """Looks for a proof that g(t) ≤ price t + excess on every row, with at most so many cells."""
    paid = row.paid(price, excess)
    exact = {name: _whole(values) for name, values in (("P", row.gain), ("E", row.energy), ("F", paid))}
    degree = max(part.degree() for part in (*paid, *row.energy, *row.room))
    others, units = {}, {}
    for name, values in (("E", row.energy), ("F", paid), ("room", row.room)):
        others[name], units[name] = _floats(values, degree)
    root = _Cell(fmpq(0), fmpq(1), fmpq(0), None, exact)
    problem = _Problem(row, paid, units)
    level, count = _Level([root], _floats(row.gain, max(part.degree() for part in row.gain))[0], others), 0
    while level.cells:
        count += len(level.cells)
        if count > most:
            return Examination(False, ())
        against = _judge(problem, level)
        if against is not None:
            return Examination(False, (), against)
        level = level.next()
    return Examination(True, tuple(_listed(root)))


def _listed(root: _Cell) -> Iterable[str]:
    """The steps, after a cut those of the second part first."""
    pending = [root]
    while pending:
        cell = pending.pop()
        yield cell.step
        pending += cell.parts


def largest(s: fmpq) -> fmpq:
    """A bound on the z of a row, √(s⁴ + (1 − s²)²) − s² from above; it falls as s grows."""
    scaled = int(((s**4 + (1 - s**2) ** 2) * 4**ROOT_BITS).ceil())
    return fmpq(isqrt(scaled) + 1, 2**ROOT_BITS) - s**2


def least_z(row: RowPolynomials, s: Any) -> Any:
    """The least z of a row for n features, in floats; it falls as s grows."""
    square = s * s
    return (square * square + to_float(row.share) * (1 - square) ** 2) ** 0.5 - square if row.share else 0 * s


def _whole(values: Powers) -> fmpz_mat:
    """On 0 ≤ s ≤ 1."""
    degree = max(part.degree() for part in values)
    rows = [on_dyadic(part, degree, 0, 0).coeffs() for part in integral(values)]
    return fmpz_mat([row + [fmpz(0)] * (degree + 1 - len(row)) for row in rows])


def _floats(values: Powers, degree: int) -> tuple[Array, float]:
    """Bernstein coefficients on 0 ≤ s ≤ 1 in units of the largest, shape (degree + 1, powers, 1), and this unit."""
    whole = integral(values)
    at = next(k for k, part in enumerate(values) if part.degree() >= 0)
    factor = fmpq(whole[at][whole[at].degree()]) / values[at][values[at].degree()]
    parts = [on_dyadic(part, degree, 0, 0) for part in whole]
    scale = max(abs(c) for part in parts for c in part.coeffs())
    found = [[int(part[k]) / int(comb(degree, k) * scale) for part in parts] for k in range(degree + 1)]
    return np.array(found)[:, :, None], to_float(fmpq(scale) / factor)


@lru_cache(maxsize=64)
def _shift(count: int, least: fmpq) -> fmpz_mat:
    """From the coefficients of so many powers of z to those of z − ``least``, times its denominator."""
    p, q = least.p, least.q
    rows = [[comb(j, k) * p ** (j - k) * q ** (count - 1 - j) if j >= k else fmpz(0) for j in range(count)] for k in range(count)]
    return fmpz_mat(rows)


def _local(values: fmpz_mat, least: fmpq) -> list[list[fmpz]]:
    """The coefficients on the half-line of the powers of z − ``least``, in units of 1 over the denominator of ``least``."""
    about = _shift(values.nrows(), least) * values if least else values
    entries, width = about.entries(), values.ncols()
    return [entries[start : start + width] for start in range(0, len(entries), width)]


def _local_of(values: Sequence[fmpz_poly], cell: _Cell, least: fmpq) -> list[fmpz_poly]:
    """The same of other polynomials."""
    bits = int((1 / (cell.high - cell.low)).p).bit_length() - 1
    degree, first = max(part.degree() for part in values), int((cell.low * 2**bits).p)
    unit, count = int(least.q), len(values)
    parts = [on_dyadic(part, degree, first, bits) * unit ** (count - 1 - k) for k, part in enumerate(values)]
    return shifted(parts, int(least.p))


def _scaled(parabolas: Parabolas, unit: int) -> Parabolas:
    return replace(parabolas, c=parabolas.c * unit)


def _written(parabolas: Parabolas) -> str:
    return f"{parabolas.c} chord" if parabolas.by_chord else str(parabolas.c)


def _judge(problem: _Problem, level: _Level) -> tuple[fmpq, fmpq] | None:
    """Sets the step of each cell; or returns a row where the price does not hold."""
    row = problem.row
    ends = [min(top, cell.most) if cell.most is not None else top for cell in level.cells for top in (largest(cell.low),)]
    first = 0.99999 * least_z(row, np.array([to_float(cell.high) for cell in level.cells]))
    starts = [max(cell.least, rational(z, 6) if z > 1e-6 else fmpq(0)) for cell, z in zip(level.cells, first.tolist(), strict=True)]
    for cell, most, least in zip(level.cells, ends, starts, strict=True):
        cell.step = f"- {least}" if most < least else ""
    index = [k for k, cell in enumerate(level.cells) if not cell.step]
    if not index:
        return None
    cells, widths, starts = [level.cells[k] for k in index], [ends[k] - starts[k] for k in index], [starts[k] for k in index]
    start, width = (np.array([to_float(value) for value in values]) for values in (starts, widths))
    gain = moved(level.gain[..., index], start)
    by_end = gain[:, 0], 2 * gain[:, 0] + gain[:, 1] * width, gain[:, 0] + (gain[:, 1] + gain[:, 2] * width) * width
    lost: Array = (np.stack(by_end) <= 0).all(axis=(0, 1))
    local = moved(np.where(lost, level.others["E"][..., index], level.others["F"][..., index]), start)
    binomials = np.array([float(comb(len(local) - 1, k)) for k in range(len(local))])
    middle = (local * binomials[:, None, None]).sum(axis=0) / 2.0 ** (len(local) - 1)
    scale = np.maximum(np.abs(middle).max(axis=0), 1e-300)
    guides = Guides.of(middle / scale, width)
    good: Array = (guides.margin > 0) & holds(local, guides, binomials)
    plain: Array = (local >= 0).all(axis=(0, 1))
    names, pending = ["E" if one else "F" for one in lost.tolist()], []
    for k, cell in enumerate(cells):
        name, least = names[k], starts[k]
        if (plain[k] or good[k]) and (name == "F" or _is_lost(cell, least, widths[k])):
            cell.step = _proven(cell, name, least, widths[k], None if plain[k] else guides[k].parabolas)
        if not cell.step:
            pending.append(k)
    if row.share and pending:
        room = moved(level.others["room"][..., index], start)
        pending = _with_multipliers(problem, cells, starts, widths, local, room, guides, scale, names, pending)
    for k in pending:
        against = _split(problem, cells[k], starts[k], widths[k], guides[k], is_lost=bool(lost[k]))
        if against is not None:
            return against
    return None


def _is_lost(cell: _Cell, least: fmpq, width: fmpq) -> bool:
    """Whether P <= 0 on the cell."""
    gain, unit = [fmpz_poly(part) for part in _local(cell.polynomials("P"), least)], int(least.q)
    w, e = int((width * unit).p), int((width * unit).q)
    ends = gain[0], gain[0] * (2 * e) + gain[1] * w, value_at([gain[0] * e**2, gain[1] * e, gain[2]], w)
    return all(has_no_negative(-part) for part in ends)


def _proven(cell: _Cell, name: str, least: fmpq, width: fmpq, parabolas: Parabolas | None) -> str:
    """The step, where whole numbers prove it; empty otherwise."""
    local, unit = _local(cell.polynomials(name), least), int(least.q)
    if parabolas is None:
        return f"{name} {least} 0" if all(c >= 0 for part in local for c in part) else ""
    proven = is_proven([fmpz_poly(part) for part in local], _scaled(parabolas, unit), width * unit)
    return f"{name} {least} {_written(parabolas)}" if proven else ""


def _with_multipliers(
    problem: _Problem,
    cells: Sequence[_Cell],
    starts: Sequence[fmpq],
    widths: Sequence[fmpq],
    local: Array,
    room: Array,
    guides: Guides,
    scale: Array,
    names: Sequence[str],
    pending: list[int],
) -> list[int]:
    """Proves cells by a multiple of the room, where the price is tight at the rows' own least z; those that are left."""
    row, unit = problem.row, problem.units["room"]
    binomials = np.array([float(comb(len(local) - 1, k)) for k in range(len(local))])
    index = np.array(pending)
    s = np.array([to_float(cells[k].low + cells[k].high) / 2 for k in pending])
    start = np.array([to_float(starts[k]) for k in pending])
    first = least_z(row, s) - start
    values, width, size = guides.values[:, index], guides.width[index], scale[index]
    slope = value_at(values[1:] * np.arange(1, len(values))[:, None], first)
    local, room = local[..., index] / size, room[..., index] * unit
    about = (room * binomials[:, None, None]).sum(axis=0) / 2.0 ** (len(local) - 1)
    waiting = np.flatnonzero((first > 0) & (slope > 0))
    for share in SHARES:
        mu = share * slope[waiting] / (2 * (s**2 + start + first)[waiting])
        rest, less = local[..., waiting].copy(), values[:, waiting].copy()
        rest[:, :3] -= mu * room[..., waiting]
        less[:3] -= mu * about[:, waiting]
        found = Guides.of(less, width[waiting])
        good = (found.margin > 0) & holds(rest, found, binomials)
        for k in np.flatnonzero(good).tolist():
            at = pending[waiting[k]]
            name = names[at]
            exact = rational(float(mu[k] * size[waiting[k]]) * problem.units[name], 6)
            cells[at].step = _proven_with(problem, cells[at], name, starts[at], widths[at], found[k].parabolas, exact)
        waiting = np.array([k for k in waiting.tolist() if not cells[pending[k]].step], dtype=int)
        if not len(waiting):
            break
    return [k for k in pending if not cells[k].step]


def _proven_with(problem: _Problem, cell: _Cell, name: str, least: fmpq, width: fmpq, parabolas: Parabolas, mu: fmpq) -> str:
    """The step with a multiple of the room."""
    if name == "E" and not _is_lost(cell, least, width):
        return ""
    room, unit = problem.row.room, int(least.q)
    rest = tuple(part - mu * room[k] if k < len(room) else part for k, part in enumerate(problem.of(name)))
    proven = is_proven(_local_of(integral(rest), cell, least), _scaled(parabolas, unit), width * unit)
    return f"{name} {least} {_written(parabolas)} {mu}" if proven else ""


def _split(problem: _Problem, cell: _Cell, least: fmpq, width: fmpq, guide: Guide, *, is_lost: bool) -> tuple[fmpq, fmpq] | None:
    """Halves or cuts the cell; or returns a row where the price does not hold."""
    row, s = problem.row, (cell.low + cell.high) / 2
    cell.halve()
    if guide.margin > 0 or largest(s) < least:
        return None
    z = min(least + rational(guide.least(), 6), largest(s)) if guide.least() else least
    at_gain, at_energy, at_paid = (value_at([part(s) for part in one], z) for one in (row.gain, row.energy, problem.paid))
    if value_at([part(s) for part in row.room], z) >= 0 and (at_energy <= 0 or (at_gain > 0 and at_paid < 0)):
        return s, z
    if not is_lost and at_gain < 0:
        # where P changes its sign: rows with P <= 0 need E >= 0 alone, and those with P near 0 have room
        cuts = [0.2 * to_float(z) + 0.8 * turn for turn in positive_roots([to_float(part(s)) for part in row.gain])]
    else:
        cuts = [to_float(least) + guide.between()]
    for cut in sorted(cuts, key=lambda cut: abs(cut - to_float(z))):
        if to_float(least) * 1.001 < cut < 0.999 * to_float(least + width):
            cell.cut(rational(cut, 4))
            return None
    return None
