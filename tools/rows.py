r"""Derives the row polynomials in cumulants, and the cumulants in moments, with SymPy.

C_i = sum_{k odd <= m} binom(m, k) kappa_{k+1} a^k M_{m-k} and D_i = M_{2m}: the recursion of :mod:`boundcalc.numbers.moments`
runs over the polynomial ring Z[kappa, a, Q], so that the sum comes out in collected form, whatever the order of the operations.
"""

from __future__ import annotations

from functools import lru_cache

import sympy

from boundcalc.model.notation import symbol
from boundcalc.model.problem import read_exponent
from boundcalc.numbers.moments import cumulants_from_moments, row_polynomials


@lru_cache(maxsize=16)
def row_polynomials_symbolic(m: int) -> tuple[sympy.Expr, sympy.Expr]:
    """C_i and D_i, expanded, in the symbols kappa_{2j}, a and Q_{2j} of :mod:`boundcalc.model.notation`."""
    m = read_exponent(m)
    kappa = [symbol("kappa", 2 * j) for j in range(1, m + 1)]
    sums = [symbol("Q", 2 * j) for j in range(1, m + 1)]
    ring = sympy.polys.rings.PolyRing([*kappa, *sums, symbol("a")], sympy.ZZ, sympy.lex)
    *generators, a = ring.gens
    found = row_polynomials(m, [ring.zero, *generators[:m]], a, [ring.zero, *generators[m:]])
    correlation, energy = (ring.ring_new(part).as_expr() for part in found)
    return correlation, energy


def unit_rows(m: int) -> tuple[sympy.Expr, sympy.Expr]:
    """C~ and D~, the row polynomials at a = 1."""
    correlation, energy = row_polynomials_symbolic(m)
    return correlation.subs(symbol("a"), 1), energy


@lru_cache(maxsize=16)
def cumulants_symbolic(m: int) -> tuple[sympy.Expr, ...]:
    """kappa_2, ..., kappa_{2m} of x = s u as polynomials in p and mu_{2j}, by rising powers of p."""
    m = read_exponent(m)
    p, mu = symbol("p"), [symbol("mu", 2 * j) for j in range(1, m + 1)]
    ring = sympy.polys.rings.PolyRing([p, *mu], sympy.ZZ, sympy.lex)
    p_element, *elements = ring.gens
    found = cumulants_from_moments([ring.one, *(p_element * element for element in elements)])
    return tuple(ring.ring_new(value).as_expr() for value in found[1:])
