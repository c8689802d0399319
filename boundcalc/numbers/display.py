"""Registers how result types show themselves in notebooks, so that data never imports what renders it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

Show = TypeVar("Show", bound=Callable[..., Any])
_SHOWN: dict[tuple[type, str], Callable[..., Any]] = {}
WIDEST = 100
"""Most characters of a ``repr()``."""


def load() -> None:
    """Loads what registers the functions, which the package knows: nothing is rendered before something is shown."""
    sys.modules["boundcalc"].load_what_shows()


def shows(kind: type, form: str) -> Callable[[Show], Show]:
    """Registers a function that shows ``kind``, and what derives from it, in a form such as ``"latex"`` or ``"html"``."""

    def register(function: Show) -> Show:
        _SHOWN[kind, form] = function
        return function

    return register


class Displayed:
    """What shows itself through the registry: ``str()``, its first line as ``repr()``, ``_repr_latex_`` and ``_repr_html_``."""

    __slots__ = ()

    def __repr__(self) -> str:
        line = " ".join(str(self).split("\n", 1)[0].split())
        return f"<{type(self).__name__} {line[:WIDEST]}{'...' * (len(line) > WIDEST)}>"

    def __str__(self) -> str:
        return str(show(self, "text"))

    def _repr_latex_(self) -> str:
        return str(show(self, "latex"))

    def _repr_html_(self) -> str:
        return str(show(self, "html"))


def data_frame(rows: Any) -> Any:
    """A pandas data frame of what its constructor takes.

    Raises
    ------
    ParameterError
        If pandas is not installed.
    """
    try:
        import pandas  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        from boundcalc.numbers.errors import ParameterError

        raise ParameterError("pandas", "not installed", "a data frame needs it: pip install pandas") from None
    return pandas.DataFrame(rows)


def show(value: Displayed, form: str, *arguments: object) -> Any:
    """What the registry has for the value in this form."""
    load()
    return next(_SHOWN[kind, form] for kind in type(value).__mro__ if (kind, form) in _SHOWN)(value, *arguments)
