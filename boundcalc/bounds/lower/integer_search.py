"""Searches for the parameters of a lower bound: the best of a list, and the whole number in a range at which a
function of one hump is largest. Any answer is a valid choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from flint import arb, fmpq, fmpz

from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.constants import welch_constant
from boundcalc.numbers.enclosure import exact, precision
from boundcalc.numbers.rings import BALL

T = TypeVar("T")
BITS = 128

GRID_PER_DECADE = 8
MAX_GRID = 400


def most_features(problem: Problem) -> int:
    """n, or 1000 τ_m(d) d/p: past that the value of random weights no longer moves."""
    flat = int((1000 * welch_constant(fmpq(problem.d), problem.m) * problem.d / problem.p).ceil())
    return flat if problem.n > flat else int(problem.n)


def search_quantities(problem: Problem) -> Quantities:
    """The problem's quantities at the precision of the searches."""
    with precision(BITS):
        return Quantities(BALL, problem)


def best_candidate(value: Callable[[T], arb], candidates: Sequence[T]) -> T:
    """The candidate of the largest value, the first of several."""
    with precision(BITS):
        return max(candidates, key=lambda candidate: _Key(arb(value(candidate)).mid()))


def maximise_integer(value: Callable[[int], arb], low: int, high: int) -> int:
    """A geometric grid over [low, high], then ternary refinement around its best point.

    ``value`` is a ball or rational, compared by its midpoint at low precision: the choice is a proposal, and the bound
    is certified afterwards for the number chosen.
    """
    with precision(BITS):
        known: dict[int, arb] = {}

        def at(point: int) -> arb:
            if point not in known:
                known[point] = arb(value(point)).mid()
            return known[point]

        grid = _grid(low, high)
        best = max(range(len(grid)), key=lambda k: _Key(at(grid[k])))
        left, right = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
        while right - left > 3:
            third = (right - left) // 3
            a, b = left + third, right - third
            if at(a) < at(b):
                left = a
            else:
                right = b
        return max([grid[best], *range(left, right + 1)], key=lambda point: _Key(at(point)))


class _Key:
    """Orders midpoints; a value that is not finite comes last."""

    def __init__(self, value: arb) -> None:
        self.value = value if value.is_finite() else arb.neg_inf()

    def __lt__(self, other: _Key) -> bool:
        return bool(self.value < other.value)


def _grid(low: int, high: int) -> list[int]:
    if high - low < 24:
        return list(range(low, high + 1))
    start = max(low, 1)
    decades = (int(high).bit_length() - int(start).bit_length() + 1) * 0.30103
    steps = min(MAX_GRID, max(8, int(decades * GRID_PER_DECADE)))
    ratio = (arb(fmpz(high)) / fmpz(start)).log() / steps
    inner = {int(exact((fmpz(start) * (ratio * k).exp()).mid()).floor()) for k in range(1, steps)}
    return sorted({low, high} | {point for point in inner if low < point < high})
