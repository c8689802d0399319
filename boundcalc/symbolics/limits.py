r"""Limits of the closed forms: p -> 0 and d -> infinity, computed by evaluating a bound's one formula over germs.

A limit is a leading term: bound ~ coefficient * p^exponent, or coefficient * d^exponent. Where the bound has
parameters, or a row as a free variable, it is taken at those that ``parameters`` names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import sympy

from boundcalc.bounds.declaration import Bound
from boundcalc.lemmas.few_features import best_constant
from boundcalc.model.notation import latex_names, symbol
from boundcalc.model.problem import INFINITY, read_exponent
from boundcalc.numbers.errors import ParameterError
from boundcalc.symbolics.germs import Germ, GermQuantities, Undetermined, germ_at_infinity
from boundcalc.symbolics.sharp_constants import SharpConstants, sharp_constants

__all__ = ["Limit", "SharpConstants", "limit_large_dimension", "limit_very_sparse", "sharp_constants"]

FEATURES = ("fixed", "many", "infinite")
_REGIMES = {
    "fixed": r"p \to 0,\ n \text{ fixed}",
    "many": r"p \to 0,\ n \text{ fixed, past every threshold}",
    "infinite": r"n = \infty,\ p \to 0",
}


@dataclass(frozen=True)
class Limit:
    """bound ~ coefficient * variable^exponent.

    Attributes
    ----------
    variable : SymPy symbol
        p (tends to 0) or d (tends to infinity).
    regime, parameters : str
        LaTeX: what else is held, and the parameters at which the limit is taken.
    reason : str
        Why there is no limit; then ``coefficient`` is ``None``.
    """

    key: str
    m: int
    variable: sympy.Symbol
    regime: str
    exponent: sympy.Rational | None = None
    coefficient: sympy.Expr | None = None
    parameters: str = field(default="")
    reason: str = field(default="")

    def per(self, exponent: Any) -> sympy.Expr:
        """The limit of bound/variable^exponent: the coefficient, 0 or oo."""
        if self.coefficient is None or self.exponent is None:
            raise Undetermined(self.reason)
        lag = self.exponent - exponent
        if lag == 0:
            return self.coefficient
        to_zero = lag > 0 if self.variable == symbol("p") else lag < 0
        return sympy.Integer(0) if to_zero else sympy.oo

    @property
    def latex(self) -> str:
        """``coefficient p^exponent`` in LaTeX; empty where there is no limit."""
        if self.coefficient is None:
            return ""
        names = latex_names(self.m)
        power = sympy.latex(self.variable**self.exponent, symbol_names=names, root_notation=False)
        product = sympy.latex(self.coefficient, symbol_names=names, root_notation=False)
        if self.exponent == 0:
            return str(product)
        return rf"\left({product}\right) {power}" if self.coefficient.is_Add else rf"{product}\, {power}"


@lru_cache(maxsize=512)
def limit_very_sparse(bound: Bound, m: int, features: str = "fixed") -> Limit:
    """The leading term as p -> 0.

    Parameters
    ----------
    features : str
        ``"fixed"`` n; ``"many"``: n fixed and past every threshold, such as N_m(d); ``"infinite"``: n = infinity first.
        What depends on n past the thresholds is at its limit (equiangular: d^m).

    Raises
    ------
    ParameterError
        For an even m, or another word for ``features``.
    """
    m = read_exponent(m)
    if features not in FEATURES:
        raise ParameterError("features", features, f"must be one of {', '.join(FEATURES)}")
    blank = Limit(bound.key, m, symbol("p"), _REGIMES[features])
    why = not_defined(bound, m) or _NO_SPARSE.get(bound.key, "")
    if why:
        return _with(blank, reason=why)
    settings: dict[str, Any] = {} if features == "fixed" else {"n": INFINITY, "isolated": features == "many"}
    q = GermQuantities(m, p=Germ({1: 1}), **settings)
    if bound.key == "trivial" and features != "fixed":
        return _with(blank, reason="grows with n")
    if features == "infinite" and bound.key == "capacity":
        sigma = symbol("d") * sharp_constants(m).sigma
        crowded = rf"Q_2 = v\, p^{{-{m - 1}/{m}}},\ Q_4 = Q_6 = \cdots = 1"
        return _with(blank, exponent=sympy.Rational(1, m), coefficient=sigma, parameters=crowded)
    if features == "infinite" and bound.key in _ROWS:
        return _with(blank, reason="the supremum is not at a fixed row")
    values, parameters = _VALUES.get(bound.key, _plain)(bound, q)
    try:
        exponent, coefficient = Germ.of(bound.formula(q, **values)).leading
    except Undetermined as error:
        return _with(blank, reason=str(error))
    return _with(blank, exponent=exponent, coefficient=_tidy(coefficient), parameters=parameters)


@lru_cache(maxsize=512)
def limit_large_dimension(bound: Bound, m: int, regime: str = "fixed") -> Limit:
    """The leading term as d -> infinity for n past every threshold.

    Parameters
    ----------
    regime : str
        ``"fixed"``: p fixed, n = infinity. ``"very_sparse"``: of lim bound/p as p -> 0, n past every threshold, so that p d^m -> 0.
        The number n' of a witness's features tends to infinity first.

    Raises
    ------
    ParameterError
        For an even m, or another word for ``regime``.
    """
    m = read_exponent(m)
    if regime not in ("fixed", "very_sparse"):
        raise ParameterError("regime", regime, "must be one of fixed, very_sparse")
    d, n_used = symbol("d"), symbol("n_used")
    words = r"n = \infty,\ p \text{ fixed},\ d \to \infty" if regime == "fixed" else _REGIMES["many"] + r";\ d \to \infty"
    blank = Limit(bound.key, m, d, words)
    why = not_defined(bound, m) or _NO_DIMENSION.get(bound.key, "")
    if regime == "fixed" and bound.key in _ROWS:
        why = why or "the supremum over the rows is not at a fixed row"
    if regime == "very_sparse" and bound.key == "capacity":
        why = why or "the supremum is r n g p as p -> 0 with n fixed"
    if why:
        return _with(blank, reason=why)
    if regime == "very_sparse":
        sparse = limit_very_sparse(bound, m, "many")
        if sparse.coefficient is None or sparse.exponent != 1:
            return _with(blank, reason=sparse.reason or "bound/p is not bounded as p -> 0")
        expression, parameters = sparse.coefficient, sparse.parameters
    else:
        q = GermQuantities(m, n=INFINITY)
        values, parameters = _VALUES.get(bound.key, _plain)(bound, q)
        found = bound.formula(q, **values)
        expression = found.leading[1] if isinstance(found, Germ) else sympy.sympify(found)
    if n_used in expression.free_symbols:
        power, expression = germ_at_infinity(expression, n_used).leading
        if power != 0:
            return _with(blank, reason="the value has no finite limit as n' grows")
        expression = _tidy(expression)
    try:
        exponent, coefficient = germ_at_infinity(expression, d).leading
    except Undetermined as error:
        return _with(blank, reason=str(error))
    return _with(blank, exponent=-exponent, coefficient=_tidy(coefficient), parameters=parameters)


def not_defined(bound: Bound, m: int) -> str:
    """Why the bound has no formula for this m, from its hypotheses on m alone; empty where it has one."""
    return {"": "", "must be 3": "needs m = 3"}.get(bound.undefined(m), "needs m >= 3")


def _with(limit: Limit, **changes: Any) -> Limit:
    return Limit(**{**{name: getattr(limit, name) for name in Limit.__dataclass_fields__}, **changes})


def _tidy(value: sympy.Expr) -> sympy.Expr:
    """In factored form, for a rational function of moderate size where that is shorter."""
    if not value.is_rational_function() or sympy.count_ops(value) > 2000:
        return value
    factored = sympy.factor(value)
    return min((value, factored), key=sympy.count_ops)


ChosenValues = tuple[dict[str, Any], str]


def _plain(bound: Bound, q: GermQuantities) -> ChosenValues:
    return bound.symbols(q.m), ""


def _at_a_row(bound: Bound, q: GermQuantities) -> ChosenValues:
    """A row that stays as it is."""
    return {**bound.symbols(q.m), "kappa": q.kappa}, r"Q_2, Q_4, \ldots \text{ fixed}"


def _all_welch(bound: Bound, q: GermQuantities) -> ChosenValues:
    """theta = 1 and lambda = kappa_{m+1}: the whole pure term by Welch's inequality."""
    values = {**bound.symbols(q.m), "kappa": q.kappa, "theta": 1, "multiplier": q.kappa[(q.m + 1) // 2]}
    return values, rf"\theta = 1,\ \lambda = \kappa_{{{q.m + 1}}}; Q_2, Q_4, \ldots \text{{ fixed}}"


def _frontier_welch(bound: Bound, q: GermQuantities) -> ChosenValues:
    """The member (0, c_m(d)) of F_m and lambda = kappa_{m+1} for the pure term, nu = 0 and (1, y) for the others."""
    values = {**bound.symbols(q.m), "kappa": q.kappa}
    (_, _, _), *others = values["members"]
    values["members"] = [(0, 1 / q.welch_constant, 0), *((1, y, 0) for _, y, _ in others)]
    values["multipliers"] = [q.kappa[(q.m + 1) // 2], *[0] * len(others)]
    return values, rf"x = 0,\ y = 1/\tau_{{{q.m}}}(d),\ \lambda = \kappa_{{{q.m + 1}}},\ \nu = 0; Q_2, Q_4, \ldots \text{{ fixed}}"


def _in_cumulants(bound: Bound, q: GermQuantities) -> ChosenValues:
    """The cumulants of the problem, and E as it is."""
    return {**bound.symbols(q.m), "kappa": q.kappa}, ""


def _pure_power(bound: Bound, q: GermQuantities) -> ChosenValues:
    """The polynomial h = t^{2m}."""
    if not q.infinite:
        return bound.symbols(q.m), ""
    return {"constant": best_constant(q)}, rf"h = t^{{{2 * q.m}}}"


_VALUES: dict[str, Callable[[Bound, GermQuantities], ChosenValues]] = {
    "capacity": _at_a_row,
    "capacity_welch": _all_welch,
    "frontier": _frontier_welch,
    "linear_program": _pure_power,
    "uniform_in_n": _in_cumulants,
}
_ROWS = frozenset({"capacity", "capacity_welch", "frontier"})
_NO_SPARSE = {
    "dense": "needs kappa_4 <= 0, which fails for small p",
    "direct_sum": "the sum of the limits of its blocks",
    "search": "C and D are those of one matrix, for one problem",
}
_NO_DIMENSION = {
    **_NO_SPARSE,
    "dense": "holds with any multipliers: r p mu_2 times a number that does not depend on d",
    "known_frame": "one configuration has one d",
    "trivial": "does not depend on d",
}
