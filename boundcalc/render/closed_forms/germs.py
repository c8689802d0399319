r"""Computes with germs at e -> 0+: sums of c e^s with rational exponents s, known up to o(e^order).

A ring like the others: the formula of a bound, evaluated at p = e, gives its leading term as p -> 0; at d = 1/e, as
d -> infinity; at p = e and a crowding v e^{-(m-1)/m}, in the regime between. Coefficients are SymPy expressions in
positive symbols.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy
from flint import fmpq

from boundcalc.model.notation import symbol
from boundcalc.model.quantities import SymbolicQuantities
from boundcalc.numbers.field_operators import FieldOperators
from boundcalc.numbers.moments import Number
from boundcalc.numbers.symbolic_ring import SYMBOLIC

WINDOW = 1
"""Powers of e that are kept past the leading one: what cancels is at most the leading term, as in 1 - (1 - p)^{n-1}."""


class Undetermined(ArithmeticError):
    """Everything that is known of a germ cancelled, or its limit is not determined."""


class Germ(FieldOperators):
    """sum of coefficients[s] e^s + o(e^order).

    Parameters
    ----------
    coefficients : mapping
        Exponent (SymPy rational) to coefficient (SymPy expression, not zero).
    order : SymPy rational or oo
        ``oo`` for a finite sum that is exact.
    """

    __slots__ = ("coefficients", "order")

    def __init__(self, coefficients: Mapping[Any, Any], order: Any = sympy.oo) -> None:
        kept = {sympy.Rational(s): sympy.sympify(c) for s, c in coefficients.items() if c != 0}
        if kept and max(kept) > min(kept) + WINDOW:
            order = min(order, min(kept) + WINDOW)
        self.coefficients = {s: c for s, c in kept.items() if s <= order}
        self.order = order

    @staticmethod
    def of(value: Any) -> Germ:
        """A germ as it is, anything else as a constant."""
        if isinstance(value, Germ):
            return value
        if isinstance(value, fmpq):
            value = SYMBOLIC.number(value)
        return Germ({0: value})

    @property
    def valuation(self) -> Any:
        """The leading exponent; where nothing is known but o(e^order), the order."""
        return min(self.coefficients, default=self.order)

    @property
    def leading(self) -> tuple[sympy.Rational, sympy.Expr]:
        """The leading exponent and its coefficient."""
        if not self.coefficients:
            raise Undetermined(f"no leading term is known below order {self.order}")
        return self.valuation, self.coefficients[self.valuation]

    def __add__(self, other: Any) -> Germ:
        other = Germ.of(other)
        found = dict(self.coefficients)
        for s, c in other.coefficients.items():
            found[s] = _collected(found[s] + c) if s in found else c
        return Germ(found, min(self.order, other.order))

    def __neg__(self) -> Germ:
        return Germ({s: -c for s, c in self.coefficients.items()}, self.order)

    def __mul__(self, other: Any) -> Germ:
        other = Germ.of(other)
        exact_zero = [g for g in (self, other) if not g.coefficients and g.order == sympy.oo]
        if exact_zero:
            return exact_zero[0]
        order = min(self.valuation + other.order, other.valuation + self.order)
        reach = min(order, self.valuation + other.valuation + WINDOW)
        found: dict[Any, Any] = {}
        for s, c in self.coefficients.items():
            for t, e in other.coefficients.items():
                if s + t <= reach:
                    found[s + t] = found.get(s + t, 0) + c * e
                elif order == sympy.oo:
                    order = reach  # a term was dropped
        if order != sympy.oo:
            order = min(order, reach)
        return Germ({s: _collected(c) if c.is_Add else c for s, c in found.items()}, order)

    def raised(self, exponent: Any) -> Germ:
        """This germ to any power that does not depend on e, by the binomial series in what follows the leading term."""
        s, c = self.leading
        rest = Germ({t - s: e / c for t, e in self.coefficients.items() if t != s}, self.order - s)
        total, power, factor = Germ({0: 1}), Germ({0: 1}), sympy.Integer(1)
        if rest.coefficients or rest.order != sympy.oo:
            k = 0
            while True:
                power, factor, k = power * rest, factor * (exponent - k) / (k + 1), k + 1
                if factor == 0:
                    break
                total = total + power * factor
                if power.valuation > WINDOW or not power.coefficients:
                    total = Germ(total.coefficients, min(total.order, sympy.Integer(WINDOW)))
                    break
        moved = sympy.Integer(0) if s == 0 else s * exponent
        return Germ({t + moved: e * c**exponent for t, e in total.coefficients.items()}, total.order + moved)

    def __pow__(self, exponent: int) -> Germ:
        if exponent == 0:
            return Germ({0: 1})
        return self.raised(sympy.Integer(exponent))

    def inverse(self) -> Germ:
        """1/self."""
        return self.raised(sympy.Integer(-1))

    def log(self) -> Germ:
        """The logarithm of a germ with a positive limit, to the first order in what follows the limit."""
        s, c = self.leading
        if s != 0:
            raise Undetermined("the logarithm has no expansion in powers")
        rest = Germ({t: e / c for t, e in self.coefficients.items() if t != 0}, self.order)
        return Germ({0: sympy.log(c)}) + Germ(rest.coefficients, min(rest.order, rest.valuation))


_SHALLOW = {"deep": False, "log": False, "power_exp": False, "power_base": False, "basic": False}
"""Products of sums and their whole powers: the factors of a term are expanded already."""


def _collected(value: sympy.Expr) -> sympy.Expr:
    """A sum in expanded form, so that what cancels is seen to; one with minima is kept as it is unless it is 0."""
    expanded = sympy.Add(*(term.expand(**_SHALLOW) for term in sympy.Add.make_args(value)))
    return value if expanded != 0 and value.has(sympy.Min) else expanded


def least(values: Sequence[Germ]) -> Germ:
    """The smallest of positive germs; where leading exponents agree, the minimum of the coefficients and no more."""
    top = max(value.leading[0] for value in values)
    smallest = [value for value in values if value.leading[0] == top]
    if len(smallest) == 1:
        return smallest[0]
    return Germ({top: sympy.Min(*(value.leading[1] for value in smallest))}, top)


class GermArithmetic:
    """The ring of germs.

    Parameters
    ----------
    isolated : bool
        For n = infinity: whether n p -> 0, so that an active feature is alone, (1 - p)^{n-1} = 1 - o(1).
    """

    def __init__(self, *, isolated: bool = False) -> None:
        self.isolated = isolated

    def number(self, value: fmpq) -> Germ:
        return Germ.of(value)

    def power(self, base: Number, exponent: fmpq) -> Number:
        return Germ.of(base).raised(SYMBOLIC.number(exponent))

    def minimum(self, *values: Number) -> Number:
        finite = [value for value in values if not (isinstance(value, float) and value == math.inf)]
        if not any(isinstance(value, Germ) for value in finite):
            return sympy.Min(*finite)
        return least([Germ.of(value) for value in finite])

    def maximum(self, *values: Number) -> Number:
        raise Undetermined("no bound takes a maximum")

    def isolation(self, p: Number, n: Number) -> Number:
        if isinstance(n, float):
            return Germ({0: 1}, sympy.Integer(0)) if self.isolated else Germ({})
        return Germ.of(1 - p).raised(n - 1)

    def expected_minimum(self, d: Number, n: Number, p: Number) -> Number:
        """Between P(Bin > 0) and n p, for d >= 1."""
        if isinstance(n, float):
            if self.isolated:
                raise Undetermined("$E min(d, Bin(n, p))$ has no bound as $n$ grows")
            return d
        low, high = 1 - self.isolation(p, n + 1), n * p
        if low.leading[0] != high.leading[0] or sympy.expand(low.leading[1] - high.leading[1]) != 0:
            raise Undetermined("$P(Bin(n, p) > 0)$ and $n p$ differ")
        return Germ(dict([high.leading]), high.leading[0])

    def log(self, value: Number) -> Germ:
        return Germ.of(value).log()

    def cases(self, n: Number, pieces: Sequence[tuple[Number, Callable[[], Number]]]) -> Number:
        """The last piece for n = infinity; the symbol G, which stands for the right one, otherwise."""
        return pieces[-1][1]() if isinstance(n, float) else symbol("G")


class GermQuantities(SymbolicQuantities):
    """The quantities of exponent m with germs in place of some of n, d and p."""

    def __init__(self, m: int, *, isolated: bool = False, **values: Any) -> None:
        super().__init__(m)
        self.ring = GermArithmetic(isolated=isolated)
        for name, value in values.items():
            setattr(self, name, value)
        self.infinite = isinstance(self.n, float)

    def named(self, name: str, compute: Callable[[], Number]) -> Number:
        """G = tau_m(d) for n past every threshold, its letter otherwise."""
        return self.welch_constant if self.infinite else symbol(name)


def germ_at_infinity(expression: sympy.Expr, variable: sympy.Symbol) -> Germ:
    """An expression of sums, products, rational powers and minima, at variable = 1/e."""
    if expression == variable:
        return Germ({-1: 1})
    if variable not in expression.free_symbols:
        return Germ({0: expression})
    if expression.is_Add or expression.is_Mul:
        total = Germ.of(0 if expression.is_Add else 1)
        for part in expression.args:
            germ = germ_at_infinity(part, variable)
            total = total + germ if expression.is_Add else total * germ
        return total
    if expression.is_Pow and variable not in expression.exp.free_symbols:
        return germ_at_infinity(expression.base, variable).raised(expression.exp)
    if isinstance(expression, sympy.Min):
        return least([germ_at_infinity(part, variable) for part in expression.args])
    raise Undetermined(f"no expansion of {expression.func}")
