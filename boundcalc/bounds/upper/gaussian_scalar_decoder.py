r"""Declares U20: I^* <= sigma^2 [ n p - p^2 (n - r) ] for gaussian features, whatever function of y_i answers for feature i.

Below U6 where n p << d, and below U0 for every n > d.
"""

from boundcalc.bounds.declaration import Limits, UpperBound, nothing
from boundcalc.bounds.hypotheses import FINITE_N, GAUSSIAN
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.lemmas import leverage, scalar_decoder
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number


def formula(q: Quantities) -> Number:
    return q.mu(2) * (q.p * q.n - q.p**2 * (q.n - q.r))


BOUND = UpperBound(
    key="gaussian_scalar_decoder",
    section="U20",
    title="gaussian features, any function of $y_i$",
    formula=formula,
    hypotheses=(FINITE_N, GAUSSIAN),
    proof=(
        Step(
            "row",
            "given the support $S$ with $i$ in it, $y_i$ is a multiple of $u_i + Z$, $Z$ normal and independent of $u_i$",
            Status.STANDARD,
            statement=r"\mathbb{E}[(x_i - \hat x_i)^2] \ge p\,\mu_2\, \mathbb{E}\,\frac{w}{a_i^2 + w}, \qquad "
            r"w = \sum_{j \ne i} s_j A_{ij}^2",
            checked="the best multiple of $y_i^m$ on integer weights, $m = 3$ and $5$, $p = 1/100$, $1/3$ and $1$",
            standard="the conditional variance of normal variables",
        ),
    ),
    lemmas=(leverage.LEMMA, scalar_decoder.LEMMA),
    sources=(DERIVED,),
    tight="$n <= d$, where nothing is lost; the order of what is lost at $n = 2 d$ is $p^2 d$ for decoders that know the support",
    certificate=nothing,
    limits=Limits(none={"many": "grows with $n$", "infinite": "grows with $n$"}),
)
