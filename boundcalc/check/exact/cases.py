"""A case: weights, exponent, probability and law, all rational, with every quantity of the vocabulary exact.

Features count from 0 here, from 1 in the language and in what is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cached_property
from itertools import product
from math import comb
from typing import Any

from flint import fmpq

from boundcalc.check.exact.geometry import Geometry, Matrix, geometry
from boundcalc.check.exact.states import States, SupportPoints, simplest, states
from boundcalc.language.grammar import StatementError
from boundcalc.lemmas import few_features, universal
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.constants import tensor_dimension, welch_constant
from boundcalc.numbers.rings import EXACT


class Case:
    """One (W, m, p, law). What is asked for is computed once.

    Parameters
    ----------
    weights : d rows of n rationals
    m : int
        Exponent of the activation.
    p : fmpq
        Probability that a feature is active; 0 and 1 are allowed.
    points : tuple of (value, weight)
        The support of the active value u with its weights, which sum to 1. It need not be symmetric.
    law : str, optional
        The law's name; by default its ``support:`` form.
    moments : callable, optional
        E u^k of a symmetric law without finite support; ``points`` is empty then, and states cannot be asked for.
    """

    grouped = False
    """Whether features are told by classes, as :class:`boundcalc.check.wide.case.ClassCase` does."""

    def __init__(
        self,
        weights: Matrix,
        m: int,
        p: fmpq,
        points: SupportPoints,
        law: str = "",
        moments: Callable[[int], fmpq] | None = None,
    ) -> None:
        self.start(weights, m, p, points, law, moments)
        self.frame: Geometry = geometry(weights)

    def start(
        self, weights: Matrix, m: int, p: fmpq, points: SupportPoints, law: str, moments: Callable[[int], fmpq] | None
    ) -> None:
        """All but the geometry."""
        self.weights, self.m, self.p, self.points, self.moments = weights, m, p, points, moments
        self.law = law or "support:" + ",".join(f"{value}:{weight}" for value, weight in points)
        self.memo: dict[Hashable, Any] = {}
        """Values of expressions, kept by the evaluator."""
        self.scratch: dict[Hashable, Any] = {}
        """The same for one step alone."""
        self._kappa: list[fmpq] = [fmpq(0)]
        self._mu: dict[int, fmpq] = {}
        self._rows: dict[int, list[fmpq]] = {}

    @property
    def n(self) -> int:
        """Number of features."""
        return self.frame.n

    @property
    def d(self) -> int:
        """Hidden dimensions."""
        return self.frame.d

    @property
    def r(self) -> int:
        """min(n, d)."""
        return min(self.n, self.d)

    @cached_property
    def symmetric(self) -> bool:
        """Whether u and −u have the same law."""
        weights = dict(self.points)
        return self.moments is not None or all(weights.get(-value) == weight for value, weight in self.points)

    # ---- the law

    def mu(self, k: int) -> fmpq:
        """E u^k."""
        if k not in self._mu:
            self._mu[k] = (
                self.moments(k) if self.moments is not None else sum((weight * value**k for value, weight in self.points), fmpq(0))
            )
        return self._mu[k]

    def kappa(self, k: int) -> fmpq:
        """Cumulant of x = s u: κ_k = ν_k − Σ_{j<k} binom(k−1, j−1) κ_j ν_{k−j} with ν_k = p μ_k."""
        while len(self._kappa) <= k:
            order = len(self._kappa)
            value = self.p * self.mu(order)
            for j in range(1, order):
                value -= comb(order - 1, j - 1) * self._kappa[j] * self.p * self.mu(order - j)
            self._kappa.append(value)
        return self._kappa[k]

    @property
    def alpha(self) -> fmpq:
        """μ_{m+1}."""
        return self.mu(self.m + 1)

    @property
    def beta(self) -> fmpq:
        """μ_{2m}."""
        return self.mu(2 * self.m)

    @property
    def g(self) -> fmpq:
        """α²/β."""
        return self.alpha**2 / self.beta

    @property
    def isolation(self) -> fmpq:
        """(1−p)^(n−1)."""
        return (1 - self.p) ** (self.n - 1)

    # ---- dimensions

    @property
    def rho(self) -> fmpq:
        """max(0, (n−d)/(d(n−1))), 0 for n = 1."""
        return fmpq(max(0, self.n - self.d), self.d * (self.n - 1)) if self.n > 1 else fmpq(0)

    def N(self, k: int) -> fmpq:
        """binom(d+k−1, k)."""
        return tensor_dimension(fmpq(self.d), k) if k else fmpq(1)

    def tau(self, k: int) -> fmpq:
        """1/c_k(d)."""
        return welch_constant(fmpq(self.d), k) if k else fmpq(1)

    def c(self, k: int) -> fmpq:
        """E⟨v, v'⟩^(2k) on the sphere of R^d."""
        return 1 / self.tau(k)

    @cached_property
    def G_best(self) -> fmpq:
        """The best of the constants of few features."""
        return few_features.best_constant(self._sizes)

    @cached_property
    def G_universal(self) -> fmpq:
        """Levenshtein's constant."""
        return universal.constant(self._sizes)

    @property
    def _sizes(self) -> Quantities:
        """n, d and m: p and the law do not matter to a constant of few features."""
        return Quantities(EXACT, Problem(self.n, self.d, self.m, 1, "rademacher"))

    # ---- the features

    @property
    def rows(self) -> range:
        """Numbers of the rows of a table over the features: all of them, or their classes."""
        return range(self.n)

    def total(self, values: Sequence[Any]) -> Any:
        """The sum over all features of a table over :attr:`rows`."""
        return sum(values, fmpq(0))

    def row(self, name: str, values: Sequence[Any], place: Any, at: int) -> Any:
        """The entry of a table over the features at a feature.

        Raises
        ------
        StatementError
            With the place ``at`` in the text, if there is no such feature.
        """
        return values[self.feature(place, at)]

    def leverage_rows(self) -> Sequence[Any]:
        """P_ii."""
        return [self.frame.P[i][i] for i in self.rows]

    def pair(self, name: str, first: Any, second: Any, at: int) -> Any:
        """An entry of A, P, L or cos2.

        Raises
        ------
        StatementError
            As :meth:`row`.
        """
        table = self.memo.get(name)
        if table is None:
            found = self.frame.L(self.m) if name == "L" else getattr(self.frame, name)
            table = self.memo[name] = [[simplest(entry) for entry in row] for row in found]
        return table[self.feature(first, at)][self.feature(second, at)]

    def tuples(
        self, names: Sequence[str], links: Sequence[frozenset[str]], at: dict[str, Any]
    ) -> Iterator[tuple[tuple[Any, ...], int]]:
        """Values of feature indices, and how many values each stands for."""
        return ((place, 1) for place in product(range(self.n), repeat=len(names)))

    def tell(self, place: Any) -> Any:
        """A feature for people: its number, counted from 1."""
        return place + 1

    def feature(self, place: int, at: int) -> int:
        """The place, if there is such a feature.

        Raises
        ------
        StatementError
        """
        if not 0 <= place < self.n:
            raise StatementError(f"feature {place + 1}, and n = {self.n}", at)
        return place

    # ---- sums over the features

    @cached_property
    def S(self) -> fmpq:
        """Σ_i a_i^m."""
        return self.total([a**self.m for a in self.frame.a])

    @cached_property
    def T(self) -> fmpq:
        """Σ_ij A_ij^(2m)."""
        return self.total(self.frame.Q(2 * self.m))

    def M(self, k: int, i: int) -> fmpq:
        """E y_i^k, from its cumulants κ_j Q_j(i): M_k = Σ_j binom(k−1, j−1) κ_j Q_j(i) M_{k−j}."""
        row = self._rows.setdefault(i, [fmpq(1)])
        while len(row) <= k:
            order = len(row)
            value = fmpq(0)
            for j in range(1, order + 1):
                kappa = self.kappa(j)
                if kappa:
                    value += comb(order - 1, j - 1) * kappa * self.frame.Q(j)[i] * row[order - j]
            row.append(value)
        return row[k]

    @cached_property
    def C_row(self) -> tuple[fmpq, ...]:
        """C_i = Σ_{1≤k≤m} binom(m, k) κ_{k+1} a_i^k M_{m−k}(i) + κ_1 M_m(i); even k count for laws that are not symmetric."""
        return tuple(
            sum(
                (comb(self.m, k) * self.kappa(k + 1) * self.frame.a[i] ** k * self.M(self.m - k, i) for k in range(self.m + 1)),
                fmpq(0),
            )
            for i in self.rows
        )

    @cached_property
    def D_row(self) -> tuple[fmpq, ...]:
        """D_i = M_{2m}(i)."""
        return tuple(self.M(2 * self.m, i) for i in self.rows)

    @cached_property
    def C(self) -> fmpq:
        """E⟨x, x̂⟩."""
        return self.total(self.C_row)

    @cached_property
    def D(self) -> fmpq:
        """E‖x̂‖²."""
        return self.total(self.D_row)

    @property
    def improvement(self) -> fmpq:
        """2C − D."""
        return 2 * self.C - self.D

    # ---- states

    @cached_property
    def states(self) -> States:
        """The states of positive probability."""
        least = self.n if self.p == 1 else 0
        most = 0 if self.p == 0 else self.n
        return states(self.weights, self.points, least, most)

    @cached_property
    def probabilities(self) -> tuple[int, list[int]]:
        """A common denominator, and the probability of each state times it."""
        return self.states.probabilities(self.p)

    # ---- for people

    def numpy_code(self, arity: int) -> tuple[str, dict[str, tuple[str, tuple[str, ...]]]]:
        """NumPy code that sets n, d and W, and quantities that are not computed from W, with what each needs.

        ``arity`` is 2 if pairs of features are asked for, 1 for single ones, 0 for none.
        """
        rows = ", ".join("[" + ", ".join(map(str, row)) + "]" for row in self.weights)
        return f"W = np.array([{rows}], dtype=float)\nd, n = W.shape", {}

    def numpy_index(self, name: str, at: dict[str, Any]) -> str:
        """Python for the place of a feature, counted from 0."""
        return f"{at[name]}  # feature {at[name] + 1}"

    def describe(self) -> dict[str, Any]:
        """The case in exact numbers, as text."""
        return {
            "n": self.n,
            "d": self.d,
            "m": self.m,
            "p": str(self.p),
            "law": self.law,
            "W": [[str(entry) for entry in row] for row in self.weights],
        }
