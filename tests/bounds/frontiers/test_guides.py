"""What floats say of polynomials in z and of cells: against the polynomials' own values and against the proof."""

from __future__ import annotations

from math import comb

import numpy as np
from flint import fmpq, fmpz_poly

from boundcalc.bounds.frontiers.guides import Guides, halves, holds, moved
from boundcalc.bounds.frontiers.parabolas import is_proven


def value(bernstein: np.ndarray, s: float) -> np.ndarray:
    """The polynomial on 0 ≤ s ≤ 1 whose Bernstein coefficients stand along the first axis, those of the upper end first."""
    degree = len(bernstein) - 1
    return sum(comb(degree, k) * s ** (degree - k) * (1 - s) ** k * part for k, part in enumerate(bernstein))


def test_halves_and_moved_are_the_same_polynomials():
    rng = np.random.default_rng(2)
    whole = rng.normal(size=(8, 5, 3))
    lower, upper = halves(whole)
    start = rng.uniform(0, 2, 3)
    about = moved(whole, start)
    for s in np.linspace(0, 1, 7):
        assert np.allclose(value(lower, s), value(whole, s / 2), atol=1e-12)
        assert np.allclose(value(upper, s), value(whole, (1 + s) / 2), atol=1e-12)
        for z in (0.3, 1.7):
            at = sum(value(about, s)[k] * (z - start) ** k for k in range(5))
            assert np.allclose(at, sum(value(whole, s)[k] * z**k for k in range(5)), atol=1e-9)


def test_guides_find_where_polynomials_are_least_and_parabolas_stay_below():
    rng = np.random.default_rng(3)
    values, width = rng.normal(size=(6, 60)), rng.uniform(0.3, 2, 60)
    values[0] += 2
    values[4:] = np.abs(values[4:])
    guides = Guides.of(values, width)
    positive = 0
    for k in range(60):
        guide = guides[k]
        z = np.linspace(0, width[k], 2001)
        lowest = sum(v * z**j for j, v in enumerate(values[:, k])).min()
        assert guide.at(guide.least()) <= lowest + 1e-7
        assert guide.margin <= lowest + 1e-9
        positive += guide.margin > 0
    assert positive > 20


def test_floats_say_what_whole_numbers_prove():
    """Polynomials in z whose coefficients are positive and negative polynomials in x on the half-line."""
    rng = np.random.default_rng(4)
    agreed, proven = 0, 0
    for _ in range(150):
        rows = rng.integers(-3, 12, size=(6, 5))  # powers of z, of x
        rows[0] = rng.integers(2, 20, size=5)
        binomials = np.array([comb(4, k) for k in range(5)], dtype=float)
        local = (rows / binomials).T[:, :, None]
        middle = rows.sum(axis=1)[:, None].astype(float)
        guides = Guides.of(middle / np.abs(middle).max(), np.array([1.5]))
        said = bool(holds(local, guides, binomials)[0])
        found = is_proven([fmpz_poly(row) for row in rows.tolist()], guides[0].parabolas, fmpq(3, 2))
        agreed += said == found
        proven += found
    assert agreed >= 148  # c is rounded to six digits
    assert 20 < proven < 130
