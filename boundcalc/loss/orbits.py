"""Computes the loss of weights that are whole orbits of a group, from the generators' rows of A alone, exact or with gradient."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, inf, log, prod

import numpy as np
from numpy.typing import NDArray

from boundcalc.frames.orbits import Symmetry
from boundcalc.loss.row_terms import best_scale_terms, power_sums

Array = NDArray[np.float64]
BLOCK = 20_000
"""So many numbers at a time: passes over more than fits into a processor's cache take twice as long."""


MODULUS = 2**31 - 1
"""Products of two remainders are below 2^64."""


def exact_sums(symmetry: Symmetry, generators: NDArray[np.int64], m: int) -> tuple[list[int], list[list[int]]]:
    """a_i and Q_2, …, Q_{2m} of each generator's row, as Python ints.

    ``generators`` (coordinates, k) hold whole numbers so small that inner products are below 2^53.
    """
    W = symmetry.images(generators).astype(np.float64)
    diagonal = [sum(int(x) ** 2 for x in column) for column in generators.T.tolist()]
    moduli = _coprime(W.shape[1] * max(diagonal) ** (2 * m))
    product = prod(moduli)
    units = [product // q * pow(product // q, -1, q) for q in moduli]  # 1 mod q, 0 mod the others
    sums = []
    for column in generators.T.astype(np.float64):
        inner = np.abs(column @ W).astype(np.uint64)  # sums of whole numbers below 2^53 have no rounding
        row = [0] * m
        for q, unit in zip(moduli, units, strict=True):
            square = (inner % q) ** 2 % q
            power = square
            for j in range(m):
                row[j] += int(power.sum()) % q * unit
                power = power * square % q
        sums.append([total % product for total in row])
    return diagonal, sums


def _coprime(least: int) -> list[int]:
    """Numbers below 2^31 without common factors, whose product is larger: sums of powers are known from their remainders."""
    found, product = [], 1
    for q in range(MODULUS, 0, -1):
        if product > least:
            break
        if gcd(q, product) == 1:
            found.append(q)
            product *= q
    return found


def _row_blocks(array: Array) -> list[slice]:
    """Rows that fit together into a processor's cache."""
    height = max(1, BLOCK // array.shape[1])
    return [slice(start, start + height) for start in range(0, len(array), height)]


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
        parts = _row_blocks(gram)
        squares = [gram[part] * gram[part] for part in parts]
        sums = [power_sums(square, m) for square in squares]
        c, d, rows, diagonal = best_scale_terms(m, kappa, a, [np.concatenate(own) for own in zip(*sums, strict=True)])
        if not (c > 0 and d > 0):  # for large m and p cumulants of both signs may leave nothing but rounding
            return -inf, np.zeros_like(generators)
        inner = np.empty_like(gram)  # ∂F/∂A of the generators' rows: an odd polynomial in A
        for part, square in zip(parts, squares, strict=True):
            value = inner[part]
            value[:] = rows[-1][part, None]
            for row in rows[-2::-1]:
                value *= square
                value += row[part, None]
            value *= gram[part]
        # A_(i, g j) = A_(j, g^{-1} i): each pair is met from both of its ends
        if order == 1:
            both = inner + inner.T
        else:
            place, sign = symmetry.inverses
            by_element = inner.reshape(count, order, count)
            both = by_element[:, place].transpose(1, 0, 2) * sign[:, None, None]
            both += by_element.transpose(1, 2, 0)
        gradient = W @ both.reshape(order * count, count) + generators * (2 * diagonal)
        return 2 * log(c) - log(d) + log(order) - log(self.p), symmetry.projected(gradient)
