r"""Declares U1: I^* <= p mu_2 min(n, N_m(d)), N_m(d) = binom(d+m-1, m).

The reconstruction lies in a space of dimension N_m(d). Tight for m = 1.
"""

from boundcalc.bounds.declaration import UpperBound, nothing
from boundcalc.bounds.unequal.form import declared_in
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import CHOWDHURY_WEINER, DERIVED
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number

LIFTED = Step(
    "lifted",
    "the $i$-th entry of the reconstruction is $<w_i, W x>^m$, the inner product of the $m$-th tensor powers of $w_i$ and $W x$",
    Status.PROVEN,
    claim=("xhat[i] = sum(j: A[i, j]*x[j])^m",),
)
PROJECTION = Step(
    "projection",
    "$Pi$ projects onto the row space of the $N x n$ matrix of lifted columns, where the reconstruction lies: $Pi x_hat = x_hat$",
    Status.STANDARD,
    standard="Pythagoras for an orthogonal projection",
    claim=(
        "sum(j: L[i, j]*xhat[j]) = xhat[i]",
        "sum(i: 2*x[i]*xhat[i] - xhat[i]^2) = sum(i: sum(j: L[i, j]*x[j])^2) - sum(i: (sum(j: L[i, j]*x[j]) - xhat[i])^2)",
        "sum(i: 2*x[i]*xhat[i] - xhat[i]^2) <= sum(i: sum(j: L[i, j]*x[j])^2)",
    ),
)


def formula(q: Quantities) -> Number:
    return q.p * q.mu(2) * q.ring.minimum(q.n, q.tensor_dimension)


BOUND = UpperBound(
    key="rank",
    section="U1",
    title="rank of the lifted features",
    formula=formula,
    hypotheses=(),
    proof=(
        LIFTED,
        PROJECTION,
        Step(
            "trace",
            "the $x_i$ are uncorrelated with variance $p mu_2$, and $rank Pi <= min(n, N)$",
            Status.STANDARD,
            standard="the trace of a projection is its rank",
            claim=("E[sum(i: sum(j: L[i, j]*x[j])^2)] = p*mu[2]*sum(i: L[i, i]) <= p*mu[2]*min(n, N[m])",),
        ),
    ),
    lemmas=(),
    sources=(CHOWDHURY_WEINER, DERIVED),
    tight="$m = 1$, where it meets orthonormal",
    certificate=nothing,
    dominates=("trivial", "tensor_power"),
    of_features=declared_in("rank"),
)
