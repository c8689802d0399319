"""Maps unbounded variables to the unit interval: w = low + u/(1 − u), with the powers of v = 1 − u kept apart.

Each number of a computation is held as base · Π v_k^{−e_k} with a base that stays finite at v = 0. A quotient of two
functions that grow alike at infinity then has an enclosure on a box that holds infinity, where w itself has none.
"""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq

from boundcalc.certify.jets import Constant, Jet, constant

RationalExponent = int | fmpq


class Scaled:
    """base · Π v_k^{−exponents_k}, where v_k = 1 − u_k ≥ 0 are jets shared by all numbers of one evaluation."""

    __slots__ = ("base", "exponents", "vanishing")

    def __init__(self, base: Jet, exponents: tuple[RationalExponent, ...], vanishing: tuple[Jet, ...]) -> None:
        self.base, self.exponents, self.vanishing = base, exponents, vanishing

    def jet(self) -> Jet:
        """The number itself; not finite on a box where a positive exponent meets v = 0."""
        return self._raised(tuple([0] * len(self.exponents)))

    def _raised(self, exponents: tuple[RationalExponent, ...]) -> Jet:
        """The base that belongs to other exponents."""
        base = self.base
        zero = base.value.is_zero()
        for v, mine, asked in zip(self.vanishing, self.exponents, exponents, strict=True):
            # zero on the whole box stays zero, in the limit v = 0 too; at the point v = 0 alone it says nothing
            if asked != mine and not (zero and not v.value.is_zero()):
                base = base * v ** (asked - mine)
        return base

    def _lift(self, other: Any) -> Scaled | None:
        if isinstance(other, Scaled):
            return other
        if isinstance(other, Constant):
            other = constant(arb(other), self.base)
        return Scaled(other, (0,) * len(self.exponents), self.vanishing) if isinstance(other, Jet) else None

    def _aligned(self, other: Scaled) -> tuple[Jet, Jet, tuple[RationalExponent, ...]]:
        if self.exponents == other.exponents:
            return self.base, other.base, self.exponents
        common = tuple([max(a, b) for a, b in zip(self.exponents, other.exponents, strict=True)])
        return self._raised(common), other._raised(common), common

    def __add__(self, other: Any) -> Any:
        lifted = self._lift(other)
        if lifted is None:
            return NotImplemented
        left, right, exponents = self._aligned(lifted)
        return Scaled(left + right, exponents, self.vanishing)

    __radd__ = __add__

    def __neg__(self) -> Scaled:
        return Scaled(-self.base, self.exponents, self.vanishing)

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return (-self) + other

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Constant | Jet):
            return Scaled(self.base * other, self.exponents, self.vanishing)
        if not isinstance(other, Scaled):
            return NotImplemented
        exponents = tuple([a + b for a, b in zip(self.exponents, other.exponents, strict=True)])
        return Scaled(self.base * other.base, exponents, self.vanishing)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Constant | Jet):
            return Scaled(self.base / other, self.exponents, self.vanishing)
        return self * other**-1 if isinstance(other, Scaled) else NotImplemented

    def __rtruediv__(self, other: Any) -> Any:
        return self**-1 * other

    def __pow__(self, exponent: RationalExponent) -> Scaled:
        return Scaled(self.base**exponent, tuple([e * exponent for e in self.exponents]), self.vanishing)

    def maximum(self, other: Any) -> Scaled:
        """The greater of two functions; v ≥ 0 scales both alike."""
        lifted = self._lift(other)
        assert lifted is not None
        left, right, exponents = self._aligned(lifted)
        return Scaled(left.maximum(right), exponents, self.vanishing)


def unbounded(coordinates: list[Jet], lows: list[fmpq], infinite: list[int]) -> list[Jet | Scaled]:
    """The variables from the coordinates of the compact box: w = low + u/(1 − u) for the indices in ``infinite``."""
    if not infinite:
        return list(coordinates)
    vanishing = tuple([1 - coordinates[k] for k in infinite])
    found: list[Jet | Scaled] = list(coordinates)
    for place, k in enumerate(infinite):
        exponents = tuple([1 if i == place else 0 for i in range(len(infinite))])
        base = coordinates[k] if lows[k] == 0 else coordinates[k] + vanishing[place] * lows[k]
        found[k] = Scaled(base, exponents, vanishing)
    return found
