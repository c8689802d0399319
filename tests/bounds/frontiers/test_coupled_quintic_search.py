"""The search for parameters of U11 for m = 5: rows for the program against the row's polynomials."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.frontiers.coupled_quintic_rows import CoupledProgram, Points
from boundcalc.bounds.frontiers.coupled_quintic_search import search
from boundcalc.model.problem import Problem


@pytest.mark.parametrize(("d", "p", "law"), [(3, "1e-4", "gaussian"), (2, "1e-3", "rademacher")])
def test_rows_of_the_program_are_those_of_the_proof(d, p, law):
    """For one proposal N_+²/φ is the same from the program's rows and from the polynomials of the proof."""
    from boundcalc.bounds.frontiers.program import Proposal

    program, rng = CoupledProgram(Problem("inf", d, 5, p, law), 2.0), np.random.default_rng(1)
    count = len(program.exchanges)
    s = 10 ** rng.uniform(-2, 0, 50)
    points = Points(s, np.maximum(rng.uniform(size=50), s * s), (1 - s * s) ** 2 * 10 ** rng.uniform(-6, 0, 50))
    rho = rng.uniform(size=50)
    linked = np.array([float(one.linked) for one in program.exchanges])
    share = np.where(linked > 0, rng.uniform(0, 0.1, count), 1.0)
    h = [np.array([0.1, 0.2, 0.05]) * value for value in share]
    proposal = Proposal(rng.uniform(0, 0.2, count), share, np.zeros(count), h, 1.0, 0.0, 1.0, linked)
    square, energy, _, _ = proposal._row(program.rows(points, rho), program.weights / program.p)
    row = program.row(proposal)
    P, E = (
        sum(value * points.s**i * points.theta**j * points.y**k for i, j, k, value in terms)
        for terms in (row.inner(rho), row.outer(rho))
    )
    assert np.allclose(np.sqrt(square), np.maximum(P, 0) / s**4 / program.p, rtol=1e-9)
    assert np.allclose(energy, E / s**10 / program.p, rtol=1e-7)


def test_what_is_found_is_below_the_limit_or_nothing_is():
    problem = Problem("inf", 2, 5, "1e-3", "gaussian")
    assert search(problem, problem.p) is None
    found = search(problem, problem.p * fmpq(138, 100))
    assert found is not None
    assert found.value(problem) < problem.p * fmpq(1105, 1000)
    assert search(Problem("inf", 50, 5, "1e-3", "gaussian"), fmpq(10)) is None
