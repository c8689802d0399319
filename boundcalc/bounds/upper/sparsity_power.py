r"""Declares U4: I^* <= 2 K_m^2 r ( alpha^2 p^{1/m} / (beta^{(m-1)/m} mu_2) + mu_2 p ), K_m = m 2^{m-2}.

The order d p^{1/m} is right where d^{-m} << p << 1, the constant is loose by a factor of 10^4 and more.
"""

from flint import fmpq

from boundcalc.bounds.declaration import GeneralForm, UpperBound, nothing
from boundcalc.bounds.recursions import RANK
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import SWISSA
from boundcalc.lemmas import leverage, moment_powers
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number


def formula(q: Quantities) -> Number:
    m = q.m
    twice_k_squared = q.ring.number(fmpq(2) * (fmpq(m) * fmpq(2) ** (m - 2)) ** 2)
    sparse = q.alpha**2 * q.ring.power(q.p, fmpq(1, m)) / (q.ring.power(q.beta, fmpq(m - 1, m)) * q.mu(2))
    return twice_k_squared * q.r * (sparse + q.mu(2) * q.p)


BOUND = UpperBound(
    key="sparsity_power",
    section="U4",
    title="the power $d p^{1/m}$ of sparsity",
    formula=formula,
    hypotheses=(),
    proof=(
        Step(
            "theorem",
            "theorem of the source; $K_m = m 2^{m-2}$, and $I <= C^2/D$ at the best scale",
            Status.CITED,
            place="Swissa 2026",
            claim=("C^2 <= 2*m^2*4^(m - 2)*r*(alpha^2*p^(1/m)/(beta^((m - 1)/m)*mu[2]) + mu[2]*p)*D",),
        ),
    ),
    lemmas=(leverage.LEMMA, moment_powers.LEMMA),
    sources=(SWISSA,),
    tight="the order in $p$ and $d$ for $d^{-m} << p << 1$; the constant never",
    certificate=nothing,
    general=GeneralForm(
        r"I^{\ast} \le 2 K_m^2\, r \Bigl(p\,\mu_2 + \frac{p^{1/m} \mu_{m+1}^2}{\mu_2\, \mu_{2m}^{(m-1)/m}}\Bigr)",
        ((r"K_m", r"m\, 2^{m-2}"), RANK),
        ("n", "d", "p", "mu"),
        up_to=33,
        expression_up_to=None,
    ),
)
