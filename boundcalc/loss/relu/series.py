"""Computes moments of the other features' sum on the same states as their transforms: coefficients of 1, s, s² of D and R.

The trees are those of :mod:`boundcalc.loss.relu.products`, over power series cut off after s². A polynomial with nonnegative
coefficients is convex along rays, so D((1 + ε)Y) − D(Y) ≤ 16ε (D(17Y/16) − D(Y)): three evaluations, of the numbers, their
sizes and these enlarged, give value and error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from boundcalc.loss.relu.exponentials import UNIT, doublings


@dataclass(frozen=True)
class Moments:
    """Coefficients of 1, s, s² of D and R, bounds on their sizes, and bounds on their errors; each of shape (3,)."""

    D: np.ndarray
    R: np.ndarray
    D_size: np.ndarray
    R_size: np.ndarray
    D_error: np.ndarray
    R_error: np.ndarray


def sparse_moments(odds: np.ndarray, A: np.ndarray) -> Moments:
    """D = Π(1 + y) − 1 and R = D − Σ y, y = odds (1 + A s/2 + A² s²/6)."""
    if not len(A):
        return Moments(*np.zeros((6, 3)))
    sizes = np.abs(A)
    leaves = np.stack([_leaf(odds, A), _leaf(odds, sizes), _leaf(odds, sizes) * (17 / 16)])
    D, R = leaves, np.zeros_like(leaves)
    while D.shape[1] > 1:
        half = D.shape[1] // 2
        low, high = D[:, :half], D[:, half : 2 * half]
        both = _times(low, high)
        joined = low + high + both
        rest = R[:, :half] + R[:, half : 2 * half] + both
        D = np.concatenate([joined, D[:, 2 * half :]], axis=1)
        R = np.concatenate([rest, R[:, 2 * half :]], axis=1)
    error = 16 * UNIT * (8 + 8 * doublings(len(A))) * 1.01
    (d, d_size, d_more), (r, r_size, r_more) = D[:, 0], R[:, 0]
    own = 4096 * UNIT  # of the differences, which lose no more than four bits
    return Moments(
        d, r, d_size, r_size, error * (np.abs(d_more - d_size) + own * d_size), error * (np.abs(r_more - r_size) + own * r_size)
    )


def dense_moments(p: np.ndarray, A: np.ndarray) -> Moments:
    """D = R = Π(1 + p (A s/2 + A² s²/6)); each of the factors is off by at most 4u, and is multiplied once, by 3u."""
    found = []
    for entries in (A, np.abs(A)):
        total = np.stack([np.ones(len(A)), p * (entries / 2), p * (entries * entries / 6)], axis=1)[None]
        total = np.concatenate([total, np.array([[[1.0, 0.0, 0.0]]])], axis=1)
        while total.shape[1] > 1:
            half = total.shape[1] // 2
            total = np.concatenate([_times(total[:, :half], total[:, half : 2 * half]), total[:, 2 * half :]], axis=1)
        found.append(total[0, 0])
    value, size = found
    error = 8 * UNIT * (len(A) + 1) * size * 1.01
    return Moments(value, value, size, size, error, error)


def _leaf(odds: np.ndarray, A: np.ndarray) -> np.ndarray:
    return np.stack([odds, odds * (A / 2), odds * (A * A / 6)], axis=1)


def _times(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Products of series, the coefficients along the last axis."""
    a, b, c = left[..., 0], left[..., 1], left[..., 2]
    x, y, z = right[..., 0], right[..., 1], right[..., 2]
    return np.stack([a * x, a * y + b * x, a * z + b * y + c * x], axis=-1)
