"""Writes results as plain text: the tables that the command line prints, and the lines that Python shows."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from boundcalc.bounds.declaration import EQUAL_ALONE, Bound
from boundcalc.bounds.evaluate import LowerOutcome, Report, UpperOutcome
from boundcalc.bounds.unequal.answers import sentences
from boundcalc.language.claims import counted, legend, plain
from boundcalc.loss.value import LossValue
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.display import shows
from boundcalc.numbers.enclosure import Enclosure, decimal_ceiling, decimal_floor
from boundcalc.numbers.errors import ParameterError

TABLE_DIGITS = 24
"""With more digits the rows are printed as lines, to be wrapped by the terminal."""
DIGITS = 12
"""Digits of a number in a line."""
SHOWN_GROUPS = 12
"""Groups of features that differ that are listed."""


def describe_witness(shown: dict[str, Any]) -> str:
    """A witness in a few words."""
    if "witness" in shown:
        return f"{shown['witness']} of the table of witnesses, {shown['n']} features in {shown['d']} dimensions"
    if "orbits" in shown:
        vectors = len(shown["orbits"]["generators"])
        return f"orbits of {vectors} vectors under a group, {shown['n']} features in {shown['d']} dimensions"
    name = shown.get("frame") or shown.get("construction") or ("rational matrix" if "matrix" in shown else "direct sum")
    return f"{name}, {shown['n']} features in {shown['d']} dimensions" if "n" in shown else str(name)


@shows(Report, "text")
def report_text(answer: Report, display: str = "improvement") -> str:
    """The table of all bounds, and what follows from the best two.

    ``display`` is ``improvement``, ``normalized`` (I/p) or ``per-feature`` (I/n).
    """
    digits = answer.digits
    unit, by = _unit(answer, display)
    shown = answer.problem.as_json()
    lines = [" ".join(f"{name} = {shown[name]}" for name in ("n", "d", "m", "p", "law") if name in shown)]
    if isinstance(answer.problem, FeatureProblem):
        lines += feature_lines(answer.problem)
    rows = [("", "bound", "", unit, "status", "")]
    for side, outcomes, best in (("I <=", answer.upper, answer.best_upper), ("I >=", answer.lower, answer.best_lower)):
        for outcome in outcomes:
            if outcome.value is None:
                continue
            value = outcome.value.certified / by
            text = decimal_ceiling(value, digits) if side == "I <=" else decimal_floor(value, digits)
            mark = "best" if outcome is best else ""
            rows.append((side, outcome.bound.key, outcome.bound.section, text, outcome.status.value, mark))
    if digits > TABLE_DIGITS:
        lines += ["  ".join(cell for cell in row if cell) for row in rows[1:]]
    else:
        wide = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
        lines += ["  ".join(cell.ljust(size) for cell, size in zip(row, wide, strict=True)).rstrip() for row in rows]
    alone = [outcome.bound.key for outcome in (*answer.upper, *answer.lower) if outcome.why_not == EQUAL_ALONE]
    if alone:
        lines.append(f"for equal features alone: {', '.join(alone)}")
    for key, why_not in [(outcome.bound.key, outcome.why_not) for outcome in (*answer.upper, *answer.lower)]:
        if why_not and key not in alone:
            lines.append(f"{key} does not apply: {why_not}")
    for key, known in [(o.bound.key, o.value.enclosure.digits) for o in (*answer.upper, *answer.lower) if o.value is not None]:
        if known < digits:
            lines.append(f"{key}: {known} digits are certain, not {digits}")
    return "\n".join([*lines, "", *summary(answer)])


def summary(answer: Report) -> list[str]:
    """What follows from the best two bounds, in sentences."""
    digits = answer.digits
    lines = [
        f"witness: {describe_witness(dict(answer.best_lower.choice.shown))}",
        f"best upper / best lower: {_interval(answer.ratio.decimals(digits))}",
        f"best improvement without superposition: {_interval(Enclosure.of(answer.baseline).decimals(digits))}",
        f"gain of superposition: {_interval(answer.gain.decimals(digits))}",
    ]
    if answer.loss is not None and answer.unexplained is not None:
        lines.append(f"best loss: {_interval(answer.loss.decimals(digits))}")
        lines.append(f"unexplained fraction: {_interval(answer.unexplained.decimals(digits))}")
    lines += [sentence for sentence in (answer.verdict, answer.optimality) if sentence]
    best = (answer.best_upper, answer.best_lower)
    lines += [] if answer.selection is None else sentences(answer.selection)
    lines += [f"proof of {outcome.bound.key}: {counted(outcome.bound.steps(answer.problem))} steps" for outcome in best]
    shown = {outcome.status for outcome in (*answer.upper, *answer.lower) if outcome.value is not None}
    lines += ["", "status of a bound, the weakest of its steps (numbers are certified in any case):"]
    return lines + [f"  {line}" for line in legend(shown)]


def feature_lines(problem: FeatureProblem) -> list[str]:
    """The groups of features, a line each."""
    lines, first = [], 1
    for group in problem.features.groups[:SHOWN_GROUPS]:
        columns = f"feature {first}" if group.count == 1 else f"features {first}-{first + group.count - 1}"
        scale = "" if group.scale == 1 else f", scale {group.scale}"
        lines.append(f"{columns}: importance {_short(group.importance)}, p = {_short(group.p)}, {group.law.name}{scale}")
        first += group.count
    more = len(problem.features.groups) - SHOWN_GROUPS
    return [*lines, f"and {more} more groups"] if more > 0 else lines


def _short(value: fmpq) -> str:
    """A rational, or where it is long its first digits."""
    text = str(value)
    return text if len(text) <= DIGITS else f"{decimal_floor(value, 8)}..."


def _interval(ends: tuple[str, str]) -> str:
    return f"{ends[0]} exactly" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _unit(answer: Report, display: str) -> tuple[str, fmpq]:
    if display == "normalized":
        if isinstance(answer.problem, FeatureProblem):
            raise ParameterError("display", display, "needs one activity p for all features")
        return "I/p", answer.problem.p
    if display == "per-feature":
        if answer.problem.is_infinite:
            raise ParameterError("display", display, "needs a finite n")
        return "I/n", fmpq(int(answer.problem.n))
    return "improvement I", fmpq(1)


@shows(Enclosure, "text")
def enclosure_text(value: Enclosure, digits: int = DIGITS) -> str:
    """One decimal where both ends agree, else both."""
    low, high = value.decimals(digits)
    return low if low == high else f"{low} to {high}"


@shows(UpperOutcome, "text")
@shows(LowerOutcome, "text")
def outcome_text(outcome: UpperOutcome | LowerOutcome) -> str:
    """The inequality, with the bound's status; or why it does not apply."""
    if outcome.value is None:
        return f"{outcome.bound.key} does not apply: {plain(outcome.why_not or '')}"
    value, status = outcome.value.certified, outcome.status.value
    if isinstance(outcome, UpperOutcome):
        return f"I* <= {decimal_ceiling(value, DIGITS)} by {outcome.bound.key} ({status})"
    return f"I* >= {decimal_floor(value, DIGITS)} by {outcome.bound.key} ({status})"


@shows(LossValue, "text")
def loss_text(value: LossValue) -> str:
    """The loss as given and at the best scale."""
    names = [f"{name}{scale}" for name in ("loss", "unexplained_fraction", "improvement") for scale in ("", "_best_scale")]
    return "\n".join(f"{name.replace('_', ' '):34}{enclosure_text(Enclosure.of(getattr(value, name)))}" for name in names)


@shows(Bound, "text")
def bound_text(bound: Bound) -> str:
    """Key, section, title and status; ``explain`` says the rest."""
    return f"{bound.key} ({bound.section}): {plain(bound.title)}; {bound.status.value}"
