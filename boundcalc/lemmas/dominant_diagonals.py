r"""Declares Lemma O (U17, dominant diagonals): I(W) <= r p mu_2 for every odd m where no entry of a row exceeds its diagonal.

Weights of equal norms are of that kind: for Rademacher features with p >= 1/3 none of them, for any n, d and odd m, gains more
than the orthonormal basis. The law must be sub-Gaussian in all orders: E x^{2j+2}/((2j + 1) E x^{2j}) does not increase in
j = 0, ..., (m - 1)/2.
"""

from boundcalc.language.claims import Lemma, Status, Step
from boundcalc.language.sources import DERIVED

_LAW = (
    "p > 0",
    "3*p*mu[2]^2 >= mu[4]",
    "sum(k in 2..(m - 1)/2: plus((2*k - 1)*mu[2*k + 2]*mu[2*k - 2] - (2*k + 1)*mu[2*k]^2)) = 0",
)
_DOMINANT = ("a[i] > 0", "A[i, j]^2 <= a[i]^2")

LEMMA = Lemma(
    key="dominant_diagonals",
    title="dominant diagonals",
    statement=r"|A_{ij}| \le a_i \text{ for all } i, j \quad\Longrightarrow\quad I(W) \le r\, p\, \mu_2",
    hypotheses=(
        "$E x^{2j+2}/((2j + 1) E x^{2j})$ does not increase in $j = 0, 1, ..., (m - 1)/2$",
        "$|A_ij| <= a_i$ for all $i$, $j$",
    ),
    proof=(
        Step(
            "ratios",
            "$y_i = U + Z$ with $U = a_i x_i + A_ij x_j$: every even moment of $Z$ stands before a difference in which the powers "
            "of $A_ij/a_i$ can be paired, with the sign that the moments of $x$ give",
            Status.ARGUED,
            claim=("a[i]*A[i, j]*E[x[j]*xhat[i]] >= A[i, j]^2*E[x[i]*xhat[i]]",),
            given=(*_LAW, *_DOMINANT),
        ),
        Step(
            "bessel",
            "Bessel's inequality for $y_i^m$ and the uncorrelated $x_j$, with the step ratios for each of them",
            Status.STANDARD,
            standard="Bessel",
            claim=(
                "p*mu[2]*D[i] >= sum(j: E[x[j]*xhat[i]]^2) >= q[i]/a[i]^2*C[i]^2",
                "I <= p*mu[2]*sum(i: t[i]) <= r*p*mu[2]",
            ),
            given=(*_LAW, *_DOMINANT),
        ),
    ),
    sources=(DERIVED,),
)
