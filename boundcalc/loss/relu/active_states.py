"""Computes what the other features contribute to a row: transforms of their sum where some, and where two of them, are active.

With y_j(s) = (p_j/q_j) ∫₀¹ e^{A_j s u} du, q_j = 1 − p_j, the transform of Σ A_j x_j is Π q_j Π (1 + y_j(s)).
:class:`SparseOthers` leaves out the factor Π q_j and gives D = Π(1 + y) − 1 (some active) and R = D − Σ y (two or more). Where
that would overflow, or some p_j = 1, :class:`DenseOthers` gives D = R = Π(q_j + p_j …), all states.

Error of one factor, relative to its bound (p/q) τ, τ = min((1 + e^{A₊σ})/|A s|, growth(Aσ)): for |A s| ≥ 1/4 the exponential
errs by (25 + 3|A s|)u (two factors on the circle 5u each, e^{Aσ} 8u, three products 4.3u, phases and exponent 3u|A s|), and the
rest is 17u (p/q and 1/A 4u, a difference, 1/s 9u, a product); with e^x ≤ (1 + x) growth(x) that is at most
(120 + 103 A₊σ + 3|A s|)u. The series that serves below 1/4 errs by less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from boundcalc.loss.relu.exponentials import UNIT, doublings, exponential, growth, series, turns
from boundcalc.loss.relu.nodes import BLOCK, Nodes
from boundcalc.loss.relu.products import along_first, joined, plain_product
from boundcalc.loss.relu.series import Moments, dense_moments, sparse_moments

CELLS = 1 << 14
"""Columns times nodes that are worked on at once: they fit the cache."""
LARGEST = 1e250
"""The largest Π(1 + y) that :class:`SparseOthers` is used for."""
SAFETY = 1 + 1e-9
"""Covers the roundings of bounds themselves: sums and products of fewer than 10^6 nonnegative numbers."""


@dataclass(frozen=True)
class Bounds:
    """Upper bounds on |D| and |R| and on their errors, shape (nodes,)."""

    D: np.ndarray
    R: np.ndarray
    D_error: np.ndarray
    R_error: np.ndarray


@dataclass(frozen=True)
class Others:
    """The other features of a row that its pre-activation depends on.

    Attributes
    ----------
    A : shape (k,)
        Their entries, none of them zero, from the largest to the smallest in size.
    p, q : shape (k,)
        Activities, and 1 − p, each rounded once.
    nu : float
        σ = 2ν.
    """

    A: np.ndarray
    p: np.ndarray
    q: np.ndarray
    nu: float

    def leaves(self, at: Nodes, weights: np.ndarray, chosen: slice) -> np.ndarray:
        """weights_j ∫₀¹ e^{A_j s u} du, complex, shape (columns, nodes)."""
        A, c = self.A[chosen], weights[chosen]
        found = np.empty((len(A), at.count), complex)
        short = at.before(np.abs(A)).tolist()
        wide = sum(count < at.count for count in short)  # the largest come first
        if wide:
            turn, scale = A[:wide, None] * self.nu, (c[:wide] / A[:wide])
            fine = turns(turn * np.arange(BLOCK, dtype=np.float64)) * (scale * exponential(2 * turn[:, 0]))[:, None]
            coarse = turns(turn * np.arange(at.first, at.first + at.count, BLOCK, dtype=np.float64))
            view = found[:wide].reshape(wide, -1, BLOCK)
            np.multiply(coarse[:, :, None], fine[:, None, :], out=view)
            found[:wide] -= scale[:, None]
            found[:wide] *= at.inverse
        start = 0
        while start < len(A):
            count, stop = short[start], start + 1
            while stop < len(A) and short[stop] == count:
                stop += 1
            if count:
                found[start:stop, :count] = series(A[start:stop, None] * at.points[:count]) * c[start:stop, None]
            start = stop
        return found

    def parts(self, count: int) -> list[slice]:
        """Columns that are worked on together."""
        size = max(4, CELLS // count)
        return [slice(start, start + size) for start in range(0, len(self.A), size)]

    def ceilings(self, r: np.ndarray) -> np.ndarray:
        """τ_j ≥ |∫₀¹ e^{A_j s u} du| for all s with |s| ≥ r, Re s = σ; shape (len(r), k). Nonincreasing in r."""
        with np.errstate(divide="ignore"):
            tail = (1 + exponential(2 * self.nu * np.maximum(self.A, 0))) / np.abs(self.A) / r[:, None]
        return np.minimum(tail, growth(2 * self.nu * self.A)) * SAFETY

    def factor_error(self, size: np.ndarray) -> np.ndarray:
        """ε of this module's docstring at |s| ≤ size."""
        if not len(self.A):
            return np.zeros_like(size)
        return UNIT * (120 + 206 * self.nu * max(0.0, float(self.A.max())) + 3 * abs(float(self.A[0])) * size) * SAFETY


def _lower_and_upper(at: Nodes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """|s| from below at the first node of each piece, from above at its last, and the length of each."""
    cuts = np.array([*at.pieces(), at.count])
    return at.size[cuts[:-1]] * (1 - 8 * UNIT), at.size[cuts[1:] - 1] * (1 + 8 * UNIT), np.diff(cuts)


class SparseOthers(Others):
    """Leaves out the states with no and with one active feature; see this module's docstring."""

    @property
    def odds(self) -> np.ndarray:
        """p/q."""
        return self.p / self.q

    @property
    def silent(self) -> float:
        """Π q_j, relatively off by at most 2k u."""
        return float(np.prod(self.q))

    def transforms(self, at: Nodes) -> tuple[np.ndarray, np.ndarray]:
        """D and R at the nodes."""
        odds = self.odds
        states = [along_first(self.leaves(at, odds, part)) for part in self.parts(at.count)]
        if not states:
            return np.zeros(at.count, complex), np.zeros(at.count, complex)
        return joined(states)

    def majorants(self, r: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Upper bounds on |D|, |R|, Π(1 + |y|) and Σ|y| for |s| ≥ r."""
        Y = self.odds * self.ceilings(r)
        S, P = Y.sum(1) * SAFETY, np.prod(1 + Y, axis=1) * SAFETY
        slack = 16 * UNIT * (len(self.A) + 1) * P
        tiny = S < 1e-3
        D = np.where(tiny, S * (1 + S), P - 1 + slack)
        R = np.where(tiny, S * S / 2 * (1 + 2 * S), np.maximum(P - 1 - S / SAFETY**2, 0) + slack + 3e-9 * P)
        return D, R, P, S

    def bounds(self, at: Nodes) -> Bounds:
        """Bounds on D, R and their errors at the nodes."""
        low, high, lengths = _lower_and_upper(at)
        D, R, P, S = self.majorants(low)
        error = (self.factor_error(high) + 5 * UNIT * (doublings(len(self.A)) + 2)) * 1.01
        grown = np.where(error * S < 0.01, 1.03, np.inf)  # (1 + ε′)^degree, at most e^{2ε′S}
        return Bounds(*(np.repeat(x, lengths) for x in (D, R, error * S * P * grown, error * S * D * grown)))

    def moments(self) -> Moments:
        """D and R to second order in s."""
        return sparse_moments(self.odds, self.A)


class DenseOthers(Others):
    """Keeps every state: D = R = Π(q_j + p_j ∫₀¹ e^{A_j s u} du)."""

    def transforms(self, at: Nodes) -> tuple[np.ndarray, np.ndarray]:
        """D and R at the nodes."""
        total = np.ones(at.count, complex)
        for part in self.parts(at.count):
            factors = self.leaves(at, self.p, part)
            factors += self.q[part, None]
            total *= plain_product(factors)
        return total, total

    def majorants(self, r: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Upper bounds on |D| = |R|, twice, their own again and Σ|y|."""
        Y = self.p * self.ceilings(r)
        P = np.prod(self.q + Y, axis=1) * SAFETY
        return P, P, P, Y.sum(1)

    def bounds(self, at: Nodes) -> Bounds:
        """Bounds on D, R and their errors: each of k factors errs by ε + 2u, and is multiplied once."""
        low, high, lengths = _lower_and_upper(at)
        P = self.majorants(low)[0]
        error = (self.factor_error(high) + 5 * UNIT) * len(self.A) * 1.01
        wrong = np.where(error < 0.01, error * P * 1.02, np.inf)
        return Bounds(*(np.repeat(x, lengths) for x in (P, P, wrong, wrong)))

    def moments(self) -> Moments:
        """D and R to second order in s."""
        return dense_moments(self.p, self.A)


def others_of(A: np.ndarray, p: np.ndarray, q: np.ndarray, nu: float) -> SparseOthers | DenseOthers:
    """The kind that suits these features; zero entries are left out."""
    order = np.argsort(-np.abs(A), kind="stable")
    order = order[: int(np.count_nonzero(A))]
    A, p, q = A[order], p[order], q[order]
    if (q > 0).all():
        with np.errstate(over="ignore"):
            largest = np.prod(1 + p / q * growth(2 * nu * np.abs(A)))
            smallest = np.prod(q)
        if largest < LARGEST and smallest > 1 / LARGEST:
            return SparseOthers(A, p, q, nu)
    return DenseOthers(A, p, q, nu)
