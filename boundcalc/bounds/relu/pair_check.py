"""Proves what pairs of rows cost at least: ρ(x) + ρ(x') ≥ h(±√(xx')) from a table of ρ, exact in rationals.

Rows i and j share A_ij = x a_i = x' a_j, so that the cosine of the two columns is t = ±√(xx'), xx' ≤ 1. Where all rows that
are not dearer than h have a_i in [a_0, a_1], x/x' lies between a_0/a_1 and a_1/a_0. A cell of (|x|, |x'|) is decided at its
corners: ρ is affine on it; h is at most its tangent and h''-term in t, where t is concave in (x, x') and at most (rx +
x'/r)/2. Cells are halved until that decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt

from flint import fmpq, fmpq_poly

from boundcalc.bounds.relu.pair_row import PairRow, single_gain
from boundcalc.bounds.relu.row_table import RowTable, Side
from boundcalc.numbers.budget import check
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import CertificationError

MOST_CELLS = 100_000
MOST_OF_SCALES = 400
_BITS = 40
_SMALLEST = fmpq(1, 2**12)
"""Relative width of cells that are not halved again: where h is above what it must not exceed, no width decides."""
Interval = tuple[fmpq, fmpq, fmpq, fmpq]
"""y from, y to, and the values of the bound there."""


def check_pairs(table: RowTable, h: fmpq_poly, spread: fmpq | None) -> int:
    """Decides ρ(x) + ρ(x') ≥ h(±√(xx')) for all x and x' of one sign with xx' ≤ 1; the number of cells.

    Parameters
    ----------
    spread : fmpq, optional
        Where x and x' are negative: the largest x/x', and its inverse the least.

    Raises
    ------
    CertificationError
        With a cell where it could not be decided.
    """
    return sum(_check_side(side, _signed(h, side.sign), spread if side.sign < 0 else None) for side in (table.left, table.right))


def _signed(h: fmpq_poly, sign: int) -> list[fmpq]:
    return [value * sign**k for k, value in enumerate(h.coeffs())] or [fmpq(0)]


def _intervals(side: Side) -> list[Interval]:
    first, last = side.nodes[0], side.nodes[-1]
    found = [(fmpq(0), first, fmpq(0), fmpq(0))]
    for k in range(len(side.nodes) - 1):
        found.append((side.nodes[k], side.nodes[k + 1], side.values[k], side.values[k + 1]))
    return [*found, (last, last, side.tail, side.tail)]  # the tail: its upper end is replaced below


def _check_side(side: Side, c: list[fmpq], spread: fmpq | None) -> int:
    pieces = _intervals(side)
    waiting, cells = [], 0
    for k, one in enumerate(pieces):
        for other in pieces[k:]:
            if other is pieces[-1]:  # xx' ≤ 1: x ≤ 1/x'
                if one is not other and spread is None:
                    waiting.append((one, _far(other, one)))
            else:
                waiting.append((one, other))
    while waiting:
        check()
        one, other = waiting.pop()
        if one[0] * other[0] >= 1 or (spread is not None and (other[0] > spread * one[1] or one[0] > spread * other[1])):
            continue
        cells += 1
        thin = all(piece[1] > 0 and piece[1] - piece[0] < _SMALLEST * piece[1] for piece in (one, other))
        if cells > MOST_CELLS or thin:
            raise CertificationError(f"pairs: not proven near x = {to_float(one[0]):.4g} and {to_float(other[0]):.4g}")
        if _decided(one, other, c):
            continue
        wide = (one[1] - one[0]) * (other[0] + other[1]) > (other[1] - other[0]) * (one[0] + one[1])
        low, high = _halves(one if wide else other)
        waiting += [(low, other), (high, other)] if wide else [(one, low), (one, high)]
    return cells


def _far(tail: Interval, one: Interval) -> Interval:
    """The tail where it matters for x of an interval: x' ≤ 1/x; from x = 0 on, x' up to where √(xx') has taken all of [0, 1]."""
    return tail[0], max(1 / (one[0] or one[1]), tail[0]), tail[2], tail[3]


def _halves(piece: Interval) -> tuple[Interval, Interval]:
    middle, value = (piece[0] + piece[1]) / 2, (piece[2] + piece[3]) / 2
    return (piece[0], middle, piece[2], value), (middle, piece[1], value, piece[3])


def root(value: fmpq) -> tuple[fmpq, fmpq]:
    """Rationals below and above √value."""
    scaled = isqrt((int(value.p) << 2 * _BITS) // int(value.q))
    return fmpq(scaled, 1 << _BITS), fmpq(scaled + 1, 1 << _BITS)


def _horner(c: Sequence[fmpq], t: fmpq) -> fmpq:
    total = fmpq(0)
    for value in reversed(c):
        total = total * t + value
    return total


def _decided(one: Interval, other: Interval, c: list[fmpq]) -> bool:
    low, high = root(one[0] * other[0])[0], root(one[1] * other[1])[1]
    least = min(one[2], one[3]) + min(other[2], other[3])
    # every term of h at its larger end: enough for most cells
    if least >= sum((value * (high if value > 0 else low) ** k for k, value in enumerate(c)), fmpq(0)):
        return True
    middle = (low + high) / 2
    slope = _horner([k * value for k, value in enumerate(c)][1:] or [fmpq(0)], middle)
    bend = sum((abs(value) * k * (k - 1) * high ** (k - 2) for k, value in enumerate(c) if k > 1), fmpq(0))
    base = _horner(c, middle) - slope * middle + bend * ((high - low) / 2) ** 2 / 2
    ratio = root((other[0] + other[1]) / (one[0] + one[1]))[1]
    for x, value in ((one[0], one[2]), (one[1], one[3])):
        for y, more in ((other[0], other[2]), (other[1], other[3])):
            t = root(x * y)[0] if slope < 0 else (x * ratio + y / ratio) / 2
            if value + more < base + slope * t:
                return False
    return True


def check_scales(row: PairRow, low: fmpq, high: fmpq, cost: fmpq) -> int:
    """Decides that a row with a outside of [low, high] is charged at least ``cost`` for the state {i} and its bias alone.

    K(1/3 − 2aP + a²Q) with P = E u(u + β)_+, Q = oβ_+² + E(u + β)_+², by bisection in β as in
    :func:`boundcalc.bounds.relu.row_table.bisect`.
    """
    room = fmpq(1, 3) - cost / row.self_share
    alone = PairRow(fmpq(1), row.odds, True)
    waiting, boxes = [(fmpq(-1), fmpq(0)), (fmpq(0), fmpq(2))], 0
    while waiting:
        check()
        left, right = waiting.pop()
        boxes += 1
        if boxes > MOST_OF_SCALES or room < 0:
            raise CertificationError("scales: not proven")
        if not _outside(alone, low, high, room, left, right):
            middle = (left + right) / 2
            waiting += [(middle, right), (left, middle)]
    # β ≥ 2: P ≤ 1/3 + β/2 and Q ≥ (o + 1) β², a quotient that falls
    if (fmpq(1, 3) + 1) ** 2 > room * (row.odds + 1) * 4:
        raise CertificationError("scales: not proven for a large bias")
    return boxes


def _outside(alone: PairRow, low: fmpq, high: fmpq, room: fmpq, left: fmpq, right: fmpq) -> bool:
    """1/3 − 2aP + a²Q ≥ 1/3 − room' for a outside of [low, high], on a box of β."""
    one = fmpq(1)
    ends = [(beta, single_gain(one, beta)) for beta in (left, right)]
    if ends[1][1] ** 2 == 0 or 1 + right <= room:  # 2uy − y² ≤ u² where u > −β
        return True
    for centre in ((left + right) / 2, left):
        point = (one, one, centre)
        slope, value = alone.slope(point), alone.cost(point)
        tangents = [slope[0] + slope[2] * beta - value for beta, _ in ends]
        gains = [gain for _, gain in ends]
        if min(tangents) <= 0:
            continue
        pairs = list(zip(gains, tangents, strict=True))
        if all(P**2 <= T * room for P, T in pairs):
            return True
        above = all(high * T >= P and 2 * high * P - high**2 * T <= room for P, T in pairs)
        below = all(gains[0] >= low * T and 2 * low * P - low**2 * T <= room for P, T in pairs)
        if above and below:
            return True
    return False
