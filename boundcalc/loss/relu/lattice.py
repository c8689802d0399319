"""Encloses every row of the loss for features of finite support, or partly uniform: a sum on a lattice, larger in convex order.
order.

Each value A_j v is split between the two neighbouring points of hℤ so that its mean stays. With Z^h the sum of what is
split and V the mean of the conditional variances that this adds, E D(Z) is in [E D(Z^h) − V, E D(Z^h)] for convex D with D″
≤ 2: the part E Y_+². Of E Y_+, which has a kink, E Y^h_+ is an upper bound; for every c > 0 E Y^h_+ − E β(Y^h) − cV/2 is a
lower one, β(y) = |y|(1 − c|y|)/2 for |y| ≤ 1/c and 0 elsewhere, as y_+ − β has second derivative at most c. Probabilities
are sums of products of nonnegative numbers, so that their roundings are relative: no transform is needed.

A feature uniform on [0, c] is first moved to the ends of cells of width w = c/k, half of each cell to either end: that
keeps the mean and adds the variance w²/6. For the row's own feature E x Y_+ is then the trapezoid rule, wrong by at most
p|a|w²(1/6 + 1/8): the second derivative 2a, and one kink.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import fmpq

from boundcalc.loss.lanes import ShowShare, Ticks, cores, product_lanes, run_lanes
from boundcalc.loss.relu.exponentials import UNIT
from boundcalc.loss.relu.network import Network, check_sizes, floats_of, rounded
from boundcalc.loss.relu.value import ReluLoss, total_of
from boundcalc.numbers.enclosure import Enclosure

MOST_POINTS = 1 << 15
"""Most points of a row's lattice."""
_FIRST_POINTS = 1 << 9
_DROPPED = 1e-19
"""Share of the probability that each step may drop at either end."""


@dataclass(frozen=True)
class Support:
    """Values of a feature, float64 and nonnegative, and p times their weights."""

    values: np.ndarray
    shares: np.ndarray
    silent: float
    spread: float = 0.0
    """Variance that moving a uniform feature to these values has added, times p."""

    @property
    def mean(self) -> float:
        """E x."""
        return float(self.shares @ self.values)


@dataclass(frozen=True)
class UniformFeature:
    """A feature uniform on [0, ``top``] with probability ``p``."""

    top: float
    p: float
    silent: float

    def moved(self, cells: int) -> Support:
        """To the ends of equal cells."""
        shares = np.full(cells + 1, self.p / cells)
        shares[[0, -1]] /= 2
        width = self.top / cells
        return Support(np.linspace(0, self.top, cells + 1), shares, self.silent, self.p * width * width / 6 * (1 + 1e-12))


Own = Support | UniformFeature


def lattice_loss(network: Network, width: fmpq, progress: ShowShare | None = None) -> ReluLoss:
    """The loss within ``width`` of its upper end, or as near as ``MOST_POINTS`` allow."""
    supports: list[Own] = [
        UniformFeature(rounded(c), rounded(p), rounded(1 - p))
        if points is None
        else Support(np.array([rounded(c * v) for v, _ in points]), np.array([rounded(p * w) for _, w in points]), rounded(1 - p))
        for points, p, c in zip(network.supports, network.activity, network.top, strict=True)
    ]
    V, W = floats_of(network.V), floats_of(network.W)
    bias = np.array([rounded(b) for b in network.bias])
    check_sizes(W * np.array([rounded(c) for c in network.top]), V, bias)
    found: list[tuple[float, float, int]] = [(0.0, 0.0, 0)] * network.n
    asked = rounded(width)
    with product_lanes(cores()) as lanes:

        def work(lane: int, ticks: Ticks) -> None:
            for i in range(lane, network.n, lanes):
                found[i] = _row(V, W, bias, supports, i, asked)
                ticks.tick(lane, 1)

        run_lanes(lanes, network.n, progress, work)
    rows = [
        Enclosure(weight * fmpq(*low.as_integer_ratio()), weight * fmpq(*high.as_integer_ratio()))
        for weight, (low, high, _) in zip(network.importance, found, strict=True)
    ]
    total = total_of(rows)
    reached = total.upper - total.lower <= width * total.upper
    return ReluLoss(network.problem, total, tuple(rows), "lattice", reached, max(points for _, _, points in found))


def _row(V: np.ndarray, W: np.ndarray, bias: np.ndarray, supports: list[Own], i: int, width: float) -> tuple[float, float, int]:
    """The ends of a row, and its points."""
    entries = V[:, i] @ W
    wrong = (len(W) + 12) * UNIT * (np.abs(V[:, i]) @ np.abs(W)) * 1.01 + 1e-290
    coarse = [each.moved(64) if isinstance(each, UniformFeature) else each for each in supports]
    means = np.array([each.mean for each in coarse])
    squares = np.array([float(each.shares @ each.values**2) for each in coarse])  # not below those of uniform features
    moved = (float(means @ wrong) + float(squares @ (wrong * wrong)) ** 0.5 + 4 * UNIT * abs(float(bias[i]))) * 1.01
    moved += 2 * UNIT * float(squares[i]) ** 0.5  # the values themselves are rounded
    others = [(float(entries[j]), supports[j]) for j in range(len(supports)) if j != i and entries[j] != 0]
    points = _FIRST_POINTS
    while True:
        low, high = enclose_on_lattice(float(entries[i]), float(bias[i]), supports[i], others, points)
        low, high = max(low, 0.0), max(high, 0.0)
        low = max(low - 2 * moved * low**0.5 * (1 + 1e-9), 0.0)
        high = high + (2 * moved * high**0.5 + moved**2) * (1 + 1e-9)
        if high - low <= 0.9 * width * high or points >= MOST_POINTS:
            return float(np.nextafter(low, 0)), float(np.nextafter(high, np.inf)), points
        points *= 4


def enclose_on_lattice(a: float, b: float, own: Own, others: list[tuple[float, Own]], points: int) -> tuple[float, float]:
    """Both ends of E(x − (a x + Z)_+)², Z = b + Σ A_j x_j, on a lattice of about ``points`` points."""
    reach = sum(abs(A) * _top(each) for A, each in others)
    h = reach / points if reach else 1.0
    start, chance, V, lost = _distribution([(A, _on_cells(A, each, h)) for A, each in others], h)
    known = own.moved(max(points // 8, 64)) if isinstance(own, UniformFeature) else own
    energy = own.p * own.top**2 / 3 if isinstance(own, UniformFeature) else float(own.shares @ own.values**2)
    trapezoid = abs(a) * known.spread * 6 * (1 / 6 + 1 / 8) if isinstance(own, UniformFeature) else 0.0
    own = known
    z = b + h * np.arange(start, start + len(chance))
    lengths = sum(2 * len(_on_cells(A, each, h).values) + 6 for A, each in others)
    relative = UNIT * (lengths + len(chance) + len(own.values) + 40)
    size = abs(b) + reach + 2 * h * (len(others) + 1) + abs(a) * float(own.values.max())
    rounding = 6 * UNIT * size
    square, kink, slack = 0.0, 0.0, 0.0
    for value, share in [(0.0, own.silent), *zip(own.values.tolist(), own.shares.tolist(), strict=True)]:
        y = np.maximum(a * value + z, 0)
        mean = float(chance @ y)
        square += share * float(chance @ (y * y))
        kink += share * value * mean
        if share * value:
            slack += share * value * _kink_error(a * value + z, chance, V)
    V += a * a * own.spread
    slack += trapezoid
    top = float(own.values.max())
    error = relative * (square + 2 * kink + energy) + 2 * rounding * (size + top) + lost * (size + 2 * top) * size
    error = error * (1 + 1e-9)
    return energy + square - V - 2 * kink - 2 * trapezoid - error, energy + square - 2 * kink + 2 * slack + error


def _kink_error(y: np.ndarray, chance: np.ndarray, V: float) -> float:
    """The least E β(Y^h) + cV/2 over some c, rounded up."""
    if V == 0:
        return 0.0
    best = float("inf")
    size = np.abs(y)
    for c in np.geomspace(0.02 / V**0.5, 4 / V**0.5, 12).tolist():
        near = size < 1 / c
        best = min(best, float(chance[near] @ (size[near] * (1 - c * size[near]) / 2)) + c * V / 2)
    return best * (1 + 1e-6)


def _top(each: Own) -> float:
    return each.top if isinstance(each, UniformFeature) else float(each.values.max())


def _on_cells(A: float, each: Own, h: float) -> Support:
    """A uniform feature on cells about as wide as the lattice's."""
    return each.moved(max(1, int(np.ceil(abs(A) * each.top / h)))) if isinstance(each, UniformFeature) else each


def _distribution(others: list[tuple[float, Support]], h: float) -> tuple[int, np.ndarray, float, float]:
    """First index, probabilities, added variance and dropped probability of Σ A_j x_j on hℤ."""
    start, chance, added, lost = 0, np.ones(1), 0.0, 0.0
    for A, each in others:
        place = A * each.values / h
        below = np.floor(place)
        upward = place - below
        added += float((each.shares * upward * (1 - upward)).sum()) * h * h + A * A * each.spread
        steps = below.astype(np.int64)
        least, most = min(0, int(steps.min())), max(0, int(steps.max()) + 1)
        kernel = np.zeros(most - least + 1)
        kernel[-least] = each.silent
        np.add.at(kernel, steps - least, each.shares * (1 - upward))
        np.add.at(kernel, steps - least + 1, each.shares * upward)
        found = np.convolve(chance, kernel) if each.spread else _sparse_product(chance, kernel)
        start += least
        first, last = _kept(found)
        lost += float(found[:first].sum() + found[last:].sum())
        start, chance = start + first, found[first:last]
    return start, chance, added * (1 + 1e-9), lost * (1 + 1e-9)


def _sparse_product(chance: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    found = np.zeros(len(chance) + len(kernel) - 1)
    for at in np.flatnonzero(kernel).tolist():
        found[at : at + len(chance)] += kernel[at] * chance
    return found


def _kept(chance: np.ndarray) -> tuple[int, int]:
    """Where more than ``_DROPPED`` has gathered from either end."""
    if len(chance) < 64:
        return 0, len(chance)
    first = int(np.searchsorted(np.cumsum(chance), _DROPPED))
    last = len(chance) - int(np.searchsorted(np.cumsum(chance[::-1]), _DROPPED))
    return first, max(last, first + 1)
