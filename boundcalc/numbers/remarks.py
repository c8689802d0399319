"""Collects remarks on how a number was found, made deep inside of a computation, for whoever shows the number."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, update_wrapper
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
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


class Remembered(Generic[K, V]):
    """A function that keeps its latest values and what it remarked, which is remarked again each time that a value is used."""

    def __init__(self, function: Callable[[K], V], maxsize: int) -> None:
        self._function = function
        self._kept = lru_cache(maxsize)(self._called)
        update_wrapper(self, function)

    def __call__(self, key: K) -> V:
        value, made = self._kept(key)
        for text in made:
            remark(text)
        return value

    def cache_clear(self) -> None:
        """Forgets all values."""
        self._kept.cache_clear()

    def _called(self, key: K) -> tuple[V, tuple[str, ...]]:
        with remarks() as made:
            return self._function(key), tuple(made)


def remembered(maxsize: int) -> Callable[[Callable[[K], V]], Remembered[K, V]]:
    """Makes a function of one argument :class:`Remembered`.

    >>> @remembered(4)
    ... def half(x):
    ...     remark(f"half of {x}")
    ...     return x / 2
    >>> half(3)
    1.5
    >>> with remarks() as made:
    ...     half(3)
    1.5
    >>> made
    ['half of 3']
    """
    return lambda function: Remembered(function, maxsize)
