r"""Declares U6: I^* <= sigma^2 E min(d, Bin(n, p)) for gaussian features and every decoder that sees only W x (sigma = 1 here).

Tight at p = 1: for m = 1 it meets orthonormal there, for m >= 3 only decoders that are not restricted attain it.
"""

from boundcalc.bounds.declaration import UpperBound, nothing
from boundcalc.bounds.hypotheses import GAUSSIAN
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number


def formula(q: Quantities) -> Number:
    return q.mu(2) * q.ring.expected_minimum(q.d, q.n, q.p)


BOUND = UpperBound(
    key="gaussian_support",
    section="U6",
    title="gaussian features, any decoder",
    formula=formula,
    hypotheses=(GAUSSIAN,),
    proof=(
        Step(
            "oracle",
            "telling the decoder the support cannot hurt, and the conditional mean is the best decoder",
            Status.STANDARD,
            statement=r"I \le \mathbb{E}\,\bigl\|\mathbb{E}[x \mid Wx, \operatorname{supp} x]\bigr\|^2",
            checked="$C^2/D$ at most the mean rank of the active columns on integer weights, $m = 3$ and $5$, $p = 1/100$, "
            "$1/3$ and $1$",
            standard="the conditional mean is the best decoder, and knowing more cannot hurt",
        ),
        Step(
            "projection",
            "given the support the features are independent normals, so the conditional mean is an orthogonal projection",
            Status.STANDARD,
            statement=r"\mathbb{E}\bigl[\|\mathbb{E}[x \mid Wx, \operatorname{supp} x]\|^2 \bigm| \operatorname{supp} x\bigr] "
            r"= \sigma^2 \operatorname{rank} \le \sigma^2 \min(d, |\operatorname{supp} x|)",
            checked="the inequality of the ranks, for every support",
            standard="the conditional mean of normal variables is a projection",
            claim=("visible <= min(d, active)",),
        ),
    ),
    lemmas=(),
    sources=(DERIVED,),
    tight="$p = 1$ for $m = 1$; $p = 1$ and $n p -> 0$ for decoders that are not restricted",
    certificate=nothing,
)
