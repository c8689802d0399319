r"""Declares U3(c): S^2 <= G T with 1/G = h_0 + (1 - h(1))/n, for any polynomial h below the potential.

h(t) = sum_k h_k P_{2k}(t) with Gegenbauer polynomials of S^{d-1}, P(1) = 1, h_k >= 0 for k >= 1 and h(t) <= t^{2m}
on [-1, 1]. h = t^{2m} gives tau_m(d); the Hermite interpolants of lemma universal give U3(a) and U3(b).
"""

from boundcalc.language.claims import Lemma, Status, Step
from boundcalc.language.sources import COHN_KUMAR, DELSARTE_GOETHALS_SEIDEL, DERIVED, LEVENSHTEIN

POLYNOMIAL = "for $|t| <= 1$ with Gegenbauer coefficients $h_1, h_2, ... >= 0$ in $R^d$ (a constant $h$ where $d = 1$)"
"""What h must be beside its upper bound, in a sentence."""
CERTIFICATE = Step(
    "certificate",
    "$h$ has rational coefficients; $u^m - h >= 0$ on $[0, 1]$ is proven by a Sturm sequence",
    Status.COMPUTED,
    statement=r"h(u) = \sum_k h_k P_{2k} \le u^m\ (0 \le u = t^2 \le 1), \qquad h_k \ge 0\ (k \ge 1)",
    checked="the certificate at hand, in rational arithmetic",
)

LEMMA = Lemma(
    key="linear_program",
    title="few features: the linear programming bound",
    statement=r"S^2 \le G\, T, \qquad \frac{1}{G} = h_0 + \frac{1 - h(1)}{n}",
    proof=(
        CERTIFICATE,
        Step(
            "positive_definite",
            "addition theorem: $P_{2k}(<v, v'>)$ is a positive multiple of the inner product of spherical harmonics",
            Status.STANDARD,
            statement=r"\sum_{ij} \omega_i \omega_j P_{2k}(\langle v_i, v_j\rangle) \ge 0",
            checked="$2k = 2$, $4$ and $6$",
            standard="Schoenberg, by the addition theorem",
            claim=(
                "sum(i, j: a[i]^m*a[j]^m*(d*cos2[i, j] - 1)) >= 0",
                "sum(i, j: a[i]^m*a[j]^m*(cos2[i, j]^2 - 6*cos2[i, j]/(d + 4) + 3/((d + 2)*(d + 4)))) >= 0",
                "sum(i, j: a[i]^m*a[j]^m*(cos2[i, j]^3 - 15*cos2[i, j]^2/(d + 8) + 45*cos2[i, j]/((d + 6)*(d + 8)) - 15/((d + "
                "4)*(d + 6)*(d + 8)))) >= 0",
            ),
        ),
        Step(
            "minorant",
            "$omega_i = a_i^m$, $v_i = w_i/|w_i|$; $h <= t^{2m}$ for $i != j$, and the terms $i = j$ of $T$ are $omega_i^2$",
            Status.STANDARD,
            statement=r"T \ge \sum_{ij} \omega_i \omega_j h(\langle v_i, v_j\rangle) + (1 - h(1)) \sum_i \omega_i^2",
            checked="$h$ the tangent of $u^m$ at a point $v$, $u = t^2$",
            standard="Delsarte's linear programming bound",
            claim=(
                "T >= sum(i, j: a[i]^m*a[j]^m*(m*v^(m - 1)*cos2[i, j] - (m - 1)*v^m)) + (1 - m*v^(m - 1) + (m - 1)*v^m)*sum(i: "
                "a[i]^(2*m))",
            ),
            free=(("v", "0..1 real"),),
        ),
        Step(
            "collect",
            "$P_0 = 1$ leaves $h_0 S^2$ of the double sum; $h(1) <= 1$, and $sum omega_i^2 >= (sum omega_i)^2/n$",
            Status.STANDARD,
            statement=r"T \ge \bigl(h_0 + (1 - h(1))/n\bigr) S^2",
            checked="$h$ the tangent of $u^m$ at a point $v$, $u = t^2$",
            standard="Cauchy-Schwarz",
            claim=("T >= (m*v^(m - 1)/d - (m - 1)*v^m + (1 - m*v^(m - 1) + (m - 1)*v^m)/n)*S^2",),
            free=(("v", "0..1 real"),),
        ),
    ),
    sources=(DELSARTE_GOETHALS_SEIDEL, LEVENSHTEIN, COHN_KUMAR, DERIVED),
)
