r"""Declares L4: I^*(n_1 + n_2, d_1 + d_2) >= I^*(n_1, d_1) + I^*(n_2, d_2): block-diagonal A.

Blocks are witnesses of the other lower bounds, chosen by dynamic programming over the dimensions (with a price for
features where n is finite). Decisive at moderate p, where small dense frames and random Walsh frames of the right
ratio n/d beat any single witness.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from boundcalc.bounds.declaration import Choice, Limits, LowerBound
from boundcalc.bounds.hypotheses import NONLINEAR
from boundcalc.bounds.lower import selector
from boundcalc.bounds.lower.blocks import (
    SINGLE,
    Block,
    BlockValues,
    single_witness,
    small_blocks,
    walsh,
    walsh_blocks,
    witness_block,
)
from boundcalc.bounds.lower.packing import Item, Packing, features, pack, value
from boundcalc.bounds.unequal.form import declared_in
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number

LARGEST_M, LARGEST_D = 33, 10**60
"""Past these the search over blocks would take too long, or overflow."""
MARGIN = 1e-12
"""Relative improvement over the best single witness that counts."""


class Summand(Protocol):
    """A block, or the symbol of one."""

    def improvement(self, q: Quantities) -> Number:
        """Its improvement in the ring of ``q``."""


def formula(q: Quantities, blocks: Sequence[tuple[int, Summand]]) -> Number:
    total: Number = 0
    for count, block in blocks:
        total = total + count * block.improvement(q)
    return total


class _Symbol:
    """A summand whose improvement is a symbol."""

    def __init__(self, name: str) -> None:
        self.name = name

    def improvement(self, q: Quantities) -> Any:
        return symbol(self.name)


def _equal_shares(problem: Problem, values: BlockValues, items: Sequence[Item[Block]]) -> Iterator[Packing[Block]]:
    """Splits of d into nearly equal parts, each with a random Walsh frame of the same size."""
    n, d = problem.n, problem.d
    densest = heapq.nlargest(4, items, key=lambda item: item.value / item.size)
    tried = {(item.features, count) for item in densest for count in (d // item.size, d // item.size + 1)}
    if not problem.is_infinite:
        tried |= {(1 << k, int(n) >> k) for k in range(2, min(int(n).bit_length(), 64))}
    for size, count in tried:
        if 1 < count <= d and size * count <= n and d // count < size:
            low, more = divmod(d, count)
            blocks = [(walsh(size, low), count - more)] + [(walsh(size, low + 1), more)] * (more > 0)
            yield Counter({Item(values(block), size, block.d, block): times for block, times in blocks})


def choose(problem: Problem) -> Choice | None:
    if problem.d == 1 or problem.n < 3 or problem.m > LARGEST_M or problem.d > LARGEST_D:
        return None
    values = BlockValues(problem)
    singles = [block for bound in SINGLE if (block := single_witness(bound, problem)) is not None]
    valued = [(block, values(block)) for block in (*singles, *small_blocks(problem))]
    target = max(worth for _, worth in valued[: len(singles)]) * (1 + MARGIN)
    random = list(walsh_blocks(problem, values)) if problem.m == 3 else []
    beside = [witness_block(problem, entry) for entry in selector.beside_others(problem)]
    items = [Item(worth, block.n, block.d, block) for block, worth in (*valued, *random, *((one, values(one)) for one in beside))]
    found = [pack(items, problem.n, problem.d)]
    if random:
        found += _equal_shares(problem, values, items[len(valued) :])
    best = max(found, key=value)
    if not value(best) > target:
        return None
    parts = [(count, item.block) for item, count in sorted(best.items(), key=lambda part: -part[0].size)]
    shown = {
        "blocks": [block.as_json(count) for count, block in parts],
        "n": features(best),
        "d": sum(count * block.d for count, block in parts),
    }
    return Choice({"blocks": parts}, shown)


BOUND = LowerBound(
    key="direct_sum",
    section="L4",
    title="direct sums of other witnesses",
    formula=formula,
    hypotheses=(NONLINEAR,),
    proof=(
        Step(
            "sum",
            "for a block-diagonal $A$ the features of one block do not enter the reconstruction of the other",
            Status.PROVEN,
            statement=r"I(W_1 \oplus W_2) = I(W_1) + I(W_2)",
            checked="the sum over rows for $m = 3$, $5$ and $7$; two blocks of two features, as an identity of polynomials, "
            "for $m = 3$ and $5$",
            claim=("I = sum(i: 2*C[i] - D[i])",),
        ),
        Step(
            "blocks",
            "the lower bound that each block comes from",
            Status.COMPUTED,
            statement=r"I^{\ast}(n_b, d_b) \ge I_b",
            checked="the blocks that are chosen: the status of a sum is the weakest of theirs",
        ),
    ),
    lemmas=(),
    sources=(DERIVED,),
    tight="moderate $p$, where sharp frames are optimal among all weights",
    chooser=choose,
    no_choice="no split that was tried improves on a single witness",
    symbols=lambda m: {"blocks": ((1, _Symbol("I_first")), (1, _Symbol("I_second")))},
    assumes=lambda m: "$I_1 <= I^{*}(n_1, d_1)$ and $I_2 <= I^{*}(n_2, d_2)$ with $n_1 + n_2 <= n$ and $d_1 + d_2 <= d$",
    limits=Limits(none={"": "the sum of the limits of its blocks"}),
    of_features=declared_in("direct_sum"),
)
