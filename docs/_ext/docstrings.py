"""Sphinx reads docstrings as they are meant: an example is no part of the section above it, a function as a default is ``...``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

BEFORE_NAPOLEON = 400
"""Its own priority is 500."""


def head_examples(lines: list[str]) -> None:
    """Puts the heading of numpydoc before the first example; without one it would be taken for another parameter."""
    first = next((k for k, line in enumerate(lines) if line.startswith(">>>")), None)
    if first is not None:
        lines[first:first] = ["Examples", "--------"]


def readable(signature: str) -> str:
    """The signature with ``...`` for defaults that Python does not write as code, such as functions."""
    return re.sub(r"= <[^<>]*(<[^<>]*>)?[^<>]*>", "= ...", signature)


def _process(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    head_examples(lines)


def _signature(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, signature: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    return signature and readable(signature), returns


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", _process, priority=BEFORE_NAPOLEON)
    app.connect("autodoc-process-signature", _signature)
    return {"parallel_read_safe": True}
