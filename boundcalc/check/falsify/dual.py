"""Computes with dual numbers over NumPy arrays: a float64 array and its exact derivatives in K directions, forward mode.

A case of a proof step has some twenty real parameters, so that forward mode costs no more than reverse mode and needs no
tape. Rules: ``value`` has any shape S, ``tangent`` the shape S + (K,), or is ``None`` for a constant; shapes broadcast as
NumPy's do, from the right.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def _spread(tangent: Array, shape: tuple[int, ...]) -> Array:
    """The tangent with the shape that its value was broadcast to."""
    if tangent.shape[:-1] == shape:
        return tangent
    return np.broadcast_to(tangent, (*shape, tangent.shape[-1]))


def _finite(factor: Array) -> Array:
    """A partial derivative; 0 where it is infinite or undefined (a root at 0), which no search direction can use."""
    return np.where(np.isfinite(factor), factor, 0.0)[..., None]


class Dual:
    """An array with derivatives."""

    __array_ufunc__ = None  # NumPy leaves mixed operations to this class
    __slots__ = ("tangent", "value")

    def __init__(self, value: Any, tangent: Array | None = None) -> None:
        self.value: Array = np.asarray(value, dtype=float)
        self.tangent = tangent

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value."""
        return self.value.shape

    def __bool__(self) -> bool:
        """False for constant zeros."""
        return self.tangent is not None or bool(self.value.any())

    def __getitem__(self, key: Any) -> Dual:
        """Indexing of the value's axes, fancy indexing too."""
        return Dual(self.value[key], None if self.tangent is None else self.tangent[key])

    def __add__(self, other: Dual | float) -> Dual:
        return _linear(self, as_dual(other), 1.0, 1.0)

    def __sub__(self, other: Dual | float) -> Dual:
        return _linear(self, as_dual(other), 1.0, -1.0)

    def __mul__(self, other: Dual | float) -> Dual:
        if not isinstance(other, Dual):
            return Dual(self.value * other, None if self.tangent is None else self.tangent * other)
        if self.tangent is None and self.value.ndim == 0:
            self, other = other, self
        value = self.value * other.value
        if other.tangent is None and other.value.ndim == 0:  # a zero stays a constant
            return Dual(value, None if self.tangent is None or other.value == 0 else self.tangent * other.value)
        tangent = None if self.tangent is None else self.tangent * other.value[..., None]
        if other.tangent is not None:
            share = other.tangent * self.value[..., None]
            tangent = share if tangent is None else tangent + share
        return Dual(value, None if tangent is None else _spread(tangent, value.shape))

    @np.errstate(all="ignore")
    def __truediv__(self, other: Dual | float) -> Dual:
        right = as_dual(other)
        value = self.value / right.value
        return _chain(value, (self, 1 / right.value), (right, -value / right.value))

    def __neg__(self) -> Dual:
        return Dual(-self.value, None if self.tangent is None else -self.tangent)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: float) -> Dual:
        return as_dual(other) - self

    def __rtruediv__(self, other: float) -> Dual:
        return as_dual(other) / self

    @np.errstate(all="ignore")
    def __pow__(self, other: Dual | float) -> Dual:
        exponent = as_dual(other)
        value = self.value**exponent.value
        slope = exponent.value * self.value ** (exponent.value - 1)
        if exponent.tangent is None:
            return _chain(value, (self, slope))
        return _chain(value, (self, slope), (exponent, value * np.log(self.value)))

    def sum(self, axis: int) -> Dual:
        """Sum over an axis of the value, counted from the left."""
        return Dual(self.value.sum(axis), None if self.tangent is None else self.tangent.sum(axis))


def as_dual(value: Dual | Array | float) -> Dual:
    """A number or array as a constant."""
    return value if isinstance(value, Dual) else Dual(value)


def _linear(left: Dual, right: Dual, a: float, b: float) -> Dual:
    value = a * left.value + b * right.value
    if left.tangent is None:
        return Dual(value, None if right.tangent is None else b * _spread(right.tangent, value.shape))
    if right.tangent is None:
        return Dual(value, a * _spread(left.tangent, value.shape))
    return Dual(value, a * left.tangent + b * right.tangent)


def _chain(value: Array, *parts: tuple[Dual, Array]) -> Dual:
    """The value with tangent the sum of partial derivative times tangent."""
    total: Array | None = None
    for operand, partial in parts:
        if operand.tangent is not None:
            share = _finite(np.asarray(partial)) * operand.tangent
            total = share if total is None else total + share
    return Dual(value, None if total is None else _spread(total, value.shape))


def exp(x: Dual) -> Dual:
    """e^x."""
    value = np.exp(x.value)
    return _chain(value, (x, value))


def absolute(x: Dual) -> Dual:
    """|x|, with slope 0 at 0."""
    return _chain(np.abs(x.value), (x, np.sign(x.value)))


def where(mask: Array, left: Dual, right: Dual) -> Dual:
    """Left where the mask holds, else right."""
    value = np.where(mask, left.value, right.value)
    if left.tangent is None and right.tangent is None:
        return Dual(value)
    size = (left if left.tangent is not None else right).tangent.shape[-1]  # type: ignore[union-attr]
    zero = np.zeros(size)
    tangents = [zero if part.tangent is None else _spread(part.tangent, part.shape) for part in (left, right)]
    return Dual(value, np.where(mask[..., None], *tangents))


def maximum(x: Dual, y: Dual) -> Dual:
    """The larger; x's slope where they agree."""
    return where(x.value >= y.value, x, y)


def minimum(x: Dual, y: Dual) -> Dual:
    """The smaller; x's slope where they agree."""
    return where(x.value <= y.value, x, y)


def concatenate(parts: list[Dual]) -> Dual:
    """Vectors one after the other."""
    value = np.concatenate([part.value for part in parts])
    size = next((part.tangent.shape[-1] for part in parts if part.tangent is not None), None)
    if size is None:
        return Dual(value)
    zeros = [np.zeros((*part.shape, size)) if part.tangent is None else part.tangent for part in parts]
    return Dual(value, np.concatenate(zeros))


def outer_product(left: Dual, right: Dual) -> Dual:
    """Matrix product of two matrices (a x b, b x c)."""
    return (left[:, :, None] * right[None, :, :]).sum(1)


def range_projection(columns: Dual, *, cutoff: float = 1e-9) -> Dual:
    """Projection onto the range of a matrix V, and its derivative at constant rank.

    P = V V^+, dP = (1 - P) dV V^+ plus its transpose.
    """
    inverse = np.linalg.pinv(columns.value, rcond=cutoff)
    projection = columns.value @ inverse
    if columns.tangent is None:
        return Dual(projection)
    rest = np.eye(len(projection)) - projection
    half = np.einsum("ij,jkl,km->iml", rest, columns.tangent, inverse)
    return Dual(projection, half + half.transpose(1, 0, 2))
