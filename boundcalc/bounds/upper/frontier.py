r"""Declares U9: a diagonal and a global part of every mixed term, their weights from a convex program.

m = 3, kappa_4, kappa_6 >= 0. For members (x_3, y_3) and (x_2, y_2) of the frontier (lemma frontier) and multipliers
0 <= lambda <= kappa_4, nu >= 0:

    I^* <= lambda^2/(kappa_6 y_3) + nu^2/(15 kappa_4 kappa_2 y_2)
           + r sup_{0 < t <= 1} (kappa_4 - lambda + 3 kappa_2^2/t - nu/sqrt t)_+^2 / (t phi(t)),
    phi(t) = kappa_6 x_3 + 15 kappa_4 kappa_2 x_2/t + 15 kappa_2^3/t^3.

Any feasible parameters give a valid bound; the best ones are the optimum of a cone program. The solver only proposes:
the frontier polynomials are rounded and proven feasible exactly, and the supremum is an exact algebraic number.
For kappa_6 < 0 <= b = 15 kappa_4 kappa_2 + kappa_6 the same holds with b for 15 kappa_4 kappa_2 and without kappa_6.
For finite n, parts of x may count as y, parts of the sums keep their least value, and the capacities may have a price.

m = 5, 7. Negative coefficients of D_i's monomials are paid by larger monomials (U13, :mod:`..frontiers.absorption`). In every
monomial c f Q_{2j} that is left, but the last, a part s of the highest Q is symmetrised:

    sum_i f_i Q_{2j}(i) >= sum_i a_i^{2m} [(1 - s) rho_i + (s - h(1)) f~_i] + h_0 (sum_i a_i^m sqrt f~_i)^2,

with h <= s u^j, f~ = f at a = 1 and rho the least value of f~ Q_{2j}. Where Q_{2j} is a row variable, 2 < 2j < m, the
difference of the two sides may be added with any weight: a link (U14). Then as above, the supremum over Q_2, ..., Q_{m-1}.

Attained by sharp frames: by the icosahedron for Rademacher features, d = 3, p = 0.03 to 0.06, any n >= 6.
"""

from __future__ import annotations

from math import prod
from typing import Any

from flint import fmpq

from boundcalc.bounds.declaration import Choice, Form, GeneralForm, Limits, UpperBound
from boundcalc.bounds.frontiers import cubic as cubic
from boundcalc.bounds.frontiers import general as general
from boundcalc.bounds.frontiers.absorption import absorbed
from boundcalc.bounds.frontiers.certificate import certificate
from boundcalc.bounds.frontiers.terms import terms
from boundcalc.bounds.hypotheses import NONLINEAR
from boundcalc.bounds.recursions import RANK, ROW
from boundcalc.bounds.rows.forms import POSITIVE_CUMULANTS, negative_cumulant
from boundcalc.bounds.unequal.form import declared_in
from boundcalc.bounds.upper.capacity import FIXED_ROW, NO_FIXED_ROW, supremum
from boundcalc.language.claims import Hypothesis, Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.lemmas import frontier, leverage, row
from boundcalc.lemmas.linear_program import POLYNOMIAL
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import Enclosure, decimal_floor
from boundcalc.numbers.moments import Number, correlation, moments_from_cumulants


def formula(
    q: Quantities,
    kappa: list[Number],
    sums: list[Number],
    multipliers: list[Number],
    members: list[tuple[Number, Number, Number]],
) -> Number:
    """The right-hand side at one row; the bound is its supremum over the rows.

    Parameters
    ----------
    kappa, sums : lists
        κ_{2j} and the row's Q_{2j} with a = 1, entry 0 unused; t = 1/Q_2.
    multipliers, members : lists
        For each term but the last, ν (λ for the first) and (x, y, 1 − s); then for each link ν and (x, y, −s).
    """
    *symmetrised, last = terms(q.m)
    gain = correlation(q.m, kappa, 1, moments_from_cumulants([0] + [k * s for k, s in zip(kappa[1:], sums[1:], strict=True)]))
    energy = last.coefficient(kappa) * sums[1] ** q.m
    value = 0
    parts = [(term.coefficient(kappa), term.factor(sums), term.order) for term in symmetrised]
    parts += [(1, prod((sums[j] for j in factor), start=1), order) for order, factor in general.links(q.m)]
    for (weight, factor, order), nu, (x, y, kept) in zip(parts, multipliers, members, strict=True):
        gain = gain - nu * q.ring.power(factor, fmpq(1, 2))
        energy = energy + weight * factor * (x + kept * sums[order])
        value = value + nu**2 / (weight * y)
    return value + q.r * sums[1] * gain**2 / energy


def choose(problem: Problem) -> Choice | None:
    """The best of the program's proposal and of simple parameters."""
    if problem.m == 3:
        from boundcalc.bounds.frontiers.proposal import best_choice

        found = best_choice(problem)
        return Choice({"parameters": found}, found.shown(problem))
    from boundcalc.bounds.frontiers.general_proposal import propose

    proposed = propose(problem)
    return None if proposed is None else Choice({"parameters": proposed}, proposed.shown(problem))


def certify(problem: Problem, choice: Choice, digits: int) -> Enclosure:
    """The value for the chosen parameters: exact for m ≥ 5, where a price is one of them."""
    parameters = choice.values["parameters"]
    if problem.m == 3:
        return cubic.certified_value(problem, parameters, digits)
    return Enclosure.of(general.value_of(problem, parameters))


def symbols(m: int) -> dict[str, Any]:
    """Symbols of a row and of the parameters; for m = 3 the members of the frontier are (x_3, y_3) and (x_2, y_2)."""
    power_sums = [symbol("Q", 2 * j) for j in range(1, m + 1)]
    names = [term.order if m == 3 else k for k, term in enumerate(terms(m)[:-1], 1)]
    linked = [len(names) + k for k, _ in enumerate(general.links(m), 1)]
    multipliers = [symbol("lambda")] + [symbol("nu", k) for k in [*names[1:], *linked]]
    members = [(symbol("x", k), symbol("y", k), 0 if m == 3 else 1 - symbol("s", k)) for k in names]
    members += [(symbol("x", k), symbol("y", k), -symbol("s", k)) for k in linked]
    return {
        "kappa": [0, *(symbol("kappa", 2 * j) for j in range(1, m + 1))],
        "sums": [0, power_sums[0], 1, 1] if m == 3 else [0, *power_sums],
        "multipliers": multipliers,
        "members": members,
    }


def pure_term_alone(q: Quantities) -> tuple[dict[str, Any], str]:
    """The member (0, c_m(d)) of F_m and lambda = kappa_{m+1} for the pure term, nu = 0 and (1, y) for the others."""
    values = symbols(q.m)
    _, *others = values["members"]
    linked = len(others) - len(general.links(q.m))
    members = [(0, 1 / q.welch_constant, 0), *((int(k < linked), y, 0) for k, (_, y, _) in enumerate(others))]
    multipliers = [q.kappa[(q.m + 1) // 2], *[0] * len(others)]
    place = rf"x = 0,\ y = 1/\tau_{{{q.m}}}(d),\ \lambda = \kappa_{{{q.m + 1}}},\ \nu = 0; {FIXED_ROW}"
    return {**values, "kappa": q.kappa, "members": members, "multipliers": multipliers}, place


def applies(problem: Problem) -> bool:
    """Whether the negative coefficients of D_i can be paid, or for m = 3 the condition on its two; decided exactly."""
    return cubic.CubicWeights.of(problem).apply if problem.m == 3 else absorbed(problem) is not None


def _found(problem: Problem) -> str:
    if problem.m != 3:
        return negative_cumulant(problem)
    weights = cubic.CubicWeights.of(problem)
    if weights.fourth < 0:
        return f"$kappa_4 = {_short(weights.fourth)}$"
    return f"$15 kappa_4 kappa_2 + kappa_6 = {_short(weights.mixed)}$"


def _short(value: fmpq) -> str:
    text = str(value)
    return text if len(text) <= 24 else decimal_floor(value, 12)


LARGEST_M = 5
"""The supremum over the rows has (m − 1)/2 variables for m ≥ 5; with three, branch and bound takes minutes and is no use."""
CERTIFIABLE = Hypothesis(f"$m <= {LARGEST_M}$", lambda problem: problem.m <= LARGEST_M, lambda problem: f"$m = {problem.m}$")
CUMULANTS = Hypothesis(
    "nonnegative coefficients of the row energy $D_i$, after larger monomials have paid for smaller ones; for $m = 3$: "
    "$kappa_4 >= 0$ and $15 kappa_4 kappa_2 + kappa_6 >= 0$",
    applies,
    _found,
)


def assumes(m: int) -> str:
    """What the multipliers, and the polynomials and shares behind x_k, y_k and s_k, must meet."""
    if m == 3:
        polynomials = f"for $k = 2$ and $3$ an even polynomial $h <= t^{{2k}}$ {POLYNOMIAL}, $x_k = 1 - h(1)$ and $y_k = h_0 > 0$"
        return f"$0 <= lambda <= kappa_4$; $nu_2 >= 0$; {polynomials}"
    own = ", ".join(f"s_{k}" for k in range(1, len(terms(m)))) if general.links(m) else "s_k"
    beside = "$1 - s_k$ or $-s_k$; a positive denominator for every row" if general.links(m) else "$1 - s_k$"
    return (
        f"$lambda >= 0$; $nu_k >= 0$; $s_k >= 0$; ${own} <= 1$; for every $k$ an even polynomial $h <= s_k t^{{2j}}$ "
        f"{POLYNOMIAL}, $x_k = s_k - h(1)$ and $y_k = h_0 > 0$, where $Q_{{2j}}$ stands beside {beside}"
    )


def others(m: int) -> tuple[Form, ...]:
    """For m = 3 the form without the pure term, whose cumulant is negative."""
    if m != 3:
        return ()
    gain = r"Q_{2} \left(\kappa_{4} + 3 \kappa_{2}^{2} Q_{2} - \nu_{2} \sqrt{Q_{2}}\right)^{2}"
    weight = r"\left(15 \kappa_{4} \kappa_{2} + \kappa_{6}\right)"
    energy = rf"{weight} Q_{{2}} x_{{2}} + 15 \kappa_{{2}}^{{3}} Q_{{2}}^{{3}}"
    right = rf"\frac{{\nu_{{2}}^{{2}}}}{{{weight} y_{{2}}}} + r \sup_{{Q_{{2}} \ge 1}} \frac{{{gain}}}{{{energy}}}"
    return (Form("$kappa_4 > 0 > kappa_6$ and $15 kappa_4 kappa_2 + kappa_6 > 0$", rf"I^{{\ast}} \le {right}"),)


BOUND = UpperBound(
    key="frontier",
    section="U9",
    title="frontier of diagonal and global terms, by a convex program",
    formula=formula,
    hypotheses=(NONLINEAR, CERTIFIABLE, CUMULANTS),
    proof=(
        Step(
            "energy",
            "the complete Bell polynomial $M_{2m}$; for $m = 3$ and $kappa_6 < 0$, "
            "$Q_6(i) <= Q_4(i) q_i$ moves $kappa_6$ to the term of $Q_4 q$",
            Status.PROVEN,
            statement=r"D_i = \sum_{\text{partitions of } m} c\, f_i\, Q_{2j}(i)",
            checked="$m = 3$ as written below; the sum over partitions as an identity of polynomials for $m = 3$, $5$ and $7$",
            claim=(
                "D[i] = kappa[6]*Q[6, i] + 15*kappa[4]*kappa[2]*Q[4, i]*q[i] + 15*kappa[2]^3*q[i]^3",
                "Q[6, i] <= Q[4, i]*q[i]",
            ),
            given=("m = 3",),
        ),
        Step(
            "absorb",
            "splitting a part of a partition of $m$ in two, and moving two parts apart, does not decrease a monomial: an "
            "amount may move from the coefficient of a larger monomial to a negative one of a smaller; all are nonnegative then",
            Status.STANDARD,
            statement=r"D_i \ge \sum_{\text{partitions of } m} c'\, f_i\, Q_{2j}(i), \qquad c' \ge 0",
            checked="the two moves; the payments of a problem in exact arithmetic",
            standard="Cauchy-Schwarz for the moments of the numbers $A_{ij}^2$, and a sum of products below the product of sums",
            claim=(
                "Q[2*k + 2*b, i] <= Q[2*k, i]*Q[2*b, i]",
                "Q[2*k + 2*b, i]*Q[2*k, i] <= Q[2*k + 2*b + 2, i]*Q[2*k - 2, i]",
            ),
            given=("k >= 2",),
            free=(
                ("k", "2..m"),
                ("b", "1..2"),
            ),
        ),
        Step(
            "symmetrise",
            "the arithmetic and the geometric mean of $f_i$ and $f_j$, $f$ a product of power sums",
            Status.PROVEN,
            claim=("sum(i, j: f[i]*A[i, j]^(2*k)) >= sum(i, j: sqrt(f[i]*f[j])*A[i, j]^(2*k))",),
            free=(
                ("k", "1..m"),
                ("b", "0..2"),
                ("e", "0..1"),
            ),
            define=(("f[i]", "q[i]^b*Q[4, i]^e"),),
        ),
        Step(
            "split",
            "lemma frontier with $omega_i = sqrt(f_i) a_i^j$",
            Status.STANDARD,
            statement=r"\sum_i f_i Q_{2j}(i) \ge (1 - s) \sum_i f_i Q_{2j}(i) "
            r"+ x \sum_i f_i a_i^{2j} + y \Bigl(\sum_i \sqrt{f_i}\, a_i^j\Bigr)^2",
            checked="$h$ the tangent of $u^k$ at a point $v$, $u = t^2$ and $2 <= k <= m$, with $f = 1$, $q$ or $q^2$; and $h "
            "= 2 u t^4 - u^2 t^2$ for $k = 3$",
            standard="Delsarte's linear programming bound, by the lemma frontier",
            claim=(
                "sum(i: q[i]^b*Q[2*k, i]) >= (1 - sigma)*sum(i: q[i]^b*Q[2*k, i]) + sigma*((1 - k*v^(k - 1) + (k - "
                "1)*v^k)*sum(i: q[i]^b*a[i]^(2*k)) + (k*v^(k - 1)/d - (k - 1)*v^k)*sum(i: q[i]^(b/2)*a[i]^k)^2)",
                "sum(i: q[i]^b*Q[6, i]) >= (1 - u)^2*sum(i: q[i]^b*a[i]^6) + (6*u/(d*(d + 2)) - u^2/d)*sum(i: q[i]^(b/2)*a[i]^3)^2",
            ),
            free=(
                ("sigma", "0..1 real"),
                ("u", "0..12/(d + 4) real"),
                ("v", "0..1 real"),
                ("k", "2..m"),
                ("b", "0..2"),
            ),
        ),
        Step(
            "link",
            "the same for $m >= 5$ and $Q_4$, which is a row variable: the difference of both sides is added with any "
            "weight $sigma$",
            Status.STANDARD,
            statement=r"s \sum_i f_i Q_4(i) \ge x \sum_i f_i a_i^{4} "
            r"+ y \Bigl(\sum_i \sqrt{f_i}\, a_i^2\Bigr)^2, \qquad s \ge 0",
            checked="$h$ the tangent $s (2 u v - v^2)$ of $s u^2$, $f = q^b$",
            standard="Delsarte's linear programming bound, by the lemma frontier",
            claim=(
                "sigma*sum(i: q[i]^b*Q[4, i]) >= sigma*(1 - v)^2*sum(i: q[i]^b*a[i]^4) + sigma*(2*v/d - v^2)*sum(i: "
                "q[i]^(b/2)*a[i]^2)^2",
            ),
            free=(
                ("sigma", "0..5 real"),
                ("v", "0..1 real"),
                ("b", "0..3"),
            ),
        ),
        Step(
            "linearise",
            "complete the square, for $z = S$ with $lambda$ and for each $z = sum sqrt(f_i) a_i^j$ with its $nu$; $b$ "
            "stands for $c y$",
            Status.PROVEN,
            claim=("2*nu*z <= b*z^2 + nu^2/b",),
            given=("b > 0",),
            free=(
                ("b", "0..5 real"),
                ("nu", "0..5 real"),
                ("z", "0..5 real"),
            ),
        ),
        Step(
            "rows",
            "each row at its best scale, with $a_i = 1$ and $q_i = 1/t_i$; the $Q$ that $C~$ does not contain at their least value",
            Status.ARGUED,
            statement=r"I \le \sum \frac{\nu^2}{c\, y} + \sum_i g(t_i), \quad "
            r"g(t) = \sup \frac{(\tilde C - \sum \nu \sqrt{\tilde f}\,)_+^2}{\tilde D'}",
            checked="$m = 3$, $h = 2 u t^4 - u^2 t^2$ and $h = 2 v t^2 - v^2$, the row at its own power sums",
            claim=(
                "C^2 <= D*((sigma*kappa[4])^2/(kappa[6]*y_3) + nu^2/(15*kappa[4]*kappa[2]*y_2) + sum(i if a[i] > 0: f[i]^2/e[i]))",
            ),
            given=(
                "m = 3",
                "kappa[4] > 0",
                "kappa[6] > 0",
                "y_3 > 0",
                "y_2 > 0",
            ),
            free=(
                ("sigma", "0..1 real"),
                ("nu", "0..1 real"),
                ("u", "0..12/(d + 4) real"),
                ("v", "0..1 real"),
            ),
            define=(
                ("y_3", "6*u/(d*(d + 2)) - u^2/d"),
                ("y_2", "2*v/d - v^2"),
                ("f[i]", "plus(C[i] - sigma*kappa[4]*a[i]^3 - nu*sqrt(q[i])*a[i]^2)"),
                ("e[i]", "kappa[6]*(1 - u)^2*a[i]^6 + 15*kappa[4]*kappa[2]*(1 - v)^2*a[i]^4*q[i] + 15*kappa[2]^3*q[i]^3"),
            ),
        ),
        Step(
            "capacity",
            "lemma leverage, the capacities sum to $r$ at most: the sum of all $g(t_i)$ is at most $r$ times the "
            "largest ratio of $g(t)$ to $t$, and at most $sigma r$ plus $n$ times the largest excess of $g(t)$ over $sigma "
            "t$",
            Status.STANDARD,
            standard="a sum of values below a line, each at most the line",
            claim=("sum(i if a[i] > 0: h[i]) <= sum(i if a[i] > 0: plus(h[i] - sigma*t[i])) + sigma*r",),
            given=("p > 0",),
            free=(
                ("nu", "0..1"),
                ("sigma", "0..2 real"),
            ),
            define=(("h[i]", "plus(C[i] - nu*sqrt(q[i])*a[i]^(m - 1))^2/D[i]"),),
        ),
    ),
    lemmas=(frontier.LEMMA, leverage.LEMMA, row.LEMMA),
    sources=(DERIVED,),
    tight="sharp frames at moderate $p$ (icosahedron: Rademacher, $0.03 <= p <= 0.06$); half-designs as $n p -> 0$",
    chooser=choose,
    no_choice="no parameters were found in floating point, or the supremum over the rows was not certified for them",
    certifier=certify,
    symbols=symbols,
    operator=supremum,
    states=lambda m: (NONLINEAR, POSITIVE_CUMULANTS),
    assumes=assumes,
    others=others,
    defines=frozenset({"x", "y", "s"}),
    remark="Where the base of the square over the row is negative, $0$ may stand for the square.",
    certificate=certificate,
    slow=True,
    limits=Limits(
        at=pure_term_alone,
        none={"infinite": NO_FIXED_ROW, "dimension": NO_FIXED_ROW},
        up_to=21,
    ),
    general=GeneralForm(
        r"I^{\ast} \le \sum_f \frac{\nu_f^2}{c_f\, y_f} + \sum_g \frac{\nu_g^2}{y_g} + r \sup_{Q_2, \ldots, Q_{2m}} "
        r"\frac{Q_2 \bigl(\tilde C - \sum_f \nu_f \sqrt{f} - \sum_g \nu_g \sqrt{g}\,\bigr)_+^2}"
        r"{\sum_f c_f f\, (x_f + (1 - s_f)\, Q_{2j(f)}) + \sum_g g\, (x_g - s_g Q_{2j(g)}) + (2m-1)!!\, (\kappa_2 Q_2)^m}",
        ((r"M_{2m}", r"\sum_f c_f f\, Q_{2j(f)} + (2m-1)!!\, (\kappa_2 Q_2)^m"), ROW[0], *ROW[2:], RANK),
        ("n", "d", "p", "nu", "x", "y", "s", "mu", "Q"),
        up_to=7,
    ),
    of_features=declared_in("frontier"),
)
