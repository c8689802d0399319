"""Proposes and proves tables of lower bounds on the charge of a row, ρ(x) = inf_{a > 0, b}, see :mod:`.pair_row`.

A table has nodes y_0 < … < y_M on either side, x = −y and x = y, and claims that ρ is at least the piecewise linear
function through its values, at least 0 below y_0 and at least its tail beyond y_M. Nodes are proposed in float64; the proof
is a bisection in β, exact in rationals. For x ≤ −y_M the row's P grows with x and ξ is left out of Q; for x ≥ y_M it is
written (ζ, ξ) = (w, 1), 0 ≤ w ≤ 1/y_M.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpq

from boundcalc.bounds.relu.pair_row import PairRow, Point, plus
from boundcalc.numbers.budget import check
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import CertificationError

FARTHEST = 16
"""y_M."""
RATIO = 1.06
"""Between neighbouring nodes."""
ROOM = 0.0025
"""Relative room that is left to the proof."""
MOST_BOXES = 4000
_THIN = fmpq(1, 2**12)
"""Width in β of boxes that are not halved again, times o + 1: where the claim is false no width decides."""
"""Most boxes of one proof by bisection."""
Corner = tuple[fmpq, fmpq, fmpq]
"""(ζ, ξ, E): at this vertex P² ≤ T E is asked."""


@dataclass(frozen=True)
class Side:
    """The table for x < 0 or for x > 0.

    Attributes
    ----------
    sign : int
    nodes, values : tuple of fmpq
        y_0 < … < y_M, and the claimed bounds there.
    tail : fmpq
        The claimed bound beyond y_M.
    """

    sign: int
    nodes: tuple[fmpq, ...]
    values: tuple[fmpq, ...]
    tail: fmpq


@dataclass(frozen=True)
class RowTable:
    """Lower bounds on ρ for n features of activity p."""

    n: int
    p: fmpq
    left: Side
    right: Side

    @property
    def row(self) -> PairRow:
        """The charges that it bounds."""
        odds = (1 - self.p) / self.p
        return PairRow(odds / (self.n - 1), odds)

    def as_json(self) -> dict[str, object]:
        """Its numbers as text, as a certificate holds them."""
        sides = {}
        for name, side in (("left", self.left), ("right", self.right)):
            sides[name] = {"nodes": list(map(str, side.nodes)), "values": list(map(str, side.values)), "tail": str(side.tail)}
        return {"n": str(self.n), "p": str(self.p), **sides}


def propose(n: int, p: fmpq, least: float, ratio: float = RATIO, room: float = ROOM) -> RowTable:
    """A table next to ρ in float64, with nodes from ``least`` on; it claims what :func:`prove` has to decide."""
    odds = to_float((1 - p) / p)
    row = PairRow(odds / (n - 1), odds)
    count = max(2, int(np.ceil(np.log(FARTHEST / least) / np.log(ratio))) + 1)
    nodes = [short(y) for y in np.geomspace(least, FARTHEST, count)]
    sides = []
    for sign in (-1, 1):
        found = _below(row, sign * np.array([to_float(y) for y in nodes])) * (1 - room)
        tail = found[-1] if sign > 0 else min(found[-1], _left_tail(row))
        sides.append(Side(sign, tuple(nodes), tuple(short(max(v, 0.0), 20) for v in found), short(float(tail) * (1 - room), 20)))
    return RowTable(n, p, *sides)


def _below(row: PairRow, x: np.ndarray) -> np.ndarray:
    """Values at x of a piecewise linear function that does not exceed ρ between them."""
    found, worst = charge(row, x), np.ones(len(x) - 1)
    for share in (0.25, 0.5, 0.75):
        between, chord = charge(row, (1 - share) * x[:-1] + share * x[1:]), (1 - share) * found[:-1] + share * found[1:]
        worst = np.minimum(worst, np.divide(between, chord, out=np.ones_like(chord), where=chord > 0))
    return found * np.minimum(np.append(worst, 1), np.append(1, worst))


def short(value: float, bits: int = 10) -> fmpq:
    """A dyadic number of that many bits, not above a positive float."""
    if value <= 0:
        return fmpq(0)
    mantissa, exponent = np.frexp(value)
    shift = int(exponent) - bits
    whole = int(np.floor(mantissa * 2**bits))
    return fmpq(whole) * fmpq(2) ** shift


def charge(row: PairRow, x: np.ndarray) -> np.ndarray:
    """ρ(x) in float64, by a grid in β that narrows around its best point."""
    low = -1 - np.maximum(x, 0)
    shares = np.concatenate([np.linspace(1, 0, 1500)[1:], -np.geomspace(1e-9, 400, 400)])
    beta = np.where(shares > 0, shares * low[:, None], -shares)
    beta.sort(axis=1)
    best = np.zeros(len(x))
    for _ in range(4):
        values = _quotient(row, (np.float64(1), x[:, None], beta))
        place = values.argmax(axis=1)
        best = np.maximum(best, values.max(axis=1))
        index = np.arange(len(x))
        ends = beta[index, np.maximum(place - 1, 0)], beta[index, np.minimum(place + 1, beta.shape[1] - 1)]
        beta = np.linspace(*ends, 60, axis=1)
    found: np.ndarray = row.silent - best
    return found


def _quotient(row: PairRow, z: Point) -> np.ndarray:
    P, Q = row.gain(z), row.cost(z)
    found: np.ndarray = np.where(Q > 0, P * P / np.where(Q > 0, Q, 1), 0)
    return found


def _left_tail(row: PairRow) -> float:
    beta = np.concatenate([np.linspace(-0.999, 0, 2000), np.geomspace(1e-9, 4, 300)])
    P = row.gain((np.float64(1), np.float64(-FARTHEST), beta))
    Q = PairRow(row.self_share, row.odds, True).cost((np.float64(1), np.float64(-FARTHEST), beta))
    return float(row.silent - (P * P / Q).max())


def prove(table: RowTable) -> int:
    """Decides every claim of the table; the number of boxes that were looked at.

    Raises
    ------
    CertificationError
        Naming the interval where the claim could not be proven.
    """
    row, boxes = table.row, 0
    for side in (table.left, table.right):
        rooms = [row.silent - value for value in side.values]
        for k in range(len(side.nodes) - 1):
            corners = [(fmpq(1), side.sign * side.nodes[j], rooms[j]) for j in (k, k + 1)]
            boxes += bisect(row, corners, f"x from {corners[0][1]} to {corners[1][1]}")
    room = row.silent - table.left.tail
    alone = PairRow(row.self_share, row.odds, True)
    boxes += bisect(alone, [(fmpq(1), -table.left.nodes[-1], room)], "the left tail")
    room = row.silent - table.right.tail
    corners = [(fmpq(0), fmpq(1), room), (1 / table.right.nodes[-1], fmpq(1), room)]
    return boxes + bisect(row, corners, "the right tail")


def bisect(row: PairRow, corners: Sequence[Corner], where: str) -> int:
    """Proves P² ≤ Q E for all β and all (ζ, ξ, E) of the segment between the corners; the number of boxes."""
    if min(room for *_, room in corners) < 0:
        raise CertificationError(f"{where}: a value above that of answering zero")
    low = -max(zeta + plus(xi) for zeta, xi, _ in corners)  # below it P = 0
    high = _last(row, corners, where)
    thinnest = _THIN / (row.odds + 1)
    waiting, boxes = [(tuple(corners), fmpq(0), high), (tuple(corners), low, fmpq(0))], 0
    while waiting:
        check()
        ends, left, right = waiting.pop()
        boxes += 1
        if boxes > MOST_BOXES or right - left < thinnest:
            raise CertificationError(f"{where}: not proven in {boxes} boxes, near beta = {to_float(left):.4g}")
        if _holds(row, ends, left, right):
            continue
        middle = (left + right) / 2
        if _across(row, ends, left, right):
            half = _middle(ends)
            waiting += [((half, ends[1]), left, right), ((ends[0], half), left, right)]
        else:
            waiting += [(ends, middle, right), (ends, left, middle)]
    return boxes


def _across(row: PairRow, corners: Sequence[Corner], left: fmpq, right: fmpq) -> bool:
    """Whether the corners, and not β, should be halved: where P and Q bend more."""
    if len(corners) < 2:
        return False
    zeta, xi, _ = _middle(corners)
    beta = (left + right) / 2
    if not corners[0][0]:  # the formula of Q needs ζ > 0; its corner 0 is used for P alone
        return bool(corners[1][0] > right - left)
    P, Q = row.gain((zeta, xi, beta)), row.cost((zeta, xi, beta))
    bends = []
    for one, other in (
        ((*corners[0][:2], beta), (*corners[1][:2], beta)),
        ((zeta, xi, left), (zeta, xi, right)),
    ):
        bends.append(P * (row.cost(one) + row.cost(other) - 2 * Q) + 2 * Q * (row.gain(one) + row.gain(other) - 2 * P))
    return bool(bends[0] > bends[1])


def _middle(corners: Sequence[Corner]) -> Corner:
    one, other = corners[0], corners[-1]
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2, (one[2] + other[2]) / 2


def _last(row: PairRow, corners: Sequence[Corner], where: str) -> fmpq:
    """β from which on the mean of what is answered is too large: P ≤ …, Q ≥ K(o + 1)β², whose quotient falls in β."""
    K, o = row.self_share, row.odds
    whole = K if row.without_pair or min(xi for _, xi, _ in corners) < 0 else K + 1
    for doubling in range(16):
        beta = fmpq(2**doubling)
        if all(
            ((K + 1) * (zeta / 3 + beta / 2) + plus(xi) / 4) ** 2 <= room * whole * (o + 1) * beta**2 for zeta, xi, room in corners
        ):
            return beta
    raise CertificationError(f"{where}: no largest beta")


def _holds(row: PairRow, corners: Sequence[Corner], left: fmpq, right: fmpq) -> bool:
    K = row.self_share
    least = min(room for *_, room in corners)
    # 2uy − y² ≤ u² where y > 0, which is so for few (u, v) where β is near its lower end
    bound = max(K * _edge(zeta, right) + _corner(zeta, xi, right) for zeta, xi, _ in corners)
    if bound <= least:
        return True
    gains = [(zeta, xi, beta, room, row.gain((zeta, xi, beta)) ** 2) for zeta, xi, room in corners for beta in (left, right)]
    zeta, xi, _ = _middle(corners)
    for beta in ((left + right) / 2, left):
        centre = (zeta, xi, beta)
        slope, value = row.slope(centre), row.cost(centre)
        for z0, z1, z2, room, square in gains:
            tangent = slope[0] * z0 + slope[1] * z1 + slope[2] * z2 - value
            if tangent <= 0 or square > tangent * room:
                break
        else:
            return True
    return False


def _edge(zeta: fmpq, beta: fmpq) -> fmpq:
    """Not less than the probability of ζu + β > 0."""
    above = plus(zeta + beta)
    return min(fmpq(1), above / zeta) if zeta else fmpq(above > 0)


def _corner(zeta: fmpq, xi: fmpq, beta: fmpq) -> fmpq:
    """Not less than the probability of ζu + ξv + β > 0: a triangle holds where that is so."""
    above = plus(zeta + plus(xi) + beta)
    triangle = above**2 / (2 * zeta * abs(xi)) if zeta else above / abs(xi)
    return min(fmpq(1), above / max(zeta, xi), triangle)
