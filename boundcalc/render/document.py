r"""Writes what goes around a fragment: a preamble for pdflatex with amsmath, amsthm and booktabs alone, and the references."""

from __future__ import annotations

from collections.abc import Iterable

from boundcalc.render.bibliography import thebibliography
from boundcalc.render.renaming import Renaming

PREAMBLE = r"""\documentclass{article}
\usepackage{amsmath,amsthm,booktabs}
\newtheorem{theorem}{Theorem}
\newtheorem{lemma}[theorem]{Lemma}
\theoremstyle{remark}
\newtheorem*{remark}{Remark}
\allowdisplaybreaks
\sloppy
"""


def standalone(body: str, cited: Iterable[str] = (), title: str = "") -> str:
    """A document that pdflatex compiles in two runs, with its references written out."""
    head = f"\\title{{{title}}}\n\\author{{}}\n\\date{{}}\n" if title else ""
    parts = [PREAMBLE + head + "\\begin{document}", *(["\\maketitle"] if title else []), body, thebibliography(cited)]
    return "\n\n".join(part for part in parts if part) + "\n\n\\end{document}\n"


def header(what: str, packages: str, renaming: Renaming) -> str:
    """The comment that opens a fragment: what it is, what it needs, and which symbols stepped aside."""
    lines = [f"% boundcalc: {what}; needs {packages}"]
    for letter, latex in renaming.displaced.items():
        lines.append(f"% the letter {letter.removeprefix(chr(92))} is taken by your notation: ours is written {latex}")
    return "\n".join(lines)
