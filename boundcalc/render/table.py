r"""Writes all bounds on one problem as a booktabs table, rounded outward."""

from __future__ import annotations

from collections.abc import Sequence

from boundcalc.bounds.evaluate import Report
from boundcalc.bounds.outcome import LowerOutcome, UpperOutcome
from boundcalc.language.claims import legend
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.errors import ParameterError
from boundcalc.render.numbers import exact, parameters, rounded_down, rounded_up
from boundcalc.render.prose import escaped, prose
from boundcalc.render.renaming import NONE, Renaming


def table(answer: Report, renaming: Renaming = NONE, label: str = "") -> str:
    """A table environment: upper bounds, lower bounds, and below it which bounds do not apply and why."""
    best = renaming(r"I^{\ast}")
    digits = answer.digits
    caption = (
        f"Certified bounds on ${best}$ for {parameters(answer.problem, renaming)}, to {digits} significant digits: "
        "upper bounds rounded up, lower bounds rounded down. An asterisk marks the best of each side. "
        "The status is that of the weakest step of the proof: "
        + "; ".join(legend((o.status for o in (*answer.upper, *answer.lower) if o.value), lambda text: prose(text, renaming)))
        + "."
    )
    lines = [
        r"\begin{table}[!htb]",
        r"\centering",
        rf"\caption{{{caption}}}" + (rf"\label{{{label}}}" if label else ""),
        r"\medskip",
        r"\begin{tabular}{@{}lllll@{}}",
        r"\toprule",
        r"& bound & & value & status \\",
        r"\midrule",
        *_rows(answer.upper, answer.best_upper, rf"${best} \le$", digits),
        r"\midrule",
        *_rows(answer.lower, answer.best_lower, rf"${best} \ge$", digits),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]
    missing = [o for o in (*answer.upper, *answer.lower) if o.value is None]
    if missing:
        sentences = [f"{name(o.bound.key)} ({prose(o.why_not or '', renaming)})" for o in missing]
        lines += [r"\begin{sloppypar}", "Bounds that do not apply: " + "; ".join(sentences) + ".", r"\end{sloppypar}"]
    certain = [
        f"{name(o.bound.key)}: {o.value.enclosure.digits}"
        for o in (*answer.upper, *answer.lower)
        if o.value is not None and o.value.enclosure.digits < digits
    ]
    if certain:
        lines.append(f"Fewer than {digits} digits are certain for " + ", ".join(certain) + ".")
    return "\n".join(lines)


def table_over_p(answers: Sequence[Report], renaming: Renaming = NONE) -> str:
    """One table for several p: a row a bound that applies at one of them, a column a p, the best of each side with an asterisk.

    Raises
    ------
    ParameterError
        If the problems differ in more than p.
    """
    first = answers[0]
    activities = []
    for answer in answers:
        if isinstance(answer.problem, FeatureProblem):
            raise ParameterError("reports", repr(answer), "must be of equal features for a table over p")
        activities.append(answer.problem.p)
        if {**answer.problem.as_json(), "p": ""} != {**first.problem.as_json(), "p": ""}:
            raise ParameterError("reports", repr(answer), "must differ in p alone")
    best, digits = renaming(r"I^{\ast}"), max(answer.digits for answer in answers)
    lines = []
    for side, sign, rounded in (("upper", r"\le", rounded_up), ("lower", r"\ge", rounded_down)):
        lines.append(r"\midrule")
        for k, outcome in enumerate(getattr(first, side)):
            cells = []
            for answer in answers:
                found = getattr(answer, side)[k]
                mark = r"$^{\ast}$" if found is getattr(answer, f"best_{side}") else ""
                cells.append(f"${rounded(found.value.certified, digits)}$" + mark if found.value else "--")
            if set(cells) != {"--"}:
                row = [rf"${best} {sign}$", name(outcome.bound.key), *cells, outcome.bound.status.value]
                lines.append(" & ".join(row) + r" \\")
    ratios = [rf"$\le {rounded_up(answer.ratio.upper, digits)}$" for answer in answers]
    heads = [rf"${renaming('p')} = {exact(p)}$" for p in activities]
    statuses = {o.status for answer in answers for o in (*answer.upper, *answer.lower) if o.value}
    caption = (
        f"Certified bounds on ${best}$ for {parameters(first.problem, renaming, p=False)}, to {digits} significant digits: "
        "upper bounds rounded up, lower bounds rounded down, the best of each side with an asterisk; "
        "below, the ratio of the best two. "
        "Status: " + "; ".join(legend(statuses, lambda text: prose(text, renaming))) + "."
    )
    return "\n".join(
        [
            r"\begin{table}[!htb]",
            r"\centering\small",  # three columns of values, the longest names of bounds and statuses fit a page
            rf"\caption{{{caption}}}",
            r"\medskip",
            rf"\begin{{tabular}}{{@{{}}ll{'l' * len(answers)}l@{{}}}}",
            r"\toprule",
            f"& bound & {' & '.join(heads)} & status \\\\",
            *lines,
            r"\midrule",
            f"& ratio & {' & '.join(ratios)} & \\\\",
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
        ]
    )


def _rows(
    outcomes: tuple[UpperOutcome, ...] | tuple[LowerOutcome, ...], best: UpperOutcome | LowerOutcome, sign: str, digits: int
) -> list[str]:
    rounded = rounded_up if isinstance(best, UpperOutcome) else rounded_down
    found = []
    for outcome in outcomes:
        if outcome.value is not None:
            mark = r"$^{\ast}$" if outcome is best else ""
            cells = [sign, name(outcome.bound.key) + mark, outcome.bound.section, f"${rounded(outcome.value.certified, digits)}$"]
            found.append(" & ".join([*cells, outcome.status.value]) + r" \\")
    return found


def name(key: str) -> str:
    """A bound's key in words."""
    return escaped(key.replace("_", " "))
