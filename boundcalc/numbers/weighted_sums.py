"""Sums products and takes powers in an order of their own: proposals have the same bits with every library and processor."""

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


def whole_power(values: np.ndarray, exponent: int) -> np.ndarray:
    """A power as a product: the last bit of ``values**3`` depends on how wide the processor's vectors are.

    >>> import numpy as np
    >>> whole_power(np.array([2.0, -1.0]), 3).tolist()
    [8.0, -1.0]
    """
    import numpy as np

    if exponent == 0:
        return np.ones_like(values)
    found = values.copy()
    for _ in range(exponent - 1):
        found *= values
    return found


def shortened(values: np.ndarray, bits: int = 24) -> np.ndarray:
    """The nearest numbers of so many bits: nearly always the same where exponentials, say, differ in their last bits.

    >>> import numpy as np
    >>> shortened(np.array([1.0 + 2.0**-40, 0.0, -3.0])).tolist()
    [1.0, 0.0, -3.0]
    """
    import numpy as np

    part, exponent = np.frexp(values)
    found: np.ndarray = np.ldexp(np.rint(np.ldexp(part, bits)), exponent - bits)
    return found
