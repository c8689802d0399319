r"""Takes the limits of a bound, p -> 0 and d -> infinity, by evaluating its one formula over germs.

A limit is a leading term: bound ~ coefficient * p^exponent, or coefficient * d^exponent. Where the bound has parameters, or a row
as a free variable, it is taken where the bound's declaration says (:class:`~boundcalc.bounds.declaration.Limits`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import sympy

from boundcalc.bounds.declaration import Bound
from boundcalc.model.notation import latex_names, symbol
from boundcalc.model.problem import INFINITY, read_exponent
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.closed_forms.germs import Germ, GermQuantities, Undetermined, germ_at_infinity
from boundcalc.render.printer import print_latex

REGIMES = {
    "fixed": r"$p \to 0$ with $n$ fixed",
    "many": r"$p \to 0$ with $n$ fixed, past every threshold",
    "infinite": r"$p \to 0$ with $n = \infty$",
    "dimension": r"$d \to \infty$ with $n = \infty$ and $p$ fixed",
    "sparse_dimension": r"$p \to 0$ with $n$ fixed, past every threshold, divided by $p$, and then $d \to \infty$",
}
"""Name of a limit, and what tends where. Past the thresholds, such as N_m(d), what depends on n is at its own limit."""
V = sympy.Symbol("v", positive=True)
"""What a declaration leaves free for a maximum."""


@dataclass(frozen=True)
class Limit:
    """bound ~ coefficient * variable^exponent.

    Attributes
    ----------
    regime : str
        Its name in ``REGIMES``.
    variable : SymPy symbol
        p (tends to 0) or d (tends to infinity).
    place : str
        LaTeX: the values of the bound's parameters at which the limit is taken.
    reason : str
        Why there is no limit; then ``coefficient`` is ``None``.
    """

    m: int
    regime: str
    variable: sympy.Symbol
    exponent: sympy.Rational | None = None
    coefficient: sympy.Expr | None = None
    place: str = ""
    reason: str = ""

    @property
    def latex(self) -> str:
        """``coefficient p^exponent`` in LaTeX; empty where there is no limit."""
        if self.coefficient is None:
            return ""
        names = latex_names(self.m)
        product = print_latex(self.coefficient, names)
        if self.exponent == 0:
            return product
        power = print_latex(self.variable**self.exponent, names)
        if self.coefficient == 1:
            return power
        return rf"\left({product}\right) {power}" if self.coefficient.is_Add else rf"{product}\, {power}"

    def at(self, values: dict[sympy.Symbol, sympy.Expr]) -> Limit:
        """The same with values for symbols of the coefficient."""
        if self.coefficient is None:
            return self
        return replace(self, coefficient=_tidy(self.coefficient.subs(values).doit()))


def limits(bound: Bound, m: int) -> tuple[Limit, ...]:
    """All limits of a bound, in the order of ``REGIMES``."""
    return tuple(limit(bound, m, regime) for regime in REGIMES)


@lru_cache(maxsize=512)
def limit(bound: Bound, m: int, regime: str = "fixed") -> Limit:
    """The leading term in one regime of ``REGIMES``.

    The number n' of a witness's features tends to infinity before d does.

    Raises
    ------
    ParameterError
        For an even m, an m for which the bound has no formula, or another word for the regime.
    """
    if regime not in REGIMES:
        raise ParameterError("regime", regime, f"must be one of {', '.join(REGIMES)}")
    why = bound.undefined(read_exponent(m))
    if why:
        raise ParameterError("m", m, f"{why} for the bound {bound.key}")
    most = bound.limits.up_to
    if most is not None and m > most:
        raise ParameterError(
            "m", m, f"must be at most {most} for the limits of the bound {bound.key}: past it their terms take minutes"
        )
    blank = Limit(m, regime, symbol("d" if "dimension" in regime else "p"))
    given = bound.limits.none
    reason = given.get(regime, given.get("", ""))
    if reason:
        return replace(blank, reason=reason)
    try:
        return _large_dimension(bound, blank) if "dimension" in regime else _sparse(bound, blank)
    except Undetermined as error:
        return replace(blank, reason=str(error))


def _sparse(bound: Bound, blank: Limit) -> Limit:
    settings: dict[str, Any] = {"p": Germ({1: 1})}
    if blank.regime != "fixed":
        settings |= {"n": INFINITY, "isolated": blank.regime == "many"}
    q = GermQuantities(blank.m, **settings)
    if blank.regime == "infinite" and bound.limits.crowded is not None:
        values, place = bound.limits.crowded(q, V)
        exponent, coefficient = Germ.of(bound.formula(q, **values)).leading
        fixed, varying = sympy.cancel(coefficient).as_independent(V, as_Add=False)
        coefficient = fixed * maximum(varying)[1]
    else:
        values, place = _parameters(bound, q)
        exponent, coefficient = Germ.of(bound.formula(q, **values)).leading
    return replace(blank, exponent=exponent, coefficient=_tidy(coefficient), place=place)


def _large_dimension(bound: Bound, blank: Limit) -> Limit:
    if blank.regime == "sparse_dimension":
        sparse = limit(bound, blank.m, "many")
        if sparse.coefficient is None or sparse.exponent != 1:
            return replace(blank, reason=sparse.reason or "the bound divided by $p$ is not bounded as $p -> 0$")
        expression, place = sparse.coefficient, sparse.place
    else:
        q = GermQuantities(blank.m, n=INFINITY)
        values, place = _parameters(bound, q)
        found = bound.formula(q, **values)
        expression = found.leading[1] if isinstance(found, Germ) else sympy.sympify(found)
    n_used = symbol("n_used")
    if n_used in expression.free_symbols:
        power, expression = germ_at_infinity(expression, n_used).leading
        if power != 0:
            return replace(blank, reason="the value has no finite limit as $n'$ grows")
        expression = _tidy(expression)
    exponent, coefficient = germ_at_infinity(expression, blank.variable).leading
    return replace(blank, exponent=-exponent, coefficient=_tidy(coefficient), place=place)


def _parameters(bound: Bound, q: GermQuantities) -> tuple[Any, str]:
    at = bound.limits.at
    return (bound.symbols(q.m), "") if at is None else at(q)


def maximum(row: sympy.Expr) -> tuple[sympy.Expr | None, sympy.Expr]:
    """The maximiser and the maximum over v > 0 of a quotient whose derivative vanishes at one v^m; one without v is itself.

    The numerator of the derivative has the terms v^0 and v^k alone; its sign changes from + to - at the root.
    """
    if V not in row.free_symbols:
        return None, row
    numerator = sympy.Poly(sympy.numer(sympy.together(sympy.diff(row, V))), V)
    terms = {power[0]: coefficient for power, coefficient in numerator.terms()}
    shift = min(terms)
    if len(terms) != 2:
        raise Undetermined("the stationary point is not the root of a binomial")
    low, high, power = terms[shift], terms[max(terms)], max(terms) - shift
    target = sympy.Symbol("v_power", positive=True)
    (solution,) = sympy.solve(low + high * target, target)
    if not (sympy.factor(low).is_positive and sympy.factor(high).is_negative):
        raise Undetermined("the stationary point is not a maximum")
    best = solution ** sympy.Rational(1, power)
    value = sympy.powsimp(sympy.powdenest(sympy.simplify(row.subs(V, best)), force=True))
    return best, value


def _tidy(value: sympy.Expr) -> sympy.Expr:
    """In factored form, for a rational function of moderate size where that is shorter."""
    if not value.is_rational_function() or sympy.count_ops(value) > 2000:
        return value
    factored = sympy.factor(value)
    return min((value, factored), key=sympy.count_ops)
