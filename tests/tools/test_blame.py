"""Which side is further from an ideal configuration."""

from __future__ import annotations

import pytest

from boundcalc.bounds.evaluate import report
from boundcalc.model.problem import Problem
from tools.blame import ideal, side


def test_a_half_design_is_an_ideal_configuration():
    """As p -> 0, d = 2 and m = 5: six lines of a plane reach it."""
    problem = Problem(6, 2, 5, "1e-9", "rademacher")
    attained = float(report(problem, digits=12)["half_design"]) * 1e9
    assert ideal(Problem("inf", 2, 5, "1e-9", "rademacher")) == pytest.approx(attained, rel=1e-3)


def test_sides():
    problem = Problem("inf", 2, 5, "1e-9", "rademacher")
    best = ideal(problem)
    assert side(problem, 1.001, best) == "="
    assert side(problem, 1.2, best) == "u"
    assert side(problem, 1.2, best / 1.19) == "l"
