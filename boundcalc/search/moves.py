"""Moves between local searches: perturb, drop, re-add, split and merge features, move a group of features.

A move returns new weights of the same shape; a dropped feature is a zero column, which re-adding may fill again.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from boundcalc.search.objective import Array, column_squares
from boundcalc.search.starts import unit_columns

NEGLIGIBLE = 1e-3
"""Share of the largest squared length below which a column counts as dropped."""


def _lengths(weights: Array) -> Array:
    lengths: Array = np.sqrt(column_squares(weights))
    return lengths


def present(weights: Array) -> np.ndarray:
    """Indices of the columns that are not negligible."""
    squares = column_squares(weights)
    return np.flatnonzero(squares > NEGLIGIBLE * squares.max())


def _room(weights: Array, rng: np.random.Generator) -> int:
    """A negligible column, or a random one."""
    kept = set(present(weights).tolist())
    free = [j for j in range(weights.shape[1]) if j not in kept]
    return int(rng.choice(free)) if free else int(rng.integers(weights.shape[1]))


def perturb(weights: Array, rng: np.random.Generator) -> Array:
    """Noise of a random size on every feature."""
    size = 10 ** rng.uniform(-1.5, -0.3)
    noise = rng.standard_normal(weights.shape) / np.sqrt(weights.shape[0])
    result: Array = weights + size * _lengths(weights) * noise
    return result


def drop(weights: Array, rng: np.random.Generator) -> Array:
    """Without one feature, or a few: the shortest, or random ones."""
    result, kept = weights.copy(), present(weights)
    if len(kept) < 2:
        return perturb(weights, rng)
    count = int(rng.integers(1, max(2, len(kept) // 6) + 1))
    if rng.random() < 0.5:
        lost = kept[np.argsort(_lengths(weights)[kept], kind="stable")[:count]]
    else:
        lost = rng.choice(kept, min(count, len(kept) - 1), replace=False)
    result[:, lost] = 0.0
    return result


def readd(weights: Array, rng: np.random.Generator) -> Array:
    """New random directions in the place of negligible features."""
    result, kept = weights.copy(), present(weights)
    free = np.setdiff1d(np.arange(weights.shape[1]), kept)
    if not len(free):
        return drop(weights, rng)
    count = int(rng.integers(1, len(free) + 1))
    chosen = rng.choice(free, count, replace=False)
    length = float(np.median(_lengths(weights)[kept])) * rng.uniform(0.5, 1.0)
    result[:, chosen] = length * unit_columns(rng, weights.shape[0], count)
    return result


def split(weights: Array, rng: np.random.Generator) -> Array:
    """One feature becomes two nearby ones."""
    result, kept = weights.copy(), present(weights)
    source, target = int(rng.choice(kept)), _room(weights, rng)
    direction = unit_columns(rng, weights.shape[0], 1)[:, 0] * _lengths(weights)[source] * rng.uniform(0.2, 0.8)
    result[:, target] = weights[:, source] - direction
    result[:, source] = weights[:, source] + direction
    return result


def merge(weights: Array, rng: np.random.Generator) -> Array:
    """The two features of nearly one line become one; the other is dropped."""
    result, kept = weights.copy(), present(weights)
    if len(kept) < 2:
        return perturb(weights, rng)
    units = weights[:, kept] / _lengths(weights)[kept]
    cosines = np.triu(np.abs(units.T @ units), 1)
    near = np.argsort(cosines, axis=None, kind="stable")[::-1][: max(1, len(kept) // 4)]
    i, j = np.unravel_index(int(rng.choice(near)), cosines.shape)
    first, second = int(kept[i]), int(kept[j])
    sign = np.sign(weights[:, first] @ weights[:, second]) or 1.0
    result[:, first] = (weights[:, first] + sign * weights[:, second]) / 2
    result[:, second] = 0.0
    return result


def shuffle(weights: Array, rng: np.random.Generator) -> Array:
    """A random share of the features points elsewhere."""
    result, n = weights.copy(), weights.shape[1]
    count = int(rng.integers(1, max(2, n // 3) + 1))
    chosen = rng.choice(n, min(count, n), replace=False)
    lengths = np.median(_lengths(weights)[present(weights)]) * np.exp(0.3 * rng.standard_normal(len(chosen)))
    result[:, chosen] = lengths * unit_columns(rng, weights.shape[0], len(chosen))
    return result


MOVES: dict[str, Callable[[Array, np.random.Generator], Array]] = {
    "perturbed": perturb,
    "features dropped": drop,
    "features re-added": readd,
    "feature split": split,
    "features merged": merge,
    "features moved": shuffle,
}


def moved(weights: Array, seed: int, index: int) -> tuple[str, Array]:
    """The move number ``index`` from these weights, with its name; never the zero matrix."""
    name = list(MOVES)[index % len(MOVES)]
    result = MOVES[name](weights, np.random.default_rng([seed, index, 11]))
    return (name, result) if result.any() else ("perturbed", perturb(weights, np.random.default_rng([seed, index, 13])))
