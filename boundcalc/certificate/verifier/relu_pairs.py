"""Proves floors of the ReLU loss from pairs of features: a table of what rows cost, and a zonal function or the leverages.

``parameters``: ``part`` = n′, ``left`` and ``right`` with ``nodes``, ``values`` and ``tail``, and either ``kappa``, or
``h`` (h_0, h_1, …, by zonal polynomials P_k of the sphere in R^d with P_k(1) = 1) and perhaps ``scales``.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import isqrt
from typing import Any

from flint import fmpq

from boundcalc.certificate.verifier.reading import CertificateError, Refuted, Work, fields, integer, rational, sequence
from boundcalc.certificate.verifier.relu_charges import BITS, ChargedRow, mean, prove_segment, up, weighted

MOST_NODES = 1000
MOST_CELLS = 150_000
MOST_DEGREE = 40
Piece = tuple[fmpq, fmpq, fmpq, fmpq]
"""|x| from and to, and the bound there."""


@dataclass(frozen=True)
class Table:
    """The claimed costs for x of one sign."""

    sign: int
    nodes: list[fmpq]
    values: list[fmpq]
    tail: fmpq

    def pieces(self) -> list[Piece]:
        """Where it is affine, from 0 on, without the tail."""
        y, v = self.nodes, self.values
        return [(fmpq(0), y[0], fmpq(0), fmpq(0)), *((y[k], y[k + 1], v[k], v[k + 1]) for k in range(len(y) - 1))]


def pair_floor(n: int, d: int, p: fmpq, parameters: dict[str, Any], work: Work) -> tuple[fmpq, list[str]]:
    """The floor for n features, and what was proven."""
    given = fields(parameters, "floor.parameters", {"part", "left", "right"}, {"kappa", "h", "scales"})
    part = integer(given["part"], "floor.parameters.part", 2)
    if not d < part <= n or p == 1:
        raise Refuted("pairs: part must be above d, at most n, and p below 1")
    left, right = _table(given["left"], -1, "left"), _table(given["right"], 1, "right")
    if left.nodes != right.nodes:
        raise Refuted("pairs: both sides must have the same nodes")
    o = (1 - p) / p
    row = ChargedRow(o / (part - 1), o)
    _prove_tables(row, left, right, work)
    said = [f"the cost of a row is proven at {2 * len(left.nodes)} nodes, between them and beyond them"]
    if ("kappa" in given) == ("h" in given):
        raise CertificateError("floor.parameters: must hold one of kappa and h")
    if "kappa" in given:
        kappa = rational(given["kappa"], "floor.parameters.kappa")
        _prove_leverage(kappa, o, p, left, right, work)
        total = kappa * (part - d - part * (part - 1) * left.nodes[0] ** 2)
        said.append("the leverages add up to at most d")
    else:
        h = [rational(value, "floor.parameters.h") for value in sequence(given["h"], "floor.parameters.h", MOST_DEGREE)]
        spread = None if "scales" not in given else _prove_scales(given["scales"], row, left, work)
        total = _prove_zonal(h, d, part, left, right, spread, work)
        said.append("h has nonnegative coefficients and is at most the cost of a pair of rows")
    return fmpq(n, part) * p**2 * (1 - p) ** (part - 2) * total, said


def _table(data: Any, sign: int, name: str) -> Table:
    where = f"floor.parameters.{name}"
    given = fields(data, where, {"nodes", "values", "tail"})
    nodes, values = (
        [rational(value, f"{where}.{each}") for value in sequence(given[each], f"{where}.{each}", MOST_NODES)]
        for each in ("nodes", "values")
    )
    if len(nodes) != len(values) or len(nodes) < 2 or nodes[0] <= 0 or any(x >= y for x, y in pairwise(nodes)):
        raise Refuted(f"{where}: nodes must be positive and grow, with a value each")
    if nodes[-1] < 8:
        raise Refuted(f"{where}: the last node must be at least 8")
    return Table(sign, nodes, values, rational(given["tail"], f"{where}.tail"))


def _prove_tables(row: ChargedRow, left: Table, right: Table, work: Work) -> None:
    silent = (row.k + 1) / 3
    for table in (left, right):
        ends = [(fmpq(1), table.sign * y, silent - v) for y, v in zip(table.nodes, table.values, strict=True)]
        for k in range(len(ends) - 1):
            prove_segment(row, ends[k : k + 2], f"the table at x = {ends[k][1]}", work)
    # beyond on the left P is at most what it is at the last node; on the right (s, t) = (w, 1), w from 0 to its inverse
    prove_segment(ChargedRow(row.k, row.o, True), [(fmpq(1), -left.nodes[-1], silent - left.tail)], "the left tail", work)
    room = silent - right.tail
    prove_segment(row, [(fmpq(0), fmpq(1), room), (1 / right.nodes[-1], fmpq(1), room)], "the right tail", work)


def _prove_leverage(kappa: fmpq, o: fmpq, p: fmpq, left: Table, right: Table, work: Work) -> None:
    """cost(x) ≥ κ x²/(1 + x²) from the first node on; that function of x² is subadditive."""
    if min(left.tail, right.tail, o * (fmpq(1, 3) - p / 4)) < kappa:
        raise Refuted("pairs: kappa is above a tail")
    waiting = [piece for table in (left, right) for piece in table.pieces()[1:]]
    for _ in range(MOST_CELLS):
        if not waiting:
            return
        low, high, first, last = waiting.pop()
        work.fractions(8, BITS, "kappa")
        if min(first, last) * (1 + high**2) < kappa * high**2:
            middle, value = (low + high) / 2, (first + last) / 2
            waiting += [(low, middle, first, value), (middle, high, value, last)]
    raise Refuted("pairs: kappa is not proven")


def _prove_scales(data: Any, row: ChargedRow, left: Table, work: Work) -> fmpq:
    """Rows with a outside of [low, high] cost more than h can be for t ≤ 0: twice the largest cost on [−1, 0]."""
    low, high = (rational(value, "floor.parameters.scales") for value in sequence(data, "floor.parameters.scales", 2))
    if not 0 < low < 1 < high <= 4 * low:
        raise Refuted("pairs: scales must be on both sides of 1")
    most = 2 * max(v for k, v in enumerate(left.values) if k == 0 or left.nodes[k - 1] < 1)
    room = fmpq(1, 3) - most / row.k
    if room < 0 or fmpq(16, 9) > 4 * room * (row.o + 1):
        raise Refuted("pairs: scales are not proven")
    waiting = [(fmpq(-1), fmpq(0)), (fmpq(0), fmpq(2))]
    for _ in range(2000):
        if not waiting:
            return high / low
        c0, c1 = waiting.pop()
        work.fractions(40, BITS, "scales")
        if not (1 + c1 <= room or _far(row.o, low, high, room, c0, c1)):
            waiting += [(c0, (c0 + c1) / 2), ((c0 + c1) / 2, c1)]
    raise Refuted("pairs: scales are not proven")


def _far(o: fmpq, low: fmpq, high: fmpq, room: fmpq, c0: fmpq, c1: fmpq) -> bool:
    """2aP − a²T ≤ room for a ≤ low and a ≥ high on [c0, c1], T a tangent of Q = o c_+² + E(u + c)_+²."""
    one = [fmpq(1)]
    P0, P1 = weighted(one, c0), weighted(one, c1)
    for centre in ((c0 + c1) / 2, c0):
        slope = 2 * (o * up(centre, 1) + mean(one, centre, 1))
        base = o * up(centre, 2) + mean(one, centre, 2)
        ends = [(P, base + slope * (c - centre)) for P, c in ((P0, c0), (P1, c1))]
        if min(T for _, T in ends) <= 0:
            continue
        if all(P**2 <= T * room for P, T in ends):
            return True
        above = all(high * T >= P and 2 * high * P - high**2 * T <= room for P, T in ends)
        below = all(P0 >= low * T and 2 * low * P - low**2 * T <= room for P, T in ends)
        if above and below:
            return True
    return False


def _prove_zonal(h: list[fmpq], d: int, part: int, left: Table, right: Table, spread: fmpq | None, work: Work) -> fmpq:
    """h_k ≥ 0 for k ≥ 1 and cost(x) + cost(x′) ≥ h(t): the sum over pairs of n′ features is (n′² h_0 − n′ h(1))/2."""
    if d < 2 or not h or min([*h[1:], fmpq(0)]) < 0:
        raise Refuted("pairs: h needs d of at least 2 and nonnegative coefficients")
    powers = powers_of_zonal(h, d)
    for table, way in ((left, spread), (right, None)):
        _prove_side(table, [value * table.sign**k for k, value in enumerate(powers)], way, work)
    return (part**2 * h[0] - part * sum(h, fmpq(0))) / 2


def powers_of_zonal(h: list[fmpq], d: int) -> list[fmpq]:
    """h by powers of t: (k + d − 2) P_{k+1} = (2k + d − 2) t P_k − k P_{k−1}."""
    size = len(h)
    before, now = [fmpq(1)] + [fmpq(0)] * size, [fmpq(0), fmpq(1)] + [fmpq(0)] * size
    total = [fmpq(0)] * (size + 1)
    for k, value in enumerate(h):
        current = before if k == 0 else now
        total = [x + value * y for x, y in zip(total, current[: size + 1], strict=True)]
        if k:
            after = [fmpq(0)] * (size + 2)
            for j in range(size + 1):
                after[j + 1] += now[j] * fmpq(2 * k + d - 2, k + d - 2)
            for j in range(min(len(before), size + 2)):
                after[j] -= before[j] * fmpq(k, k + d - 2)
            before, now = now, after
    return total


def _prove_side(table: Table, c: list[fmpq], spread: fmpq | None, work: Work) -> None:
    pieces = table.pieces()
    waiting = [(one, other) for k, one in enumerate(pieces) for other in pieces[k:]]
    if spread is None:  # x′ beyond the table: x ≤ 1/x′; below the first node all that counts is √(xx′), which takes all of [0, 1]
        last = table.nodes[-1]
        waiting += [(one, (last, max(last, 1 / (one[0] or one[1])), table.tail, table.tail)) for one in pieces]
    for _ in range(MOST_CELLS):
        if not waiting:
            return
        one, other = waiting.pop()
        if one[0] * other[0] >= 1 or (spread is not None and (other[0] > spread * one[1] or one[0] > spread * other[1])):
            continue
        work.fractions(60, BITS // 2, "pairs")
        if not _holds(one, other, c):
            wide = (one[1] - one[0]) * (other[0] + other[1]) > (other[1] - other[0]) * (one[0] + one[1])
            waiting += [(part, other) for part in _halves(one)] if wide else [(one, part) for part in _halves(other)]
    raise Refuted("pairs: h is not proven to be at most the cost of a pair")


def _halves(piece: Piece) -> list[Piece]:
    middle, value = (piece[0] + piece[1]) / 2, (piece[2] + piece[3]) / 2
    return [(piece[0], middle, piece[2], value), (middle, piece[1], value, piece[3])]


def _root(value: fmpq, up_: bool) -> fmpq:
    return fmpq(isqrt((int(value.p) << 80) // int(value.q)) + up_, 1 << 40)


def _holds(one: Piece, other: Piece, c: list[fmpq]) -> bool:
    low, high = _root(one[0] * other[0], False), _root(one[1] * other[1], True)
    if min(one[2:]) + min(other[2:]) >= sum((x * (high if x > 0 else low) ** k for k, x in enumerate(c)), fmpq(0)):
        return True
    # h(t) ≤ h(m) + h′(m)(t − m) + max|h″| (t − m)²/2, and √(xx′) ≤ (rx + x′/r)/2, concave
    m = (low + high) / 2
    value = sum((x * m**k for k, x in enumerate(c)), fmpq(0))
    slope = sum((k * x * m ** (k - 1) for k, x in enumerate(c) if k), fmpq(0))
    bend = sum((k * (k - 1) * abs(x) * high ** (k - 2) for k, x in enumerate(c) if k > 1), fmpq(0))
    ratio = _root((other[0] + other[1]) / (one[0] + one[1]), True)
    base = value - slope * m + bend * (high - low) ** 2 / 8
    for x, first in ((one[0], one[2]), (one[1], one[3])):
        for y, last in ((other[0], other[2]), (other[1], other[3])):
            t = _root(x * y, False) if slope < 0 else (x * ratio + y / ratio) / 2
            if first + last < base + slope * t:
                return False
    return True
