"""Computes the loss of weights that are whole orbits of a group, from the generators' rows of A alone, exact or with gradient."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, log

import numpy as np
from numpy.typing import NDArray

from boundcalc.frames.orbits import Symmetry
from boundcalc.loss.row_terms import best_scale_terms, power_sums

Array = NDArray[np.float64]


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
        c, d, rows, diagonal = best_scale_terms(m, kappa, a, power_sums(square, m))
        if not (c > 0 and d > 0):  # for large m and p cumulants of both signs may leave nothing but rounding
            return -inf, np.zeros_like(generators)
        inner = np.zeros_like(gram)  # ∂F/∂A of the generators' rows: an odd polynomial in A
        for row in reversed(rows):
            inner = inner * square + row[:, None]
        inner *= gram
        # A_(i, g j) = A_(j, g^{-1} i): each pair is met from both of its ends
        place, sign = symmetry.inverses
        by_element = inner.reshape(count, order, count)
        both = by_element.transpose(1, 2, 0) + (by_element[:, place, :] * sign[None, :, None]).transpose(1, 0, 2)
        gradient = W @ both.reshape(order * count, count) + generators * (2 * diagonal)
        return 2 * log(c) - log(d) + log(order) - log(self.p), symmetry.projected(gradient)
