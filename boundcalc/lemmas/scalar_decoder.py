r"""Declares what a decoder that sees y_i alone misses: sum_i E w_i/(a_i^2 + w_i) >= p (n - r), w_i = sum_{j != i} s_j A_ij^2."""

from boundcalc.language.claims import Lemma, Status, Step
from boundcalc.language.sources import DERIVED

LEMMA = Lemma(
    key="scalar_decoder",
    title="what is seen through $y_i$ alone",
    statement=r"\sum_i \mathbb{E}\,\frac{w_i}{a_i^2 + w_i} \ge p\,(n - r), \qquad w_i = \sum_{j \ne i} s_j A_{ij}^2",
    proof=(
        Step(
            "spread",
            "$w/(a_i^2 + w)$ is concave in each $A_ij^2$, so that for given $q_i$ its mean is least where one of them "
            "carries everything",
            Status.STANDARD,
            standard="a concave function on a simplex is least at a vertex",
            claim=("E[w[i]/(a[i]^2 + w[i])] >= p*(1 - t[i])",),
            given=("a[i] > 0",),
            define=(("w[i]", "sum(j if j != i: s[j]*A[i,j]^2)"),),
        ),
        Step(
            "room",
            "the capacities sum to at most $r$; a zero column counts as $1$ on both sides",
            Status.STANDARD,
            standard="the trace of a projection is its rank",
            claim=("sum(i: 1 - t[i]) >= n - r",),
        ),
    ),
    sources=(DERIVED,),
)
