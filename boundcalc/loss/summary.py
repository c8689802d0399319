"""Summarises each feature: norm, capacity, leverage, own loss, and what W makes of it; as histograms and as a CSV file."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpq

from boundcalc.loss.row_moments import DenseLoss
from boundcalc.loss.value import LossValue
from boundcalc.model.features import features_of
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.files import write_whole

HEADER = ("feature", "norm", "a", "q", "capacity", "leverage", "own_loss", "improvement", "response", "state")
BAR = "#"


@dataclass(frozen=True)
class FeatureTable:
    """Rounded quantities of each feature, float64 but for the last, shape (n,).

    Attributes
    ----------
    norm, a, q : |w_i|, A_ii and Q_2(i) at the scale as given
    capacity : t_i = a_i²/q_i
    leverage : P_ii, P the projection onto the row space of W; of sum the rank
    own_loss : ω_i E(x_i − x̂_i)² at the scale as given
    improvement : ω_i E x_i² − own_loss, what the feature adds to I(W)
    response : E x_i x̂_i/E x_i² over the largest: what the output x̂_i holds of the feature, as p → 0 A_ii^m for equal features
    state : ``represented``, ``weak`` or ``dead``, by the response; see :func:`states`
    """

    norm: np.ndarray
    a: np.ndarray
    q: np.ndarray
    capacity: np.ndarray
    leverage: np.ndarray
    own_loss: np.ndarray
    improvement: np.ndarray
    response: np.ndarray
    state: np.ndarray

    @property
    def rank(self) -> int:
        """The numerical rank, the sum of the leverages."""
        return round(float(self.leverage.sum()))


def feature_table(value: DenseLoss | LossValue, weights: np.ndarray) -> FeatureTable:
    """The table of a loss with rows and its weights, shape (d, n).

    A number past the range of float64 is nan in the table and an empty field in the file; the others stay finite.
    """
    size = float(np.abs(weights).max()) or 1.0
    norm = np.sqrt(np.square(weights.astype(np.float64) / size).sum(axis=0)) * size
    features = features_of(value.problem)
    mean_square = features.spread(group.importance * group.variance() for group in features.groups)
    if isinstance(value, LossValue):
        assert value.rows is not None  # the caller asks for them
        rows = value.rows
        gain = [2 * c - d for c, d in zip(rows.C, rows.D, strict=True)]
        own = [square - each for square, each in zip(mean_square, gain, strict=True)]
        a, q, capacity, own_loss, improvement = (_floats(numbers) for numbers in (rows.a, rows.q, rows.capacity, own, gain))
    else:
        assert value.rows is not None  # floating-point losses keep their rows
        found, m, exponent = value.rows, value.problem.m, value.exponent
        a, q, capacity = _scaled(found.a, exponent), _scaled(found.q, 2 * exponent), found.capacity
        improvement = 2 * _scaled(found.C, m * exponent) - _scaled(found.D, 2 * m * exponent)
        own_loss = np.array([to_float(square) for square in mean_square]) - improvement
    response = responses(value)
    return FeatureTable(norm, a, q, capacity, leverages(weights), own_loss, improvement, response, states(response))


def responses(value: DenseLoss | LossValue) -> np.ndarray:
    """E x_i x̂_i/E x_i² of each feature over the largest, shape (n,): at most 1, and the same for every scale of the weights.

    A feature adds 2C_i − D_i ≤ 2C_i to the improvement, C_i = ω_i E x_i x̂_i: of a small response it adds little.
    """
    assert value.rows is not None
    features = features_of(value.problem)
    energies = [group.importance * group.variance() for group in features.groups]
    if isinstance(value, LossValue):
        squares = features.spread(energies)
        shares = [each / square for each, square in zip(value.rows.C, squares, strict=True)]
        size = max(map(abs, shares)) or 1
        found, negative = np.array([to_float(share / size) for share in shares]), value.C < 0
    else:
        found = value.rows.C / np.array(features.spread([to_float(square / min(energies)) for square in energies]))
        negative = value.unit_correlation < 0
    return over_largest(-found if negative else found)  # the best scale of a decoder may be negative


def over_largest(response: np.ndarray) -> np.ndarray:
    """The same over the largest; as it is where none is positive."""
    return np.asarray(response / (max(float(response.max()), 0.0) or 1.0))


REPRESENTED, DEAD, ALIGNED = 0.5, 0.01, 0.99
"""Shares of the largest response, and the cosine, that :class:`NamedFeatures` goes by."""


def states(response: np.ndarray) -> np.ndarray:
    """What W makes of each feature, by its response over the largest: from 1/2 on represented, up to 1/100 dead, else weak."""
    return np.where(response >= REPRESENTED, "represented", np.where(response > DEAD, "weak", "dead"))


@dataclass(frozen=True)
class NamedFeatures:
    """Features, counted from 0, by what W makes of them. Each is represented, weak or dead.

    Attributes
    ----------
    represented, weak, dead : tuple of int
        Features whose response is at least half the largest, at most a hundredth of it, and between: see :class:`FeatureTable`.
    parallel, antipodal : tuple of (int, int), or None
        Pairs of columns that are not dead with cosine at least 0.99, or at most −0.99; ``None`` for more than 20,000 features.
    """

    represented: tuple[int, ...]
    weak: tuple[int, ...]
    dead: tuple[int, ...]
    parallel: tuple[tuple[int, int], ...] | None
    antipodal: tuple[tuple[int, int], ...] | None


MAX_PAIRED = 20_000
MAX_PAIRS = 100_000
"""Most pairs that are kept of either kind."""


def named_features(weights: np.ndarray, state: np.ndarray) -> NamedFeatures:
    """Which columns of W, shape (d, n), are of each state, shape (n,), and which pairs of those not dead are aligned; float64."""
    unit = weights.astype(np.float64) / (float(np.abs(weights).max()) or 1.0)
    norms = np.sqrt(np.einsum("ij,ij->j", unit, unit))
    represented, weak, dead = (tuple(np.flatnonzero(state == each).tolist()) for each in ("represented", "weak", "dead"))
    kept = np.flatnonzero((state != "dead") & (norms > 0))
    if len(kept) > MAX_PAIRED:
        return NamedFeatures(represented, weak, dead, None, None)
    directions = unit[:, kept] / norms[kept]
    pairs: list[list[tuple[int, int]]] = [[], []]
    for start in range(0, len(kept), 512):
        cosines = directions[:, start : start + 512].T @ directions
        for found, close in zip(pairs, (cosines >= ALIGNED, cosines <= -ALIGNED), strict=True):
            rows, columns = np.nonzero(np.triu(close, start + 1))
            found.extend((int(kept[start + i]), int(kept[j])) for i, j in zip(rows, columns, strict=True))
            del found[MAX_PAIRS:]
    return NamedFeatures(represented, weak, dead, tuple(pairs[0]), tuple(pairs[1]))


def leverages(weights: np.ndarray) -> np.ndarray:
    """Diagonal of the projection onto the row space of W, shape (n,); singular values below rounding count as zero."""
    largest = float(np.abs(weights).max())
    if largest == 0:
        return np.zeros(weights.shape[1])
    unit = weights / largest
    _, sizes, right = np.linalg.svd(unit, full_matrices=False)
    kept = right[sizes > sizes[0] * max(weights.shape) * np.finfo(np.float64).eps]
    return np.minimum(np.einsum("ij,ij->j", kept, kept), 1.0)


def histogram(values: Sequence[float] | np.ndarray, *, bins: int = 10, width: int = 80) -> list[str]:
    """Counts of values in [0, 1] as lines of plain characters, at most ``width`` wide; bins reach to just above the largest."""
    found = np.clip(values, 0.0, 1.0)
    top = _round_up(float(found.max()))
    counts = np.histogram(found, bins=bins, range=(0.0, top))[0].tolist()
    labels = [f"{k * top / bins:.3g} to {(k + 1) * top / bins:.3g}" for k in range(bins)]
    wide, digits = max(map(len, labels)), len(str(max(counts)))
    room = width - wide - digits - 3
    return [
        f"{label:<{wide}}  {count:>{digits}} {BAR * math.ceil(count * room / max(counts))}".rstrip()
        for label, count in zip(labels, counts, strict=True)
    ]


def _round_up(value: float) -> float:
    """The least of 1, 2, 5 times a power of ten that is at least the value, within (0, 1]."""
    for exponent in range(-9, 1):
        for digit in (1, 2, 5):
            top = float(f"{digit}e{exponent}")
            if value <= top:
                return min(top, 1.0)
    return 1.0


def write_features(table: FeatureTable, path: str | os.PathLike[str]) -> None:
    """Writes the table as CSV, a row a feature counted from 0, whole or not at all.

    Raises
    ------
    ParameterError
        If the file cannot be written.
    """
    columns = [getattr(table, name).tolist() for name in HEADER[1:]]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for k, row in enumerate(zip(*columns, strict=True)):
        writer.writerow([k, *("" if number != number else number if isinstance(number, str) else repr(number) for number in row)])
    write_whole(path, text.getvalue(), "features")


def _floats(values: Sequence[fmpq]) -> np.ndarray:
    """Rationals as float64, nan past its range."""

    def convert(value: fmpq) -> float:
        try:
            return to_float(value)
        except OverflowError:
            return math.nan

    return np.array([convert(value) for value in values])


def _scaled(values: np.ndarray, exponent: int) -> np.ndarray:
    """values · 2^exponent, nan where that overflows."""
    with np.errstate(over="ignore"):
        found = np.ldexp(values, min(max(exponent, -5000), 5000))
    return np.where(np.isfinite(found), found, np.nan)
