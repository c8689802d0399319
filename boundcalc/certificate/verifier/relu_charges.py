"""Proves that a row of x̂ = ReLU(WᵀW x + b) costs at least what a table says, by bisection in exact rationals.

In units of p²(1 − p)^{n−2} the states ∅, {i}, {j} and {i, j} cost a row (K + 1)/3 − 2aP + a²Q, at least (K + 1)/3 − P²/Q: P
and Q are means over u, v uniform on [0, 1], convex in the direction (s, t, c) of su + tv + c. With a tangent T ≤ Q that is
positive on a box, P²/T is convex, so that P² ≤ T·E at the vertices proves P²/Q ≤ E for every E that is affine on the box.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from boundcalc.certificate.verifier.reading import Refuted, Work

MOST_BOXES = 5000
BITS = 400
"""Bits of the fractions of a box, for the count of work."""
Direction = tuple[fmpq, fmpq, fmpq]
End = tuple[fmpq, fmpq, fmpq]
"""s, t and E at one end of a segment."""


def up(z: fmpq, k: int) -> fmpq:
    """z_+^k."""
    return z**k if z > 0 else fmpq(0)


def mean(steps: list[fmpq], c: fmpq, k: int) -> fmpq:
    """E(Σ t_j u_j + c)_+^k for t_j ≠ 0: k!/((k + r)! Π t_j) times an alternating sum over the vertices of the cube."""
    values, scale = [(c, 1)], fmpq(1)
    for place, t in enumerate(steps):
        values = [(z + add, sign * way) for z, sign in values for add, way in ((t, 1), (fmpq(0), -1))]
        scale *= t * (k + place + 1)
    return sum((sign * up(z, k + len(steps)) for z, sign in values), fmpq(0)) / scale


def weighted(steps: list[fmpq], c: fmpq) -> fmpq:
    """E u_1(Σ t_j u_j + c)_+: by parts in u_1, the end at 1 less the mean, both of squares."""
    first, rest = steps[0], steps[1:]
    return (mean(rest, first + c, 2) - mean(steps, c, 2)) / (2 * first)


@dataclass(frozen=True)
class ChargedRow:
    """K = o/(n − 1) and o = (1 − p)/p; ``alone`` leaves what depends on t out of Q."""

    k: fmpq
    o: fmpq
    alone: bool = False

    def P(self, z: Direction) -> fmpq:
        s, t, c = z
        if s == 0:
            return self.k * up(c, 1) / 2 + mean([t], c, 1) / 2
        return self.k * weighted([s], c) + weighted([s, t], c)

    def Q(self, z: Direction) -> fmpq:
        s, t, c = z
        own = self.k * (self.o * up(c, 2) + mean([s], c, 2))
        return own if self.alone else own + self.o * mean([t], c, 2) + mean([s, t], c, 2)

    def slope(self, z: Direction) -> Direction:
        """Half of ∇Q."""
        s, t, c = z
        by_s, by_c = self.k * weighted([s], c), self.k * (self.o * up(c, 1) + mean([s], c, 1))
        if self.alone:
            return by_s, fmpq(0), by_c
        by_t = self.o * weighted([t], c) + weighted([t, s], c)
        return by_s + weighted([s, t], c), by_t, by_c + self.o * mean([t], c, 1) + mean([s, t], c, 1)


def prove_segment(row: ChargedRow, ends: list[End], where: str, work: Work) -> None:
    """P² ≤ Q·E for every c and every (s, t, E) between the ends."""
    if min(end[2] for end in ends) < 0:
        raise Refuted(f"{where}: a value above the cost of answering zero")
    last = _last(row, ends, where)
    first = -max(s + max(t, fmpq(0)) for s, t, _ in ends)
    smallest = 1 / ((row.o + 1) * 2**13)
    waiting = [(ends, fmpq(0), last), (ends, first, fmpq(0))]
    for _ in range(MOST_BOXES):
        if not waiting:
            return
        segment, low, high = waiting.pop()
        work.fractions(120, BITS, where)
        if _proven(row, segment, low, high):
            continue
        if high - low < smallest:
            break
        centre = (low + high) / 2
        if _halve_segment(row, segment, low, high):
            middle = _middle(segment)
            waiting += [([segment[0], middle], low, high), ([middle, segment[1]], low, high)]
        else:
            waiting += [(segment, low, centre), (segment, centre, high)]
    raise Refuted(f"{where}: the claimed cost of a row could not be proven")


def _last(row: ChargedRow, ends: list[End], where: str) -> fmpq:
    """A bias c from which on P ≤ (K + 1)(s/3 + c/2) + t_+/4 and Q ≥ K'(o + 1)c² prove it: their quotient falls in c."""
    share = row.k if row.alone or min(end[1] for end in ends) < 0 else row.k + 1
    c = fmpq(1)
    for _ in range(20):
        if all(
            ((row.k + 1) * (s / 3 + c / 2) + max(t, fmpq(0)) / 4) ** 2 <= room * share * (row.o + 1) * c * c for s, t, room in ends
        ):
            return c
        c *= 2
    raise Refuted(f"{where}: the claimed cost of a row fails for a large bias")


def _middle(ends: list[End]) -> End:
    one, other = ends[0], ends[-1]
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2, (one[2] + other[2]) / 2


def _proven(row: ChargedRow, ends: list[End], low: fmpq, high: fmpq) -> bool:
    room = min(end[2] for end in ends)
    if max(_rare(row, s, t, high) for s, t, _ in ends) <= room:
        return True
    s, t, _ = _middle(ends)
    vertices = [((one, other, c), limit) for one, other, limit in ends for c in (low, high)]
    squares = [row.P(z) ** 2 for z, _ in vertices]
    for centre in ((s, t, (low + high) / 2), (s, t, low)):
        by, value = row.slope(centre), row.Q(centre)
        tangents = [2 * (by[0] * z[0] + by[1] * z[1] + by[2] * z[2]) - value for z, _ in vertices]  # Q is of degree 2
        if all(T > 0 and square <= T * limit for T, square, (_, limit) in zip(tangents, squares, vertices, strict=True)):
            return True
    return False


def _rare(row: ChargedRow, s: fmpq, t: fmpq, c: fmpq) -> fmpq:
    """2uy − y² ≤ u² ≤ 1 where y > 0: K times the probability of su + c > 0, and that of su + tv + c > 0, from above."""
    one, alone = fmpq(1), max(s + c, fmpq(0))
    both = max(s + max(t, fmpq(0)) + c, fmpq(0))
    first = min(one, alone / s) if s else fmpq(int(alone > 0))
    second = min(one, both / max(s, t), both**2 / (2 * s * abs(t)) if s else one)
    return row.k * first + second


def _halve_segment(row: ChargedRow, ends: list[End], low: fmpq, high: fmpq) -> bool:
    """Only how fast the proof ends depends on it."""
    if len(ends) < 2:
        return False
    if ends[0][0] == 0:
        return bool(ends[1][0] > high - low)
    s, t, _ = _middle(ends)
    c = (low + high) / 2
    P, Q = row.P((s, t, c)), row.Q((s, t, c))

    def bend(one: Direction, other: Direction) -> fmpq:
        return P * (row.Q(one) + row.Q(other) - 2 * Q) + 2 * Q * (row.P(one) + row.P(other) - 2 * P)

    return bool(bend((*ends[0][:2], c), (*ends[1][:2], c)) > bend((s, t, low), (s, t, high)))
