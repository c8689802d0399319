r"""Declares a template of a bound: I^* <= p mu_2 (n + N_m(d))/2, halfway between trivial and rank.

Copy this file to boundcalc/bounds/upper/, under the name of your key, and list its BOUND in boundcalc/bounds/catalog.py. The
docstring states the inequality, when it is tight and whence it comes. This one is never better than rank: it is an example.
"""

from boundcalc.bounds.declaration import Limits, UpperBound, nothing
from boundcalc.bounds.upper.rank import LIFTED, PROJECTION
from boundcalc.language.claims import Hypothesis, Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number

# a condition on the problem: a sentence, its mathematics between dollars, a predicate, and what to say where it fails; those that
# several bounds share, this one among them, are in boundcalc/bounds/hypotheses.py
FINITE = Hypothesis("a finite $n$", lambda problem: not problem.is_infinite, lambda problem: "$n = inf$")


def formula(q: Quantities) -> Number:
    """Over any ring: exact rationals, balls, floats and SymPy symbols all pass through here."""
    return q.p * q.mu(2) * (q.n + q.tensor_dimension) / 2


BOUND = UpperBound(
    key="halfway",
    section="T1",  # its name in the theory, which no other bound has: U and a number, or L for a lower bound
    title="halfway between trivial and rank",
    formula=formula,
    hypotheses=(FINITE,),
    proof=(
        LIFTED,
        PROJECTION,
        Step(
            "mean",
            "the rank of $Pi$ is at most $n$ and at most $N$, hence at most their mean",
            Status.ARGUED,
            # what it says, in the language of `boundcalc check`: it is printed, and attacked, as it stands here
            claim=("E[sum(i: sum(j: L[i, j]*x[j])^2)] = p*mu[2]*sum(i: L[i, i]) <= p*mu[2]*(n + N[m])/2",),
        ),
    ),
    lemmas=(),
    sources=(DERIVED,),
    tight="$n = N_m(d)$, with linearly independent lifted columns",
    certificate=nothing,  # its formula is enough
    # where `boundcalc latex limits` takes none it says why; docs/howto/add_a_bound.md lists the other fields
    limits=Limits(none=dict.fromkeys(("many", "infinite", "dimension", "sparse_dimension"), "grows with $n$")),
)
