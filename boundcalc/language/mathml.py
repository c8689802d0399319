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
        return str(convert(plain, display=display))
    except Exception:  # a formula is shown in any case
        return f"<code>{html.escape(latex)}</code>"
