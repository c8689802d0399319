r"""Writes declared sentences as LaTeX: what stands between dollars, such as ``$kappa_4 <= 0$``, becomes mathematics.

The marks are in the declarations; :func:`boundcalc.language.claims.plain` takes them away for a terminal.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from boundcalc.render.renaming import NONE, Renaming

_GREEK = "alpha|beta|delta|kappa|mu|nu|omega|eta|xi|zeta|lambda|theta|tau|rho|sigma|pi|Pi|ell|gamma|phi|Omega"
_WORDS = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne", "->": r"\to", "<<": r"\ll", ">>": r"\gg", "...": r"\dots"}
_NAMES = re.compile(rf"(?<![A-Za-z\\])(?:{_GREEK})(?![A-Za-z])")
_KEY = re.compile(r"(?<![:\w])[a-z]{3,}(?:_[a-z]{3,})+")
_LAW = re.compile(r"(?:moments|support):[^\s,;]\S*")
SPECIAL = {"&": r"\&", "%": r"\%", "#": r"\#", "$": r"\$", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
SPECIAL |= {"{": r"\{", "}": r"\}", "\\": r"\textbackslash{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}"}
_LETTERLIKE = {"μ": r"$\mu$", "∞": r"$\infty$", "−": "$-$", "≤": r"$\le$", "≥": r"$\ge$", "…": r"\dots{}", "ö": r"\"o"}


def escaped(text: str) -> str:
    """Plain text for LaTeX, nothing in it mathematics; what pdflatex cannot print becomes a question mark."""
    letters = (SPECIAL.get(letter) or _LETTERLIKE.get(letter) or (letter if letter.isascii() else "?") for letter in text)
    return "".join(letters)


def prose(text: str, renaming: Renaming = NONE) -> str:
    """A sentence as LaTeX, its formulas in the reader's symbols."""
    parts = text.split("$")
    return "".join(f"${_formula(part, renaming)}$" if k % 2 else _words(part) for k, part in enumerate(parts))


def _words(text: str) -> str:
    law = _LAW.search(text)
    if law:
        return rf"{_words(text[: law.start()])}\texttt{{{escaped(law[0])}}}{_words(text[law.end() :])}"
    text = _KEY.sub(lambda match: match[0].replace("_", " "), text)
    return re.sub(r"\b(gaussian|rademacher|laplace)\b", lambda match: match[0].capitalize(), escaped(text))


_REWRITES: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"\bx_hat(?:_(\w))?\b", lambda match: r"\hat x" + (f"_{match[1]}" if match[1] else "")),
    (r"([A-Z])~", r"\\tilde \1"),
    (r"<([^<>=]*,[^<>=]*)>", r"\\langle \1\\rangle"),
    (r"\b(range|rank|tr|Bin|ker|diag)\b", r"\\operatorname{\1}"),
    (r"\bsqrt\(([^()]*)\)", r"\\sqrt{\1}"),
    (r"\b(min|max)\(", r"\\\1("),
    (r"\b(min|max|sup)_", r"\\\1_"),
    (r"(?<!\\)\bsum(?:_(\w+))?\b", lambda match: r"\textstyle\sum" + (f"_{{{match[1]}}}" if match[1] else "")),
    (r"\bE(?=[ |\[\\])", r"\\mathsf{E}"),
    (r"\bR\^", r"\\mathbf{R}^"),
    (r"\b(\d(?:\.\d+)?)e(-?\d+)\b", r"\1\\cdot 10^{\2}"),
    (r"\binf(?:inity)?\b", r"\\infty"),
    (r"\b([A-Za-z]) x ([A-Za-z])\b", r"\1 \\times \2"),
    (r"_([A-Za-z]{2,})", lambda match: f"_{{{match[1]}}}"),
)


def _formula(text: str, renaming: Renaming) -> str:
    for pattern, replacement in _REWRITES:
        text = re.sub(pattern, replacement, text)
    for word, command in _WORDS.items():
        text = text.replace(word, f"{command} ")
    text = _NAMES.sub(lambda match: "\\" + match[0], text)
    text = re.sub(r"(?<=\w) (?=\d)|(?<=\d) (?=\w)", r" \\, ", text)
    return renaming(text.replace(r"\cdot \, ", r"\cdot "))
