"""Sentences: what the declarations mark is mathematics, what they do not mark is words."""

import re

import pytest

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.language.claims import Status, plain
from boundcalc.model.notation import NOTATION
from boundcalc.render.prose import prose
from boundcalc.render.renaming import parse_renaming

OPERATOR = re.compile(
    r"[_^=<>|~+\\]|->|!=|\b(kappa|mu|nu|omega|eta|xi|zeta|lambda|theta|tau|rho|sigma)\b|(?<!')\b[b-zA-Z]\b(?!')|[a-z]\("
)
KEYS = re.compile(r"[a-z]+(_[a-z]+)+|U\d+\([a-c]\)|(gaussian|normal) ")


def declared() -> dict[str, str]:
    """Every sentence of the declarations by where it stands."""
    found = {f"status {status.value}": status.meaning for status in Status if status.value != "open"}
    found |= {f"symbol {entry.name}": entry.meaning for entry in NOTATION.values()}
    owners = {f"bound {key}": bound for key, bound in BOUNDS.items()}
    owners |= {f"lemma {lemma.key}": lemma for bound in BOUNDS.values() for lemma in bound.lemmas}
    for name, owner in owners.items():
        found[f"{name} title"] = owner.title
        for step in owner.proof:
            found |= {f"{name}.{step.key} {part}": getattr(step, part) for part in ("reason", "checked", "standard")}
    for key, bound in BOUNDS.items():
        found |= {f"bound {key} tight": bound.tight, f"bound {key} no choice": bound.no_choice}
        for m in (3, 5):
            stated = [needed.sentence for needed in (*bound.hypotheses, *bound.stated(m))]
            found |= {f"bound {key} {m} {k}": text for k, text in enumerate((*stated, bound.assumes(m)))}
    return {where: text for where, text in found.items() if text}


@pytest.mark.parametrize(("where", "text"), declared().items(), ids=declared().keys())
def test_all_mathematics_is_marked(where, text):
    words = text.split("$")
    assert len(words) % 2, "a dollar opens and does not close"
    for part in words[::2]:
        assert not OPERATOR.search(KEYS.sub("", part)), part
    assert "$" not in plain(text)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("$kappa_4 <= 0$, by lemma row_sum", r"$\kappa_4 \le 0$, by lemma row sum"),
        ("$sum_ij A_ij^2 -> infinity$", r"$\textstyle\sum_{ij} A_{ij}^2 \to \infty$"),
        ("100 % of the gaussian law", r"100 \% of the Gaussian law"),
        ("here the law is support:-1:1/2,1:1/2", r"here the law is \texttt{support:-1:1/2,1:1/2}"),
        ("$<w_i, z> != 6.8e-7$", r"$\langle w_i, z\rangle \ne 6.8\cdot10^{-7}$"),
        ("Hölder", r"H\"older"),
    ],
)
def test_a_sentence_as_latex(text, latex):
    assert re.sub(r"\s+", " ", prose(text)) == latex


def test_the_reader_s_symbols():
    assert prose("$n$ lines in $R^d$", parse_renaming("n=N,d=D")) == r"$N$ lines in $\mathbf{R}^D$"
