"""Verifies mutually unbiased bases of R^d, d = 2^r, from alternating forms over F_2 whose differences are nonsingular.

A form B belongs to the basis of the vectors 2^{-r/2} (-1)^{q(x) + l.x}, q(x) = sum_{i<j} B_ij x_i x_j. The inner product of
vectors of the forms B and B' is 2^{-r} times the sum of (-1)^{q(x) + q'(x) + l.x}. Its square is 2^{-2r} times the sum over z of
(-1)^{(q + q')(z) + l.z} sum_x (-1)^{x.(B - B')z}, and the inner sum is 0 unless z is in the radical of B - B'. If that is 0, the
square is 2^{-r} = 1/d. With the standard basis it is 1/d too.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

from flint import fmpq

from boundcalc.certificate.verifier.problem import Model
from boundcalc.certificate.verifier.reading import Refuted, integer, sequence

MAX_FORMS = 1_024


def bases(model: Model, witness: dict[str, Any], where: str) -> tuple[int, int, list[fmpq]]:
    """n, d and the power sums Q_0 (n itself), Q_2, ..., Q_2m of every row, for the bases of the forms and the standard basis."""
    d = integer(witness["d"], f"{where}.d", 4)
    order = d.bit_length() - 1
    if d != 1 << order or order > MAX_FORMS:
        raise Refuted(f"{where}.d: must be a power of two")
    size = order * (order - 1) // 2
    listed = sequence(witness["forms"], f"{where}.forms", MAX_FORMS)
    forms = [integer(form, f"{where}.forms[{k}]", 0) for k, form in enumerate(listed)]
    if not forms or any(form.bit_length() > size for form in forms):
        raise Refuted(f"{where}.forms: must be whole numbers of {size} binary digits, at least one")
    model.work.whole(len(forms) ** 2 * order, order * order, "the differences of the forms")
    places = list(combinations(range(order), 2))
    for one, other in combinations(range(len(forms)), 2):
        if not _nonsingular(forms[one] ^ forms[other], order, places):
            raise Refuted(f"{where}.forms: the difference of {one} and {other} is singular, so that their bases are not unbiased")
    n = d * (len(forms) + 1)
    return n, d, [fmpq(n), *(1 + fmpq(n - d) / fmpq(d) ** k for k in range(1, model.m + 1))]


def _nonsingular(form: int, order: int, places: list[tuple[int, int]]) -> bool:
    """Whether the alternating matrix over F_2 has full rank; the binary digits of ``form``, the highest first, are B_ij, i < j."""
    rows, last = [0] * order, len(places) - 1
    for k, (i, j) in enumerate(places):
        if form >> (last - k) & 1:
            rows[i] |= 1 << j
            rows[j] |= 1 << i
    reduced: dict[int, int] = {}
    for row in rows:
        while row and row.bit_length() in reduced:
            row ^= reduced[row.bit_length()]
        if not row:
            return False
        reduced[row.bit_length()] = row
    return True
