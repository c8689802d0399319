"""Computes what one row costs for one other feature, and bounds it from below: the function ρ of the pair floors.

Row i answers (a x_i + A x_j + b)_+, a > 0, and is charged for the states ∅, {i}, {j}, {i, j}, the first two shared by n − 1
pairs. In units of p²(1 − p)^{n−2}, with o = (1 − p)/p, K = o/(n − 1) and (ζ, ξ, β) = (1, A/a, b/a) or any positive
multiple, the charge is

    (K + 1)/3 − 2a P + a² Q,      P = K E u(ζu + β)_+ + E u(ζu + ξv + β)_+,
    Q = K [o β_+² + E(ζu + β)_+²] + o E(ξv + β)_+² + E(ζu + ξv + β)_+²,

at least (K + 1)/3 − P²/Q for every a. P and Q are convex, P ≥ 0 and Q homogeneous of degree 2, so that T(z) = ∇Q(c)·z −
Q(c) ≤ Q for any c. Where T > 0 on a box, P²/T is convex there: it lies below an affine function of the box if it does at
the vertices.

Formulas take rationals or arrays of float64 alike: only +, −, ·, / and abs are used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import fmpq

Point = tuple[Any, Any, Any]
"""(ζ, ξ, β)."""


def plus(z: Any) -> Any:
    """max(z, 0)."""
    return (z + abs(z)) / 2


@dataclass(frozen=True)
class PairRow:
    """The charges of a row: numbers K and o.

    Attributes
    ----------
    self_share, odds : fmpq or float
        K = o/(n − 1) and o = (1 − p)/p.
    without_pair : bool
        Leaves the terms with ξ out of Q, which only grows the bound P²/Q.
    """

    self_share: Any
    odds: Any
    without_pair: bool = False

    @property
    def silent(self) -> Any:
        """(K + 1)/3, the charge of answering zero."""
        return (self.self_share + 1) / 3

    def gain(self, z: Point) -> Any:
        """P."""
        return self.self_share * single_gain(z[0], z[2]) + pair_gain(*z)

    def cost(self, z: Point) -> Any:
        """Q, for ζ and ξ not 0."""
        zeta, xi, beta = z
        alone = self.odds * plus(beta) ** 2 + _power(zeta, beta, 2)
        if self.without_pair:
            return self.self_share * alone
        return self.self_share * alone + self.odds * _power(xi, beta, 2) + _double(zeta, xi, beta, 2)

    def slope(self, z: Point) -> Point:
        """∇Q by (ζ, ξ, β), for ζ and ξ not 0."""
        zeta, xi, beta = z
        K, o = self.self_share, self.odds
        by_zeta, by_beta = 2 * K * _weighted(zeta, beta), 2 * K * (o * plus(beta) + _power(zeta, beta, 1))
        if self.without_pair:
            return by_zeta, 0 * by_zeta, by_beta
        by_zeta = by_zeta + 2 * _double_weighted(zeta, xi, beta)
        by_xi = 2 * o * _weighted(xi, beta) + 2 * _double_weighted(xi, zeta, beta)
        return by_zeta, by_xi, by_beta + 2 * o * _power(xi, beta, 1) + 2 * _double(zeta, xi, beta, 1)


def single_gain(zeta: Any, beta: Any) -> Any:
    """E u(ζu + β)_+; ζ = 0 is a rational zero."""
    return plus(beta) / 2 if _is_zero(zeta) else _weighted(zeta, beta)


def pair_gain(zeta: Any, xi: Any, beta: Any) -> Any:
    """E u(ζu + ξv + β)_+."""
    if _is_zero(zeta):
        return _power(xi, beta, 1) / 2
    return _double_weighted(zeta, xi, beta)


def _is_zero(zeta: Any) -> bool:
    return isinstance(zeta, fmpq) and zeta == 0


def _power(t: Any, beta: Any, k: int) -> Any:
    """E(tu + β)_+^k, t not 0."""
    return (plus(t + beta) ** (k + 1) - plus(beta) ** (k + 1)) / ((k + 1) * t)


def _double(zeta: Any, xi: Any, beta: Any, k: int) -> Any:
    """E(ζu + ξv + β)_+^k."""
    return _corners(zeta, xi, beta, k + 2) / ((k + 1) * (k + 2) * zeta * xi)


def _corners(zeta: Any, xi: Any, beta: Any, k: int) -> Any:
    return plus(zeta + xi + beta) ** k - plus(zeta + beta) ** k - plus(xi + beta) ** k + plus(beta) ** k


def _weighted(t: Any, beta: Any) -> Any:
    """E u(tu + β)_+ by parts: half the value at u = 1 less the mean of the square's integral."""
    top = plus(t + beta)
    return top**2 / (2 * t) - (top**3 - plus(beta) ** 3) / (6 * t * t)


def _double_weighted(zeta: Any, xi: Any, beta: Any) -> Any:
    """E u(ζu + ξv + β)_+: the last formula with β replaced by ξv + β, averaged over v."""
    edge = plus(zeta + xi + beta) ** 3 - plus(zeta + beta) ** 3
    return edge / (6 * zeta * xi) - _corners(zeta, xi, beta, 4) / (24 * zeta * zeta * xi)
