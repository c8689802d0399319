"""The search for parameters of U11 for m = 5: rows for the program against the row's polynomials."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from boundcalc.bounds.frontiers.coupled_quintic_proof import BAD, worst_of
from boundcalc.bounds.frontiers.coupled_quintic_rows import CoupledProgram, Points, best
from boundcalc.bounds.frontiers.coupled_quintic_search import search
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import to_float


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


def _row(d, p, law):
    """The row condition of the parameters of U9, in floats, and the program's grid."""
    from boundcalc.bounds.frontiers.coupled_quintic import QuinticRow
    from boundcalc.bounds.frontiers.general_proposal import propose

    problem = Problem("inf", d, 5, p, law)
    choice = propose(problem)
    assert choice is not None
    return CoupledProgram(problem, 2.0), QuinticRow.of(problem, choice).mapped(to_float)


@pytest.mark.parametrize(("d", "p", "law"), [(3, "1e-4", "gaussian"), (2, "1e-3", "rademacher"), (4, "7e-9", "gaussian")])
def test_the_best_rho_and_the_greatest_rows_are_those_of_a_fine_search(d, p, law):
    program, row = _row(d, p, law)
    rng = np.random.default_rng(3)
    s = 10 ** rng.uniform(-6, 0, 60)
    points = Points(s, np.maximum(rng.uniform(size=60), s * s), (1 - s * s) ** 2 * 10 ** rng.uniform(-9, 0, 60))
    value, rho = best(row, points, 3)
    parts = [sum(c * s**i * points.y**k for (i, k), c in terms.items()) for terms in (row.gain, row.energy)]
    # e = beta theta^2 up to where E at s = y = 0 is 0
    first = np.sqrt(np.maximum(1 - np.sqrt(row.energy[0, 0] / row.whole) / (row.b * points.theta**2), 0))
    grid = first + (1 - first) * np.linspace(0, 1, 10_001)[:, None]
    fine = worst_of(row, s, points.theta, *parts, grid).min(axis=0)
    seen = fine < BAD * row.z
    assert seen.sum() > 40
    assert (value[seen] >= fine[seen] * (1 - 1e-5)).all()
    assert (value[seen] <= fine[seen] * (1 + 1e-4) + 1e-6 * row.z).all()
    assert np.allclose(best(row, Points(s[:, None], points.theta[:, None], points.y[:, None]), 3)[1].ravel(), rho, atol=1e-12)
    # no row near a contact, and none drawn anywhere, is greater
    at, needed, _ = program.contacts(row)
    top = int(needed.argmax())
    near = Points(*(part[top] * np.exp(rng.normal(0, 3e-3, 2000)) for part in vars(at).values()))
    near = Points(np.minimum(near.s, 1), np.clip(near.theta, near.s**2, 1), np.minimum(near.y, (1 - near.s**2) ** 2))
    assert best(row, near, 3)[0].max() <= needed[top] * (1 + 1e-5)
    assert value.max() <= needed[top] * (1 + 1e-5)
    apart = np.abs(np.log(at.s[:, None] / at.s)) + np.abs(at.theta[:, None] - at.theta) + np.abs(at.y[:, None] - at.y)
    assert (apart + np.eye(len(needed)) > 1e-5).all()
