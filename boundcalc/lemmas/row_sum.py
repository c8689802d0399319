r"""Declares Lemma R (row sums): sum_ij f_i f_j A_ij^{2k} <= sum_i f_i^2 Q_{2k}(i) for f >= 0."""

from boundcalc.language.claims import Lemma, Status, Step
from boundcalc.language.sources import DERIVED

LEMMA = Lemma(
    key="row_sum",
    title="row sums",
    statement=r"\sum_{ij} f_i f_j A_{ij}^{2k} \le \sum_i f_i^2 Q_{2k}(i)",
    proof=(
        Step(
            "mean",
            "the arithmetic and the geometric mean; $A$ is symmetric, so that both halves have the same sum",
            Status.STANDARD,
            statement=r"f_i f_j \le \tfrac12 (f_i^2 + f_j^2)",
            checked="$f_i = a_i$ and $f_i = q_i$",
            standard="the inequality of the arithmetic and the geometric mean",
            claim=(
                "sum(i, j: a[i]*a[j]*A[i, j]^(2*k)) <= sum(i: a[i]^2*Q[2*k, i])",
                "sum(i, j: q[i]*q[j]*A[i, j]^(2*k)) <= sum(i: q[i]^2*Q[2*k, i])",
            ),
            free=(("k", "1..m"),),
        ),
    ),
    sources=(DERIVED,),
)
