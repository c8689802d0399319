r"""Declares U11: the frontier with rows that share one Gram matrix, m = 3 and 5.

m = 3, kappa_4, kappa_6 > 0. For members (x_3, y_3) and (x_2, y_2) of the frontier (lemma frontier), lambda, nu >= 0,
b = 15 kappa_4 kappa_2/(2 kappa_6) and any function e(t, ell) with 0 <= e <= b/ell, s = e ell/b:

    I^* <= lambda^2/(kappa_6 y_3) + nu^2/(15 kappa_4 kappa_2 y_2) + r z + n z'

where N_+^2 <= (z ell + z') phi and phi >= 0 for all 0 < t <= ell <= 1,

    N = kappa_4 + 3 kappa_2^2/t - lambda (1 + e) - nu sqrt((1 - s)/t),
    phi = kappa_6 x_3 (1 + e)^2 + 15 kappa_4 kappa_2 x_2 (1 - s)/t + 15 kappa_2^3/t^3 - kappa_6 e^2/t.

e = 0 is the bound frontier, whose parameters serve where no others are better. Floats propose the parameters, rounded to eight
digits; the row condition is proven on cells, with an e for each.

m = 5. After the payments of U13 and with the links of U14, q^2 Q_6 pays: e <= b/ell^2, b = c_622/(2 c_10), and
N_+^2 <= z ell phi for all t <= ell <= 1 and all Q_4 (:mod:`..frontiers.coupled_quintic`). Parameters for n = inf serve every n.
"""

from __future__ import annotations

from typing import Any

from boundcalc.bounds.declaration import Choice, Limits, UpperBound
from boundcalc.bounds.frontiers import general
from boundcalc.bounds.frontiers.certificate import certificate
from boundcalc.bounds.frontiers.coupled import CoupledChoice
from boundcalc.bounds.frontiers.coupled_quintic import CoupledQuintic, coefficients
from boundcalc.bounds.frontiers.neighbours import shared
from boundcalc.bounds.hypotheses import CUBIC, CUBIC_OR_QUINTIC, POSITIVE_FOURTH_AND_SIXTH, QUINTIC
from boundcalc.bounds.rows.forms import POSITIVE_CUMULANTS, negative_cumulant
from boundcalc.bounds.upper import frontier
from boundcalc.language.claims import Hypothesis, Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.lemmas import frontier as members
from boundcalc.lemmas import leverage, mixed_leverage, row, row_sum
from boundcalc.lemmas.linear_program import POLYNOMIAL
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import Enclosure
from boundcalc.numbers.moments import Number


def formula(q: Quantities, kappa: list[Number], multipliers: list[Number], y: list[Number], z: list[Number]) -> Number:
    """The right-hand side.

    ``multipliers`` and ``y`` belong to the orders 3 and 2 for m = 3, and for m = 5 to the terms of Q_10, Q_8 q, Q_6 q² and to
    the links; ``z`` holds z and, for m = 3, z'.
    """
    if q.m == 3:
        _, second, fourth, sixth = kappa
        weights = [sixth, 15 * fourth * second]
    else:
        _, second, _, sixth, eighth, tenth = kappa
        weights = [tenth, 45 * eighth * second, 630 * sixth * second**2, *[1] * len(general.links(5))]
    heads = sum((nu**2 / (weight * own) for nu, weight, own in zip(multipliers, weights, y, strict=True)), 0)
    return heads + q.r * z[0] + (q.n * z[1] if len(z) > 1 else 0)


def choose(problem: Problem) -> Choice | None:
    """The parameters found; those of frontier where these are not better."""
    plain = frontier.BOUND.choose(problem)
    if plain is None:
        return None
    limit = frontier.BOUND.enclose(problem, plain, 12).upper
    found: CoupledChoice | CoupledQuintic | None = None
    if problem.m == 3:
        from boundcalc.bounds.frontiers import coupled_search

        found = coupled_search.search(problem, limit)
    else:  # what frontier gives scales the program
        from boundcalc.bounds.frontiers import coupled_quintic_search

        near = shared(problem)
        others = frontier.BOUND.choose(near)
        if others is not None:
            limit_near, parameters = frontier.BOUND.enclose(near, others, 12).upper, others.values["parameters"]
            found = coupled_quintic_search.search(near, limit_near, parameters)
    return plain if found is None or found.value(problem) >= limit else Choice({"parameters": found}, found.shown(problem))


def certify(problem: Problem, choice: Choice, digits: int) -> Enclosure:
    """The value for the chosen parameters, a rational; of the frontier's, its own."""
    parameters = choice.values["parameters"]
    if isinstance(parameters, CoupledChoice | CoupledQuintic):
        return Enclosure.of(parameters.value(problem))
    return frontier.certify(problem, choice, digits)


def symbols(m: int) -> dict[str, Any]:
    """Symbols of the parameters."""
    names = (3, 2) if m == 3 else range(1, 4 + len(general.links(5)))
    return {
        "kappa": [0, *(symbol("kappa", 2 * j) for j in range(1, m + 1))],
        "multipliers": [symbol("lambda"), *(symbol("nu", k) for k in names[1:])],
        "y": [symbol("y", k) for k in names],
        "z": [symbol("z"), symbol("z_n")] if m == 3 else [symbol("z")],
    }


ROWS = (
    "$z$ and $z'$ are so large that for all $0 < t <= ell <= 1$ there is an $e >= 0$ with $c e ell <= 1$, "
    "$N_+^2 <= (z ell + z') H$ and $H >= 0$, where $c = 2 kappa_6/(15 kappa_4 kappa_2)$, $w^2 t = 1 - c e ell$ with $w >= 0$, "
    "$N = kappa_4 + 3 kappa_2^2/t - lambda (1 + e) - nu_2 w$ and "
    "$H = kappa_6 x_3 (1 + e)^2 + 15 kappa_4 kappa_2 x_2 w^2 + 15 kappa_2^3/t^3 - kappa_6 e^2/t$"
)
QUINTIC_ROWS = (
    "$z$ is so large that for all $0 < t <= ell <= 1$ and $0 <= v <= 1/t - 1$ there is an $e >= 0$ with $c e ell^2 <= 1$, "
    "$N_+^2 <= z ell H$ and $H >= 0$, where $kappa_4 = p mu_4 - 3 p^2 mu_2^2$, "
    "$c = kappa_{10}/(315 kappa_6 kappa_2^2)$, $w^2 t^2 = 1 - c e ell^2$ with $w >= 0$, "
    "$Q_4 = 1 + v^2$, $Q_6 = 1 + v^4 t$, "
    "$N = kappa_6 + 10 kappa_4 kappa_2/t + 5 kappa_4 kappa_2 Q_4 + 15 kappa_2^3/t^2 - lambda (1 + e) - nu_2 t^{-1/2} - nu_3 w "
    "- nu_4 - nu_5/t - nu_6 t^{-3/2}$ and "
    "$H = kappa_{10} x_1 (1 + e)^2 - kappa_{10} e^2/t + 45 kappa_8 kappa_2 x_2/t + 630 kappa_6 kappa_2^2 x_3 w^2 "
    "+ 210 kappa_6 kappa_4 Q_6 Q_4 + 1575 kappa_4^2 kappa_2 Q_4^2/t + 3150 kappa_4 kappa_2^3 Q_4/t^3 + 945 kappa_2^5/t^5 "
    "+ x_4 - s_4 Q_4 + (x_5 - s_5 Q_4)/t^2 + (x_6 - s_6 Q_4)/t^3$"
)


def assumes(m: int) -> str:
    """What the multipliers, the polynomials behind x_k and y_k, and z must meet."""
    if m == 3:
        polynomials = f"for $k = 2$ and $3$ an even polynomial $h <= t^{{2k}}$ {POLYNOMIAL}, $x_k = 1 - h(1)$ and $y_k = h_0 > 0$"
        return f"$lambda >= 0$; $nu_2 >= 0$; $z >= 0$; $z' >= 0$; $n z' = 0$ for $n = inf$; {polynomials}; {ROWS}"
    return (
        "$lambda >= 0$; $nu_k >= 0$; $s_k >= 0$; $s_1, s_2, s_3 = 1$; $z >= 0$; for every $k$ an even polynomial $h <= s_k t^{2j}$ "
        f"{POLYNOMIAL}, $x_k = s_k - h(1)$ and $y_k = h_0 > 0$, where $j = 5, 4, 3$ for $k = 1, 2, 3$ and $j = 2$ for the others; "
        f"{QUINTIC_ROWS}"
    )


def applies(problem: Problem) -> bool:
    """Whether the cumulants allow it; decided exactly."""
    if problem.m == 3:
        return POSITIVE_FOURTH_AND_SIXTH.holds(problem)
    return coefficients(problem) is not None


CUMULANTS = Hypothesis(
    "for $m = 3$: $kappa_4 > 0$ and $kappa_6 > 0$; for $m = 5$: after larger monomials of the row energy $D_i$ have paid for "
    "smaller ones, nonnegative coefficients and that of $Q_{10}$ positive",
    applies,
    lambda problem: POSITIVE_FOURTH_AND_SIXTH.found(problem) if problem.m == 3 else negative_cumulant(problem),
)


_GIVEN = ("kappa[4] > 0", "kappa[6] > 0", "a[i] > 0")
_E = (
    ("eta[i]", "sigma*t[i]/l[i]"),
    ("e[i]", "15*kappa[4]*kappa[2]*(1 - eta[i]^2)/(2*kappa[6]*l[i])"),
)
_MEMBERS = (
    ("y_3", "6*u/(d*(d + 2)) - u^2/d"),
    ("y_2", "2*v/d - v^2"),
)
_PHI = (
    "phi[i]",
    "kappa[6]*(1 - u)^2*(1 + e[i])^2*a[i]^6 + 15*kappa[4]*kappa[2]*(1 - v)^2*eta[i]^2*a[i]^4*q[i] + 15*kappa[2]^3*q[i]^3 - "
    "kappa[6]*e[i]^2*a[i]^4*q[i]",
)
_FIFTH = ("m = 5", "kappa[6] > 0", "kappa[10] > 0", "a[i] > 0")
_E5 = (
    ("eta[i]", "sigma*t[i]/l[i]"),
    ("e[i]", "315*kappa[6]*kappa[2]^2*(1 - eta[i]^2)/(kappa[10]*l[i]^2)"),
)
_PHI5 = (
    ("y_5", "5*u^4/d - 4*u^5"),
    ("y_3", "3*v^2/d - 2*v^3"),
    (
        "phi[i]",
        "kappa[10]*(1 - 5*u^4 + 4*u^5)*(1 + e[i])^2*a[i]^10 - kappa[10]*e[i]^2*a[i]^8*q[i] + 45*kappa[8]*kappa[2]*Q[8, i]*q[i] + "
        "630*kappa[6]*kappa[2]^2*(1 - 3*v^2 + 2*v^3)*eta[i]^2*a[i]^6*q[i]^2 + 210*kappa[6]*kappa[4]*Q[6, i]*Q[4, i] + "
        "1575*kappa[4]^2*kappa[2]*Q[4, i]^2*q[i] + 3150*kappa[4]*kappa[2]^3*Q[4, i]*q[i]^3 + 945*kappa[2]^5*q[i]^5",
    ),
)
_UV = (("sigma", "0..1 real"), ("u", "0..12/(d + 4) real"), ("v", "0..1 real"))

BOUND = UpperBound(
    key="coupled_frontier",
    section="U11",
    title="the frontier, with rows that share one Gram matrix",
    formula=formula,
    hypotheses=(CUBIC_OR_QUINTIC, CUMULANTS),
    states=lambda m: (CUBIC, POSITIVE_FOURTH_AND_SIXTH) if m == 3 else (QUINTIC, POSITIVE_CUMULANTS),
    proof=(
        Step(
            "pay",
            "columns $w_i = 0$ are dropped; a part $s_j = 1 - eta_j^2$ of column $j$ pays by lemma mixed_leverage, and $A$ is "
            "symmetric",
            Status.ARGUED,
            claim=("15*kappa[4]*kappa[2]*sum(i, j: (1 - eta[j]^2)*q[i]*A[i, j]^4) >= kappa[6]*sum(i, j: (e[i] + e[j])*A[i, j]^6)",),
            given=_GIVEN,
            free=_UV[:1],
            define=_E,
        ),
        Step(
            "product",
            "$A_ij^6 <= A_ij^2 a_i^2 a_j^2$, and lemma row_sum with $f_i = a_i^2 e_i$",
            Status.ARGUED,
            claim=(
                "sum(i, j: (1 + e[i] + e[j])*A[i, j]^6) >= sum(i, j: (1 + e[i])*(1 + e[j])*A[i, j]^6) - sum(i: a[i]^4*e[i]^2*q[i])",
            ),
            given=_GIVEN,
            free=_UV[:1],
            define=_E,
        ),
        Step(
            "pay_quintic",
            "the same for $m = 5$, where the part $1 - eta_j^2$ of column $j$ in the sum of $q_i^2 A_ij^6$ pays",
            Status.ARGUED,
            claim=(
                "630*kappa[6]*kappa[2]^2*sum(i, j: (1 - eta[j]^2)*q[i]^2*A[i, j]^6) >= "
                "kappa[10]*sum(i, j: (e[i] + e[j])*A[i, j]^10)",
            ),
            given=_FIFTH,
            free=(("sigma", "0..1 real"),),
            define=_E5,
        ),
        Step(
            "product_quintic",
            "$A_ij^10 <= A_ij^2 a_i^4 a_j^4$, and lemma row_sum with $f_i = a_i^4 e_i$",
            Status.ARGUED,
            claim=(
                "sum(i, j: (1 + e[i] + e[j])*A[i, j]^10) >= sum(i, j: (1 + e[i])*(1 + e[j])*A[i, j]^10) - "
                "sum(i: a[i]^8*e[i]^2*q[i])",
            ),
            given=_FIFTH,
            free=(("sigma", "0..1 real"),),
            define=_E5,
        ),
        Step(
            "rest",
            "the arithmetic and the geometric mean of $(1 - s_j) q_i$ and $(1 - s_i) q_j$, and of $(1 - s_j) q_i^2$ and "
            "$(1 - s_i) q_j^2$",
            Status.STANDARD,
            standard="the inequality of the arithmetic and the geometric mean",
            claim=(
                "sum(i, j: eta[j]^2*q[i]*A[i, j]^4) >= sum(i, j: eta[i]*eta[j]*sqrt(q[i]*q[j])*A[i, j]^4)",
                "sum(i, j: eta[j]^2*q[i]^2*A[i, j]^6) >= sum(i, j: eta[i]*eta[j]*q[i]*q[j]*A[i, j]^6)",
            ),
            given=("a[i] > 0",),
            free=_UV[:1],
            define=_E[:1],
        ),
        Step(
            "energy",
            "lemma frontier with $omega_i = a_i^3 (1 + e_i)$ and with $omega_i = eta_i a_i^2 sqrt(q_i)$, where $1 - s_i = eta_i^2$",
            Status.ARGUED,
            statement=r"D \ge \kappa_6 y_3 \Bigl(\sum_i a_i^3 (1 + e_i)\Bigr)^2 "
            r"+ 15 \kappa_4 \kappa_2 y_2 \Bigl(\sum_i a_i^3 \sqrt{(1 - s_i)/t_i}\Bigr)^2 + \sum_i a_i^6 \varphi_i",
            checked="$m = 3$, $h = 2 u t^4 - u^2 t^2$ and $h = 2 v t^2 - v^2$",
            claim=(
                "D >= kappa[6]*y_3*sum(i: a[i]^3*(1 + e[i]))^2 + 15*kappa[4]*kappa[2]*y_2*sum(i: eta[i]*a[i]^2*sqrt(q[i]))^2 + "
                "sum(i: phi[i])",
            ),
            given=("m = 3", *_GIVEN),
            free=_UV,
            define=(*_E, *_MEMBERS, _PHI),
        ),
        Step(
            "energy_quintic",
            "the same for $m = 5$ with $omega_i = a_i^5 (1 + e_i)$ and $omega_i = eta_i a_i^3 q_i$; the term of $Q_8 q$ and "
            "links of $Q_4$ as for the bound frontier, after the payments of its step absorb",
            Status.ARGUED,
            statement=r"D \ge \kappa_{10} y_1 \Bigl(\sum_i a_i^5 (1 + e_i)\Bigr)^2 "
            r"+ 630 \kappa_6 \kappa_2^2 y_3 \Bigl(\sum_i a_i^5 \sqrt{1 - s_i}\,/t_i\Bigr)^2 + \cdots + \sum_i a_i^{10} \varphi_i",
            checked="$m = 5$, $h$ the tangents of $u^5$ and $u^3$, without the terms that are as for frontier",
            claim=(
                "D >= kappa[10]*y_5*sum(i: a[i]^5*(1 + e[i]))^2 + 630*kappa[6]*kappa[2]^2*y_3*sum(i: eta[i]*a[i]^3*q[i])^2 + "
                "sum(i: phi[i])",
            ),
            given=(*_FIFTH, "u <= 1/d", "v <= 1/d"),
            free=(("sigma", "0..1 real"), ("u", "0..1 real"), ("v", "0..1 real")),
            define=(*_E5, *_PHI5),
        ),
        Step(
            "rows",
            "the squares of the first sums completed with $lambda$ and $nu$, and each row at its best scale, with $a_i = 1$",
            Status.ARGUED,
            statement=r"I \le \frac{\lambda^2}{\kappa_6 y_3} + \frac{\nu^2}{15 \kappa_4 \kappa_2 y_2} "
            r"+ \sum_i \frac{(N_i)_+^2}{\varphi_i}",
            checked="$m = 3$, $h = 2 u t^4 - u^2 t^2$ and $h = 2 v t^2 - v^2$",
            claim=("C^2 <= D*((theta*kappa[4])^2/(kappa[6]*y_3) + nu^2/(15*kappa[4]*kappa[2]*y_2) + sum(i: f[i]^2/phi[i]))",),
            given=("m = 3", *_GIVEN, "y_3 > 0", "y_2 > 0", "phi[i] > 0"),
            free=(*_UV, ("theta", "0..2 real"), ("nu", "0..1 real")),
            define=(
                *_E,
                *_MEMBERS,
                _PHI,
                ("f[i]", "plus(C[i] - theta*kappa[4]*(1 + e[i])*a[i]^3 - nu*eta[i]*sqrt(q[i])*a[i]^2)"),
            ),
        ),
        Step(
            "leverage",
            "lemma leverage, the leverages sum to $r$ at most: the sum of what the rows add is at most $z r$ plus $n$ times the "
            "largest excess over $z ell$",
            Status.STANDARD,
            standard="a sum of values below a line, each at most the line",
            claim=("sum(i if a[i] > 0: h[i]) <= sum(i if a[i] > 0: plus(h[i] - sigma*l[i])) + sigma*r",),
            given=("p > 0",),
            free=(
                ("nu", "0..1"),
                ("sigma", "0..2 real"),
            ),
            define=(("h[i]", "plus(C[i] - nu*sqrt(q[i])*a[i]^(m - 1))^2/D[i]"),),
        ),
    ),
    lemmas=(mixed_leverage.LEMMA, row_sum.LEMMA, members.LEMMA, leverage.LEMMA, row.LEMMA),
    sources=(DERIVED,),
    tight="where frontier is; Rademacher features as $p -> 0$, uniformly in $n$",
    chooser=choose,
    no_choice="no parameters were found in floating point, or the supremum over the rows was not certified for them",
    certifier=certify,
    symbols=symbols,
    assumes=assumes,
    defines=frozenset({"x", "y", "s", "z", "z_n"}),
    certificate=certificate,
    slow=True,
    dominates=("frontier",),
    limits=Limits(none={"": "$z$ is what the rows need, which depends on $p$ and $d$"}),
)
