"""Writes results as plain text: the tables that the command line prints, and the lines that Python shows."""

from __future__ import annotations

import shutil
import textwrap
from typing import Any

from flint import fmpq

from boundcalc.bounds.declaration import EQUAL_ALONE, Bound
from boundcalc.bounds.evaluate import Report
from boundcalc.bounds.lower.witness_table import without_group
from boundcalc.bounds.outcome import LowerOutcome, UpperOutcome
from boundcalc.bounds.unequal.answers import sentences
from boundcalc.language.claims import counted, legend, plain
from boundcalc.loss.value import LossValue
from boundcalc.model.features import AnyProblem, FeatureProblem
from boundcalc.model.problem import Problem
from boundcalc.numbers.display import shows
from boundcalc.numbers.enclosure import Enclosure, decimal_ceiling, decimal_floor
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.sided import LowerValue, UpperValue

USEFUL = 4
"""Bounds of each side that are listed unless all are asked for."""
LONGEST = 40
"""Longest text of an exact p."""
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
        orbits = f"orbits of {len(shown['orbits']['generators'])} vectors under a group"
        what = "weights found by search" if without_group(shown) else orbits
        return f"{what}, {shown['n']} features in {shown['d']} dimensions"
    name = shown.get("frame") or shown.get("construction") or ("rational matrix" if "matrix" in shown else "direct sum")
    return f"{name}, {shown['n']} features in {shown['d']} dimensions" if "n" in shown else str(name)


def problem_line(problem: AnyProblem) -> str:
    """The parameters; a p with many digits as a decimal such as 1e-400."""
    shown = dict(problem.as_json())
    if isinstance(problem, Problem) and len(str(problem.p)) > LONGEST:
        low, high = decimal_floor(problem.p, DIGITS), decimal_ceiling(problem.p, DIGITS)
        shown["p"] = low if low == high else f"{low}..."
    return " ".join(f"{name} = {shown[name]}" for name in ("n", "d", "m", "p", "law") if name in shown)


@shows(Report, "text")
def report_text(answer: Report, display: str = "improvement", *, every: bool = False) -> str:
    """The bounds, the best of each side first, and what follows from the best two.

    ``display`` is ``improvement``, ``normalized`` (I/p) or ``per-feature`` (I/n). Without ``every`` only the best few of each side
    and the orthonormal basis are listed; with it all of them, and why the others do not apply.
    """
    digits = answer.table_digits or answer.digits
    unit, by = _unit(answer, display)
    lines = [problem_line(answer.problem)]
    if isinstance(answer.problem, FeatureProblem):
        lines += feature_lines(answer.problem)
    rows = [("", "bound", "", unit, "status", "")]
    known = listed(answer, every=every)
    for side, outcome, bound in known:
        value = bound.certified / by
        text = decimal_ceiling(value, digits) if side == "I <=" else decimal_floor(value, digits)
        mark = "best" if outcome in (answer.best_upper, answer.best_lower) else ""
        rows.append((side, outcome.bound.key, outcome.bound.section, text, outcome.status.value, mark))
    if digits > TABLE_DIGITS:
        lines += ["  ".join(cell for cell in row if cell) for row in rows[1:]]
    else:
        wide = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
        lines += ["  ".join(cell.ljust(size) for cell, size in zip(row, wide, strict=True)).rstrip() for row in rows]
    for _, outcome, bound in known:
        if bound.enclosure.digits < digits:
            lines.append(f"{outcome.bound.key}: {bound.enclosure.digits} digits are certain, not {digits}")
    for _, outcome, _ in known:
        for text in outcome.choice.remarks:
            lines += textwrap.wrap(
                f"note on {outcome.bound.key}: {text}", shutil.get_terminal_size().columns, subsequent_indent="  "
            )
    missing = [outcome for outcome in (*answer.upper, *answer.lower) if outcome.value is None]
    if every:
        alone = [outcome.bound.key for outcome in missing if outcome.why_not == EQUAL_ALONE]
        reasons = [f"for equal features alone: {', '.join(alone)}"] if alone else []
        reasons += [f"{other.bound.key} does not apply: {other.why_not}" for other in missing if other.bound.key not in alone]
        for reason in reasons:
            lines += textwrap.wrap(reason, shutil.get_terminal_size().columns, subsequent_indent="  ")
    else:
        rest = len(answer.upper) + len(answer.lower) - len(known)
        lines += [f"{rest} more, {len(missing)} of which do not apply: --all (in Python to_dataframe())"] if rest else []
    return "\n".join([*lines, "", *summary(answer)])


def listed(answer: Report, *, every: bool = False) -> list[tuple[str, UpperOutcome | LowerOutcome, UpperValue | LowerValue]]:
    """The best few bounds of each side that apply and the orthonormal basis, or ``every`` one, best first: sign, outcome, value."""
    known: list[tuple[str, UpperOutcome | LowerOutcome, UpperValue | LowerValue]] = []
    for side, outcomes, best in (("I <=", answer.upper, answer.best_upper), ("I >=", answer.lower, answer.best_lower)):
        found = [(outcome, outcome.value) for outcome in outcomes if outcome.value is not None]
        found.sort(key=lambda pair: (pair[0] is not best, pair[1].certified if side == "I <=" else -pair[1].certified))
        kept = [pair for k, pair in enumerate(found) if every or k < USEFUL or pair[0].bound.key == "orthonormal"]
        known += [(side, *pair) for pair in kept]
    return known


def summary(answer: Report) -> list[str]:
    """What follows from the best two bounds, in sentences, and what statuses mean."""
    shown = {outcome.status for outcome in (*answer.upper, *answer.lower) if outcome.value is not None}
    title = "status of a bound, the weakest of its steps (numbers are certified in any case):"
    return [*conclusions(answer), "", title, *(f"  {line}" for line in legend(shown))]


def conclusions(answer: Report) -> list[str]:
    """What follows from the best two bounds, in sentences."""
    digits = answer.table_digits or answer.digits
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
    return lines + [f"proof of {outcome.bound.key}: {counted(outcome.bound.steps(answer.problem))} steps" for outcome in best]


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
