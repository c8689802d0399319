r"""Declares U19: dense features, m = 5: I^* <= r p mu_2 Lambda, a supremum over one row at a time.

The row form C_i^2/D_i alone is not enough here: a row with a tiny diagonal and one large foreign entry exceeds its share. What it
takes too much, the other row of that entry has too little: C is split over pairs, and for mu_6 <= 5 p mu_2 mu_4 a pair charges its
two rows nothing without a third entry. Three entries of a row give y^5 a part outside of the span of the x_j that pays for the
charge, so that Lambda = 1 will do. Where g/mu_2 will do, the value is r p g = L0, and superposition does not help for any n and d:
Rademacher features from p = 0.185 on and uniform ones from p = 0.37 on, up to p = 1.
"""

from __future__ import annotations

from flint import fmpq

from boundcalc.bounds.declaration import Choice, Limits, Parameters, UpperBound
from boundcalc.bounds.hypotheses import QUINTIC, shown
from boundcalc.bounds.rows.charges import ScaledLaw, scaled
from boundcalc.bounds.rows.elementary import least_ratio, proven
from boundcalc.language.claims import Hypothesis, Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.lemmas import dominant_diagonals, leverage
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import Enclosure
from boundcalc.numbers.moments import Number
from boundcalc.numbers.rings import EXACT


def formula(q: Quantities, Lambda: Number) -> Number:
    """r p μ_2 Λ."""
    return q.r * q.p * q.mu(2) * Lambda


def is_paid(law: ScaledLaw) -> bool:
    """Whether three entries of a row pay for its charge: σ = 0, and κ_6 ≤ 0 or F (90 + F) ≤ 600 ν_4²."""
    if law.charge is None or law.excess < 0:
        return False
    return bool(law.kappa[3] <= 0 or law.charge * (90 + law.charge) <= 600 * law.moments[2] ** 2)


def choose(problem: Problem) -> Choice | None:
    """The least Λ that is proven, and what proves it: multipliers, or the third chaos where Λ = 1."""
    law = scaled(problem)
    paid = is_paid(law)
    found = None
    if not paid:
        found = proven(law, law.single)
    elif law.single < 1:
        found = least_ratio(law, fmpq(1))
    if found is None:
        return Choice({"Lambda": fmpq(1), "multipliers": None}, {"Lambda": "1"}) if paid else None
    ratio, chosen = found
    names = {"fourth": str(chosen.fourth), "fifth": str(chosen.fifth), "slope": str(chosen.slope)}
    return Choice({"Lambda": ratio, "multipliers": chosen}, {"Lambda": str(ratio), **names})


def certify(problem: Problem, choice: Choice, digits: int) -> Enclosure:
    """The value, always rational."""
    return Enclosure.of(formula(Quantities(EXACT, problem), choice.values["Lambda"]))


def certificate(problem: Problem, choice: Choice, digits: int) -> Parameters:
    """The ratio with its multipliers; nothing where the third chaos pays for Λ = 1."""
    found = choice.values["multipliers"]
    if found is None:
        return {}, None
    fields = {"ratio": choice.values["Lambda"], "fourth": found.fourth, "fifth": found.fifth, "slope": found.slope}
    return {name: str(value) for name, value in fields.items()}, None


def _sixth(problem: Problem) -> str:
    law = problem.law
    return f"$mu_6 = {shown(law.moment(6))}$, $5 p mu_2 mu_4 = {shown(5 * problem.p * law.moment(2) * law.moment(4))}$"


CHARGED = Hypothesis("$kappa_6 <= 0$, or $mu_6 < 5 p mu_2 mu_4$", lambda problem: scaled(problem).charge is not None, _sixth)
NOT_PROVEN = "no multipliers were found that prove $Lambda = g/mu_2$ for all rows"
SUPREMUM = (
    "$Lambda$ is at least $(M_6 + F (1 - 3 Q_4 + 2 Q_6)/3 + sigma (1 - Q_4)/2)^2/(kappa_2 M_10)$ for all rows with $Q_2 = 1$, "
    "where $M_k = E y_i^k$, $F = max(10 kappa_2 max(kappa_4, 0) + 4 delta/27 - sigma, (eta - 3 delta theta^2)^2/(8 delta) + 2 "
    "delta theta^3)$, $delta - sigma = 5 p^2 mu_2 mu_4 - p mu_6$ with $delta = 0$ or $sigma = 0$, $eta = max(kappa_6, 0)$ and "
    "$theta = 4 eta/(16 delta + 3 eta)$"
)

_F = (
    ("delta", "plus(5*p^2*mu[2]*mu[4] - p*mu[6])"),
    ("sigma", "plus(p*mu[6] - 5*p^2*mu[2]*mu[4])"),
    ("eta", "plus(kappa[6])"),
    ("theta", "4*eta/(16*delta + 3*eta + one(delta <= 0))"),
    (
        "F",
        "max(10*kappa[2]*plus(kappa[4]) + 4*delta/27 - sigma, "
        "(eta - 3*delta*theta^2)^2/(8*delta + one(delta <= 0)) + 2*delta*theta^3)",
    ),
)
_H = ("h[i, j]", "-10*kappa[2]*kappa[4]*q[i] - kappa[6]*(a[i]^2 + A[i, j]^2)")
_V = ("v[i, j]", "1 - (a[i]^2 + A[i, j]^2)/q[i]")
_B = ("B[i]", "M[6, i] + F*(q[i]^3 - 3*q[i]*Q[4, i] + 2*Q[6, i])/3 + sigma*q[i]*(q[i]^2 - Q[4, i])/2")
_DENSE = ("p > 0", "a[i] > 0", "delta + one(kappa[6] <= 0) > 0")
_PAID = ("sigma = 0", "min(kappa[6], F*(90*kappa[2]^3 + F) - 600*p^2*mu[4]^2*kappa[2]^2) <= 0")

BOUND = UpperBound(
    key="dense_rows",
    section="U19",
    title="dense features, one row at a time",
    formula=formula,
    hypotheses=(QUINTIC, CHARGED),
    proof=(
        Step(
            "split",
            "$E x_j y_i^5 = A_ij gamma_i(A_ij^2)$ with $gamma_i$ quadratic; $a_i gamma_i(a_i^2) = sum_j A_ij^2 gamma_i(a_i^2) "
            "a_i/q_i$, and $sum_j A_ij^2 gamma_i(A_ij^2) = E y_i^6$",
            Status.STANDARD,
            standard="expansion of the moments of a sum",
            claim=(
                "A[i, j]*E[x[i]*y[i]^5] - a[i]*E[x[j]*y[i]^5] = a[i]*A[i, j]*(A[i, j]^2 - a[i]^2)*h[i, j]",
                "C = sum(i: a[i]/q[i]*M[6, i]) + sum(i, j: a[i]/q[i]*A[i, j]^2*(A[i, j]^2 - a[i]^2)*h[i, j])",
            ),
            given=("m = 5", "a[i] > 0"),
            define=(_H,),
        ),
        Step(
            "pairs",
            "for $a_i <= a_j$ and $s = A_ij^2 <= a_i a_j$: $h_ij/q_i = delta - sigma + kappa_6 v_ij$. For $s <= a_i^2$ no "
            "term is positive if $kappa_4 <= 0$ (lemma dominant_diagonals), and each is at most its own charge in any case, "
            "as it is for $sigma > 0$. For $s > a_i^2$ and $kappa_6 > 0$, $a_j (a_j^2 - s)$ is at least $u^2 a_i (s - "
            "a_i^2)$, $u = s/a_i^2$, and row $i$ is charged; for $kappa_6 <= 0$, $a_i (s - a_i^2)$ is at most $4/27 a_j^3$ "
            "and at most $a_j (a_j^2 - s)$, and row $j$ is charged",
            Status.ARGUED,
            claim=(
                "a[i]/q[i]*(A[i, j]^2 - a[i]^2)*h[i, j] + a[j]/q[j]*(A[i, j]^2 - a[j]^2)*h[j, i] <= F*(a[i]^3*v[i, j] + "
                "a[j]^3*v[j, i]) + sigma*(a[i]^3 + a[j]^3 - (a[i] + a[j])*A[i, j]^2)",
            ),
            given=(*_DENSE, "i != j"),
            define=(*_F, _H, _V),
        ),
        Step(
            "charges",
            "a row's charges over all its entries are parts of the third and second elementary symmetric polynomials of the "
            "$A_ij^2$",
            Status.STANDARD,
            standard="sums of products of nonnegative numbers",
            claim=(
                "sum(j if j != i: a[i]^2*A[i, j]^2*(q[i] - a[i]^2 - A[i, j]^2)) <= (q[i]^3 - 3*q[i]*Q[4, i] + 2*Q[6, i])/3",
                "sum(j: A[i, j]^2*(a[i]^2 - A[i, j]^2)) <= (q[i]^2 - Q[4, i])/2",
            ),
        ),
        Step(
            "rows",
            "$2 C - D$ is at most a sum over rows of $2 B_i a_i/q_i - D_i$, each at its best scale",
            Status.ARGUED,
            claim=("I <= sum(i: t[i]*B[i]^2/(q[i]*D[i]))",),
            given=("m = 5", *_DENSE),
            define=(*_F, _B),
        ),
        Step(
            "products",
            "the terms of $y_i^5$ in which $x_j$, $x_k$ and $x_l$ have odd powers",
            Status.STANDARD,
            standard="expansion of the moments of a sum",
            claim=(
                "E[x[j]*x[k]*x[l]*y[i]^5] = A[i, j]*A[i, k]*A[i, l]*(60*kappa[2]^4*q[i] + 20*kappa[2]^2*kappa[4]*(A[i, j]^2 + "
                "A[i, k]^2 + A[i, l]^2))",
            ),
            given=("j < k", "k < l"),
        ),
        Step(
            "chaos",
            "$y_i$ and the products $x_j x_k x_l$ are orthogonal: Bessel's inequality for $y_i^5$",
            Status.STANDARD,
            standard="Bessel",
            claim=(
                "kappa[2]*q[i]*D[i] >= M[6, i]^2 + 200/3*min(3*kappa[2]^2, p*mu[4])^2*kappa[2]^2*q[i]^3*(q[i]^3 - 3*q[i]*Q[4, i] + "
                "2*Q[6, i])",
            ),
            given=("m = 5",),
        ),
        Step(
            "paid",
            "$sigma = 0$. $E y_i^6$ is at most $15 kappa_2^3 q^3$ for $kappa_4 <= 0$ and at most $(15 + 45/8 "
            "kappa_4/kappa_2^2) kappa_2^3 q^3$ else; where $kappa_6 <= 0$, $F$ is small enough, as $mu_4^2 <= mu_2 mu_6$",
            Status.ARGUED,
            claim=("B[i]^2 <= kappa[2]*q[i]*D[i]",),
            given=("m = 5", *_DENSE, *_PAID),
            define=(*_F, _B),
        ),
        Step(
            "elementary",
            "elementary symmetric polynomials of the $A_ij^2$ over $j$ are not negative",
            Status.STANDARD,
            standard="sums of products of nonnegative numbers",
            claim=(
                "q[i]^3 - 3*q[i]*Q[4, i] + 2*Q[6, i] >= 0",
                "q[i]^4 - 6*q[i]^2*Q[4, i] + 3*Q[4, i]^2 + 8*q[i]*Q[6, i] - 6*Q[8, i] >= 0",
                "q[i]^5 - 10*q[i]^3*Q[4, i] + 15*q[i]*Q[4, i]^2 + 20*q[i]^2*Q[6, i] - 20*Q[4, i]*Q[6, i] - 30*q[i]*Q[8, i] + "
                "24*Q[10, i] >= 0",
                "Q[4, i]^2 <= q[i]*Q[6, i] <= q[i]^2*Q[4, i]",
            ),
        ),
        Step(
            "minorant",
            "multiples of the fourth and the fifth are taken off $M_10$; what is left of $Q_8$ and $Q_10$ is bounded by $Q_4$ "
            "and $Q_6$, since $s_3 T^3 + s_4 T^4 >= b T + c T^2$ for $T = A_ij^2/q_i$; then $Lambda M_10 - N^2$ is concave in "
            "$Q_6$ and nonnegative at its ends",
            Status.COMPUTED,
            statement=r"s_3 q_i Q_8(i) + s_4 Q_{10}(i) \ge b\, q_i^3 Q_4(i) + c\, q_i^2 Q_6(i)",
            checked="$s_4 >= 0$; the polynomials in one variable are decided exactly for each problem",
            claim=("(h - e - 2*f)*q[i]*Q[8, i] + f*Q[10, i] >= -h*q[i]^3*Q[4, i] + (2*h - e - f)*q[i]^2*Q[6, i]",),
            free=(("e", "0..2 real"), ("f", "0..2 real"), ("h", "0..2 real")),
        ),
    ),
    lemmas=(leverage.LEMMA, dominant_diagonals.LEMMA),
    sources=(DERIVED,),
    tight="$r p g$: Rademacher features for $p >= 1/5$, uniform ones for $p >= 3/7$ where tried, gaussian ones at $p = 1$",
    chooser=choose,
    no_choice=NOT_PROVEN,
    certifier=certify,
    symbols=lambda m: {"Lambda": symbol("Lambda")},
    assumes=lambda m: SUPREMUM,
    defines=frozenset({"Lambda"}),
    certificate=certificate,
    limits=Limits(
        none=dict.fromkeys(("fixed", "many", "infinite"), "no $Lambda$ is found for small $p$")
        | dict.fromkeys(("dimension", "sparse_dimension"), "$r p mu_2$ times a number that does not depend on $d$")
    ),
)
