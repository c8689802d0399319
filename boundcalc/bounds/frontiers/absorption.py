r"""Pays negative coefficients of the row energy by larger monomials (U13).

For a row of A, Q_{2(i+j)} <= Q_{2i} Q_{2j}, and k -> log Q_{2k} is convex: splitting a part of a partition of m in two, and
moving two parts apart, does not decrease the monomial prod Q_{2j}. For m = 5 this is a chain,

    Q_10 <= Q_6 Q_4 <= Q_8 Q_2 <= Q_4^2 Q_2 <= Q_6 Q_2^2 <= Q_4 Q_2^3 <= Q_2^5.

Where X <= Y on every row and c_X < 0, -|c_X| X >= -|c_X| Y: an amount moves from Y's coefficient to X's. If all c' that are
left are nonnegative, sum c X >= sum c' X is an energy of the same form. Which amounts move is a transport problem, solved
exactly: the fewest steps up the order in total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from flint import fmpq

from boundcalc.bounds.frontiers.terms import terms
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT

Parts = tuple[int, ...]
"""A partition of m, descending: the monomial Π Q_{2j} over its parts."""


@dataclass(frozen=True)
class Payment:
    """An amount that moves from the coefficient of one monomial to that of a smaller one."""

    smaller: Parts
    larger: Parts
    amount: fmpq


def next_larger(parts: Parts) -> set[Parts]:
    """The monomials one step above: a part split in two, or two parts moved apart by one."""
    found = set()
    for k, part in enumerate(parts):
        rest = parts[:k] + parts[k + 1 :]
        found |= {tuple(sorted((*rest, part - one, one), reverse=True)) for one in range(1, part // 2 + 1)}
        for i, other in enumerate(rest):
            if i >= k and other > 1:
                found.add(tuple(sorted((*rest[:i], *rest[i + 1 :], part + 1, other - 1), reverse=True)))
    return found


@lru_cache(maxsize=16)
def steps_above(m: int) -> dict[Parts, dict[Parts, int]]:
    """For each monomial the larger ones, with the least number of steps to them."""
    found = {}
    for term in terms(m):
        distance = {term.parts: 0}
        reached = [term.parts]
        for parts in reached:
            for above in next_larger(parts) - distance.keys():
                distance[above] = distance[parts] + 1
                reached.append(above)
        del distance[term.parts]
        found[term.parts] = distance
    return found


def payments(m: int, coefficients: dict[Parts, fmpq]) -> list[Payment] | None:
    """Payments after which no coefficient is negative, fewest steps first; ``None`` where there are none.

    Successive shortest paths in the network from negative coefficients to larger monomials with room.
    """
    above = steps_above(m)
    flow: dict[tuple[Parts, Parts], fmpq] = {}
    lack = {parts: -c for parts, c in coefficients.items() if c < 0}
    room = {parts: c for parts, c in coefficients.items() if c > 0}
    while any(lack.values()):
        path = _shortest_path(above, flow, lack, room)
        if path is None:
            return None
        pairs = list(pairwise(path))
        amount = min(lack[path[0]], room[path[-1]], *(flow[smaller, larger] for larger, smaller in pairs[1::2]))
        for k, (one, other) in enumerate(pairs):
            if k % 2 == 0:
                flow[one, other] = flow.get((one, other), fmpq(0)) + amount
            else:
                flow[other, one] -= amount
        lack[path[0]] -= amount
        room[path[-1]] -= amount
    return [Payment(*pair, amount) for pair, amount in sorted(flow.items()) if amount > 0]


def _shortest_path(
    above: dict[Parts, dict[Parts, int]], flow: dict[tuple[Parts, Parts], fmpq], lack: dict[Parts, fmpq], room: dict[Parts, fmpq]
) -> list[Parts] | None:
    """From a lack to room, alternately up and back along a payment already made (Bellman and Ford)."""
    cost: dict[Parts, tuple[int, list[Parts]]] = {parts: (0, [parts]) for parts, amount in lack.items() if amount > 0}
    changed = True
    while changed:
        changed = False
        for parts, (paid, path) in list(cost.items()):
            if parts in lack:
                moves: Sequence[tuple[Parts, int]] = [(up, steps) for up, steps in above[parts].items() if up in room]
            else:
                moves = [(small, -above[small][parts]) for (small, large), amount in flow.items() if large == parts and amount > 0]
            for to, steps in moves:
                if to not in path and (to not in cost or paid + steps < cost[to][0]):
                    cost[to] = paid + steps, [*path, to]
                    changed = True
    ends = [found for parts, found in cost.items() if room.get(parts, fmpq(0)) > 0]
    return min(ends)[1] if ends else None


@lru_cache(maxsize=64)
def absorbed(problem: Problem) -> tuple[dict[Parts, fmpq], tuple[Payment, ...]] | None:
    """The coefficients c' ≥ 0 after the payments, with the payments; ``None`` where the negative ones cannot be paid."""
    kappa = Quantities(EXACT, problem).kappa
    coefficients = {term.parts: term.coefficient(kappa) for term in terms(problem.m)}
    made = payments(problem.m, coefficients)
    if made is None:
        return None
    for payment in made:
        coefficients[payment.smaller] += payment.amount
        coefficients[payment.larger] -= payment.amount
    last = terms(problem.m)[-1].parts
    return (coefficients, tuple(made)) if coefficients[last] > 0 else None
