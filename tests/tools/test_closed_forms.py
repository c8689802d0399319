"""The page of closed forms is what its generator prints, and names every bound."""

from __future__ import annotations

from pathlib import Path

import pytest

from boundcalc.bounds.catalog import BOUNDS
from tools.closed_forms import EXPONENTS, page

PAGE = Path(__file__).parents[2] / "docs" / "closed_forms.md"


def test_the_committed_page_is_current():
    assert PAGE.read_text() == page(), "python -m tools.closed_forms > docs/closed_forms.md rewrites it"


@pytest.mark.parametrize("m", EXPONENTS)
def test_every_bound_has_its_place(m):
    text = PAGE.read_text()
    for bound in BOUNDS.values():
        assert (f"### `{bound.key}` ({bound.section}), m = {m}:" in text) != bool(bound.undefined(m))


def test_displays_are_balanced():
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("$$")]
    assert len(lines) > 100
    for line in lines:
        assert line.endswith("$$")
        assert line.count("{") == line.count("}")
        assert line.count(r"\left") == line.count(r"\right")


def test_the_reference_formulas_of_the_theory_are_there():
    text = PAGE.read_text()
    assert r"D_i = \kappa_{6} Q_{6} + 15 \kappa_{4} \kappa_{2} Q_{2} Q_{4} + 15 \kappa_{2}^{3} Q_{2}^{3}" in text
    assert r"\left(\frac{4}{405}\right)^{1/3}" in text
    assert "σ_3 = 0.21455…" in text
    assert "108 p^{2} - 54 p + 5" in text
