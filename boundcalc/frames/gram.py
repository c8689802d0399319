"""Computes the inner products of a constructed frame and their power sums, exactly."""

from __future__ import annotations

from flint import fmpq

from boundcalc.frames.coordinates import Coordinates
from boundcalc.frames.quadratic import Quadratic


def power_sum(coordinates: Coordinates, row: int, k: int) -> Quadratic:
    """Σ_j ω_j ⟨v_i, v_j⟩^{2k} over all j, itself included, at unit vectors; ω = 1 without weights."""
    return total_power(masses_of(coordinates, row), k)


def equal_squares(coordinates: Coordinates, row: int) -> dict[Quadratic, list[int]]:
    """⟨v_i, v_j⟩² for the unit vector i = ``row``: each value with the j ≠ i that have it."""
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


def masses_of(coordinates: Coordinates, row: int) -> dict[Quadratic, fmpq]:
    """The weight on each square, with the line itself at 1."""
    weights = coordinates.weights
    masses = {
        square: fmpq(len(members)) if weights is None else sum((weights[j] for j in members), fmpq(0))
        for square, members in equal_squares(coordinates, row).items()
    }
    one = Quadratic(fmpq(1))
    masses[one] = masses.get(one, fmpq(0)) + (fmpq(1) if weights is None else weights[row])
    return masses


def total_power(masses: dict[Quadratic, fmpq], k: int) -> Quadratic:
    """Σ mass · square^k."""
    return sum((Quadratic(mass) * square**k for square, mass in masses.items()), Quadratic(fmpq(0)))
