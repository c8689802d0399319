"""Proves a function nonnegative on a unit cube, by bisection into boxes of balls with derivatives.

On each box either a cheap reason holds, or the value in balls is nonnegative, or the mean value form is, or Taylor's form
of second order about the midpoint is. Where a derivative has a sign, the mean value form stands on that face.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, ctx, fmpq

from boundcalc.certificate.verifier.reading import Refuted, Work

BITS = 128
Function = Callable[[Sequence[Any]], tuple[Any, Any]]
Box = tuple[tuple[fmpq, fmpq], ...]


def prove_nonnegative(function: Function, dimension: int, what: str, most: int, work: Work, steps: int) -> int:
    """Proves second(x) ≥ 0 wherever first(x) > 0 on [0, 1]^dimension for function(x) = (first, second).

    A box is charged with so many steps, and at most ``most`` boxes are tried.

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
            if boxes > most:
                raise Refuted(f"{what}: not proven with {most} boxes")
            work.boxes(steps, what)
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
    over: SecondOrderJet = function(variables(balls, second=True))[1]
    at: SecondOrderJet = function(variables(middles, second=True))[1]
    least = at.value + least_of_quadratic(at.slopes, at.curvatures, radii)
    for j, (wide, narrow) in enumerate(zip(over.curvatures, at.curvatures, strict=True)):
        for k, (x, y) in enumerate(zip(wide, narrow, strict=True)):
            least -= abs(x - y) * radii[j] * radii[k] * (fmpq(1, 2) if j == k else 1)
    return least


# --- balls with derivatives --------------------------------------------------------------------------------------------


BallRow = tuple[arb, ...]


@dataclass(frozen=True, slots=True)
class SecondOrderJet:
    """A value, its gradient, and the lower triangle of its second derivatives (empty where they are not wanted)."""

    value: arb
    slopes: BallRow
    curvatures: tuple[BallRow, ...] = ()

    def __add__(self, other: Any) -> SecondOrderJet:
        if not isinstance(other, SecondOrderJet):
            return SecondOrderJet(self.value + other, self.slopes, self.curvatures)
        curvatures = tuple(_added(a, b) for a, b in zip(self.curvatures, other.curvatures, strict=True))
        return SecondOrderJet(self.value + other.value, _added(self.slopes, other.slopes), curvatures)

    def __mul__(self, other: Any) -> SecondOrderJet:
        a, da = self.value, self.slopes
        if not isinstance(other, SecondOrderJet):
            return SecondOrderJet(
                a * other, tuple(x * other for x in da), tuple(tuple(x * other for x in row) for row in self.curvatures)
            )
        b, db = other.value, other.slopes
        curvatures = tuple(
            tuple(x * b + a * y + da[j] * db[k] + da[k] * db[j] for k, (x, y) in enumerate(zip(one, two, strict=True)))
            for j, (one, two) in enumerate(zip(self.curvatures, other.curvatures, strict=True))
        )
        return SecondOrderJet(a * b, tuple(x * b + a * y for x, y in zip(da, db, strict=True)), curvatures)

    def __neg__(self) -> SecondOrderJet:
        return self * -1

    def __sub__(self, other: Any) -> SecondOrderJet:
        return self + -other

    def __rsub__(self, other: Any) -> SecondOrderJet:
        return -self + other

    __radd__, __rmul__ = __add__, __mul__


def _added(one: BallRow, two: BallRow) -> BallRow:
    return tuple(a + b for a, b in zip(one, two, strict=True))


def variables(balls: Sequence[arb], *, second: bool) -> list[SecondOrderJet]:
    """The coordinates of a box as jets."""
    size = range(len(balls))
    zero = tuple(tuple(arb(0) for _ in range(j + 1)) for j in size) if second else ()
    return [SecondOrderJet(ball, tuple(arb(int(j == k)) for j in size), zero) for k, ball in enumerate(balls)]


def root(value: Any) -> Any:
    """√ of a number ≥ 0 whose ball may reach below 0."""
    if isinstance(value, SecondOrderJet):
        found = root(value.value)
        slopes = tuple(slope / (2 * found) for slope in value.slopes)
        # 2 f f'' = v'' − 2 f' f'
        curvatures = tuple(
            tuple((x - 2 * slopes[j] * slopes[k]) / (2 * found) for k, x in enumerate(row))
            for j, row in enumerate(value.curvatures)
        )
        return SecondOrderJet(found, slopes, curvatures)
    low, high = value.lower(), value.upper()
    return value.sqrt() if low > 0 else arb(0).union(high.sqrt()) if high > 0 else arb(0)


def least_of_quadratic(slopes: Sequence[arb], curvatures: Sequence[Sequence[arb]], radii: Sequence[arb]) -> arb:
    """A lower bound of Σ g_k x_k + ½ Σ h_jk x_j x_k for |x_k| ≤ radii_k; h by its lower triangle.

    The last variable is eliminated by completing its square, or bounded by its radius; then the one before, and so on.
    """
    if not slopes:
        return arb(0)
    *g, last = slopes
    *h, row = curvatures
    *cross, pivot = row
    radius = radii[-1]
    if pivot > 0 and abs(last) <= 2 * pivot * radius:
        g = [a - last * c / pivot for a, c in zip(g, cross, strict=True)]
        h = [[x - cross[j] * cross[k] / pivot for k, x in enumerate(one)] for j, one in enumerate(h)]
        return -last * last / (2 * pivot) + least_of_quadratic(g, h, radii[:-1])
    mixed = sum((abs(c) * r for c, r in zip(cross, radii, strict=False)), arb(0))
    bent = arb(0) if pivot >= 0 else pivot * radius / 2
    return (bent - abs(last) - mixed) * radius + least_of_quadratic(g, h, radii[:-1])
