"""Constructs two frames of R^16 from binary codes of length 16: unbiased bases from a Kerdock set, and the Barnes–Wall lattice."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from boundcalc.frames.coordinates import Coordinates, integer_columns
from boundcalc.frames.polytopes import roots_d

_BITS = 4


def kerdock_16() -> Coordinates:
    """144 lines in R^16: nine bases, ⟨v, w⟩² = 1/16 between any two; no more than d/2 + 1 = 9 can exist.

    Besides the standard basis, one basis for each alternating form B of a Kerdock set on F_2^4: the functions
    (−1)^{Q_B(x) + a·x}, Q_B(x) = Σ_{i<j} B_ij x_i x_j. Two forms whose difference is nonsingular give unbiased bases.
    """
    points = np.array(list(product((0, 1), repeat=_BITS)), dtype=np.int64)
    pairs = list(combinations(range(_BITS), 2))
    monomials = np.array([points[:, i] * points[:, j] for i, j in pairs])
    characters = points @ points.T
    bases = [1 - 2 * ((np.array(form) @ monomials + characters) % 2) for form in kerdock_set()]
    standard: NDArray[np.int64] = np.eye(1 << _BITS, dtype=np.int64)
    return integer_columns(np.concatenate([standard, *bases]))


def kerdock_set() -> list[tuple[int, ...]]:
    """Eight alternating forms on F_2^4 with nonsingular differences, as (B_12, B_13, B_14, B_23, B_24, B_34).

    Found by depth-first search from the zero form; the difference of two is nonsingular iff its Pfaffian is 1.
    """
    forms = list(product((0, 1), repeat=6))

    def apart(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
        a, b, c, d, e, f = (x ^ y for x, y in zip(one, other, strict=True))
        return (a & f) ^ (b & e) ^ (c & d) == 1

    def extend(chosen: list[tuple[int, ...]], left: list[tuple[int, ...]]) -> list[tuple[int, ...]] | None:
        if len(chosen) == 1 << (_BITS - 1):
            return chosen
        for k, form in enumerate(left):
            found = extend([*chosen, form], [other for other in left[k + 1 :] if apart(form, other)])
            if found is not None:
                return found
        return None

    found = extend([forms[0]], [form for form in forms if apart(forms[0], form)])
    if found is None:
        raise AssertionError("eight such forms exist (Kerdock 1972)")
    return found


def barnes_wall() -> Coordinates:
    """2160 lines in R^16, the minimal vectors of the Barnes–Wall lattice, on the scale √2.

    ±2 e_i ± 2 e_j, and (±1^8, 0^8) on the 30 words of weight 8 of the first-order Reed–Muller code with evenly many
    minus signs.
    """
    points = np.array(list(product((0, 1), repeat=_BITS)), dtype=np.int64)
    linear = points @ points[1:].T % 2
    words = np.concatenate([linear.T, 1 - linear.T])
    signs = np.array([(1, *rest) for rest in product((1, -1), repeat=7) if np.prod(rest) == 1])
    halves = np.zeros((len(words), len(signs), 1 << _BITS), dtype=np.int64)
    for k, word in enumerate(words):
        halves[k][:, np.flatnonzero(word)] = signs
    return integer_columns(np.concatenate([2 * np.array(roots_d(1 << _BITS)), halves.reshape(-1, 1 << _BITS)]))
