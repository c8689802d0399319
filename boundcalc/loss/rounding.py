"""Rounds a float weight matrix to rationals of modest size without losing its improvement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import fmpq

from boundcalc.loss.arrays import float_weights
from boundcalc.loss.exact import LossValue, exact_loss
from boundcalc.model.problem import Problem

RELATIVE_LOSS = fmpq(1, 10**12)
"""The largest share of the improvement that rounding may cost."""


@dataclass(frozen=True)
class RationalWitness:
    """A rational matrix and its exact loss.

    Attributes
    ----------
    matrix : list of d rows of n fmpq
        Entries are multiples of 2^-bits of the matrix as given, a power of two away from it.
    bits : int
        Binary places kept.
    value : LossValue
        ``value.improvement_best_scale`` is the certified lower bound on I*.
    """

    matrix: list[list[fmpq]]
    bits: int
    value: LossValue


def round_witness(weights: np.ndarray, problem: Problem) -> RationalWitness:
    """The fewest binary places (8, 16, …) that keep C²/D to one part in 10^12 of the float matrix's own.

    ``weights`` is d × n, real and finite. Its entries are scaled by a power of two, which the best scale forgets.
    """
    array = float_weights(weights)
    given = exact_loss(array, m=problem.m, p=problem.p, law=problem.law, transpose=False)
    largest = float(np.abs(array).max())
    scaled = np.ldexp(array, -int(np.frexp(largest)[1])) if largest else array
    for bits in (8, 16, 24, 32, 40, 48, 53, 1100):
        if bits < 1100:
            matrix = [[fmpq(int(x), 1 << bits) for x in row] for row in np.rint(np.ldexp(scaled, bits))]
        else:
            matrix = [[fmpq(*float(x).as_integer_ratio()) for x in row] for row in array]
        value = exact_loss(matrix, m=problem.m, p=problem.p, law=problem.law, transpose=False)
        if value.improvement_best_scale >= (1 - RELATIVE_LOSS) * given.improvement_best_scale:
            return RationalWitness(matrix, bits, value)
    raise AssertionError("the matrix itself loses nothing")
