"""Computes the named quantities of a problem over a ring: what the formulas of lemmas and bounds are written in."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from flint import fmpq

from boundcalc.model.problem import Problem
from boundcalc.numbers.constants import tensor_dimension, welch_constant
from boundcalc.numbers.moments import Number, cumulants_from_moments
from boundcalc.numbers.rings import Arithmetic


class Quantities:
    """n, d, m, p, the moments and what is derived from them, all in one ring.

    Attributes
    ----------
    ring : Arithmetic
        The ring's further operations.
    n, d : ring elements
        Exact in the numeric rings; n is ``INFINITY`` for infinitely many features, and then ``infinite`` is true.
    m : int
        The exponent itself, never a symbol.
    p : ring element
    """

    def __init__(self, ring: Arithmetic, problem: Problem) -> None:
        self.ring = ring
        self.m = problem.m
        self.infinite = problem.is_infinite
        self.n: Number = problem.n if problem.is_infinite else fmpq(int(problem.n))
        self.d: Number = fmpq(problem.d)
        self.p: Number = ring.number(problem.p)
        self._law = problem.law
        self._moments: dict[int, Number] = {}
        self._named: dict[str, Number] = {}

    def mu(self, k: int) -> Number:
        """μ_k = E u^k."""
        if k not in self._moments:
            self._moments[k] = self.ring.number(self._law.moment(k))
        return self._moments[k]

    @cached_property
    def r(self) -> Number:
        """r = min(n, d)."""
        return self.ring.minimum(self.n, self.d)

    @property
    def alpha(self) -> Number:
        """α = μ_{m+1}."""
        return self.mu(self.m + 1)

    @property
    def beta(self) -> Number:
        """β = μ_{2m}."""
        return self.mu(2 * self.m)

    @property
    def g(self) -> Number:
        """g = α²/β, at most μ_2."""
        return self.alpha**2 / self.beta

    @cached_property
    def tensor_dimension(self) -> Number:
        """N_m(d)."""
        return tensor_dimension(self.d, self.m)

    @cached_property
    def welch_constant(self) -> Number:
        """τ_m(d)."""
        return welch_constant(self.d, self.m)

    @cached_property
    def isolation(self) -> Number:
        """π = (1 − p)^{n−1}."""
        return self.ring.isolation(self.p, self.n)

    def named(self, name: str, compute: Callable[[], Number]) -> Number:
        """A quantity with a letter of its own: computed once in the numeric rings, the letter in SymPy."""
        if name not in self._named:
            self._named[name] = compute()
        return self._named[name]

    @cached_property
    def x_moments(self) -> list[Number]:
        """Even moments of x = s u: entry j is p μ_{2j}, entry 0 is 1."""
        return [1] + [self.p * self.mu(2 * j) for j in range(1, self.m + 1)]

    @cached_property
    def kappa(self) -> list[Number]:
        """Even cumulants of x: entry j is κ_{2j}."""
        return cumulants_from_moments(self.x_moments)


class SymbolicQuantities(Quantities):
    """The same quantities as SymPy symbols, for a given m."""

    def __init__(self, m: int) -> None:
        from boundcalc.model.notation import symbol
        from boundcalc.numbers.symbolic_ring import SYMBOLIC

        self.ring: Any = SYMBOLIC
        self.m = m
        self.infinite = False
        self.n, self.d, self.p = symbol("n"), symbol("d"), symbol("p")

    def mu(self, k: int) -> Number:
        from boundcalc.model.notation import symbol

        return symbol("mu", k) if k and k % 2 == 0 else self.ring.number(fmpq(0 if k else 1))

    def named(self, name: str, compute: Callable[[], Number]) -> Number:
        from boundcalc.model.notation import symbol

        return symbol(name)
