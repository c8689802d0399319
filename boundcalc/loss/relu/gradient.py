"""Computes the loss of a ReLU network and its gradient in float64, for training and search: no samples, no noise."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from boundcalc.loss.arrays import oriented
from boundcalc.loss.lanes import Ticks, cores, product_lanes, run_lanes
from boundcalc.loss.relu.float_rows import SomeRows
from boundcalc.loss.relu.network import FloatRows, read_network
from boundcalc.loss.relu.nodes import FIRST
from boundcalc.loss.relu.period import choose_period
from boundcalc.model.features import Features
from boundcalc.model.laws import Law
from boundcalc.model.problem import Exact
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError

CELLS = 1 << 18
"""Rows times features times nodes that are worked on at once."""
_TAIL = 1e-14
"""What a period below the range may cost a row."""
_LARGEST_ODDS = 500.0


@dataclass(frozen=True)
class ReluGradient:
    """A float64 loss and its derivatives.

    Attributes
    ----------
    loss : float
    weights : shape of W as given
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
    transpose: bool | None = None,
) -> ReluGradient:
    """The loss of x̂ = ReLU(WᵀW x + b) and its gradient, float64; features uniform on [0, c] and p < 1.

    Parameters
    ----------
    weights, bias, decoder, p, law, features, transpose : as in :func:`boundcalc.loss.relu.loss.relu_loss`

    Raises
    ------
    ParameterError
        As there, and for finite supports or features that are nearly always active, for which there is no gradient here.

    >>> import numpy as np
    >>> round(relu_loss_and_gradient(np.array([[1.0, -1.0]]), p="1/2", law="uniform01").loss, 10)  # 1/12
    0.0833333333
    """
    network = read_network(oriented(weights, transpose), bias=bias, decoder=decoder, p=p, law=law, features=features)
    if not network.is_uniform:
        raise ParameterError("law", "a finite support", "must be uniform on [0, c] for the gradient")
    rows = FloatRows.of(network)
    if not np.log1p(rows.p / np.maximum(rows.q, 1e-300)).sum() < _LARGEST_ODDS:
        raise ParameterError("p", float(rows.p.max()), "must be smaller for the gradient, or features fewer")
    importance = np.array([to_float(w) for w in network.importance])
    found = evaluated(rows, importance, periods(rows), tied=network.problem.tied)
    return replace(found, weights=found.weights.T) if transpose else found


def periods(rows: FloatRows) -> np.ndarray:
    """ν of each row."""
    found = np.empty(len(rows.b))
    for i in range(len(found)):
        _, entries, _ = rows.row(i)
        live = bool(entries.any() or rows.b[i])
        found[i] = choose_period(entries, rows.p, float(rows.b[i]), _TAIL)[0] if live else 1.0
    return found


def evaluated(rows: FloatRows, importance: np.ndarray, nu: np.ndarray, *, tied: bool, count: int = FIRST) -> ReluGradient:
    """The loss and gradient with given periods, and ``count`` nodes."""
    n = len(rows.b)
    values, by_entry, by_bias = np.empty(n), np.empty((n, n)), np.empty(n)
    A = (rows.V.T @ rows.W) / rows.top[:, None]
    size = max(1, CELLS // (n * count))
    blocks = [np.arange(start, min(start + size, n)) for start in range(0, n, size)]
    with product_lanes(1 if len(blocks) < 4 else cores()) as lanes:

        def work(lane: int, ticks: Ticks) -> None:
            with np.errstate(over="ignore", under="ignore", invalid="ignore"):
                for own in blocks[lane::lanes]:
                    part = SomeRows(A[own], own, rows.b[own], nu[own], rows.p, rows.q)
                    values[own], by_entry[own], by_bias[own] = part.evaluated(count)
                    ticks.tick(lane, 1)

        run_lanes(lanes, len(blocks), None, work)
    for i in np.flatnonzero(~A.any(axis=1)).tolist():
        values[i], by_entry[i], by_bias[i] = _constant(i, float(rows.b[i]), rows.p)
    weight = importance * rows.top
    by_entry *= weight[:, None]  # A_ij c_j/c_i, and c_j is on W already
    by_bias *= weight
    by_weights, by_decoder = (rows.V @ by_entry) * rows.top, rows.W @ by_entry.T
    loss = float(values @ (weight * rows.top))
    if tied:
        return ReluGradient(loss, by_weights + by_decoder, by_bias, None)
    return ReluGradient(loss, by_weights, by_bias, by_decoder)


def _constant(i: int, b: float, p: np.ndarray) -> tuple[float, np.ndarray, float]:
    """The row of a feature whose pre-activation is b whatever x is; at b = 0, the corner, derivatives are those from below."""
    if b <= 0:
        return float(p[i]) / 3, np.zeros(len(p)), 0.0
    by_entry = (b - p[i] / 2) * p
    by_entry[i] = (b - 2 / 3) * p[i]
    return float(p[i] / 3 - p[i] * b + b * b), by_entry, float(2 * b - p[i])
