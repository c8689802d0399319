"""A case in floating point: every quantity of the vocabulary as dual numbers."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cached_property, lru_cache
from math import comb, factorial, prod

import numpy as np

from boundcalc.check.falsify import dual
from boundcalc.check.falsify.dual import Array, Dual
from boundcalc.lemmas import few_features, universal
from boundcalc.loss.dense import to_float
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT

MAX_STATES = 5000
"""Most states of the features that are enumerated."""


class NotEvaluable(Exception):
    """The expression has no value here, or more states than are enumerated."""


class FloatCase:
    """Weights, exponent, p and law, and every quantity of the vocabulary that follows from them.

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

    def __init__(self, weights: Dual, m: int, p: Dual, values: Dual, chances: Dual, *, symmetric: bool = False) -> None:
        self.step = 2 if symmetric else 1
        self.weights, self.m, self.p, self.values, self.chances = weights, m, p, values, chances
        self.d, self.n = weights.shape
        self._powers: dict[int, Dual] = {}
        self._moments: dict[int, Dual] = {0: Dual(1.0)}
        self._cumulants: dict[int, Dual] = {}
        self._row_moments: dict[int, Dual] = {0: Dual(np.ones(self.n))}

    @cached_property
    def A(self) -> Dual:
        """W^T W."""
        w = self.weights
        return (w[:, :, None] * w[:, None, :]).sum(0)

    @cached_property
    def a(self) -> Dual:
        """Its diagonal."""
        return self.A[np.arange(self.n), np.arange(self.n)]

    @cached_property
    def P(self) -> Dual:
        """Projection onto the range of A, with its derivative at constant rank."""
        w = self.weights
        columns = Dual(w.value.T, None if w.tangent is None else w.tangent.transpose(1, 0, 2))
        return dual.range_projection(columns)

    @cached_property
    def L(self) -> Dual:
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
        return dual.range_projection(Dual(flat.value.reshape(len(rows), self.n).T, tangent))

    @cached_property
    def cos2(self) -> Dual:
        """Squared cosines; 0 where a column vanishes."""
        return _ratio(self.A**2, self.a[:, None] * self.a[None, :])

    @cached_property
    def t(self) -> Dual:
        """Capacities."""
        return _ratio(self.a**2, self.Q(2))

    def mu(self, k: int) -> Dual:
        """E u^k."""
        if k not in self._moments and k % self.step:
            self._moments[k] = Dual(0.0)
        elif k not in self._moments:
            self._moments[k] = (self.chances * self.values**k).sum(0)
        return self._moments[k]

    def kappa(self, k: int) -> Dual:
        """Cumulant of x = s u."""
        if k not in self._cumulants:
            value = self.p * self.mu(k)
            for j in range(self.step, k, self.step):
                value = value - comb(k - 1, j - 1) * self.kappa(j) * (self.p * self.mu(k - j))
            self._cumulants[k] = value
        return self._cumulants[k]

    def Q(self, k: int) -> Dual:
        """Sums over j of A_ij^k, shape (n,)."""
        if k not in self._powers:
            self._powers[k] = (self.A**k).sum(1)
        return self._powers[k]

    def M(self, k: int) -> Dual:
        """E y_i^k, shape (n,), by Bell polynomials of the cumulants."""
        if k not in self._row_moments:
            orders = range(self.step, k + 1, self.step) if k % self.step == 0 else ()
            terms = [comb(k - 1, j - 1) * self.kappa(j) * self.Q(j) * self.M(k - j) for j in orders]
            self._row_moments[k] = _total(terms) if terms else Dual(np.zeros(self.n))
        return self._row_moments[k]

    @cached_property
    def row_gain(self) -> Dual:
        """C_i = E x_i y_i^m."""
        m = self.m
        return _total([comb(m, k) * self.kappa(k + 1) * self.a**k * self.M(m - k) for k in range(self.step - 1, m + 1, self.step)])

    @cached_property
    def states(self) -> tuple[Array, Dual, Dual]:
        """Activity (S, n), features x (S, n) and probabilities (S,) of all states of the features."""
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
        return choice > 0, values[choice], chance

    @cached_property
    def y(self) -> Dual:
        """Pre-activations in every state, shape (S, n)."""
        return dual.outer_product(self.states[1], self.A)

    @cached_property
    def visible(self) -> Array:
        """Rank of the active columns in every state."""
        w = self.weights.value
        return np.array([np.linalg.matrix_rank(w[:, active]) if active.any() else 0 for active in self.states[0]], dtype=float)


def _total(terms: list[Dual]) -> Dual:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _ratio(above: Dual, below: Dual) -> Dual:
    """A quotient of nonnegative arrays that is 0 where the denominator vanishes."""
    vanishes = below.value == 0
    return dual.where(vanishes, Dual(np.zeros(below.shape)), above / dual.where(vanishes, Dual(np.ones(below.shape)), below))


def _odd_product(d: int, k: int) -> float:
    """c_k(d) = (2k-1)!! / (d (d+2) ... (d+2k-2))."""
    return float(np.prod([(2 * j + 1) / (d + 2 * j) for j in range(k)]))


@lru_cache(maxsize=4096)
def few_features_constants(n: int, d: int, m: int) -> tuple[float, float]:
    """The best constant with S² ≤ G T, and Levenshtein's."""
    q = Quantities(EXACT, Problem(n, d, m, 1, "rademacher"))
    return to_float(few_features.best_constant(q)), to_float(universal.constant(q))


SCALARS: dict[str, Callable[[FloatCase], Dual | float]] = {
    "n": lambda c: c.n,
    "d": lambda c: c.d,
    "m": lambda c: c.m,
    "p": lambda c: c.p,
    "r": lambda c: min(c.n, c.d),
    "rank": lambda c: float(np.linalg.matrix_rank(c.weights.value)),
    "alpha": lambda c: c.mu(c.m + 1),
    "beta": lambda c: c.mu(2 * c.m),
    "g": lambda c: c.mu(c.m + 1) ** 2 / c.mu(2 * c.m),
    "isolation": lambda c: (1.0 - c.p) ** (c.n - 1),
    "rho": lambda c: 0.0 if c.n == 1 else max(0.0, (c.n - c.d) / (c.d * (c.n - 1))),
    "G_best": lambda c: few_features_constants(c.n, c.d, c.m)[0],
    "G_universal": lambda c: few_features_constants(c.n, c.d, c.m)[1],
    "S": lambda c: (c.a**c.m).sum(0),
    "T": lambda c: c.Q(2 * c.m).sum(0),
    "C": lambda c: c.row_gain.sum(0),
    "D": lambda c: c.M(2 * c.m).sum(0),
    "I": lambda c: 2.0 * c.row_gain.sum(0) - c.M(2 * c.m).sum(0),
}
NUMBERED: dict[str, Callable[[FloatCase, int], Dual | float]] = {
    "mu": FloatCase.mu,
    "kappa": FloatCase.kappa,
    "N": lambda c, k: float(comb(c.d + k - 1, k)),
    "c": lambda c, k: _odd_product(c.d, k),
    "tau": lambda c, k: 1 / _odd_product(c.d, k),
}
ROWS: dict[str, Callable[[FloatCase], Dual]] = {
    "a": lambda c: c.a,
    "q": lambda c: c.Q(2),
    "l": lambda c: c.P[np.arange(c.n), np.arange(c.n)],
    "t": lambda c: c.t,
    "C": lambda c: c.row_gain,
    "D": lambda c: c.M(2 * c.m),
}
MATRICES: dict[str, Callable[[FloatCase], Dual]] = {
    "A": lambda c: c.A,
    "P": lambda c: c.P,
    "L": lambda c: c.L,
    "cos2": lambda c: c.cos2,
}
RANDOM_ROWS: dict[str, Callable[[FloatCase], Dual]] = {
    "x": lambda c: c.states[1],
    "s": lambda c: Dual(c.states[0]),
    "y": lambda c: c.y,
    "Z": lambda c: c.y - c.a * c.states[1],
    "xhat": lambda c: c.y**c.m,
}
RANDOM: dict[str, Callable[[FloatCase], Dual]] = {
    "active": lambda c: Dual(c.states[0].sum(1)),
    "visible": lambda c: Dual(c.visible),
}
"""By name: scalars; those with an integer; per feature; per pair; per state and feature; per state."""
