"""Reads the inner products and the strength of a frame off its constructed columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from flint import fmpq

from boundcalc.frames.coordinates import Coordinates
from boundcalc.frames.gram import equal_squares, masses_of, total_power
from boundcalc.frames.quadratic import Quadratic
from boundcalc.numbers.constants import sphere_moment

MAX_STRENGTH = 30
"""Where :func:`strength` stops counting."""


def frame_gram_squares(coordinates: Coordinates, row: int) -> Counter[Quadratic]:
    """⟨v_i, v_j⟩² for the unit vector i = ``row`` and every j ≠ i: each value with its multiplicity."""
    return Counter({square: len(members) for square, members in equal_squares(coordinates, row).items()})


def strength(coordinates: Coordinates, rows: Iterable[int] | None = None) -> int:
    """The largest even t such that the (weighted) lines are a half-design of strength t, at most MAX_STRENGTH.

    It is one iff Σ_j ω_j ⟨v_i, v_j⟩^t = c_{t/2}(d) Σ_j ω_j for every i (Welch's inequality with equality), and then so it
    is for smaller t. Give ``rows`` to check representatives of the orbits of a symmetry group only.
    """
    chosen = range(coordinates.n) if rows is None else rows
    total = fmpq(coordinates.n) if coordinates.weights is None else sum(coordinates.weights, fmpq(0))
    masses = {frozenset(masses_of(coordinates, row).items()) for row in chosen}
    for k in range(1, MAX_STRENGTH // 2 + 1):
        wanted = Quadratic(total * sphere_moment(fmpq(coordinates.d), k))
        if any(total_power(dict(row), k) != wanted for row in masses):
            return 2 * k - 2
    return MAX_STRENGTH
