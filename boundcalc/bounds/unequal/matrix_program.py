r"""Solves the semidefinite program of U2 and U9 in their matrix form, in floating point: it proposes and proves nothing.

Unknowns are matrices G^0, G^1, ... >= 0 over the kinds of features, a share s that is symmetrised, a vector gamma and z with
[[G^0, gamma], [gamma^T, z]] >= 0, so that z >= gamma^T (G^0)^{-1} gamma; for the second sum of U9 those of
:mod:`boundcalc.bounds.unequal.cone_program`; a price theta and the tau_g. Minimised is

    z + nu^2/h_0 + r theta + sum_g count_g tau_g,
    (N - gamma_g F - nu f)_+^2 <= (base - e_g F^2 - h(1) f^2 + ...) (t theta + tau_g)   at the points of kind g,

with sum_l G^l_gh P_l(u) <= s k_gh u^j at nodes u for each pair of kinds, and e_g = sum_l G^l_gg <= s k_gg.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from boundcalc.bounds.frontiers.program import Array, clustered, gegenbauer_values, peaks_of
from boundcalc.bounds.unequal.cone_program import ENOUGH, ConeRows, KindPoints, excess_of_member, first_nodes, natural_sizes
from boundcalc.loss.threads import single_threaded
from boundcalc.numbers.constants import welch_constant

FEW_KINDS = 8
ROUNDS, EXCESS = (8, 3), (1e-7, 3e-4)
"""How often nodes are added where an entry exceeds its weight, and what is not worth another round: for few kinds, and for more."""
FEWEST_ROUNDS = 2
"""The same for more kinds where there is no price of capacity: U9 is then the better bound as a rule."""
COST = 4
"""What an excess costs when it is repaired, about."""
DEGREES = (8, 5)
"""Of the polynomials in u, for few kinds and for more."""
FINE, FIRST = 1200, 10
"""Points on which the excess is looked for, and nodes to begin with, twice each."""


@dataclass(frozen=True)
class MatrixProposal:
    """The solver's answer.

    Attributes
    ----------
    matrices : shape (degree + 1, K, K)
    multipliers : shape (K,)
        γ.
    share : float
    excess : shape (K, K)
        By how much an entry exceeds s k u^j between the nodes, relative to k max(u^j, 1/τ_j); 0 on the diagonal of single features.
    h : array
        Gegenbauer coefficients of the second sum; empty without one.
    h_excess, h_share, nu : float
        Of the second sum.
    theta, value : float
    """

    matrices: Array
    multipliers: Array
    share: float
    excess: Array
    h: Array
    h_excess: float
    h_share: float
    nu: float
    theta: float
    value: float


def propose_matrices(
    d: int,
    order: int,
    weights: Array,
    kinds: Sequence[KindPoints],
    rank: int | None,
    *,
    second: int | None = None,
    second_nodes: Array | None = None,
) -> MatrixProposal | None:
    """The optimum, in units in which it is of the order of 1; ``None`` where the solver fails.

    Parameters
    ----------
    order, second : int
        j of the sum that the matrices bound, and of the one that a member of the frontier bounds.
    weights : shape (K, K)
        k_gh ≥ 1.
    kinds : sequence of KindPoints
        ``factors`` has F, and a row for the second sum.
    second_nodes : array, optional
        Points u at which h is kept below its share: those of a proposal of the cone program.
    """
    pairs = [(g, h) for g, h in combinations_with_replacement(range(len(kinds)), 2) if g != h or kinds[g].count > 1]
    first = np.ones(1) if d == 1 else np.unique(np.concatenate([np.linspace(0, 1, FIRST), np.geomspace(1e-2 / d, 1, FIRST)]))
    nodes = dict.fromkeys(pairs, first)
    found, price, many = None, np.inf, len(kinds) > FEW_KINDS
    degree = max(DEGREES[many], order)
    for _ in range(FEWEST_ROUNDS if many and rank is None else ROUNDS[many]):
        program = _Program(d, order, weights, kinds, rank, second, degree)
        if second_nodes is not None:
            program.second_nodes = second_nodes
        with single_threaded():
            solution = program.solve(nodes)
        if solution is None or (found is not None and solution[0].value < found.value * (1 - 1e-6)):
            break  # more nodes cannot lower the optimum: the solver has lost it
        latest, excesses = solution
        worst = float((latest.excess * weights).max())
        if found is None or latest.value * (1 + COST * worst) < price:
            found, price = latest, latest.value * (1 + COST * worst)
        if d == 1 or worst < EXCESS[many]:
            break
        u = _fine(d)
        for pair, excess in excesses.items():
            nodes[pair] = np.unique(np.concatenate([nodes[pair], clustered(nodes[pair], peaks_of(u, excess, ENOUGH / 10))]))
    return found


def _fine(d: int) -> Array:
    return np.unique(np.concatenate([np.linspace(0, 1, FINE), np.geomspace(1e-3 / d, 1, FINE)]))


class _Program:
    """Columns: the matrices' upper triangles, γ, z, 1 − s; h, ν, its epigraph, 1 − s_2; θ, the τ, and a z for each row point."""

    def __init__(
        self, d: int, order: int, weights: Array, kinds: Sequence[KindPoints], rank: int | None, second: int | None, degree: int
    ) -> None:
        self.d, self.order, self.weights, self.kinds, self.rank, self.second = d, order, weights, kinds, rank, second
        self.tau = float(welch_constant(d, order))
        self.sizes = natural_sizes(d, order, self.tau, degree)
        size, terms = len(kinds), len(self.sizes)
        self.triangle = [(g, h) for h in range(size) for g in range(h + 1)]  # by columns, as the solver has them
        self.of = {pair: k for k, pair in enumerate(self.triangle)}
        self.each = len(self.triangle)
        self.second_nodes = first_nodes(d)
        self.gamma = terms * self.each
        self.z = self.gamma + size
        self.part = self.z + 1
        self.h = self.part + 1
        self.h_sizes = natural_sizes(d, second, float(welch_constant(d, second)), degree) if second is not None else np.ones(0)
        self.nu = self.h + len(self.h_sizes)
        self.theta = self.nu + (3 if second is not None else 0)
        self.first_z = self.theta + 1 + size
        self.total = self.first_z + sum(len(kind.t) for kind in kinds)

    def column(self, term: int, g: int, h: int) -> int:
        """Of an entry of a matrix."""
        return term * self.each + self.of[min(g, h), max(g, h)]

    def solve(self, nodes: dict[tuple[int, int], Array]) -> tuple[MatrixProposal, dict[tuple[int, int], Array]] | None:
        """The proposal, and the excess of each pair on the fine grid; ``None`` also beyond the range of float64."""
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise"):
                return self._solved(nodes)
        except FloatingPointError:
            return None

    def _solved(self, nodes: dict[tuple[int, int], Array]) -> tuple[MatrixProposal, dict[tuple[int, int], Array]] | None:
        rows, cost = ConeRows(self.total), np.zeros(self.total)
        one, none = np.ones(1), np.zeros(1)
        cost[self.theta] = 0.0 if self.rank is None else self.rank
        rows.nonnegative({self.theta: one}, none)
        if self.rank is None:
            rows.nonnegative({self.theta: -one}, none)
        rows.nonnegative({self.part: one}, none)
        rows.nonnegative({self.part: -one}, one)
        cost[self.z] = 1.0
        for g, kind in enumerate(self.kinds):
            cost[self.theta + 1 + g] = kind.count
            rows.nonnegative({self.theta + 1 + g: one}, none)
            budget = {self.column(k, g, g): -one * size for k, size in enumerate(self.sizes)}
            weight = one * self.weights[g, g]
            rows.nonnegative({**budget, self.part: -weight}, weight)
        for (g, h), u in nodes.items():
            self._below(rows, g, h, u)
        self._semidefinite(rows)
        if self.second is not None:
            self._second(rows, cost)
        self._rows(rows)
        x = rows.solved(cost, 1e-9 if len(self.kinds) <= FEW_KINDS else 1e-7)
        if x is None:
            return None
        return self._read(x, float(cost @ x), list(nodes))

    def _below(self, rows: ConeRows, g: int, h: int, u: Array) -> None:
        """An entry below its weight at the nodes."""
        power = u**self.order if self.d > 1 else np.ones(1)
        values = gegenbauer_values(self.d, len(self.sizes) - 1, u) * self.sizes
        scale = 1 / np.maximum(power, 1 / self.tau) / self.weights[g, h]
        below = {self.column(k, g, h): -values[:, k] * scale for k in range(len(self.sizes))}
        right = power * scale * self.weights[g, h]
        rows.nonnegative({**below, self.part: -right}, right)

    def _semidefinite(self, rows: ConeRows) -> None:
        size = len(self.kinds)
        for k in range(1, len(self.sizes)):
            rows.semidefinite(size, {(g, h): (self.column(k, g, h), 1.0) for g, h in self.triangle})
        # of G^0 in units of 1/τ, bordered by γ and z
        entries = {(g, h): (self.column(0, g, h), float(self.sizes[0])) for g, h in self.triangle}
        entries |= {(g, size): (self.gamma + g, 1.0) for g in range(size)}
        rows.semidefinite(size + 1, entries | {(size, size): (self.z, 1.0)})

    def _second(self, rows: ConeRows, cost: Array) -> None:
        """h below its share at nodes, and ν² ≤ h_0 times its epigraph."""
        assert self.second is not None
        one, none = np.ones(1), np.zeros(1)
        width, nu = len(self.h_sizes), self.nu
        for column in (*range(self.h, nu), nu, nu + 2):
            rows.nonnegative({column: one}, none)
        rows.nonnegative({nu + 2: -one}, one)
        u = self.second_nodes
        power = u**self.second if self.d > 1 else np.ones(1)
        scale = 1 / np.maximum(power, self.h_sizes[0])
        values = gegenbauer_values(self.d, width - 1, u) * self.h_sizes
        below = {self.h + j: -values[:, j] * scale for j in range(width)}
        rows.nonnegative({**below, nu + 2: -power * scale}, power * scale)
        cost[nu + 1] = 1 / self.h_sizes[0]
        rows.cone({self.h: one, nu + 1: one}, {self.h: one, nu + 1: -one}, {nu: 2 * one}, none, none, none)

    def _rows(self, rows: ConeRows) -> None:
        following = self.first_z
        for g, kind in enumerate(self.kinds):
            own, many = np.abs(kind.gain), len(kind.t)
            z = range(following, following + many)
            above = {self.gamma + g: kind.factors[0] / own}
            energy = {self.column(k, g, g): -(kind.factors[0] ** 2) * size / kind.base for k, size in enumerate(self.sizes)}
            energy[self.part] = kind.least[0] / kind.base
            if self.second is not None:
                above[self.nu] = kind.factors[1] / own
                energy |= {self.h + j: -(kind.factors[1] ** 2) * size / kind.base for j, size in enumerate(self.h_sizes)}
                energy[self.nu + 2] = kind.least[1] / kind.base
            rows.nonnegative(above, -kind.gain / own, diagonal=z)
            rows.nonnegative({}, np.zeros(many), diagonal=z)
            unit: Array = kind.base / own**2
            balance = np.sqrt(np.maximum(unit * np.maximum(kind.t, 1e-3), 1e-12))
            rows.product(energy, {self.theta: unit * kind.t, self.theta + 1 + g: unit}, balance, z)
            following += many

    def _read(self, x: Array, value: float, pairs: list[tuple[int, int]]) -> tuple[MatrixProposal, dict[tuple[int, int], Array]]:
        size = len(self.kinds)
        matrices = np.zeros((len(self.sizes), size, size))
        for k, scale in enumerate(self.sizes):
            for g, h in self.triangle:
                matrices[k, g, h] = matrices[k, h, g] = x[self.column(k, g, h)] * scale
        share = min(max(1 - float(x[self.part]), 0.0), 1.0)
        excesses: dict[tuple[int, int], Array] = {}
        if self.d > 1:
            u = _fine(self.d)
            values, power = gegenbauer_values(self.d, len(self.sizes) - 1, u), u**self.order
            for g, h in pairs:
                own = values @ matrices[:, g, h] - share * self.weights[g, h] * power
                excesses[g, h] = own / self.weights[g, h] / np.maximum(power, 1 / self.tau)
        worst = np.zeros((size, size))
        for (g, h), excess in excesses.items():
            worst[g, h] = worst[h, g] = max(float(excess.max()), 0.0)
        member, h_share, nu, h_excess = np.zeros(0), 0.0, 0.0, 0.0
        if self.second is not None:
            member = np.maximum(x[self.h : self.nu], 0) * self.h_sizes
            nu, h_share = max(float(x[self.nu]), 0.0), min(max(1 - float(x[self.nu + 2]), 0.0), 1.0)
            if self.d > 1:
                h_excess = max(
                    float(excess_of_member(self.d, member, h_share, self.second, 1 / float(self.h_sizes[0]))[1].max()), 0.0
                )
        theta = max(float(x[self.theta]), 0.0)
        gamma = x[self.gamma : self.gamma + size]
        return MatrixProposal(matrices, gamma, share, worst, member, h_excess, h_share, nu, theta, value), excesses
