r"""Proves for m = 5 that a price holds on every row, in s = sqrt t and one more variable z.

With sqrt sigma_2 = s^2 + z, z >= 0, a row has y = s^4 (Q_4 - 1) = z^2 + 2 s^2 z <= (1 - s^2)^2 and sigma_j >= s^{2j} + y^{j-1};
for n features y >= (1 - s^2)^2/(n-1). P and E are then polynomials in z with polynomials in s as coefficients. A price and an
excess hold where

    F = (price s^2 + excess) E - s^2 P^2 >= 0, or E >= 0 >= P   (without excess, divided by s^2).

The rows are cut into cells low <= s <= high, least <= z <= most. On a cell the polynomial in z is bounded below by parabolas
(:mod:`boundcalc.bounds.frontiers.parabolas`), whose coefficients, polynomials in s, show their sign on the half-line. Where the
least z is the worst, a multiple mu >= 0 of y - (1 - s^2)^2/(n-1) is subtracted first. The cells and their reasons are the
proof:

    "s" halves a cell in s, "z 1/3" cuts it at z, "-" holds no row,
    "F least c" and "E least c": F, or E where P <= 0, is nonnegative from z = least on by parabolas that touch at c (0 where no
    coefficient is negative), followed by "chord" where cubes are bounded by chords and by mu where there is one.

After a cut the second part comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import comb, isqrt
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpq_poly, fmpz, fmpz_mat, fmpz_poly

from boundcalc.bounds.frontiers.general import GeneralChoice, exchanges, row_parts
from boundcalc.bounds.frontiers.parabolas import Guide, Parabolas, is_proven, positive_roots, shifted, value_at
from boundcalc.bounds.frontiers.rounding import above, as_float, rational
from boundcalc.certify.half_line import halving, has_no_negative, integral, on_dyadic
from boundcalc.lemmas.row import least_share
from boundcalc.model.problem import Problem

ORDER = 5
"""The m of this file: C̃ contains Q_2 and Q_4 alone."""
MOST_CELLS = 400
ROOT_BITS = 60
_ROOMS = (fmpq(1, 60_000), fmpq(1, 20_000), fmpq(1, 6_000), fmpq(1, 2_000), fmpq(1, 200), fmpq(1, 20), fmpq(1, 2))
"""By how much more than a row asks a price is raised, try by try."""
_S = fmpq_poly([0, 1])
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


def row_of(problem: Problem, choice: GeneralChoice) -> RowPolynomials:
    """The row's P and E."""
    s, z = fmpq_mpoly_ctx.get(["s", "z"], Ordering.lex).gens()
    y = z**2 + 2 * s**2 * z
    sigma = [0, 1 + 0 * s, *(s ** (2 * j) + y ** (j - 1) for j in range(2, problem.m + 1))]
    gain, energy = row_parts(problem, choice, sigma, s, s**2 + z)
    return RowPolynomials(_by_power(gain, 3), _by_power(energy, 5), least_share(problem.n))


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
    steps: tuple[str, ...]
    against: tuple[fmpq, fmpq] | None = None


class _Cell:
    """low <= s <= high and least <= z <= most; ``most`` is None for the largest z of the rows.

    ``polynomials`` holds P, E and F on the cell, in whole numbers: a matrix with a row for each power of z and the coefficients on
    the half-line (:mod:`boundcalc.certify.half_line`). Those of a half are made of those of the whole, when they are asked for.
    """

    def __init__(
        self, low: fmpq, high: fmpq, least: fmpq, most: fmpq | None, polynomials: dict[str, fmpz_mat], parent: _Cell | None = None
    ) -> None:
        self.low, self.high, self.least, self.most = low, high, least, most
        self._polynomials, self._parent = polynomials, parent

    def polynomials(self, name: str) -> fmpz_mat:
        """P, E or F."""
        if name not in self._polynomials:
            assert self._parent is not None
            whole = self._parent.polynomials(name)
            self._polynomials[name] = whole * halving(whole.ncols() - 1, upper=self.low > self._parent.low)
        return self._polynomials[name]

    def halves(self) -> list[_Cell]:
        """Halved in s."""
        middle = (self.low + self.high) / 2
        return [
            _Cell(self.low, middle, self.least, self.most, {}, self),
            _Cell(middle, self.high, self.least, self.most, {}, self),
        ]

    def cut(self, z: fmpq) -> list[_Cell]:
        """Cut at z."""
        parts = (self.least, z), (z, self.most)
        return [_Cell(self.low, self.high, *ends, self._polynomials, self._parent) for ends in parts]


@dataclass(frozen=True)
class _Verdict:
    """A step of the proof, and the cells that it leaves; or a row where the price does not hold."""

    step: str
    left: Sequence[_Cell] = ()
    against: tuple[fmpq, fmpq] | None = None


@dataclass(frozen=True)
class _Polynomials:
    """P and E, and F."""

    row: RowPolynomials
    paid: Powers


def examine(row: RowPolynomials, price: fmpq, excess: fmpq, most: int = MOST_CELLS) -> Examination:
    """Looks for a proof that g(t) ≤ price t + excess on every row, with at most so many cells."""
    paid = row.paid(price, excess)
    polynomials = _Polynomials(row, paid)
    whole = {name: _whole(values) for name, values in (("P", row.gain), ("E", row.energy), ("F", paid))}
    pending = [_Cell(fmpq(0), fmpq(1), fmpq(0), None, whole)]
    steps: list[str] = []
    while pending and len(steps) < most:
        verdict = _examine(polynomials, pending.pop())
        steps.append(verdict.step)
        if verdict.against is not None:
            return Examination(False, tuple(steps), verdict.against)
        pending += verdict.left
    return Examination(not pending, tuple(steps))


def largest(s: fmpq) -> fmpq:
    """A bound on the z of a row, √(s⁴ + (1 − s²)²) − s² from above; it falls as s grows."""
    scaled = int(((s**4 + (1 - s**2) ** 2) * 4**ROOT_BITS).ceil())
    return fmpq(isqrt(scaled) + 1, 2**ROOT_BITS) - s**2


def _least_z(row: RowPolynomials, s: fmpq) -> float:
    """The least z of a row for n features, in floats; it falls as s grows."""
    square = as_float(s**2)
    return float((square**2 + as_float(row.share) * (1 - square) ** 2) ** 0.5 - square) if row.share else 0.0


def _whole(values: Powers) -> fmpz_mat:
    """On 0 ≤ s ≤ 1."""
    degree = max(part.degree() for part in values)
    rows = [on_dyadic(part, degree, 0, 0).coeffs() for part in integral(values)]
    return fmpz_mat([row + [fmpz(0)] * (degree + 1 - len(row)) for row in rows])


@lru_cache(maxsize=64)
def _shift(count: int, least: fmpq) -> fmpz_mat:
    """From the coefficients of so many powers of z to those of z − ``least``, times its denominator."""
    p, q = least.p, least.q
    rows = [[comb(j, k) * p ** (j - k) * q ** (count - 1 - j) if j >= k else fmpz(0) for j in range(count)] for k in range(count)]
    return fmpz_mat(rows)


def _local(values: fmpz_mat, least: fmpq) -> list[list[fmpz]]:
    """The coefficients on the half-line of the powers of z − ``least``, in units of 1 over the denominator of ``least``."""
    moved = _shift(values.nrows(), least) * values if least else values
    entries, width = moved.entries(), values.ncols()
    return [entries[start : start + width] for start in range(0, len(entries), width)]


def _local_of(values: Sequence[fmpz_poly], cell: _Cell, least: fmpq) -> list[fmpz_poly]:
    """The same of other polynomials."""
    bits = int((1 / (cell.high - cell.low)).p).bit_length() - 1
    degree, first = max(part.degree() for part in values), int((cell.low * 2**bits).p)
    unit, count = int(least.q), len(values)
    parts = [on_dyadic(part, degree, first, bits) * unit ** (count - 1 - k) for k, part in enumerate(values)]
    return shifted(parts, int(least.p))


def _examine(polynomials: _Polynomials, cell: _Cell) -> _Verdict:
    row, paid = polynomials.row, polynomials.paid
    low, high = cell.low, cell.high
    most = largest(low) if cell.most is None else min(cell.most, largest(low))
    first = 0.99999 * _least_z(row, high)
    least = max(cell.least, rational(first, 6) if first > 1e-6 else fmpq(0))
    if most < least:
        return _Verdict(f"- {least}")
    width, unit = most - least, int(least.q)
    gain = [fmpz_poly(part) for part in _local(cell.polynomials("P"), least)]
    w, e = int((width * unit).p), int((width * unit).q)
    ends = gain[0], gain[0] * (2 * e) + gain[1] * w, value_at([gain[0] * e**2, gain[1] * e, gain[2]], w)
    is_lost = all(has_no_negative(-part) for part in ends)
    name, values = ("E", row.energy) if is_lost else ("F", paid)
    local = _local(cell.polynomials(name), least)
    if all(c >= 0 for part in local for c in part):
        return _Verdict(f"{name} {least} 0")
    around = [fmpz_poly(part) for part in local]
    s = (low + high) / 2
    at = [int(sum(part, fmpz(0))) * unit**k for k, part in enumerate(local)]  # the middle of the half-line is 1
    scale = max(map(abs, at)) or 1
    guide = Guide([value / scale for value in at], as_float(width))
    if guide.margin > 0 and is_proven(around, _scaled(guide.parabolas, unit), width * unit):
        return _Verdict(f"{name} {least} {_written(guide.parabolas)}")
    room = row.room
    for mu, parabolas in _multipliers(
        row, guide, s, least, max(abs(value) for value in shifted([part(s) for part in values], least))
    ):
        rest = tuple(part - mu * room[k] if k < len(room) else part for k, part in enumerate(values))
        if is_proven(_local_of(integral(rest), cell, least), _scaled(parabolas, unit), width * unit):
            return _Verdict(f"{name} {least} {_written(parabolas)} {mu}")
    if guide.margin > 0 or largest(s) < least:
        return _Verdict("s", cell.halves())
    z = min(least + rational(guide.least(), 6), largest(s)) if guide.least() else least
    at_gain, at_energy, at_paid = (value_at([part(s) for part in one], z) for one in (row.gain, row.energy, paid))
    if value_at([part(s) for part in room], z) >= 0 and (at_energy <= 0 or (at_gain > 0 and at_paid < 0)):
        return _Verdict("", against=(s, z))
    if not is_lost and at_gain < 0:
        # where P changes its sign: rows with P <= 0 need E >= 0 alone, and those with P near 0 have room
        cuts = [0.2 * as_float(z) + 0.8 * turn for turn in positive_roots([as_float(part(s)) for part in row.gain])]
    else:
        cuts = [as_float(least) + guide.between()]
    for cut in sorted(cuts, key=lambda cut: abs(cut - as_float(z))):
        if as_float(least) * 1.001 < cut < 0.999 * as_float(most):
            at_z = rational(cut, 4)
            return _Verdict(f"z {at_z}", cell.cut(at_z))
    return _Verdict("s", cell.halves())


def _scaled(parabolas: Parabolas, unit: int) -> Parabolas:
    return replace(parabolas, c=parabolas.c * unit)


def _written(parabolas: Parabolas) -> str:
    return f"{parabolas.c} chord" if parabolas.by_chord else str(parabolas.c)


def _multipliers(row: RowPolynomials, guide: Guide, s: fmpq, least: fmpq, scale: fmpq) -> Iterator[tuple[fmpq, Parabolas]]:
    """Multiples of the room that may help where the price is tight at the rows' own least z."""
    first = _least_z(row, s) - as_float(least)
    slope = guide.slope(first) if row.share and first > 0 else 0.0
    if slope <= 0:
        return
    room = [as_float(part) for part in shifted([part(s) for part in row.room], least)]
    for share in (1.0, 0.5, 0.2):
        mu = share * slope / (2 * (as_float(s**2 + least) + first))
        less = [value - (mu * room[k] if k < len(room) else 0.0) for k, value in enumerate(guide.values)]
        other = Guide(less, guide.width)
        if other.margin > 0:
            yield rational(mu * as_float(scale), 6), other.parabolas


def proven(
    problem: Problem, choice: GeneralChoice, tries: int, undecided: int = 0
) -> tuple[GeneralChoice | None, tuple[float, float] | None]:
    """The choice with a price and an excess that hold on every row, near the least, and their proof.

    The price is raised to what a row asks where one is found that asks for more, and a little more try by try; links
    are weakened where E is not positive. With one try a row that asks for more is returned instead. ``undecided`` counts the
    smallest amounts that are left out.
    """
    row, needed = row_of(problem, choice), fmpq(1)
    if tries > 1:
        needed = max(needed, _needed(row, choice))
    for attempt in range(tries):
        room = _ROOMS[min(attempt // 2 + undecided, len(_ROOMS) - 1)]
        factor = needed * (1 + room)
        tried = replace(choice, price=above(choice.price * factor), excess=above(choice.excess * factor))
        found = examine(row, tried.price, tried.excess)
        if found.proven:
            return replace(tried, cells=found.steps), None
        if found.against is None:
            undecided += 1
            if undecided > 3:
                return None, None
            continue
        s, z = found.against
        if tries == 1:
            return None, (as_float(s), as_float(z))
        gain, energy = (value_at([part(s) for part in values], z) for values in (row.gain, row.energy))
        if energy <= 0:
            choice = weakened(problem, choice, min(fmpq(1, 1000) * 4**attempt, fmpq(1, 2)))
            row = row_of(problem, choice)
        elif s > 0:
            needed = max(needed, gain**2 * s**2 / (energy * (choice.price * s**2 + choice.excess)))
    return None, None


def _needed(row: RowPolynomials, choice: GeneralChoice) -> fmpq:
    """By how much the price and the excess are exceeded on a grid of rows, in floats."""
    import numpy as np

    s = np.concatenate([np.geomspace(1e-40, 1, 400), np.linspace(0.01, 1, 100)])[:, None]
    z = np.concatenate([[0.0], np.geomspace(1e-40, 1, 160)])[None, :]
    scale = max(abs(c) for part in row.energy for c in part.coeffs())

    def value(values: Powers, unit: fmpq) -> Any:
        return value_at([value_at([as_float(c / unit) for c in part.coeffs()] or [0.0], s) for part in values], z)

    gain, energy = value(row.gain, choice.price), value(row.energy, scale)
    weight = as_float(choice.price) * s**2 + as_float(choice.excess)
    y = z**2 + 2 * s**2 * z
    inside = (y <= (1 - s**2) ** 2) & (y >= as_float(row.share) * (1 - s**2) ** 2) & (energy > 0)
    with np.errstate(all="ignore"):
        ratio = np.where(inside, np.maximum(gain, 0) ** 2 * s**2 / (energy * weight), 0.0)
    found = float(np.nanmax(np.where(np.isfinite(ratio), ratio, 0.0)))
    return rational(found, 9) * choice.price**2 / scale if found > 0 else fmpq(0)


def weakened(problem: Problem, choice: GeneralChoice, part: fmpq) -> GeneralChoice:
    """The links times 1 − part, their squares kept."""
    kept = 1 - part
    members = [
        replace(member, share=member.share * kept, coefficients=tuple(h * kept for h in member.coefficients))
        if one.linked
        else member
        for one, member in zip(exchanges(problem), choice.members, strict=True)
    ]
    moved = [v * kept if one.linked else v for one, v in zip(exchanges(problem), choice.moved, strict=True)]
    return replace(choice, members=tuple(members), moved=tuple(moved))
