"""A proof that a function is nonnegative on a unit cube, by bisection into boxes of balls.

On each box either a cheap reason holds, or the value in balls is nonnegative, or the mean value form is, or Taylor's form
of second order about the midpoint is. Where a derivative has a sign, the mean value form stands on that face.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flint import arb, ctx, fmpq

from boundcalc.certificate.verifier.jets import Jet, least_of_quadratic, variables
from boundcalc.certificate.verifier.reading import Refuted

BITS = 128
BUDGET = 40_000
"""Most boxes."""
Function = Callable[[Sequence[Any]], tuple[Any, Any]]
Box = tuple[tuple[fmpq, fmpq], ...]


def prove_nonnegative(function: Function, dimension: int, what: str) -> int:
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
        pending: list[Box] = [((fmpq(0), fmpq(1)),) * dimension]
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


def _examine(function: Function, box: Box, what: str) -> int | None:
    """``None`` where the box is proven, else the variable to bisect."""
    middles = [arb((low + high) / 2) for low, high in box]
    radii = [arb((high - low) / 2) for low, high in box]
    balls = [arb((low + high) / 2, (high - low) / 2) for low, high in box]
    first, second = function(variables(balls, second=False))
    if first.value <= 0 or second.value >= 0:
        return None
    moves = [abs(slope) * radius for slope, radius in zip(second.slopes, radii, strict=True)]
    point, rest = list(middles), arb(0)
    for k, slope in enumerate(second.slopes):
        if slope > 0 or slope < 0:
            point[k] = arb(box[k][0 if slope > 0 else 1])
        else:
            rest += moves[k]
    at_first, at_second = function(point)
    if at_first > 0 and at_second < 0:
        raise Refuted(f"{what}: fails at ({', '.join(str(float(x)) for x in point)})")
    if at_second - rest >= 0:
        return None
    at_first, at_second = function(middles)
    if at_first + sum((abs(slope) * radius for slope, radius in zip(first.slopes, radii, strict=True)), arb(0)) <= 0:
        return None
    # second derivatives are dear: only where the function varies little in proportion to its parts
    if rest <= at_second + 2 * at_first * at_first and _taylor(function, balls, middles, radii) >= 0:
        return None
    sizes = [move.upper() if move.is_finite() else arb.pos_inf() for move in moves]
    if all(size.is_finite() for size in sizes):
        return max(range(len(box)), key=lambda k: float(sizes[k]))
    return max(range(len(box)), key=lambda k: float(radii[k]))


def _taylor(function: Function, balls: list[arb], middles: list[arb], radii: list[arb]) -> arb:
    """A lower bound of the second component: its quadratic about the midpoint, and what the second derivatives vary."""
    over: Jet = function(variables(balls, second=True))[1]
    at: Jet = function(variables(middles, second=True))[1]
    least = at.value + least_of_quadratic(at.slopes, at.curvatures, radii)
    for j, (wide, narrow) in enumerate(zip(over.curvatures, at.curvatures, strict=True)):
        for k, (x, y) in enumerate(zip(wide, narrow, strict=True)):
            least -= abs(x - y) * radii[j] * radii[k] * (fmpq(1, 2) if j == k else 1)
    return least
