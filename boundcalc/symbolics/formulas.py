r"""The closed form of a bound for a given m, as a person would write it: one statement and the definitions it needs.

The statement is in kappa, Q, G and the problem's parameters; the definitions give kappa in p and mu, the Q of a
witness, and G case by case. Substituting them gives back the bound's own formula. Where a form is too large to be
written out it is left unexpanded, and the reason is said (:mod:`boundcalc.symbolics.size`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy

from boundcalc.bounds.declaration import Bound, UpperBound
from boundcalc.bounds.lower.random_walsh import power_sums as walsh_sums
from boundcalc.bounds.lower.unbiased_bases import power_sums as unbiased_sums
from boundcalc.lemmas.universal import constant_of_strength
from boundcalc.model.notation import latex_names, symbol
from boundcalc.model.problem import read_exponent
from boundcalc.model.quantities import SymbolicQuantities
from boundcalc.numbers.constants import sphere_moment, tensor_dimension
from boundcalc.numbers.moments import cumulants_from_moments
from boundcalc.numbers.symbolic_ring import SymbolicArithmetic
from boundcalc.symbolics.limits import not_defined
from boundcalc.symbolics.rows import cumulants_symbolic, rows_unexpanded, unit_rows
from boundcalc.symbolics.size import MAX_PRINTED_TERMS, MAX_QUADRATURE, MAX_SUMMANDS, too_many

Definition = tuple[sympy.Symbol, sympy.Expr]


@dataclass(frozen=True)
class Formula:
    """The closed form of a bound.

    Attributes
    ----------
    statement : str
        The inequality in LaTeX; empty where the bound has no formula for this m.
    expression : SymPy expression or None
        Its right-hand side, before a supremum if there is one; ``None`` where it is left unexpanded.
    definitions : tuple of (symbol, expression)
        To be substituted in this order.
    notes : tuple of str
        Definitions in LaTeX that are no expression.
    reason : str
        Why the form is not complete, in a sentence; empty where it is.
    """

    key: str
    m: int
    statement: str
    expression: sympy.Expr | None = None
    definitions: tuple[Definition, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""

    @property
    def definition_lines(self) -> tuple[str, ...]:
        """Every definition in LaTeX, the cumulants left out: they are the same for all bounds."""
        cumulants = set(_kappa(self.m))
        lines = [f"{_latex(name, self.m)} = {_latex(value, self.m)}" for name, value in self.definitions if name not in cumulants]
        return (*lines, *self.notes)

    def substituted(self) -> sympy.Expr:
        """The expression with all definitions filled in."""
        if self.expression is None:
            raise ValueError(self.reason)
        value = self.expression
        for name, definition in self.definitions:
            value = value.subs(name, definition)
        return value


@lru_cache(maxsize=256)
def bound_formula(bound: Bound, m: int) -> Formula:
    """The closed form of a bound of the catalog for exponent m.

    Raises
    ------
    ParameterError
        If m is not an odd whole number, 1 to 999.
    """
    m = read_exponent(m)
    why = not_defined(bound, m)
    if why:
        return Formula(bound.key, m, "", reason=why)
    if bound.key in _WITNESSES:
        return _witness(bound, m)
    if bound.key in ("capacity", "capacity_welch", "frontier"):
        return _row_bound(bound, m)
    if bound.key == "universal":
        return _universal(bound, m)
    if bound.key == "search":
        note = r"C = \sum_i C_i,\ D = \sum_i D_i \text{ of the matrix}"
        return _formula(bound, m, symbol("C") ** 2 / symbol("D"), (), (note,))
    expression = bound.expression(m)
    if bound.key == "uniform" and m > MAX_SUMMANDS:
        reason = f"the sum has {(m + 1) // 2} terms; it is written out up to m = {MAX_SUMMANDS} only; numbers: `boundcalc bounds`"
        return Formula(
            bound.key, m, _relation(bound, m) + _UNIFORM % {"m": m, "e": 2 * (m - 1)}, None, (), _uniform_notes(m), reason
        )
    return _formula(bound, m, expression, ())


_UNIFORM = r"p \Bigl(\sum_{k = 1, 3, \ldots, %(m)d} \binom{%(m)d}{k} \mu_{k+1}\, \xi^{(k-1)/%(e)d}\, \eta^{(%(m)d-k)/%(e)d}\Bigr)^2"


def _uniform_notes(m: int) -> tuple[str, ...]:
    share = f"{m - 1}/{m}"
    return (
        rf"\xi = \min\Bigl(\frac{{\tau_{{{m}}}(d)}}{{\mu_{{{2 * m}}}}}, \frac{{n}}{{\mu_{{{2 * m}}}}}, "
        rf"\frac{{\min(d, n)\, p^{{-{share}}}}}{{\mu_{{{2 * m}}}^{{{share}}} \mu_2}}\Bigr)",
        r"\eta = \min(d, n)/\mu_2",
    )


def _formula(
    bound: Bound, m: int, expression: sympy.Expr, definitions: tuple[Definition, ...], notes: tuple[str, ...] = (), reason: str = ""
) -> Formula:
    used = expression.free_symbols.union(*(value.free_symbols for _, value in definitions))
    cumulants = [(name, value) for name, value in zip(_kappa(m), _cumulants(m, used), strict=False) if name in used]
    statement = _relation(bound, m) + _latex(expression, m)
    return Formula(bound.key, m, statement, expression, (*definitions, *cumulants), notes, reason)


def _relation(bound: Bound, m: int) -> str:
    relation = r"\le" if isinstance(bound, UpperBound) else r"\ge"
    return rf"I^{{\ast}} {relation} {bound.operator(m)}"


def _latex(value: sympy.Expr, m: int) -> str:
    text: str = sympy.latex(value, symbol_names=latex_names(m), root_notation=False, fold_short_frac=False)
    return text


def _kappa(m: int) -> list[sympy.Symbol]:
    return [symbol("kappa", 2 * j) for j in range(1, m + 1)]


def _cumulants(m: int, used: set[sympy.Symbol]) -> tuple[sympy.Expr, ...]:
    return cumulants_symbolic(m) if used.intersection(_kappa(m)) else ()


class _CumulantQuantities(SymbolicQuantities):
    """The cumulants as symbols of their own."""

    @property
    def kappa(self) -> list[Any]:
        return [0, *_kappa(self.m)]


def _unexpanded(bound: Bound, m: int, right: str, reason: str, *notes: str) -> Formula:
    statement = _relation(bound, m) + right
    return Formula(bound.key, m, statement, None, (), (rows_unexpanded(m), *notes), f"{reason}; numbers: `boundcalc bounds`")


def _row_bound(bound: Bound, m: int) -> Formula:
    reason = too_many(m, MAX_PRINTED_TERMS)
    if not reason:
        q = _CumulantQuantities(m)
        return _formula(bound, m, sympy.sympify(bound.formula(q, **bound.symbols(m))), ())
    right = {
        "capacity": r"\min(d, n)\, Q_2\, \frac{C_i^2}{D_i}",
        "capacity_welch": rf"\frac{{\lambda^2 G}}{{\theta\kappa_{{{2 * m}}}}} + \min(d, n)\, Q_2\, "
        rf"\frac{{(C_i - \lambda)^2}}{{D_i - \theta \kappa_{{{2 * m}}} Q_{{{2 * m}}}}}",
        "frontier": r"\sum_c \frac{\nu_c^2}{c\, y_c} + \min(d, n)\, Q_2\, \frac{(C_i - \sum_c \nu_c \sqrt{f_c})^2}{D_i'}",
    }[bound.key]
    return _unexpanded(bound, m, right, reason, "a_i = 1")


def _witness(bound: Bound, m: int) -> Formula:
    """n' C~^2/D~ with the power sums of the witness."""
    reason = too_many(m, MAX_PRINTED_TERMS)
    if reason:
        return _unexpanded(bound, m, r"n'\, \frac{C_i^2}{D_i}", reason, "a_i = 1")
    correlation, energy = unit_rows(m)
    definitions, notes = _WITNESSES[bound.key](m)
    return _formula(bound, m, symbol("n_used") * correlation**2 / energy, tuple(definitions), notes)


Sums = tuple[list[Definition], tuple[str, ...]]


def _free_sums(m: int) -> Sums:
    return [], (r"Q_{2j} = 1 + \sum_k c_k u_k^j, \quad c_k \text{ lines under the squared cosine } u_k",)


def _half_design_sums(m: int) -> Sums:
    return [(symbol("Q", 2 * j), symbol("n_used") * sphere_moment(symbol("d"), j)) for j in range(1, m + 1)], ()


def _walsh_sums(m: int) -> Sums:
    found = walsh_sums(symbol("n_used"), symbol("d"))
    return [(symbol("Q", 2 * j), sympy.factor(found[j])) for j in range(1, m + 1)], ()


def _unbiased_sums(m: int) -> Sums:
    found = unbiased_sums(m, symbol("n_used"), symbol("d"))
    return [(symbol("Q", 2 * j), found[j]) for j in range(1, m + 1)], ()


def _direction_sums(m: int) -> Sums:
    """kappa_{2j} Q_{2j}, the cumulants of y, are kappa_{2j} + (n' - 1) kappa'_{2j}."""
    p, d = symbol("p"), symbol("d")
    gens = [p, d, *(symbol("mu", 2 * j) for j in range(1, m + 1))]
    field = sympy.polys.fields.FracField(gens, sympy.QQ, sympy.lex)
    p_element, d_element, *mu = field.gens
    moments = [field.one] + [p_element * mu[j - 1] * sphere_moment(d_element, j) for j in range(1, m + 1)]
    other = cumulants_from_moments(moments)
    definitions = []
    for j in range(1, m + 1):
        ratio = sum(_over_common(term, other[j].denom) for term in _terms(other[j].numer))
        definitions.append((symbol("Q", 2 * j), 1 + (symbol("n_used") - 1) * ratio / symbol("kappa", 2 * j)))
    note = r"Q_{2j} = 1 + (n' - 1)\kappa_{2j}'/\kappa_{2j}, \quad \kappa' \text{ the cumulants for moments } c_j(d)\, p\mu_{2j}"
    return definitions, (note,)


def _terms(numerator: Any) -> list[sympy.Expr]:
    """A numerator collected by its monomials in p and mu, coefficients in d factored."""
    expression = numerator.as_expr()
    others = sorted(expression.free_symbols - {symbol("d")}, key=str)
    if not others:
        return [expression]
    poly = sympy.Poly(expression, *others)
    return [sympy.prod(x**k for x, k in zip(others, powers, strict=True)) * sympy.factor(c) for powers, c in poly.terms()]


def _over_common(term: sympy.Expr, denominator: Any) -> sympy.Expr:
    return term / sympy.factor(denominator.as_expr())


_WITNESSES: dict[str, Callable[[int], Sums]] = {
    "known_frame": _free_sums,
    "half_design": _half_design_sums,
    "random_walsh": _walsh_sums,
    "unbiased_bases": _unbiased_sums,
    "random_directions": _direction_sums,
}


class _Postponed(SymbolicArithmetic):
    """Cases in n as the symbol G."""

    def cases(self, n: Any, pieces: Any) -> sympy.Expr:
        value: sympy.Expr = symbol("G")
        return value


def _universal(bound: Bound, m: int) -> Formula:
    """U2 with G by cases, each piece a rational function in lowest terms."""
    q = SymbolicQuantities(m)
    q.ring = _Postponed()
    expression = sympy.sympify(bound.formula(q))
    if m > MAX_QUADRATURE:
        note = rf"\frac1G = \frac1n + \sum_j \rho_j \alpha_j^{{{m}}}, \quad (\alpha_j, \rho_j) \text{{ Levenshtein's quadrature}}"
        reason = f"the pieces of G are written out up to m = {MAX_QUADRATURE} only; numbers: `boundcalc bounds`"
        return _formula(bound, m, expression, (), (note,), reason)
    return _formula(bound, m, expression, ((symbol("G"), levenshtein_constant(m)),))


@lru_cache(maxsize=8)
def levenshtein_constant(m: int) -> sympy.Expr:
    """G of lemma universal by cases in n, for m <= 9."""
    n, d = symbol("n"), symbol("d")
    field = sympy.polys.fields.FracField([n, d], sympy.QQ, sympy.lex)
    branches: list[tuple[Any, Any]] = [(n, n < d + 1)] if m > 1 else []
    for strength in range(1, m):
        piece = constant_of_strength(field.gens[0], field.gens[1], m, strength)
        value = _collected(piece.numer.as_expr(), n) / _collected(piece.denom.as_expr(), n)
        branches.append((value, n < tensor_dimension(d, strength + 1)))
    if not branches:
        return sympy.Min(n, d)
    return sympy.Piecewise(*branches, (SymbolicQuantities(m).welch_constant, True))


def _collected(polynomial: sympy.Expr, n: sympy.Symbol) -> sympy.Expr:
    """Its rational factors, each collected by powers of n with factored coefficients."""
    constant, factors = sympy.factor_list(polynomial)
    product = constant
    for factor, power in factors:
        product *= sympy.collect(factor, n, sympy.factor) ** power
    return product
