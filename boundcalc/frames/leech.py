"""Constructs the minimal vectors of the Leech lattice, and the frames that are sections of them.

All vectors are on the scale √8: minimal vectors have squared length 32 (type 2), those of type 3 have 48.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from boundcalc.frames.coordinates import Coordinates, integer_columns, projected

Vectors = NDArray[np.int64]

GENERATOR = 0b110001110101
"""x^11 + x^10 + x^6 + x^5 + x^4 + x^2 + 1, the generator of the binary Golay code of length 23."""


@cache
def golay_code() -> Vectors:
    """(4096, 24) bits: the extended binary Golay code."""
    basis = np.array([[(GENERATOR << shift) >> k & 1 for k in range(23)] for shift in range(12)], dtype=np.int64)
    messages = (np.arange(4096)[:, None] >> np.arange(12)) & 1
    words = messages @ basis % 2
    return np.hstack([words, words.sum(axis=1, keepdims=True) % 2])


@cache
def minimal_vectors() -> Vectors:
    """(196560, 24): (±2^8, 0^16) on octads with evenly many minus signs, (∓3, ±1^23), (±4, ±4, 0^22)."""
    code = golay_code()
    octads = code[code.sum(axis=1) == 8]
    signs = 1 - 2 * ((np.arange(128)[:, None] >> np.arange(7)) & 1)
    signs = 2 * np.hstack([signs, signs.prod(axis=1, keepdims=True)])
    twos = np.zeros((len(octads), 128, 24), dtype=np.int64)
    for k, octad in enumerate(octads):
        twos[k][:, np.flatnonzero(octad)] = signs
    ones = np.ones((24, 24), dtype=np.int64) - 4 * np.eye(24, dtype=np.int64)
    odd = ones[:, None, :] * (1 - 2 * code)[None, :, :]
    first, second = np.triu_indices(24, 1)
    fours = np.zeros((len(first), 4, 24), dtype=np.int64)
    for k, (s, t) in enumerate(((4, 4), (4, -4), (-4, 4), (-4, -4))):
        fours[np.arange(len(first)), k, first] = s
        fours[np.arange(len(first)), k, second] = t
    return np.concatenate([part.reshape(-1, 24) for part in (twos, odd, fours)])


def one_of_each_pair(vectors: Vectors) -> Vectors:
    """The vectors whose first nonzero entry is positive."""
    leading = vectors[np.arange(len(vectors)), (vectors != 0).argmax(axis=1)]
    kept: Vectors = vectors[leading > 0]
    return kept


def leech() -> Coordinates:
    """98280 lines in R^24."""
    return integer_columns(one_of_each_pair(minimal_vectors()))


def section(centre: tuple[int, ...], *normals: tuple[int, ...]) -> Coordinates:
    """Lines through x − v/2 for the minimal x with |x|² = |v − x|², v = ``centre``, that are orthogonal to all ``normals``.

    v is a vector of the lattice of type 2 or 3; x and v − x give the same line. (x − v/2, w) = 0 for a normal w.
    """
    v = np.array(centre, dtype=np.int64)
    vectors = minimal_vectors()
    shifted = 2 * vectors[2 * (vectors @ v) == v @ v] - v
    for normal in normals:
        shifted = shifted[shifted @ np.array(normal, dtype=np.int64) == 0]
    return projected(one_of_each_pair(shifted), [centre, *normals])


TYPE_2 = (4, 4, *(0,) * 22)
TYPE_3 = (5, *(1,) * 23)
DIFFERENCE = (4, -4, *(0,) * 22)


def lines_2300() -> Coordinates:
    """(23, 2300): x + x' = v of type 2."""
    return section(TYPE_2)


def lines_1408() -> Coordinates:
    """(22, 1408): those of the 2300 that are orthogonal to one of them, 2 (4, 0, 4, 0, …, 0) − v."""
    return section(TYPE_2, (4, -4, 8, *(0,) * 21))


def lines_276() -> Coordinates:
    """(23, 276): x + x' = v of type 3."""
    return section(TYPE_3)


def lines_176() -> Coordinates:
    """(22, 176): those of the 276 that are orthogonal to a minimal w with v − w of type 3."""
    return section(TYPE_3, DIFFERENCE)


def lines_126() -> Coordinates:
    """(21, 126): those of the 176 that are orthogonal to twice an octad through the second point and not the first."""
    code = golay_code()
    octad = code[(code.sum(axis=1) == 8) & (code[:, 0] == 0) & (code[:, 1] == 1)][0]
    return section(TYPE_3, DIFFERENCE, tuple((2 * octad).tolist()))
