r"""Declares U10: dense features, m = 3 and kappa_4 <= 0: I^* <= r p mu_2 min(1, b^T M^{-1} b).

With mu_2 = 1 (mu_4, mu_6 stand for mu_4/mu_2^2, mu_6/mu_2^3), c = 3p - mu_4 >= 0, k = mu_6 - 15 p mu_4 + 30 p^2 and any
multipliers eta_1, eta_2, xi, zeta >= 0 for which M is positive definite,

  b = (1 + xi, -c + zeta - 3 p xi),   M = [[5/3 - eta_2, -(5c + eta_1 - 3 p eta_2)/2], [., k + 3 p eta_1]].

The best multipliers have a closed form: eta_2 = xi = zeta = 0 and eta_1 = max(0, 5 (mu_4 - p) - 2 mu_6/mu_4).
Where eta_1 is not cut off at 0, stationarity holds at the orthonormal point X = 3p B, B = (mu_4/mu_6) P, so that the
value is p r g and I^* is known: no superposition for mu_4/3 <= p <= mu_4 - 2 mu_6/(5 mu_4), which is 1/3 to 3/5 for
Rademacher (to 1 by the projection) and 3/5 to 33/35 for uniform features. Past that the relations between X and B are
slack at M^{-1} b, and no multiplier helps.
"""

from __future__ import annotations

from flint import fmpq

from boundcalc.bounds.declaration import Choice, Limits, Parameters, UpperBound
from boundcalc.bounds.hypotheses import CUBIC
from boundcalc.bounds.unequal.form import declared_in
from boundcalc.language.claims import Hypothesis, Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.enclosure import Enclosure, decimal_floor
from boundcalc.numbers.moments import Number
from boundcalc.numbers.rings import EXACT

MULTIPLIERS = ("eta_1", "eta_2", "xi", "zeta")


def normalized_moments(q: Quantities) -> tuple[Number, Number]:
    """mu_4/mu_2^2 and mu_6/mu_2^3."""
    return q.mu(4) / q.mu(2) ** 2, q.mu(6) / q.mu(2) ** 3


def formula(q: Quantities, eta_1: Number, eta_2: Number, xi: Number, zeta: Number) -> Number:
    p, number = q.p, q.ring.number
    fourth, sixth = normalized_moments(q)
    c, k = 3 * p - fourth, sixth - 15 * p * fourth + 30 * p**2
    first, second = 1 + xi, zeta - c - 3 * p * xi
    corner, cross, last = number(fmpq(5, 3)) - eta_2, -(5 * c + eta_1 - 3 * p * eta_2) / 2, k + 3 * p * eta_1
    determinant = corner * last - cross**2
    if determinant == 0:  # kappa_4 = kappa_6 = 0: B drops out of I, and b and M act on X alone
        form = first**2 / corner
    else:
        form = (last * first**2 - 2 * cross * first * second + corner * second**2) / determinant
    return q.r * p * q.mu(2) * q.ring.minimum(number(fmpq(1)), form)


def fourth_cumulant(problem: Problem) -> fmpq:
    """kappa_4 of x = s u."""
    p, law = problem.p, problem.law
    return p * law.moment(4) - 3 * (p * law.moment(2)) ** 2


def choose(problem: Problem) -> Choice:
    """The multipliers of the module's docstring, exact."""
    fourth, sixth = normalized_moments(Quantities(EXACT, problem))
    eta_1 = max(5 * (fourth - problem.p) - 2 * sixth / fourth, fmpq(0))
    values = dict.fromkeys(MULTIPLIERS, fmpq(0)) | {"eta_1": eta_1}
    return Choice(values, {name: str(value) for name, value in values.items()})


def certify(problem: Problem, choice: Choice, digits: int) -> Enclosure:
    """The value, always rational."""
    return Enclosure.of(formula(Quantities(EXACT, problem), **choice.values))


def certificate(problem: Problem, choice: Choice, digits: int) -> Parameters:
    """The multipliers; nothing where the projection alone gives the value."""
    if certify(problem, choice, digits).lower == problem.rank * problem.p * problem.law.moment(2):
        return {}, None
    return {name: str(choice.values[name]) for name in MULTIPLIERS}, None


def _found_cumulant(problem: Problem) -> str:
    value = fourth_cumulant(problem)
    text = str(value)
    return f"$kappa_4 = {text}$" if len(text) <= 40 else f"$kappa_4 = {decimal_floor(value, 6)}...$"


DENSE = Hypothesis("$kappa_4 <= 0$", lambda problem: fourth_cumulant(problem) <= 0, _found_cumulant)

BOUND = UpperBound(
    key="dense",
    section="U10",
    title="dense features, by projection and by a quadratic form",
    formula=formula,
    hypotheses=(CUBIC, DENSE),
    proof=(
        Step(
            "bessel",
            "Bessel's inequality for $E y_i^6$ and the uncorrelated $x_j$; $F_ij = E x_j y_i^3/(p mu_2)$, expanded",
            Status.STANDARD,
            standard="Bessel",
            claim=(
                "E[x[j]*xhat[i]] = kappa[2]*F[i, j]",
                "I <= kappa[2]*(2*sum(i: F[i, i]) - sum(i, j: F[i, j]^2))",
            ),
            given=(
                "m = 3",
                "p > 0",
            ),
            define=(("F[i, j]", "kappa[4]/kappa[2]*A[i, j]^3 + 3*kappa[2]*q[i]*A[i, j]"),),
        ),
        Step(
            "projection",
            "complete the square in $F P$; $A P = A$, $kappa_4 <= 0$, and $B$ is positive semidefinite by Schur's product theorem",
            Status.STANDARD,
            standard="Schur's product theorem",
            claim=(
                "sum(i: a[i]^3) >= sum(i, j: A[i, j]^3*P[i, j])",
                "2*sum(i: F[i, i]) - sum(i, j: F[i, j]^2) <= sum(i: P[i, i]) + 2*kappa[4]/kappa[2]*(sum(i: a[i]^3) - sum(i, j: "
                "A[i, j]^3*P[i, j])) <= r",
            ),
            given=(
                "p > 0",
                "kappa[4] <= 0",
            ),
            define=(("F[i, j]", "kappa[4]/kappa[2]*A[i, j]^3 + 3*kappa[2]*q[i]*A[i, j]"),),
        ),
        Step(
            "form",
            "the exact loss for $m = 3$: $C_i = kappa_4 a^3 + 3 kappa_2^2 a q$ and $D_i = kappa_6 Q_6 + 15 kappa_4 "
            "kappa_2 Q_4 q + 15 kappa_2^3 q^3$",
            Status.PROVEN,
            claim=(
                "I = p*mu[2]*(2*sum(i: X[i, i] - c*B[i, i]) - 5/3*sum(i, j: X[i, j]^2) + 5*c*sum(i, j: X[i, j]*B[i, j]) - "
                "k*sum(i, j: B[i, j]^2))",
            ),
            given=("m = 3",),
            define=(
                ("X[i, j]", "3*p*mu[2]*q[i]*A[i, j]"),
                ("B[i, j]", "mu[2]*A[i, j]^3"),
                ("c", "3*p - mu[4]/mu[2]^2"),
                ("k", "mu[6]/mu[2]^3 - 15*p*mu[4]/mu[2]^2 + 30*p^2"),
            ),
        ),
        Step(
            "relations",
            "$Q_6 <= Q_4 q <= q^3$ and $a^2 <= q$, because $A_ij^2 <= q_i$",
            Status.PROVEN,
            claim=(
                "sum(i, j: X[i, j]*B[i, j]) >= 3*p*sum(i, j: B[i, j]^2)",
                "sum(i, j: X[i, j]^2) >= 3*p*sum(i, j: X[i, j]*B[i, j])",
                "sum(i: X[i, i]) >= 3*p*sum(i: B[i, i])",
            ),
            define=(
                ("X[i, j]", "3*p*mu[2]*q[i]*A[i, j]"),
                ("B[i, j]", "mu[2]*A[i, j]^3"),
            ),
        ),
        Step(
            "multipliers",
            "add the relations and $tr B P >= 0$ with weights $eta_1$, $eta_2$, $2 xi$, $2 zeta$; the parts of $tr B$ "
            "and $|B|^2$ off $range(A)$ only lower the left side; then complete the square: $f$ is at most $r b M^{-1} "
            "b$",
            Status.ARGUED,
            claim=(
                "I <= p*mu[2]*f",
                "f <= r*(M_22*b_1^2 - 2*M_12*b_1*b_2 + M_11*b_2^2)/Delta",
            ),
            given=(
                "m = 3",
                "p > 0",
                "kappa[4] <= 0",
                "M_11 > 0",
                "Delta > 0",
            ),
            free=(
                ("eta_1", "0..3 real"),
                ("eta_2", "0..1 real"),
                ("xi", "0..1"),
                ("zeta", "0..1"),
            ),
            define=(
                ("X[i, j]", "3*p*mu[2]*q[i]*A[i, j]"),
                ("B[i, j]", "mu[2]*A[i, j]^3"),
                ("c", "3*p - mu[4]/mu[2]^2"),
                ("k", "mu[6]/mu[2]^3 - 15*p*mu[4]/mu[2]^2 + 30*p^2"),
                ("b_1", "1 + xi"),
                ("b_2", "zeta - c - 3*p*xi"),
                ("M_11", "5/3 - eta_2"),
                ("M_12", "-(5*c + eta_1 - 3*p*eta_2)/2"),
                ("M_22", "k + 3*p*eta_1"),
                ("Y[i, j]", "sum(l: B[i, l]*P[l, j])"),
                (
                    "f",
                    "2*b_1*sum(i: X[i, i]) + 2*b_2*sum(i: Y[i, i]) - M_11*sum(i, j: X[i, j]^2) - 2*M_12*sum(i, j: X[i, "
                    "j]*Y[i, j]) - M_22*sum(i, j: Y[i, j]^2)",
                ),
                ("Delta", "M_11*M_22 - M_12^2"),
            ),
        ),
    ),
    lemmas=(),
    sources=(DERIVED,),
    tight="equal to orthonormal for $mu_4/(3 mu_2^2) <= p <= mu_4/mu_2^2 - 2 mu_6/(5 mu_2 mu_4)$, and for Rademacher up to $p = 1$",
    chooser=choose,
    certifier=certify,
    symbols=lambda m: {name: symbol(name) for name in MULTIPLIERS},
    assumes=lambda m: "$eta_1, eta_2, xi, zeta >= 0$; $eta_2 < 5/3$; a positive denominator beside $1$",
    certificate=certificate,
    limits=Limits(
        none=dict.fromkeys(("fixed", "many", "infinite"), "needs $kappa_4 <= 0$, which fails for small $p$")
        | dict.fromkeys(
            ("dimension", "sparse_dimension"),
            "holds with any multipliers: $r p mu_2$ times a number that does not depend on $d$",
        )
    ),
    of_features=declared_in("dense"),
)
