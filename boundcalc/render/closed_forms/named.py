"""Evaluates a bound's formula with names in it: r, N_m(d), tau_m(d), pi, G and the cumulants stay symbols with definitions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import sympy

from boundcalc.lemmas.universal import constant_of_strength, quadrature_of_power
from boundcalc.model.notation import symbol
from boundcalc.model.quantities import SymbolicQuantities
from boundcalc.numbers.constants import sphere_moment, tensor_dimension, welch_constant
from boundcalc.numbers.moments import Number, cumulants_from_moments
from boundcalc.numbers.symbolic_ring import SymbolicArithmetic


class _NamingArithmetic(SymbolicArithmetic):
    """The ring of expressions, but cases in n become the symbol G, and pi a symbol."""

    def __init__(self, owner: NamedQuantities) -> None:
        self.owner = owner

    def number(self, value: Any) -> Any:
        return value if isinstance(value, sympy.Basic) else super().number(value)

    def isolation(self, p: Number, n: Number) -> sympy.Expr:
        return self.owner.name("pi", r"\pi", (1 - p) ** (n - 1))

    def cases(self, n: Number, pieces: Sequence[tuple[Number, Callable[[], Number]]]) -> sympy.Expr:
        starts = [self.owner.dimension_named(start) for start, _ in pieces]
        branches = [(sympy.sympify(piece()), n < end) for (_, piece), end in zip(pieces, starts[1:], strict=False)]
        branches.append((sympy.sympify(pieces[-1][1]()), n >= starts[-1]))
        every = len(branches) > 2  # Levenshtein's strengths, and not the two pieces of equiangular lines
        named = [(self.owner.reciprocal(value, k * every), condition) for k, (value, condition) in enumerate(branches)]
        return self.owner.name("G", "G", sympy.Piecewise(*named, evaluate=False))


class NamedQuantities(SymbolicQuantities):
    """Symbolic quantities that record what their names stand for.

    Attributes
    ----------
    names : dict
        Symbol to its LaTeX.
    meanings : dict
        Symbol to the expression, or the LaTeX, that it stands for.
    """

    def __init__(self, m: int) -> None:
        super().__init__(m)
        self.ring = _NamingArithmetic(self)
        self.names: dict[Any, str] = {}
        self.meanings: dict[Any, Any] = {}

    def name(self, key: str, latex: str, meaning: Any) -> Any:
        """The symbol of that name."""
        sign = symbol(key) if key == "G" else sympy.Symbol(key, positive=True)
        self.names[sign] = latex
        self.meanings[sign] = meaning
        return sign

    def dimension(self, k: int) -> Any:
        """N_k(d)."""
        return self.name(f"N_{k}", f"N_{{{k}}}(d)", rf"\binom{{d + {k - 1}}}{{{k}}}")

    def dimension_named(self, value: Any) -> Any:
        """The symbol of N_k(d) where a value is that, 2 <= k <= m."""
        for k in range(2, self.m + 1):
            if value == tensor_dimension(self.d, k) or value == sympy.Symbol(f"N_{k}", positive=True):
                return self.dimension(k)
        return value

    def reciprocal(self, value: Any, strength: int) -> Any:
        """1/G for a piece of G; Levenshtein's of that strength in delta_k = c_k(d) - 1/n, reduced."""
        if 0 < strength < self.m and value == constant_of_strength(self.n, self.d, self.m, strength):
            first = 0 if strength % 2 else 1
            differences = {k: sphere_moment(self.d, k) - 1 / self.n for k in range(first, strength + 1)}
            signs = [self.name(f"delta_{k}", rf"\delta_{{{k}}}", value) for k, value in differences.items()]
            return 1 / self.n + sympy.factor(sympy.cancel(quadrature_of_power(signs, self.m - first)))
        above, below = sympy.fraction(value)
        return sympy.Add(*(part / above for part in sympy.Add.make_args(below)))

    @cached_property
    def r(self) -> Number:
        sign = symbol("r")
        self.names[sign], self.meanings[sign] = "r", sympy.Min(self.n, self.d)
        return sign

    @cached_property
    def tensor_dimension(self) -> Number:
        return self.dimension(self.m)

    @cached_property
    def welch_constant(self) -> Number:
        return self.name(f"tau_{self.m}", rf"\tau_{{{self.m}}}(d)", welch_constant(self.d, self.m))

    @cached_property
    def x_moments(self) -> list[Number]:
        """p mu_{2j} as symbols nu_{2j}, which :func:`polynomial` replaces."""
        return [1, *(sympy.Symbol(f"moment_{2 * j}", positive=True) for j in range(1, self.m + 1))]

    @cached_property
    def kappa(self) -> list[Number]:
        return [0, *(self.cumulant(j) for j in range(1, self.m + 1))]

    def cumulant(self, j: int) -> Any:
        """kappa_{2j}."""
        sign = symbol("kappa", 2 * j)
        self.names[sign] = rf"\kappa_{{{2 * j}}}"
        self.meanings[sign] = self._expanded_cumulants[j]
        return sign

    @cached_property
    def _expanded_cumulants(self) -> list[Any]:
        return [sympy.expand(value) for value in cumulants_from_moments(self._moments_of_x)]

    @property
    def _moments_of_x(self) -> list[Any]:
        return [1, *(self.p * self.mu(2 * j) for j in range(1, self.m + 1))]

    def arranged(self, expression: Any) -> Any:
        """The formula with its energy, and what is left of the moments of x, arranged by cumulants."""
        replaced = self._without_moments(expression)
        above, below = sympy.fraction(replaced)
        signs = sorted((s for s in replaced.free_symbols if s.name.startswith(("kappa", "total"))), key=lambda s: s.name)
        if not signs or replaced.is_Add:
            return replaced
        simplify = sympy.factor if replaced is not expression else None
        factors = [
            polynomial(f.base, signs, simplify) ** f.exp if f.is_Pow else polynomial(f, signs, simplify) if f.is_Add else f
            for f in sympy.Mul.make_args(above)
        ]
        return sympy.Mul(*factors) / polynomial(below, signs, simplify)

    def _without_moments(self, expression: Any) -> Any:
        """Random directions: the cumulants of g x are (K - kappa)/(n' - 1), K those of the whole pre-activation."""
        if not any(sign in expression.free_symbols for sign in self.x_moments[1:]):
            return expression
        others = symbol("n_used") - 1
        reduced = [self.x_moments[j] * sphere_moment(self.d, j) if j else 1 for j in range(self.m + 1)]
        values: dict[Any, Any] = {}
        for j, cumulant in enumerate(cumulants_from_moments(reduced)[1:], 1):
            total, kappa = sympy.Symbol(f"total_{2 * j}", positive=True), self.cumulant(j)
            pure = reduced[j]
            lower = sympy.expand((cumulant - pure).xreplace(values))
            values[self.x_moments[j]] = ((total - kappa) / others - lower) / sphere_moment(self.d, j)
            moments = dict(zip(self.x_moments[1:], self._moments_of_x[1:], strict=True))
            written = polynomial(cumulant, self.x_moments[1:]).xreplace(moments)
            self.name(f"other_{2 * j}", rf"\kappa'_{{{2 * j}}}", written)
            self.name(f"total_{2 * j}", rf"K_{{{2 * j}}}", kappa + others * sympy.Symbol(f"other_{2 * j}", positive=True))
        return expression.xreplace(values)


def polynomial(expression: Any, signs: Sequence[Any], simplify: Callable[[Any], Any] | None = None) -> Any:
    """An expression as a sum of monomials in ``signs``; the coefficients are kept as they are, or simplified."""
    found = _terms(expression, tuple(signs))
    total = []
    for powers, coefficient in found.items():
        reduced = simplify(coefficient) if simplify else sympy.factor_terms(coefficient, sign=False)
        total.append(reduced * sympy.Mul(*(sign**power for sign, power in zip(signs, powers, strict=True))))
    return sympy.Add(*total)


def _terms(expression: Any, signs: tuple[Any, ...]) -> dict[tuple[int, ...], Any]:
    if not expression.free_symbols & set(signs):
        return {(0,) * len(signs): expression}
    if expression.is_Symbol:
        return {tuple(int(sign == expression) for sign in signs): sympy.S.One}
    if expression.is_Add:
        found: dict[tuple[int, ...], Any] = {}
        for part in expression.args:
            for powers, coefficient in _terms(part, signs).items():
                found[powers] = found.get(powers, 0) + coefficient
        return {powers: coefficient for powers, coefficient in found.items() if coefficient != 0}
    parts = [expression.base] * int(expression.exp) if expression.is_Pow else list(expression.args)
    product: dict[tuple[int, ...], Any] = {(0,) * len(signs): sympy.S.One}
    for part in parts:
        extended: dict[tuple[int, ...], Any] = {}
        inner = _terms(part, signs)
        for powers, coefficient in product.items():
            for more, factor in inner.items():
                key = tuple(a + b for a, b in zip(powers, more, strict=True))
                extended[key] = extended.get(key, 0) + coefficient * factor
        product = extended
    return {powers: coefficient for powers, coefficient in product.items() if coefficient != 0}
