"""Searches for ReLU networks of small loss: L-BFGS on the float loss, which has no noise, from many starts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from flint import fmpq

from boundcalc.bounds.relu.polygons import polygon_network
from boundcalc.bounds.relu.witnesses import closed_network
from boundcalc.loss.relu.gradient import evaluated, periods
from boundcalc.loss.relu.network import FloatRows, read_network
from boundcalc.loss.threads import single_threaded
from boundcalc.model.nonnegative_laws import UniformFromZero
from boundcalc.model.relu_problem import ReluProblem
from boundcalc.numbers.enclosure import to_float
from boundcalc.numbers.errors import ParameterError

MOST_FEATURES = MOST_DIMENSIONS = 1000
CLOSED, POLYGON = 4, 5
"""Which starts are near the network in closed form and near polygons, where there are such; the others are random."""
_BARRED = 1e9
"""Where float64 overflows, or a period is far below the range: the line search turns back."""
STEPS = ((40, 2.0, 80, 1.1), (64, 1.3, 80, 1.001), (144, 1.2, 80, 1.0))
"""Stages of a local search: nodes, room for periods beyond what the weights need, iterations, and how far from the best it may end
for the search to go on."""


@dataclass(frozen=True)
class FoundNetwork:
    """Weights and bias, and their loss in float64.

    Attributes
    ----------
    weights : shape (d, n)
    bias : shape (n,), or None
    value : float
    start : int
        The number of the start that led here, from 0; ``CLOSED`` is near the network in closed form, ``POLYGON`` near polygons.
    starts : int
        How many were made.
    """

    weights: np.ndarray
    bias: np.ndarray | None
    value: float
    start: int
    starts: int


def search_network(
    problem: ReluProblem,
    *,
    seed: int = 0,
    starts: int = 10,
    seconds: float | None = None,
    progress: Callable[[FoundNetwork], object] = lambda found: None,
) -> FoundNetwork:
    """The best of ``starts`` local searches, from random weights and from the network in closed form.

    Parameters
    ----------
    problem : ReluProblem
        Tied weights, features uniform on [0, c], with a bias or none.
    seconds : float, optional
        No search begins after this time.
    progress : callable
        Receives what is better than all before it.

    Raises
    ------
    ParameterError
        For what is not covered.
    """
    check_searchable(problem)
    if starts < 1:
        raise ParameterError("starts", starts, "must be a whole number, at least 1")
    features, n, d = problem.features, problem.n, problem.d
    importance = np.array([to_float(w) for w in features.spread(group.importance for group in features.groups)])
    rng, began = np.random.default_rng(seed), time.monotonic()
    best: FoundNetwork | None = None
    made = 0
    for number in range(starts):
        if number and seconds is not None and time.monotonic() - began > seconds:
            break
        W, b = _start(problem, number, rng)
        with single_threaded():  # the products are small
            W, b, value = descend(problem, importance, W, b, float("inf") if best is None else best.value)
        made += 1
        if best is None or value < best.value:
            best = FoundNetwork(W, b if problem.bias else None, value, number, number + 1)
            progress(best)
    assert best is not None
    assert best.weights.shape == (d, n)
    return FoundNetwork(best.weights, best.bias, best.value, best.start, made)


def check_searchable(problem: ReluProblem) -> None:
    """Refuses what the search does not cover."""
    for group in problem.features.groups:
        if not isinstance(group.law, UniformFromZero):
            raise ParameterError("law", group.law.name, "must be uniform on [0, c] for the search, such as uniform01")
    if problem.n > MOST_FEATURES:
        raise ParameterError("n", problem.n, f"must be at most {MOST_FEATURES} for the search")
    if problem.d > MOST_DIMENSIONS:
        raise ParameterError("d", problem.d, f"must be at most {MOST_DIMENSIONS} for the search; n dimensions hold every feature")
    if any(group.p == 1 for group in problem.features.groups):
        raise ParameterError("p", 1, "must be below 1 for the search")
    if problem.m > 1:
        raise ParameterError("m", problem.m, "must be 1 for the search, which is for ReLU(W'W x + b)")
    if not problem.tied:
        raise ParameterError("tied", False, "must be true for the search")


def _start(problem: ReluProblem, number: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    n, d = problem.n, problem.d
    polygons = polygon_network(problem) if number == POLYGON else None
    if polygons is not None:
        spread = 0.02 * rng.standard_normal((d, n))
        return polygons.weights + spread, np.zeros(n) if polygons.bias is None else polygons.bias
    if number == CLOSED:
        known = closed_network(problem)
        W = known.weights + 0.05 * rng.standard_normal((d, n))
        return W, np.array([to_float(x) for x in known.bias]) - 0.01
    W = rng.standard_normal((d, n))
    W *= rng.uniform(0.8, 1.2) / np.linalg.norm(W, axis=0)
    top = np.array([to_float(c) for c in _tops(problem)])
    return W, -rng.uniform(0.0, 0.3) * top if problem.bias else np.zeros(n)


def _tops(problem: ReluProblem) -> list[fmpq]:
    groups = problem.features.groups
    return problem.features.spread(
        group.scale * group.law.top if isinstance(group.law, UniformFromZero) else group.scale for group in groups
    )


def _reach(rows: FloatRows) -> np.ndarray:
    """|b| + Σ_j |A_ij| of each row, not 0."""
    A = np.abs(rows.V.T @ rows.W) / rows.top[:, None]
    found: np.ndarray = np.maximum(A.sum(1) + np.abs(rows.b), 1e-9)
    return found


def descend(
    problem: ReluProblem, importance: np.ndarray, W: np.ndarray, b: np.ndarray, best: float = float("inf")
) -> tuple[np.ndarray, np.ndarray, float]:
    """A local minimum from W and b: L-BFGS in stages, fewer of them where it stays above ``best``."""
    from scipy.optimize import minimize

    n, d = problem.n, problem.d

    def rows_of(z: np.ndarray) -> FloatRows:
        bias = z[n * d :] if problem.bias else None
        return FloatRows.of(read_network(z[: n * d].reshape(d, n), bias=bias, features=problem.features))

    z = np.concatenate([W.ravel(), b]) if problem.bias else W.ravel()
    value = float("inf")
    for nodes, room, iterations, enough in STEPS:
        template = rows_of(z)
        reach = _reach(template)
        nu = np.maximum(periods(template) / room, 1 / reach)
        unit = max(evaluated(template, importance, nu, tied=True, count=nodes).loss, 1e-300)  # the tolerance is absolute below 1

        def objective(
            z: np.ndarray, template: FloatRows = template, scaled: np.ndarray = nu * reach, nodes: int = nodes, unit: float = unit
        ) -> tuple[float, np.ndarray]:
            V = z[: n * d].reshape(d, n)
            bias = z[n * d :] / template.top if problem.bias else template.b
            rows = FloatRows(V * template.top, V, bias, template.p, template.q, template.top)
            found = evaluated(rows, importance, scaled / _reach(rows), tied=True, count=nodes)  # periods grow with the range
            slope = np.concatenate([found.weights.ravel(), found.bias]) if problem.bias else found.weights.ravel()
            if not (0 <= found.loss < _BARRED and np.isfinite(slope).all()):
                return _BARRED, np.zeros_like(z)
            return found.loss / unit, slope / unit

        ended = minimize(objective, z, jac=True, method="L-BFGS-B", options={"maxiter": iterations, "maxcor": 20, "ftol": 1e-13})
        z, value = ended.x, float(ended.fun) * unit
        if value > enough * best:
            break
    return z[: n * d].reshape(d, n), z[n * d :] if problem.bias else np.zeros(n), value
