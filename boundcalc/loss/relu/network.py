"""Reads a network x̂ = ReLU(VᵀW x + b) and its features: exact, and as float64 rows with bounds on what was rounded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from flint import fmpq

from boundcalc.loss.arrays import is_array, refuse_masked
from boundcalc.loss.dense_pair import check_shapes
from boundcalc.loss.integers import IntegerMatrix, read_matrix
from boundcalc.loss.relu.exponentials import UNIT
from boundcalc.model.features import Features
from boundcalc.model.laws import Law
from boundcalc.model.nonnegative_laws import NonnegativeSupport, UniformFromZero, refuse_unbounded
from boundcalc.model.problem import Exact
from boundcalc.model.relu_problem import ReluProblem, relu_problem_of
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError
from boundcalc.numbers.parsing import as_rational

_TINY = 1e-290
"""Covers what underflows."""
_HUGE = 1e40
"""Weights from here on have outputs whose third powers may overflow float64."""
_LEAST = 1e-250
"""Activities below lose the relative precision of float64 somewhere."""


@dataclass(frozen=True)
class Network:
    """Weights, bias and features as exact numbers.

    Attributes
    ----------
    W, V : IntegerMatrix
        Shape (d, n); the same object for tied weights.
    bias : list of n fmpq
    problem : ReluProblem
    """

    W: IntegerMatrix
    V: IntegerMatrix
    bias: list[fmpq]
    problem: ReluProblem

    @property
    def n(self) -> int:
        """The number of features."""
        return self.problem.n

    @cached_property
    def importance(self) -> list[fmpq]:
        """ω of each feature."""
        features = self.problem.features
        return features.spread(group.importance for group in features.groups)

    @cached_property
    def activity(self) -> list[fmpq]:
        """p of each feature."""
        features = self.problem.features
        return features.spread(group.p for group in features.groups)

    @cached_property
    def top(self) -> list[fmpq]:
        """What a feature uniform on [0, 1] is scaled by; for finite supports the group's scale."""
        features = self.problem.features
        return features.spread(
            group.scale * (group.law.top if isinstance(group.law, UniformFromZero) else 1) for group in features.groups
        )

    @cached_property
    def supports(self) -> list[tuple[tuple[fmpq, fmpq], ...] | None]:
        """The points of each feature's law before ``top``; ``None`` for uniform ones."""
        features = self.problem.features
        return features.spread(group.law.points if isinstance(group.law, NonnegativeSupport) else None for group in features.groups)

    @property
    def is_uniform(self) -> bool:
        """Whether every feature is uniform while active."""
        return all(isinstance(group.law, UniformFromZero) for group in self.problem.features.groups)

    def exact_row(self, i: int) -> list[fmpq]:
        """Row i of A = VᵀW."""
        unit = self.V.unit * self.W.unit
        column = [int(x) for x in self.V.entries[:, i].tolist()]
        return [unit * sum(x * int(y) for x, y in zip(column, other, strict=True)) for other in self.W.entries.T.tolist()]


def read_network(
    weights: object,
    *,
    bias: object = None,
    decoder: object = None,
    p: Exact | None = None,
    law: Law | str | None = None,
    features: Features | None = None,
) -> Network:
    """Reads and checks all of it.

    Raises
    ------
    ParameterError
        For weights, a bias or features that do not fit together, in one line.
    """
    W = read_matrix(weights)
    V = W if decoder is None else read_matrix(decoder, parameter="V")
    check_shapes(V.shape, W.shape)
    d, n = W.shape
    if bias is not None:
        count = _length(bias)
        if count is not None and count != n:
            turned = f"; W has {d} rows (hidden dimensions) and {n} columns (features): turn it round" if count == d else ""
            raise ParameterError("bias", f"{count} numbers", f"must be one for each of the {n} features{turned}")
    problem = relu_problem_of(n, d, p, law, features, bias=bias is not None, tied=decoder is None)
    for group in problem.features.groups:
        refuse_unbounded(group.law)
    return Network(W, V, [fmpq(0)] * n if bias is None else read_bias(bias), problem)


def read_bias(bias: object) -> list[fmpq]:
    """A bias as exact numbers: of a list of exact numbers, or the binary numbers of a one-dimensional array."""
    refuse_masked(bias, parameter="bias")
    if not is_array(bias):
        if isinstance(bias, (str, bytes)) or not hasattr(bias, "__iter__"):
            raise ParameterError("bias", bias, "must be a list of exact numbers or a one-dimensional array")
        return [as_rational(value, parameter="bias") for value in bias]
    array = np.asarray(bias)
    if array.ndim == 2 and 1 in array.shape:
        array = array.reshape(-1)
    if array.ndim != 1 or array.dtype.kind not in "fiu":
        raise ParameterError("bias", f"array of shape {array.shape}, {array.dtype}", "must be one real number for each feature")
    wide = array.astype(np.float64) if array.dtype.kind == "f" else array
    if not np.isfinite(wide).all():
        place = int(np.flatnonzero(~np.isfinite(wide))[0])
        raise ParameterError("bias", f"{wide[place]} at place {place} (from 0)", "must be finite")
    return [fmpq(*value.as_integer_ratio()) for value in wide.tolist()]


def _length(bias: object) -> int | None:
    if is_array(bias):
        return int(np.asarray(bias).size)
    return len(bias) if hasattr(bias, "__len__") and not isinstance(bias, (str, bytes)) else None


def rounded(value: fmpq) -> float:
    """The nearest float64."""
    try:
        return to_float(value)
    except OverflowError:
        raise ParameterError("W", "entries beyond 1e308", "must be of moderate size") from None


@dataclass(frozen=True)
class FloatRows:
    """Rows of x_i = c_i u_i in units of c_i: A_ij c_j/c_i and b_i/c_i in float64.

    Attributes
    ----------
    W, V : shape (d, n)
        Already with the factors c_j on W.
    b, p, q, top : shape (n,)
        q = 1 − p; each rounded once, b twice.
    """

    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    p: np.ndarray
    q: np.ndarray
    top: np.ndarray

    @classmethod
    def of(cls, network: Network) -> FloatRows:
        """The rows of a network of uniform features."""
        top = np.array([rounded(c) for c in network.top])
        W = floats_of(network.W)
        V = W if network.V is network.W else floats_of(network.V)
        b = np.array([rounded(value / c) for value, c in zip(network.bias, network.top, strict=True)])
        activity = network.activity
        p, q = np.array([rounded(share) for share in activity]), np.array([rounded(1 - share) for share in activity])
        if p.min() < _LEAST:
            raise ParameterError("p", f"{p.min():.3g}", f"must be at least {_LEAST:.0e} for more than 12 features")
        found = cls(W * top, V, b, p, q, top)
        check_sizes(found.W, V, b)
        return found

    def row(self, i: int) -> tuple[float, np.ndarray, float]:
        """A_ii, the entries of row i (with A_ii in its place), and √E(Y − Ŷ)² of their roundings, bounded."""
        d = len(self.W)
        entries = self.V[:, i] @ self.W / self.top[i]
        wrong = (d + 12) * UNIT * (np.abs(self.V[:, i]) @ np.abs(self.W)) / self.top[i] * 1.01 + _TINY
        own = 2 * UNIT * abs(float(self.b[i]))
        mean, square = float(self.p @ wrong) / 2, float(self.p @ (wrong * wrong)) / 3
        return float(entries[i]), entries, (own + mean + square**0.5) * 1.01


def floats_of(matrix: IntegerMatrix) -> np.ndarray:
    """Each entry rounded once."""
    unit = matrix.unit
    flat = [rounded(unit * int(entry)) for entry in matrix.entries.ravel().tolist()]
    return np.array(flat).reshape(matrix.shape)


def check_sizes(W: np.ndarray, V: np.ndarray, b: np.ndarray) -> None:
    """Refuses weights and biases with which float64 might overflow, as a ParameterError."""
    for name, array in (("W", W), ("V", V), ("bias", b)):
        largest = float(np.abs(array).max())
        if largest > _HUGE:
            allowed = f"must be below {_HUGE:.0e} in size, as float64 overflows; is the file damaged?"
            raise ParameterError(name, f"entries up to {largest:.3g}", allowed)
