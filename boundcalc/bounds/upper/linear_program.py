r"""Declares U3(c) in U2: G = 1/(h_0 + (1 - h(1))/n) from a polynomial h <= t^{2m} with a rational certificate.

It improves on U3(b) where Levenshtein's quadrature has a negative test function: m = 3, d = 3, n = 5 and 7 to 10;
d = 4, n = 13 to 20; and somewhat past N_m(d). Where a sharp configuration exists U3(b) is already the program's optimum.
"""

from __future__ import annotations

from flint import fmpq_poly

from boundcalc.bounds.declaration import Choice, Limits, UpperBound
from boundcalc.bounds.upper.rank import LIFTED, PROJECTION
from boundcalc.bounds.upper.very_sparse import ALONE, SEVERAL, polynomial_certificate, with_constant
from boundcalc.certify import linear_program as solver
from boundcalc.certify.quadrature_dual import is_optimal
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import DELSARTE_GOETHALS_SEIDEL, DERIVED, LEVENSHTEIN
from boundcalc.lemmas import linear_program
from boundcalc.lemmas.few_features import best_constant
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.constants import tensor_dimension
from boundcalc.numbers.moments import Number
from boundcalc.numbers.rings import EXACT

MAX_D, MAX_M = 200, 9
EXTRA_DEGREE = 8
"""h has degree m + 8 in u = t²; for d = 3 to 8 degree m + 20 gave less than 1e-4 more."""
REACH = 4
"""Tried up to n = 4 N_m(d); improvements were seen up to 2 N_m(d) (m = 9, d = 20)."""


def formula(q: Quantities, constant: Number) -> Number:
    return with_constant(q, constant)


def choose(problem: Problem) -> Choice | None:
    """The certificate's polynomial and G, where G is below every closed form of U3."""
    found = certificate(problem)
    if found is None:
        return None
    shown = {"degree": found.degree, "gegenbauer": [str(h) for h in found.gegenbauer], "G": str(found.constant)}
    return Choice({"constant": found.constant}, shown)


def certificate(problem: Problem) -> solver.LinearProgramCertificate | None:
    """A proven certificate whose G is below every closed form of U3; ``None`` where there is none."""
    d, m = problem.d, problem.m
    if problem.is_infinite or not (2 <= d <= MAX_D and 3 <= m <= MAX_M):
        return None
    n = int(problem.n)
    if not d < n <= REACH * int(tensor_dimension(d, m)) or is_optimal(n, d, m, m + EXTRA_DEGREE):
        return None
    found = solver.certify(n, d, m, m + EXTRA_DEGREE)
    return found if found is not None and found.constant < best_constant(Quantities(EXACT, problem)) else None


def _polynomial(problem: Problem) -> fmpq_poly:
    found = certificate(problem)
    assert found is not None  # the chooser found it
    return found.polynomial


BOUND = UpperBound(
    key="linear_program",
    section="U3c",
    title="few features: a linear programming certificate",
    formula=formula,
    hypotheses=(),
    proof=(
        ALONE,
        Step(
            "constant",
            "lemma linear_program",
            Status.COMPUTED,
            statement=r"S^2 \le G\,T,\quad 1/G = h_0 + (1 - h(1))/n",
            checked="the constants of certificates with $m = 3$ and $5$ on integer weights, and every certificate is verified "
            "where it is used",
        ),
        LIFTED,
        PROJECTION,
        SEVERAL,
    ),
    lemmas=(linear_program.LEMMA,),
    sources=(DELSARTE_GOETHALS_SEIDEL, LEVENSHTEIN, DERIVED),
    tight="no case known; where a sharp configuration exists U3(b) is already exact",
    chooser=choose,
    no_choice=(
        f"no polynomial of degree $m + {EXTRA_DEGREE}$ in $t^2$ was found that improves on the closed forms of U3 "
        f"(tried for $d < n <= {REACH} N_m(d)$, $2 <= d <= {MAX_D}$, $3 <= m <= {MAX_M}$)"
    ),
    symbols=lambda m: {"constant": symbol("G")},
    assumes=lambda m: f"an even polynomial $h <= t^{{2m}}$ {linear_program.POLYNOMIAL}, and $1/G = h_0 + (1 - h(1))/n > 0$",
    defines=frozenset({"G"}),
    certificate=polynomial_certificate(_polynomial),
    slow=True,
    dominates=("very_sparse",),
    limits=Limits(
        at=lambda q: ({"constant": best_constant(q)}, f"h = t^{{{2 * q.m}}}") if q.infinite else ({"constant": symbol("G")}, "")
    ),
)
