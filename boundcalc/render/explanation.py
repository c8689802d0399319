"""Writes what is known of a bound: statement, hypotheses, proof and sources, as lines and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from boundcalc.bounds.catalog import find
from boundcalc.bounds.declaration import Bound
from boundcalc.bounds.report_json import steps_json
from boundcalc.language.claims import Citation, Source, Step, counted, legend, plain
from boundcalc.language.printed import narrower, stated
from boundcalc.model.problem import Whole
from boundcalc.numbers.display import Displayed, show, shows
from boundcalc.render.closed_forms.closed_form import statement_lines
from boundcalc.render.closed_forms.conditions import conditions
from boundcalc.render.readable import readable, readable_sentence
from boundcalc.render.statement import SUPREMUM, meanings


@dataclass(frozen=True, eq=False, repr=False)
class Explanation(Displayed):
    """A bound for one exponent; ``str()`` is what ``boundcalc explain`` prints, ``fields`` its JSON."""

    bound: Bound
    m: int

    @property
    def fields(self) -> dict[str, Any]:
        """The JSON of ``explain --json``."""
        return explanation(self.bound, self.m)


def explain(key: str, m: Whole | None = None) -> Explanation:
    """What is known of a bound: statement, hypotheses, proof steps with their status, and sources.

    Parameters
    ----------
    key : str
        A key such as ``"frontier"``, or a section such as ``"U9"``.
    m : int or text, optional
        The exponent for which formulas are written out; 3, or 5 for a bound that is for no other.

    Raises
    ------
    ParameterError
        For an unknown key, or an exponent that is not odd.

    >>> str(explain("rank")).splitlines()[0]
    'rank (U1): rank of the lifted features'
    """
    bound = find(key)
    return Explanation(bound, bound.exponent(m))


@shows(Explanation, "text")
def explanation_text(found: Explanation) -> str:
    """The lines of the command."""
    return "\n".join(explanation_lines(found.bound, found.m))


@shows(Explanation, "html")
def explanation_html(found: Explanation) -> str:
    """The bound."""
    return show(found.bound, "html")


@shows(Explanation, "latex")
def explanation_latex(found: Explanation) -> str:
    """The inequality."""
    return show(found.bound, "latex")


def explanation(bound: Bound, m: int) -> dict[str, Any]:
    """The JSON of ``explain --json``."""

    def steps(proof: tuple[Step, ...]) -> list[dict[str, Any]]:
        return [
            {
                "key": step.key,
                "statement": stated(step),
                "reason": plain(step.reason),
                "status": step.status.value,
                "standard": plain(step.standard) or None,
                "place": step.place or None,
                "checked": plain(step.checked) or None,
                "tested": narrower(step) or None,
                "claim": list(step.claim),
                "given": list(step.given),
                "standing": plain(step.standing),
            }
            for step in proof
        ]

    form = bound.unequal
    return {
        "key": bound.key,
        "section": bound.section,
        "title": plain(bound.title),
        "m": m,
        "statement": bound.latex(m),
        "hypotheses": [plain(sentence) for sentence in conditions(bound, m)],
        "symbols": {name: plain(meaning) for name, meaning in meanings(bound, m)},
        "supremum": plain(SUPREMUM) if bound.operator(m) else "",
        "other_forms": [{"hypotheses": plain(other.where) or "none", "statement": other.inequality} for other in bound.others(m)],
        "evaluated": [plain(hypothesis.sentence) for hypothesis in bound.hypotheses],
        "tight": plain(bound.tight),
        "status": bound.status.value,
        "steps": steps_json(bound.counts),
        "proof": steps(bound.proof),
        "lemmas": [
            {
                "key": lemma.key,
                "statement": lemma.statement,
                "status": lemma.status.value,
                "proof": steps(lemma.proof),
                "sources": [_source(source) for source in lemma.sources],
            }
            for lemma in bound.lemmas
        ],
        "sources": [_source(source) for source in bound.sources],
        "unequal_features": None
        if form is None
        else {
            **form.as_json(),
            "symbols": {name: plain(meaning) for name, meaning in form.symbols},
            "hypotheses": [plain(hypothesis.sentence) for hypothesis in form.hypotheses],
            "steps": steps_json(form.counts),
            "proof": steps(form.proof),
        },
    }


def _source(source: Source) -> str:

    return f"[{source.key}] {source.text}" if isinstance(source, Citation) else source.text


def explanation_lines(bound: Bound, m: int, *, latex: bool = False) -> list[str]:
    """What ``explain`` prints: formulas as Unicode, or as LaTeX."""
    fields = explanation(bound, m)
    formula, said = (str, str) if latex else (readable, readable_sentence)
    notes = [f"Here {formula(name)} is: {said(meaning)}" for name, meaning in fields["symbols"].items()]
    if fields["supremum"]:
        notes.append(said(fields["supremum"][0].upper() + fields["supremum"][1:]))
    for other in fields["other_forms"]:
        notes += [f"Another form, hypotheses: {said(other['hypotheses'])}", f"  {formula(other['statement'])}"]
    lines = [
        f"{fields['key']} ({fields['section']}): {said(fields['title'])}",
        "",
        f"Statement for m = {m}:",
        *(f"  {formula(line)}" for line in statement_lines(bound, m)),
        "",
        "Hypotheses: " + (said("; ".join(fields["hypotheses"])) or "none"),
        *notes,
        "A value is given for: " + (said("; ".join(fields["evaluated"])) or "every problem"),
        f"Tight: {said(fields['tight'])}",
        f"Status: {fields['status']} ({plain(bound.status.meaning)})",
        f"Steps: {counted(bound.counts)}",
        "",
        "Proof:",
    ]

    def write(steps: list[dict[str, Any]], indent: str) -> None:
        for number, step in enumerate(steps, 1):
            lines.append(f"{indent}{number}. {formula(step['statement'])}")
            lines.append(f"{indent}   {said(step['reason'])}. [{said(step['standing'])}]")
            if step["tested"]:
                lines.append(f"{indent}   put to the test: {formula(step['tested'])}")

    write(fields["proof"], "  ")
    for lemma in fields["lemmas"]:
        lines.append(f"Lemma {lemma['key']} [{lemma['status']}]: {formula(lemma['statement'])}")
        write(lemma["proof"], "  ")
    form = fields["unequal_features"]
    if form is None:
        lines.append("Features that differ: the bound is for equal ones.")
    else:
        needs = "; ".join(said(sentence) for sentence in form["hypotheses"]) or "none"
        lines += [f"Features that differ, hypotheses: {needs}", f"  {formula(form['statement'])}"]
        lines += [f"  Here {formula(name)} is: {said(meaning)}" for name, meaning in form["symbols"].items()]
        lines.append(f"  Status: {form['status']}. Proof:")
        write(form["proof"], "    ")
    counts = bound.counts if bound.unequal is None else {**bound.counts, **{s: n for s, n in bound.unequal.counts.items() if n}}
    lines.append("Statuses:")
    lines.extend(f"  {line}" for line in legend(status for status, count in counts.items() if count))
    lines.append("Sources:")
    cited = dict.fromkeys(source for part in (fields, *fields["lemmas"]) for source in part["sources"])
    lines.extend(f"  {source}" for source in cited)
    return lines
