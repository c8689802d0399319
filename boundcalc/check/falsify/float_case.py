"""Builds a case in floating point: every named quantity as dual numbers."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cached_property
from math import factorial, prod
from typing import Any

import numpy as np
from flint import fmpq

from boundcalc.check.exact.cases import few_features_constant
from boundcalc.check.falsify import dual
from boundcalc.check.falsify.dual import Array, Dual
from boundcalc.model.named.index import BY_NAME
from boundcalc.numbers.enclosure import to_float

MAX_STATES = 5000
"""Most states of the features that are enumerated."""


class NotEvaluable(Exception):
    """The expression has no value here, or more states than are enumerated."""


class FloatCase:
    """Weights, exponent, p and law, and every named quantity that follows from them.

    Parameters
    ----------
    weights : Dual, shape (d, n)
    m : int
    p : Dual, shape ()
    values, chances : Dual, shape (s,)
        Points of the active value u and their probabilities.
    symmetric : bool
        Whether u and -u have the same law, so that odd moments vanish.
    """

    own: tuple[Dual, Dual] | None = None
    """Importances and activities of features that differ."""

    def __init__(self, weights: Dual, m: int, p: Dual, values: Dual, chances: Dual, *, symmetric: bool = False) -> None:
        self.symmetric = symmetric
        self.weights, self.m, self.p, self.values, self.chances = weights, m, p, values, chances
        self.d, self.n = weights.shape
        self.all = np.arange(self.n)
        self._tables: dict[tuple[Any, ...], Dual] = {}

    # ---- quantities

    def __call__(self, name: str, *indices: Any) -> Dual:
        """The value of a named quantity; features are arrays of their places, counted from 0."""
        quantity = BY_NAME[name][len(indices)]
        orders = quantity.indices.count("k")
        table, places = self.table(name, len(indices), *indices[:orders]), indices[orders:]
        if not places or (len(places) == 1 and places[0] is self.all):
            return table
        return table[(slice(None), *places) if quantity.random else places]

    def table(self, name: str, count: int, *orders: int) -> Dual:
        """The values for all features, after an axis of the states for a random quantity; ``count`` is that of its indices."""
        key = (name, count, *orders)
        found = self._tables.get(key)
        if found is None:
            quantity = BY_NAME[name][count]
            features = quantity.indices.count("i")
            grid = (self.all,) if features < 2 else (self.all[:, None], self.all)
            value = quantity.value(self, *orders, *grid[:features])
            value = dual.as_dual(to_float(value) if isinstance(value, fmpq) else value)
            if len(value.shape) < features:
                value = value + Dual(np.zeros((self.n,) * features))
            found = self._tables[key] = value
        return found

    def mu(self, k: int) -> Dual:
        """E u^k."""
        return Dual(0.0) if self.symmetric and k % 2 else (self.chances * self.values**k).sum(0)

    def importance(self, i: Array) -> Dual:
        """ω_i."""
        return Dual(np.ones(self.n))[i]

    def activity(self, i: Array) -> Dual:
        """p_i."""
        return self.p + Dual(np.zeros(self.n))[i]

    def own_moment(self, k: int, i: Array) -> Dual:
        """E u_i^k."""
        return self("mu", k) + Dual(np.zeros(self.n))[i]

    def row_cumulant(self, k: int, i: Array) -> Dual:
        """Σ_j κ_k^(j) A_ij^k."""
        return self("kappa", k) * self("Q", k, i)

    def few_features(self, which: str) -> float:
        """A constant with S² ≤ G T."""
        return to_float(few_features_constant(which, self.n, self.d, self.m))

    def total(self, function: Callable[[Any], Dual]) -> Dual:
        """The sum of a function of a feature."""
        return function(self.all).sum(0)

    def ratio(self, above: Dual, below: Dual) -> Dual:
        """A quotient of arrays that is 0 where the denominator vanishes."""
        vanishes = below.value == 0
        return dual.where(vanishes, Dual(np.zeros(below.shape)), above / dual.where(vanishes, Dual(np.ones(below.shape)), below))

    @property
    def rank(self) -> float:
        """The rank of W."""
        return float(np.linalg.matrix_rank(self.weights.value))

    @cached_property
    def A(self) -> Dual:
        """W^T W."""
        w = self.weights
        return (w[:, :, None] * w[:, None, :]).sum(0)

    def entry(self, i: Array, j: Array) -> Dual:
        """A_ij."""
        return self.A[i, j]

    def entry_squared(self, i: Array, j: Array) -> Dual:
        """A_ij²."""
        return self.A[i, j] ** 2

    def power_sum(self, k: int, i: Array) -> Dual:
        """Sums over j of A_ij^k."""
        return (self.A**k).sum(1)[i]

    def projection(self, i: Array, j: Array) -> Dual:
        """Projection onto the range of A, with its derivative at constant rank."""
        w = self.weights
        columns = Dual(w.value.T, None if w.tangent is None else w.tangent.transpose(1, 0, 2))
        return dual.range_projection(columns)[i, j]

    def lifted_projection(self, i: Array, j: Array) -> Dual:
        """Projection onto the row space of the lifted columns: all monomials of degree m, scaled to their inner product."""
        w, m = self.weights, self.m
        rows = []
        for chosen in itertools.combinations_with_replacement(range(self.d), m):
            powers = [chosen.count(k) for k in range(self.d)]
            scale = (factorial(m) / prod(map(factorial, powers))) ** 0.5
            row = Dual(np.full(self.n, scale))
            for k in set(chosen):
                row = row * w[k] ** powers[k]
            rows.append(row)
        flat = dual.concatenate(rows)
        tangent = flat.tangent
        if tangent is not None:
            tangent = tangent.reshape(len(rows), self.n, -1).transpose(1, 0, 2)
        return dual.range_projection(Dual(flat.value.reshape(len(rows), self.n).T, tangent))[i, j]

    # ---- states

    @cached_property
    def states(self) -> FloatStates:
        """All states of the features."""
        count = self.values.shape[0]
        if (count + 1) ** self.n > MAX_STATES:
            raise NotEvaluable(f"more than {MAX_STATES} states")
        choice = np.array(list(itertools.product(range(count + 1), repeat=self.n)))
        values = dual.concatenate([Dual([0.0]), self.values])
        off = 1.0 - self.p
        off = Dual(off.value[None], None if off.tangent is None else off.tangent[None])
        chances = dual.concatenate([off, self.p * self.chances])
        chance = chances[choice[:, 0]]
        for i in range(1, self.n):
            chance = chance * chances[choice[:, i]]
        return FloatStates(self, choice > 0, values[choice], chance)


class _Table:
    """A table over states and features, in which formulas look up features."""

    def __init__(self, values: Dual) -> None:
        self.values = values

    def __getitem__(self, places: Array) -> Dual:
        return self.values[:, places]


class FloatStates:
    """All states of the features: ``on`` (S, n) tells which are active, ``chances`` (S,) the probabilities."""

    def __init__(self, case: FloatCase, on: Array, values: Dual, chances: Dual) -> None:
        self.case, self.on, self.chances = case, on, chances
        self.s, self.x, self.y = _Table(Dual(on)), _Table(values), _Table(dual.outer_product(values, case.A))

    def __len__(self) -> int:
        return len(self.on)

    @property
    def active(self) -> Dual:
        """The number of active features."""
        return Dual(self.on.sum(1))

    @property
    def visible(self) -> Dual:
        """The rank of the active columns."""
        w = self.case.weights.value
        return Dual([float(np.linalg.matrix_rank(w[:, active])) if active.any() else 0.0 for active in self.on])
