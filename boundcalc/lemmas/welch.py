r"""Lemma W (Welch, Sidelnikov): S^2 <= tau_m(d) T.

Equality holds if and only if the w_i, weighted by |w_i|^{2m}, form a spherical half-design of strength 2m.
"""

from boundcalc.claims import Lemma, Status, Step
from boundcalc.sources import SIDELNIKOV, WALDRON, WELCH

LEMMA = Lemma(
    key="welch",
    title="Welch-Sidelnikov inequality",
    statement=r"S^2 \le \tau_m(d)\, T, \qquad S^2 \le n\, T",
    proof=(
        Step(
            "gram",
            r"T = \sum_{ij} a_i^m a_j^m \langle v_i, v_j\rangle^{2m} = \bigl\|\sum_i a_i^m v_i^{\otimes 2m}\bigr\|^2",
            "write w_i = |w_i| v_i with unit vectors v_i",
            Status.IDENTITY,
            claim=("T = sum(i, j: a[i]^m*a[j]^m*cos2[i, j]^m)",),
        ),
        Step(
            "projection",
            r"\bigl\|\sum_i a_i^m v_i^{\otimes 2m}\bigr\|^2 \ge c_m(d) \bigl(\sum_i a_i^m\bigr)^2",
            "project onto the rotation-invariant tensor; equality means that all moments up to 2m are the sphere's",
            Status.CITED,
            claim=(
                "sum(i, j: a[i]^m*a[j]^m*cos2[i, j]^m) >= c[m]*S^2",
                "S^2 <= tau[m]*T",
            ),
        ),
        Step(
            "count",
            r"S^2 \le n \sum_i a_i^{2m} \le n\, T",
            "Cauchy-Schwarz, then drop the terms of T with i != j",
            Status.IDENTITY,
            claim=("S^2 <= n*sum(i: a[i]^(2*m)) <= n*T",),
        ),
    ),
    sources=(SIDELNIKOV, WELCH, WALDRON),
)
