r"""Writes all bounds on one problem as a booktabs table, rounded outward."""

from __future__ import annotations

from boundcalc.bounds.evaluate import LowerOutcome, Report, UpperOutcome
from boundcalc.language.claims import legend
from boundcalc.render.numbers import parameters, rounded_down, rounded_up
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
        sentences = [f"{name(o.bound.key)} ({prose(o.bound.why_not(o.problem) or '', renaming)})" for o in missing]
        lines += [r"\begin{sloppypar}", "Bounds that do not apply: " + "; ".join(sentences) + ".", r"\end{sloppypar}"]
    certain = [
        f"{name(o.bound.key)}: {o.value.enclosure.digits}"
        for o in (*answer.upper, *answer.lower)
        if o.value is not None and o.value.enclosure.digits < digits
    ]
    if certain:
        lines.append(f"Fewer than {digits} digits are certain for " + ", ".join(certain) + ".")
    return "\n".join(lines)


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
