r"""Declares L1c: the rows of an orthogonal array of strength 6 with d columns of signs, one of each pair v, -v; m = 3.

For every row v the others are distributed as d independent random signs as far as six of them are concerned: Q_2, Q_4 and Q_6
are n' times the moments of their sum. Arrays with few rows come from codes: 2048 with 24 columns from the Golay code, 2^{6k-2} with
4^k columns from the Delsarte-Goethals codes, no more than N_3(d) and 3/2 of it.
"""

from __future__ import annotations

from flint import fmpq

from boundcalc.bounds.declaration import Choice, LowerBound
from boundcalc.bounds.hypotheses import CUBIC
from boundcalc.bounds.lower.integer_search import best_candidate, search_quantities
from boundcalc.bounds.lower.invariants import equal_rows
from boundcalc.frames.catalog import GOLAY, array_lines, half_of
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import DELSARTE_GOETHALS, DERIVED, GOETHALS
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number

CODES = 8
"""Only so many of the codes are tried, the largest."""


def power_sums(n_used: Number, d: Number) -> list[Number]:
    """Q_0 (unused), Q_2, Q_4 and Q_6 of every row at unit norms."""
    return [n_used, n_used / d, n_used * (3 * d - 2) / d**3, n_used * (15 * d**2 - 30 * d + 16) / d**5]


def formula(q: Quantities, n_used: Number, d_used: Number) -> Number:
    return equal_rows(q, n_used, power_sums(n_used, d_used))


def choose(problem: Problem) -> Choice | None:
    d, last = problem.d, half_of(problem.d)
    columns = {min(d, GOLAY), *(min(d, 4**half) for half in range(max(3, last + 1 - CODES), last + 1) if d > GOLAY)}
    sizes = [size for size in sorted(columns) if array_lines(size) <= problem.n]
    if not sizes:
        return None
    q = search_quantities(problem)
    best = best_candidate(lambda size: formula(q, fmpq(array_lines(size)), fmpq(size)), sizes)
    shown = {"frame": f"orthogonal_array_{best}", "n": array_lines(best), "d": best}
    return Choice({"n_used": fmpq(array_lines(best)), "d_used": fmpq(best)}, shown)


BOUND = LowerBound(
    key="orthogonal_array",
    section="L1c",
    title="orthogonal arrays of strength $6$",
    formula=formula,
    hypotheses=(CUBIC,),
    proof=(
        Step(
            "existence",
            "the Golay code is its own dual; the formal dual of a Delsarte-Goethals code is the Goethals code of the same length; "
            "both have distance $8$",
            Status.CITED,
            statement=r"\sum_w w_{x_1} \cdots w_{x_t} = 0 \text{ for } t = 2, 4 \text{ or } 6 \text{ different columns}",
            checked="$d' = 24$, all inner products; $d' = 64$, ranks of all differences of forms; $d' = 256$, those of one form",
            place="Goethals 1976, section 3; Delsarte and Goethals 1975, section 4",
        ),
        Step(
            "power_sums",
            "times $v$ the rows are an orthogonal array again; a product of at most six signs has the average of independent ones",
            Status.COMPUTED,
            statement=r"a_i = 1, \qquad Q_2(i) = \frac{n'}{d'}, \quad Q_4(i) = \frac{n' (3 d' - 2)}{d'^3}, \quad "
            r"Q_6(i) = \frac{n' (15 d'^2 - 30 d' + 16)}{d'^5}",
            checked="the moments of a sum of $d'$ signs, $d' <= 12$; all rows of $24$ and of $21$ columns",
        ),
        Step(
            "value",
            "the exact loss of this configuration at its best scale",
            Status.COMPUTED,
            statement=r"I^{\ast} \ge C^2/D",
            checked="$7$ columns, all rows of signs, against the exact loss of their weights",
        ),
    ),
    lemmas=(),
    sources=(DELSARTE_GOETHALS, GOETHALS, DERIVED),
    tight="$d$ near $24$, $64$ or $256$, $p$ near $d^{-3}$: within 7% of frontier at $d = 64$, normal features, $p = 3e-7$",
    chooser=choose,
    no_choice="needs $n >= 2048$, the rows of the smallest array",
    symbols=lambda m: {"n_used": symbol("n_used"), "d_used": symbol("d")},
    assumes=lambda m: (
        "$n' <= n$ rows of an orthogonal array of strength $6$ with $d$ columns of signs, one of each pair $v$, $-v$ "
        "(for $d <= 24$ there is one with $n' = 2048$, for $d <= 4^k$, $k >= 3$, one with $n' = 2^{6k-2}$, "
        "and a smaller number may stand for $d$)"
    ),
)
