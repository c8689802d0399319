r"""Writes the limits of a bound as LaTeX: its leading terms as p -> 0 and d -> infinity, with d and a law filled in."""

from __future__ import annotations

import sympy

from boundcalc.bounds.declaration import Bound, UpperBound
from boundcalc.language.claims import plain
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.closed_forms.closed_form import entries
from boundcalc.render.closed_forms.limits import REGIMES, Limit, limits
from boundcalc.render.lines import display
from boundcalc.render.prose import prose
from boundcalc.render.renaming import NONE, Renaming
from boundcalc.render.statement import legend
from boundcalc.render.table import name

VANISHING, MANY = "1e-30", 10**9
"""Where the hypotheses are asked for a law, for p -> 0."""


def asymptotics(bound: Bound, m: int, renaming: Renaming = NONE, *, d: str | None = None, law: str | None = None) -> str:
    """One displayed leading term for each limit, or why there is none, and which bounds this one is never worse than.

    Raises
    ------
    ParameterError
        If the bound has no formula for m, for a bad d or law, or a law that does not meet the hypotheses for small p.
    """
    found = limits(bound, m)
    if d is not None:
        found = tuple(limit for limit in found if limit.variable != symbol("d"))
    if d is not None or law is not None:
        values = _values(bound, m, d, law)
        found = tuple(limit.at(values) for limit in found)
    parts = [f"Let ${renaming('m')} = {m}$. The right-hand side of the bound {name(bound.key)} has these leading terms."]
    grouped: dict[tuple[str, str, str], list[Limit]] = {}
    for limit in found:
        grouped.setdefault((limit.latex, limit.place, limit.reason), []).append(limit)
    for (latex, place, reason), same in grouped.items():
        where = "As " + "; and as ".join(renaming.in_text(REGIMES[limit.regime]) for limit in same)
        if reason:
            parts.append(f"{where}: there is none ({prose(reason, renaming)}).")
        else:
            parts += [f"{where}:", display(renaming(latex)), f"at ${renaming(place)}$." if place else ""]
    free = {sign for limit in found if limit.coefficient is not None for sign in limit.coefficient.free_symbols}
    parts.append(legend((entry for entry in entries(free) if entry not in {"n", "d", "p"}), m, renaming, bound.defines))
    if bound.dominates:
        side = "above" if isinstance(bound, UpperBound) else "below"
        parts.append(f"The bound is never {side} {' or '.join(map(name, bound.dominates))}, where both apply.")
    return "\n".join(part for part in parts if part)


def _values(bound: Bound, m: int, d: str | None, law: str | None) -> dict[sympy.Symbol, sympy.Expr]:
    """What d and the law are filled in as."""
    problem = Problem(n=MANY, d=1 if d is None else d, m=m, p=VANISHING, law="rademacher" if law is None else law)
    values = {} if d is None else {symbol("d"): sympy.Integer(problem.d)}
    if law is None:
        return values
    failed = next((why for needed in bound.hypotheses if (why := needed.failure(problem))), None)
    if failed and not bound.limits.none:
        raise ParameterError("law", law, f"must meet the hypotheses of the bound {bound.key} for small p: it {plain(failed)}")
    moments = {k: problem.law.moment(k) for k in range(2, 2 * m + 1, 2)}
    return values | {symbol("mu", k): sympy.Rational(int(value.p), int(value.q)) for k, value in moments.items()}
