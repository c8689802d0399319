r"""Solves the cone program of U2 and U9 for features that differ, in floating point: it proposes and proves nothing.

For every term k with order j_k: a share s_k in [0, 1] that is symmetrised (the unknown is 1 - s_k), the Gegenbauer coefficients
of h_k <= s_k u^{j_k} and a multiplier nu_k; a price theta of capacity, and tau_g for every kind g of features. Minimised is

    sum_k nu_k^2/h_k0 + r theta + sum_g count_g tau_g,
    (N - sum_k nu_k f_k)_+^2 <= (base - sum_k [h_k(1) f_k^2 - (1 - s_k) least_k]) (t theta + tau_g)   at the points of kind g,

a second-order cone program whose size grows with the number of kinds and not with n.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from boundcalc.bounds.frontiers.program import Array, clustered, gegenbauer_values, peaks_of
from boundcalc.certify.cone_solver import Cone, ConeProgram, SparseColumns, proposed
from boundcalc.numbers.constants import welch_constant

ROUNDS = 5
"""How often points u where h exceeds u^j are added."""
ENOUGH = 1e-8
"""An excess, relative to max(u^j, 1/τ_j), that rounding undoes at no cost worth mentioning."""


@dataclass(frozen=True)
class KindPoints:
    """Rows of one kind of feature.

    Attributes
    ----------
    count : int
    t, gain, base : shape (points,)
        Capacity, N and the denominator where all is symmetrised, before the h_k(1) are taken off.
    factors, least : shape (terms, points)
        f_k, and what the denominator has more where nothing is symmetrised.
    """

    count: int
    t: Array
    gain: Array
    base: Array
    factors: Array
    least: Array


@dataclass(frozen=True)
class ConeProposal:
    """The solver's answer.

    Attributes
    ----------
    h : list of arrays
        Gegenbauer coefficients of each term.
    excess : list of float
        By how much h_k exceeds s_k u^{j_k} between the nodes, relative to max(u^j, 1/τ_j).
    share, nu : shape (terms,)
    theta : float
    value : float
    nodes : list of arrays
        The points u at which h_k is kept below s_k u^{j_k}.
    """

    h: list[Array]
    excess: list[float]
    share: Array
    nu: Array
    theta: float
    value: float
    nodes: list[Array]

    def excess_of(self, kind: KindPoints) -> Array:
        """The row's value less θ t at its points."""
        ends = np.array([own.sum() for own in self.h])[:, None]
        gain = np.maximum(kind.gain - self.nu @ kind.factors, 0)
        energy = kind.base - (ends * kind.factors**2 - (1 - self.share)[:, None] * kind.least).sum(axis=0)
        found: Array = np.where(gain > 0, gain**2 / np.maximum(energy, 1e-300), 0.0) - self.theta * kind.t
        return found


def propose(
    d: int,
    orders: Sequence[int],
    kinds: Sequence[KindPoints],
    rank: int | None,
    *,
    degree: int = 8,
    nodes: Sequence[Array] | None = None,
) -> ConeProposal | None:
    """The optimum, in units in which it is of the order of 1; ``None`` where the solver fails.

    Parameters
    ----------
    rank : int or None
        ``None`` leaves the price of capacity out, θ = 0.
    nodes : sequence of arrays, optional
        Those of an earlier proposal, to go on from.
    """
    taus = [float(welch_constant(d, order)) for order in orders]
    sizes = [natural_sizes(d, order, tau, degree) for order, tau in zip(orders, taus, strict=True)]
    nodes = [first_nodes(d) for _ in orders] if nodes is None else list(nodes)
    found = None
    for _ in range(ROUNDS):
        found = _solve(d, orders, taus, sizes, nodes, kinds, rank)
        if found is None or d == 1 or max(found.excess, default=0) < ENOUGH:
            return found
        for k, (order, tau) in enumerate(zip(orders, taus, strict=True)):
            u, excess = excess_of_member(d, found.h[k], found.share[k], order, tau)
            nodes[k] = np.unique(np.concatenate([nodes[k], clustered(nodes[k], peaks_of(u, excess, ENOUGH / 10))]))
    return found


def first_nodes(d: int) -> Array:
    """Points u to begin with."""
    if d == 1:
        return np.ones(1)
    return np.unique(np.concatenate([np.linspace(0, 1, 40), np.geomspace(1e-2 / d, 1, 40)]))


def natural_sizes(d: int, order: int, tau: float, degree: int) -> Array:
    """Natural sizes of h_0, h_1, …."""
    if d == 1:
        return np.ones(1)
    return np.array([1 / tau, *(float(d) ** -(order - k) if k < order else 1.0 for k in range(1, degree + 1))])


def excess_of_member(d: int, h: Array, share: float, order: int, tau: float) -> tuple[Array, Array]:
    """By how much h exceeds its share of u^j on a fine grid, relative to max(u^j, 1/τ_j)."""
    u = np.unique(np.concatenate([np.linspace(0, 1, 1500), np.geomspace(1e-3 / d, 1, 1500)]))
    return u, (gegenbauer_values(d, len(h) - 1, u) @ h - share * u**order) / np.maximum(u**order, 1 / tau)


def _solve(
    d: int,
    orders: Sequence[int],
    taus: Sequence[float],
    sizes: Sequence[Array],
    nodes: Sequence[Array],
    kinds: Sequence[KindPoints],
    rank: int | None,
) -> ConeProposal | None:
    """Unknowns: for each term h (in units of its size), ν (of its scale), ν²/h_0 and 1 − s; then θ, the τ and, a point, z ≥ N."""

    terms, width = len(orders), len(sizes[0]) if orders else 0
    per = width + 3  # h, ν, the epigraph and 1 − s
    theta = per * terms
    first_z = theta + 1 + len(kinds)
    points = sum(len(kind.t) for kind in kinds)
    total = first_z + points
    scales = [max(_scale(kind, k) for kind in kinds) for k in range(terms)]

    builder = ConeRows(total)
    cost = np.zeros(total)
    cost[theta] = 0.0 if rank is None else rank
    builder.nonnegative({theta: np.ones(1)}, np.zeros(1))
    if rank is None:
        builder.nonnegative({theta: -np.ones(1)}, np.zeros(1))
    for g, kind in enumerate(kinds):
        cost[theta + 1 + g] = kind.count
        builder.nonnegative({theta + 1 + g: np.ones(1)}, np.zeros(1))
    for k in range(terms):
        at = per * k
        nu, epigraph, part = range(at + width, at + per)
        for column in (*range(at, at + width), nu, part):
            builder.nonnegative({column: np.ones(1)}, np.zeros(1))
        builder.nonnegative({part: -np.ones(1)}, np.ones(1))
        u = nodes[k]
        power = u ** orders[k] if d > 1 else np.ones(1)
        weight = 1 / np.maximum(power, 1 / taus[k])
        values = gegenbauer_values(d, width - 1, u) * sizes[k]
        below = {at + j: -values[:, j] * weight for j in range(width)}
        builder.nonnegative({**below, part: -power * weight}, power * weight)
        # ν² ≤ h_0 · epigraph, in units of 1/τ and scale² τ
        cost[epigraph] = scales[k] ** 2 / sizes[k][0]
        builder.cone(
            {at: np.ones(1), epigraph: np.ones(1)}, {at: np.ones(1), epigraph: -np.ones(1)}, {nu: 2 * np.ones(1)}, *np.zeros((3, 1))
        )
    following = first_z
    for g, kind in enumerate(kinds):
        own, whole = np.abs(kind.gain), kind.base
        many = len(whole)
        z = range(following, following + many)
        above = {per * k + width: scales[k] * kind.factors[k] / own for k in range(terms)}
        builder.nonnegative(above, -kind.gain / own, diagonal=z)
        builder.nonnegative({}, np.zeros(many), diagonal=z)
        energy = {per * k + j: -(kind.factors[k] ** 2) * sizes[k][j] / whole for k in range(terms) for j in range(width)}
        energy |= {per * k + width + 2: kind.least[k] / whole for k in range(terms)}
        unit: Array = whole / own**2
        right = {theta: unit * kind.t, theta + 1 + g: unit}
        balance = np.sqrt(np.maximum(unit * np.maximum(kind.t, 1e-3), 1e-12))
        builder.product(energy, right, balance, z)
        following += many
    x = builder.solved(cost, 1e-10)
    if x is None:
        return None
    h = []
    for k in range(terms):
        block = x[per * k : per * k + width]
        h.append(np.maximum(block, 0) * sizes[k])
    share = np.array([min(max(1 - x[per * k + per - 1], 0.0), 1.0) for k in range(terms)])
    excess = [
        0.0 if d == 1 else max(float(excess_of_member(d, h[k], share[k], orders[k], taus[k])[1].max()), 0.0) for k in range(terms)
    ]
    multipliers = np.array([max(x[per * k + width], 0) * scales[k] for k in range(terms)])
    return ConeProposal(h, excess, share, multipliers, max(float(x[theta]), 0.0), float(cost @ x), list(nodes))


def _scale(kind: KindPoints, term: int) -> float:
    """The size of ν at which it takes the whole of N away."""
    if not (kind.factors[term] > 0).all():
        return 1e-12
    return max(float((kind.gain / kind.factors[term]).min()), 1e-12)


class ConeRows:
    """Collects constraints A x + b in a cone, as sparse triplets."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.flat: list[tuple[Array, Array, Array, Array]] = []  # rows, columns, values, constants
        self.cones: list[tuple[Array, Array, Array, Array]] = []
        self.triangles: list[tuple[Array, Array, Array, Array]] = []
        self.triangle_orders: list[int] = []
        self.flat_size = self.cone_size = self.triangle_size = 0

    def nonnegative(self, columns: dict[int, Array], constants: Array, *, diagonal: range | None = None) -> None:
        """As many constraints as there are constants; ``diagonal`` adds one unknown to each."""
        size = len(constants)
        index = np.arange(size)
        triplets = [(index, np.full(size, column), np.broadcast_to(value, (size,))) for column, value in columns.items()]
        if diagonal is not None:
            triplets.append((index, np.array(diagonal), np.ones(size)))
        rows, places, values = (np.concatenate(part) for part in zip(*triplets, strict=True))
        self.flat.append((rows + self.flat_size, places, values, constants))
        self.flat_size += size

    def cone(
        self,
        first: dict[int, Array],
        second: dict[int, Array],
        third: dict[int, Array],
        *constants: Array,
        diagonal: range | None = None,
    ) -> None:
        """|(second, third)| ≤ first, a cone for each constant; ``diagonal`` are unknowns whose doubles the third has."""
        size = len(constants[0])
        index = 3 * np.arange(size)
        triplets = [
            (index + place, np.full(size, column), np.broadcast_to(value, (size,)))
            for place, part in enumerate((first, second, third))
            for column, value in part.items()
        ]
        if diagonal is not None:
            triplets.append((index + 2, np.array(diagonal), np.full(size, 2.0)))
        rows, places, values = (np.concatenate(part) for part in zip(*triplets, strict=True))
        self.cones.append((rows + self.cone_size, places, values, np.stack(constants, axis=1).ravel()))
        self.cone_size += 3 * size

    def product(self, left: dict[int, Array], right: dict[int, Array], balance: Array, z: range) -> None:
        """z² ≤ (1 + left) right for each unknown z, as a cone whose factors are of one size: b (1 + left), right/b."""
        left = {column: value * balance for column, value in left.items()}
        right = {column: value / balance for column, value in right.items()}
        less = {column: -value for column, value in right.items()}
        self.cone({**left, **right}, {**left, **less}, {}, balance, balance, np.zeros(len(balance)), diagonal=z)

    def semidefinite(self, order: int, entries: dict[tuple[int, int], tuple[int, float]]) -> None:
        """A positive semidefinite matrix: for each (row, column) of its upper triangle an unknown and a factor."""
        places = {(g, h): h * (h + 1) // 2 + g for h in range(order) for g in range(h + 1)}  # by columns
        rows = np.array([places[pair] for pair in entries])
        values = np.array([factor * (1.0 if g == h else 2**0.5) for (g, h), (_, factor) in entries.items()])
        columns = np.array([column for column, _ in entries.values()])
        self.triangles.append((rows + self.triangle_size, columns, values, np.zeros(len(places))))
        self.triangle_orders.append(order)
        self.triangle_size += len(places)

    def solved(self, cost: Array, tolerance: float) -> Array | None:
        """The unknowns of least cost; ``None`` where the solver has no point."""
        matrix, constants, cones = self._assembled()
        return proposed(ConeProgram(cost, matrix, constants, cones, tolerance))

    def _assembled(self) -> tuple[SparseColumns, Array, list[Cone]]:
        """−A, b and the cones, as the solver takes them."""
        from scipy import sparse

        parts = [*self.flat, *((rows + self.flat_size, *rest) for rows, *rest in self.cones)]
        parts += [(rows + self.flat_size + self.cone_size, *rest) for rows, *rest in self.triangles]
        rows, places, values, constants = (np.concatenate(part) for part in zip(*parts, strict=True))
        shape = (self.flat_size + self.cone_size + self.triangle_size, self.total)
        matrix = sparse.csc_matrix((-values, (rows, places)), shape=shape)
        cones: list[Cone] = [("NonnegativeCone", self.flat_size)]
        cones += [("SecondOrderCone", 3)] * (self.cone_size // 3)
        cones += [("PSDTriangleCone", order) for order in self.triangle_orders]
        return SparseColumns(matrix.data, matrix.indices, matrix.indptr, shape), constants, cones
