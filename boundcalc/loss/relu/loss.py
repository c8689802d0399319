"""Computes the certified loss of x̂ = ReLU(WᵀW x + b): exact for few features, otherwise an enclosure of the width asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flint import fmpq

from boundcalc.loss.arrays import oriented
from boundcalc.loss.relu.exact_row import finite_row, uniform_row
from boundcalc.loss.relu.network import Network, read_network
from boundcalc.loss.relu.value import ReluLoss, total_of
from boundcalc.model.features import Features
from boundcalc.model.laws import Law
from boundcalc.model.problem import Exact
from boundcalc.numbers.enclosure import Enclosure
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import as_rational

if TYPE_CHECKING:
    from boundcalc.loss.lanes import ShowShare

EXACT_FEATURES = 12
"""Up to this many features the loss is a rational number."""
MOST_STATES = 1 << 13
"""Values of a row's interference that are enumerated for finite supports."""
WIDTH = "1e-6"


def relu_loss(
    weights: object,
    *,
    bias: object = None,
    decoder: object = None,
    p: Exact | None = None,
    law: Law | str | None = None,
    features: Features | None = None,
    width: Exact = WIDTH,
    progress: ShowShare | None = None,
    transpose: bool | None = None,
) -> ReluLoss:
    """The loss of x̂ = ReLU(WᵀW x + b), or ReLU(VᵀW x + b), certified.

    Parameters
    ----------
    weights, decoder : list of d rows of n exact numbers, or a NumPy array of shape (d, n)
        W, and V where weights are not tied. Entries of a float array are taken as the binary numbers they are.
    bias : list of n exact numbers, or a NumPy array of shape (n,), optional
    p, law : exact number, and law or text
        Activity and law of equal features: ``uniform01``, ``uniform:0:3/2`` or ``support:1/2:1/4,1:3/4``.
    features : Features, optional
        In place of both, where features differ.
    width : exact number
        Width of the enclosure, relative to its upper end. ``reached`` of the result says whether it was reached.
    progress : callable, optional
        Receives the share of the work that is done, 0 to 1.
    transpose : bool, optional
        Whether W has a feature a row. An array with more rows than columns needs it, True or False, as in :func:`loss_of`.

    Raises
    ------
    ParameterError
        For anything outside these, in one line.

    >>> relu_loss([[1, 0, "-1/2"], [0, 1, "-1/2"]], bias=["-1/10"] * 3, p="1/10", law="uniform01").loss.lower
    1273531/62500000
    """
    asked = as_rational(width, parameter="width")
    if not 0 < asked < 1:
        raise ParameterError("width", str(asked), "must be between 0 and 1, such as 1e-6")
    network = read_network(oriented(weights, transpose), bias=bias, decoder=decoder, p=p, law=law, features=features)
    if network.n <= EXACT_FEATURES and (network.is_uniform or _states(network) <= MOST_STATES):
        return exact_relu_loss(network)
    if network.is_uniform:
        from boundcalc.loss.relu.trapezoid import trapezoid_loss

        return trapezoid_loss(network, asked, progress)
    from boundcalc.loss.relu.lattice import lattice_loss

    return lattice_loss(network, asked, progress)


def _states(network: Network) -> int:
    """Values of Z, at most; without end where some features are uniform."""
    total = 1
    for points in network.supports:
        total *= MOST_STATES + 1 if points is None else 1 + len(points)
    return total


def exact_relu_loss(network: Network) -> ReluLoss:
    """The loss as a rational number; 2^n terms a row, or the product of the sizes of the supports."""
    rows = []
    p, top = network.activity, network.top
    for i in range(network.n):
        others = [j for j in range(network.n) if j != i]
        A = [entry * c for entry, c in zip(network.exact_row(i), top, strict=True)]
        active = [p[j] for j in others]
        if network.is_uniform:
            c = top[i]
            value = c * c * uniform_row(A[i] / c, network.bias[i] / c, p[i], [A[j] / c for j in others], active)
        else:
            supports = [points or () for points in network.supports]
            own = [(top[i] * value, weight) for value, weight in supports[i]]
            laws = [supports[j] for j in others]
            value = finite_row(A[i] / top[i], network.bias[i], p[i], own, [A[j] for j in others], active, laws)
        rows.append(Enclosure.of(fmpq(network.importance[i] * value)))
    return ReluLoss(network.problem, total_of(rows), tuple(rows), "exact", True, 0)
