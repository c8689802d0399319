r"""Mixes members of the frontier for the row program: known families where they are all, and a free polynomial for small d.

The frontier of order k is convex, and for a polynomial h of low degree it is the hull of

    h = 0 and h = u^k: (1, 0) and (0, 1/tau_k);
    the tangent of u^k at v, h = k v^{k-1} u - (k - 1) v^k: (1 - k v^{k-1} + (k-1) v^k, k v^{k-1}/d - (k-1) v^k);
    k = 3, 0 < v <= 12/(d + 4), h = 2 v u^2 - v^2 u: ((1 - v)^2, 6 v/(d (d + 2)) - v^2/d).

Degrees up to 6 add less than 10^-5 to this for k = 2, d >= 4 and k = 3, d >= 8; up to 1% for smaller d, near the corner where
u^k takes over. There the Gegenbauer coefficients of h are unknowns themselves, with h <= u^k on nodes that follow the solution.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np
from flint import fmpq, fmpq_poly

from boundcalc.bounds.frontiers.program import Array, clustered, gegenbauer_values, peaks_of
from boundcalc.bounds.frontiers.rounding import rational, repaired
from boundcalc.bounds.frontiers.row_program import MemberColumns
from boundcalc.certify.gegenbauer import gegenbauer_coefficients
from boundcalc.lemmas.frontier import FrontierPolynomial
from boundcalc.numbers.constants import welch_constant
from boundcalc.numbers.enclosure import to_float

Kind = Literal["none", "power", "tangent", "root"]
FIRST = 8
"""How many members of each family a program starts with."""
FAR = 0.6
"""A mean that moves by this part of the distance to the next member is followed."""
CLOSE = 1e-7
"""Members of smaller weight are not refined."""
SMALL = {2: 3, 3: 7}
"""For each order the largest d, from 2 on, with a free polynomial."""
DEGREE = 6
"""Its degree in u."""
MOST_PEAKS, MOST_KEPT = 12, 60
"""So many nodes at most are added at a time, and about twice as many stay as the second."""
NEAR = 0.02
"""Nodes at which h has more room below u^k, in units of the greater of u^k and 1/τ_k, are left out."""
_FIRST_NODES = (np.arange(25) / 24) * (np.arange(25) / 24)


@dataclass(frozen=True)
class Member:
    """A polynomial h(u) of order k in dimension d, by its kind and its point v of contact."""

    d: int
    order: int
    kind: Kind
    v: fmpq

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
        coefficients = gegenbauer_coefficients(self.polynomial(), self.d)
        return to_float(1 - sum(coefficients, fmpq(0))), to_float(coefficients[0])


def last_contact(d: int, order: int, kind: Kind) -> fmpq:
    """The point v from which on y falls as x does: members beyond it serve nothing."""
    return min(fmpq(3, d + 2), fmpq(12, d + 4)) if kind == "root" else fmpq(1, d)


def kinds(order: int) -> tuple[Kind, ...]:
    """The families of that order."""
    return ("tangent",) if order == 2 else ("tangent", "root")


@lru_cache(maxsize=64)
def first_members(d: int, order: int) -> tuple[Member, ...]:
    """h = 0, h = u^k and some members of each family; d = 1 has no more than the first two."""
    found = [Member(d, order, "none", fmpq(0)), Member(d, order, "power", fmpq(0))]
    if d > 1:
        for kind in kinds(order):
            last = last_contact(d, order, kind)
            found += [Member(d, order, kind, last * j / (FIRST + 1)) for j in range(FIRST, 0, -1)]
    return tuple(found)


@dataclass
class Families:
    """The members of one order: those to start from, and ones near the solution's, closer each time."""

    d: int
    order: int
    fresh: list[Member] = field(default_factory=list)
    excess: float = 0.0

    def __post_init__(self) -> None:
        self.gaps: dict[Kind, float] = dict.fromkeys(kinds(self.order), 1 / (FIRST + 1))
        self.means: dict[Kind, float] = {}

    @property
    def all(self) -> list[Member]:
        """Every member that the next program has."""
        return [*first_members(self.d, self.order), *self.fresh]

    @cached_property
    def columns(self) -> MemberColumns:
        """They as columns of the program."""
        x, y = np.array([member.pair for member in self.all]).T
        return MemberColumns(x, y, np.ones(len(x)), np.zeros((0, len(x))))

    def refined(self, weights: Array) -> Families:
        """With members around the weighted mean of each family's v."""
        following = Families(self.d, self.order)
        following.gaps, following.means = dict(self.gaps), dict(self.means)
        chosen = [(float(w), member) for w, member in zip(weights, self.all, strict=True) if w > CLOSE]
        kept = [member for _, member in chosen if member in self.fresh]
        for kind in kinds(self.order) if self.d > 1 else ():
            own = [(w, to_float(member.v)) for w, member in chosen if member.kind == kind]
            if own:
                last = last_contact(self.d, self.order, kind)
                mean = sum(w * v for w, v in own) / sum(w for w, _ in own)
                # where the mean moves as far as the members reach, they follow it before they come closer
                gap = self.gaps[kind] * to_float(last)
                if abs(mean - self.means.get(kind, mean)) < FAR * gap:
                    gap /= 3
                following.gaps[kind], following.means[kind] = gap / to_float(last), mean
                values = {rational(mean + j * gap, 8) for j in (-1, 0, 1) if mean + j * gap > 0}
                kept += [Member(self.d, self.order, kind, v) for v in sorted(values) if v <= last]
        following.fresh = list(dict.fromkeys(kept))
        return following

    def polynomial(self, weights: Array, *, shares: bool, digits: int) -> FrontierPolynomial:
        """Σ μ_j h_j for rounded weights, with share Σ μ_j, which is 1 without ``shares``; proven to be below it."""
        short = [rational(w, digits) if w > 1e-12 else fmpq(0) for w in weights.tolist()]
        total = sum(short, fmpq(0))
        if not shares or total > 1:
            short[short.index(max(short))] += 1 - total
            total = fmpq(1)
        h = sum((member.polynomial() * weight for member, weight in zip(self.all, short, strict=True)), fmpq_poly())
        coefficients = gegenbauer_coefficients(h, self.d) if h.degree() >= 0 else (fmpq(0),)
        return FrontierPolynomial(self.d, self.order, total, coefficients)


@dataclass(frozen=True)
class FreePolynomial:
    """h by its Gegenbauer coefficients, below s u^k on the nodes; ``excess`` is by how much it was above elsewhere.

    Nodes are added where h − s u^k has a maximum above ``floor``: one below 0 finds where h touches between points of a grid.
    """

    d: int
    order: int
    nodes: Array
    excess: float = 0.0
    floor: float = 1e-11

    @classmethod
    def start(cls, d: int, order: int, floor: float) -> FreePolynomial:
        """On a first grid."""
        return cls(d, order, _FIRST_NODES, floor=floor)

    @property
    def size(self) -> Array:
        """Natural sizes of h_0, h_1, …."""
        d, k = self.d, self.order
        return np.array([self.least, *(1 / float(d ** (k - j)) if j < k else 1.0 for j in range(1, DEGREE + 1))])

    @property
    def least(self) -> float:
        """1/τ_k."""
        return to_float(1 / welch_constant(fmpq(self.d), self.order))

    @cached_property
    def columns(self) -> MemberColumns:
        """s, h_0, h_1, … as columns, each in units of its size."""
        power = power_of(self.nodes, self.order)
        weight = 1 / np.maximum(power, self.least)
        below = np.zeros((len(self.nodes), DEGREE + 2))
        below[:, 0] = power * weight
        below[:, 1:] = -gegenbauer_values(self.d, DEGREE, self.nodes) * weight[:, None] * self.size
        x, y, share = np.concatenate([[1.0], -self.size]), np.zeros(DEGREE + 2), np.zeros(DEGREE + 2)
        y[1], share[0] = self.size[0], 1.0
        return MemberColumns(x, y, share, below)

    def refined(self, weights: Array) -> FreePolynomial:
        """With nodes where h exceeds s u^k most."""
        fine, values = fine_grid(self.d)
        excess = self._excess(fine, values, weights)
        peaks = peaks_of(fine, excess, self.floor)
        if len(peaks) > MOST_PEAKS:  # h is s u^k itself, about, and these are roundings
            height = self._excess(peaks, gegenbauer_values(self.d, DEGREE, peaks), weights)
            peaks = np.sort(peaks[np.argsort(-height, kind="stable")[:MOST_PEAKS]])
        new = clustered(self.nodes, peaks)
        between = self._excess(new, gegenbauer_values(self.d, DEGREE, new), weights)
        worst = max(float(excess.max()), float(between.max(initial=0.0)), 0.0)
        kept = self.nodes[_active(self.columns, weights)]
        kept = kept[:: max(1, len(kept) // MOST_KEPT)]
        nodes = np.unique(np.concatenate([_FIRST_NODES, kept, new]))
        return FreePolynomial(self.d, self.order, nodes, worst, self.floor)

    def _excess(self, u: Array, values: Array, weights: Array) -> Array:
        """h − s u^k at u, in units of the greater of u^k and 1/τ_k."""
        power, h = power_of(u, self.order), weights[1:] * self.size
        total = -weights[0] * power
        for k in range(DEGREE + 1):
            total = total + values[:, k] * h[k]
        return total / np.maximum(power, self.least)

    def polynomial(self, weights: Array, *, shares: bool, digits: int) -> FrontierPolynomial:
        """A member next to h, proven to be below its share."""
        share = float(weights[0]) if shares else 1.0
        if share <= 0:
            return FrontierPolynomial(self.d, self.order, fmpq(0), (fmpq(0),))
        whole = repaired(weights[1:] * self.size / share, 1.0, self.order, self.d, self.refined(weights).excess / share)
        part = rational(share)
        return FrontierPolynomial(self.d, self.order, part, tuple(part * h for h in whole.coefficients)) if part < 1 else whole


def _active(columns: MemberColumns, weights: Array) -> Array:
    """The nodes at which h is near s u^k."""
    room = np.zeros(len(columns.below))
    for k, weight in enumerate(weights.tolist()):
        room = room + columns.below[:, k] * weight
    return room < NEAR


@lru_cache(maxsize=16)
def fine_grid(d: int) -> tuple[Array, Array]:
    """A fine grid of u, finer at 0, and the Gegenbauer polynomials there."""
    part = np.arange(1201) / 1200
    u = np.unique(np.concatenate([part, part * part]))
    return u, gegenbauer_values(d, DEGREE, u)


def power_of(u: Array, k: int) -> Array:
    """u^k, k = 2 or 3, without a power."""
    return u * u if k == 2 else u * u * u


MemberSet = Families | FreePolynomial


def start(d: int, order: int, floor: float = 1e-11) -> MemberSet:
    """What serves that order in that dimension."""
    return FreePolynomial.start(d, order, floor) if 2 <= d <= SMALL[order] else Families(d, order)
