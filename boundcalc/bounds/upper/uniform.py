r"""Declares U5: one bound for every n and p.

I^* <= p ( sum_{k odd <= m} binom(m,k) mu_{k+1} xi^{(k-1)/(2(m-1))} eta^{(m-k)/(2(m-1))} )^2 with
xi = min( tau_m(d)/beta, n/beta, r p^{-(m-1)/m} / (beta^{(m-1)/m} mu_2) ) and eta = r/mu_2.
As d -> infinity the leading term is p g tau_m(d), uniformly in n and p.
"""

from math import comb

from flint import fmpq

from boundcalc.bounds.declaration import GeneralForm, UpperBound, nothing
from boundcalc.bounds.hypotheses import NONLINEAR
from boundcalc.bounds.recursions import RANK, WELCH
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.lemmas import leverage, moment_powers, welch
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number


def formula(q: Quantities) -> Number:
    m, power = q.m, q.ring.power
    crowded = q.r * power(q.p, fmpq(1 - m, m)) / (power(q.beta, fmpq(m - 1, m)) * q.mu(2))
    xi = q.ring.minimum(q.ring.minimum(q.welch_constant, q.n) / q.beta, crowded)
    eta = q.r / q.mu(2)
    total = 0
    for k in range(1, m + 1, 2):
        shares = power(xi, fmpq(k - 1, 2 * (m - 1))) * power(eta, fmpq(m - k, 2 * (m - 1)))
        total = total + comb(m, k) * q.mu(k + 1) * shares
    return q.p * total**2


BOUND = UpperBound(
    key="uniform",
    section="U5",
    title="uniform in $n$ and $p$",
    formula=formula,
    hypotheses=(NONLINEAR,),
    proof=(
        Step(
            "expansion",
            "expand $(a_i x_i + Z_i)^m$; $x_i$ and $Z_i$ are independent and symmetric",
            Status.PROVEN,
            claim=("C = p*sum(k in 1..m step 2: binom(m, k)*mu[k + 1]*sum(i: a[i]^k*E[Z[i]^(m - k)]))",),
        ),
        Step(
            "pure",
            "lemmas welch and moment_powers; the second by Cauchy-Schwarz, lemma leverage and Hölder. Together $S^2$ "
            "is at most $D/p$ times $xi = min(tau_m(d)/mu_{2m}, n/mu_{2m}, r p^{-(m-1)/m} "
            "mu_{2m}^{-(m-1)/m}/mu_2)$",
            Status.STANDARD,
            standard="Cauchy-Schwarz and Hölder",
            claim=(
                "p*beta*S^2 <= min(tau[m], n)*D",
                "S^2 <= r*T^((m - 1)/m)*sum(i: q[i]^m)^(1/m)",
                "p^((2*m - 1)/m)*beta^((m - 1)/m)*mu[2]*S^2 <= r*D",
            ),
        ),
        Step(
            "mixed",
            "lemmas leverage and moment_powers, and $E Z_i^{2m} <= D_i$: the square is at most $D/p$ times $eta = r/mu_2$",
            Status.STANDARD,
            standard="Cauchy-Schwarz, Lyapunov and Jensen",
            claim=(
                "p*mu[2]*sum(i: a[i]*E[Z[i]^(m - 1)])^2 <= r*D",
                "E[Z[i]^(2*m)] <= D[i]",
            ),
        ),
        Step(
            "between",
            "Lyapunov for the moments of $Z_i$, then Hölder",
            Status.STANDARD,
            standard="Lyapunov and Hölder",
            claim=("sum(i: a[i]^k*E[Z[i]^(m - k)]) <= S^((k - 1)/(m - 1))*sum(i: a[i]*E[Z[i]^(m - 1)])^((m - k)/(m - 1))",),
            free=(("k", "1..m step 2"),),
        ),
        Step(
            "scale",
            "the best scale of $W$",
            Status.PROVEN,
            claim=("I*D <= C^2",),
        ),
    ),
    lemmas=(welch.LEMMA, leverage.LEMMA, moment_powers.LEMMA),
    sources=(DERIVED,),
    tight="$d -> infinity$ with $p d^m -> 0$: the leading term is $p g tau_m(d)$",
    certificate=nothing,
    general=GeneralForm(
        r"I^{\ast} \le p \Bigl(\sum_{k \text{ odd},\, k \le m} \binom{m}{k} \mu_{k+1}\, \xi^{(k-1)/(2(m-1))} "
        r"\eta^{(m-k)/(2(m-1))}\Bigr)^2",
        (
            (
                r"\xi",
                r"\min\Bigl(\frac{\tau_m(d)}{\mu_{2m}}, \frac{n}{\mu_{2m}}, "
                r"\frac{r\, p^{-(m-1)/m}}{\mu_{2m}^{(m-1)/m}\, \mu_2}\Bigr)",
            ),
            (r"\eta", r"\frac{r}{\mu_2}"),
            WELCH,
            RANK,
        ),
        ("n", "d", "p", "mu"),
        up_to=9,
        expression_up_to=None,
    ),
)
