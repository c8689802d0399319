r"""Writes LaTeX formulas as one line of Unicode for a terminal: κ₄ ≥ 0, (a + b)/c, Σ[i] t_i, by way of MathML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from xml.etree import ElementTree

from boundcalc.language.mathml import mathml

_UP = str.maketrans("0123456789+-−=()nijkm∗'′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱʲᵏᵐ*′′")
_DOWN = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_ACCENTS = {"^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "¯": "\u0304"}
_SPACED = "=≤≥<>≠≪≫→⇒≡∈∉+±⊕∼"
_BIG = {"∑": "Σ", "∏": "Π", "sup": "sup", "max": "max", "min": "min", "inf": "inf", "lim": "lim"}
_GREEK = {"alpha": "α", "beta": "β", "zeta": "ζ", "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν"}
_GREEK |= {"xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "omega": "ω", "Lambda": "Λ"}
_NAME = re.compile(rf"(?<![A-Za-z\\])({'|'.join(_GREEK)})(?:_(\d+))?(?![A-Za-z])")
CLOSING = (")", "]", "|", "⟩", "‖")
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱʲᵏᵐ"
_FACTOR = re.compile(rf"[0-9.]+|[^\W\d_][\u0302\u0303]?(?:_\w+|[₀-₉]+)?[*′]?[{_RAISED}]*")
_APART = re.compile(rf"(?:[₀-₉{_RAISED}′]|_\w+|[^\W\d_]{{3,}})$")
"""What a letter or a number that follows is set apart from."""


@lru_cache(maxsize=1000)
def readable(latex: str) -> str:
    r"""A formula as text; the LaTeX itself where it cannot be converted.

    >>> readable(r"I^{\ast} \le \frac{\kappa_{4}^{2}}{d + 1}")
    'I* ≤ κ₄²/(d + 1)'
    """
    source = mathml(re.sub(r"\\(?:left|right)(?![a-z])\.?|\\[dt]?(?:displaystyle|textstyle)|\\allowbreak|&", "", latex))
    if source.startswith("<code>"):
        return latex
    return re.sub(r"\s+(?=[,;.)\]])|(?<=[(\[])\s+", "", " ".join(_text(ElementTree.fromstring(source)).split()))


def readable_sentence(text: str) -> str:
    """A sentence with kappa_4 <= 0 and the like in it as text for a terminal."""
    named = _NAME.sub(lambda found: _GREEK[found[1]] + (found[2] or "").translate(_DOWN), text)
    scripted = re.sub(
        r"([\^_])\{?([\w*]+|(?<=\{)[^{}]*)\}?", lambda found: _raised(found[2]) if found[1] == "^" else _lowered(found[2]), named
    )
    return scripted.replace("<=", "≤").replace(">=", "≥")


def _text(node: ElementTree.Element) -> str:
    tag = node.tag.rpartition("}")[2]
    if tag in _WRITE:
        return _WRITE[tag](node)
    if tag in ("mi", "mn", "mtext", "mo"):
        text = node.text or ""
        return f" {text} " if text in _SPACED and text else ", " if text == "," else text
    return _row(list(node))


def _row(nodes: Iterable[ElementTree.Element]) -> str:
    text = ""
    for node in nodes:
        part = _text(node)
        if part == "−" and text.strip() and text.rstrip()[-1] not in "(=≤≥<>+,[|/":
            part = " − "
        elif part[:1].isalnum() and (_APART.search(text) or (text[-1:].isalnum() and part[:1].isalpha() and len(part) > 1)):
            part = " " + part
        text += part
    return text


def _atom(text: str) -> str:
    """The text in brackets where it is not one factor."""
    text = text.strip()
    return text if _FACTOR.fullmatch(text) or _bracketed(text) else f"({text})"


def _bracketed(text: str) -> bool:
    """Whether the first bracket closes at the end."""
    depth = 0
    for k, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0:
            return text[0] == "(" and k == len(text) - 1
    return False


def _fraction(node: ElementTree.Element) -> str:
    over, under = (_text(child).strip() for child in node)
    return f"{over} choose {under}" if node.get("linethickness") == "0" else f"{_atom(over)}/{_atom(under)}"


def _raised(text: str) -> str:
    text = text.strip().replace(" ", "")
    raised = text.translate(_UP)
    return raised if not set(raised) & set(text) - {"*", "′"} else f"^{text}" if len(text) == 1 else f"^({text})"


def _lowered(text: str) -> str:
    text = text.strip()
    return (
        "₊"
        if text == "+"
        else text.translate(_DOWN)
        if text.isdigit()
        else f"_{text}"
        if re.fullmatch(r"\w+", text)
        else f"_({text})"
    )


def _scripts(node: ElementTree.Element) -> str:
    kind, (base, *rest) = node.tag.rpartition("}")[2], list(node)
    texts = [_text(child) for child in rest]
    low = texts[0] if kind in ("msub", "msubsup", "munder", "munderover") else ""
    high = texts[-1] if kind in ("msup", "msubsup", "mover", "munderover") else ""
    inner = _text(base).strip()
    if kind == "mover" and high.strip() in _ACCENTS:
        return inner + _ACCENTS[high.strip()]
    if inner in _BIG:
        place = f"{low.strip()} .. {high.strip()}" if high else low.strip()
        return f" {_BIG[inner]}[{' '.join(place.split())}] "
    return (inner if inner in CLOSING else _atom(inner)) + (_lowered(low) if low else "") + (_raised(high) if high else "")


def _root(node: ElementTree.Element) -> str:
    inner = _row(list(node)).strip()
    return f"√{inner}" if len(inner) == 1 or _bracketed(inner) else f"√({inner})"


_WRITE: dict[str, Callable[[ElementTree.Element], str]] = {
    "mfrac": _fraction,
    "msqrt": _root,
    "mspace": lambda node: "; " if node.get("linebreak") == "newline" else " ",
    "mtr": lambda node: _row(list(node)) + "; ",
    **dict.fromkeys(("msub", "msup", "msubsup", "munder", "mover", "munderover"), _scripts),
}
