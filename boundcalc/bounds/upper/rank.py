r"""U1: I^* <= p mu_2 min(n, N_m(d)), N_m(d) = binom(d+m-1, m).

The reconstruction lies in a space of dimension N_m(d). Tight for m = 1.
"""

from boundcalc.bounds.declaration import UpperBound
from boundcalc.claims import Status, Step
from boundcalc.moments import Number
from boundcalc.quantities import Quantities
from boundcalc.sources import CHOWDHURY_WEINER, DERIVED

LIFTED = Step(
    "lifted",
    r"\hat x_i = \langle w_i^{\otimes m}, (Wx)^{\otimes m} \rangle",
    "the m-th power of an inner product is the inner product of the m-th tensor powers",
    Status.SAMPLED,
    claim=("xhat[i] = sum(j, k, l: A[i, j]*A[i, k]*A[i, l]*x[j]*x[k]*x[l])",),
    given=("m = 3",),
)
PROJECTION = Step(
    "projection",
    r"2\langle x, \hat x\rangle - \|\hat x\|^2 = \|\Pi x\|^2 - \|\Pi x - \hat x\|^2 \le \|\Pi x\|^2",
    "Pi projects onto the row space of the N x n matrix of lifted columns, where the reconstruction lies: Pi x_hat = x_hat",
    Status.SAMPLED,
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
            r"\mathbb{E}\|\Pi x\|^2 = p\,\mu_2 \operatorname{tr}\Pi \le p\,\mu_2 \min(n, N_m(d))",
            "the x_i are uncorrelated with variance p mu_2, and rank Pi <= min(n, N)",
            Status.SAMPLED,
            claim=(
                "E[sum(i: sum(j: L[i, j]*x[j])^2)] = p*mu[2]*sum(i: L[i, i])",
                "sum(i: L[i, i]) <= min(n, N[m])",
            ),
        ),
    ),
    lemmas=(),
    sources=(CHOWDHURY_WEINER, DERIVED),
    tight="m = 1, where it meets orthonormal",
)
