r"""Declares U3(b) in U2: G from Levenshtein's quadrature.

Sharp as n p -> 0 on sharp configurations: the 36 lines of E_6, 63 of E_7, 120 of E_8, equiangular tight frames.
"""

from boundcalc.bounds.declaration import GeneralForm, UpperBound
from boundcalc.bounds.recursions import SPHERE, WELCH
from boundcalc.bounds.upper.rank import LIFTED, PROJECTION
from boundcalc.bounds.upper.very_sparse import ALONE, GENERAL, ISOLATION, SEVERAL, polynomial_certificate, with_constant
from boundcalc.certify.interpolant import levenshtein_interpolant
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import BOYVALENKOV, COHN_KUMAR, DERIVED, LEVENSHTEIN
from boundcalc.lemmas import universal
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number


def formula(q: Quantities) -> Number:
    return with_constant(q, universal.constant(q))


BOUND = UpperBound(
    key="universal",
    section="U3b",
    title="few features: Levenshtein's universal bound",
    formula=formula,
    hypotheses=(),
    proof=(
        ALONE,
        Step(
            "constant",
            "lemma universal",
            Status.CITED,
            statement=r"S^2 \le G\,T,\quad 1/G = 1/n + \sum_j \rho_j \alpha_j^m",
            checked="$m = 3$, $5$ and $7$ with the constant itself, from the moments of the quadrature",
            place="Levenshtein 1998, by the lemma universal",
            claim=("S^2 <= G_universal*T",),
        ),
        LIFTED,
        PROJECTION,
        SEVERAL,
    ),
    lemmas=(universal.LEMMA,),
    sources=(LEVENSHTEIN, COHN_KUMAR, BOYVALENKOV, DERIVED),
    tight="$n p -> 0$ on sharp configurations",
    certificate=polynomial_certificate(levenshtein_interpolant),
    general=GeneralForm(
        GENERAL,
        (
            (
                r"\frac{1}{G}",
                r"\begin{cases} \frac{1}{n}, & n < d + 1 \\[3pt] \frac{1}{n} + \sum_j \rho_j \alpha_j^m, & n < N_m(d) "
                r"\\[3pt] \frac{1}{\tau_m(d)}, & n \geq N_m(d) \end{cases}",
            ),
            (r"\rho_j,\, \alpha_j", r"\text{weights and nodes of the Gauss quadrature of } \nu, \text{ for odd } \ell"),
            (r"\rho_j \alpha_j,\, \alpha_j", r"\text{weights and nodes of that of } u\,\nu, \text{ for even } \ell"),
            (r"\ell", r"\max\{k : N_k(d) \le n\}, \text{ the quadratures with } \lceil \ell/2 \rceil \text{ nodes}"),
            (r"\nu(f)", r"\sum_k f_k\, c_k(d) - \frac{f(1)}{n}, \quad f = \textstyle\sum_k f_k u^k"),
            SPHERE,
            (r"N_k(d)", r"\binom{d + k - 1}{k}"),
            WELCH,
            ISOLATION,
        ),
        ("n", "d", "p", "mu"),
        up_to=5,
        expression_up_to=9,
    ),
)
