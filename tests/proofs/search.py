"""The step of L5: C and D of a table entry, by its invariants, against the loss of its matrix."""

from __future__ import annotations

from proofs.registry import bound_step, proves

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.lower.witness_table import find
from boundcalc.loss.exact import exact_loss
from boundcalc.problem import Problem


@proves(bound_step("search", "value"))
def exact_value_of_the_matrix() -> None:
    for m, n, d in ((3, 12, 4), (3, 40, 6), (5, 30, 4)):
        problem = Problem(n, d, m, "1/40", "laplace")
        bound = BOUNDS["search"]
        choice = bound.choose(problem)
        assert choice is not None
        entry = find(choice.shown["witness"])
        assert entry.n <= n
        assert entry.d <= d
        loss = exact_loss(entry.rows(), m=m, p="1/40", law="laplace")
        assert bound.exact(problem, choice) == loss.improvement_best_scale
