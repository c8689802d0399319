r"""Writes what notebooks show: ``_repr_latex_`` and ``_repr_html_`` of the public result types. Numbers are rounded outward.

HTML holds formulas as MathML: a page takes the HTML before the LaTeX, and not every page looks for ``$…$`` in it.
"""

from __future__ import annotations

from html import escape

from boundcalc.bounds.declaration import Bound
from boundcalc.bounds.evaluate import Report
from boundcalc.bounds.outcome import LowerOutcome, UpperOutcome
from boundcalc.language.claims import counted, legend, plain
from boundcalc.language.mathml import mathml
from boundcalc.loss.value import LossValue
from boundcalc.model.features import FeatureProblem
from boundcalc.numbers.display import shows
from boundcalc.numbers.enclosure import MAX_DIGITS, Enclosure, decimal_ceiling, decimal_floor
from boundcalc.render.closed_forms.closed_form import closed_form
from boundcalc.render.closed_forms.conditions import conditions
from boundcalc.render.numbers import among, rounded_down, rounded_up
from boundcalc.render.prose import prose
from boundcalc.render.renaming import NONE
from boundcalc.render.statement import SUPREMUM
from boundcalc.render.terminal import conclusions, feature_lines, listed, problem_line

DIGITS = 12
BEST = r"I^{\ast}"


@shows(Enclosure, "latex")
def enclosure_latex(value: Enclosure, digits: int = DIGITS) -> str:
    """The interval; one number where both ends are the same short decimal."""
    low, high = rounded_down(value.lower, digits), rounded_up(value.upper, digits)
    return f"${low}$" if low == high else rf"$\left[{low},\ {high}\right]$"


@shows(Enclosure, "html")
def enclosure_html(value: Enclosure, digits: int = DIGITS) -> str:
    """The interval as text, with the number of digits that are certain."""
    low, high = value.decimals(digits)
    known = value.digits
    certain = "exact" if known >= MAX_DIGITS else f"{known} digits certain"
    return f"<span>{low if low == high else f'[{low}, {high}]'}</span> <small>({certain}; rounded outward to {digits})</small>"


@shows(UpperOutcome, "latex")
@shows(LowerOutcome, "latex")
def outcome_latex(outcome: UpperOutcome | LowerOutcome, digits: int = DIGITS) -> str:
    """The inequality for I*."""
    if outcome.value is None:
        return rf"$\text{{{escape(outcome.bound.key).replace('_', ' ')} does not apply}}$"
    value = outcome.value.certified
    if isinstance(outcome, UpperOutcome):
        return rf"${BEST} \le {rounded_up(value, digits)}$"
    return rf"${BEST} \ge {rounded_down(value, digits)}$"


@shows(UpperOutcome, "html")
@shows(LowerOutcome, "html")
def outcome_html(outcome: UpperOutcome | LowerOutcome, digits: int = DIGITS) -> str:
    """Key, value and status."""
    summary = f"<b>{escape(outcome.bound.key)}</b> ({escape(outcome.bound.section)})"
    if outcome.value is None:
        return f"{summary}: does not apply, {escape(outcome.why_not or '')}"
    shown = mathml(outcome_latex(outcome, digits).strip("$"), "inline")
    return f"{summary}: {shown} <small>({outcome.status.value}; rounded outward to {digits} digits)</small>"


@shows(Report, "latex")
def report_latex(answer: Report) -> str:
    """The certified interval for I*."""
    upper, lower = answer.best_upper.value, answer.best_lower.value
    assert upper is not None
    assert lower is not None
    digits = min(answer.digits, DIGITS)
    return rf"${rounded_down(lower.certified, digits)} \le {BEST} \le {rounded_up(upper.certified, digits)}$"


@shows(Report, "html")
def report_html(answer: Report) -> str:
    """What ``str()`` shows: the best few bounds of each side, best first and in bold, and what follows from them."""
    digits = min(answer.table_digits or answer.digits, DIGITS)
    head = [problem_line(answer.problem)]
    if isinstance(answer.problem, FeatureProblem):
        head += feature_lines(answer.problem)
    rows, known = [], listed(answer)
    for side, outcome, value in known:
        sign, number = ("≤", decimal_ceiling) if side == "I <=" else ("≥", decimal_floor)
        cells = [outcome.bound.key, outcome.bound.section, f"{sign} {number(value.certified, digits)}", outcome.status.value]
        # not a heading cell: VS Code shows those of a table's body in plain type
        best = outcome in (answer.best_upper, answer.best_lower)
        texts = [f"<b>{escape(cell)}</b>" if best and cell else escape(cell) for cell in cells]
        rows.append("<tr>" + "".join(f"<td>{text}</td>" for text in texts) + "</tr>")
    titles = "".join(f"<th>{title}</th>" for title in ("bound", "", "improvement I*", "status"))
    caption = f"<caption>{'<br>'.join(map(escape, head))}<br>rounded outward to {digits} digits</caption>"
    rest = len(answer.upper) + len(answer.lower) - len(known)
    lines = [f"{rest} more: to_dataframe()"] * (rest > 0) + conclusions(answer)
    meanings = legend(o.status for o in (*answer.upper, *answer.lower) if o.value is not None)
    table = f"<table>{caption}<thead><tr>{titles}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    small = f"<small>{'<br>'.join(map(escape, meanings))}</small>"
    return f"{table}<p>{'<br>'.join(map(escape, lines))}</p><p>{small}</p>"


@shows(LossValue, "latex")
def loss_latex(value: LossValue) -> str:
    """The loss and the improvement at the best scale."""
    loss, gain = Enclosure.of(value.loss_best_scale), Enclosure.of(value.improvement_best_scale)
    texts = [among(enclosure_latex(each).strip("$")) for each in (loss, gain)]
    return rf"$\inf_s L(sW) {texts[0]},\quad \sup_s I(sW) {texts[1]}$"


@shows(LossValue, "html")
def loss_html(value: LossValue) -> str:
    """Loss, unexplained fraction and improvement, as given and at the best scale."""
    rows = (
        ("loss", value.loss, value.loss_best_scale),
        ("unexplained fraction", value.unexplained_fraction, value.unexplained_fraction_best_scale),
        ("improvement", value.improvement, value.improvement_best_scale),
    )
    body = []
    for title, *numbers in rows:
        cells = []
        for number in numbers:
            low, high = Enclosure.of(number).decimals(DIGITS)
            cells.append(f"<td>{low if low == high else f'[{low}, {high}]'}</td>")
        body.append(f"<tr><th>{title}</th>{''.join(cells)}</tr>")
    head = "<thead><tr><th></th><th>as given</th><th>at the best scale</th></tr></thead>"
    return f"<table><caption>rounded outward to {DIGITS} digits</caption>{head}<tbody>{''.join(body)}</tbody></table>"


@shows(Bound, "latex")
def bound_latex(bound: Bound) -> str:
    """The inequality for m = 3, or the exponent that it is for; the names in it are left to ``boundcalc latex bound``."""
    return rf"$\displaystyle {NONE(closed_form(bound, bound.exponent(None)).inequality)}$"


@shows(Bound, "html")
def bound_html(bound: Bound) -> str:
    """Title, inequality with what its names stand for, hypotheses, other forms and status."""
    m = bound.exponent(None)
    form = closed_form(bound, m)
    parts = [f"m = {m}: {mathml(NONE(form.inequality))}"]
    if form.definitions:
        parts.append("where " + "".join(_apart(f"{NONE(name)} = {NONE(value)}") for name, value in form.definitions))
    if form.over_rows:
        parts.append(plain(SUPREMUM))
    parts.append("hypotheses: " + (_sentence("; ".join(conditions(bound, m))) or "none"))
    for other in bound.others(m):
        parts.append(f"another form, hypotheses: {_sentence(other.where) or 'none'}: {mathml(NONE(other.inequality))}")
    parts.append(f"status: {bound.status.value} ({escape(plain(bound.status.meaning))}); steps: {counted(bound.counts)}")
    return f"<b>{escape(bound.key)}</b> ({escape(bound.section)}): {escape(plain(bound.title))}<br>" + "<br>".join(parts)


def _sentence(marked: str) -> str:
    """A sentence whose mathematics stands between dollars: that as MathML."""
    texts = marked.split("$")
    return "".join(
        mathml(prose(f"${text}$").strip("$"), "inline") if k % 2 else escape(plain(text)) for k, text in enumerate(texts)
    )


def _apart(latex: str) -> str:
    """A displayed formula with room around it: browsers set fractions of neighbouring ones edge to edge."""
    return f'<div style="margin: .5em 0">{mathml(latex)}</div>'
