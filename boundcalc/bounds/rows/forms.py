"""Gives the row function of a problem: its exact cumulants, whether they are nonnegative, and its forms in the crowding w."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from flint import fmpq, fmpq_poly

from boundcalc.bounds.hypotheses import shown
from boundcalc.bounds.rows.envelope import Piece
from boundcalc.bounds.rows.moments import partition
from boundcalc.language.claims import Hypothesis
from boundcalc.lemmas.row import CROWDING, LeastRow, first_negative, is_gaussian, least_row, least_share, power_sums, row_function
from boundcalc.model.problem import Problem
from boundcalc.model.quantities import Quantities
from boundcalc.numbers.rings import EXACT

LARGEST_M = 9
"""Largest exponent whose free power sums are eliminated: the polynomial for m = 11 has 10^4 terms."""


@lru_cache(maxsize=64)
def quantities(problem: Problem) -> Quantities:
    """The exact quantities of a problem, its cumulants kept."""
    return Quantities(EXACT, problem)


def is_normal(problem: Problem) -> bool:
    """Whether the features are normal variables as far as moments up to 2m tell: gaussian and p = 1."""
    return is_gaussian(quantities(problem).x_moments)


def has_nonnegative_cumulants(problem: Problem) -> bool:
    """H+: κ_2, …, κ_{2m} ≥ 0, decided exactly."""
    return is_normal(problem) or first_negative(quantities(problem).kappa) is None


def negative_cumulant(problem: Problem) -> str:
    """The first negative cumulant with its value, as text."""
    return _first(quantities(problem).kappa, lambda value: value < 0)


def _first(kappa: Sequence[fmpq], wrong: Callable[[fmpq], bool]) -> str:
    """The first wrong cumulant with its value, as text."""
    order = next((j for j, value in enumerate(kappa) if j and wrong(value)), None)
    if order is None:
        return "there is no other"
    return f"$kappa_{2 * order} = {shown(kappa[order])}$"


NONNEGATIVE_CUMULANTS = Hypothesis(
    "nonnegative cumulants $kappa_2, ..., kappa_{2m}$ of the features", has_nonnegative_cumulants, negative_cumulant
)
POSITIVE_CUMULANTS = Hypothesis(
    "positive cumulants $kappa_2, ..., kappa_{2m}$ of the features",
    lambda problem: all(value > 0 for value in quantities(problem).kappa[1:]),
    lambda problem: _first(quantities(problem).kappa, lambda value: value <= 0),
)
"""Where a formula divides by them."""
CUMULANTS_OR_MOMENTS = Hypothesis(
    f"nonnegative cumulants $kappa_2, ..., kappa_{{2m}}$ of the features, or $m <= {LARGEST_M}$",
    lambda problem: problem.m <= LARGEST_M or has_nonnegative_cumulants(problem),
    negative_cumulant,
)
CERTIFIABLE = Hypothesis(
    f"$m <= {LARGEST_M}$, or normal features (gaussian and $p = 1$)",
    lambda problem: problem.m <= LARGEST_M or is_normal(problem),
    lambda problem: f"$m = {problem.m}$",
)


NOT_ELIMINATED = "the free power sums could not be eliminated"


@lru_cache(maxsize=64)
def forms(problem: Problem) -> Mapping[str, tuple[Piece, ...]]:
    """The row function's upper bounds h(t) ≥ C_i²/D_i that are rational in w, by name.

    ``normal`` for normal features; ``cumulants`` where κ_4, …, κ_{2m} ≥ 0; otherwise ``moments``, and for m = 3 also
    ``negative_sixth`` where κ_4 ≥ 0 > κ_6.
    """
    q = quantities(problem)
    alone = fmpq(0) if problem.n == 1 else None
    if is_normal(problem):
        # C~^2/D~ is proportional to (1 + w)^(m-1)/(1 + w)^m
        return {"normal": (Piece(fmpq_poly([q.p * q.alpha]), q.p * q.beta * (1 + CROWDING), fmpq(0), alone),)}
    if has_nonnegative_cumulants(problem):
        piece = shifted_piece(problem, fmpq(0), fmpq(0))
        if piece is not None:
            return {"cumulants": (piece,)}
    if problem.m > 3:
        return {"moments": partition(problem).pieces}
    found: dict[str, tuple[Piece, ...]] = {"moments": (_moment_piece(q, alone),)}
    if q.kappa[2] >= 0:
        found["negative_sixth"] = _negative_sixth(q, least_share(problem.n), alone)
    return found


def shifted_piece(problem: Problem, shift: fmpq, removed: fmpq) -> Piece | None:
    """h(t) = (C̃ − shift)_+²/(D̃ − removed·(1 + g_m)) where all cumulants are nonnegative; 0 ≤ shift ≤ p α."""
    found = eliminated(problem, shift, removed)
    if found is None:
        return None
    high = fmpq(0) if problem.n == 1 else None
    return Piece(found.gain, found.energy / (1 + found.excess), fmpq(0), high)


def eliminated(problem: Problem, shift: fmpq, removed: fmpq) -> LeastRow | None:
    """(C̃ − shift)_+²/(D̃ − removed·(1 + g_m)) with the power sums at their least value, and by how much others may exceed it."""
    return least_row(problem.m, quantities(problem).kappa, least_share(problem.n), shift, removed)


def row_parts(problem: Problem) -> tuple[fmpq_poly, fmpq_poly, fmpq_poly]:
    """C̃, D̃ and κ_{2m}(1 + g_m) in w, all power sums at their least value."""
    q, m = quantities(problem), problem.m
    ratios = [CROWDING * least_share(problem.n)]
    gain, energy = row_function(m, q.kappa, CROWDING, ratios)
    return gain, energy, q.kappa[m] * power_sums(m, CROWDING, ratios)[m]


def _moment_piece(q: Quantities, high: fmpq | None) -> Piece:
    """y = x + Z with E Z² = v = κ_2 w: D_i = E(x + Z)^6, E Z⁴ ≥ v² and E Z⁶ ≥ v³ (Jensen)."""
    v = q.kappa[1] * CROWDING
    energy = q.p * q.mu(6) + 15 * q.p * q.mu(4) * v + 15 * q.p * q.mu(2) * v**2 + v**3
    return Piece(q.p * q.mu(4) + 3 * q.p * q.mu(2) * v, energy, fmpq(0), high)


def _negative_sixth(q: Quantities, share: fmpq, high: fmpq | None) -> tuple[Piece, ...]:
    """κ_4 ≥ 0 > κ_6: with g_3 ≤ w g_2 the energy is linear in g_2 ∈ [share·w², w²], and least at an end."""
    _, second, fourth, sixth = q.kappa
    w = CROWDING
    gain = fourth + 3 * second**2 * (1 + w)
    rest = sixth + 15 * fourth * second * (1 + w) + 15 * second**3 * (1 + w) ** 3
    change = 15 * fourth * second * (1 + w) + sixth * w  # of the energy with g_2
    spread, single = rest + share * w**2 * change, rest + w**2 * change
    if change[1] >= 0 or high is not None:
        return (Piece(gain, spread, fmpq(0), high),)
    turn = -change[0] / change[1]
    return (Piece(gain, spread, fmpq(0), turn), Piece(gain, single, turn, None))
