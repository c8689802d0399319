"""Says where weights stand between the certified bounds: the share of the best possible, and who does better."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from boundcalc.bounds.evaluate import Report
from boundcalc.bounds.outcome import LowerOutcome
from boundcalc.numbers.enclosure import Enclosure


@dataclass(frozen=True)
class Standing:
    """What follows from the improvement of weights at their best scale and the report on their problem.

    Attributes
    ----------
    share : Enclosure
        I(W)/I*, between the improvement over the best upper bound and, at most 1, over the best lower bound.
    against_basis : Enclosure or None
        I(W) over the improvement of the orthonormal basis, which holds min(n, d) features without superposition.
    better : LowerOutcome or None
        The best lower bound, where its witness is certainly better than W.
    better_by : Enclosure or None
        The improvement of that witness over I(W).
    """

    share: Enclosure
    against_basis: Enclosure | None
    better: LowerOutcome | None
    better_by: Enclosure | None


ROUNDING = fmpq(1, 10**12)
"""A witness whose entries are rounded to float64 is no worse than itself by less than this."""


def standing(improvement: Enclosure, answer: Report) -> Standing:
    """Where weights of this improvement stand.

    Parameters
    ----------
    improvement : Enclosure
        C²/D, certified, above 0.
    answer : Report
        All bounds on the problem of the weights.
    """
    upper, lower = answer.best_upper.value, answer.best_lower.value
    assert upper is not None
    assert lower is not None
    least = (improvement / upper.enclosure).lower
    most = (improvement / lower.enclosure).upper
    alone = next((outcome.value for outcome in answer.lower if outcome.bound.key == "orthonormal" and outcome.value), None)
    beaten = lower.enclosure.lower > improvement.upper * (1 + ROUNDING)
    return Standing(
        share=Enclosure(least, max(least, min(most, fmpq(1)))),
        against_basis=improvement / alone.enclosure if alone is not None else None,
        better=answer.best_lower if beaten else None,
        better_by=lower.enclosure / improvement if beaten else None,
    )
