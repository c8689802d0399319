"""Searches for weights for features that differ: climbs from starts that hold all features, then moves from the best optima.

The transitions are of first order (theory, section 4): from an orthonormal start no climb finds the feature that comes in.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq

from boundcalc.bounds.unequal.climb import UnequalImprovement, climbed, finished, starts
from boundcalc.bounds.unequal.kinds import FeatureKind, kinds
from boundcalc.loss.dense import dense_loss
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.enclosure import decimal_exponent, to_float
from boundcalc.numbers.errors import ParameterError, shortened
from boundcalc.search.moves import moved
from boundcalc.search.objective import Array

MOST_FEATURES = 300
"""Features that the search sees, those of the greatest ω p g; the others have weight 0."""
LARGEST_ENERGY = fmpq(10) ** 300
"""Losses beyond leave the range of floats."""
MOST_COLUMNS = 100_000
"""Most columns that W has."""
DEFAULT_STARTS = 60
MOVES_FROM = 3
"""Moves start from this many of the best optima; every third start is one."""


@dataclass(frozen=True)
class FeatureSearch:
    """The best weights found.

    Attributes
    ----------
    weights : (d, n) array
        Near their best scale; columns that do not matter are zero.
    value : float
        The improvement at the best scale, in floating point.
    """

    problem: FeatureProblem
    weights: Array
    value: float
    seed: int
    starts: int
    seconds: float
    interrupted: bool


def search_features(
    problem: FeatureProblem,
    *,
    seed: int = 0,
    count: int | None = None,
    seconds: float | None = None,
    given: Array | None = None,
    progress: Callable[[int, float, bool], Any] = lambda number, value, improved: None,
) -> FeatureSearch:
    """Weights of large improvement.

    Parameters
    ----------
    seed, count, seconds
        As of :func:`boundcalc.search.optimize.optimize`; 60 starts by default.
    given : (d, n) array, optional
        Weights to start from besides.
    progress : callable
        Called after each climb with its number, the best improvement so far, and whether it is new.

    Raises
    ------
    ParameterError
        For m = 1, which needs no search, for more columns than 100,000, and for losses beyond the range of floats.

    >>> from boundcalc.model.features import Features
    >>> two = FeatureProblem(Features.each([1, "1/2"], ["1/10", "1/10"], "rademacher"), 1, 3)
    >>> search_features(two, count=2).weights.shape
    (1, 2)
    """
    if problem.m < 3:
        raise ParameterError("m", problem.m, "must be at least 3 for a search: for m = 1 rank is attained")
    if problem.n > MOST_COLUMNS:
        raise ParameterError("n", problem.n, f"must be at most {MOST_COLUMNS} for a search")
    if problem.energy > LARGEST_ENERGY:
        allowed = "must keep the loss of answering zero below 10^300 for a search: divide every importance by the same number"
        raise ParameterError("importance", f"sum of omega p mu_2 near 10^{decimal_exponent(problem.energy)}", allowed)
    began, every = time.perf_counter(), kinds(problem)
    seen: list[tuple[FeatureKind, int]] = []
    for kind in every:
        seen += [(kind, column - 1) for column in kind.columns(MOST_FEATURES - len(seen))]
    columns = [column for _, column in seen]
    try:
        objective = UnequalImprovement([kind for kind, _ in seen], problem.m)
    except OverflowError:
        least = shortened(str(min(kind.p for kind, _ in seen)))
        raise ParameterError("p", least, "must be at least about 1e-290 for the search, whose numbers are floats") from None
    total = DEFAULT_STARTS if count is None else count
    first = [] if given is None else [np.asarray(given, dtype=float)[:, columns]]
    first += starts(len(seen), problem.d, max(total - total // 3, 1), seed)
    found: list[tuple[float, Array]] = []
    interrupted, deadline = False, None if seconds is None else time.monotonic() + seconds
    try:
        for number in range(total):
            if found and deadline is not None and time.monotonic() > deadline:
                break
            if number < len(first):
                start = first[number]
            else:
                best = sorted(found, key=lambda pair: -pair[0])[:MOVES_FROM]
                start = moved(best[number % len(best)][1], seed, number)[1]
            value, weights = climbed(objective, start, deadline=deadline)
            improved = not found or value > max(pair[0] for pair in found) + 1e-12
            found.append((value, weights))
            progress(number + 1, _improvement(max(pair[0] for pair in found), every[0]), improved)
    except KeyboardInterrupt:
        interrupted = True
    value, weights = max(found, key=lambda pair: pair[0]) if found else (0.0, first[0])
    if found and not interrupted:
        value, weights = finished(objective, weights, deadline)
    whole = np.zeros((problem.d, problem.n))
    whole[:, columns] = weights
    scale = dense_loss(whole, m=problem.m, features=problem.features, transpose=False).scale
    taken = time.perf_counter() - began
    scaled = whole if scale is None else whole * scale
    return FeatureSearch(problem, scaled, _improvement(value, every[0]), seed, len(found), taken, interrupted)


def _improvement(value: float, first: FeatureKind) -> float:
    unit = first.alone
    return float(np.exp(value)) * to_float(unit)
