"""Computes the part of Π(1 + y_j) with at least one, and with at least two, factors y_j: without cancellation.

For two sets of factors D = D₁ + D₂ + D₁D₂ and R = R₁ + R₂ + D₁D₂, where D = Π(1 + y) − 1 and R = D − Σ y; single factors have
R = 0. In a tree of ℓ levels each monomial of a result passes at most ℓ times a product (√5 u) and two additions: with the same
tree of upper bounds Y_j ≥ |y_j|, and |ŷ_j − y_j| ≤ ε Y_j, the computed D errs by at most D((1 + ε′)Y) − D(Y), ε′ = ε + 5uℓ,
which is at most ε′ Σ Y ∂D, and R alike.
"""

from __future__ import annotations

import numpy as np


def joined(states: list[tuple[np.ndarray, np.ndarray | None]]) -> tuple[np.ndarray, np.ndarray]:
    """(D, R) of all the factors from (D, R) of parts; arrays of one shape."""
    while len(states) > 1:
        pairs = [_two(left, right) for left, right in zip(states[::2], states[1::2], strict=False)]
        states = pairs + states[len(pairs) * 2 :]
    D, R = states[0]
    return D, np.zeros_like(D) if R is None else R


def _two(
    left: tuple[np.ndarray, np.ndarray | None], right: tuple[np.ndarray, np.ndarray | None]
) -> tuple[np.ndarray, np.ndarray | None]:
    both = left[0] * right[0]
    R = both.copy()
    for part in (left[1], right[1]):
        if part is not None:
            R += part
    both += left[0]
    both += right[0]
    return both, R


def along_first(y: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """(D, R) of the factors y[0], y[1], …, which are overwritten; each of shape (nodes,)."""
    D, R = y, None
    while len(D) > 1:
        half = len(D) // 2
        low, high = D[:half], D[half : 2 * half]
        both = low * high
        low += high
        low += both
        if R is not None:
            both += R[:half]
            both += R[half : 2 * half]
        odd = len(D) % 2
        if odd:
            rest = D[-1:]
            last = R[-1:] if R is not None else np.zeros_like(rest)
            D, R = np.concatenate([low, rest]), np.concatenate([both, last])
        else:
            D, R = low, both
    return D[0], None if R is None else R[0]


def plain_product(f: np.ndarray) -> np.ndarray:
    """f[0] f[1] …, which are overwritten; each of shape (nodes,)."""
    while len(f) > 1:
        half = len(f) // 2
        f[:half] *= f[half : 2 * half]
        f = f[:half] if len(f) % 2 == 0 else np.concatenate([f[:half], f[-1:]])
    return f[0]
