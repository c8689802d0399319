"""Second opinions on the loss of ReLU networks: active sets and volumes of cubes, a lattice with FFTs, and sampling."""

from __future__ import annotations

from itertools import combinations, product
from math import factorial

import numpy as np
from flint import fmpq


def cube(slopes: list[fmpq], b: fmpq, k: int) -> fmpq:
    """E (b + Σ t_j u_j)_+^k over the unit cube: divided differences of the truncated power."""
    slopes = [t for t in slopes if t != 0]
    r, total = len(slopes), fmpq(0)
    for corner in product((0, 1), repeat=r):
        y = b + sum((t for t, on in zip(slopes, corner, strict=True) if on), fmpq(0))
        if y > 0:
            total += (-1) ** (r - sum(corner)) * y ** (k + r)
    for t in slopes:
        total /= t
    return total * factorial(k) / factorial(k + r)


def enumerated_row(a: fmpq, b: fmpq, p: fmpq, A: list[fmpq], activity: list[fmpq]) -> fmpq:
    """E (x − (a x + b + Σ A_j x_j)_+)² as a sum over the sets of active features."""
    n, total = len(A), fmpq(0)
    for size in range(n + 1):
        for active in combinations(range(n), size):
            weight = fmpq(1)
            for j in range(n):
                weight *= activity[j] if j in active else 1 - activity[j]
            others = [A[j] for j in active]
            silent = cube(others, b, 2)
            if a == 0:
                both = cube(others, b, 1) / 2
            else:
                both = cube(others, a + b, 2) / (2 * a) - (cube(others, a + b, 3) - cube(others, b, 3)) / (6 * a**2)
            total += weight * ((1 - p) * silent + p * (fmpq(1, 3) - 2 * both + cube([*others, a], b, 2)))
    return total


def lattice_row(a: float, b: float, p: float, A: np.ndarray, activity: np.ndarray, h: float) -> tuple[float, float]:
    """Two ends of the same for a > 0, up to rounding: hat functions on hℤ, products of FFTs, and the added variance."""
    span = float(np.abs(A).sum())
    size = 1 << int(np.ceil(np.log2(span / h + 4 * len(A) + 8)))
    transform, added = np.ones(size // 2 + 1, complex), 0.0
    for entry, active in zip(A, activity, strict=True):
        length = abs(entry) / h
        k = np.arange(int(np.ceil(length)) + 2)

        def ramp(y):  # the integral of the hat function up to y
            return np.where(y <= -1, 0, np.where(y <= 0, 0.5 * (1 + y) ** 2, np.where(y <= 1, 1 - 0.5 * (1 - y) ** 2, 1.0)))

        weights = (ramp(length - k) - ramp(0.0 - k)) / length
        law = np.zeros(size)
        np.add.at(law, (k if entry > 0 else -k) % size, active * weights)
        law[0] += 1 - active
        transform *= np.fft.rfft(law)
        added += active * (h * h * float(weights @ k**2) - entry * entry / 3)
    chance = np.fft.irfft(transform, size)
    index = np.arange(size)
    least = int(np.floor(np.minimum(A, 0).sum() / h)) - len(A) - 2
    z = b + h * np.where(index >= size + least, index - size, index)
    left = np.clip(-z / a, 0, 1)
    linear = a * (1 - left**3) / 3 + z * (1 - left**2) / 2
    square = (np.maximum(a + z, 0) ** 3 - np.maximum(z, 0) ** 3) / (3 * a)
    value = float(chance @ ((1 - p) * np.maximum(z, 0) ** 2 + p * (1 / 3 - 2 * linear + square)))
    return value - added, value + added * p / a


def sampled(W: np.ndarray, b: np.ndarray, p: np.ndarray, rng: np.random.Generator, count: int) -> tuple[float, float]:
    """The mean of ‖x − ReLU(WᵀW x + b)‖² over samples, and its standard error."""
    x = rng.random((count, len(b))) * (rng.random((count, len(b))) < p)
    loss = ((x - np.maximum(x @ W.T @ W + b, 0)) ** 2).sum(1)
    return float(loss.mean()), float(loss.std() / count**0.5)
