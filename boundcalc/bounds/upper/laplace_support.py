r"""Declares U15 for Laplace features and every decoder that sees only W x, whose Stein kernel 1 + |u| has no bound.

I^* <= 2 M + d ln(1 + 2 (n p - M)/(2 d + 1)) with M = E min(d, Bin(n, p)): never above U0, 2 M the value of a kernel that was
constant, and the logarithm what the largest of many active values add.
"""

from flint import fmpq

from boundcalc.bounds.declaration import Limits, UpperBound, nothing
from boundcalc.bounds.hypotheses import FINITE_N, LAPLACE
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number

GROWS = "grows with $n$"


def formula(q: Quantities) -> Number:
    ring = q.ring
    seen = ring.expected_minimum(q.d, q.n, q.p)
    crowd = ring.log(1 + 2 * (q.n * q.p - seen) / (2 * q.d + 1))
    return q.mu(2) * (seen + q.d * ring.number(fmpq(1, 2)) * crowd)


BOUND = UpperBound(
    key="laplace_support",
    section="U15",
    title="Laplace features, any decoder",
    formula=formula,
    hypotheses=(FINITE_N, LAPLACE),
    proof=(
        Step(
            "oracle",
            "given the support $S$, $f_i = E[x_i | W x]$ grows along $w_i$ at a rate $J_i$ between $0$ and $1$ since the "
            "densities are log-concave, the $J_i$ sum to the rank $k$ of $W_S$, and $E f_i^2 = E tau(u_i) J_i$ with Stein's "
            "kernel $tau(u) = 1 + |u|$; so $E |f|^2$ is at most the mean of the sum of the $k$ largest of the $tau(u_i)$",
            Status.ARGUED,
            statement=r"I \le \mathbb{E}\, t\bigl(\operatorname{rank} W_{\operatorname{supp} x}, |\operatorname{supp} x|\bigr), "
            r"\qquad t(k, N) = \mathbb{E} \max_{|D| = k} \sum_{i \in D} (1 + |u_i|), \quad D \subseteq \{1, \dots, N\}",
            checked="$C^2/D$ at most $E t$ of the active columns on integer weights, $m = 3$ and $5$, $p = 1/100$, $1/3$ and $1$",
        ),
        Step(
            "largest",
            "the $|u_i|$ are exponential: between the $j$-th and the $(j+1)$-th largest lies an independent exponential value of "
            "mean $1/j$ (Renyi), and $t$ grows with $k$",
            Status.STANDARD,
            standard="spacings of exponential order statistics",
            statement=r"t(k, N) = k\,(2 + H_N - H_k), \qquad H_k = 1 + \tfrac12 + \dots + \tfrac1k, \qquad "
            r"\operatorname{rank} W_{\operatorname{supp} x} \le \min(d, |\operatorname{supp} x|)",
            checked="the integrals of the tails of the order statistics, in exact rationals, $k <= N <= 12$",
        ),
        Step(
            "harmonic",
            "$H_N - ln(N + 1/2)$ decreases in $N$",
            Status.STANDARD,
            standard="$ln((2 N + 1)/(2 N - 1)) > 1/N$, the first term of the series of the inverse hyperbolic tangent",
            statement=r"t(\min(d, N), N) \le 2 \min(d, N) + d \ln\Bigl(1 + \frac{2 (N - d)_+}{2 d + 1}\Bigr)",
            checked="every $d < N <= 60$",
        ),
        Step(
            "mean",
            "the logarithm is concave, and $(N - d)_+ = N - min(d, N)$",
            Status.STANDARD,
            standard="Jensen's inequality",
            statement=r"\mathbb{E}\ln\Bigl(1 + \frac{2 (N - d)_+}{2 d + 1}\Bigr) \le "
            r"\ln\Bigl(1 + \frac{2 (n p - M)}{2 d + 1}\Bigr), \qquad N = |\operatorname{supp} x|, \quad "
            r"M = \mathbb{E} \min(d, N)",
            checked="$d < n <= 12$ and six values of $p$",
        ),
    ),
    lemmas=(),
    sources=(DERIVED,),
    tight="$n <= d$; else at most $1.7$ times what search attains for decoders that are not restricted, where $n <= 6$, $p = 1$",
    certificate=nothing,
    limits=Limits(none={"many": GROWS, "infinite": GROWS, "dimension": GROWS, "sparse_dimension": GROWS}),
)
