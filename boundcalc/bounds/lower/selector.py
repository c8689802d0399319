"""Builds a witness for a problem that the table does not serve: orbits of a group, a short search within a fixed amount of work.

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
from boundcalc.bounds.lower.witness_table import TableWitness, exact_value, find, table
from boundcalc.frames.orbits import FEWEST, Symmetry
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT

if TYPE_CHECKING:
    from boundcalc.bounds.lower.orbit_search import OrbitPlan

LARGEST_D, LARGEST_M = 500, 9
WORK = 4e8
"""Operations that a search may take, roughly: a fifth of a second."""
LEAST = 8
"""Evaluations without which a search is not begun."""
SHARE = fmpq(9, 10)
"""Of the number of features that random directions would use."""
PAST = 4
"""At most so many times the dimension of the symmetric tensors."""
NEAR = fmpq(4, 3)
"""An entry of the table serves if its number of features is within this factor of the one wanted, and ..."""
FULL = fmpq(97, 100)
"""... uses at least this share of n, where n is the limit."""
SMALL = {3: 8, 5: 4}
"""For each m the largest d in which nothing is gained: the table and the known frames serve every number of features. In two
dimensions lines at equal angles are the best."""
BETTER = 1e-6
"""By so much the value of a later start, rounded to whole numbers, must be larger."""
NEARBY = 3
"""Groups of so many dimensions fewer are tried, if with them more of n features are used, in parts of :data:`FULL`."""
CLOSE = 0.97
"""The second best start is followed to its end as well, if it is not below this part of the best, and others if they are small."""
FOLLOWED = 150
"""Evaluations to a start's end at most."""
MORE = fmpq(5, 4)
"""Where n is no limit, this many times the number wanted is tried too, and halves of halves while more than one feature is on."""
SLACK = 3
"""Where n is the limit, so many features fewer are tried too, which groups of other orders may use better."""
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
    found = [_built(problem, n, below=limited)]
    if limited:
        better = next((e for e in range(d - 1, max(d - NEARBY, 2) - 1, -1) if FULL * used(e, n) > used(d, n)), None)
        if better is not None:
            found.append(_built(Problem(problem.n, better, m, problem.p, problem.law), n, below=True))
    return max((one for one in found if one is not None), key=lambda one: _improvement(problem, one), default=None)


def used(d: int, n: int) -> int:
    """How many of n features the groups in d dimensions use at most."""
    from boundcalc.bounds.lower.orbit_search import plans

    return max((plan.n for plan in plans(d, n, below=True)), default=0)


def _improvement(problem: Problem, witness: TableWitness) -> fmpq:
    C, D = exact_value(problem, witness)
    return C**2 / D


def _plans(problem: Problem, n: int, *, below: bool) -> list[OrbitPlan]:
    """The starts to be tried, those with the number of features that is wanted first, none twice."""
    from boundcalc.bounds.lower.orbit_search import plans

    d, first = problem.d, list(plans(problem.d, n, below=below))
    if below:
        others = [n - k for k in range(1, SLACK + 1)]
    else:
        others = [int(MORE * n), *(n >> k for k in range(1, n.bit_length()) if (n >> k - 1) * problem.p > 1)]
    found = [plan for count in others if count >= FEWEST * d for plan in plans(d, count, below=below)]
    if d > 3:  # where features are on often, more dimensions are worth little, and a search in fewer may come farther
        found += plans(d - 1, n, below=below)
    least = min((plan.work for plan in first), default=0.0)
    listed = first + [plan for plan in found if FEW * FOLLOWED * plan.work <= WORK or plan.work < least]
    return list({(plan.kind, plan.symmetry, plan.count): plan for plan in reversed(listed)}.values())[::-1]


def _built(problem: Problem, n: int, *, below: bool) -> TableWitness | None:
    """The best of the best starts with about n features or, where n is no limit, fewer, followed to their ends."""
    from boundcalc.bounds.lower.orbit_search import climb
    from boundcalc.loss.orbits import Array, OrbitImprovement

    m = problem.m
    kappa = [0.0, *(int(x.p) / int(x.q) for x in Quantities(EXACT, problem).kappa[1:])]
    p = int(problem.p.p) / int(problem.p.q)
    if min(p, *kappa[1:]) < 1e-200:
        return None
    found: list[tuple[float, OrbitPlan, Array, OrbitImprovement]] = []
    listed = [plan for plan in _plans(problem, n, below=below) if plan.n <= problem.n]
    for plan in listed:
        climbed = LEAST * plan.work <= WORK
        if not climbed and not (plan.kind == "chirps" and 3 * plan.work <= 2 * WORK):
            continue  # before its start is made, which may not fit into memory
        objective, start = OrbitImprovement(plan.symmetry, m, kappa, p), plan.start()
        if climbed:
            value, generators = climb(objective, start, max(LEAST // 3, min(20, int(WORK / 3 / len(listed) / plan.work))))
        else:
            value, generators = 0.0, start  # good as they are, where nothing else fits
        found.append((value, plan, generators, objective))
    # of values that differ in last bits alone, the earlier start's is the better one
    found.sort(key=lambda each: -float(f"{each[0]:.6g}"))
    best, left = None, WORK
    for k, (value, plan, generators, objective) in enumerate(found):
        if value < CLOSE * found[0][0] or (k > 1 and FOLLOWED * plan.work > left):
            break
        if value > 0:
            evaluations = min(FOLLOWED, int(WORK / 2 / plan.work))
            left -= evaluations * plan.work
            _, generators = climb(objective, generators, evaluations)
        whole = plan.symmetry.rounded(generators)
        if len(found) > 1 and value > 0:
            value, _ = climb(objective, whole.astype(float), 0)
        if best is None or value > best[0] * (1 + BETTER):
            best = value, plan, whole
    if best is None:
        return None
    _, plan, whole = best
    return entry(plan.symmetry, whole.T.tolist(), m)


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
