"""Computes the pair floors: lower bounds on the loss from states with at most two active features, for n′ ≤ n of the features.

Row i of n′ features loses at least p²(1 − p)^{n′−2} Σ_{j≠i} ρ(A_ij/a_i) (:mod:`boundcalc.bounds.relu.pair_row`), and F(n)/n
does not fall in n, so a floor for n′ features gives n/n′ times as much for n. Two ways from ρ to a floor, both proofs of
our own:

**pairs by leverage** (theory R6). ρ(x) ≥ κ x²/(1 + x²) for |x| ≥ y_0, and x²/(1 + x²) is subadditive in x², so that row i
loses κ(1 − t_i − (n′ − 1) y_0²), t_i = a_i²/Σ_j A_ij², Σ t_i ≤ d.

**pairs by a zonal function** (theory R10′). h = Σ h_k P_k with h_k ≥ 0 for k ≥ 1 and ρ(x) + ρ(x′) ≥ h(t) wherever xx′ = t²:
the sum over pairs is at least (n′² h_0 − n′ h(1))/2. Rows with a far from 1 cost more than h where activity is small, which
leaves x and x′ near t.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from flint import fmpq, fmpq_poly

from boundcalc.bounds.relu.pair_check import check_pairs, check_scales
from boundcalc.bounds.relu.row_table import RowTable, Side, propose, prove, short
from boundcalc.bounds.relu.zonal import combined, zonal_values
from boundcalc.numbers.budget import check
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import CertificationError

DEGREE = 8
"""Of h."""
ROOMS = (0.002, 0.008, 0.03)
"""Relative room between h and the pairs' cost that is tried in turn."""
COARSE = 1.35
"""Ratio of nodes where n′ is chosen."""
LEAST_P = fmpq(10) ** -140
"""Below it the squares of odds leave the range of float64."""
WIDEST = fmpq(4)
"""Largest ratio a_1/a_0 of scales that is used."""


@dataclass(frozen=True)
class PairFloor:
    """A floor with what proves it.

    Attributes
    ----------
    n, d : int
    table : RowTable
        Of n′ features, proven.
    kappa : fmpq, optional
        The constant of the leverage form.
    h : tuple of fmpq, optional
        h_0, h_1, … of the zonal form.
    scales : (fmpq, fmpq), optional
        Between which a_i lies, where A_ij < 0 and the row does not cost more than h.
    """

    n: int
    d: int
    table: RowTable
    kappa: fmpq | None = None
    h: tuple[fmpq, ...] | None = None
    scales: tuple[fmpq, fmpq] | None = None

    @property
    def part(self) -> int:
        """n′."""
        return self.table.n

    @property
    def sum_of_pairs(self) -> fmpq:
        """The bound for n′ features in units of p²(1 − p)^{n′−2}."""
        count = self.part
        if self.kappa is not None:
            return self.kappa * (count - self.d - count * (count - 1) * self.table.left.nodes[0] ** 2)
        assert self.h is not None
        return (count**2 * self.h[0] - count * sum(self.h, fmpq(0))) / 2

    @property
    def value(self) -> fmpq:
        """The floor, for features on [0, 1] of equal importance 1."""
        p, count = self.table.p, self.part
        return fmpq(self.n, count) * p**2 * (1 - p) ** (count - 2) * self.sum_of_pairs


@lru_cache(maxsize=64)
def pair_floor(n: int, d: int, p: fmpq, *, one_scale: bool = True) -> PairFloor | None:
    """The best floor that is found and proven; ``None`` where there is none.

    Parameters
    ----------
    one_scale : bool
        Whether the features have one scale, so that a_i near 1 bounds the quotient of x and x′.

    >>> from flint import fmpq
    >>> found = pair_floor(4, 2, fmpq(1, 1000))
    >>> 0.99 < float(found.value / (2 * fmpq(1, 1000) ** 2 / 3)) < 1  # beside two antipodal pairs
    True
    """
    if n <= d or p >= 1 or p < LEAST_P:
        return None
    best = max((_estimate(n, d, p, count, one_scale) for count in _parts(n, d, p)), default=None)
    if best is None or best[0] <= 0:
        return None
    for zonal in (True, False) if best[2] else (False, True):
        try:
            found = prove_floor(n, d, p, best[1], zonal=zonal, one_scale=one_scale)
        except CertificationError:
            continue
        if found.value > 0:
            return found
    return None


def _parts(n: int, d: int, p: fmpq) -> list[int]:
    """Numbers n′ of features that are tried: from d + 1 to where states of three and more features take over."""
    most = max(d + 1, min(n, int(3 / p) + 2))
    tried = {min(n, max(d + 1, round(x))) for x in np.geomspace(d + 1, most, 9)} | {min(n, 2 * d), min(n, most)}
    return sorted(count for count in tried if d < count <= n)


def _least(count: int, d: int) -> float:
    """y_0: what it costs is n′ y_0² of the floor."""
    return float(np.sqrt(0.001 * (count - d) / (count * (count - 1)))) if count > d else 0.1


def _estimate(n: int, d: int, p: fmpq, count: int, one_scale: bool) -> tuple[float, int, bool]:
    """The floor in float64 from a coarse table, n′, and whether the zonal form gives it."""
    table = propose(count, p, _least(count, d), COARSE, 0.0)
    unit = n / count * to_float(p) ** 2 * (1 - to_float(p)) ** (count - 2)
    found = [(_leverage(table) * (count - d) * unit, count, False)]
    if d > 1:
        h, _ = _zonal(table, d, _scales(table) if one_scale else None, 0.0)
        found.append(((count**2 * h[0] - count * h.sum()) / 2 * unit, count, True))
    return max(found)


def prove_floor(n: int, d: int, p: fmpq, count: int, *, zonal: bool, one_scale: bool = True) -> PairFloor:
    """The floor of one form from n′ = ``count`` features, proven.

    Raises
    ------
    CertificationError
        Where the proof fails.
    """
    table = propose(count, p, _least(count, d))
    prove(table)
    if not zonal:
        kappa = short(_leverage(table) * (1 - 2e-3), 20)
        check_leverage(table, kappa)
        return PairFloor(n, d, table, kappa=kappa)
    if d < 2:
        raise CertificationError("zonal functions need d of at least 2")
    scales = _proven_scales(table) if one_scale else None
    for room in ROOMS:
        numbers, _ = _zonal(table, d, scales, room)
        h = (_signed_short(numbers[0]), *(short(float(x), 24) for x in numbers[1:]))
        try:
            check_pairs(table, combined(h, d), None if scales is None else scales[1] / scales[0])
        except CertificationError:
            continue
        return PairFloor(n, d, table, h=h, scales=scales)
    raise CertificationError("no h could be proven")


def _signed_short(value: float) -> fmpq:
    return short(value, 24) if value >= 0 else -short(-value * (1 + 1e-6), 24)


def most_of_negative(table: RowTable) -> fmpq:
    """2 max ρ on [−1, 0] as the table has it: h(t) is not more for t ≤ 0, as x = x′ is among the pairs."""
    nodes = table.left.nodes
    inside = [value for place, value in enumerate(table.left.values) if place == 0 or nodes[place - 1] < 1]
    return 2 * max(inside)


def _proven_scales(table: RowTable) -> tuple[fmpq, fmpq] | None:
    for factor in (1.0, 1.4, 2.0):
        scales = _scales(table, factor)
        if scales is None:
            return None
        try:
            check_scales(table.row, *scales, most_of_negative(table))
        except CertificationError:
            continue
        return scales
    return None


def _scales(table: RowTable, factor: float = 1.0) -> tuple[fmpq, fmpq] | None:
    """1 ± ε, where K ε²/12 is about what h can be; ``None`` where that says little."""
    width = float(np.sqrt(13 * factor * to_float(most_of_negative(table)) / to_float(table.row.self_share)))
    if width > 0.5:
        return None
    epsilon = short(width, 8)
    return 1 - epsilon, 1 + epsilon


def _arrays(side: Side) -> tuple[np.ndarray, np.ndarray]:
    return np.array([to_float(y) for y in side.nodes]), np.array([to_float(v) for v in side.values])


def _leverage(table: RowTable) -> float:
    """κ in float64: the least of ρ(x)(1 + x²)/x², the tails, and what a feature without a dimension costs."""
    p = to_float(table.p)
    found = [(1 - p) / p * (1 / 3 - p / 4), to_float(table.left.tail), to_float(table.right.tail)]
    for side in (table.left, table.right):
        y, v = _arrays(side)
        fine = np.unique(np.concatenate([y, np.geomspace(y[0], y[-1], 20000)]))
        found.append(float((np.interp(fine, y, v) * (1 + 1 / fine**2)).min()))
    return min(found)


def check_leverage(table: RowTable, kappa: fmpq) -> int:
    """Decides ρ(x) ≥ κ x²/(1 + x²) for |x| ≥ y_0, and that a row with a = 0 costs κ; the number of intervals."""
    waiting, pieces = [], 0
    odds = table.row.odds
    if min(table.left.tail, table.right.tail, odds * (fmpq(1, 3) - table.p / 4)) < kappa:
        raise CertificationError("leverage: a tail is below kappa")
    for side in (table.left, table.right):
        waiting += list(zip(side.nodes[:-1], side.nodes[1:], side.values[:-1], side.values[1:], strict=True))
    while waiting:
        check()
        low, high, first, last = waiting.pop()
        pieces += 1
        if pieces > 20_000:
            raise CertificationError(f"leverage: not proven near |x| = {to_float(low):.4g}")
        if min(first, last) * (1 + high**2) < kappa * high**2:
            middle, value = (low + high) / 2, (first + last) / 2
            waiting += [(low, middle, first, value), (middle, high, value, last)]
    return pieces


def _zonal(table: RowTable, d: int, scales: tuple[fmpq, fmpq] | None, room: float) -> tuple[np.ndarray, float]:
    """h_0, …, h_DEGREE of the linear program on a grid of t, and its value."""
    from scipy.optimize import linprog

    least = to_float(table.left.nodes[0])
    small = np.append(np.geomspace(least / 2, 0.2, 30), least * (1 - 1e-9))  # below least the table says 0
    t = np.unique(np.concatenate([np.cos(np.linspace(0, np.pi, 801)), small, -small, [0.0]]))
    bound = pair_cost(table, t, scales) * (1 - room) - room * least**2 / 10
    P = zonal_values(d, DEGREE, t)
    count = table.n
    objective = np.full(DEGREE + 1, count / 2)
    objective[0] -= count**2 / 2
    solved = linprog(objective, A_ub=P.T, b_ub=bound, bounds=[(None, None)] + [(0, None)] * DEGREE, method="highs")
    if solved.x is None:
        return np.zeros(DEGREE + 1), 0.0
    return solved.x, -float(solved.fun)


def pair_cost(table: RowTable, t: np.ndarray, scales: tuple[fmpq, fmpq] | None) -> np.ndarray:
    """inf ρ(x) + ρ(x′) over xx′ = t² in float64, as the table has it."""
    found = np.zeros(len(t))
    for side, mask in ((table.left, t < 0), (table.right, t > 0)):
        y, v = _arrays(side)
        far = np.sqrt(to_float(scales[1] / scales[0])) if scales is not None and side.sign < 0 else 1e3 / y[0]
        alpha = np.geomspace(1, far, 2000 if far > 100 else 200)
        x = np.abs(t[mask])[:, None]
        cost = sum(np.interp(z, y, v, left=0.0, right=min(to_float(side.tail), v[-1])) for z in (x * alpha, x / alpha))
        found[mask] = np.asarray(cost).min(axis=1)
    return found


def polynomial(floor: PairFloor) -> fmpq_poly:
    """h as a polynomial in t."""
    assert floor.h is not None
    return combined(floor.h, floor.d)
