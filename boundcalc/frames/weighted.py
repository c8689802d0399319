"""Lists half-designs whose lines carry different weights: Σ ω_i ω_j ⟨v_i, v_j⟩^t = c_{t/2}(d) (Σ ω_i)², t the strength.

As columns of W, with a_i^m = ω_i and 2m = t, they attain Lemma W: S² = τ_m(d) T.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import ClassVar

import numpy as np
from flint import fmpq

from boundcalc.frames.coordinates import Coordinates, integer_columns, surd_columns
from boundcalc.frames.polytopes import icosahedral_axes, sum_free
from boundcalc.frames.root_systems import e6_dual, e6_roots, e7_dual, e7_roots, e8, e8_second_shell
from boundcalc.language.claims import Citation
from boundcalc.language.sources import CONWAY_SLOANE, REZNICK, STROUD


@dataclass(frozen=True)
class WeightedDesign:
    """n weighted lines in R^d that form a half-design of the given strength, and the function that builds them."""

    key: str
    d: int
    n: int
    strength: int
    source: Citation
    build: Callable[[], Coordinates]
    weighted: ClassVar[bool] = True


def weighted(columns: Coordinates, orbits: Sequence[tuple[int, int]], strength: int) -> Coordinates:
    """The columns with weights, given as (number of lines, weight) in their order."""
    weights = tuple(fmpq(weight) for count, weight in orbits for _ in range(count))
    return replace(columns, weights=weights, order=strength // 2)


def reznick_11() -> Coordinates:
    """Eleven lines in R³ of strength 6, the fewest: the identity

    540 (x² + y² + z²)³ = 378 x⁶ + 378 y⁶ + 280 z⁶ + Σ (√3 x ± 2 z)⁶ + Σ (√3 y ± 2 z)⁶ + Σ (√3 x ± √3 y ± z)⁶,

    a form of squared length 7 having the weight 7³.
    """
    slanted = [vector for s in (1, -1) for vector in ((1, 0, 2 * s), (0, 1, 2 * s))]
    slanted += [(1, s, t) for s in (1, -1) for t in (1, -1)]
    columns = integer_columns([(1, 0, 0), (0, 1, 0), (0, 0, 1), *slanted], [3, 3, 1])
    return weighted(columns, [(2, 378), (1, 280), (8, 343)], 6)


def hyperoctahedral_41() -> Coordinates:
    """41 lines in R⁵ of strength 6: the coordinate axes, e_i ± e_j, and (±1, ±1, ±1, ±1, ±1)."""
    axes = [[int(i == k) for i in range(5)] for k in range(5)]
    pairs = [[1 if k == i else s if k == j else 0 for k in range(5)] for i, j in combinations(range(5), 2) for s in (1, -1)]
    signs = [[1, *rest] for rest in product((1, -1), repeat=4)]
    return weighted(integer_columns([*axes, *pairs, *signs]), [(5, 96), (20, 128), (16, 125)], 6)


def e6_with_dual() -> Coordinates:
    """63 lines in R⁶ of strength 6: the roots of E_6 and the least vectors of its dual."""
    columns = integer_columns(e6_roots() + e6_dual(), [1, 1, 1, 1, 1, 3])
    return weighted(columns, [(36, 9), (27, 8)], 6)


def e7_with_dual() -> Coordinates:
    """91 lines in R⁷ of strength 6: the roots of E_7 and the least vectors of its dual."""
    columns = sum_free(np.concatenate([e7_roots(), e7_dual()]))
    return weighted(columns, [(63, 32), (28, 27)], 6)


def e8_two_shells() -> Coordinates:
    """1200 lines in R⁸ of strength 10: the 240 roots of E_8 and the 2160 vectors of squared length 4."""
    columns = integer_columns(np.concatenate([e8().rational.T, np.array(e8_second_shell())]))
    return weighted(columns, [(120, 3), (1080, 2)], 10)


def icosahedral_16() -> Coordinates:
    """16 lines in R³ of strength 8: the 5-fold and the 3-fold axes of the icosahedron."""
    return weighted(surd_columns(icosahedral_axes()[:16], 5), [(6, 25), (10, 27)], 8)


def icosahedral_31() -> Coordinates:
    """31 lines in R³ of strength 10: the 5-fold, 3-fold and 2-fold axes of the icosahedron."""
    return weighted(surd_columns(icosahedral_axes(), 5), [(6, 625), (10, 243), (15, 512)], 10)


DESIGNS = (
    WeightedDesign("reznick_11", 3, 11, 6, REZNICK, reznick_11),
    WeightedDesign("icosahedral_16", 3, 16, 8, STROUD, icosahedral_16),
    WeightedDesign("icosahedral_31", 3, 31, 10, STROUD, icosahedral_31),
    WeightedDesign("hyperoctahedral_41", 5, 41, 6, STROUD, hyperoctahedral_41),
    WeightedDesign("E6_with_dual", 6, 63, 6, REZNICK, e6_with_dual),
    WeightedDesign("E7_with_dual", 7, 91, 6, REZNICK, e7_with_dual),
    WeightedDesign("E8_two_shells", 8, 1200, 10, CONWAY_SLOANE, e8_two_shells),
)
