"""The inner products of a constructed frame, and the strength that follows from them, exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from flint import fmpq

from boundcalc.frames.coordinates import Coordinates
from boundcalc.frames.quadratic import Quadratic
from boundcalc.numbers.constants import sphere_moment

MAX_STRENGTH = 30
"""Where :func:`strength` stops counting."""


def frame_gram_squares(coordinates: Coordinates, row: int) -> Counter[Quadratic]:
    """⟨v_i, v_j⟩² for the unit vector i = ``row`` and every j ≠ i: each value with its multiplicity."""
    return Counter({square: len(others) for square, others in _others(coordinates, row).items()})


def power_sum(coordinates: Coordinates, row: int, k: int) -> Quadratic:
    """Σ_j ω_j ⟨v_i, v_j⟩^{2k} over all j, itself included, at unit vectors; ω = 1 without weights."""
    return _power_sum(_masses(coordinates, row), k)


def strength(coordinates: Coordinates, rows: Iterable[int] | None = None) -> int:
    """The largest even t such that the (weighted) lines are a half-design of strength t, at most MAX_STRENGTH.

    It is one iff Σ_j ω_j ⟨v_i, v_j⟩^t = c_{t/2}(d) Σ_j ω_j for every i (Welch's inequality with equality), and then so it
    is for smaller t. Give ``rows`` to check representatives of the orbits of a symmetry group only.
    """
    chosen = range(coordinates.n) if rows is None else rows
    total = fmpq(coordinates.n) if coordinates.weights is None else sum(coordinates.weights, fmpq(0))
    masses = {frozenset(_masses(coordinates, row).items()) for row in chosen}
    for k in range(1, MAX_STRENGTH // 2 + 1):
        wanted = Quadratic(total * sphere_moment(fmpq(coordinates.d), k))
        if any(_power_sum(dict(row), k) != wanted for row in masses):
            return 2 * k - 2
    return MAX_STRENGTH


def _others(coordinates: Coordinates, row: int) -> dict[Quadratic, list[int]]:
    field = coordinates.radicand
    x, y = coordinates.gram_row(row)
    p, q = coordinates.squared_norms()
    own = Quadratic(fmpq(int(p[row])), fmpq(int(q[row])), field)
    groups: dict[tuple[int, int, int, int], list[int]] = {}
    for j, entry in enumerate(zip(x.tolist(), y.tolist(), p.tolist(), q.tolist(), strict=True)):
        if j != row:
            groups.setdefault(entry, []).append(j)
    found: dict[Quadratic, list[int]] = {}
    for (product, product_surd, norm, norm_surd), members in groups.items():
        inner = Quadratic(fmpq(product), fmpq(product_surd), field)
        square = inner * inner / (own * Quadratic(fmpq(norm), fmpq(norm_surd), field))
        found.setdefault(square, []).extend(members)
    return found


def _masses(coordinates: Coordinates, row: int) -> dict[Quadratic, fmpq]:
    """The weight on each square, with the line itself at 1."""
    weights = coordinates.weights
    masses = {
        square: fmpq(len(others)) if weights is None else sum((weights[j] for j in others), fmpq(0))
        for square, others in _others(coordinates, row).items()
    }
    one = Quadratic(fmpq(1))
    masses[one] = masses.get(one, fmpq(0)) + (fmpq(1) if weights is None else weights[row])
    return masses


def _power_sum(masses: dict[Quadratic, fmpq], k: int) -> Quadratic:
    return sum((Quadratic(mass) * square**k for square, mass in masses.items()), Quadratic(fmpq(0)))
