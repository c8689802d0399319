r"""Declares Lemma X (mixed leverage): A_ij^2 <= q_i ell_j, so that q_i A_ij^4 >= A_ij^6/ell_j.

All features share one Gram matrix: a feature j of leverage ell_j crowds every feature i, whatever the sizes. For i = j it
is lemma leverage.
"""

from boundcalc.language.claims import Lemma, Status, Step
from boundcalc.language.sources import DERIVED

LEMMA = Lemma(
    key="mixed_leverage",
    title="mixed leverage",
    statement=r"A_{ij}^2 \le q_i\, \ell_j, \qquad q_i A_{ij}^{2k} \ge A_{ij}^{2k+2} / \ell_j \quad (w_j \ne 0)",
    proof=(
        Step(
            "entry",
            "$A = A P$ for the projection $P$ onto $range(A)$, and Cauchy-Schwarz",
            Status.STANDARD,
            standard="Cauchy-Schwarz",
            claim=(
                "A[i, j] = sum(k: A[i, k]*P[k, j])",
                "A[i, j]^2 <= q[i]*l[j]",
            ),
        ),
        Step(
            "power",
            "multiply by the even power",
            Status.STANDARD,
            standard="Cauchy-Schwarz",
            claim=("q[i]*A[i, j]^(2*k)*l[j] >= A[i, j]^(2*k + 2)",),
            free=(("k", "0..m"),),
        ),
    ),
    sources=(DERIVED,),
)
