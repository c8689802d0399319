"""A proof that a function is nonnegative on a unit cube, by bisection into boxes of balls.

On each box either a cheap reason holds, or the value in balls is nonnegative, or the mean value form is: the value at
the midpoint less Σ |∂_k| times the half-width.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, ctx, fmpq

from boundcalc.certificate.verifier.reading import Refuted

BITS = 128
BUDGET = 40_000
"""Most boxes."""


@dataclass(frozen=True)
class Dual:
    """A value with its derivatives in each variable."""

    value: arb
    slopes: tuple[arb, ...]

    def __add__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value + other.value, tuple(a + b for a, b in zip(self.slopes, other.slopes, strict=True)))
        return Dual(self.value + other, self.slopes)

    def __mul__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            slopes = zip(self.slopes, other.slopes, strict=True)
            return Dual(self.value * other.value, tuple(a * other.value + self.value * b for a, b in slopes))
        return Dual(self.value * other, tuple(a * other for a in self.slopes))

    def __neg__(self) -> Dual:
        return self * -1

    def __sub__(self, other: Any) -> Dual:
        return self + -other

    def __rsub__(self, other: Any) -> Dual:
        return -self + other

    __radd__, __rmul__ = __add__, __mul__


def root(value: Any) -> Any:
    """√ of a number ≥ 0 whose ball may reach below 0."""
    if isinstance(value, Dual):
        found = root(value.value)
        return Dual(found, tuple(slope / (2 * found) for slope in value.slopes))
    low, high = value.lower(), value.upper()
    return value.sqrt() if low > 0 else arb(0).union(high.sqrt()) if high > 0 else arb(0)


def prove_nonnegative(function: Callable[[Sequence[Any]], tuple[Any, Any]], dimension: int, what: str) -> int:
    """Proves second(x) ≥ 0 wherever first(x) > 0 on [0, 1]^dimension for function(x) = (first, second).

    Returns
    -------
    int
        The number of boxes.

    Raises
    ------
    Refuted
        At a point where it fails, or when the budget is spent.
    """
    with ctx.workprec(BITS):
        pending: list[tuple[tuple[fmpq, fmpq], ...]] = [((fmpq(0), fmpq(1)),) * dimension]
        boxes = 0
        while pending:
            boxes += 1
            if boxes > BUDGET:
                raise Refuted(f"{what}: not proven with {BUDGET} boxes")
            box = pending.pop()
            split = _examine(function, box, what)
            if split is not None:
                low, high = box[split]
                middle = (low + high) / 2
                pending += [(*box[:split], half, *box[split + 1 :]) for half in ((low, middle), (middle, high))]
        return boxes


def _examine(function: Callable[[Sequence[Any]], tuple[Any, Any]], box: tuple[tuple[fmpq, fmpq], ...], what: str) -> int | None:
    """``None`` where the box is proven, else the variable to bisect."""
    middles = [arb((low + high) / 2) for low, high in box]
    radii = [arb((high - low) / 2) for low, high in box]
    unit = [tuple(arb(int(j == k)) for j in range(len(box))) for k in range(len(box))]
    balls = [arb((low + high) / 2, (high - low) / 2) for low, high in box]
    first, second = function([Dual(ball, one) for ball, one in zip(balls, unit, strict=True)])
    if first.value <= 0 or second.value >= 0:
        return None
    moves = [abs(slope) * radius for slope, radius in zip(second.slopes, radii, strict=True)]
    at_first, at_second = function(middles)
    if at_first > 0 and at_second < 0:
        raise Refuted(f"{what}: fails at {', '.join(str((low + high) / 2) for low, high in box)}")
    if at_second - sum(moves, arb(0)) >= 0:
        return None
    sizes = [move.upper() if move.is_finite() else arb.pos_inf() for move in moves]
    if all(size.is_finite() for size in sizes):
        return max(range(len(box)), key=lambda k: float(sizes[k]))
    return max(range(len(box)), key=lambda k: float(radii[k]))
