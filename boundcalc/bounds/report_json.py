"""Writes the JSON of a report (docs/json.md): what ``bounds --json`` prints and what the store of a sweep keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boundcalc.bounds.evaluate import Report
from boundcalc.bounds.lower.witness_table import without_group
from boundcalc.bounds.outcome import LowerOutcome, UpperOutcome
from boundcalc.language.claims import Status
from boundcalc.numbers.display import data_frame, shows
from boundcalc.numbers.enclosure import Enclosure


@shows(Report, "dict")
def report_json(answer: Report) -> dict[str, Any]:
    """The whole of ``bounds --json``."""
    return {
        "problem": answer.problem.as_json(),
        "digits": answer.digits,
        "upper": [outcome_json(outcome, answer.digits) for outcome in answer.upper],
        "lower": [outcome_json(outcome, answer.digits) for outcome in answer.lower],
        "best": best_json(answer),
    }


def outcome_json(outcome: UpperOutcome | LowerOutcome, digits: int) -> dict[str, Any]:
    """One item of ``upper`` or ``lower``."""
    chosen = "parameters" if isinstance(outcome, UpperOutcome) else "witness"
    remarks = {"remarks": list(outcome.choice.remarks)} if outcome.choice.remarks else {}
    return {
        "key": outcome.bound.key,
        "section": outcome.bound.section,
        "applies": outcome.applies,
        "why_not": outcome.why_not,
        "status": outcome.status.value,
        "steps": steps_json(outcome.bound.steps(outcome.problem)),
        "improvement": outcome.value.enclosure.as_json(digits) if outcome.value else None,
        "digits": min(digits, outcome.value.enclosure.digits) if outcome.value else None,
        chosen: shown_json(outcome.choice.shown) if outcome.applies else None,
        **remarks,
    }


@shows(Report, "frame")
def report_frame(answer: Report) -> Any:
    """The bounds of a report as a pandas data frame, a row each."""
    rows = []
    for side, outcomes in (("upper", answer.upper), ("lower", answer.lower)):
        for outcome in outcomes:
            ends = (None, None) if outcome.value is None else outcome.value.enclosure.decimals(answer.digits)
            certified = ends[1] if side == "upper" else ends[0]
            fields = {"side": side, "key": outcome.bound.key, "section": outcome.bound.section, "value": float(outcome)}
            rows.append({**fields, "certified": certified, "status": outcome.status.value, "why_not": outcome.why_not})
    return data_frame(rows)


def best_json(answer: Report) -> dict[str, Any]:
    """The ``best`` object: the two best bounds, their ratio, and what follows for superposition and the loss."""
    digits = answer.digits
    best: dict[str, Any] = {}
    for side, outcome in (("upper", answer.best_upper), ("lower", answer.best_lower)):
        assert outcome.value is not None
        best[side] = {
            "key": outcome.bound.key,
            "status": outcome.status.value,
            "steps": steps_json(outcome.bound.steps(answer.problem)),
            "improvement": outcome.value.enclosure.as_json(digits),
        }
    best["lower"]["witness"] = shown_json(answer.best_lower.choice.shown)
    best["ratio"] = answer.ratio.as_json(digits)
    best["baseline"] = Enclosure.of(answer.baseline).as_json(digits)
    best["gain"] = answer.gain.as_json(digits)
    best["verdict"] = answer.verdict
    best["optimality"] = answer.optimality
    if answer.selection is not None:
        best["selection"] = answer.selection.as_json(digits)
    if answer.loss is not None and answer.unexplained is not None:
        best["loss"] = answer.loss.as_json(digits)
        best["unexplained_fraction"] = answer.unexplained.as_json(digits)
    return best


def steps_json(counts: Mapping[Status, int]) -> dict[str, int]:
    """How many proof steps have each status, those of the bound's lemmas among them."""
    return {status.value: count for status, count in counts.items() if count}


def shown_json(shown: Mapping[str, Any]) -> dict[str, Any]:
    """A choice as JSON; a matrix, and vectors of which each is its own orbit, are left to its certificate."""
    kept = {name: value for name, value in shown.items() if name != "matrix"}
    if without_group(shown):
        kept["orbits"] = {name: value for name, value in kept["orbits"].items() if name != "generators"}
    return kept
