"""Encloses every row of the loss for uniform features by the trapezoid rule, with as many nodes as the width asked for needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from flint import fmpq

from boundcalc.loss.lanes import ShowShare, Ticks, cores, product_lanes, run_lanes
from boundcalc.loss.relu.exponentials import UNIT
from boundcalc.loss.relu.network import FloatRows, Network, rounded
from boundcalc.loss.relu.nodes import FIRST, Nodes, nodes
from boundcalc.loss.relu.period import reach_of
from boundcalc.loss.relu.row import Interval, RowIntegral, settled
from boundcalc.loss.relu.value import ReluLoss, total_of
from boundcalc.numbers.enclosure import Enclosure

MOST_NODES = FIRST << 10
"""Most nodes of a row: about a third of a million."""
AT_ONCE = FIRST * 8
"""Nodes that are evaluated together."""
_PASSES = 4


@dataclass(frozen=True)
class _Found:
    """One row's interval, and how many nodes it took."""

    lower: float
    upper: float
    count: int

    @property
    def error(self) -> float:
        return (self.upper - self.lower) / 2


def trapezoid_loss(network: Network, width: fmpq, progress: ShowShare | None = None) -> ReluLoss:
    """The loss within ``width`` of its upper end, or as near as float64 and ``MOST_NODES`` allow; BLAS and NumPy on every core."""
    rows = FloatRows.of(network)
    scale = [weight * c * c for weight, c in zip(network.importance, network.top, strict=True)]
    weights = np.array([rounded(value) for value in scale])
    asked = rounded(width)
    targets = asked * 0.05 * rows.p  # of a loss not yet known; p/3 is that of answering zero
    found: list[_Found | None] = [None] * network.n
    open_rows = list(range(network.n))
    for attempt in range(_PASSES):
        share = None if progress is None else _part(progress, attempt)
        _evaluate(rows, targets, open_rows, found, share, first=attempt == 0)
        known = [row for row in found if row is not None]
        errors = weights * np.array([row.error for row in known])
        upper = float(weights @ np.array([row.upper for row in known]))
        budget = 0.45 * asked * upper
        if errors.sum() <= budget * 1.1:
            break
        level = _level(errors, budget)
        again = [i for i in range(network.n) if errors[i] > level and not (attempt and targets[i] <= level / weights[i] * 0.5)]
        if not again:
            break
        targets[again] = 0.5 * level / weights[again]
        open_rows = again
    if progress is not None:
        progress(1.0)
    known = [row for row in found if row is not None]
    enclosures = [
        Enclosure(value * fmpq(*row.lower.as_integer_ratio()), value * fmpq(*row.upper.as_integer_ratio()))
        for value, row in zip(scale, known, strict=True)
    ]
    total = total_of(enclosures)
    reached = total.upper - total.lower <= width * total.upper
    return ReluLoss(network.problem, total, tuple(enclosures), "trapezoid", reached, max(row.count for row in known))


def _part(progress: ShowShare, attempt: int) -> ShowShare:
    """The first pass as half of the work, the next as half of what is left."""
    start = 1 - 0.5**attempt
    return lambda share: progress(start + share * 0.5 ** (attempt + 1))


def _level(errors: np.ndarray, budget: float) -> float:
    """t with Σ min(errors, t) = budget."""
    ordered = np.sort(errors)
    below = np.concatenate([[0.0], np.cumsum(ordered)])
    for k in range(len(ordered)):
        level = (budget - below[k]) / (len(ordered) - k)
        if level <= ordered[k]:
            return max(float(level), 0.0)
    return float(ordered[-1])


def _evaluate(
    rows: FloatRows, targets: np.ndarray, chosen: list[int], found: list[_Found | None], progress: ShowShare | None, *, first: bool
) -> None:
    with product_lanes(1 if len(chosen) < 4 or len(rows.b) < 32 else cores()) as lanes:

        def work(lane: int, ticks: Ticks) -> None:
            for i in chosen[lane::lanes]:
                found[i] = enclose_row(rows, i, float(targets[i]), first=first)
                ticks.tick(lane, 1)

        run_lanes(lanes, len(chosen), progress, work)


def enclose_row(rows: FloatRows, i: int, target: float, *, first: bool = False) -> _Found:
    """E(x − x̂)² of one feature in units of its c², within about ``target``; with few nodes at ``first``."""
    a, entries, perturbation = rows.row(i)
    others = np.arange(len(entries)) != i
    A, p, q = entries[others], rows.p[others], rows.q[others]
    b, own = float(rows.b[i]), (float(rows.p[i]), float(rows.q[i]))
    with np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore"):
        result = settled(a, b, own, A, p, q)
        below = above = 0.0
        count = 0
        if result is None:
            A, b, below, above, moved = _without_tiny(A, p, q, a, b, own[0], target / 8)
            perturbation += moved
            row = RowIntegral(a, b, own, A, p, q, max(target / 64, 1e-300))
            sums = [row.sum_over(nodes(row.nu, 0, FIRST))]
            count, scale = FIRST, row.factor.upper
            needless = max(target / 2, scale * (sums[0].error + row.closed.error) / 8)  # more nodes than this do not help
            while not first and count < MOST_NODES and scale * row.truncation(count) > needless:
                count *= 2
            sums += [row.sum_over(at) for at in _batches(row.nu, FIRST, count)]
            total = Interval(sum(each.value for each in sums), sum(each.error for each in sums) * (1 + 1e-9))
            rounding = len(sums) * 2 * UNIT * sum(abs(each.value) for each in sums)
            result = row.enclosure(Interval(total.value, total.error + rounding), count)
    if not np.isfinite(result.error):  # roundings beyond the bounds' own hypotheses: all that is left is the range of Y
        ends = (max(abs(end), 1.0) for end in reach_of(np.append(entries[others], a), float(rows.b[i])))
        result = Interval(0.0, 4 * sum(end * end for end in ends))
    return _widened(result.lower - below, result.upper + above, perturbation, count)


def _batches(nu: float, first: int, count: int) -> Iterator[Nodes]:
    for start in range(first, count, AT_ONCE):
        yield nodes(nu, start, min(AT_ONCE, count - start))


def _without_tiny(
    A: np.ndarray, p: np.ndarray, q: np.ndarray, a: float, b: float, own: float, budget: float
) -> tuple[np.ndarray, float, float, float, float]:
    """Entries so small that their mean may replace them, moved into the bias.

    With V the variance of what is replaced, the row changes by at most V upward and V p/|a| downward: E (a x + z)_+² and 2E x(a
    x + z)_+ are convex in z with second derivatives up to 2 and 2p/|a|.
    """
    if a == 0:
        return A, b, 0.0, 0.0, 0.0
    order = np.argsort(np.abs(A), kind="stable")
    spread = np.cumsum((A * A * p * (1 / 3 - p / 4))[order]) * (1 + 1e-9)
    count = int(np.searchsorted(spread, budget / (1 + own / abs(a)), side="right"))
    if count == 0:
        return A, b, 0.0, 0.0, 0.0
    chosen = order[:count]
    V, means = float(spread[count - 1]), p[chosen] * A[chosen] / 2
    kept = A.copy()
    kept[chosen] = 0
    moved = (count + 4) * UNIT * (abs(b) + float(np.abs(means).sum()))
    return kept, b + float(means.sum()), V * own / abs(a) * (1 + 1e-9), V, moved


def _widened(lower: float, upper: float, perturbation: float, count: int) -> _Found:
    """After Y moves by a variable of root mean square ``perturbation``: so does x̂, and √E(x − x̂)² by at most as much."""
    low, high = max(lower, 0.0), max(upper, 0.0)
    down = low - 2 * perturbation * low**0.5 * (1 + 1e-9)
    up = high + (2 * perturbation * high**0.5 + perturbation**2) * (1 + 1e-9)
    return _Found(max(float(np.nextafter(down, -np.inf)), 0.0), float(np.nextafter(up, np.inf)), count)
