"""Builds a witness for a problem that the table does not serve: orbits of a group, a short search within a fixed amount of work.

The same on every machine: the work is counted and not timed, the climb is rounded on its way, and the generators are whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import comb
from typing import TYPE_CHECKING, Any

from flint import fmpq

from boundcalc.bounds.lower import random_directions, unbiased_bases
from boundcalc.bounds.lower.invariants import invariants
from boundcalc.bounds.lower.witness_table import TableWitness, find, table
from boundcalc.frames.orbits import FEWEST, Symmetry
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from boundcalc.bounds.lower.orbit_search import OrbitPlan

    Array = NDArray[np.float64]

LARGEST_D, LARGEST_M = 500, 9
WORK = 4e8
"""Operations that a search may take, roughly: a fifth of a second."""
LEAST = 8
"""Evaluations without which a search is not begun."""
FURTHER = 1.25
"""What is followed takes at most so many times the work, but for the best start."""
BEGUN = 10
"""Each start gets this part of the work, to be compared with others."""
SHARE = fmpq(9, 10)
"""Of the number of features that random directions would use."""
PAST = 4
"""At most so many times the dimension of the symmetric tensors."""
NEAR = fmpq(4, 3)
"""An entry of the table serves if its number of features is within this factor of the one wanted, and ..."""
FULL = fmpq(99, 100)
"""... uses at least this share of n, where n is the limit."""
SMALL = {3: 8, 5: 4}
"""For each m the largest d in which nothing is gained: the table and the known frames serve every number of features. In two
dimensions lines at equal angles are the best."""
BETTER = 1e-6
"""By so much the value of a later start, rounded to whole numbers, must be larger."""
CLOSE = 0.97
"""The second best start is followed to its end as well, if it is not below this part of the best, and others if they are small."""
FOLLOWED = 150
"""Evaluations to a start's end at most."""
MORE = fmpq(5, 4)
"""Where n is no limit, this many times the number wanted is tried too, and halves of halves while more than one feature is on."""
FEW = 6
"""Starts beside the first ones are tried where so many followed to their ends are within the work."""


@lru_cache(maxsize=64)
def selected(problem: Problem) -> TableWitness | None:
    """Weights for this problem; ``None`` where the table serves it, or a search of this length finds nothing of use."""
    d, m = problem.d, problem.m
    if not (3 <= m <= LARGEST_M and 2 <= d <= LARGEST_D):
        return None
    n, limited = wanted(problem)
    fewer = n // FEWEST
    if fewer < d <= 2 * fewer:  # too few features for so many dimensions: those of fewer serve, as there
        return selected(Problem(problem.n, fewer, m, problem.p, problem.law))
    if n < FEWEST * d or served(problem, n, limited=limited):
        return None
    return _built(problem, n, below=limited)


def used(d: int, n: int) -> int:
    """How many of n features the groups in d dimensions use at most."""
    from boundcalc.bounds.lower.orbit_search import plans

    return max(((plan.finer or plan).n for plan in plans(d, n, below=True)), default=0)


def _plans(problem: Problem, n: int, *, below: bool) -> list[OrbitPlan]:
    """The starts to be tried, those with the number of features that is wanted first, none twice."""
    from boundcalc.bounds.lower.orbit_search import plans

    d, first = problem.d, list(plans(problem.d, n, below=below))
    others = [] if below else [int(MORE * n), *(n >> k for k in range(1, n.bit_length()) if (n >> k - 1) * problem.p > 1)]
    found = [plan for count in others if count >= FEWEST * d for plan in plans(d, count, below=below)]
    if d > 3:  # where features are on often, more dimensions are worth little, and a search in fewer may come farther
        found += plans(d - 1, n, below=below)
    found += [plan.finer for plan in (*first, *found) if plan.finer is not None and 2 * FOLLOWED * plan.finer.work <= WORK]
    least = min((plan.work for plan in first), default=0.0)
    listed = first + [plan for plan in found if below or FEW * FOLLOWED * plan.work <= WORK or plan.work < least]
    return [plan for plan in dict.fromkeys(listed) if plan.n <= problem.n]


def _built(problem: Problem, n: int, *, below: bool) -> TableWitness | None:
    """The best of the best starts with about n features or, where n is no limit, fewer, followed to their ends."""
    kappa = (0.0, *(int(x.p) / int(x.q) for x in Quantities(EXACT, problem).kappa[1:]))
    p = int(problem.p.p) / int(problem.p.q)
    if min(p, *kappa[1:]) < 1e-200:
        return None
    searches = [_Search(plan, problem.m, kappa, p) for plan in _plans(problem, n, below=below)]
    # before its start is made, which may not fit into memory; chirps are good as they are, where nothing else fits
    searches = [one for one in searches if one.climbs or (one.plan.kind == "chirps" and 3 * one.plan.work <= 2 * WORK)]
    searches.sort(key=lambda one: -one.promise)
    best, left = None, FURTHER * WORK
    for k, one in enumerate(searches):
        if one.promise < CLOSE * searches[0].promise or (k and one.work > left):
            break
        left -= one.work
        found = _followed(one)
        if best is None or found.value > best.value * (1 + BETTER):
            best = found
    return None if best is None else best.witness(problem.m)


@dataclass(frozen=True)
class _Search:
    """A start for features of one kind; what is found depends on nothing else, so that numbers n of features share it."""

    plan: OrbitPlan
    m: int
    kappa: tuple[float, ...]
    p: float

    @property
    def climbs(self) -> bool:
        return LEAST * self.plan.work <= WORK

    @property
    def evaluations(self) -> int:
        """To its end, at most."""
        return min(FOLLOWED, int(WORK / 2 / self.plan.work)) if self.climbs else 0

    @property
    def finer(self) -> _Search | None:
        """What goes on where this one ends."""
        found = None if self.plan.finer is None else _Search(self.plan.finer, self.m, self.kappa, self.p)
        return found if found is not None and found.climbs else None

    @property
    def work(self) -> float:
        """To its end, at most."""
        return self.evaluations * self.plan.work + (self.finer.work if self.finer else 0.0)

    @property
    def promise(self) -> float:
        """The value after a few evaluations, for as many features as it ends with.

        Of values that differ in last bits alone, the earlier start's is the better one.
        """
        features = self.finer.plan.n / self.plan.n if self.finer else 1.0
        return float(f"{_begun(self)[0] * features:.6g}")

    def climb(self, generators: Array, evaluations: int) -> tuple[float, Array]:
        from boundcalc.bounds.lower.orbit_search import climb
        from boundcalc.loss.orbits import OrbitImprovement

        return climb(OrbitImprovement(self.plan.symmetry, self.m, list(self.kappa), self.p), generators, evaluations)

    def end(self, generators: Array) -> _End:
        """Followed to its end from there, in whole numbers."""
        symmetry = self.plan.symmetry
        if self.climbs:
            _, generators = self.climb(generators, self.evaluations)
        whole = symmetry.rounded(generators)
        return _End(symmetry, whole, self.climb(whole.astype(float), 0)[0] if self.climbs else 0.0)


@dataclass(frozen=True, eq=False)
class _End:
    """Whole generators that a search ended with, and their I/p."""

    symmetry: Symmetry
    generators: NDArray[np.int64]
    value: float

    def witness(self, m: int) -> TableWitness:
        return entry(self.symmetry, self.generators.T.tolist(), m)


@lru_cache(maxsize=64)
def _begun(search: _Search) -> tuple[float, Array]:
    """The value and the generators after a few evaluations."""
    if not search.climbs:
        return 0.0, search.plan.start()
    return search.climb(search.plan.start(), max(LEAST // 3, min(20, int(WORK / BEGUN / search.plan.work))))


@lru_cache(maxsize=64)
def _followed(search: _Search) -> _End:
    """Its end, or that of the finer plan that goes on from there."""
    found, finer = search.end(_begun(search)[1]), search.finer
    if finer is None:
        return found
    more = finer.end(finer.plan.refined(found.symmetry, found.generators.astype(float)))
    return max(found, more, key=lambda each: each.value)


def witness_of(shown: Mapping[str, Any], m: int) -> TableWitness:
    """The witness that a choice of the bound ``search`` describes."""
    if "witness" in shown:
        return find(shown["witness"])
    group = {name: value for name, value in shown["orbits"].items() if name != "generators"}
    return entry(Symmetry.of_json(group), shown["orbits"]["generators"], m)


def wanted(problem: Problem) -> tuple[int, bool]:
    """About the best number of features, and whether it is n that limits it."""
    choice = random_directions.BOUND.choose(problem)
    assert choice is not None
    best = min(SHARE * choice.shown["n"], fmpq(PAST * comb(problem.d + problem.m - 1, problem.m)))
    limited = not problem.is_infinite and SHARE * int(problem.n) <= best
    return int(problem.n if limited else best.floor()), limited


def served(problem: Problem, n: int, *, limited: bool) -> bool:
    """Whether the table, or unbiased bases, have about n features in d dimensions."""
    d = problem.d
    if (d, d // 2 + 1) in unbiased_bases.dimensions(Problem("inf", d, problem.m, problem.p, problem.law)) and n <= d * (d // 2 + 1):
        return True
    if d <= SMALL.get(problem.m, 2):
        return True
    low, high = (FULL * n, fmpq(n)) if limited else (n / NEAR, NEAR * n)
    return any(e.m == problem.m and e.d == d and low <= e.n <= high and e.n <= problem.n for e in table().values())


def entry(symmetry: Symmetry, generators: list[list[int]], m: int) -> TableWitness:
    """Orbits as a witness with their exact sums, not in the table."""
    import numpy as np

    from boundcalc.loss.orbits import exact_sums

    of_c, of_d = invariants(m, *exact_sums(symmetry, np.array(generators, dtype=np.int64).T, m))
    order = symmetry.order
    all_c, all_d = (tuple(order * x for x in part) for part in (of_c, of_d))
    stored = {"group": symmetry.as_json(), "generators": generators}
    return TableWitness("", m, symmetry.d, order * len(generators), all_c, all_d, stored)
