"""Constructs orthogonal arrays of strength 6 with levels ±1, as lines: the Golay code, and Delsarte–Goethals codes of length 4^k.

In an array of strength 6 any six columns hold all 64 rows of signs equally often, so that a product of at most six entries of
different columns is 0 on average. The dual of these codes has distance 8, and their words come with their negatives: one of each
two is taken.

On GF(2^r) × F_2, r = 2k − 1, the quadratic forms are those of the Kerdock set (:mod:`boundcalc.frames.unbiased_bases`) with
Tr(b y³) added, b ∈ GF(2^r), and each comes with every linear function: n = 2^{2r} 4^k = 2^{6k − 2}.

Sources: Delsarte and Goethals 1975; Goethals 1976; Hammons, Kumar, Calderbank, Sloane and Solé 1994.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from boundcalc.frames.catalog import GOLAY, array_lines, half_of
from boundcalc.frames.coordinates import MOST_COORDINATES, Coordinates, integer_columns
from boundcalc.frames.leech import golay_code
from boundcalc.frames.unbiased_bases import binary_field, kerdock_set, signs_of
from boundcalc.numbers.errors import ParameterError


def orthogonal_array(d: int) -> Coordinates:
    """The first d columns of the smallest of these arrays that has so many: its rows are lines of R^d.

    Raises
    ------
    ParameterError
        If the matrix would be too large.
    """
    if d < 1:
        raise ParameterError("d", d, "must be a whole number from 1 on")
    if array_lines(d) * d > MOST_COORDINATES:
        what = f"would have {array_lines(d)} columns of {d} numbers: frames are built up to {MOST_COORDINATES} numbers"
        raise ParameterError("frame", f"orthogonal_array_{d}", what)
    if d <= GOLAY:
        words = golay_code()
        return integer_columns(1 - 2 * words[words[:, 0] == 0][:, :d].astype(np.int64))
    half = half_of(d)
    return integer_columns(signs_of(delsarte_goethals_set(half), half, d))


def delsarte_goethals_set(half: int) -> NDArray[np.int64]:
    """The 2^{2r} forms, r = 2 ``half`` − 1, each by its entries B_ij, i < j; differences have rank 2k − 2 or more."""
    degree = 2 * half - 1
    basis, elements = binary_field(degree)
    pairs = list(combinations(range(2 * half), 2))
    products = [basis[i] * basis[j] * (basis[i] + basis[j]) if j < degree else elements[0] for i, j in pairs]
    cubes = np.array([[int((b * x).trace()) for x in products] for b in elements], dtype=np.int64)
    kerdock = np.array(kerdock_set(half), dtype=np.int64)
    return (kerdock[:, None, :] ^ cubes).reshape(-1, len(pairs))
