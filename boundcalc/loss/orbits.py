"""Computes the loss of weights that are whole orbits of a group, from the generators' rows of A alone, exact or with gradient."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundcalc.frames.orbits import Symmetry

Array = NDArray[np.float64]
CHUNK = 1 << 22


def exact_sums(symmetry: Symmetry, generators: NDArray[np.int64], m: int) -> tuple[list[int], list[list[int]]]:
    """a_i and Q_2, …, Q_{2m} of each generator's row, as Python ints.

    ``generators`` (coordinates, k) hold whole numbers so small that inner products are below 2^53.
    """
    W = symmetry.images(generators).astype(np.float64)
    diagonal = [sum(int(x) ** 2 for x in column) for column in generators.T.tolist()]
    sums = []
    for column in generators.T.astype(np.float64):
        inner = np.abs(column @ W).astype(np.int64)  # sums of whole numbers below 2^53 have no rounding
        values, counts = np.unique(inner, return_counts=True)
        squares = [value * value for value in values.tolist()]
        powers, row = counts.tolist(), []
        for _ in range(m):
            powers = [power * square for power, square in zip(powers, squares, strict=True)]
            row.append(sum(powers))
        sums.append(row)
    return diagonal, sums


class OrbitImprovement:
    """log(C²/(D p)) as a function of the generators, (coordinates, k), with its gradient.

    Parameters
    ----------
    symmetry : Symmetry
    m : int
    kappa : floats
        Entry j is κ_{2j}.
    p : float
    """

    def __init__(self, symmetry: Symmetry, m: int, kappa: Sequence[float], p: float) -> None:
        self.symmetry, self.m, self.kappa, self.p = symmetry, m, kappa, p

    def __call__(self, generators: Array) -> tuple[float, Array]:
        symmetry, m, kappa = self.symmetry, self.m, self.kappa
        generators = symmetry.projected(generators)
        count, order = generators.shape[1], symmetry.order
        W = symmetry.images(generators)
        a = np.einsum("ij,ij->j", generators, generators)
        gram = generators.T @ W
        square = gram * gram
        sums, power = [square.sum(axis=1)], square
        for k in range(2, m + 1):
            power = power * square if k < m else power
            sums.append(power.sum(axis=1) if k < m else np.einsum("ij,ij->i", power, square))
        scaled: list[Any] = [0.0, *(kappa[j] * q for j, q in enumerate(sums, start=1))]
        moments: list[Any] = [np.ones_like(a)]
        for top in range(1, m + 1):
            terms = [comb(2 * top - 1, 2 * j - 1) * scaled[j] * moments[top - j] for j in range(1, top + 1)]
            moments.append(np.sum(terms, axis=0))
        rows_c, by_a = np.zeros_like(a), np.zeros_like(a)
        by_q = [np.zeros_like(a) for _ in range(m + 1)]
        for k in range(1, m + 1, 2):
            factor, top = comb(m, k) * kappa[(k + 1) // 2] * a ** (k - 1), (m - k) // 2
            rows_c += factor * a * moments[top]
            by_a += factor * k * moments[top]
            for j in range(1, top + 1):
                by_q[j] += factor * a * comb(m - k, 2 * j) * moments[top - j]
        value_c, value_d = float(rows_c.sum()), float(moments[m].sum())
        # ∂F/∂A of the generators' rows: an odd polynomial in A
        inner = np.zeros_like(gram)
        for j in range(m, 0, -1):
            row = 2 * j * kappa[j] * (2 / value_c * by_q[j] - comb(2 * m, 2 * j) / value_d * moments[m - j])
            if j < m:
                inner *= square
            inner += row[:, None]
        inner *= gram
        # A_(i, g j) = A_(j, g^{-1} i): each pair is met from both of its ends
        place, sign = symmetry.inverses
        by_element = inner.reshape(count, order, count)
        both = by_element.transpose(1, 2, 0) + (by_element[:, place, :] * sign[None, :, None]).transpose(1, 0, 2)
        gradient = W @ both.reshape(order * count, count) + generators * (4 / value_c * by_a)
        return 2 * log(value_c) - log(value_d) + log(order) - log(self.p), symmetry.projected(gradient)
