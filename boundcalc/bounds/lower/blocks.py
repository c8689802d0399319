"""Collects the blocks that direct sums are made of: witnesses of the other lower bounds at a range of sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq

from boundcalc.bounds.declaration import Choice, LowerBound
from boundcalc.bounds.lower import (
    half_design,
    known_frame,
    orthogonal_array,
    orthonormal,
    random_chirps,
    random_directions,
    random_walsh,
    search,
    unbiased_bases,
)
from boundcalc.bounds.lower.integer_search import BITS, search_quantities
from boundcalc.bounds.lower.witness_table import TableWitness, exact_value
from boundcalc.bounds.lower.witness_table import blocks as table_blocks
from boundcalc.frames.catalog import FRAMES, Frame, simplex
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import precision
from boundcalc.numbers.moments import Number

SINGLE: tuple[LowerBound, ...] = (
    orthonormal.BOUND,
    half_design.BOUND,
    known_frame.BOUND,
    unbiased_bases.BOUND,
    orthogonal_array.BOUND,
    random_directions.BOUND,
    random_walsh.BOUND,
    random_chirps.BOUND,
    search.BOUND,
)
"""The bounds whose witnesses serve as blocks."""
LARGEST_SIMPLEX = 24
MORE_LINES = 8
"""Equally spaced lines of the plane: from m + 1 to m + this many."""
DIRECTION_SIZES = (3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96)
WALSH_SIZES = 160
EVERY_SIZE = 128
"""Random Walsh frames are tried in every dimension up to this, then in steps of a quarter."""
DOUBLINGS = 14
"""Random directions are tried at crowding n'/d up to this power of two."""
GROWTH = 1.001
"""Least growth of the value for which a larger random Walsh frame is tried."""
_OF_SIZE = ("r", "tensor_dimension", "welch_constant", "isolation", "G")


@dataclass(frozen=True, eq=False)
class Block:
    """A witness with n features in d dimensions.

    Parameters
    ----------
    bound : LowerBound
        Whose formula gives its improvement.
    values, shown : mapping
        As in a choice.
    """

    bound: LowerBound
    n: int
    d: int
    values: Mapping[str, Any]
    shown: Mapping[str, Any]

    def improvement(self, q: Quantities) -> Number:
        """I of this block in the ring of ``q``."""
        sized, number = copy(q), q.ring.number
        for name in _OF_SIZE:
            sized.__dict__.pop(name, None)
        sized.n, sized.d = number(fmpq(self.n)), number(fmpq(self.d))

        def convert(value: Any) -> Number:
            return [convert(entry) for entry in value] if isinstance(value, list) else number(fmpq(value))

        return self.bound.formula(sized, **{name: convert(value) for name, value in self.values.items()})

    def as_json(self, count: int) -> dict[str, Any]:
        """Its description; ``explicit`` says whether the weights are known, and not only that they exist."""
        return {"count": count, **self.shown, "explicit": not {"frame", "witness", "orbits"}.isdisjoint(self.shown)}


ONE_FEATURE = Block(orthonormal.BOUND, 1, 1, {}, {"frame": "orthonormal", "n": 1, "d": 1})


def single_witness(bound: LowerBound, problem: Problem) -> Block | None:
    """A bound's own witness for the problem, as a block."""
    choice = None if bound.why_not(problem) else bound.choose(problem)
    if choice is None:
        return None
    return _block(bound, choice)


def witness_block(problem: Problem, entry: TableWitness) -> Block:
    """Weights of the table, or built on the spot, as a block."""
    C, D = exact_value(problem, entry)
    return Block(search.BOUND, entry.n, entry.d, {"C": C, "D": D}, entry.shown)


def _block(bound: LowerBound, choice: Choice) -> Block:
    return Block(bound, choice.shown["n"], choice.shown["d"], choice.values, choice.shown)


def _frame(frame: Frame, m: int) -> Block:
    values = {"n_used": fmpq(frame.n), "power_sums": [frame.power_sum(j) for j in range(m + 1)]}
    return Block(known_frame.BOUND, frame.n, frame.d, values, {"frame": frame.key, "n": frame.n, "d": frame.d})


def _bases(d: int, count: int) -> Block:
    return _block(unbiased_bases.BOUND, unbiased_bases.choice_of(d, count))


def _lines(n: int) -> Block:
    values = {"n_used": fmpq(n), "d_used": fmpq(2)}
    return Block(half_design.BOUND, n, 2, values, {"frame": "plane_lines", "n": n, "d": 2})


def _directions(n: int, d: int) -> Block:
    shown = {"construction": "random_directions", "n": n, "d": d}
    return Block(random_directions.BOUND, n, d, {"n_used": fmpq(n)}, shown)


def walsh(n: int, d: int) -> Block:
    """d random rows of the n x n Walsh-Hadamard matrix."""
    values = {"n_used": fmpq(n), "d_used": fmpq(d)}
    return Block(random_walsh.BOUND, n, d, values, {"construction": "random_walsh", "n": n, "d": d})


def small_blocks(problem: Problem) -> Iterator[Block]:
    """Frames, lines of the plane, random directions and entries of the table of witnesses that fit the problem."""
    n, d, m = problem.n, problem.d, problem.m
    yield ONE_FEATURE
    for k in range(2, min(d, LARGEST_SIMPLEX) + 1):
        if k < n:
            yield _frame(simplex(k), m)
    for frame in FRAMES:
        if frame.n <= n and frame.d <= d:
            yield _frame(frame, m)
    for size, most in unbiased_bases.dimensions(problem):
        count = unbiased_bases.best_count(problem, size, most)
        yield _bases(size, count)
        while not problem.is_infinite and count > 2:  # fewer, where features are scarce
            count = max(count * 3 // 4, 2)
            yield _bases(size, count)
    if d >= 2:
        for k in range(m + 1, m + MORE_LINES + 1):
            if k <= n:
                yield _lines(k)
    for size in DIRECTION_SIZES:
        for k in range(2 * DOUBLINGS):
            crowded = int(size * 2 ** (k / 2))
            if size <= d and crowded <= n:
                yield _directions(crowded, size)
    for _, entry in table_blocks(problem):
        yield witness_block(problem, entry)


def walsh_blocks(problem: Problem, value: Callable[[Block], float]) -> Iterator[tuple[Block, float]]:
    """Random Walsh frames with their values: of every small dimension, then of a geometric range of dimensions.

    For each dimension the size doubles while the value grows.
    """
    n, d = problem.n, problem.d
    size, count = 3, 0
    while size <= d and count < WALSH_SIZES:
        power, best = (size - 1).bit_length(), 0.0
        while 1 << power <= n:
            block = walsh(1 << power, size)
            found = value(block)
            if found <= best * GROWTH:
                break
            yield block, found
            power, best = power + 1, found
        size, count = (size + 1 if size < EVERY_SIZE else size * 5 // 4), count + 1


class BlockValues:
    """Improvements of blocks in units of p g, one orthonormal feature; floats, for the search alone."""

    def __init__(self, problem: Problem) -> None:
        self.q = search_quantities(problem)
        with precision(BITS):
            self.unit = arb(self.q.p * self.q.g)
            _ = self.q.kappa  # computed once: every block has a copy

    def __call__(self, block: Block) -> float:
        with precision(BITS):
            return float((arb(block.improvement(self.q)) / self.unit).mid())
