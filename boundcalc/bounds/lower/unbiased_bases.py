r"""Declares L1b: s mutually unbiased bases of R^d, d a power of 4, 2 <= s <= d/2 + 1; n' = s d.

a = 1, and every row has one entry A_ij^2 = 1, d - 1 zeros and n' - d entries 1/d: Q_{2j} = 1 + (n' - d)/d^j. So C and D are
polynomials in n' for every odd m, law and p. Among tight frames of equal norms no n' vectors have a smaller Q_4 than the d/2 + 1
bases, and at moderate p they come within a fraction of a percent of every upper bound on all weights.
"""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq, fmpq_poly

from boundcalc.bounds.declaration import Choice, GeneralForm, Limits, LowerBound
from boundcalc.bounds.lower.integer_search import best_candidate, maximise_integer, search_quantities
from boundcalc.bounds.lower.invariants import equal_rows
from boundcalc.bounds.recursions import CUMULANTS, ENERGY, GAIN, recursion
from boundcalc.certify.real_roots import isolate_real_roots
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import CALDERBANK, DERIVED
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number, row_polynomials
from boundcalc.numbers.rings import EXACT

POWERS = 8
"""Only so many of the powers of 4 are tried, the largest: in fewer dimensions so few features fit that no witness is better."""
LARGEST_M, MOST_BASES = 9, 10**9
"""Up to these the number of bases is the best one, decided in exact arithmetic; past them the best that a search finds."""


def power_sums(m: int, n_used: Number, d: Number) -> list[Number]:
    """Q_0 (unused), Q_2, …, Q_{2m} of every row at unit norms."""
    return [n_used, n_used / d, *(1 + (n_used - d) / d**j for j in range(2, m + 1))]


def formula(q: Quantities, n_used: Number, d_used: Number) -> Number:
    return equal_rows(q, n_used, power_sums(q.m, n_used, d_used))


def dimensions(problem: Problem) -> Iterator[tuple[int, int]]:
    """The largest powers of 4 in which two bases fit, each with the most bases that fit."""
    room = problem.d if problem.n >= 2 * problem.d else int(problem.n) // 2
    largest = (room.bit_length() - 1) // 2
    for k in range(max(1, largest + 1 - POWERS), largest + 1):
        d = 4**k
        yield d, d // 2 + 1 if problem.n >= d * (d // 2 + 1) else int(problem.n) // d


def best_count(problem: Problem, d: int, most: int) -> int:
    """The number of bases from 2 to ``most`` whose improvement is largest, the least of several.

    The improvement is a rational function of the number s: the best whole s is an end of the range, or beside a zero of the
    derivative.
    """
    if problem.m > LARGEST_M or most > MOST_BASES:
        q = search_quantities(problem)
        return maximise_integer(lambda s: formula(q, fmpq(s * d), fmpq(d)), 2, most)
    q = Quantities(EXACT, problem)
    n_used = fmpq_poly([0, d])
    C, D = map(fmpq_poly, row_polynomials(problem.m, q.kappa, 1, power_sums(problem.m, n_used, fmpq(d))))
    # (n' C^2/D)' = 0 where C (n'' C D + 2 n' C' D - n' C D') = 0; a zero of C is no maximum
    slope = d * C * D + n_used * (2 * C.derivative() * D - C * D.derivative())
    candidates = {2, most}
    if slope.degree() > 0:
        for root in isolate_real_roots(slope, fmpq(2), fmpq(most)):
            near = root.refined(most.bit_length() + 2)
            candidates |= {int(near.low.floor()), int(near.high.ceil())}
    return min(candidates, key=lambda s: (-formula(q, fmpq(s * d), fmpq(d)), s))


def choose(problem: Problem) -> Choice | None:
    sizes = [(d, best_count(problem, d, most)) for d, most in dimensions(problem)]
    if not sizes:
        return None
    q = search_quantities(problem)
    d, count = best_candidate(lambda size: formula(q, fmpq(size[0] * size[1]), fmpq(size[0])), sizes)
    return choice_of(d, count)


def choice_of(d: int, count: int) -> Choice:
    """``count`` bases of R^d."""
    shown = {"frame": f"unbiased_bases_{d}_{count}", "n": d * count, "d": d}
    return Choice({"n_used": fmpq(d * count), "d_used": fmpq(d)}, shown)


BOUND = LowerBound(
    key="unbiased_bases",
    section="L1b",
    title="mutually unbiased bases of a dimension that is a power of $4$",
    formula=formula,
    hypotheses=(),
    proof=(
        Step(
            "existence",
            "Kerdock sets of alternating forms, with nonsingular differences",
            Status.CITED,
            statement=r"\mathbb{R}^{d'},\ d' = 4^k, \text{ has } d'/2 + 1 \text{ orthonormal bases with } "
            r"\langle v, w\rangle^2 = 1/d' \text{ for } v, w \text{ of different bases}",
            checked="$d' = 4$, $16$, $64$ and $256$: every difference of two forms is nonsingular; "
            "all inner products for $d' = 4$ and $16$",
            place="Calderbank, Cameron, Kantor and Seidel 1997, section 3",
        ),
        Step(
            "power_sums",
            "one vector sees itself, $d' - 1$ orthogonal ones and $n' - d'$ of squared inner product $1/d'$",
            Status.COMPUTED,
            statement=r"a_i = 1, \qquad Q_{2j}(i) = 1 + \frac{n' - d'}{d'^{\,j}}, \quad n' = s\,d'",
            checked="every row of the Gram matrix for $d' = 4$ and $16$ and every number of bases, $j <= 7$",
        ),
        Step(
            "value",
            "the exact loss of this configuration at its best scale",
            Status.COMPUTED,
            statement=r"I^{\ast} \ge C^2/D",
            checked="three bases for $d' = 4$ and two for $d' = 16$, $m = 3$ and $5$, against the exact loss of their weights",
        ),
    ),
    lemmas=(),
    sources=(CALDERBANK, DERIVED),
    tight="$m = 3$, $d$ a power of $4$, moderate $p$: within 0.6% of frontier at $d = 64$",
    chooser=choose,
    no_choice="needs $d >= 4$ and $n >= 8$, two bases of $R^4$",
    symbols=lambda m: {"n_used": symbol("n_used"), "d_used": symbol("d")},
    assumes=lambda m: (
        "a multiple $n'$ of $d$ with $2 d <= n' <= n$ and $n' <= d (d/2 + 1)$; "
        "$d$ a power of $4$ (of another dimension a power of $4$ below it stands for $d$)"
    ),
    limits=Limits(up_to=11),
    general=GeneralForm(
        r"I^{\ast} \ge \frac{n' \tilde C^2}{\tilde D}",
        (GAIN, ENERGY, *recursion(r"\kappa_{2j} \Bigl(1 + \frac{n' - d}{d^{\,j}}\Bigr)"), CUMULANTS),
        ("d", "p", "n_used", "mu"),
        up_to=9,
    ),
)
