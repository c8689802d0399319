"""Answers what is known of a problem: every bound with its certified number, and what follows from the best two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from boundcalc.bounds.catalog import LOWER, UPPER
from boundcalc.bounds.evaluate import Report, report
from boundcalc.bounds.outcome import LowerOutcome, UpperOutcome
from boundcalc.explore.questions import Fields, read_power_problem, read_question
from boundcalc.language.claims import Status, legend, plain
from boundcalc.model.features import FeatureProblem
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import Enclosure, decimal_ceiling, decimal_floor, to_float
from boundcalc.numbers.errors import ParameterError

if TYPE_CHECKING:
    from boundcalc.bounds.declaration import Bound, LowerBound, UpperBound
    from boundcalc.model.features import AnyProblem
    from boundcalc.model.relu_problem import ReluProblem

DIGITS = 10
"""Of the numbers shown, as the tables of the command line have."""
SEARCHED = ("direct_sum", "search")
"""Lower bounds that are put together, and need NumPy."""


def closed_forms() -> tuple[tuple[UpperBound, ...], tuple[LowerBound, ...]]:
    """The bounds that are evaluated at once, by a formula: without a search, and without NumPy."""
    return tuple(b for b in UPPER if not b.slow), tuple(b for b in LOWER if b.key not in SEARCHED)


def evaluated(problem: AnyProblem, *, closed: bool) -> Report:
    """The report on a problem, of all bounds or of the closed forms alone."""
    if not closed:
        return report(problem, digits=DIGITS)
    upper, lower = closed_forms()
    return report(problem, digits=DIGITS, upper=upper, lower=lower)


def shown_bounds(fields: Fields, *, closed: bool = False) -> dict[str, Any]:
    """The table of bounds and the best pair.

    Parameters
    ----------
    fields : mapping of str to str
        As of :func:`read_question`.
    closed : bool
        Closed forms alone.

    >>> asked = {"n": "120", "d": "8", "m": "3", "p": "1e-6", "law": "rademacher"}
    >>> shown_bounds(asked, closed=True)["best"]["lower"]["key"]
    'half_design'
    """
    problem = read_question(fields)
    if not isinstance(problem, (Problem, FeatureProblem)):
        return shown_floors(problem, closed=closed)
    return {"kind": "power", "closed": closed, **_shown(evaluated(problem, closed=closed))}


def _shown(answer: Report) -> dict[str, Any]:
    from boundcalc.render.terminal import describe_witness, problem_line, summary

    lines = summary(answer)
    return {
        "problem": problem_line(answer.problem),
        "digits": answer.digits,
        "upper": [shown_outcome(o, best=o is answer.best_upper) for o in _ordered(answer.upper, answer.best_upper)],
        "lower": [shown_outcome(o, best=o is answer.best_lower) for o in _ordered(answer.lower, answer.best_lower)],
        "best": best_pair(answer),
        "witness": describe_witness(dict(answer.best_lower.choice.shown)),
        "summary": lines[: lines.index("")],
        "statuses": legend({o.status for o in (*answer.upper, *answer.lower) if o.value is not None}),
    }


def best_pair(answer: Report) -> dict[str, Any]:
    """The best two bounds, their ratio, and what they are over the orthonormal basis."""
    upper, lower = answer.best_upper, answer.best_lower
    assert upper.value is not None
    assert lower.value is not None
    digits = answer.digits
    return {
        "upper": {"key": upper.bound.key, "value": number_of(upper, digits), "status": upper.status.value},
        "lower": {"key": lower.bound.key, "value": number_of(lower, digits), "status": lower.status.value},
        "ratio": list(answer.ratio.decimals(digits)),
        "gain": list(answer.gain.decimals(digits)),
        "baseline": list(Enclosure.of(answer.baseline).decimals(digits)),
        "loss": list(answer.loss.decimals(digits)) if answer.loss is not None else None,
        "over": [to_float(upper.value.certified / answer.baseline), to_float(lower.value.certified / answer.baseline)],
        "verdict": answer.verdict,
        "optimality": answer.optimality,
    }


def number_of(outcome: UpperOutcome | LowerOutcome, digits: int) -> str | None:
    """The certified number as decimals: of an upper bound rounded up, of a lower bound down."""
    if outcome.value is None:
        return None
    return (decimal_ceiling if isinstance(outcome, UpperOutcome) else decimal_floor)(outcome.value.certified, digits)


def shown_outcome(outcome: UpperOutcome | LowerOutcome, *, best: bool) -> dict[str, Any]:
    """One row of the table."""
    bound: Bound = outcome.bound
    return {
        "key": bound.key,
        "section": bound.section,
        "title": plain(bound.title),
        "value": number_of(outcome, DIGITS),
        "status": outcome.status.value,
        "why_not": outcome.why_not,
        "best": best,
    }


def _ordered(outcomes: Sequence[Any], best: Any) -> list[Any]:
    """The best first, then by size; those that do not apply last."""

    def place(outcome: Any) -> tuple[Any, ...]:
        if outcome.value is None:
            return (2, 0)
        sign = 1 if isinstance(outcome, UpperOutcome) else -1
        return (0 if outcome is best else 1, sign * outcome.value.certified)

    return sorted(outcomes, key=place)


def shown_floors(problem: ReluProblem, *, closed: bool = False) -> dict[str, Any]:
    """For ReLU: floors of the loss, and a network in closed form; without the floor of pairs if closed."""
    from boundcalc.render.relu_bounds import relu_bounds_json, relu_bounds_lines

    found = relu_bounds_json(problem, DIGITS, pairs=not closed)
    floors = [
        {"key": floor["key"], "value": floor["loss"]["lower"], "status": floor["status"], "holds_for": floor["holds_for"]}
        for floor in found["floors"]
    ]
    return {
        "kind": "relu",
        "closed": closed,
        "lines": relu_bounds_lines(found),
        "floors": floors,
        "ratio": found["ratio"],
        "network": found["network"]["loss"]["upper"],
        "energy": found["energy"]["upper"],
    }


def shown_points(fields: Fields, axis: str, values: Sequence[str], *, closed: bool = False) -> dict[str, Any]:
    """The best pair at several values of one parameter, for the band: what fails at a value is left out of it.

    Parameters
    ----------
    axis : str
        ``"p"``, ``"d"`` or ``"n"``.
    values : sequence of str
        Texts of that field.
    """
    if axis not in ("p", "d", "n"):
        raise ParameterError("axis", axis, "must be p, d or n")
    points = []
    for value in values:
        try:
            problem = read_power_problem({**fields, axis: value})
            points.append({"at": value, **best_pair(evaluated(problem, closed=closed))})
        except ParameterError as error:
            points.append({"at": value, "error": str(error)})
    return {"axis": axis, "points": points, "closed": closed}


def shown_cells(fields: Fields, cells: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Tiles of the phase diagram: whether superposition helps at pairs (p, n).

    ``state`` is ``helps`` (certified), ``none`` (the orthonormal basis is optimal) or ``open``.
    """
    found: list[dict[str, Any]] = []
    for p, n in cells:
        try:
            answer = evaluated(read_power_problem({**fields, "p": p, "n": n, "importance": ""}), closed=False)
        except ParameterError as error:
            found.append({"p": p, "n": n, "error": str(error)})
            continue
        state = "open"
        if answer.verdict.startswith("superposition helps"):
            state = "helps"
        elif answer.verdict:
            state = "none"
        pair = {"upper": answer.best_upper.bound.key, "lower": answer.best_lower.bound.key}
        statuses = [answer.best_upper.status, answer.best_lower.status]
        found.append(
            {
                "p": p,
                "n": n,
                "state": state,
                **pair,
                "gain": list(answer.gain.decimals(4)),
                "status": Status.weakest(statuses).value,
            }
        )
    return {"cells": found}
