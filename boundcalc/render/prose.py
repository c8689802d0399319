r"""The proofs' plain sentences as LaTeX: words stay words, and runs such as ``kappa_4 <= 0`` become mathematics.

A word is mathematics if it holds an operator, an index or a power, if it is a number, a single letter or the name of a
symbol. Neighbouring such words form one formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from boundcalc.render.renaming import NONE, Renaming

_GREEK = "alpha|beta|kappa|mu|nu|omega|eta|xi|zeta|lambda|theta|tau|rho|sigma|pi|Pi|ell"
_WORDS = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne", "->": r"\to", "<<": r"\ll", ">>": r"\gg", "...": r"\dots"}
_NAMES = re.compile(rf"(?<![A-Za-z\\])(?:{_GREEK})(?![A-Za-z])")
_OPERATOR = re.compile(r"[_^=<>|~+]|->|!=")
_SECTION = re.compile(r"[UL]\d+[a-c]?(\([a-c]\))?\Z")
_LETTERS = re.compile(r"(?:\d+|\d*[A-Za-z]'?)(?:/(?:\d+|[A-Za-z]'?))?\Z")
_PRECEDES = frozenset({"sum", "rank", "tr", "range", "sqrt", "min", "max"})
_KEY = re.compile(r"[a-z]{3,}(?:_[a-z]{3,})+\Z")
SPECIAL = {"&": r"\&", "%": r"\%", "#": r"\#", "$": r"\$", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
SPECIAL |= {"{": r"\{", "}": r"\}", "\\": r"\textbackslash{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}"}
_LETTERLIKE = {"μ": r"$\mu$", "∞": r"$\infty$", "−": "$-$", "≤": r"$\le$", "≥": r"$\ge$", "…": r"\dots{}"}


def escaped(text: str) -> str:
    """Plain text for LaTeX, nothing in it mathematics; what pdflatex cannot print becomes a question mark."""
    letters = (SPECIAL.get(letter) or _LETTERLIKE.get(letter) or (letter if letter.isascii() else "?") for letter in text)
    return "".join(letters)


def prose(text: str, renaming: Renaming = NONE) -> str:
    """A sentence as LaTeX, its formulas in the reader's symbols."""
    words = _joined(text).split(" ")
    math = [_is_math(word) for word in words]
    for at, word in enumerate(words):  # words that are mathematics by their neighbours
        after = at + 1 < len(words) and math[at + 1]
        before = at > 0 and math[at - 1] and not _ends(words[at - 1])
        bare = word.lstrip("(")
        if (bare in _PRECEDES and after and not words[at + 1].startswith("sum")) or (bare in {"a", "-"} and before and after):
            math[at] = True
    found: list[str] = []
    at = 0
    while at < len(words):
        if not math[at]:
            found.append(_word(words[at]))
            at += 1
            continue
        end = at + 1
        while end < len(words) and math[end] and not _ends(words[end - 1]):
            end += 1
        found.append(_formula(" ".join(words[at:end]), renaming))
        at = end
    return " ".join(found).replace("\x00", " ")


def _joined(text: str) -> str:
    """Blanks inside of brackets that belong to a formula are held together."""

    def hold(match: re.Match[str]) -> str:
        return match[0].replace(" ", "\x00")

    text = re.sub(r"<[^<>=;]*,[^<>=;]*>", hold, text)
    text = re.sub(r"\[\d+, \d+\]|\([a-z], [a-z]\)", hold, text)
    return re.sub(r"(?<=[A-Za-z0-9}])\([^()]*[,][^()]*\)", lambda m: hold(m) if "active" not in m[0] else m[0], text)


def _ends(word: str) -> bool:
    """Whether punctuation closes the formula that this word ends."""
    return word.endswith((",", ";", ":", ".")) and word != "..."


def _is_math(word: str) -> bool:
    bare = word.rstrip(",;:.").strip() if word.strip(".") else word
    core = bare.lstrip("(").rstrip(")")
    if not core or _KEY.match(core) or _SECTION.match(bare) or bare.startswith(("moments:", "support:")):
        return bare == "..."
    if core in {"a", "-"}:
        return False
    if bare.startswith("range("):
        return True
    if _OPERATOR.search(core) or "\x00" in core or re.search(r"[a-zA-Z]\(\d", core):
        return True
    return bool(
        _LETTERS.match(core)
        or _NAMES.fullmatch(core)
        or re.fullmatch(r"-?[\d.]+(e-?\d+)?(/\d+)?", core)
        or core in {"inf", "infinity", "BP"}
    )


def _word(word: str) -> str:
    match = re.match(r"([A-Za-z])-(th\b.*)", word)
    if match:
        return f"${match[1]}$-{match[2]}"
    if word.startswith(("moments:", "support:")):
        return rf"\texttt{{{escaped(word)}}}"
    core = word.strip("().,;:")
    if _KEY.match(core):
        return escaped(word.replace(core, core.replace("_", " ")))
    return re.sub(r"\b(gaussian|rademacher|laplace)\b", lambda match: match[0].capitalize(), escaped(word)).replace(
        "Hoelder", r"H\"older"
    )


_REWRITES: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"\bx_hat_(\w)", r"\\hat x_\1"),
    (r"\bx_hat\b", r"\\hat x"),
    (r"([A-Z])~", r"\\tilde \1"),
    (r"<([^<>=]*,[^<>=]*)>", r"\\langle \1\\rangle"),
    (r"\b(range|rank|tr|Bin)\b", r"\\operatorname{\1}"),
    (r"\bsqrt\(([^()]*)\)", r"\\sqrt{\1}"),
    (r"\b(min|max)\(", r"\\\1("),
    (r"(?<!\\)\bsum(_\w+)?\b", lambda match: r"\textstyle\sum" + _long_index(match[1] or "")),
    (r"\bE(?=[ |\[\\])", r"\\mathsf{E}"),
    (r"\b(\d(?:\.\d+)?)e(-?\d+)\b", r"\1\\cdot 10^{\2}"),
    (r"\binf(?:inity)?\b", r"\\infty"),
    (r"\bN x n\b", r"N \\times n"),
    (r"_([A-Za-z]{2,})", lambda match: f"_{{{match[1]}}}"),
)


def _long_index(index: str) -> str:
    return f"_{{{index[1:]}}}" if len(index) > 2 else index


def _formula(text: str, renaming: Renaming) -> str:
    """One run of mathematics, brackets and punctuation that belong to the sentence outside of it."""
    tail = ""
    while text and text[-1] in ",;:." and text != "...":
        tail, text = text[-1] + tail, text[:-1]
    head = ""
    while text.startswith("(") and text.count("(") > text.count(")"):
        head, text = head + "(", text[1:]
    while text.endswith(")") and text.count(")") > text.count("("):
        tail, text = ")" + tail, text[:-1]
    if text.startswith("(") and text.endswith(")") and "," in text and "\x00" not in text:
        head, tail, text = head + "(", ")" + tail, text[1:-1]
    text = text.replace("\x00", " ").replace(" / ", "/")
    for pattern, replacement in _REWRITES:
        text = re.sub(pattern, replacement, text)
    for word, command in _WORDS.items():
        text = text.replace(word, f"{command} ")
    text = _NAMES.sub(lambda match: "\\" + match[0], text)
    text = re.sub(r"(?<=\w) (?=\d)|(?<=\d) (?=\w)", r" \\, ", text)
    text = text.replace(r"\cdot \, ", r"\cdot ")
    return f"{head}${renaming(text)}${tail}"
