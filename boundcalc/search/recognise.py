"""Recognises what a set of weights is: its parts, their inner products, strength and symmetry, and the known frame they match.

Weights are polished first, as an optimum of the very sparse limit where they are near one, of their own p otherwise.
Inner products, strength and names are then read off 60 digits: convincing, but no proof. The certified value is
exact: that of the named frame's own coordinates.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from flint import arb, fmpq
from scipy.sparse.csgraph import connected_components

from boundcalc.frames.library import construct, entries
from boundcalc.loss.arrays import float_weights
from boundcalc.loss.ball import enclose_loss
from boundcalc.model.problem import Problem
from boundcalc.numbers.constants import sphere_moment
from boundcalc.numbers.enclosure import Enclosure, precision, to_float
from boundcalc.numbers.errors import ParameterError
from boundcalc.search.algebraic import guess
from boundcalc.search.climb import maximise
from boundcalc.search.family import follow
from boundcalc.search.moves import present
from boundcalc.search.objective import Array, VerySparse
from boundcalc.search.polish import BITS, DIGITS, Polished, polish

NEAR = 2e-3
"""Change of the unit Gram matrix up to which weights count as near an optimum of the very sparse limit."""
COARSE, SHARP = 1e-5, 1e-12
"""Distance at which two inner products count as one, without and with polishing."""
LARGEST = 400
"""Most columns that are looked at."""
LARGEST_FAMILY = 400
"""Most entries of W for which a family is followed."""
MOST_VALUES = 12
"""Guesses are made for at most this many distinct inner products."""
TOP_STRENGTH = 11


@dataclass(frozen=True)
class RecognisedValue:
    """One squared inner product of unit columns, or one relative weight: how often, and the number it seems to be."""

    value: float
    count: int
    guess: str | None


@dataclass(frozen=True)
class OrthogonalPart:
    """Columns that are orthogonal to all others.

    Attributes
    ----------
    n, d : int
        Columns and the dimension they span.
    strength : int
        Largest even t such that the columns, weighted by |w|^{2m}, are a half-design of strength t.
    tight : bool
        W Wᵀ is a multiple of the identity on the span.
    squares, weights : tuple of RecognisedValue
        Squared inner products of pairs of unit columns; weights |w|^{2m} relative to the largest.
    kinds : int
        Columns that see the others differently; 1 for a frame that looks the same from each of its lines.
    frame : str or None
        The known frame with these inner products and weights; with ``family``, the known member of the family.
    like : str or None
        A known weighted design of the same size and strength that was not reached.
    family : int
        Parameters of the family of optima, of equal value in the limit p → 0, along which ``frame`` was reached; 0 where
        the inner products and weights are its own.
    """

    n: int
    d: int
    strength: int
    tight: bool
    squares: tuple[RecognisedValue, ...]
    weights: tuple[RecognisedValue, ...]
    kinds: int
    frame: str | None
    like: str | None
    family: int = 0

    @property
    def equal_norms(self) -> bool:
        return len(self.weights) == 1

    @property
    def equiangular(self) -> bool:
        return self.equal_norms and len(self.squares) == 1

    def sentence(self) -> str:
        """The part in words."""
        if self.n == 1:
            return "a single feature"
        reached = f" (reached along a family of equal value with {self.family} parameters)" if self.family else ""
        known = f"{self.frame}{reached}: " if self.frame else ""
        if self.equiangular and self.tight and self.n > self.d:
            kind = f"an equiangular tight frame of {self.n} lines in R^{self.d}, squared inner product {_shown(self.squares[0])}"
        elif self.equal_norms:
            kind = f"{self.n} lines in R^{self.d} of equal norm" + (", a tight frame" if self.tight else "")
        else:
            kind = f"{self.n} weighted lines in R^{self.d}"
        if self.strength >= 2 and not (self.equiangular and self.strength == 2):
            kind += f", half-design of strength {self.strength}"
        if len(self.squares) <= 6 and not self.equiangular:
            kind += ", squared inner products " + ", ".join(_shown(value) for value in self.squares)
        like = f" (the size and strength of {self.like})" if self.like else ""
        return known + kind + like

    def as_json(self, count: int) -> dict[str, Any]:
        def values(found: tuple[RecognisedValue, ...]) -> list[dict[str, Any]]:
            return [{"value": repr(each.value), "count": each.count, "guess": each.guess} for each in found[:MOST_VALUES]]

        return {
            "count": count,
            "n": self.n,
            "d": self.d,
            "frame": self.frame,
            "like": self.like,
            "family": self.family,
            "strength": self.strength,
            "tight": self.tight,
            "equal_norms": self.equal_norms,
            "equiangular": self.equiangular,
            "kinds": self.kinds,
            "squares": values(self.squares),
            "weights": values(self.weights),
        }


@dataclass(frozen=True)
class Structure:
    """The parts of a set of weights.

    Attributes
    ----------
    limit : bool
        Whether it was polished as an optimum of the very sparse limit.
    digits : int
        Digits of the polished weights; 0 where polishing was not possible.
    exact : Enclosure or None
        Certified I of the named frames side by side, each at its best scale; ``None`` unless every part has a name.
    """

    parts: tuple[tuple[int, OrthogonalPart], ...]
    limit: bool
    digits: int
    exact: Enclosure | None

    @property
    def names(self) -> list[str]:
        """Names of the parts that have one."""
        return [part.frame for _, part in self.parts if part.frame]

    @property
    def sentence(self) -> str:
        """The structure in words."""
        if not self.parts:
            return "not examined (m = 1, more than 400 columns, or an interrupt)"
        said = [part.sentence() if count == 1 else f"{count} times ({part.sentence()})" for count, part in self.parts]
        precise = f"seen to {self.digits} digits" if self.digits else "seen in floating point only"
        return " + ".join(said) + f" [{precise}{', in the limit p -> 0' if self.limit else ''}]"

    def as_json(self) -> dict[str, Any]:
        return {
            "sentence": self.sentence,
            "parts": [part.as_json(count) for count, part in self.parts],
            "limit": self.limit,
            "digits": self.digits,
            "exact": None if self.exact is None else self.exact.as_json(30),
        }


NOT_EXAMINED = Structure((), False, 0, None)


def recognise(weights: Array, problem: Problem) -> Structure:
    """Polishes weights and says what they are."""
    weights = float_weights(weights)
    kept = weights[:, present(weights)]
    if kept.shape[1] > LARGEST or problem.m == 1:
        return NOT_EXAMINED
    sparse = _in_the_limit(kept, problem.m)
    polished = None
    if sparse is not None:
        polished = polish(sparse, None, problem.m)
    if polished is None:
        sparse, polished = None, polish(kept / np.abs(kept).max(), problem, problem.m)
    floats = kept if polished is None else np.vectorize(float)(polished.columns)
    counted: Counter[OrthogonalPart] = Counter(
        _part(floats[:, group], polished, group, problem.m) for group in _components(floats, polished)
    )
    parts = tuple((count, part) for part, count in sorted(counted.items(), key=lambda pair: (-pair[0].n, -pair[0].d)))
    exact = _exact(parts, problem)
    return Structure(parts, sparse is not None, 0 if polished is None else polished.digits, exact)


def _in_the_limit(weights: Array, m: int) -> Array | None:
    """The optimum of log(S²/T) near these weights, parallel columns merged; ``None`` if it is not near."""
    with np.errstate(all="ignore"):
        _, found, _ = maximise(VerySparse(m), weights, 2000, 1e-16)
    if not np.isfinite(found).all() or len(present(found)) < weights.shape[1]:
        return None
    change = np.abs(np.abs(_unit_gram(found)) - np.abs(_unit_gram(weights))).max()
    if change > NEAR:
        return None
    return _merged(found, m)


def _merged(weights: Array, m: int) -> Array:
    """Parallel columns as one: a_i^m adds up, and S and T stay the same."""
    cosines = np.abs(_unit_gram(weights))
    columns: list[Array] = []
    left = list(range(weights.shape[1]))
    while left:
        first = left[0]
        same = [j for j in left if cosines[first, j] > 1 - 1e-7]
        total = sum(float(weights[:, j] @ weights[:, j]) ** m for j in same)
        columns.append(weights[:, first] * (total / float(weights[:, first] @ weights[:, first]) ** m) ** (0.5 / m))
        left = [j for j in left if j not in same]
    return np.array(columns).T


def _unit_gram(weights: Array) -> Array:
    units = weights / np.linalg.norm(weights, axis=0)
    gram: Array = units.T @ units
    return gram


def _components(weights: Array, polished: Polished | None) -> list[np.ndarray]:
    """Groups of columns that are orthogonal to all others."""
    linked = np.abs(_unit_gram(weights)) > (COARSE if polished is None else 1e-9)
    count, labels = connected_components(linked, directed=False)
    return [np.flatnonzero(labels == group) for group in range(count)]


def _part(weights: Array, polished: Polished | None, group: np.ndarray, m: int) -> OrthogonalPart:
    n = weights.shape[1]
    values = np.linalg.svd(weights, compute_uv=False)
    d = int((values > 1e-6 * values[0]).sum())
    tight = bool(values[d - 1] > values[0] * (1 - (1e-6 if polished is None else 1e-9)))
    squares, masses = _unit_gram(weights) ** 2, np.linalg.norm(weights, axis=0) ** (2 * m)
    masses = masses / masses.max()
    width = COARSE if polished is None else SHARP
    exact = None if polished is None else _exact_quantities(polished, group, m)
    pairs = np.triu_indices(n, 1)
    found = _values(squares[pairs], width, None if exact is None else exact[0], pairs, polished)
    weight_values = _values(masses, width * m, None if exact is None else exact[1], (np.arange(n),), polished)
    strength = _strength(squares, masses, exact, d)
    kinds = len({(tuple(np.round(np.sort(squares[i]), 5)), round(float(masses[i]), 5)) for i in range(n)})
    frame = _frame_of(squares[pairs], masses, n, d)
    same_size = (entry.key for entry in entries() if (entry.n, entry.d, entry.strength) == (n, d, strength))
    like, family = next(same_size, None) if frame is None and strength >= 2 * m else None, 0
    if like is not None and n * d <= LARGEST_FAMILY:
        family = _family(weights, m, like, d)
        frame, like = (like, None) if family else (None, like)
    return OrthogonalPart(n, d, strength, tight, found, weight_values, kinds, frame, like, family)


def _exact_quantities(polished: Polished, group: np.ndarray, m: int) -> tuple[Any, Any]:
    """Squared unit inner products and relative weights as balls."""
    with precision(BITS):
        columns = polished.columns[:, group]
        gram = columns.T @ columns
        a = gram.diagonal()
        masses = a**m
        largest = max(masses.tolist(), key=float)
        return gram * gram / np.outer(a, a), masses / largest


def _values(
    floats: Array, width: float, exact: Any, index: tuple[Any, ...], polished: Polished | None
) -> tuple[RecognisedValue, ...]:
    """Clusters of numbers, descending, with their guesses."""
    order = np.argsort(-floats, kind="stable")
    clusters: list[list[int]] = []
    for k in order.tolist():
        if clusters and floats[clusters[-1][-1]] - floats[k] <= width:
            clusters[-1].append(k)
        else:
            clusters.append([k])
    found = []
    for cluster in clusters:
        text = None
        if exact is not None and polished is not None and len(clusters) <= MOST_VALUES:
            place = tuple(axis[cluster[0]] for axis in index)
            with precision(BITS):
                text = guess(arb(exact[place]), polished.digits - 4)
        found.append(RecognisedValue(float(floats[cluster[0]]), len(cluster), text))
    return tuple(found)


def _strength(squares: Array, masses: Array, exact: tuple[Any, Any] | None, d: int) -> int:
    """The even strength, by Welch's defect Σ ω_i ω_j u_ij^k/(Σ ω)² − c_k(d), which is never negative."""
    if d == 1:
        return 2 * TOP_STRENGTH
    total = float(masses.sum()) ** 2
    for k in range(1, TOP_STRENGTH + 1):
        wanted = sphere_moment(fmpq(d), k)
        defect = float(masses @ squares**k @ masses) / total - to_float(wanted)
        if abs(defect) > 1e-7:
            return 2 * k - 2
        if exact is not None:
            with precision(BITS):
                power, weights = exact[0] ** k, exact[1]
                mean = (weights @ (power @ weights)) / weights.sum() ** 2 - arb(wanted)
                # near misses have defects of 1e-11: the digits tell
                if abs(float(mean.mid())) > 10.0 ** (-DIGITS // 2):
                    return 2 * k - 2
    return 2 * TOP_STRENGTH


@cache
def _reference(key: str) -> tuple[Array, Array]:
    """Sorted squared inner products of all pairs, and sorted weights |w|^{2m}, of a known frame."""
    weights = construct(key).to_float()
    squares = _unit_gram(weights) ** 2
    order = getattr(construct(key), "order", 1)
    masses = np.linalg.norm(weights, axis=0) ** (2 * order)
    return np.sort(squares[np.triu_indices(len(squares), 1)]), np.sort(masses / masses.max())


def _shown(value: RecognisedValue) -> str:
    return value.guess or f"{value.value:.6g}"


def _frame_of(squares: Array, masses: Array, n: int, d: int) -> str | None:
    candidates = [entry.key for entry in entries() if (entry.n, entry.d) == (n, d)]
    if n == d:
        candidates.append(f"orthonormal_{d}")
    if n == d + 1 and d >= 2:
        candidates.append(f"simplex_{d}")
    if d == 2 and n >= 2:
        candidates.append(f"plane_lines_{n}")
    ours, weights = np.sort(squares), np.sort(masses)
    for key in candidates:
        theirs, wanted = _reference(key)
        if np.abs(ours - theirs).max(initial=0.0) < COARSE and np.abs(weights - wanted).max() < COARSE:
            return key
    return "orthonormal_1" if n == d == 1 else None


def _family(weights: Array, m: int, key: str, d: int) -> int:
    """Parameters of the family that joins a half-design to a known one; 0 where none is found."""
    axes = np.linalg.svd(weights, full_matrices=False)[0][:, :d]

    def traits(columns: Array) -> Array:
        masses = np.linalg.norm(columns, axis=0) ** (2 * m)
        squares = _unit_gram(columns) ** 2
        return np.concatenate([np.sort(squares[np.triu_indices(len(masses), 1)]), np.sort(masses / masses.max())])

    found = follow(axes.T @ weights, m, traits, np.concatenate(_reference(key)))
    return 0 if found is None else found[1]


def _exact(parts: tuple[tuple[int, OrthogonalPart], ...], problem: Problem) -> Enclosure | None:
    """Certified improvement of the named frames side by side."""
    low = high = fmpq(0)
    for count, part in parts:
        if part.frame is None:
            return None
        columns = construct(part.frame)
        try:
            loss = enclose_loss(columns.to_balls, m=problem.m, p=problem.p, law=problem.law, digits=30)
        except ParameterError:
            return None
        value = loss.improvement_best_scale
        low, high = low + count * value.lower, high + count * value.upper
    return Enclosure(low, high) if parts else None
