"""Computes the loss of a ReLU network and its gradient in float64, for training and search: no samples, no noise.

The value is that of :mod:`boundcalc.loss.relu.row` without its bounds; the gradient is its derivative term by term, for a fixed
period. For the other features ∂D/∂y_j = (1 + D)/(1 + y_j), ∂R/∂y_j = (D − y_j)/(1 + y_j), and ∂y_j/∂A_j = (p_j/q_j)(e^{A_j s} −
ψ(A_j s))/A_j.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from boundcalc.loss.lanes import Ticks, cores, product_lanes, run_lanes
from boundcalc.loss.relu.exponentials import first_moment_series
from boundcalc.loss.relu.network import FloatRows, Network, read_network
from boundcalc.loss.relu.nodes import FIRST, Nodes, nodes
from boundcalc.loss.relu.period import choose_period
from boundcalc.loss.relu.row import ALIAS
from boundcalc.loss.relu.self_terms import self_transforms
from boundcalc.loss.relu.states import SparseOthers, others_of
from boundcalc.model.features import Features
from boundcalc.model.laws import Law
from boundcalc.model.problem import Exact
from boundcalc.numbers.errors import ParameterError

_TAIL = 1e-14
"""What a period below the range may cost a row."""


@dataclass(frozen=True)
class ReluGradient:
    """A float64 loss and its derivatives.

    Attributes
    ----------
    loss : float
    weights : shape (d, n)
        By W; for tied weights through both of its places.
    bias : shape (n,)
    decoder : shape (d, n), or None
        By V, where weights are not tied.
    """

    loss: float
    weights: np.ndarray
    bias: np.ndarray
    decoder: np.ndarray | None


def relu_loss_and_gradient(
    weights: object,
    *,
    bias: object = None,
    decoder: object = None,
    p: Exact | None = None,
    law: Law | str | None = None,
    features: Features | None = None,
) -> ReluGradient:
    """The loss of x̂ = ReLU(WᵀW x + b) and its gradient, float64; features uniform on [0, c] and p < 1.

    Parameters
    ----------
    weights, bias, decoder, p, law, features : as in :func:`boundcalc.loss.relu.loss.relu_loss`

    Raises
    ------
    ParameterError
        As there, and for finite supports or features that are nearly always active, for which there is no gradient here.

    >>> import numpy as np
    >>> round(relu_loss_and_gradient(np.array([[1.0, -1.0]]), p="1/2", law="uniform01").loss, 10)  # 1/12
    0.0833333333
    """
    network = read_network(weights, bias=bias, decoder=decoder, p=p, law=law, features=features)
    if not network.is_uniform:
        raise ParameterError("law", "a finite support", "must be uniform on [0, c] for the gradient")
    return gradient_of(network)


def gradient_of(network: Network) -> ReluGradient:
    """The same of a network that was read."""
    rows = FloatRows.of(network)
    n = len(rows.b)
    by_entry, by_bias, values = np.zeros((n, n)), np.zeros(n), np.zeros(n)
    with product_lanes(1 if n < 32 else cores()) as lanes, np.errstate(over="ignore", under="ignore"):

        def work(lane: int, ticks: Ticks) -> None:
            for i in range(lane, n, lanes):
                values[i], by_entry[i], by_bias[i] = row_gradient(rows, i)
                ticks.tick(lane, 1)

        run_lanes(lanes, n, None, work)
    weight = np.array([float(int(w.p) / int(w.q)) for w in network.importance]) * rows.top
    by_entry *= weight[:, None]  # A_ij c_j/c_i, and c_j is on W already
    by_bias *= weight
    by_weights, by_decoder = (rows.V @ by_entry) * rows.top, rows.W @ by_entry.T
    loss = float(values @ (weight * rows.top))
    if network.problem.tied:
        return ReluGradient(loss, by_weights + by_decoder, by_bias, None)
    return ReluGradient(loss, by_weights, by_bias, by_decoder)


def row_gradient(rows: FloatRows, i: int) -> tuple[float, np.ndarray, float]:
    """A row's value, and its derivatives by the entries A_i1, …, A_in and the bias; in units of the row."""
    a, entries, _ = rows.row(i)
    b, p, q = float(rows.b[i]), float(rows.p[i]), float(rows.q[i])
    found = np.zeros(len(entries))
    others = np.flatnonzero((np.arange(len(entries)) != i) & (entries != 0))
    others = others[np.argsort(-np.abs(entries[others]), kind="stable")]
    A = entries[others]
    if not (A.any() or a or b):
        return p / 3, found, 0.0
    nu, _ = choose_period(np.append(A, a), np.append(rows.p[others], p), b, _TAIL)
    kind = others_of(A, rows.p[others], rows.q[others], nu)
    if not isinstance(kind, SparseOthers):
        raise ParameterError("p", float(rows.p.max()), "must be smaller for the gradient, or features fewer")
    removed = _Removed(a, b, p, q, A, rows.p[others], kind.odds, kind.silent, nu)
    value, by_a, by_b, by_others = removed.value, removed.by_a, removed.by_b, removed.by_others
    at = nodes(nu, 0, FIRST)
    sums = _trapezoid(kind, at, a, b, p, q)
    found[others] = by_others + sums[3]
    found[i] = by_a + sums[1]
    return value + sums[0], found, by_b + sums[2]


def _trapezoid(kind: SparseOthers, at: Nodes, a: float, b: float, p: float, q: float) -> tuple[float, float, float, np.ndarray]:
    """ν Σ Φ, and its derivatives by a, b and the other entries."""
    s, inverse = at.points, at.inverse
    own = self_transforms(a, at)
    z = a * s
    second = np.where(
        np.abs(z) > 0.25, (np.exp(z) - 2 * own.chi) / np.where(z == 0, 1, z), _second_series(np.where(np.abs(z) > 0.25, 0, z))
    )
    y = (
        np.concatenate([kind.leaves(at, kind.odds, part) for part in kind.parts(at.count)])
        if len(kind.A)
        else np.zeros((0, at.count))
    )
    D, R = kind.transforms(at)
    lift = np.exp(b * s) * (kind.silent * 2 * np.where(np.arange(at.count) + at.first == 0, 1, 2) * at.nu)
    cube, square = lift * inverse**3, lift * inverse**2
    phi = cube * (q * R + p * own.psi * D) - square * (p * own.chi * D)
    by_b = phi * s
    by_a = D * p * (cube * own.chi - square * second) * s
    by_D, by_R = p * (cube * own.psi - square * own.chi), cube * q
    z = kind.A[:, None] * s
    small = np.abs(z) < 0.25
    by_entry = kind.odds[:, None] * np.where(small, first_moment_series(np.where(small, z, 0)) * s, 0)
    by_entry += np.where(small, 0, (kind.odds[:, None] * np.exp(z) - y) / kind.A[:, None])
    by_entry /= 1 + y
    by_others = ((by_D * (1 + D) + by_R * D) * by_entry - by_R * y * by_entry).real.sum(1)
    return float(phi.real.sum()), float(by_a.real.sum()), float(by_b.real.sum()), by_others


def _second_series(z: np.ndarray) -> np.ndarray:
    """∫₀¹ u² e^{zu} du for |z| ≤ 1/4."""
    total, term = np.full(z.shape, 1 / 3, complex), np.ones(z.shape, complex)
    for k in range(1, 14):
        term = term * z / k
        total += term / (k + 3)
    return total


class _Removed:
    """What is not in the trapezoid sum: the polynomials of the whole law, and states of at most one active feature with theirs."""

    def __init__(
        self, a: float, b: float, p: float, q: float, A: np.ndarray, active: np.ndarray, odds: np.ndarray, silent: float, nu: float
    ) -> None:
        T = 1 / nu
        c0, c1, c2 = ALIAS
        mean = b + float(active @ A) / 2 + p * a / 2
        spread, own_spread = active / 3 - active**2 / 4, p / 3 - p * p / 4
        both = p * a / 3 + p / 2 * (mean - p * a / 2)
        square = mean * mean + float(spread @ (A * A)) + own_spread * a * a
        alias = c0 * (square - 2 * both) + T * c1 * (2 * mean - p) + T * T * c2
        none, one, alone = silent * q, silent * q * odds, silent * p
        plus, squares = max(b, 0.0), _squares(A, b)
        value = p / 3 - alias + none * (plus**2 + c0 * b * b + 2 * T * c1 * b + T * T * c2)
        value += float(one @ (squares[0] + c0 * (A * A / 3 + A * b + b * b) + 2 * T * c1 * (A / 2 + b) + T * T * c2))
        self_squares = [float(x[0]) for x in _squares(np.array([a]), b)]
        linear, second = _own_linear(a, b)
        value += alone * (self_squares[0] + c0 * (a * a / 3 + a * b + b * b) + 2 * T * c1 * (a / 2 + b) + T * T * c2)
        value -= 2 * alone * (self_squares[2] + c0 * (a / 3 + b / 2) + c1 * T / 2)
        self.value = value
        self.by_b = -(c0 * (2 * mean - p) + 2 * T * c1) + none * (2 * plus + 2 * c0 * b + 2 * T * c1)
        self.by_b += float(one @ (2 * squares[1] + 2 * c0 * (A / 2 + b) + 2 * T * c1))
        self.by_b += alone * (2 * self_squares[1] + 2 * c0 * (a / 2 + b) + 2 * T * c1 - 2 * linear - c0)
        self.by_others = -(c0 * (mean * active + 2 * spread * A - p * active / 2) + T * c1 * active)
        self.by_others = self.by_others + one * (2 * squares[2] + 2 * c0 * (A / 3 + b / 2) + T * c1)
        self.by_a = -(c0 * (mean * p + 2 * own_spread * a - 2 * p / 3) + T * c1 * p)
        self.by_a += alone * (2 * self_squares[2] + 2 * c0 * (a / 3 + b / 2) + T * c1 - 2 * second - 2 * c0 / 3)


def _ends(t: np.ndarray, b: float) -> tuple[np.ndarray, np.ndarray]:
    """The interval of [0, 1] where t u + b > 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        cut = np.clip(np.where(t == 0, 0.0, -b / np.where(t == 0, 1, t)), 0, 1)
    left = np.where(t > 0, cut, 0.0)
    right = np.where(t < 0, cut, 1.0)
    return left, np.where((t == 0) & (b <= 0), left, right)


def _squares(t: np.ndarray, b: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """E (t u + b)_+², E (t u + b)_+ and E u (t u + b)_+."""
    low, high = _ends(t, b)
    first, second, third = high - low, (high**2 - low**2) / 2, (high**3 - low**3) / 3
    return t * t * third + 2 * t * b * second + b * b * first, t * second + b * first, t * third + b * second


def _own_linear(a: float, b: float) -> tuple[float, float]:
    """E u and E u² where a u + b > 0."""
    low, high = (float(x[0]) for x in _ends(np.array([a]), b))
    return (high**2 - low**2) / 2, (high**3 - low**3) / 3
