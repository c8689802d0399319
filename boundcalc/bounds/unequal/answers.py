r"""Answers which features are held: by the best witness, certainly, and certainly not.

The proofs of capacity and frontier bound the improvement by U = b + r theta + sum_j tau_j, where row j, of signal fraction t_j,
adds R_j(t_j) <= theta t_j + tau_j. Weights of improvement L or more, such as the optimal ones, lose at most U - L in all:

    R_i(t_i) - theta t_i >= tau_i - (U - L)      for every i.

So t_i > 0 where tau_i > U - L; and where R_i(t) <= rho t for all t with rho < theta, t_i <= (U - L)/(theta - rho).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flint import fmpq

from boundcalc.bounds.declaration import Choice
from boundcalc.bounds.frontiers.rounding import rational
from boundcalc.bounds.unequal.capacity import proven_rows as capacity_rows
from boundcalc.bounds.unequal.capacity import smallest_capacity
from boundcalc.bounds.unequal.frontier import proven_rows as frontier_rows
from boundcalc.bounds.unequal.kinds import kinds
from boundcalc.bounds.unequal.rows import ProvableRow, Sampled
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.enclosure import decimal_ceiling

if TYPE_CHECKING:
    from boundcalc.bounds.evaluate import Report
    from boundcalc.bounds.outcome import UpperOutcome

Rows = tuple[fmpq, tuple[fmpq, ...], Sequence[ProvableRow]]
ROWS: dict[str, Callable[[FeatureProblem, Choice], Rows]] = {"capacity": capacity_rows, "frontier": frontier_rows}
"""The bounds whose proofs say something of single features."""
MOST_COLUMNS, MOST_KINDS = 1000, 64
SMALL = fmpq(1, 10)
"""A signal fraction below which a feature is called dropped."""


@dataclass(frozen=True)
class Selection:
    """Which features are held, by their columns from 1.

    Attributes
    ----------
    represented : tuple of int or None
        By the best witness, of many the first ones; ``None`` where it does not name them.
    certain : tuple of int
        In all weights whose improvement is that of the witness or more, the optimal ones among them.
    limited : tuple of (columns, fmpq)
        In all of these weights the signal fraction of each of these features is at most that number: 0 is dropped.
    by : str
        The upper bound whose proof says so.
    count : int or None
        How many the best witness represents.
    """

    represented: tuple[int, ...] | None
    certain: tuple[int, ...]
    limited: tuple[tuple[tuple[int, ...], fmpq], ...]
    by: str
    count: int | None = None

    def as_json(self, digits: int) -> dict[str, Any]:
        """The ``selection`` of ``bounds --json``."""
        return {
            "represented": None if self.represented is None else list(self.represented),
            "represented_count": self.count,
            "certain": list(self.certain),
            "limited": [
                {"columns": list(columns), "signal_fraction_at_most": decimal_ceiling(cap, digits)} for columns, cap in self.limited
            ],
            "by": self.by,
        }


def selection(answer: Report) -> Selection | None:
    """What is known of single features; ``None`` for features of one kind."""
    problem = answer.problem
    if not isinstance(problem, FeatureProblem) or problem.equal is not None:
        return None
    lower = answer.best_lower.value
    assert lower is not None
    outcomes = [outcome for outcome in answer.upper if outcome.bound.key in ROWS and outcome.value is not None]
    outcomes = [outcome for outcome in outcomes if "form" not in outcome.choice.values]  # one dimension: not by rows
    certain: dict[int, None] = {}
    limits: dict[int, tuple[tuple[int, ...], fmpq]] = {}
    for outcome in outcomes:
        _judge(problem, outcome, lower.certified, certain, limits)
    every = kinds(problem)
    held = sorted(column for k in certain for column in every[k].columns(MOST_COLUMNS))
    by = answer.best_upper.bound.key if answer.best_upper.bound.key in ROWS else "frontier"
    count = answer.best_lower.choice.shown.get("n")
    return Selection(
        _represented(answer), tuple(held), tuple(limits[k] for k in sorted(limits)), by, None if count is None else int(count)
    )


def _judge(
    problem: FeatureProblem,
    outcome: UpperOutcome,
    least: fmpq,
    certain: dict[int, None],
    limits: dict[int, tuple[tuple[int, ...], fmpq]],
) -> None:
    """Adds what the proof of one bound says."""
    assert outcome.value is not None
    every, gap = kinds(problem), outcome.value.certified - least
    theta, taus, rows = ROWS[outcome.bound.key](problem, outcome.choice)
    for k, (kind, tau, row) in enumerate(zip(every[:MOST_KINDS], taus, rows, strict=False)):
        if tau > gap:
            certain[k] = None
        elif tau == 0 and theta > 0:
            slope = _slope(row, kind.alone, smallest_capacity(every))
            if slope is not None and slope < theta:
                cap = max(gap, fmpq(0)) / (theta - slope)
                if cap < 1 and (k not in limits or cap < limits[k][1]):
                    limits[k] = tuple(kind.columns(MOST_COLUMNS)), cap


def _slope(row: ProvableRow, unit: fmpq, least: float) -> fmpq | None:
    """A proven ρ with R(t) ≤ ρ t, next to the least one."""
    with suppress(OverflowError):  # beyond the range of float64
        sampled = Sampled([row], [1], 1, unit, least)
        near = float((sampled.values / sampled.t).max())
        for room in (1e-6, 1e-3, 1e-1):
            slope = rational(near * (1 + room)) * unit
            if row.holds(slope, fmpq(0)):
                return slope
    return None


def _represented(answer: Report) -> tuple[int, ...] | None:
    shown = answer.best_lower.choice.shown
    parts = [shown, *shown.get("blocks", ())]
    columns = [column for part in parts for column in part.get("columns", ())]
    return tuple(sorted(columns)) if columns else None


def sentences(found: Selection) -> list[str]:
    """The same in sentences."""
    lines = []
    if found.represented is not None:
        more = found.count is not None and found.count > len(found.represented)
        many = found.count if more else len(found.represented)
        lines.append(f"the witness represents {many} features{', among them' if more else ':'} {listed(found.represented)}")
    if found.certain:
        lines.append(f"every optimal W represents {listed(found.certain)}, by {found.by}")
    dropped = [column for columns, cap in found.limited if cap == 0 for column in columns]
    if dropped:
        lines.append(f"every optimal W drops {listed(tuple(dropped))}, by {found.by}")
    for columns, cap in found.limited:
        if 0 < cap <= SMALL:
            lines.append(f"in every optimal W the signal fraction of {listed(columns)} is at most {decimal_ceiling(cap, 2)}")
    return lines


def listed(columns: tuple[int, ...]) -> str:
    """Columns in runs: 1-3, 7."""
    runs: list[list[int]] = []
    for column in sorted(columns):
        if runs and column == runs[-1][1] + 1:
            runs[-1][1] = column
        else:
            runs.append([column, column])
    return ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in runs)
