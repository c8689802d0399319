"""Constructs mutually unbiased bases of R^d, d = 4^k, from Kerdock sets of alternating forms; the Barnes–Wall lattice of R^16.

K = GF(2^r), r = 2k − 1. On K × F_2 put B_a((y, e), (y', e')) = Tr(a²yy') + Tr(ay) Tr(ay') + e Tr(ay') + e' Tr(ay), a ∈ K.
These forms are alternating, and B_a − B_b is nonsingular for a ≠ b: in its radical e' gives Tr(ay) = Tr(by) = t and y' gives
(a + b)((a + b) y + t + e) = 0, so (a + b) y = t + e ∈ F_2; then Tr((a + b) y) = 0 while Tr(1) = 1 for odd r, so t + e = 0, y = 0,
t = 0, e = 0. For quadratic forms q_a with these polarisations the columns 2^{−k} (−1)^{q_a(x) + l·x} are a basis for each a, and
columns of different a have inner products ±2^{−k}, because the character sum of a form of full rank 2k is ±2^k.

Sources: Kerdock 1972; Calderbank, Cameron, Kantor and Seidel 1997.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations, product
from typing import Any

import numpy as np
from flint import fq_default_ctx
from numpy.typing import NDArray

from boundcalc.frames.coordinates import MOST_COORDINATES, Coordinates, integer_columns
from boundcalc.frames.polytopes import roots_d
from boundcalc.numbers.errors import ParameterError

_BITS = 4


def kerdock_16() -> Coordinates:
    """144 lines in R^16: nine bases; no more than d/2 + 1 = 9 can exist."""
    return unbiased_bases(16, 9)


def unbiased_bases(d: int, bases: int | None = None) -> Coordinates:
    """The standard basis and ``bases`` − 1 others of R^d, ⟨v, w⟩² = 1/d between any two; all d/2 + 1 of them by default.

    Raises
    ------
    ParameterError
        If d is no power of 4 from 4 on, ``bases`` is outside 2 … d/2 + 1, or the matrix would be too large.
    """
    half = (d.bit_length() - 1) // 2
    if d < 4 or d != 4**half:
        below = 4 ** max(half, 1)
        raise ParameterError("d", d, f"must be a power of 4, at least 4: {below} or {4 * below}")
    count = d // 2 + 1 if bases is None else bases
    if not 2 <= count <= d // 2 + 1:
        raise ParameterError("bases", count, f"must be a whole number from 2 to d/2 + 1 = {d // 2 + 1}")
    if count * d * d > MOST_COORDINATES:
        size = f"would have {count * d} columns of {d} numbers, {8 * count * d * d / 2**30:.2g} GiB"
        fits = MOST_COORDINATES // d**2
        what = f"at most {fits} bases of R^{d} are built" if fits >= 2 else f"bases are built up to {MOST_COORDINATES} numbers"
        raise ParameterError("frame", f"unbiased_bases_{d}_{count}", f"{size}: {what}")
    forms = np.array(kerdock_set(half)[: count - 1], dtype=np.int64)
    return integer_columns(np.concatenate([np.eye(d, dtype=np.int64), signs_of(forms, half)]))


def signs_of(forms: NDArray[np.int64], half: int, d: int | None = None) -> NDArray[np.int64]:
    """(−1)^{q(x) + l·x} for each form and every l, at the first d points x of F_2^{2k}, all by default: a row for each function.

    ``forms`` (count, k (2k − 1)) holds the coefficients of x_i x_j, i < j, in q, in lexicographic order; k = ``half``.
    """
    every = np.array(list(product((0, 1), repeat=2 * half)), dtype=np.int64)
    points = every[:d]
    monomials = np.array([points[:, i] * points[:, j] for i, j in combinations(range(2 * half), 2)])
    signs = (forms @ monomials)[:, None, :] + every @ points.T
    signs %= 2  # in place: there may be millions
    signs *= -2
    signs += 1
    return signs.reshape(-1, len(points))


@cache
def kerdock_set(half: int) -> tuple[tuple[int, ...], ...]:
    """The 2^{2k−1} forms B_a on F_2^{2k}, k = ``half``, each by its entries B_ij, i < j, in lexicographic order; B_0 = 0 first."""
    degree = 2 * half - 1
    basis, elements = binary_field(degree)
    found = []
    for a in elements:
        moved = [a * x for x in basis]
        traces = [int(x.trace()) for x in moved]
        rows = [
            (int((moved[i] * moved[j]).trace()) + traces[i] * traces[j]) % 2 if j < degree else traces[i]
            for i, j in combinations(range(degree + 1), 2)
        ]
        found.append(tuple(rows))
    return tuple(found)


def binary_field(degree: int) -> tuple[list[Any], list[Any]]:
    """The basis 1, x, x², … of GF(2^r), and all elements, 0 first."""
    field = fq_default_ctx(2, degree)
    basis = [field.gen() ** j for j in range(degree)]
    bits = product((0, 1), repeat=degree)
    return basis, [sum((x for bit, x in zip(chosen, basis, strict=True) if bit), field.zero()) for chosen in bits]


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
