r"""Declares U0: I^* <= p mu_2 n, the loss cannot be negative.

Tight when n <= d and m = 1.
"""

from boundcalc.bounds.declaration import Limits, UpperBound, nothing
from boundcalc.bounds.hypotheses import FINITE_N
from boundcalc.bounds.unequal.form import declared_in
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number


def formula(q: Quantities) -> Number:
    return q.p * q.mu(2) * q.n


BOUND = UpperBound(
    key="trivial",
    section="U0",
    title="the loss is not negative",
    formula=formula,
    hypotheses=(FINITE_N,),
    proof=(
        Step(
            "nonnegative",
            "a mean square is not negative, and $E|x|^2 = p n mu_2$",
            Status.PROVEN,
            claim=("p*n*mu[2] - I = E[sum(i: (x[i] - xhat[i])^2)] >= 0",),
        ),
    ),
    lemmas=(),
    sources=(DERIVED,),
    tight="$n <= d$ and $m = 1$: every feature has a dimension of its own",
    certificate=nothing,
    limits=Limits(
        none={
            "many": "grows with $n$",
            "infinite": "grows with $n$",
            "dimension": "does not depend on $d$",
            "sparse_dimension": "does not depend on $d$",
        }
    ),
    of_features=declared_in("trivial"),
)
