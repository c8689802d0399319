"""Maps a case to a vector of real parameters, which the search moves, and back to exact rationals.

The vector holds the weights, log p, the law (logarithms of a symmetric law's positive points, or the points of any other;
logits of the chances) and, for each real free variable, its place in [0, 1] between the ends of its range.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import floor
from typing import Any

import numpy as np
from flint import fmpq

from boundcalc.check.exact.case_states import OwnLaw
from boundcalc.check.falsify import dual
from boundcalc.check.falsify.dual import Array, Dual
from boundcalc.check.falsify.float_case import FloatCase, NotEvaluable
from boundcalc.check.falsify.floating import Evaluator
from boundcalc.check.falsify.unequal_float_case import UnequalFloatCase, feature_laws
from boundcalc.language.resolved import Resolved
from boundcalc.numbers.enclosure import to_float

LEAST_LOG_P = -28.0
"""log p of the sparsest case, p = 7e-13."""
RADEMACHER = ((fmpq(-1), fmpq(1, 2)), (fmpq(1), fmpq(1, 2)))
MAX_WEIGHT = 100.0
MAX_LOG_POINT = 4.0
MAX_LOGIT = 12.0
MAX_LOG_IMPORTANCE = 7.0


@dataclass(frozen=True)
class Shape:
    """The discrete part of a case.

    Parameters
    ----------
    n, d, m : int
    points : int
        Positive points of a symmetric law, or all points of another.
    atom : bool
        Whether a symmetric law has a point at 0.
    symmetric : bool
    integers : tuple of (str, int)
        Values of the free integer variables.
    """

    n: int
    d: int
    m: int
    points: int = 1
    atom: bool = False
    symmetric: bool = True
    integers: tuple[tuple[str, int], ...] = ()
    own: bool = False
    """Whether each feature has an importance, an activity and a law of its own."""


@dataclass(frozen=True)
class Rational:
    """A case in exact numbers, with the values of the free variables."""

    weights: tuple[tuple[fmpq, ...], ...]
    m: int
    p: fmpq
    points: tuple[tuple[fmpq, fmpq], ...]
    free: tuple[tuple[str, fmpq], ...] = ()
    own: tuple[OwnLaw, ...] = ()
    """Of features that differ; p is then 0 and there are no points."""

    @property
    def n(self) -> int:
        """Number of features."""
        return len(self.weights[0])

    @property
    def d(self) -> int:
        """Hidden dimensions."""
        return len(self.weights)

    @property
    def law(self) -> str:
        """The name of the law, where it is a common one."""
        return "rademacher" if self.points == RADEMACHER else ""

    @property
    def size(self) -> tuple[int, ...]:
        """What a smaller counterexample is smaller in: n, d, m, points of the law, then digits."""
        numbers = [entry for row in self.weights for entry in row] + [self.p] + [value for _, value in self.free]
        numbers += [part for point in self.points for part in point]
        for law in self.own:
            numbers += [law.importance, law.p, *(part for point in law.points for part in point)]
        points = len(self.points) + sum(len(law.points) for law in self.own)
        return (self.n, self.d, self.m, points, sum(_height(number) for number in numbers))

    def with_free(self, name: str, value: fmpq) -> Rational:
        """The same with another value of a free variable."""
        return replace(self, free=tuple((key, value if key == name else old) for key, old in self.free))


def _height(number: fmpq) -> int:
    """Digits, roughly, of numerator and denominator; 0 is simplest, then 1, a sign costs a little."""
    top, bottom = abs(int(number.p)), int(number.q)
    return 4 * (top.bit_length() + bottom.bit_length() - 1) + 2 * (bottom > 1) + (number < 0) + (top.bit_count() > 1)


class Layout:
    """The parameters of the cases of one shape.

    Parameters
    ----------
    resolved : Resolved
        The statement, for its free variables.
    shape : Shape
    p : fmpq, optional
        The value to which a hypothesis fixes p.
    """

    def __init__(self, resolved: Resolved, shape: Shape, p: fmpq | None = None) -> None:
        self.resolved, self.shape, self.p = resolved, shape, p
        self.reals = [variable for variable in resolved.free if variable.real]
        chances = shape.points + shape.atom
        each = shape.n if shape.own else 1
        counts = (shape.d * shape.n, each, each * shape.points, each * chances, len(self.reals), each if shape.own else 0)
        ends = np.cumsum((0, *counts))
        self.weights, self.log_p, self.log_points, self.logits, self.places, self.log_importances = (
            slice(int(start), int(end)) for start, end in itertools.pairwise(ends)
        )
        self.size = int(ends[-1])

    @cached_property
    def bounds(self) -> tuple[Array, Array]:
        """Least and largest values."""
        low, high = np.full(self.size, -MAX_WEIGHT), np.full(self.size, MAX_WEIGHT)
        low[self.log_p], high[self.log_p] = LEAST_LOG_P, 0.0
        if self.shape.symmetric:
            low[self.log_points], high[self.log_points] = -MAX_LOG_POINT, MAX_LOG_POINT
        low[self.logits], high[self.logits] = -MAX_LOGIT, MAX_LOGIT
        low[self.places], high[self.places] = 0.0, 1.0
        low[self.log_importances], high[self.log_importances] = -MAX_LOG_IMPORTANCE, MAX_LOG_IMPORTANCE
        return low, high

    def case(self, vector: Array, *, gradient: bool = True) -> tuple[FloatCase, dict[str, Dual | int]]:
        """The case at a vector and the values of its free variables, with derivatives with respect to the vector."""
        seeds = Dual(vector, np.eye(self.size) if gradient else None)
        shape = self.shape
        flat = seeds[self.weights]
        tangent = None if flat.tangent is None else flat.tangent.reshape(shape.d, shape.n, -1)
        weights = Dual(flat.value.reshape(shape.d, shape.n), tangent)
        case = self._unequal(weights, seeds) if shape.own else self._equal(weights, seeds)
        free: dict[str, Dual | int] = dict(shape.integers)
        for place, variable in enumerate(self.reals):
            evaluator = Evaluator(case, free)
            first, last = evaluator.value(variable.first), evaluator.value(variable.last)
            if not np.isfinite(first.value) or not last.value >= first.value:
                raise NotEvaluable(f"the range of {variable.name} is empty")
            free[variable.name] = first + (last - first) * seeds[self.places][place]
        return case, free

    def _unequal(self, weights: Dual, seeds: Dual) -> FloatCase:
        """Features that differ."""
        shape = self.shape
        points, logits = (_rows(seeds[part], shape.n) for part in (self.log_points, self.logits))
        values, chances = feature_laws(points, logits, symmetric=shape.symmetric, atom=shape.atom)
        own = dual.exp(seeds[self.log_importances]), dual.exp(seeds[self.log_p])
        return UnequalFloatCase(weights, shape.m, *own, values, chances, symmetric=shape.symmetric)

    def _equal(self, weights: Dual, seeds: Dual) -> FloatCase:
        """Equal features."""
        shape = self.shape
        p = dual.exp(seeds[self.log_p][0]) if self.p is None else Dual(to_float(self.p))
        chances = dual.exp(seeds[self.logits])
        chances = chances / chances.sum(0)
        points = seeds[self.log_points]
        if shape.symmetric:
            points = dual.exp(points)
            half = chances[: shape.points] * 0.5
            parts_value, parts_chance = [points, -points], [half, half]
            if shape.atom:
                parts_value.append(points[:1] * 0.0)
                parts_chance.append(chances[shape.points :])
            points, chances = dual.concatenate(parts_value), dual.concatenate(parts_chance)
        return FloatCase(weights, shape.m, p, points, chances, symmetric=shape.symmetric)

    def rational(self, vector: Array, tolerance: float) -> Rational:
        """The simplest rationals near the case at a vector, each within ``tolerance`` of its scale."""
        case, free = self.case(vector, gradient=False)
        w = case.weights.value
        scale = max(float(np.abs(w).max()), 1e-300)
        weights = tuple(tuple(nearby(entry, tolerance * scale) for entry in row) for row in w)
        reals = []
        for variable in self.resolved.free:
            held = free[variable.name]
            if isinstance(held, int):
                reals.append((variable.name, fmpq(held)))
            else:
                number = float(held.value)
                reals.append((variable.name, nearby(number, tolerance * abs(number))))
        shape = self.shape
        if case.own is not None:
            importances, activities = (
                [nearby(float(value), tolerance * float(value)) for value in part.value] for part in case.own
            )
            laws = [self._law(*rows, tolerance) for rows in zip(case.values.value, case.chances.value, strict=True)]
            own = tuple(OwnLaw(w, min(fmpq(1), p), law) for w, p, law in zip(importances, activities, laws, strict=True))
            return Rational(weights, shape.m, fmpq(0), (), tuple(reals), own)
        p = self.p if self.p is not None else min(fmpq(1), nearby(float(case.p.value), tolerance * float(case.p.value)))
        return Rational(weights, shape.m, p, self._law(case.values.value, case.chances.value, tolerance), tuple(reals))

    def _law(self, points_of_law: Array, chances_of_law: Array, tolerance: float) -> tuple[tuple[fmpq, fmpq], ...]:
        """The simplest support near that of a law."""
        shape, count = self.shape, self.shape.points
        values = [float(value) for value in points_of_law]
        size = max(abs(value) for value in values)
        chances = [float(chance) for chance in chances_of_law]
        if shape.symmetric:
            positive = [nearby(value, tolerance * value) for value in values[:count]]
            shares = _shares([2 * chance for chance in chances[:count]] + chances[2 * count :], tolerance)
            points = [(value * sign, share / 2) for value, share in zip(positive, shares, strict=False) for sign in (-1, 1)]
            points += [(fmpq(0), share) for share in shares[count:]]
        else:
            points = list(zip([nearby(value, tolerance * size) for value in values], _shares(chances, tolerance), strict=True))
        merged: dict[fmpq, fmpq] = {}
        for value, share in points:
            merged[value] = merged.get(value, fmpq(0)) + share
        return tuple(sorted(merged.items(), key=lambda point: point[0]))

    def describe(self, vector: Array) -> dict[str, Any]:
        """A case of the search for people, to six digits."""
        case, free = self.case(vector, gradient=False)
        values: dict[str, Any] = {"n": case.n, "d": case.d, "m": case.m}
        if case.own is None:
            values |= {"p": f"{float(case.p.value):.6g}", "law": _support(case.values.value, case.chances.value)}
        else:
            rows = zip(case.own[0].value, case.own[1].value, case.values.value, case.chances.value, strict=True)
            values["features"] = [
                {"importance": f"{omega:.6g}", "p": f"{p:.6g}", "law": _support(points, chances)}
                for omega, p, points, chances in rows
            ]
        values |= {
            "W": [[f"{entry:.6g}" for entry in row] for row in case.weights.value],
        }
        for name, value in free.items():
            values[name] = value if isinstance(value, int) else f"{float(value.value):.6g}"
        return values


def _rows(flat: Dual, n: int) -> Dual:
    """A vector as a matrix of n rows."""
    tangent = None if flat.tangent is None else flat.tangent.reshape(n, -1, flat.tangent.shape[-1])
    return Dual(flat.value.reshape(n, -1), tangent)


def _support(values: Array, chances: Array) -> str:
    """A law for people."""
    return "support:" + ",".join(f"{value:.6g}:{chance:.6g}" for value, chance in zip(values, chances, strict=True))


def _shares(chances: list[float], tolerance: float) -> list[fmpq]:
    """Positive rationals near the chances that sum to 1."""
    rough = [nearby(chance, tolerance * chance) for chance in chances]
    total = sum(rough, fmpq(0))
    return [share / total for share in rough]


def nearby(value: float, tolerance: float) -> fmpq:
    """The simplest rational within ``tolerance`` of a number."""
    exact, width = Fraction(value), Fraction(tolerance)
    found = simplest(exact - width, exact + width)
    return fmpq(found.numerator, found.denominator)


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The rational of least denominator in [low, high], by continued fractions."""
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest(-high, -low)
    whole = floor(low)
    if whole == low:
        return Fraction(whole)
    if floor(high) > whole:
        return Fraction(whole + 1)
    return whole + 1 / simplest(1 / (high - whole), 1 / (low - whole))
