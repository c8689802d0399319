r"""Declares U1, weaker form: I^* <= p mu_2 d^m, the order of Chowdhury and Weiner, Theorem 3.1.

The full tensor power R^{d^m} in place of its symmetric part.
"""

from boundcalc.bounds.declaration import UpperBound, nothing
from boundcalc.bounds.upper.rank import LIFTED, PROJECTION
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import CHOWDHURY_WEINER
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number


def formula(q: Quantities) -> Number:
    return q.p * q.mu(2) * q.d**q.m


BOUND = UpperBound(
    key="tensor_power",
    section="U1",
    title="dimension of the $m$-th tensor power",
    formula=formula,
    hypotheses=(),
    proof=(
        LIFTED,
        PROJECTION,
        Step(
            "dimension",
            "the lifted columns live in a space of dimension $d^m$",
            Status.STANDARD,
            standard="the trace of a projection is its rank",
            claim=("sum(i: L[i, i]) <= d^m",),
        ),
    ),
    lemmas=(),
    sources=(CHOWDHURY_WEINER,),
    tight="$d = 1$",
    certificate=nothing,
)
