"""Families of half-designs: every random optimum of one leads to the known member, isolated optima lead nowhere."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc.frames.library import construct
from boundcalc.search.climb import maximise
from boundcalc.search.family import follow
from boundcalc.search.objective import VerySparse


def traits(columns: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(columns, axis=0)
    gram = (columns / lengths).T @ (columns / lengths)
    return np.concatenate([np.sort(gram[np.triu_indices(len(gram), 1)] ** 2), np.sort((lengths / lengths.max()) ** 6)])


def line_by_line(columns: np.ndarray) -> np.ndarray:
    """Each line's weight with its squared inner products, the lines in a canonical order."""
    lengths = np.linalg.norm(columns, axis=0)
    gram = (columns / lengths).T @ (columns / lengths)
    rows = np.column_stack([(lengths / lengths.max()) ** 6, np.sort(gram**2, axis=1)])
    return rows[np.lexsort(rows.round(5).T[::-1])]


@pytest.mark.parametrize("seed", range(3))
def test_eleven_random_lines_lead_to_the_known_design(seed):
    known = construct("reznick_11").to_float()
    random = np.random.default_rng(seed).standard_normal((3, 11))
    value, start, _ = maximise(VerySparse(3), random / np.linalg.norm(random, axis=0), 3000, 1e-16)
    assert np.exp(value) == pytest.approx(7, abs=1e-9)  # seeds for which the climb ends at a half-design
    assert np.linalg.norm(traits(start) - traits(known)) > 1e-3
    found = follow(start, 3, traits, traits(known))
    assert found is not None
    weights, parameters = found
    assert parameters == 2
    assert np.abs(line_by_line(weights) - line_by_line(known)).max() < 1e-7
    # the sphere's mean of (x·v)^6 is |x|^6/7 for every x, so that the end is a half-design again
    points = np.random.default_rng(9).standard_normal((20, 3))
    means = (points @ weights) ** 6 @ np.ones(11) / (np.linalg.norm(weights, axis=0) ** 6).sum()
    np.testing.assert_allclose(means, np.linalg.norm(points, axis=1) ** 6 / 7, rtol=1e-9)


def test_an_isolated_optimum_leads_nowhere():
    known = construct("icosahedron").to_float()
    assert follow(known, 3, traits, traits(known)) is None


def test_a_goal_outside_the_family_is_not_reached():
    known = construct("reznick_11").to_float()
    other = known.copy()
    other[:, 0] *= 1.01
    assert follow(known, 3, traits, traits(other)) is None
