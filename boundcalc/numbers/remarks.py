"""Collects remarks on how a number was found, made deep inside of a computation, for whoever shows the number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_MADE: ContextVar[list[str] | None] = ContextVar("made", default=None)


@contextmanager
def remarks() -> Iterator[list[str]]:
    """Collects what is remarked within the block, each once, in order.

    >>> with remarks() as made:
    ...     remark("solved again")
    ...     remark("solved again")
    >>> made
    ['solved again']
    """
    made: list[str] = []
    token = _MADE.set(made)
    try:
        yield made
    finally:
        _MADE.reset(token)


def remark(text: str) -> None:
    """Adds a remark to those of the innermost block; without one it is lost."""
    made = _MADE.get()
    if made is not None and text not in made:
        made.append(text)
