"""Finds how far U9 for m = 5 is flat in n: parameters that hold for more features than they were made for say so.

Where it is flat each n has a program whose optimum is the same, and each solution misses it by something else: with programs of
their own the bound of 13 features was below that of 12. They all take the solution for the most features.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from flint import fmpq

from boundcalc.bounds.frontiers import quintic
from boundcalc.bounds.frontiers.general import GeneralChoice, exchanges, value_of
from boundcalc.bounds.frontiers.neighbours import FLAT_BITS, N_BITS, farthest, of_features, roundest, rung
from boundcalc.bounds.frontiers.rounding import above
from boundcalc.model.problem import Problem

FLAT = 1 + fmpq(1, 20_000)
"""The bound is flat between two n whose values differ by less than that: by more than what programs leave."""
DEARER = fmpq(1, 100_000)
"""By this part of the value parameters may become worse when it is asked for how many features they hold."""
STEPS = 6
"""So many programs are solved for more and more features while a bound is flat."""
SMALL = fmpq(1, 10_000)
"""A smaller part of the value hardly counts."""


def flattest(problem: Problem, proposed: Callable[[Problem], GeneralChoice | None]) -> GeneralChoice | None:
    """The parameters proposed for the most features up to which the bound is flat; ``None`` where there are none."""
    found = proposed(problem)
    if found is None or problem.is_infinite:
        return found
    near, limit = problem, value_of(problem, found) * FLAT
    for _ in range(STEPS):
        tried = _dearer(near, found)
        most = farthest(near, lambda larger, tried=tried: any(quintic.holds(one, larger) for one in tried))  # type: ignore[misc]
        # the roundest on the way: neighbours meet there, however far they hold, and go on as one
        following = most if most.is_infinite or most == near else of_features(near, roundest(int(near.n), int(most.n)))
        more = proposed(following) if following != near else None
        if more is None or value_of(problem, more) > limit:
            break
        near, found = following, more
        if near.is_infinite:
            break
    if near == problem and (following != problem or problem.d == 1 or (not tried and _hardly_counts(problem, found))):
        # solvers may miss more than is gained, and those of the next n fare better
        candidates = [found, *(proposed(of_features(problem, rung(int(problem.n) + 1, bits))) for bits in (N_BITS, FLAT_BITS))]
        found = min((one for one in candidates if one is not None), key=partial(value_of, problem))
    return found


def _dearer(problem: Problem, choice: GeneralChoice) -> list[GeneralChoice]:
    """The choice a little dearer and without what only few features have; where the price hardly counts, without links too.

    It says for how many features a bound is flat. Links fit one n, and a price that hardly counts may pay for them.
    """
    if choice.excess or any(nu and member.y <= 0 for nu, member in zip(choice.multipliers, choice.members, strict=True)):
        return []
    price = above(choice.price + value_of(problem, choice) * DEARER / problem.rank)
    found = [replace(choice, moved=(fmpq(0),) * len(choice.moved), price=price)]
    if _hardly_counts(problem, choice):
        kept = [fmpq(0) if one.linked else nu for one, nu in zip(exchanges(problem), choice.multipliers, strict=True)]
        found.append(replace(quintic.weakened(problem, found[0], fmpq(1)), multipliers=tuple(kept)))
    return found


def _hardly_counts(problem: Problem, choice: GeneralChoice) -> bool:
    """Whether what is paid for the rows is a small part of the value."""
    paid = replace(choice, multipliers=(fmpq(0),) * len(choice.multipliers))
    return bool(value_of(problem, paid) < SMALL * value_of(problem, choice))
