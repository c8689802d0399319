r"""Declares U2: I^* <= p [ pi g G + (1 - pi) mu_2 min(n, N_m(d)) ], pi = (1-p)^{n-1}, g = mu_{m+1}^2 / mu_{2m}.

G is the best constant with S^2 <= G T (few_features). Sharp as n p -> 0: I^*/p -> g G where a configuration attains
G, in particular g tau_m(d) for half-designs of strength 2m. Never above U1.
"""

from collections.abc import Callable

from flint import fmpq_poly

from boundcalc.bounds.declaration import Choice, Parameters, UpperBound
from boundcalc.bounds.unequal.form import declared_in
from boundcalc.bounds.upper.rank import LIFTED, PROJECTION
from boundcalc.certify.interpolant import coefficients, levenshtein_interpolant
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.lemmas import equiangular, few_features, universal, welch
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number


def with_constant(q: Quantities, constant: Number) -> Number:
    """U2 for any constant G with S² ≤ G T."""
    crowded = q.mu(2) * q.ring.minimum(q.n, q.tensor_dimension)
    return q.p * (q.isolation * q.g * constant + (1 - q.isolation) * crowded)


def formula(q: Quantities) -> Number:
    return with_constant(q, few_features.best_constant(q))


def polynomial_certificate(polynomial: Callable[[Problem], fmpq_poly]) -> Callable[[Problem, Choice, int], Parameters]:
    """A certificate that holds the polynomial h which proves the constant G."""
    return lambda problem, choice, digits: ({"h": coefficients(polynomial(problem))}, None)


GENERAL = r"I^{\ast} \le p \Bigl(\pi\, \frac{\mu_{m+1}^2}{\mu_{2m}}\, G + (1 - \pi)\, \mu_2 \min(n, N_m(d))\Bigr)"
ISOLATION = (r"\pi", r"(1 - p)^{n - 1}")

ALONE = Step(
    "alone",
    "one active feature $j$ gives $x_hat_i = (A_ij u)^m$; then complete the square in the scale of $W$",
    Status.PROVEN,
    claim=(
        "E[one(active = 1)*sum(i: 2*x[i]*xhat[i] - xhat[i]^2)] = p*isolation*(2*alpha*S - beta*T)",
        "p*isolation*(2*alpha*S - beta*T)*T <= p*isolation*g*S^2",
    ),
)
SEVERAL = Step(
    "several",
    "the projection argument of rank on this event; cross terms vanish by symmetry, and the "
    "probability that $x_i$ and another are active is $p (1 - pi)$",
    Status.STANDARD,
    standard="the trace of a projection is its rank",
    claim=("E[one(active >= 2)*sum(i: sum(j: L[i, j]*x[j])^2)] = mu[2]*p*(1 - isolation)*sum(i: L[i, i])",),
)

BOUND = UpperBound(
    key="very_sparse",
    section="U2",
    title="one active feature, or several",
    formula=formula,
    hypotheses=(),
    proof=(
        ALONE,
        Step(
            "constant",
            "$G$ is the least of $n$, $tau_m(d)$, the equiangular and Levenshtein's universal constant (lemmas welch, "
            "equiangular, universal)",
            Status.CITED,
            place="Levenshtein 1998 for the universal constant, the others in their lemmas",
            claim=("S^2 <= G_best*T",),
        ),
        LIFTED,
        PROJECTION,
        SEVERAL,
    ),
    lemmas=(welch.LEMMA, equiangular.LEMMA, universal.LEMMA),
    sources=(DERIVED,),
    tight="$n p -> 0$, where a configuration of $n$ lines attains $G$ (half-designs of strength $2m$, sharp frames)",
    assumes=lambda m: few_features.CONSTANT,
    certificate=polynomial_certificate(levenshtein_interpolant),
    dominates=("rank", "equiangular", "universal"),
    of_features=declared_in("very_sparse"),
)
