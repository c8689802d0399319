"""The attack with adversarial weights: its starts, its cases and its tables."""

from __future__ import annotations

import numpy as np
import pytest

from tools.adversarial import KINDS, cases_of, tables


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("d", "n"), [(2, 3), (4, 30)])
def test_starts_are_weights_of_that_size(kind, d, n):
    weights = KINDS[kind](np.random.default_rng(1), d, n)
    assert weights.shape == (d, n)
    assert np.isfinite(weights).all()
    assert np.linalg.matrix_rank(weights) >= 2


def test_a_violation_would_be_counted():
    case = {"kind": "main and tiny", "problem": [3, 2, 3, "1/2", "uniform"], "superposed": True, "ratios": {"rank": 1.5}}
    text = "\n".join(tables([{**case, "violated": ["rank"]}, {**case, "violated": [], "ratios": {"rank": 0.5}}]))
    assert "2 optimised weights, 2 with superposition: 1 violations" in text
    assert "| `rank` | 2 | 1.500000 |" in text


def test_cases_do_not_break_a_bound():
    found = list(cases_of(1))
    assert {case["kind"] for case in found} <= set(KINDS)
    assert found
    for case in found:
        assert case["violated"] == []
        assert max(case["ratios"].values()) < 1 + 1e-9
