r"""Declares L3: equal-norm half-designs of strength 2m: Q_{2k}(i) = n' c_k(d) for every i and k <= m.

So C and D are explicit rational functions of (n', d, p, mu). Sharp as n p -> 0: I^*/p -> g tau_m(d), U2's limit.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from boundcalc.bounds.declaration import Choice, GeneralForm, Limits, LowerBound
from boundcalc.bounds.lower.integer_search import best_candidate, maximise_integer, search_quantities
from boundcalc.bounds.lower.invariants import equal_rows
from boundcalc.bounds.recursions import CUMULANTS, ENERGY, GAIN, SPHERE, recursion
from boundcalc.frames.catalog import FRAMES
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import CONWAY_SLOANE, DERIVED, WALDRON
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.constants import sphere_moment
from boundcalc.numbers.moments import Number


def formula(q: Quantities, n_used: Number, d_used: Number) -> Number:
    return equal_rows(q, n_used, [n_used * sphere_moment(d_used, k) for k in range(q.m + 1)])


def choose(problem: Problem) -> Choice | None:
    q = search_quantities(problem)

    def value(n_used: int, d_used: int) -> Any:
        return formula(q, fmpq(n_used), fmpq(d_used))

    candidates = [
        (frame.n, frame.d, frame.key)
        for frame in FRAMES
        if frame.strength >= 2 * problem.m and frame.d <= problem.d and frame.n <= problem.n
    ]
    if problem.d >= 2 and problem.n > problem.m:
        flat = int((1000 * (problem.m + 1) / problem.p).ceil())
        high = flat if problem.n > flat else int(problem.n)
        candidates.append((maximise_integer(lambda k: value(k, 2), problem.m + 1, high), 2, "plane_lines"))
    if not candidates:
        return None
    n_used, d_used, name = best_candidate(lambda candidate: value(*candidate[:2]), candidates)
    return Choice({"n_used": fmpq(n_used), "d_used": fmpq(d_used)}, {"frame": name, "n": n_used, "d": d_used})


BOUND = LowerBound(
    key="half_design",
    section="L3",
    title="spherical half-designs of strength $2m$",
    formula=formula,
    hypotheses=(),
    proof=(
        Step(
            "power_sums",
            "a half-design of strength $2m$ averages even polynomials up to degree $2m$ as the sphere does",
            Status.COMPUTED,
            statement=r"Q_{2k}(i) = n'\, c_k(d') \quad (k \le m)",
            checked="every frame of the catalog, from its inner products",
        ),
        Step(
            "value",
            "the exact loss of this configuration at its best scale",
            Status.COMPUTED,
            statement=r"I^{\ast} \ge C^2/D",
            checked="$E_8$ with $m = 3$ and simplices with $m = 1$, against the exact loss of their Gram matrices",
        ),
    ),
    lemmas=(),
    sources=(WALDRON, CONWAY_SLOANE, DERIVED),
    tight="$n p -> 0$, where it meets very_sparse",
    chooser=choose,
    no_choice="needs a known equal-norm half-design of strength $2m$ with at most $n$ lines in at most $d$ dimensions; "
    "none is known",
    symbols=lambda m: {"n_used": symbol("n_used"), "d_used": symbol("d")},
    assumes=lambda m: (
        "$n' <= n$ unit vectors that form a half-design of strength $2m$ in $R^d$ (where they span less, its "
        "dimension stands for $d$)"
    ),
    limits=Limits(up_to=11),
    general=GeneralForm(
        r"I^{\ast} \ge \frac{n' \tilde C^2}{\tilde D}",
        (GAIN, ENERGY, *recursion(r"\kappa_{2j}\, n' c_j(d)"), SPHERE, CUMULANTS),
        ("d", "p", "n_used", "mu"),
        up_to=9,
    ),
)
