r"""Declares U3(b): S^2 <= G T with G from Levenshtein's quadrature.

With u = t^2, the sphere's moments int u^k = c_k(d), nu(f) = int f - f(1)/n and tau the integer with
N_tau(d) <= n < N_{tau+1}(d), tau < m:

    1/G = 1/n + sum_j rho_j alpha_j^m,

(alpha_j, rho_j) the Gauss quadrature of nu (tau odd, (tau+1)/2 nodes), or of u nu with weights divided by the
node (tau even, tau/2 nodes). From n = N_m(d) on, G = tau_m(d). Equality on sharp configurations: the 36 lines
of E_6, the 63 of E_7, the 120 of E_8.

The sum is rational although the nodes are not: it is nu(u^m mod pi) with pi the orthogonal polynomial.
"""

from __future__ import annotations

from collections.abc import Callable

from boundcalc.language.claims import Lemma, Status, Step
from boundcalc.language.sources import BOYVALENKOV, COHN_KUMAR, DERIVED, LEVENSHTEIN
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.constants import sphere_moment, tensor_dimension
from boundcalc.numbers.moments import Number


def quadrature_of_power(s: list[Number], power: int) -> Number:
    """Σ_j ρ_j α_j^power for the Gauss quadrature of the functional with moments s_0, …, s_{2N−1} (N nodes).

    Chebyshev's algorithm gives the recurrence u π_k = π_{k+1} + a_k π_k + b_k π_{k−1}; multiplication by u
    modulo π_N, ``power`` times from 1, leaves the coefficient of π_0.
    """
    nodes = len(s) // 2
    previous: list[Number] = [0] * len(s)
    current = list(s)
    a, b = [s[1] / s[0]], [0 * s[0]]
    for k in range(1, nodes):
        following: list[Number] = [0] * len(s)
        for j in range(k, 2 * nodes - k):
            following[j] = current[j + 1] - a[-1] * current[j] - b[-1] * previous[j]
        a.append(following[k + 1] / following[k] - current[k] / current[k - 1])
        b.append(following[k] / current[k - 1])
        previous, current = current, following
    coefficients: list[Number] = [1] + [0] * (nodes - 1)
    for _ in range(power):
        moved = [a[k] * coefficients[k] for k in range(nodes)]
        for k in range(1, nodes):
            moved[k] += coefficients[k - 1]
            moved[k - 1] += b[k] * coefficients[k]
        coefficients = moved
    return s[0] * coefficients[0]


def constant_of_strength(n: Number, d: Number, m: int, strength: int) -> Number:
    """G for N_τ(d) ≤ n < N_{τ+1}(d) and τ = ``strength`` < m."""
    odd = strength % 2
    first = 0 if odd else 1
    s = [sphere_moment(d, k) - 1 / n for k in range(first, strength + 1)]
    return 1 / (1 / n + quadrature_of_power(s, m - first))


def constant(q: Quantities) -> Number:
    """G of U3(b); n for n ≤ d, and τ_m(d) from n = N_m(d) on."""

    def piece(strength: int) -> Callable[[], Number]:
        return lambda: constant_of_strength(q.n, q.d, q.m, strength)

    starts = [q.d + 1] + [tensor_dimension(q.d, k) for k in range(2, q.m)]
    pieces = [(1, lambda: q.n)] + [(start, piece(k)) for k, start in enumerate(starts[: q.m - 1], 1)]
    return q.ring.cases(q.n, [*pieces, (q.tensor_dimension, lambda: q.welch_constant)])


LEMMA = Lemma(
    key="universal",
    title="few features: Levenshtein's universal bound",
    statement=r"S^2 \le G\, T, \qquad \frac{1}{G} = \frac{1}{n} + \sum_j \rho_j \alpha_j^m",
    proof=(
        Step(
            "linear_programming",
            "$T >= (1 - h(1)) sum omega_i^2 + h_0 (sum omega_i)^2$ and $sum omega_i^2 >= (sum omega_i)^2/n$",
            Status.STANDARD,
            statement=r"G \le \frac{1}{h_0 + (1 - h(1))/n}\ "
            r"\text{ for } h \le t^{2m} \text{ with Gegenbauer coefficients } h_k \ge 0,\ k \ge 1",
            checked="$h$ the tangent of $u^m$ at a point $v$, $u = t^2$, and for sixth powers $h = 2 u t^4 - u^2 t^2$",
            standard="Delsarte's linear programming bound",
            claim=(
                "T >= (1 - m*v^(m - 1) + (m - 1)*v^m)*sum(i: a[i]^(2*m)) + (m*v^(m - 1)/d - (m - 1)*v^m)*S^2 >= ((1 - m*v^(m "
                "- 1) + (m - 1)*v^m)/n + m*v^(m - 1)/d - (m - 1)*v^m)*S^2",
                "sum(i, j: A[i, j]^6) >= (1 - u)^2*sum(i: a[i]^6) + (6*u/(d*(d + 2)) - u^2/d)*sum(i: a[i]^3)^2",
            ),
            free=(
                ("v", "0..1 real"),
                ("u", "0..12/(d + 4) real"),
            ),
        ),
        Step(
            "interpolant",
            "Levenshtein's quadrature; its interpolants are feasible for absolutely monotone potentials",
            Status.CITED,
            statement=r"h = \text{the Hermite interpolant of } t^{2m} \text{ at the quadrature's nodes}",
            checked="$m = 3$, $5$ and $7$ with the constant itself: $S^2 <= G T$",
            place="Levenshtein 1998; Cohn and Kumar 2007",
            claim=("S^2 <= G_universal*T",),
        ),
    ),
    sources=(LEVENSHTEIN, COHN_KUMAR, BOYVALENKOV, DERIVED),
)
