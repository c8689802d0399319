"""The row functions of the conditions of optimality: their terms against the programs', their derivatives against differences."""

from __future__ import annotations

import numpy as np
import pytest

from boundcalc.bounds.frontiers.coupled import RowScale
from boundcalc.bounds.frontiers.coupled_rows import FloatScale
from boundcalc.bounds.frontiers.proposal import CubicProgram
from boundcalc.bounds.frontiers.row_models import CoupledRows, FrontierRows
from boundcalc.model.problem import Problem

MODELS = [(FrontierRows(1.0, 2.0, 3.0, [3, 2], [0.7, 1.3], 0.1), 1), (CoupledRows(0.01, 0.3, 0.4, 0.5, 0.9), 3)]


@pytest.mark.parametrize(("model", "coordinates"), MODELS)
def test_derivatives(model, coordinates):
    rng = np.random.default_rng(3)
    at = rng.uniform(0.2, 0.9, (coordinates, 5, 1))
    _, slopes = model.at(at)
    for k in range(coordinates):
        step = np.zeros_like(at)
        step[k] = 1e-6
        (high, _), (low, _) = model.at(at + step), model.at(at - step)
        for name in ("gain", "base", "leverage", "alone"):
            found = (getattr(high, name) - getattr(low, name)) / 2e-6
            assert found == pytest.approx(getattr(slopes, name)[k], rel=1e-6, abs=1e-8)
        for name in ("multiplier", "energy", "kept"):
            for order in (0, 1):
                found = (getattr(high, name)[order] - getattr(low, name)[order]) / 2e-6
                assert found == pytest.approx(getattr(slopes, name)[order][k], rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("n", ["inf", 7, 30])
def test_the_frontier_s_terms_are_those_of_its_program(n):
    program = CubicProgram(Problem(n, 3, 3, "1e-2", "gaussian"))
    t = np.array([1e-3, 0.02, 0.3, 1.0])
    rows = program.rows(t)
    beside = 0.0 if n == "inf" else 1 / (n - 1)
    model = FrontierRows(program.fourth, program.second, program.rest, [3, 2], program.coefficients, beside)
    terms, _ = model.at((1 / t)[None, :, None])
    pairs = [(terms.gain, rows.gain), (terms.base, rows.base), (terms.leverage, rows.leverage), (terms.alone, rows.alone)]
    for k in (0, 1):
        pairs += [(getattr(terms, name)[k], getattr(rows, name)[k]) for name in ("multiplier", "energy", "kept")]
    for found, expected in pairs:
        assert found[:, 0] == pytest.approx(expected, rel=1e-12)


def test_the_coupled_terms_are_those_of_its_program():
    scale = FloatScale.of(RowScale.of(Problem("inf", 3, 3, "1e-2", "gaussian")))
    u, theta, rho = np.array([0.1, 0.8, 3.0]), np.array([0.3, 0.7, 1.0]), np.array([0.9, 0.95, 1.0])
    rows = scale.rows(u, theta, scale.w_of(rho, theta))
    terms, _ = CoupledRows(scale.ts, scale.c, scale.b, scale.k, scale.h).at(np.stack([u, theta, rho])[:, :, None])
    pairs = [(terms.gain, rows.gain), (terms.base, rows.base), (terms.leverage, rows.leverage), (terms.alone, rows.alone)]
    for k in (0, 1):
        pairs += [(terms.multiplier[k], rows.multiplier[k]), (terms.energy[k], rows.energy[k])]
    for found, expected in pairs:
        assert found[:, 0] == pytest.approx(expected, rel=1e-12)
