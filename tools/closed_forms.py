"""Prints the page docs/closed_forms.md: every bound in closed form for m = 3, 5, 7.

``python -m tools.closed_forms > docs/closed_forms.md`` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.declaration import Bound
from boundcalc.language.claims import Citation, plain
from boundcalc.model.laws import Rademacher
from boundcalc.model.notation import latex_names, symbol
from boundcalc.numbers.constants import welch_constant
from boundcalc.render.closed_forms.closed_form import closed_form
from boundcalc.render.closed_forms.conditions import conditions
from boundcalc.render.closed_forms.limits import REGIMES, limit, limits
from boundcalc.render.printer import print_latex
from boundcalc.render.renaming import NONE
from tools.dominance import all_dominances
from tools.rows import cumulants_symbolic, row_polynomials_symbolic
from tools.threshold import superposition_threshold

EXPONENTS = (3, 5, 7)
INTRODUCTION = r"""# The bounds in closed form

Every formula here is derived from the catalog and printed by `python -m tools.closed_forms`; a test compares this page with what
it prints. The inequalities are those of `boundcalc latex bound KEY`, and the limits those of `boundcalc latex limits KEY`, which
know larger m too. Notation as in [the bounds](bounds.md): n features, d dimensions, activity p, moments μ_k of the active value,
cumulants κ_k of a feature, r = min(n, d), G an upper bound on S²/T, n' the number of features of a witness, and Q_k the power sums
of a row of the Gram matrix with a = 1. A supremum over the Q is over all such rows of all Gram matrices; parameters G, λ, ν, θ, x,
y, s, η, ξ, ζ are free within what a formula assumes.

Limits are leading terms, computed by evaluating the formula at p → 0 or d → ∞; "past every threshold" means those of the formula,
such as N_m(d). Where the bound has parameters, they are the ones named.
"""


def page() -> str:
    """The whole page."""
    return (
        "\n".join([INTRODUCTION, *_headline(), *(line for m in EXPONENTS for line in _chapter(m)), *_threshold()]).rstrip() + "\n"
    )


def _headline() -> Iterator[str]:
    """U12 for Rademacher features, whose κ_4² − κ_2 κ_6 is nonnegative as long as κ_4 and κ_6 are positive."""
    p, d, ones = symbol("p"), symbol("d"), {symbol("mu", 2 * j): 1 for j in range(1, 4)}
    second, fourth, sixth = (sympy.factor(value.subs(ones)) for value in cumulants_symbolic(3))
    gap = p**3 * sympy.cancel((fourth**2 - second * sixth) / p**3)
    first = min(sympy.solve(sixth / p, p))  # κ_4 is positive before, and so is the gap, both linear but for powers of p
    assert min(fourth.subs(p, first), gap.subs(p, first)) > 0
    yield "## One line for every n, m = 3\n"
    yield f"For Rademacher features $\\kappa_4^2 - \\kappa_2\\kappa_6 = {_latex(gap, 3)}$ is positive where κ_4 and κ_6 are, so"
    yield "that `uniform_in_n` has no additive term. For every n and d\n"
    share, tau = sympy.factor(fourth**2 / (sixth * p)), welch_constant(d, 3)
    bound = rf"I^{{\ast}} \le p\, {_latex(share, 3)}\, \tau_3(d), \quad \tau_3(d) = {_latex(tau, 3)}, \quad p < {_latex(first, 3)}"
    yield _display(rf"{bound} = {_truncated(first)}\ldots")
    yield "As p → 0 a half-design of strength 6 attains it, uniformly in n.\n"


def _latex(value: sympy.Expr, m: int) -> str:
    return print_latex(value, latex_names(m))


def _display(text: str) -> str:
    return f"$$ {text} $$\n"


def _chapter(m: int) -> Iterator[str]:
    yield f"## m = {m}\n"
    correlation, energy = row_polynomials_symbolic(m)
    yield "Row polynomials:\n"
    yield _display(f"C_i = {_latex(correlation, m)}")
    yield _display(f"D_i = {_latex(energy, m)}")
    yield "Cumulants:\n"
    for j, value in enumerate(cumulants_symbolic(m), 1):
        yield _display(rf"\kappa_{{{2 * j}}} = {_latex(value, m)}")
    yield from _constants(m)
    for bound in BOUNDS.values():
        if not bound.undefined(m):
            yield from _bound(bound, m)
    yield f"### Comparisons, m = {m}\n"
    for found in all_dominances(m):
        yield f"* ${found.statement}$: {found.method}."
    yield ""


def _constants(m: int) -> Iterator[str]:
    """The sharp constants (theory, section 5), each as a limit of the bounds that meet there."""
    sparse = limit(BOUNDS["very_sparse"], m, "many").coefficient
    large = limit(BOUNDS["very_sparse"], m, "sparse_dimension").coefficient
    sigma = limit(BOUNDS["capacity"], m, "infinite").coefficient / symbol("d")
    yield f"Sharp constants, with $g = {_latex(symbol('mu', m + 1) ** 2 / symbol('mu', 2 * m), m)}$:\n"
    yield _display(rf"I^{{\ast}}/p \to {_latex(sparse, m)} \quad (np \to 0,\ n \text{{ large}})")
    yield _display(rf"g\,\tau_{{{m}}}(d)/d^{{{m}}} \to {_latex(large, m)} \quad (d \to \infty)")
    regime = rf"d \to \infty,\ d^{{-{m}}} \ll p \ll 1,\ n \text{{ large}}"
    yield _display(rf"I^{{\ast}}/(d\,p^{{1/{m}}}) \to \sigma_{{{m}}} = {_root(sigma, m)} \quad ({regime})")
    ones = {symbol("mu", 2 * j): 1 for j in range(1, m + 1)}
    yield f"For Rademacher features σ_{m} = {_truncated(sigma.subs(ones))}….\n"


def _root(value: sympy.Expr, m: int) -> str:
    """A number times moments in LaTeX, the number as the m-th root of a rational."""
    number, moments = value.as_independent(*(symbol("mu", 2 * j) for j in range(1, m + 1)))
    rational = sympy.nsimplify(sympy.expand_power_base(number**m), rational=True)
    return rf"\left({sympy.latex(rational)}\right)^{{1/{m}}} {_latex(moments, m)}"


def _truncated(value: sympy.Expr) -> str:
    """The first five decimals of a number in (0, 1)."""
    return f"0.{int(sympy.floor(value * 10**5)):05d}"


def _bound(bound: Bound, m: int) -> Iterator[str]:
    form = closed_form(bound, m)
    yield f"### `{bound.key}` ({bound.section}), m = {m}: {plain(bound.title)}\n"
    yield _display(NONE(form.inequality))
    given = {rf"\kappa_{{{2 * j}}}" for j in range(1, m + 1)}
    lines = [(name, value) for name, value in form.definitions if name not in given]
    for k, (name, value) in enumerate(lines):
        yield ("with\n\n" if k == 0 else "") + _display(f"{NONE(name)} = {NONE(value)}")
    if form.note:
        yield f"Here {plain(form.note)}.\n"
    yield "* Assumes: " + (plain("; ".join(conditions(bound, m))) or "nothing more") + "."
    for other in bound.others(m):
        yield f"* Another form, which assumes {plain(other.where) or 'nothing more'}: ${NONE(other.inequality)}$."
    yield from _limits(bound, m)
    if bound.dominates:
        yield f"* Never worse than: {', '.join(f'`{key}`' for key in bound.dominates)}."
    yield f"* Sharp: {plain(bound.tight)}."
    sources = [f"[{s.key}] {s.text}" if isinstance(s, Citation) else s.text for s in bound.sources]
    yield "* Sources: " + "; ".join(sources) + ".\n"


def _limits(bound: Bound, m: int) -> Iterator[str]:
    found = limits(bound, m)
    if all(value.reason for value in found):
        yield f"* Limits: {plain(found[0].reason)}."
        return
    shown: set[str] = set()
    for value in found:
        if value.latex and value.latex not in shown:
            shown.add(value.latex)
            yield f"* As {REGIMES[value.regime]}: ${value.latex}$" + (f" at ${value.place}$" if value.place else "") + "."


def _threshold() -> Iterator[str]:
    found = superposition_threshold(Rademacher())
    assert found is not None
    yield "## No superposition, m = 3\n"
    yield "For Rademacher features `capacity` equals `orthonormal` for every n and d from p_0 on (to 1/3, and `dense` to p = 1):\n"
    yield _display(found.latex)
    yield f"p_0 = {_truncated(found.root)}….\n"


if __name__ == "__main__":
    print(page(), end="")
