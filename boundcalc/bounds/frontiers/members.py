r"""Members of the frontier that need no solver, and mixtures of them.

The frontier of order k is convex, and for a polynomial h of low degree it is the hull of

    h = 0 and h = u^k: (1, 0) and (0, 1/tau_k);
    the tangent of u^k at v, h = k v^{k-1} u - (k - 1) v^k: (1 - k v^{k-1} + (k-1) v^k, k v^{k-1}/d - (k-1) v^k);
    k = 3, 0 < v <= 12/(d + 4), h = 2 v u^2 - v^2 u: ((1 - v)^2, 6 v/(d (d + 2)) - v^2/d).

For d >= 8 polynomials of degree up to 6 add less than 10^-5 to it; for smaller d up to 1%, near the corner where u^k takes over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from flint import fmpq, fmpq_poly

from boundcalc.certify.gegenbauer import gegenbauer_coefficients
from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.numbers.constants import welch_constant

FIRST = 8
"""How many members of each family a program starts with."""
Kind = Literal["none", "power", "tangent", "root"]


@dataclass(frozen=True)
class Member:
    """A polynomial h(u) of order k in dimension d, by its kind and its point v of contact."""

    d: int
    order: int
    kind: Kind
    v: fmpq

    @cached_property
    def polynomial(self) -> fmpq_poly:
        """h(u)."""
        v, k = self.v, self.order
        if self.kind == "none" or (self.kind == "power" and self.d == 1):
            return fmpq_poly([fmpq(self.kind == "power")])
        if self.kind == "power":
            return fmpq_poly([0] * k + [1])
        return fmpq_poly([-(k - 1) * v**k, k * v ** (k - 1)] if self.kind == "tangent" else [0, -v * v, 2 * v])

    @cached_property
    def pair(self) -> tuple[float, float]:
        """(x, y) as floats."""
        coefficients = gegenbauer_coefficients(self.polynomial, self.d)
        return _float(1 - sum(coefficients, fmpq(0))), _float(coefficients[0])


def _float(value: fmpq) -> float:
    return int(value.p) / int(value.q)


def last_contact(d: int, order: int, kind: Kind) -> fmpq:
    """The point v from which on y falls as x does: members beyond it serve nothing."""
    return min(fmpq(3, d + 2), fmpq(12, d + 4)) if kind == "root" else fmpq(1, d)


def kinds(order: int) -> tuple[Kind, ...]:
    """The families of that order."""
    return ("tangent",) if order == 2 else ("tangent", "root")


@lru_cache(maxsize=64)
def first_members(d: int, order: int, count: int = FIRST) -> tuple[Member, ...]:
    """h = 0, h = u^k and ``count`` members of each family; d = 1 has no more than the first two."""
    found = [Member(d, order, "none", fmpq(0)), Member(d, order, "power", fmpq(0))]
    if d > 1:
        for kind in kinds(order):
            last = last_contact(d, order, kind)
            found += [Member(d, order, kind, last * (count + 1 - j) / (count + 1)) for j in range(1, count + 1)]
    return tuple(found)


def mixture(members: Sequence[Member], weights: Sequence[fmpq]) -> FrontierPolynomial:
    """Σ μ_j h_j with share Σ μ_j, proven to be below it."""
    first = members[0]
    total = sum((member.polynomial * weight for member, weight in zip(members, weights, strict=True)), fmpq_poly())
    coefficients = gegenbauer_coefficients(total, first.d) if total.degree() >= 0 else (fmpq(0),)
    return FrontierPolynomial(first.d, first.order, sum(weights, fmpq(0)), coefficients)


def size(d: int, order: int) -> float:
    """1/τ_k."""
    return _float(1 / welch_constant(fmpq(d), order))
