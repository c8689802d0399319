"""Computes the loss of weights in another array library (PyTorch, JAX, CuPy, …), through the array API standard.

Row blocks of A are formed where the array lives; only numbers of size m · n per block are kept. Arrays without an
``__array_namespace__`` of their own, such as PyTorch's, need the extra ``gpu`` (array-api-compat).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from boundcalc.loss.arrays import ALLOWED, is_array
from boundcalc.loss.feature_cumulants import FeatureCumulants
from boundcalc.loss.row_moments import RowMoments, balanced, column_weights
from boundcalc.loss.tiles import check_budget
from boundcalc.model.features import Features, problem_of
from boundcalc.model.laws import Law
from boundcalc.model.problem import Exact
from boundcalc.numbers.errors import ParameterError

_BUFFERS = 4


def is_foreign(weights: object) -> bool:
    """Whether the weights are an array of a library other than NumPy."""
    return hasattr(weights, "shape") and hasattr(weights, "dtype") and not (is_array(weights) or isinstance(weights, np.ndarray))


def namespace_of(weights: Any) -> Any:
    """The array API namespace of an array."""
    try:
        from array_api_compat import array_namespace
    except ImportError:
        if hasattr(weights, "__array_namespace__"):
            return weights.__array_namespace__()
        kind = type(weights).__module__.partition(".")[0]
        raise ParameterError(
            "W", f"array of {kind}", "needs the extra gpu (array-api-compat): pip install 'boundcalc[gpu]'"
        ) from None
    try:
        return array_namespace(weights)
    except TypeError:
        raise ParameterError(
            "W", type(weights).__name__, "must be an array of a library that follows the array API standard"
        ) from None


class ForeignEvaluation:
    """One weight matrix at unit scale, with the row moments that value and gradient share."""

    def __init__(
        self, weights: Any, m: int, p: Exact | None, law: Law | str | None, features: Features | None, budget: int
    ) -> None:
        self.xp = xp = namespace_of(weights)
        shape = tuple(int(size) for size in weights.shape)
        shown = f"array of shape {shape}, {weights.dtype}"
        if len(shape) != 2 or 0 in shape:
            raise ParameterError("W", shown, ALLOWED)
        if weights.dtype not in (xp.float64, xp.float32):
            raise ParameterError("W", shown, "must hold float64 or float32 numbers")
        if hasattr(weights, "detach"):
            weights = weights.detach()
        if not bool(xp.all(xp.isfinite(weights))):
            raise ParameterError("W", shown, f"{ALLOWED}; it holds NaN or an infinity")
        d, n = shape
        self.problem = problem_of(n, d, m, p, law, features)
        self.columns = FeatureCumulants(self.problem)
        self.weights = column_weights(self.columns)
        first = math.frexp(float(xp.max(xp.abs(weights))))[1]
        unit = _times_power_of_two(weights, -first)
        second = math.frexp(math.sqrt(float(xp.max(xp.sum(unit * unit, axis=0)))))[1]
        self.W = _times_power_of_two(unit, -second)
        self.exponent = first + second
        itemsize = 8 if weights.dtype == xp.float64 else 4
        self.block = max(1, min(n, check_budget(budget) // (_BUFFERS * n * itemsize)))
        parts: list[list[np.ndarray]] = [[] for _ in range(m)]
        across = None if self.weights is None else self._foreign(self.weights)
        for _, gram in self.blocks():
            square = gram * gram
            power = square
            for j in range(m):
                power = square if j == 0 else power * square
                parts[j].append(self._numpy(xp.sum(power, axis=1) if across is None else power @ across[j, :]))
        sums = np.array([np.concatenate(part) for part in parts])
        a = self._numpy(xp.sum(self.W * self.W, axis=0))
        self.rows = RowMoments.of(self.columns, a, sums, exponent=2 * self.exponent, tied=True)

    def blocks(self) -> Iterator[tuple[slice, Any]]:
        """Row blocks of A at unit scale."""
        n = self.W.shape[1]
        for start in range(0, n, self.block):
            rows = slice(start, min(n, start + self.block))
            yield rows, self.xp.matmul(self.xp.permute_dims(self.W[:, rows], (1, 0)), self.W)

    def gradient(self, best_scale: bool) -> Any:
        """∂/∂W = W (G + Gᵀ) in the library and on the device of the weights."""
        xp, W = self.xp, self.W
        by_rows, on_diagonal = self.rows.derivatives(*self.rows.weights_of(best_scale, self.exponent))
        weights = self.weights
        if weights is not None:
            by_rows, weights = balanced(by_rows, weights)
        coefficients, diagonal = self._foreign(by_rows), self._foreign(np.ascontiguousarray(on_diagonal))
        columns = None if weights is None else self._foreign(weights)
        m, found = by_rows.shape[0], []

        def both_ways(k: int, rows: slice) -> Any:
            """Coefficients of G + Gᵀ on a block of rows."""
            if columns is None:
                return coefficients[k, rows][:, None] + coefficients[k, :][None, :]
            return coefficients[k, rows][:, None] * columns[k, :][None, :] + columns[k, rows][:, None] * coefficients[k, :][None, :]

        for rows, gram in self.blocks():
            square = gram * gram
            both = both_ways(m - 1, rows)
            for k in range(m - 2, -1, -1):
                both = both * square + both_ways(k, rows)
            found.append(xp.matmul(W, xp.permute_dims(both * gram, (1, 0))))
        return xp.concat(found, axis=1) + W * (2 * diagonal)[None, :]

    def _numpy(self, row: Any) -> np.ndarray:
        """A row of numbers as float64 on the host."""
        return np.asarray(
            row.tolist() if hasattr(row, "tolist") else [float(row[i]) for i in range(row.shape[0])], dtype=np.float64
        )

    def _foreign(self, array: np.ndarray) -> Any:
        return self.xp.asarray(array.tolist(), dtype=self.W.dtype, device=self.W.device)


def _times_power_of_two(array: Any, exponent: int) -> Any:
    """In two factors: 2^1074 itself is no float64."""
    half = exponent // 2
    return array * 2.0**half * 2.0 ** (exponent - half)
