r"""Declares U11: the frontier with rows that share one Gram matrix, m = 3, kappa_4, kappa_6 > 0.

For members (x_3, y_3) and (x_2, y_2) of the frontier (lemma frontier), lambda, nu >= 0, b = 15 kappa_4 kappa_2/(2 kappa_6) and
any function e(t, ell) with 0 <= e <= b/ell, s = e ell/b:

    I^* <= lambda^2/(kappa_6 y_3) + nu^2/(15 kappa_4 kappa_2 y_2) + r z + n z'

where N_+^2 <= (z ell + z') phi and phi >= 0 for all 0 < t <= ell <= 1,

    N = kappa_4 + 3 kappa_2^2/t - lambda (1 + e) - nu sqrt((1 - s)/t),
    phi = kappa_6 x_3 (1 + e)^2 + 15 kappa_4 kappa_2 x_2 (1 - s)/t + 15 kappa_2^3/t^3 - kappa_6 e^2/t.

e = 0 is the bound frontier, whose parameters serve where no others are better. Floats propose the parameters, rounded to eight
digits; the row condition is proven on cells, with an e for each.
"""

from __future__ import annotations

from typing import Any

from boundcalc.bounds.declaration import Choice, Limits, UpperBound
from boundcalc.bounds.frontiers.certificate import certificate
from boundcalc.bounds.frontiers.coupled import CoupledChoice
from boundcalc.bounds.hypotheses import CUBIC, POSITIVE_FOURTH_AND_SIXTH
from boundcalc.bounds.upper import frontier
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.lemmas import frontier as members
from boundcalc.lemmas import leverage, mixed_leverage, row_sum
from boundcalc.lemmas.linear_program import POLYNOMIAL
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import Enclosure
from boundcalc.numbers.moments import Number


def formula(q: Quantities, kappa: list[Number], multipliers: list[Number], y: list[Number], z: list[Number]) -> Number:
    """The right-hand side; ``multipliers`` and ``y`` belong to the orders 3 and 2, ``z`` holds z and z'."""
    _, second, fourth, sixth = kappa
    (first, other), (y3, y2) = multipliers, y
    return first**2 / (sixth * y3) + other**2 / (15 * fourth * second * y2) + q.r * z[0] + q.n * z[1]


def choose(problem: Problem) -> Choice:
    """The parameters found; those of frontier where these are not better."""
    from boundcalc.bounds.frontiers.coupled_search import search

    plain = frontier.BOUND.choose(problem)
    assert plain is not None  # for m = 3 there always are some
    found = search(problem, frontier.BOUND.enclose(problem, plain, 12).upper)
    return plain if found is None else Choice({"parameters": found}, found.shown(problem))


def certify(problem: Problem, choice: Choice, digits: int) -> Enclosure:
    """The value for the chosen parameters, a rational; of the frontier's, its own."""
    parameters = choice.values["parameters"]
    if isinstance(parameters, CoupledChoice):
        return Enclosure.of(parameters.value(problem))
    return frontier.certify(problem, choice, digits)


def symbols(m: int) -> dict[str, Any]:
    """Symbols of the parameters."""
    return {
        "kappa": [0, *(symbol("kappa", 2 * j) for j in range(1, m + 1))],
        "multipliers": [symbol("lambda"), symbol("nu", 2)],
        "y": [symbol("y", 3), symbol("y", 2)],
        "z": [symbol("z"), symbol("z_n")],
    }


ROWS = (
    "$z$ and $z'$ are so large that for all $0 < t <= ell <= 1$ there is an $e >= 0$ with $c e ell <= 1$, "
    "$N_+^2 <= (z ell + z') H$ and $H >= 0$, where $c = 2 kappa_6/(15 kappa_4 kappa_2)$, $w^2 t = 1 - c e ell$ with $w >= 0$, "
    "$N = kappa_4 + 3 kappa_2^2/t - lambda (1 + e) - nu_2 w$ and "
    "$H = kappa_6 x_3 (1 + e)^2 + 15 kappa_4 kappa_2 x_2 w^2 + 15 kappa_2^3/t^3 - kappa_6 e^2/t$"
)


def assumes(m: int) -> str:
    """What the multipliers, the polynomials behind x_k and y_k, and z must meet."""
    polynomials = f"for $k = 2$ and $3$ an even polynomial $h <= t^{{2k}}$ {POLYNOMIAL}, $x_k = 1 - h(1)$ and $y_k = h_0 > 0$"
    return f"$lambda >= 0$; $nu_2 >= 0$; $z >= 0$; $z' >= 0$; $n z' = 0$ for $n = inf$; {polynomials}; {ROWS}"


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
_UV = (("sigma", "0..1 real"), ("u", "0..12/(d + 4) real"), ("v", "0..1 real"))

BOUND = UpperBound(
    key="coupled_frontier",
    section="U11",
    title="the frontier, with rows that share one Gram matrix",
    formula=formula,
    hypotheses=(CUBIC, POSITIVE_FOURTH_AND_SIXTH),
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
            "rest",
            "the arithmetic and the geometric mean of $(1 - s_j) q_i$ and $(1 - s_i) q_j$",
            Status.STANDARD,
            standard="the inequality of the arithmetic and the geometric mean",
            claim=("sum(i, j: eta[j]^2*q[i]*A[i, j]^4) >= sum(i, j: eta[i]*eta[j]*sqrt(q[i]*q[j])*A[i, j]^4)",),
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
            "rows",
            "the squares of the first two sums completed with $lambda$ and $nu$, and each row at its best scale, with $a_i = 1$",
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
    lemmas=(mixed_leverage.LEMMA, row_sum.LEMMA, members.LEMMA, leverage.LEMMA),
    sources=(DERIVED,),
    tight="where frontier is; Rademacher features as $p -> 0$, uniformly in $n$",
    chooser=choose,
    certifier=certify,
    symbols=symbols,
    assumes=assumes,
    defines=frozenset({"x", "y", "z", "z_n"}),
    certificate=certificate,
    slow=True,
    dominates=("frontier",),
    limits=Limits(none={"": "$z$ is what the rows need, which depends on $p$ and $d$"}),
)
