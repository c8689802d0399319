r"""States a bound as an author does: hypotheses, the inequality, the names in it, and numbers where a problem is given."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flint import fmpq

from boundcalc.bounds.declaration import Bound, UpperBound
from boundcalc.bounds.outcome import LowerOutcome, UpperOutcome
from boundcalc.lemmas.few_features import best_constant
from boundcalc.model.features import FeatureProblem
from boundcalc.model.notation import NOTATION
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.parsing import parse_rational
from boundcalc.numbers.rings import EXACT
from boundcalc.render.closed_forms.closed_form import closed_form
from boundcalc.render.closed_forms.conditions import conditions
from boundcalc.render.lines import definitions, display
from boundcalc.render.numbers import exact, parameters, rounded_down, rounded_up
from boundcalc.render.prose import prose
from boundcalc.render.renaming import NONE, Renaming
from boundcalc.render.row_numbers import row_numbers

_NOTES = {
    "G": "any constant with $S^2 \\le G\\,T$ for $n$ vectors in $\\mathbf{R}^d$ serves, such as $\\min(n, \\tau_m(d))$ "
    "with $\\tau_m(d) = \\prod_{k=0}^{m-1} (d + 2k)/(2k + 1)$",
    "Q": "at $a_i = 1$",
}
SUPREMUM = "the supremum is over the rows with $a_i = 1$ of all Gram matrices"
"""What the supremum of a row function is over, in a sentence."""


def hypotheses(bound: Bound, m: int, renaming: Renaming = NONE) -> list[str]:
    """What the printed form assumes once m is known, in LaTeX."""
    return [prose(sentence, renaming) for sentence in conditions(bound, m)]


def statement(bound: Bound, m: int, renaming: Renaming = NONE) -> str:
    """The bound for exponent m in LaTeX, to stand in a paragraph or in a theorem."""
    form = closed_form(bound, m)
    needed = hypotheses(bound, m, renaming)
    opening = f"Let ${renaming('m')} = {m}$." + (f" Assume {'; '.join(needed)}." if needed else "")
    parts = [f"{opening} Then", display(renaming(form.inequality))]
    if form.definitions:
        parts += ["where", definitions([(renaming(name), renaming(value)) for name, value in form.definitions])]
    parts.append(legend(form.symbols, m, renaming, bound.defines, "; ".join(conditions(bound, m))))
    if form.over_rows:
        parts.append(f"{prose(SUPREMUM[0].upper() + SUPREMUM[1:], renaming)}.")
    parts.append(bound.remark)
    for other in bound.others(m):
        where = f"If {prose(other.where, renaming)}" if other.where else f"For every law and every ${renaming('p')}$"
        parts += [f"{where},", display(renaming(other.inequality))]
    if form.note:
        parts.append(f"({prose(form.note, renaming).capitalize()}.)")
    return "\n".join(part for part in parts if part)


def meanings(bound: Bound, m: int) -> list[tuple[str, str]]:
    """LaTeX name and plain meaning of what the bound's LaTeX leaves free, but for n, d, p and what the hypotheses define."""
    found = []
    for name in closed_form(bound, m).symbols:
        if name in {"n", "d", "p", *bound.defines}:
            continue
        note = re.sub(r"[$\\]|mathbf|[{}]", "", _NOTES[name]) if name == "Q" else ""
        found.append((NOTATION[name].latex.replace("%d", "k"), NOTATION[name].meaning + (f" ({note})" if note else "")))
    return found


def legend(
    names: Iterable[str], m: int, renaming: Renaming = NONE, defined: frozenset[str] = frozenset(), assumed: str = ""
) -> str:
    """What the free symbols mean, in a sentence; those ``defined`` elsewhere are left out, and domains that are ``assumed``."""
    sentences = []
    for name in (name for name in names if name not in defined):
        entry = NOTATION[name]
        text = f"${renaming(entry.latex.replace('%d', 'k'))}$: {prose(entry.meaning, renaming)}"
        if name in _NOTES:
            text += f" ({renaming.in_text(_NOTES[name])})"
        elif (entry.assumptions == ("nonnegative",) or "<=" in entry.domain) and not _named(name, assumed):
            text += f", {prose(entry.domain.replace('m+1', str(m + 1)), renaming)}"
        sentences.append(text)
    return f"Here {'; '.join(sentences)}." if sentences else ""


def numbers(outcome: UpperOutcome | LowerOutcome, digits: int, renaming: Renaming = NONE) -> str:
    """The certified value for one problem, rounded outward, or why the bound does not apply, in sentences."""
    where = f"For {parameters(outcome.problem, renaming)}"
    if outcome.value is None:
        return f"{where} this bound does not apply: {prose(outcome.why_not or '', renaming)}."
    value = outcome.value.certified
    best = renaming(r"I^{\ast}")
    if isinstance(outcome.bound, UpperBound):
        shown, way = f"{best} \\le {rounded_up(value, digits)}", "up"
    else:
        shown, way = f"{best} \\ge {rounded_down(value, digits)}", "down"
    known = min(digits, outcome.value.enclosure.digits)
    text = f"{where}\n{display(shown)}\nrounded {way} to {digits} significant digits"
    text += "." if known >= digits else f", of which {known} are certain."
    return " ".join(part for part in (text, other_form(outcome, renaming), _chosen(outcome, digits, renaming)) if part)


def other_form(outcome: UpperOutcome | LowerOutcome, renaming: Renaming = NONE) -> str:
    """A sentence where the number is not that of the printed form, because the problem does not meet its hypotheses."""
    bound, problem = outcome.bound, outcome.problem
    if isinstance(problem, FeatureProblem):
        equal = problem.equal
        if equal is None or equal[1] == 1:
            return ""
        p, factor = f"${renaming('p')} = {exact(equal[0].p)}$", exact(equal[1])
        return f"The features are equal, with {p}, and of importance or scale not 1: the form above is multiplied by ${factor}$."
    missed = next((needed for needed in bound.stated(problem.m) if not needed.holds(problem)), None)
    if outcome.value is None or missed is None:
        return ""
    name, found = prose(bound.key, renaming), prose(missed.found(problem), renaming)
    return f"Here {found}, so that the form above is not the one: the number is that of the form of {name} for this case."


def _named(name: str, text: str) -> bool:
    """Whether a symbol of the notation stands in a sentence."""
    latex = "n'" if name == "n_used" else name
    return re.search(rf"(?<![A-Za-z]){re.escape(latex)}(?![A-Za-z'])", text) is not None


def _chosen(outcome: UpperOutcome | LowerOutcome, digits: int, renaming: Renaming) -> str:
    """What the formula leaves free, as it was chosen: every number that is needed to compute the value again."""
    bound, problem = outcome.bound, outcome.problem
    if isinstance(problem, FeatureProblem):
        return ""
    form = closed_form(bound, problem.m)
    found, nested, constants = [], False, {}
    if "G" in form.symbols and "G" not in outcome.choice.shown:
        constants["G"] = best_constant(Quantities(EXACT, problem))
        found.append(f"${renaming('G')} = {exact(constants['G'], digits + 5)}$")
    if "n_used" in form.symbols:
        found.append(f"${renaming(NOTATION['n_used'].latex)} = {outcome.choice.shown['n']}$")
    for name, value in outcome.choice.shown.items():
        base, _, index = name.partition("_")
        entry = NOTATION.get(name, NOTATION.get(base))
        if isinstance(value, list) and base == "h":
            listed = ", ".join(f"${exact(fmpq(*map(int, text.split('/'))), digits + 5)}$" for text in value)
            found.append(f"for $k = {index}$ the Gegenbauer coefficients {listed} of ${renaming('h')}$")
        elif entry is None or isinstance(value, (list, dict)):
            nested = nested or isinstance(value, (list, dict))
        elif name not in ("n", "d", "witness"):
            several = "%d" in entry.latex
            symbol = renaming(entry.latex % (int(index or 2)) if several else entry.latex)
            number = constants[f"{base}_{index or 2}" if several else name] = parse_rational(value, parameter=name)
            found.append(f"${symbol} = {exact(number, digits + 5)}$")
    parts = [f"It follows from {', '.join(found)}."] if found else []
    if form.over_rows and bound.certificate and isinstance(outcome, UpperOutcome) and not other_form(outcome):
        parts.append(row_numbers(outcome, bound.certificate(problem, outcome.choice, digits)[0], constants, digits, renaming))
    text = " ".join(part for part in parts if part)
    if nested or (text and bound.certificate):
        text += (
            "\n" * text.endswith("}")
            + r" The exact numbers are in the certificate that \texttt{boundcalc bounds -{}-certificate} writes."
        )
    return text.strip()
