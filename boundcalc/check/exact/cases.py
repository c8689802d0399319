"""Builds a case: weights, exponent, probability and law, all rational, with every named quantity exact.

Features count from 0 here, from 1 in the language and in what is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import product
from typing import Any

from flint import fmpq

from boundcalc.check.exact.case_states import OwnLaw, States, SupportPoints, simplest, states
from boundcalc.check.exact.matrix_geometry import Geometry, Matrix, geometry
from boundcalc.check.exact.roots import approximate, divide
from boundcalc.language.grammar import StatementError
from boundcalc.lemmas import few_features, universal
from boundcalc.model.named.index import BY_NAME
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.errors import shortened
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
    """Whether features are given by classes, as :class:`boundcalc.check.wide.case.ClassCase` does."""
    own: tuple[OwnLaw, ...] | None = None
    """What features that differ have of their own (:class:`boundcalc.check.exact.unequal_case.UnequalCase`)."""

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
        """Values of quantities, and of expressions, kept by the evaluator."""
        self.scratch: dict[Hashable, Any] = {}
        """The same for one step alone."""

    @property
    def n(self) -> int:
        """Number of features."""
        return self.frame.n

    @property
    def d(self) -> int:
        """Hidden dimensions."""
        return self.frame.d

    # ---- quantities

    def __call__(self, name: str, *indices: Any) -> Any:
        """The value of a named quantity; features count from 0. Lists over the states for a random one."""
        key = (name, *indices)
        found = self.memo.get(key)
        if found is None:
            found = BY_NAME[name][len(indices)].value(self, *indices)
            found = self.memo[key] = simplest(found) if isinstance(found, fmpq) else found
        return found

    def mu(self, k: int) -> fmpq:
        """E u^k."""
        if self.moments is not None:
            return self.moments(k)
        return sum((weight * value**k for value, weight in self.points), fmpq(0))

    def importance(self, i: Any) -> Any:
        """ω_i."""
        return 1

    def activity(self, i: Any) -> Any:
        """p_i."""
        return self.p

    def own_moment(self, k: int, i: Any) -> Any:
        """E u_i^k."""
        return self("mu", k)

    def row_cumulant(self, k: int, i: Any) -> Any:
        """Σ_j κ_k^(j) A_ij^k."""
        return self("kappa", k) * self("Q", k, i)

    def few_features(self, which: str) -> fmpq:
        """A constant with S² ≤ G T: p and the law do not matter to it."""
        return few_features_constant(which, self.n, self.d, self.m)

    def total(self, function: Callable[[Any], Any]) -> Any:
        """The sum of a function of a feature."""
        return sum((function(i) for i in range(self.n)), fmpq(0))

    def ratio(self, above: Any, below: Any) -> Any:
        """The quotient, 0 for a denominator that vanishes."""
        return divide(above, below) if below else 0

    @property
    def rank(self) -> int:
        """The rank of A."""
        return int(self.frame.rank)

    def entry(self, i: Any, j: Any) -> Any:
        """A_ij."""
        return self.frame.A[i][j]

    def entry_squared(self, i: Any, j: Any) -> Any:
        """A_ij², for which no sign is needed."""
        return self.frame.A[i][j] ** 2

    def power_sum(self, k: int, i: Any) -> Any:
        """Σ_j A_ij^k."""
        return self.frame.Q(k)[i]

    def projection(self, i: Any, j: Any) -> Any:
        """P_ij."""
        return self.frame.P[i][j]

    def lifted_projection(self, i: Any, j: Any) -> Any:
        """The entry of the projection onto the row space of the lifted columns."""
        return self.frame.L(self.m)[i][j]

    # ---- features

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
            With the place ``at`` in the text.
        """
        if not 0 <= place < self.n:
            raise StatementError(f"feature {shortened(place + 1)}, and n = {self.n}", at)
        return place

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

    @property
    def state_count(self) -> int:
        """How many states an enumeration would list at most."""
        return int((len(self.points) + 1) ** self.n)

    def numpy_law(self) -> str:
        """NumPy code that sets m, p and the law."""
        law = ", ".join(f"({value}, {weight})" for value, weight in self.points)
        p = str(self.p) if isinstance(self.p, (int, fmpq)) else repr(approximate(self.p))
        return f"m, p = {self.m}, {p}" + (f"\nlaw = [{law}]" if law else "")

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


@lru_cache(maxsize=4096)
def few_features_constant(which: str, n: int, d: int, m: int) -> fmpq:
    """The ``best`` constant with S² ≤ G T, or Levenshtein's ``universal`` one."""
    sizes = Quantities(EXACT, Problem(n, d, m, 1, "rademacher"))
    return few_features.best_constant(sizes) if which == "best" else universal.constant(sizes)
