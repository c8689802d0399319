r"""Declares L0: I^* >= p min(n, d) g, g = mu_{m+1}^2 / mu_{2m}.

One dimension for each of min(n, d) features, the others ignored: A = c Id.
"""

from boundcalc.bounds.declaration import Choice, LowerBound
from boundcalc.bounds.unequal.form import declared_in
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import DERIVED
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number


def formula(q: Quantities) -> Number:
    return q.p * q.r * q.g


def choose(problem: Problem) -> Choice:
    return Choice(shown={"frame": "orthonormal", "n": problem.rank, "d": problem.rank})


BOUND = LowerBound(
    key="orthonormal",
    section="L0",
    title="no superposition: one dimension a feature",
    formula=formula,
    hypotheses=(),
    proof=(
        Step(
            "value",
            "rows of $A = c Id_r$ do not interact, and $sup_c (2C - D) = r p g$",
            Status.PROVEN,
            claim=(
                "C = r*p*alpha*a[i]^m",
                "D = r*p*beta*a[i]^(2*m)",
                "I*beta <= r*p*alpha^2",
                "C^2*beta = r*p*alpha^2*D",
            ),
            given=(
                "sum(i, j if i != j: A[i, j]^2) = 0",
                "a[i] = a[j]",
            ),
        ),
    ),
    lemmas=(),
    sources=(DERIVED,),
    tight="$n <= d$ for $m = 1$; where superposition provably does not help",
    chooser=choose,
    of_features=declared_in("orthonormal"),
)
