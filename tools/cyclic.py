"""Weights that are whole orbits of the cyclic shift of coordinates, found from one vector of each orbit.

W = (B, R B, …, R^{d−1} B) with R e_k = e_{k+1} and R e_d = ± e_1. Every row of A sees what the row of its generator sees, so
that n = k d features cost k rows; in high dimensions the best such weights come close to the best ones without symmetry.
"""

from __future__ import annotations

from math import comb, log

import numpy as np

from boundcalc.model.problem import Problem
from boundcalc.search.objective import Array, Improvement, column_squares, power_sums


def orbits(generators: np.ndarray, sign: int = 1) -> np.ndarray:
    """(d, k d): the k generators (d, k), then their images under R, R², …; ``sign`` is that of R e_d."""
    images = [generators]
    for _ in range(generators.shape[0] - 1):
        moved = np.roll(images[-1], 1, axis=0)
        moved[0] *= sign
        images.append(moved)
    return np.concatenate(images, axis=1)


def back(columns: Array, count: int, sign: int) -> Array:
    """The adjoint of :func:`orbits`: Σ_s R^{−s} times the s-th group of ``count`` columns."""
    d = columns.shape[0]
    total = np.zeros((d, count))
    for s in reversed(range(d)):
        total = np.roll(total, -1, axis=0)
        total[-1] *= sign
        total += columns[:, s * count : (s + 1) * count]
    return total


class CyclicImprovement:
    """log(C²/(D p)) as a function of the generators, shape (d, k), with its gradient.

    Parameters
    ----------
    problem : Problem
        Its n is not used: n = k d.
    sign : 1 or −1
        Of R e_d.
    """

    def __init__(self, problem: Problem, sign: int = 1) -> None:
        whole = Improvement(problem)
        self.d, self.m, self.kappa, self.p, self.sign = problem.d, problem.m, whole.kappa, whole.p, sign

    def __call__(self, weights: Array) -> tuple[float, Array]:
        m, kappa, count = self.m, self.kappa, weights.shape[1]
        images = orbits(weights, self.sign)
        a, gram = column_squares(weights), weights.T @ images
        square = gram * gram
        scaled = [np.zeros_like(a), *(kappa[j] * q for j, q in enumerate(power_sums(square, m), start=1))]
        moments = [np.ones_like(a)]
        for order in range(1, m + 1):
            terms = (comb(2 * order - 1, 2 * j - 1) * scaled[j] * moments[order - j] for j in range(1, order + 1))
            moments.append(np.sum(list(terms), axis=0))
        rows_c, by_a = np.zeros_like(a), np.zeros_like(a)
        by_q = [np.zeros_like(a) for _ in range(m + 1)]
        for k in range(1, m + 1, 2):
            factor, order = comb(m, k) * kappa[(k + 1) // 2] * a ** (k - 1), (m - k) // 2
            rows_c += factor * a * moments[order]
            by_a += factor * k * moments[order]
            for j in range(1, order + 1):
                by_q[j] += factor * a * comb(m - k, 2 * j) * moments[order - j]
        value_c, value_d = float(rows_c.sum()), float(moments[m].sum())
        inner = np.zeros_like(gram)
        for j in range(m, 0, -1):
            row = 2 * j * kappa[j] * (2 / value_c * by_q[j] - comb(2 * m, 2 * j) / value_d * moments[m - j])
            inner *= square
            inner += row[:, None]
        inner *= gram
        gradient = images @ inner.T + back(weights @ inner, count, self.sign) + weights * (4 / value_c * by_a)
        return 2 * log(value_c) - log(value_d) + log(self.d) - log(self.p), gradient
