r"""Declares Lemma W (Welch, Sidelnikov): S^2 <= tau_m(d) T.

Equality holds if and only if the w_i, weighted by |w_i|^{2m}, form a spherical half-design of strength 2m.
"""

from boundcalc.language.claims import Lemma, Status, Step
from boundcalc.language.sources import SIDELNIKOV, WALDRON, WELCH

LEMMA = Lemma(
    key="welch",
    title="Welch-Sidelnikov inequality",
    statement=r"S^2 \le \tau_m(d)\, T, \qquad S^2 \le n\, T",
    proof=(
        Step(
            "gram",
            "write $w_i = |w_i| v_i$ with unit vectors $v_i$: $T$ is the squared norm of the tensor $sum a_i^m v_i^{(2m)}$",
            Status.PROVEN,
            claim=("T = sum(i, j: a[i]^m*a[j]^m*cos2[i, j]^m)",),
        ),
        Step(
            "projection",
            "project the tensor onto the rotation-invariant one; equality means that all moments up to $2m$ are the sphere's",
            Status.STANDARD,
            standard="Welch, Sidelnikov",
            claim=(
                "sum(i, j: a[i]^m*a[j]^m*cos2[i, j]^m) >= c[m]*S^2",
                "S^2 <= tau[m]*T",
            ),
        ),
        Step(
            "count",
            "Cauchy-Schwarz, then drop the terms of $T$ with $i != j$",
            Status.PROVEN,
            claim=("S^2 <= n*sum(i: a[i]^(2*m)) <= n*T",),
        ),
    ),
    sources=(SIDELNIKOV, WELCH, WALDRON),
)
