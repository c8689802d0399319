r"""The sharp constants (theory, section 5), each as a limit of the bounds that meet there.

* n p -> 0, n past every threshold: I^*/p -> g tau_m(d). From above very_sparse, from below half_design.
* then d -> infinity: g tau_m(d)/d^m -> g/(2m-1)!!.
* d^{-m} << p << 1, n = infinity: I^*/(d p^{1/m}) -> sigma_m. From above capacity at the crowding
  Q_2 = v p^{-(m-1)/m}, all other power sums at their least value 1; from below random_directions at
  n' = v d p^{-(m-1)/m}, d = 1/p. Both tend to the same function of v, whose maximum is sigma_m.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sympy

from boundcalc.bounds.lower import half_design, random_directions
from boundcalc.bounds.upper import capacity, very_sparse
from boundcalc.model.notation import latex_names, symbol
from boundcalc.model.problem import INFINITY, read_exponent
from boundcalc.symbolics.germs import Germ, GermQuantities, Undetermined, germ_at_infinity

SCALE = sympy.Symbol("v", positive=True)
"""The crowding in units of p^{-(m-1)/m}."""


@dataclass(frozen=True)
class SharpConstants:
    """What I^* tends to, for exponent m.

    Attributes
    ----------
    g : expression in mu
        alpha^2/beta.
    very_sparse : expression in d and mu
        lim I^*/p as n p -> 0, g tau_m(d).
    large_dimension : expression in mu
        lim very_sparse/d^m as d -> infinity, g/(2m-1)!!.
    row : expression in v and mu
        lim of the row function at the crowding v p^{-(m-1)/m}, in units of d p^{1/m}.
    maximiser, sigma : expressions in mu
        The v that maximises ``row``, and the maximum; for m = 1 the row function is constant and there is no v.
    """

    m: int
    g: sympy.Expr
    very_sparse: sympy.Expr
    large_dimension: sympy.Expr
    row: sympy.Expr
    maximiser: sympy.Expr | None
    sigma: sympy.Expr

    @property
    def sigma_latex(self) -> str:
        """sigma_m in LaTeX, its number as the m-th root of a rational."""
        number, moments = self.sigma.as_independent(*(symbol("mu", 2 * j) for j in range(1, self.m + 1)))
        names = latex_names(self.m)
        rest = sympy.latex(moments, symbol_names=names, root_notation=False)
        rational = sympy.nsimplify(sympy.expand_power_base(number**self.m), rational=True)
        if rational == 1:
            return str(rest)
        root = sympy.latex(rational)
        return rf"{root}\, {rest}" if self.m == 1 else rf"\left({root}\right)^{{1/{self.m}}} {rest}"


@lru_cache(maxsize=16)
def sharp_constants(m: int) -> SharpConstants:
    """Computes the constants for exponent m; that the bounds of both sides meet is checked on the way."""
    m = read_exponent(m)
    above, below = very_sparse_limit(m)
    if sympy.cancel(above - below) != 0:
        raise Undetermined(f"very_sparse and half_design do not meet for m = {m}")
    exponent, coefficient = germ_at_infinity(above, symbol("d")).leading
    assert exponent == -m
    upper = crowded_row(m)
    if m > 1 and sympy.cancel(upper - crowded_directions(m)) != 0:
        raise Undetermined(f"capacity and random_directions do not meet for m = {m}")
    maximiser, sigma = maximum(upper)
    g = symbol("mu", m + 1) ** 2 / symbol("mu", 2 * m)
    return SharpConstants(m, g, above, coefficient, upper, maximiser, sigma)


def very_sparse_limit(m: int) -> tuple[sympy.Expr, sympy.Expr]:
    """lim bound/p as n p -> 0 for very_sparse with n past every threshold, and for half_design."""
    p = Germ({1: 1})
    upper = very_sparse.formula(GermQuantities(m, n=INFINITY, p=p, isolated=True)).leading
    lower = half_design.formula(GermQuantities(m, p=p), symbol("n_used"), symbol("d")).leading
    assert upper[0] == lower[0] == 1
    return upper[1], sympy.cancel(lower[1])


def crowded_row(m: int) -> sympy.Expr:
    """capacity/(d p^{1/m}) as p -> 0, before the supremum over v."""
    q = GermQuantities(m, n=INFINITY, p=Germ({1: 1}))
    crowding = Germ({sympy.Rational(1 - m, m): SCALE})
    exponent, coefficient = capacity.formula(q, [0, crowding, *[1] * (m - 1)], q.kappa).leading
    assert exponent == sympy.Rational(1, m)
    return sympy.cancel(coefficient / symbol("d"))


def crowded_directions(m: int) -> sympy.Expr:
    """random_directions/(d p^{1/m}) as p -> 0 with d = 1/p, before the maximum over v."""
    q = GermQuantities(m, n=INFINITY, p=Germ({1: 1}), d=Germ({-1: 1}))
    exponent, coefficient = random_directions.formula(q, Germ({sympy.Rational(1 - m, m) - 1: SCALE})).leading
    assert exponent == sympy.Rational(1, m) - 1
    return sympy.cancel(coefficient)


def maximum(row: sympy.Expr) -> tuple[sympy.Expr | None, sympy.Expr]:
    """The maximiser and the maximum over v > 0 of a quotient whose derivative vanishes at one v^m.

    The numerator of the derivative has the terms v^0 and v^k alone; its sign changes from + to - at the root.
    """
    if SCALE not in row.free_symbols:
        return None, row
    numerator = sympy.Poly(sympy.numer(sympy.together(sympy.diff(row, SCALE))), SCALE)
    terms = {power[0]: coefficient for power, coefficient in numerator.terms()}
    shift = min(terms)
    if len(terms) != 2:
        raise Undetermined("the stationary point is not the root of a binomial")
    low, high, power = terms[shift], terms[max(terms)], max(terms) - shift
    target = sympy.Symbol("v_power", positive=True)
    (solution,) = sympy.solve(low + high * target, target)
    turns_down = sympy.factor(low).is_positive and sympy.factor(high).is_negative
    if not turns_down:
        raise Undetermined("the stationary point is not a maximum")
    best = solution ** sympy.Rational(1, power)
    value = sympy.powsimp(sympy.powdenest(sympy.simplify(row.subs(SCALE, best)), force=True))
    return best, value


def law_value(expression: sympy.Expr, moments: dict[int, sympy.Expr]) -> sympy.Expr:
    """An expression at the moments of a law, radicals simplified."""
    return sympy.radsimp(sympy.simplify(expression.subs({symbol("mu", k): value for k, value in moments.items()})))
