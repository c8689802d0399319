"""Writes a floor of the ReLU loss with its proof: the lines of ``explain``, its JSON, and LaTeX."""

from __future__ import annotations

from typing import Any

from boundcalc.language.claims import Citation, Lemma, counted, legend, plain
from boundcalc.language.printed import stated
from boundcalc.numbers.errors import ParameterError
from boundcalc.render import document
from boundcalc.render.prose import prose
from boundcalc.render.readable import readable, readable_sentence
from boundcalc.render.renaming import NONE
from boundcalc.render.theorem import label, sentence, steps


def floor_json(found: Lemma) -> dict[str, Any]:
    """The JSON of ``explain --json`` for a floor."""
    return {
        "key": found.key,
        "activation": "relu",
        "title": plain(found.title),
        "statement": found.statement,
        "hypotheses": [plain(text) for text in found.hypotheses],
        "status": found.status.value,
        "proof": [
            {
                "key": step.key,
                "statement": stated(step),
                "reason": plain(step.reason),
                "standing": plain(step.standing),
                "claim": [*step.claim],
            }
            for step in found.proof
        ],
        "sources": [f"[{source.key}] {source.text}" if isinstance(source, Citation) else source.text for source in found.sources],
    }


def floor_lines(found: Lemma, *, latex: bool = False) -> list[str]:
    """What ``explain`` prints of a floor."""
    formula, said = (str, str) if latex else (readable, readable_sentence)
    fields = floor_json(found)
    lines = [
        f"{found.key} (activation relu): {said(fields['title'])}",
        "",
        f"Statement: {formula(found.statement)}",
        "",
        "Hypotheses: " + "; ".join(said(text) for text in fields["hypotheses"]),
        f"Status: {found.status.value} ({plain(found.status.meaning)})",
        f"Steps: {counted(found.counts)}",
        "",
        "Proof:",
    ]
    for number, step in enumerate(fields["proof"], 1):
        lines += [f"  {number}. {formula(step['statement'])}", f"     {said(step['reason'])}. [{said(step['standing'])}]"]
    lines += ["Statuses:", *(f"  {line}" for line in legend(status for status, count in found.counts.items() if count))]
    return [*lines, "Sources:", *(f"  {source}" for source in fields["sources"])]


def floor_latex(found: Lemma, kind: str, *, standalone: bool) -> str:
    """The floor as a theorem, with its proof where that is asked.

    Raises
    ------
    ParameterError
        For limits, which the floors have none of.
    """
    if kind == "limits":
        raise ParameterError("key", found.key, "is a floor of the ReLU loss, which has no limits here: bound or proof")
    title = sentence(prose(found.title, NONE))
    needs = "amsmath, amsthm" if kind == "proof" else "amsmath"
    parts = [
        document.header(f"{kind} of the floor {found.key}, activation relu", needs, NONE),
        f"\\begin{{theorem}}[{{{title}}}]\\label{{thm:relu-{label(found.key)}}}",
        f"Under these hypotheses: {'; '.join(prose(text, NONE) for text in found.hypotheses)},",
        rf"\[ {found.statement} \]",
        r"\end{theorem}",
    ]
    if kind == "proof":
        parts += [r"\begin{proof}", r"\leavevmode", steps(found.proof, NONE), r"\end{proof}"]
    body = "\n".join(parts)
    return document.standalone(body) if standalone else f"{body}\n"
