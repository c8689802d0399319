r"""Declares U21: I^* <= n p/3 - 0.16454 p^2 (n - r) for features uniform on [-1, 1], any function of y_i for feature i.

The constant is 12/(pi e)^2 = 0.164548..., rounded down.
"""

from flint import fmpq

from boundcalc.bounds.declaration import Limits, UpperBound, nothing
from boundcalc.bounds.hypotheses import FINITE_N, UNIFORM
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.lemmas import entropy_power, leverage, scalar_decoder
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number

LOST = fmpq(16454, 100_000)
"""Not above N²/μ_2, N = 4/(2πe) the entropy power of the law and μ_2 = 1/3."""


def formula(q: Quantities) -> Number:
    return q.mu(2) * q.p * q.n - q.ring.number(LOST) * q.p**2 * (q.n - q.r)


BOUND = UpperBound(
    key="uniform_scalar_decoder",
    section="U21",
    title="uniform features, any function of $y_i$",
    formula=formula,
    hypotheses=(FINITE_N, UNIFORM),
    proof=(
        Step(
            "row",
            "given the support, $y_i$ is a multiple of $u_i + Z$; $V = 1/3$ and $N = 2/(pi e)$ of the next lemma",
            Status.STANDARD,
            standard="the conditional mean is the best decoder, and knowing more cannot hurt",
            statement=r"\mathbb{E}[(x_i - \hat x_i)^2] \ge p\,\frac{12}{(\pi e)^2}\, \mathbb{E}\,\frac{w}{a_i^2 + w}, \qquad "
            r"w = \sum_{j \ne i} s_j A_{ij}^2",
            checked="the best multiple of $y_i^m$ on integer weights, $m = 3$ and $5$, $p = 1/100$, $1/3$ and $1$",
        ),
    ),
    lemmas=(entropy_power.LEMMA, leverage.LEMMA, scalar_decoder.LEMMA),
    sources=(DERIVED,),
    tight="$n <= d$, where nothing is lost",
    certificate=nothing,
    limits=Limits(none={"many": "grows with $n$", "infinite": "grows with $n$"}),
)
