"""Sums products in an order that does not depend on the linear algebra library, so that proposals have the same bits everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def weighted(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Σ_k weights[k] values[k]: what ``weights @ values`` is to within rounding, which differs between kernels of BLAS.

    Parameters
    ----------
    weights : shape (terms,)
    values : shape (terms, ...)

    >>> import numpy as np
    >>> weighted(np.array([1.0, 2.0]), np.array([[1.0, 0.0], [1.0, 3.0]])).tolist()
    [3.0, 6.0]
    """
    import numpy as np

    found: np.ndarray = np.einsum("k,k...->...", weights, values)
    return found
