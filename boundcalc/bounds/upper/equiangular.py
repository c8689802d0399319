r"""Declares U3(a) in U2: G = n / (1 + (n-1) rho^m), rho = (n-d)_+ / (d(n-1)).

Sharp as n p -> 0 if and only if an equiangular tight frame of n vectors in R^d exists.
"""

from boundcalc.bounds.declaration import GeneralForm, UpperBound
from boundcalc.bounds.upper.rank import LIFTED, PROJECTION
from boundcalc.bounds.upper.very_sparse import ALONE, GENERAL, ISOLATION, SEVERAL, polynomial_certificate, with_constant
from boundcalc.certify.interpolant import tangent
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import DERIVED, WELCH
from boundcalc.lemmas import equiangular
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number


def formula(q: Quantities) -> Number:
    return with_constant(q, equiangular.constant(q))


BOUND = UpperBound(
    key="equiangular",
    section="U3a",
    title="few features: equiangular lines",
    formula=formula,
    hypotheses=(),
    proof=(
        ALONE,
        Step(
            "constant",
            "lemma equiangular",
            Status.STANDARD,
            standard="Welch, by the lemma equiangular",
            claim=("S^2 <= n*T/(1 + (n - 1)*rho^m)",),
        ),
        LIFTED,
        PROJECTION,
        SEVERAL,
    ),
    lemmas=(equiangular.LEMMA,),
    sources=(WELCH, DERIVED),
    tight="$n p -> 0$ where an equiangular tight frame $(d, n)$ exists",
    certificate=polynomial_certificate(tangent),
    general=GeneralForm(
        GENERAL,
        (
            (
                r"\frac{1}{G}",
                r"\begin{cases} \frac{1}{n}, & n < d + 1 \\[3pt] \frac{1 + (n - 1)\, \rho^m}{n}, & n \geq d + 1 \end{cases}",
            ),
            (r"\rho", r"\frac{n - d}{d (n - 1)}"),
            (r"N_m(d)", r"\binom{d + m - 1}{m}"),
            ISOLATION,
        ),
        ("n", "d", "p", "mu"),
        up_to=33,
        expression_up_to=None,
    ),
)
