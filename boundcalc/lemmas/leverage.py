r"""Declares Lemma P (leverage and capacity): a_i^2 <= ell_i q_i, so that sum_i t_i <= r."""

from boundcalc.language.claims import Lemma, Status, Step
from boundcalc.language.sources import SCHERLIS

LEMMA = Lemma(
    key="leverage",
    title="leverage and capacity",
    statement=r"a_i^2 \le \ell_i\, q_i, \qquad \sum_i t_i \le r \le d",
    proof=(
        Step(
            "row",
            "$P A = A$ for the projection $P$ onto $range(A)$, and Cauchy-Schwarz for $a_i = <P e_i, A e_i>$",
            Status.STANDARD,
            standard="Cauchy-Schwarz",
            claim=(
                "a[i] = sum(j: P[i, j]*A[j, i])",
                "a[i]^2 <= l[i]*q[i]",
            ),
        ),
        Step(
            "trace",
            "the leverages are the diagonal of $P$, and $t_i <= ell_i$ by the first step",
            Status.STANDARD,
            standard="the trace of a projection is its rank",
            claim=(
                "sum(i: l[i]) = rank <= r",
                "sum(i: t[i]) <= rank",
            ),
        ),
    ),
    sources=(SCHERLIS,),
)
