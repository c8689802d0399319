r"""Declares L1: known configurations, evaluated exactly by the formula of the loss.

For a configuration in which every line sees the others under the same squared inner products u_k with multiplicities
c_k: Q_{2j} = 1 + sum_k c_k u_k^j, at a = 1. With U2 it is sharp as n p -> 0 on sharp configurations.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from boundcalc.bounds.declaration import Choice, GeneralForm, Limits, LowerBound
from boundcalc.bounds.lower.integer_search import best_candidate, search_quantities
from boundcalc.bounds.lower.invariants import equal_rows
from boundcalc.bounds.recursions import ROW
from boundcalc.frames.catalog import Frame, frames_within
from boundcalc.language.claims import Status, Step
from boundcalc.language.sources import CONWAY_SLOANE, DERIVED, WALDRON
from boundcalc.model.notation import symbol
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.moments import Number


def formula(q: Quantities, n_used: Number, power_sums: list[Number]) -> Number:
    return equal_rows(q, n_used, power_sums)


def choose(problem: Problem) -> Choice | None:
    frames = frames_within(problem.n, problem.d)
    if not frames:
        return None

    def values(frame: Frame) -> dict[str, Any]:
        return {"n_used": fmpq(frame.n), "power_sums": [frame.power_sum(j) for j in range(problem.m + 1)]}

    q = search_quantities(problem)
    best = best_candidate(lambda frame: formula(q, **values(frame)), frames)
    return Choice(values(best), {"frame": best.key, "n": best.n, "d": best.d})


BOUND = LowerBound(
    key="known_frame",
    section="L1",
    title="known configurations",
    formula=formula,
    hypotheses=(),
    proof=(
        Step(
            "existence",
            "exact coordinates, from which the inner products of every frame of the catalog were verified",
            Status.COMPUTED,
            statement=r"\text{the configuration exists with these inner products}",
            checked="every frame of the catalog, from exact coordinates",
        ),
        Step(
            "value",
            "the exact loss of this configuration at its best scale",
            Status.COMPUTED,
            statement=r"I^{\ast} \ge C^2/D",
            checked="simplices with $m = 3$ and $5$, against all states of the features",
        ),
    ),
    lemmas=(),
    sources=(WALDRON, CONWAY_SLOANE, DERIVED),
    tight="$n p -> 0$ on sharp configurations, where it meets very_sparse",
    chooser=choose,
    no_choice="needs a known configuration with at most $n$ lines in at most $d$ dimensions; there is none",
    symbols=lambda m: {"n_used": symbol("n_used"), "power_sums": [0] + [symbol("Q", 2 * j) for j in range(1, m + 1)]},
    assumes=lambda m: "$n' <= n$ unit vectors in $R^d$ with the same power sums $Q_k$ for every $i$",
    limits=Limits(none=dict.fromkeys(("dimension", "sparse_dimension"), "one configuration has one $d$"), up_to=31),
    general=GeneralForm(
        r"I^{\ast} \ge \frac{n' \tilde C^2}{\tilde D}",
        ROW,
        ("p", "n_used", "mu", "Q"),
        up_to=9,
    ),
)
