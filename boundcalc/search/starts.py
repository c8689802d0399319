"""Chooses where the search starts: random directions, known frames, direct sums of them, and paths in p.

The list is a function of the problem, the seed and its length alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
from flint import fmpq

from boundcalc.bounds.evaluate import Report
from boundcalc.bounds.lower import direct_sum
from boundcalc.bounds.lower.selector import selected
from boundcalc.bounds.lower.weights import explicit
from boundcalc.bounds.lower.witness_table import ranked
from boundcalc.frames.coordinates import Columns
from boundcalc.frames.library import construct, entries
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.search.objective import Array, Improvement

SPREADS = (0.0, 0.5, 0.25, 1.0)
"""Standard deviations of the logarithm of the lengths of random columns."""
SPARE = 0.4
"""Length of a spare column beside a frame's unit columns."""
FRAME_SHARE = 3
"""Known frames and sums take at most one start in this many."""
LARGEST_FRAME = 2500
TABLE_STARTS = 3
PATH_FACTORS = ((None, fmpq(1, 100), fmpq(1, 10)), (fmpq(10), fmpq(3)), (None, fmpq(1, 30)))
"""Continuation: multiples of p whose optima are found on the way; ``None`` is the limit p → 0."""


@dataclass(frozen=True, eq=False)
class Start:
    """Weights to climb from.

    Parameters
    ----------
    label : str
        What it is, for people.
    weights : (d, n) array
    path : tuple
        Values of p at which to climb first; ``None`` is the limit p → 0.
    """

    label: str
    weights: Array
    path: tuple[fmpq | None, ...] = ()


def unit_columns(rng: np.random.Generator, d: int, n: int) -> Array:
    """n independent uniform unit vectors as columns."""
    weights: Array = rng.standard_normal((d, n))
    weights /= np.linalg.norm(weights, axis=0)
    return weights


def random_start(seed: int, index: int, n: int, d: int) -> Array:
    """Random columns; ``index`` sets the spread of their lengths, and whether some are zero."""
    rng = np.random.default_rng([seed, index])
    weights = unit_columns(rng, d, n)
    spread = SPREADS[index % len(SPREADS)]
    weights *= np.exp(spread * rng.standard_normal(n))
    if index % 3 == 2 and n > d:
        weights[:, int(rng.integers(d, n)) :] = 0.0
    return weights


def fitted(frame: Array, n: int, d: int, rng: np.random.Generator, *, spare: bool) -> Array:
    """A frame in at most d dimensions as d × n weights: a random subset where it has more columns.

    Dimensions and columns that are left carry an orthonormal set; then, with ``spare``, short random columns.
    """
    rows, columns = frame.shape
    weights: Array = np.zeros((d, n))
    chosen = frame if columns <= n else frame[:, np.sort(rng.choice(columns, n, replace=False))]
    used = chosen.shape[1]
    weights[:rows, :used] = chosen
    alone = min(d - rows, n - used)
    for k in range(alone):
        weights[rows + k, used + k] = 1.0
    used += alone
    if spare and used < n:
        weights[:, used:] = SPARE * unit_columns(rng, d, n - used)
    return weights


def known_frames(n: int, d: int) -> list[str]:
    """Keys of frames in at most d dimensions, those nearest in size first."""
    listed = [entry for entry in entries() if entry.d <= d and entry.n <= min(LARGEST_FRAME, 4 * n)]
    found = [(d - entry.d, abs(entry.n - n), entry.key) for entry in listed]
    if d >= 2:
        found.append((0, abs(d + 1 - n), f"simplex_{d}"))
    if d >= 4 and n >= 8:
        size = 4 ** ((min(d, n // 2).bit_length() - 1) // 2)
        count = min(n // size, size // 2 + 1)
        if count * size <= LARGEST_FRAME:
            found.append((d - size, abs(count * size - n), f"unbiased_bases_{size}_{count}"))
    if d == 2 and n >= 3:
        found.append((0, 0, f"plane_lines_{n}"))
    return [key for *_, key in sorted(found)]


def frame_weights(key: str) -> Array:
    """The float64 columns of a known frame."""
    columns: Columns = construct(key)
    weights: Array = columns.to_float()
    return weights


def sum_weights(problem: Problem) -> Array | None:
    """The explicit part of the best direct sum of known blocks, as d × n weights; ``None`` where there is none."""
    choice = direct_sum.BOUND.choose(problem) if problem.m > 1 else None
    if choice is None:
        return None
    objective = Improvement(problem)
    weights: Array = np.zeros((problem.d, int(problem.n)))
    row = column = 0
    for block in choice.shown["blocks"]:
        if "construction" in block:
            continue
        scaled = objective.at_best_scale(explicit(block, problem.m))
        for _ in range(block["count"]):
            d, n = scaled.shape
            if row + d > problem.d or column + n > problem.n:
                break
            weights[row : row + d, column : column + n] = scaled
            row, column = row + d, column + n
    return weights if column else None


def _structured(problem: Problem, seed: int) -> Iterator[Start]:
    n, d = int(problem.n), problem.d
    together = sum_weights(problem)
    if together is not None:
        yield Start("direct sum", together)
    keys = known_frames(n, d)
    if keys:  # the frame nearest in size before entries of the table
        nearest = frame_weights(keys[0])
        yield Start(keys[0], fitted(nearest, n, d, np.random.default_rng([seed, 5]), spare=False))
    made = selected(problem)
    if made is not None:
        yield Start("orbits of a group", fitted(made.to_float(), n, d, np.random.default_rng(seed), spare=False))
    for _, entry in ranked(problem)[:TABLE_STARTS]:
        yield Start(f"table entry {entry.key}", fitted(entry.to_float(), n, d, np.random.default_rng(seed), spare=False))
    for spare in (False, True):
        for key in keys:
            frame = frame_weights(key)
            if (spare and frame.shape[1] >= n) or (not spare and key == keys[0]):
                continue
            rng = np.random.default_rng([seed, len(key), frame.shape[1], 7])
            yield Start(f"{key} with spare columns" if spare else key, fitted(frame, n, d, rng, spare=spare))


def _random(problem: Problem, seed: int) -> Iterator[Start]:
    n, d = int(problem.n), problem.d
    index = 0
    while True:
        weights = random_start(seed, index, n, d)
        if index % 5 == 4 and problem.m > 1:
            factors = PATH_FACTORS[index // 5 % len(PATH_FACTORS)]
            path = tuple(None if factor is None else min(fmpq(1), factor * problem.p) for factor in factors)
            yield Start("random directions, continuation in p", weights, path)
        else:
            yield Start("random directions", weights)
        index += 1


def starts(problem: Problem, count: int, seed: int, *, only_random: bool = False) -> Iterator[Start]:
    """``count`` starts: the structured ones, at most one in FRAME_SHARE, come after the first random ones."""
    structured = [] if only_random else list(islice(_structured(problem, seed), max(1, count // FRAME_SHARE)))
    random = _random(problem, seed)
    early = list(islice(random, min(4, max(count - len(structured), 0))))
    return islice(chain(early, structured, random), count)


def best_known(bounds: Report) -> Array | None:
    """The weights of the best lower bound, where it has some that fit."""
    problem = bounds.problem
    try:
        known = bounds.best_lower.witness
    except (ParameterError, MemoryError):  # weights that are known to exist, and not which
        return None
    weights = np.zeros((problem.d, int(problem.n)))
    if known.shape[0] > weights.shape[0] or known.shape[1] > weights.shape[1]:
        return None
    weights[: known.shape[0], : known.shape[1]] = known
    return weights
