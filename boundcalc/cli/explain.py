"""Runs ``boundcalc explain``: what a bound says, why it holds and whence it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from boundcalc.bounds.declaration import Bound
    from boundcalc.language.claims import Source, Step


def _keys(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What a shell offers to complete."""
    from boundcalc.bounds.catalog import BOUNDS

    return [key for key in BOUNDS if key.startswith(incomplete)]


@click.command("explain")
@click.argument("key", shell_complete=_keys)
@click.option("--m", default="3", help="Odd exponent for which the formula is written out.")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def command(key: str, m: str, as_json: bool) -> None:
    """Statement, hypotheses, proof steps with status, and sources of the bound KEY."""
    from boundcalc.bounds.catalog import find
    from boundcalc.model.problem import read_exponent

    bound = find(key)
    exponent = read_exponent(m)
    if as_json:
        import json

        click.echo(json.dumps(explanation(bound, exponent), indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(bound, exponent)))


def explanation(bound: Bound, m: int) -> dict[str, Any]:
    """The JSON of ``explain --json``."""
    from boundcalc.bounds.report_json import steps_json
    from boundcalc.language.claims import plain
    from boundcalc.language.printed import narrower, stated
    from boundcalc.render.closed_forms.conditions import conditions
    from boundcalc.render.statement import SUPREMUM, meanings

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
    }


def _source(source: Source) -> str:
    from boundcalc.language.claims import Citation

    return f"[{source.key}] {source.text}" if isinstance(source, Citation) else source.text


def _notes(fields: dict[str, Any]) -> list[str]:
    """What the symbols and the supremum are, and the other forms."""
    lines = [f"Here {name} is: {meaning}" for name, meaning in fields["symbols"].items()]
    if fields["supremum"]:
        lines.append(fields["supremum"][0].upper() + fields["supremum"][1:])
    for other in fields["other_forms"]:
        lines += [f"Another form, hypotheses: {other['hypotheses']}", f"  {other['statement']}"]
    return lines


def _lines(bound: Bound, m: int) -> list[str]:
    from boundcalc.language.claims import counted, legend, plain
    from boundcalc.render.closed_forms.closed_form import statement_lines

    fields = explanation(bound, m)
    lines = [
        f"{fields['key']} ({fields['section']}): {fields['title']}",
        "",
        f"Statement for m = {m}:",
        *(f"  {line}" for line in statement_lines(bound, m)),
        "",
        "Hypotheses: " + ("; ".join(fields["hypotheses"]) or "none"),
        *_notes(fields),
        "A value is given for: " + ("; ".join(fields["evaluated"]) or "every problem"),
        f"Tight: {fields['tight']}",
        f"Status: {fields['status']} ({plain(bound.status.meaning)})",
        f"Steps: {counted(bound.counts)}",
        "",
        "Proof:",
    ]

    def write(steps: list[dict[str, Any]], indent: str) -> None:
        for number, step in enumerate(steps, 1):
            lines.append(f"{indent}{number}. {step['statement']}")
            lines.append(f"{indent}   {step['reason']}. [{step['standing']}]")
            if step["tested"]:
                lines.append(f"{indent}   put to the test: {step['tested']}")

    write(fields["proof"], "  ")
    for lemma in fields["lemmas"]:
        lines.append(f"Lemma {lemma['key']} [{lemma['status']}]: {lemma['statement']}")
        write(lemma["proof"], "  ")
    lines.append("Statuses:")
    lines.extend(f"  {line}" for line in legend(status for status, count in bound.counts.items() if count))
    lines.append("Sources:")
    cited = dict.fromkeys(source for part in (fields, *fields["lemmas"]) for source in part["sources"])
    lines.extend(f"  {source}" for source in cited)
    return lines
