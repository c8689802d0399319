r"""Writes a formula as MathML, which browsers, notebooks and pages show without a script; ``$…$`` in HTML is left raw by some."""

from __future__ import annotations

import html
import re

_SIZES = re.compile(r"\\[bB]ig+[lrm]?(?=\\|[(\[\])|.])")
"""Sizes of brackets, which MathML chooses by itself; latex2mathml 3.81 takes braces after one for text."""
_ROW_SPACE = re.compile(r"\\\\\[[^\]]*\]")
"""A line end with a space after it: latex2mathml 3.81 shows the length as part of the next row."""
_SANS_E = re.compile(r"\\mathsf\{E\}")
"""The expectation: latex2mathml 3.81 writes the sans-serif E as U+22FF, a sign of bag membership."""


def mathml(latex: str, display: str = "block") -> str:
    """A formula as MathML, ``"block"`` or ``"inline"``; its source as code where it cannot be converted."""
    from latex2mathml.converter import convert

    plain = _SANS_E.sub(r"\\mathrm{E}", _ROW_SPACE.sub(r"\\\\", _SIZES.sub("", latex)))
    try:
        return str(convert(_kept_together(plain), display=display))
    except Exception:  # a formula is shown in any case
        return f"<code>{html.escape(latex)}</code>"


def _kept_together(latex: str) -> str:
    """Braces around each binomial: latex2mathml 3.81 gives one with an exponent four children where MathML has two."""
    found, rest = "", latex
    while r"\binom{" in rest:
        before, _, rest = rest.partition(r"\binom{")
        above, rest = _argument(rest)
        below, rest = _argument(rest.lstrip().removeprefix("{"))
        found += f"{before}{{\\binom{{{_kept_together(above)}}}{{{_kept_together(below)}}}}}"
    return found + rest


def _argument(text: str) -> tuple[str, str]:
    """What stands before the brace that closes, and after it."""
    depth = 1
    for place, letter in enumerate(text):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth == 0:
            return text[:place], text[place + 1 :]
    raise ValueError("a brace that is not closed")
