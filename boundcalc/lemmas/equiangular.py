r"""Declares U3(a): S^2 <= G T with G = n / (1 + (n-1) rho^m), rho = (n-d)/(d(n-1)) for n > d.

Equality if and only if an equiangular tight frame of n vectors in R^d exists.
"""

from boundcalc.language.claims import Lemma, Status, Step
from boundcalc.language.sources import DERIVED, WELCH
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number


def constant(q: Quantities) -> Number:
    """G of U3(a); d^m for n = ∞."""
    if q.infinite:
        return q.d**q.m

    def crowded() -> Number:
        rho = (q.n - q.d) / (q.d * (q.n - 1))
        return q.n / (1 + (q.n - 1) * rho**q.m)

    return q.ring.cases(q.n, [(1, lambda: q.n), (q.d + 1, crowded)])


LEMMA = Lemma(
    key="equiangular",
    title="few features: the equiangular bound",
    statement=r"S^2 \le \frac{n}{1 + (n-1)\rho^m}\, T, \qquad \rho = \frac{(n-d)_+}{d(n-1)}",
    proof=(
        Step(
            "tangent",
            "$u^m$ is convex; apply it to the squared cosines $u = <v_i, v_j>^2$, $i != j$",
            Status.PROVEN,
            claim=("u^m >= rho^m + m*rho^(m - 1)*(u - rho)",),
            free=(("u", "0..1 real"),),
        ),
        Step(
            "second_moment",
            "Welch's inequality for $m = 1$, with weights $omega_i = a_i^m$",
            Status.STANDARD,
            standard="Welch, for $m = 1$",
            claim=("sum(i, j: a[i]^m*a[j]^m*cos2[i, j]) >= S^2/d",),
        ),
        Step(
            "collect",
            "sum the tangent over $i != j$ and use $sum omega_i^2 >= (sum omega_i)^2/n$",
            Status.STANDARD,
            standard="Cauchy-Schwarz",
            claim=("T >= (1 + (n - 1)*rho^m)/n*S^2",),
        ),
    ),
    sources=(WELCH, DERIVED),
)
