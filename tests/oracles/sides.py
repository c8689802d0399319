"""Compares the two sides: upper bounds that a lower bound exceeds, of those that are quick."""

from __future__ import annotations

from boundcalc.bounds.catalog import UPPER
from boundcalc.bounds.declaration import LowerBound
from boundcalc.bounds.outcome import evaluate_lower, evaluate_upper
from boundcalc.model.problem import Problem


def exceeded(bound: LowerBound, problem: Problem) -> list[str]:
    """Keys of the upper bounds whose certified value is below that of ``bound``, which must apply."""
    below = evaluate_lower(bound, problem, 12).value.certified
    values = {upper.key: evaluate_upper(upper, problem, 12).value for upper in UPPER if not upper.slow}
    return [key for key, above in values.items() if above is not None and below > above.certified]
