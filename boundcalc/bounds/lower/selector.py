"""Builds a witness for a problem: orbits of a group where the table does not serve it, and a whole matrix where n is the limit.

The same on every machine: the work is counted and not timed, the climb is rounded on its way, and the generators are whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import comb
from typing import TYPE_CHECKING, Any

from flint import fmpq

from boundcalc.bounds.lower import random_directions, unbiased_bases
from boundcalc.bounds.lower.invariants import invariants
from boundcalc.bounds.lower.witness_table import MANY, TableWitness, find, ranked, table
from boundcalc.frames.orbits import FEWEST, Symmetry
from boundcalc.model.problem import Problem

if TYPE_CHECKING:
    from boundcalc.bounds.lower.orbit_climbs import End

LARGEST_D, LARGEST_M = 500, 9
SHARE = fmpq(9, 10)
"""Of the number of features that random directions would use."""
PAST = 4
"""At most so many times the dimension of the symmetric tensors."""
NEAR = fmpq(4, 3)
"""An entry of the table serves if its number of features is within this factor of the one wanted, and ..."""
FULL = fmpq(99, 100)
"""... uses at least this share of n, where n is the limit."""
FITTED = 1 + 1e-5
"""An entry of the table is taken as it is where climbing on from it gains less."""
LINES = 2
"""In so many dimensions lines at equal angles are the best."""
CHEAP_D = 8
"""In so many dimensions all takes little."""
ENOUGH = {3: 4, 5: 4}
"""For each m the largest d in which nothing is gained beyond the table."""
SMALL = {3: 8, 5: 4}
"""For each m the largest d in which the table and the known frames serve every number of features."""


def in_reach(problem: Problem) -> bool:
    """Whether d and m are such that weights may be built."""
    return 3 <= problem.m <= LARGEST_M and 2 <= problem.d <= LARGEST_D


def searched(problem: Problem) -> bool:
    """Whether groups are searched for such problems: not where the table serves them."""
    return in_reach(problem) and not served(problem, *wanted(problem))


@lru_cache(maxsize=64)
def selected(problem: Problem) -> TableWitness | None:
    """Weights for this problem; ``None`` where the table serves it, or a search of this length finds nothing of use.

    Where the table serves and n is the limit its best entry is fitted to p and to n, if that is little work; then those for a
    feature less are looked at too, which may have come farther.
    """
    from boundcalc.bounds.lower.orbit_climbs import comes_to_its_end

    found = built(problem)
    little = in_reach(problem) and problem.d < problem.n < MANY and comes_to_its_end(problem)
    if little and (problem.d <= CHEAP_D or not searched(problem)):
        less = built(Problem(int(problem.n) - 1, problem.d, problem.m, problem.p, problem.law))
        found = less if found is None or (less is not None and less.value > found.value) else found
    return None if found is None else entry(found.symmetry, found.generators.T.tolist(), problem.m)


@lru_cache(maxsize=64)
def built(problem: Problem) -> End | None:
    """What is found for just this number of features."""
    d, m = problem.d, problem.m
    n, limited = wanted(problem) if in_reach(problem) else (0, False)
    if n <= d or d <= ENOUGH.get(m, LINES):
        return None
    from boundcalc.bounds.lower import orbit_climbs

    few, groups = n < FEWEST * d, searched(problem)
    last = n if limited else int((n / SHARE).floor())  # the largest n that is a limit
    whole = Problem(last, d, m, problem.p, problem.law)
    alone = (limited or groups) and orbit_climbs.climbs_alone(whole) is not None
    if few and groups and not alone:  # those of fewer dimensions serve, as there
        fewer = n // FEWEST
        return built(Problem(problem.n, fewer, m, problem.p, problem.law)) if fewer < d <= 2 * fewer else None
    found = None
    if groups:
        at, number = (whole, last) if limited or few else (problem, n)
        found = orbit_climbs.best(at, number, below=at is whole)
    if found is not None and not limited and (not alone or found.features > last):  # the model of the number is a rough one
        whole = Problem(found.features, d, m, problem.p, problem.law)
    elif not alone:
        return found
    own = _of_table(whole)
    starts = [end for end in (found, own) if end is not None]
    found = orbit_climbs.filled(whole, starts) if starts else None
    return found if found is None or own is None or found.value > own.value * FITTED else None


def _of_table(problem: Problem) -> End | None:
    """The best entry of the table with as many dimensions."""
    from boundcalc.bounds.lower.orbit_climbs import End

    fits = ((value, one) for value, one in ranked(problem) if one.d == problem.d)
    return next((End(one.symmetry or Symmetry(1, copies=one.d), one.generators, value) for value, one in fits), None)


def beside_others(problem: Problem) -> list[TableWitness]:
    """Weights in fewer dimensions that promise most beside single features in those that they leave; for a finite n.

    None where the table serves, also for a dimension fewer: its entries are such weights already, and a search takes longer than
    all else.
    """
    n, d, m, p, law = problem.n, problem.d, problem.m, problem.p, problem.law
    if problem.is_infinite or d == 1 or not any(searched(Problem(n, e, m, p, law)) for e in (d, d - 1)):
        return []
    from boundcalc.bounds.lower import orbit_climbs

    ends = orbit_climbs.beside_others(problem, SMALL.get(m, 1))
    return [entry(end.symmetry, end.generators.T.tolist(), m) for end in ends]


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


def served(problem: Problem, n: int, limited: bool) -> bool:
    """Whether the table, or unbiased bases, have about n features in d dimensions."""
    d = problem.d
    if (d, d // 2 + 1) in unbiased_bases.dimensions(Problem("inf", d, problem.m, problem.p, problem.law)) and n <= d * (d // 2 + 1):
        return True
    if d <= SMALL.get(problem.m, LINES):
        return True
    low, high = (FULL * n, fmpq(n)) if limited else (n / NEAR, NEAR * n)
    return any(e.serves and e.m == problem.m and e.d == d and low <= e.n <= high and e.n <= problem.n for e in table().values())


def entry(symmetry: Symmetry, generators: list[list[int]], m: int) -> TableWitness:
    """Orbits as a witness with their exact sums, not in the table."""
    import numpy as np

    from boundcalc.loss.orbits import exact_sums

    of_c, of_d = invariants(m, *exact_sums(symmetry, np.array(generators, dtype=np.int64).T, m))
    order = symmetry.order
    all_c, all_d = (tuple(order * x for x in part) for part in (of_c, of_d))
    stored = {"group": symmetry.as_json(), "generators": generators}
    return TableWitness("", m, symmetry.d, order * len(generators), all_c, all_d, stored)
