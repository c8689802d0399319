"""Searches for weights: many starts, then generations of moves from the best optima found, then a careful last climb.

What is tried depends on the problem, the seed and the number of starts alone, not on the number of workers; a time
limit only keeps further starts from beginning.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np

from boundcalc.loss.arrays import float_weights
from boundcalc.model.laws import Law
from boundcalc.model.problem import Exact, Problem, Whole, given_problem
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError
from boundcalc.search.climb import FINE, Climbed, Job, ProblemText, climb, maximise
from boundcalc.search.moves import moved, present
from boundcalc.search.objective import Array, Improvement, column_squares
from boundcalc.search.starts import Start
from boundcalc.search.starts import starts as starts_of
from boundcalc.search.workers import Workers

MOST_STARTS = 100_000
MOST_NUMBERS = 4_000_000
"""The most entries n d of W that are searched."""
BUDGET = 1e11
"""Element operations that the default number of starts may take; below a minute on two cores."""
GENERATIONS, ELITE = 3, 6
"""Generations of moves, and how many optima they start from; they share a third of the starts."""
SAME = 1e-7
"""Optima whose values differ by less than this share count as one."""


@dataclass(frozen=True)
class Progress:
    """What has been reached so far."""

    started: int
    starts: int
    best: Climbed
    improved: bool
    seconds: float


@dataclass(frozen=True, eq=False)
class SearchResult:
    """The best weights found; ``loss_of(result.weights, ...)`` certifies what they reach.

    Attributes
    ----------
    weights : (d, n) array
        Columns of length at most 1; negligible ones are exactly zero.
    value : float
        C²/(D p) in floating point: I/p at the best scale.
    label : str
        The kind of start that led there.
    starts : int
        Local searches that were made.
    interrupted : bool
    """

    problem: Problem
    weights: Array
    value: float
    label: str
    seed: int
    starts: int
    seconds: float
    interrupted: bool

    def __repr__(self) -> str:
        d, n = self.weights.shape
        return f"<SearchResult n={n} d={d}: I/p about {self.value:.10g}, from {self.label}>"

    def __float__(self) -> float:
        """I at the best scale, in floating point."""
        return self.value * to_float(self.problem.p)


def evaluations(problem: Problem) -> int:
    """Most evaluations of one local search."""
    return int(np.clip(2e10 / _cost(problem), 60, 3000))


def default_starts(problem: Problem) -> int:
    """The default number of starts, by size: 6 to 160."""
    unknowns = int(problem.n) * problem.d
    expected = min(evaluations(problem), 60 + 2 * unknowns) * (_cost(problem) + 1e5)
    return int(np.clip(BUDGET / expected, 6, 160))


def _cost(problem: Problem) -> float:
    """Element operations of one evaluation, about nanoseconds."""
    return float(problem.n) ** 2 * (problem.d + 4 * problem.m)


def check(problem: Problem, seed: object, count: object, seconds: object) -> None:
    """Refuses what cannot be searched.

    Raises
    ------
    ParameterError
    """
    if problem.is_infinite:
        raise ParameterError("n", "inf", "must be finite for a search: a number such as 1000")
    if problem.n * problem.d > MOST_NUMBERS:
        raise ParameterError("n", int(problem.n), f"must be such that n d is at most {MOST_NUMBERS} for a search")
    check_budget(seed, count, seconds)


def check_budget(seed: object, count: object, seconds: object) -> None:
    """Refuses a seed, a number of starts or a time that is none."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 1 << 63:
        raise ParameterError("seed", seed, "must be a whole number, at least 0 and below 2^63")
    if count is not None and (isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_STARTS):
        raise ParameterError("starts", count, f"must be a whole number, 1 to {MOST_STARTS}")
    if seconds is not None and not (isinstance(seconds, (int, float)) and 0 < seconds < float("inf")):
        raise ParameterError("seconds", seconds, "must be a positive number")


def optimize(
    n: Problem | Whole,
    d: Whole | None = None,
    m: Whole | None = None,
    p: Exact | None = None,
    law: Law | str | None = None,
    *,
    seed: int = 0,
    starts: int | None = None,
    seconds: float | None = None,
    workers: int = 1,
    given: Array | None = None,
    known: Array | None = None,
    only_random: bool = False,
    enough: float | None = None,
    progress: Callable[[Progress], Any] = lambda progress: None,
    count: int | None = None,
) -> SearchResult:
    """Weights of large improvement.

    Parameters
    ----------
    n, d, m, p, law
        As of :class:`~boundcalc.model.problem.Problem`; or a Problem alone.
    starts : int, optional
        Local searches to make; by default a number that depends on the size.
    seconds : float, optional
        After this time the local searches end where they are; then the result depends on the machine.
    workers : int
        Processes. With more than one, a script needs the usual ``if __name__ == "__main__"`` guard.
    given, known : (d, n) arrays, optional
        Weights to start from besides, the second in addition to ``starts``; never made worse.
    only_random : bool
        Without known frames and sums of them.
    enough : float, optional
        The search ends once I/p is at least this.
    progress : callable
        Called after each local search. An interrupt (Ctrl-C) ends the search and keeps the best so far.
    count : int, optional
        The earlier name of ``starts``.

    Raises
    ------
    ParameterError
        For what cannot be searched.

    >>> optimize(4, 2, 3, "1e-6", "rademacher", starts=1).weights.shape
    (2, 4)
    """
    problem = given_problem(n, d, m, p, law)
    starts = count if starts is None else starts
    check(problem, seed, starts, seconds)
    begun = [Start("given weights", _start(given, problem, "given"))] if given is not None else []
    begun += [] if known is None else [Start("best witness known", _start(known, problem, "known"))]
    began = time.perf_counter()
    deadline = None if seconds is None else time.monotonic() + seconds
    extra = 0 if known is None else 1
    total = (default_starts(problem) if starts is None else starts) + extra
    most = evaluations(problem)
    found: list[Climbed] = []
    interrupted = False

    def may_start() -> bool:
        return not found or seconds is None or time.perf_counter() - began < seconds

    def best() -> Climbed:
        return max(found, key=lambda climbed: climbed.value)

    def reached() -> bool:
        return enough is not None and best().value >= enough

    def take(climbed: Climbed) -> None:
        improved = not found or climbed.value > best().value * (1 + 1e-12)
        found.append(climbed)
        progress(Progress(len(found), total, best(), improved, time.perf_counter() - began))

    try:
        with Workers(ProblemText.of(problem), workers, may_start) as crew:
            first = total if total - extra < 2 * ELITE else total - (total - extra) // 3
            for climbed in crew.run(_first_jobs(problem, first, seed, most, begun, only_random, deadline), total):
                take(climbed)
                if reached():
                    break
            for generation in range(GENERATIONS):
                if reached():
                    break
                size = (total - first) * (generation + 1) // GENERATIONS - (total - first) * generation // GENERATIONS
                for climbed in crew.run(_moves(found, size, seed, most, deadline), total - len(found)):
                    take(climbed)
                    if reached():
                        break
    except KeyboardInterrupt:
        interrupted = True
    if not found:
        start = begun[0] if begun else next(iter(starts_of(problem, 1, seed)), None)
        assert start is not None
        found.append(climb(ProblemText.of(problem), Job(0, start, 1)))
    over = deadline is not None and time.monotonic() > deadline
    winner = best() if interrupted or over else refined(problem, best(), most, deadline)
    found_in = time.perf_counter() - began
    return SearchResult(problem, winner.weights, winner.value, winner.label, seed, len(found), found_in, interrupted)


def _first_jobs(
    problem: Problem, count: int, seed: int, most: int, begun: list[Start], only_random: bool, deadline: float | None
) -> Iterator[Job]:
    others = starts_of(problem, max(count - len(begun), 0), seed, only_random=only_random)
    for number, start in enumerate(chain(begun, others)):
        yield Job(number, start, most, deadline)


def _moves(found: list[Climbed], size: int, seed: int, most: int, deadline: float | None) -> list[Job]:
    """Moves from the best optima, the better ones more often."""
    elite: list[Climbed] = []
    for climbed in sorted(found, key=lambda climbed: (-climbed.value, climbed.number)):
        if len(elite) < ELITE and (not elite or climbed.value < elite[-1].value * (1 - SAME)):
            elite.append(climbed)
    jobs = []
    for k in range(size):
        number = len(found) + k
        parent = elite[min(k % (2 * len(elite)) // 2 if k % 3 else 0, len(elite) - 1)]
        name, weights = moved(parent.weights, seed, number)
        jobs.append(Job(number, Start(f"{parent.label.split(':')[0]}: {name}", weights), most, deadline))
    return jobs


def refined(problem: Problem, climbed: Climbed, most: int, deadline: float | None = None) -> Climbed:
    """The same optimum to the last digits, without negligible features."""
    objective = Improvement(problem)
    weights = climbed.weights
    with np.errstate(all="ignore"):
        value, weights, _ = maximise(objective, weights, most, FINE, deadline)
        pruned = np.zeros_like(weights)
        kept = present(weights)
        pruned[:, kept] = weights[:, kept]
        if len(kept) < weights.shape[1] and column_squares(weights).min() > 0:
            other, pruned, _ = maximise(objective, pruned, most, FINE, deadline)
            if other >= value - 1e-13:
                value, weights = other, pruned
    better = float(np.exp(value))
    return replace(climbed, value=better, weights=weights) if better >= climbed.value else climbed


def _start(weights: Array, problem: Problem, parameter: str) -> Array:
    """Weights to start from, of the problem's shape."""
    array: Array = float_weights(weights, parameter=parameter)
    if array.shape != (problem.d, problem.n):
        allowed = f"must have the shape (d, n) = ({problem.d}, {problem.n})"
        turned = "; turn it round, .T" if array.shape == (problem.n, problem.d) else ""
        raise ParameterError(parameter, f"array of shape {array.shape}", allowed + turned)
    return array
