"""Chooses which blocks to put side by side: a knapsack with d dimensions and n features, each item as often as one likes.

Values are floats. The answer is a proposal; any packing that fits gives a valid direct sum.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

TABLE = 128
"""Largest dimension that is packed by dynamic programming; beyond it the densest items come first."""
ROWS, CELLS = 12_000, 20_000_000
"""The exact table in both n and d is filled for at most so many items times d, and so many times n."""
PRICES = 24
UNITS = 128
"""For larger n the table counts features in this many units."""
FIRST = 6
"""Dense large items that are tried as the first to be placed."""
UNUSED = 3
"""For finite n so many dimensions may be left."""
LARGEST, REST = 4, 4_000
"""For finite n so many items of the largest values are placed first, and a table of at most so many rows fills the rest."""

B = TypeVar("B")


@dataclass(frozen=True, eq=False)
class Item(Generic[B]):
    """A block with its value, its number of features and its size, the dimensions that it takes."""

    value: float
    features: int
    size: int
    block: B


Packing = Counter[Item[B]]


def value(packing: Packing[B]) -> float:
    """The sum of the values."""
    return sum(count * item.value for item, count in packing.items())


def features(packing: Packing[B]) -> int:
    """The sum of the features."""
    return sum(count * item.features for item, count in packing.items())


def pack(items: Sequence[Item[B]], n: int | float, d: int) -> Packing[B]:
    """A packing of large value: the best one for n = ∞ and small d, and for small n and d."""
    # with few features the best packing may leave dimensions, which the search does not see, but the exact table does
    found = []
    for room in range(d, max(d - (UNUSED if n < math.inf else 0), 1) - 1, -1):
        fitting = _undominated([item for item in items if item.features <= n and item.size <= room])
        if room * len(fitting) <= ROWS and n * room * len(fitting) <= CELLS:
            found.append(_by_table(fitting, int(n), room, 1))
            break
        found.append(_searched(fitting, n, room))
    return max(found, key=value)


def _searched(items: Sequence[Item[B]], n: int | float, d: int) -> Packing[B]:
    """By prices for features, where the exact table is too large."""
    best, seen = _at_price(items, d, 0.0)
    if features(best) <= n:
        return best
    # a price per feature, the largest at which anything is worth buying and a negligible one at first
    best, low, high = Counter(), math.log(1e-9), 0.0
    top = max(item.value / item.features for item in items)
    for _ in range(PRICES):
        middle = (low + high) / 2
        found, used = _at_price(items, d, top * math.exp(middle))
        seen |= used
        if features(found) <= n:
            high = middle
        else:
            low = middle
            found = _trimmed(found, items, int(n), d)
        best = max(best, found, key=value)
    for item in sorted(items, key=lambda item: -item.value)[:LARGEST]:
        more, room = int(n) - item.features, d - item.size
        rest = [other for other in items if other.features <= more and other.size <= room]
        if room * len(rest) <= REST and more * room * len(rest) <= CELLS:
            best = max(best, Counter([item]) + _by_table(rest, more, room, 1), key=value)
    units = min(int(n), UNITS)
    if d * len(seen) <= ROWS:  # no price leads to the packings between two neighbouring ones
        best = max(best, _by_table([item for item in items if item in seen], int(n), d, -(-int(n) // units)), key=value)
    return best


def _trimmed(packing: Packing[B], items: Sequence[Item[B]], n: int, d: int) -> Packing[B]:
    """The packing without its poorest items, so that it fits n features, and with what still fits beside it."""
    kept, excess = packing.copy(), features(packing) - n
    for item in sorted(packing, key=lambda item: item.value / item.features):
        removed = min(kept[item], max(0, -(-excess // item.features)))
        kept[item] -= removed
        excess -= removed * item.features
    room, left = d - sum(count * item.size for item, count in kept.items()), -excess
    for item in sorted(items, key=lambda item: -item.value / item.features):
        added = min(left // item.features, room // item.size)
        if added > 0:
            kept[item] += added
            left, room = left - added * item.features, room - added * item.size
    return +kept


def _undominated(items: Sequence[Item[B]]) -> list[Item[B]]:
    """The items that no other beats with as few features and dimensions."""
    kept: list[Item[B]] = []
    counts: list[int] = []  # the best so far, by features: both lists ascend
    values: list[float] = []
    for item in sorted(items, key=lambda item: (item.size, item.features, -item.value)):
        at = bisect_right(counts, item.features)
        if at and values[at - 1] >= item.value:
            continue
        kept.append(item)
        end = bisect_right(values, item.value, lo=at)
        counts[at:end], values[at:end] = [item.features], [item.value]
    return kept


def _by_table(items: Sequence[Item[B]], n: int, d: int, unit: int) -> Packing[B]:
    """The best packing, by a table over dimensions and features; features are counted in units, rounded up."""
    import numpy as np

    if not items:
        return Counter()
    costs = [(item, -(-item.features // unit)) for item in items]
    top = n // unit
    total, last = np.zeros((d + 1, top + 1)), np.full((d + 1, top + 1), -1)
    for x in range(1, d + 1):
        row, chosen = total[x], last[x]
        row[:] = total[x - 1]
        for k, (item, cost) in enumerate(costs):
            if item.size <= x and cost <= top:
                found = total[x - item.size, : top + 1 - cost] + item.value
                better = found > row[cost:]
                row[cost:][better] = found[better]
                chosen[cost:][better] = k
    packing, x, y = Counter[Item[B]](), d, top
    while x > 0:
        k = int(last[x, y])
        if k < 0:
            x -= 1
        else:
            item, cost = costs[k]
            packing[item] += 1
            x, y = x - item.size, y - cost
    return packing


def _at_price(items: Sequence[Item[B]], d: int, price: float) -> tuple[Packing[B], set[Item[B]]]:
    """A packing of d dimensions for items that cost ``price`` a feature, and the small items that serve at that price."""
    gain = {item: item.value - price * item.features for item in items}
    small: dict[int, Item[B]] = {}
    for item in items:
        if item.size <= TABLE and gain[item] > 0 and (item.size not in small or gain[item] > gain[small[item.size]]):
            small[item.size] = item
    size = min(d, TABLE)
    total: list[float] = [0.0]
    last: list[Item[B] | None] = [None]
    useful: list[tuple[int, float, Item[B]]] = []
    for x in range(1, size + 1):
        best, chosen = total[x - 1], None
        for width, worth, item in useful:
            found = total[x - width] + worth
            if found > best:
                best, chosen = found, item
        alone = small.get(x)
        if alone is not None and gain[alone] > best:
            best, chosen = gain[alone], alone
            useful.append((x, best, alone))
        total.append(best)
        last.append(chosen)

    dense = sorted((item for item in items if gain[item] > 0), key=lambda item: -gain[item] / item.size)

    def rest(room: int) -> Packing[B]:
        packing = Counter[Item[B]]()
        for item in dense:
            if room <= size:
                break
            if item.size <= room:
                count = -(-(room - size) // item.size) if item.size <= size else room // item.size
                packing[item] += count
                room -= count * item.size
        room = min(room, size)
        while room > 0:
            chosen = last[room]
            if chosen is None:
                room -= 1
            else:
                packing[chosen] += 1
                room -= chosen.size
        return packing

    packings = [rest(d)]
    if d > size:
        packings += [Counter({item: d // item.size}) + rest(d % item.size) for item in dense[:FIRST]]
    dearest = max(packings, key=lambda packing: value(packing) - price * features(packing))
    return dearest, {item for _, _, item in useful}
