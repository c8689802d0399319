r"""Writes a bound as a theorem with its lemmas, numbered proof and a remark that says how each step was checked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from boundcalc.bounds.declaration import Bound
from boundcalc.language.claims import Lemma, Status, Step, counted
from boundcalc.language.printed import narrower, stated
from boundcalc.render.bibliography import keys
from boundcalc.render.lines import display
from boundcalc.render.prose import prose
from boundcalc.render.renaming import NONE, Renaming
from boundcalc.render.statement import statement
from boundcalc.render.vocabulary import vocabulary
from boundcalc.render.width import TEXT_WIDTH

ITEM_WIDTH = TEXT_WIDTH - 26
"""Width inside of an enumeration."""


def theorem(bound: Bound, m: int, renaming: Renaming = NONE) -> str:
    """Theorem, proof and remark."""
    title = sentence(prose(bound.title, renaming))
    parts = [
        f"\\begin{{theorem}}[{{{title}}}]\\label{{thm:{label(bound.key)}}}",
        statement(bound, m, renaming),
        r"\end{theorem}",
        r"\begin{proof}",
    ]
    refs = [f"\\ref{{lem:{label(found.key)}}} ({prose(found.title)})" for found in bound.lemmas]
    parts.append(f"By Lemma{'s' if len(refs) > 1 else ''}~{listed(refs)}." if refs else r"\leavevmode")
    parts += [_referred(steps(bound.proof, renaming), bound.lemmas), r"\end{proof}", remark(bound, renaming)]
    return "\n".join(parts)


def lemma(found: Lemma, renaming: Renaming = NONE) -> str:
    """A lemma with its proof and its sources."""
    cited = keys(found.sources)
    title = sentence(prose(found.title, renaming))
    parts = [
        f"\\begin{{lemma}}[{{{title}}}]\\label{{lem:{label(found.key)}}}",
        *(f"Assume {prose(text, renaming)}." for text in found.hypotheses),
        display(renaming(found.statement)),
        r"\end{lemma}",
        r"\begin{proof}",
        f"See \\cite{{{','.join(cited)}}}." if cited else r"\leavevmode",
        steps(found.proof, renaming),
        r"\end{proof}",
    ]
    return "\n".join(part for part in parts if part)


def steps(proof: Sequence[Step], renaming: Renaming = NONE) -> str:
    """The steps, numbered, each with its reason."""
    items = [_item(step, renaming, r" \qedhere" if step is proof[-1] else "") for step in proof]
    return "\n".join([r"\begin{enumerate}", *items, r"\end{enumerate}"])


def _item(step: Step, renaming: Renaming, closing: str) -> str:
    """One step: why, what, and below it what was put to the test where that is narrower."""
    reason, claim = prose(step.reason, renaming), narrower(step)
    if step.standard:
        reason += f" ({prose(step.standard, renaming)})"
    ends = "" if step.checked and not claim else closing
    parts = [f"\\item {sentence(reason)}:", _shown(stated(step), renaming, "" if claim else ends)]
    if step.checked:
        parts.append(f"Checked for {prose(step.checked, renaming)}" + (":" if claim else "."))
    if claim:
        parts.append(_shown(claim, renaming, ends))
    return "\n".join(parts)


def _shown(latex: str, renaming: Renaming, closing: str) -> str:
    return display(renaming(latex), ITEM_WIDTH - (20 if closing else 0), closing)


def remark(bound: Bound, renaming: Renaming = NONE) -> str:
    """How the steps were checked, where the bound comes from and when it is tight."""
    sentences = [f"The weakest of the steps is {bound.status.value}; of all there are {counted(bound.counts)}."]
    sentences += _checked(bound)
    cited = keys(bound.sources)
    if cited:
        sentences.append(f"Sources: \\cite{{{','.join(cited)}}}.")
    if any(not hasattr(source, "key") for source in bound.sources):
        sentences.append("The theorem is derived in boundcalc, with the proof given here and without peer review.")
    sentences.append(f"Tight: {prose(bound.tight, renaming)}.")
    return "\n".join([r"\begin{remark}", *sentences, r"\end{remark}"])


def _checked(bound: Bound) -> list[str]:
    """For each status, which steps of the proof and of the lemmas have it."""
    owners: list[tuple[str, tuple[Step, ...]]] = [("the proof", bound.proof)]
    owners += [(f"Lemma~\\ref{{lem:{label(found.key)}}}", found.proof) for found in bound.lemmas]
    sentences = []
    for status in Status:
        parts = []
        for owner, proof in owners:
            numbers = [str(k) for k, step in enumerate(proof, 1) if step.status is status]
            if numbers:
                parts.append(f"step{'s' if len(numbers) > 1 else ''} {listed(numbers)} of {owner}")
        if parts:
            sentences.append(f"{status.value.capitalize()}, that is, {prose(status.meaning)}: {'; '.join(parts)}.")
    return sentences


def listed(words: Sequence[str]) -> str:
    """Words with commas and an and."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _referred(text: str, lemmas: Sequence[Lemma]) -> str:
    """Lemmas that are named by their keys become references."""
    for found in lemmas:
        words = found.key.replace("_", " ")
        text = re.sub(rf"\b[Ll]emma {words}\b", f"Lemma~\\\\ref{{lem:{label(found.key)}}}", text)
    return text


def label(key: str) -> str:
    """A key as part of a label."""
    return key.replace("_", "-")


def sentence(text: str) -> str:
    """With a capital first letter, unless it opens with a formula."""
    return text[:1].upper() + text[1:]


def with_lemmas(bounds: Sequence[Bound], m: int, renaming: Renaming = NONE, *, model: bool = True) -> str:
    """What the letters mean (with the setting, if ``model``), the lemmas that the bounds use, each once, and the theorems."""
    lemmas = {found.key: found for bound in bounds for found in bound.lemmas}
    return "\n\n".join(
        [
            vocabulary(bounds, renaming, model=model),
            *(lemma(found, renaming) for found in lemmas.values()),
            *(theorem(b, m, renaming) for b in bounds),
        ]
    )
