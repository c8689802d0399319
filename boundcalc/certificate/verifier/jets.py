"""Balls with derivatives: values of a function on a box together with its gradient and, where asked, its second derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb

Row = tuple[arb, ...]


@dataclass(frozen=True, slots=True)
class Jet:
    """A value, its gradient, and the lower triangle of its second derivatives (empty where they are not wanted)."""

    value: arb
    slopes: Row
    curvatures: tuple[Row, ...] = ()

    def __add__(self, other: Any) -> Jet:
        if not isinstance(other, Jet):
            return Jet(self.value + other, self.slopes, self.curvatures)
        curvatures = tuple(_added(a, b) for a, b in zip(self.curvatures, other.curvatures, strict=True))
        return Jet(self.value + other.value, _added(self.slopes, other.slopes), curvatures)

    def __mul__(self, other: Any) -> Jet:
        a, da = self.value, self.slopes
        if not isinstance(other, Jet):
            return Jet(a * other, tuple(x * other for x in da), tuple(tuple(x * other for x in row) for row in self.curvatures))
        b, db = other.value, other.slopes
        curvatures = tuple(
            tuple(x * b + a * y + da[j] * db[k] + da[k] * db[j] for k, (x, y) in enumerate(zip(one, two, strict=True)))
            for j, (one, two) in enumerate(zip(self.curvatures, other.curvatures, strict=True))
        )
        return Jet(a * b, tuple(x * b + a * y for x, y in zip(da, db, strict=True)), curvatures)

    def __neg__(self) -> Jet:
        return self * -1

    def __sub__(self, other: Any) -> Jet:
        return self + -other

    def __rsub__(self, other: Any) -> Jet:
        return -self + other

    __radd__, __rmul__ = __add__, __mul__


def _added(one: Row, two: Row) -> Row:
    return tuple(a + b for a, b in zip(one, two, strict=True))


def variables(balls: Sequence[arb], *, second: bool) -> list[Jet]:
    """The coordinates of a box as jets."""
    size = range(len(balls))
    zero = tuple(tuple(arb(0) for _ in range(j + 1)) for j in size) if second else ()
    return [Jet(ball, tuple(arb(int(j == k)) for j in size), zero) for k, ball in enumerate(balls)]


def root(value: Any) -> Any:
    """√ of a number ≥ 0 whose ball may reach below 0."""
    if isinstance(value, Jet):
        found = root(value.value)
        slopes = tuple(slope / (2 * found) for slope in value.slopes)
        # 2 f f'' = v'' − 2 f' f'
        curvatures = tuple(
            tuple((x - 2 * slopes[j] * slopes[k]) / (2 * found) for k, x in enumerate(row))
            for j, row in enumerate(value.curvatures)
        )
        return Jet(found, slopes, curvatures)
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
