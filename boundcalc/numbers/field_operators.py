"""Derives the operators of a field from a sum, a negative, a product and an inverse, for numbers that Python has no type for."""

from __future__ import annotations

from typing import Any


class FieldOperators:
    """Subtracts and divides, and takes a plain number on the left.

    A class has ``+``, unary ``-``, ``*``, and for quotients ``inverse``; ``of`` makes any number one of its own.
    """

    __slots__ = ()

    @staticmethod
    def of(value: Any) -> Any:
        """The number as one of the class; as it is, where the class's operators take plain numbers."""
        return value

    def __radd__(self, other: Any) -> Any:
        return self + other

    def __rmul__(self, other: Any) -> Any:
        return self * other

    def __sub__(self, other: Any) -> Any:
        return self + -self.of(other)

    def __rsub__(self: Any, other: Any) -> Any:
        return -self + other

    def __truediv__(self, other: Any) -> Any:
        return self * self.of(other).inverse()

    def __rtruediv__(self: Any, other: Any) -> Any:
        return self.inverse() * other
