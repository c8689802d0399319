"""The proof of the row condition of U11 for m = 5: the z that it accepts, and those that it must not."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, fmpq

from boundcalc.bounds.frontiers import coupled_quintic_proof
from boundcalc.bounds.frontiers.coupled_quintic import CoupledQuintic, QuinticRow
from boundcalc.bounds.frontiers.coupled_quintic_proof import (
    ACROSS,
    ALONG,
    BITS,
    ROUNDING,
    _bernstein,
    _matrices,
    _sides,
    certain,
    in_height,
    partition,
    prove,
)
from boundcalc.bounds.outcome import evaluate_upper
from boundcalc.bounds.upper import coupled_frontier
from boundcalc.certify.bernstein import to_bernstein
from boundcalc.model.problem import Problem
from boundcalc.numbers.enclosure import precision
from boundcalc.numbers.errors import CertificationError

CASES = [(2, "1e-2", "gaussian"), (3, "1e-3", "gaussian"), (2, "1e-3", "rademacher")]


def real(value: fmpq) -> float:
    return int(value.p) / int(value.q)


def chosen(d: int, p: str, law: str) -> tuple[Problem, CoupledQuintic, float]:
    problem = Problem("inf", d, 5, p, law)
    found = evaluate_upper(coupled_frontier.BOUND, problem, 12).choice.values["parameters"]
    assert isinstance(found, CoupledQuintic)
    return problem, found, real(problem.p * problem.law.moment(2)) ** 0.5 / 16


def needed(row: QuinticRow, rng: np.random.Generator, points: int) -> float:
    """The greatest of theta P_+^2/E at random rows, each with the best rho, looked for closer and closer."""
    s = 10 ** rng.uniform(-4, 0, points)
    theta, y = np.maximum(rng.uniform(0, 1, points), s * s), (1 - s * s) ** 2 * 10 ** rng.uniform(-9, 0, points)
    y *= rng.uniform(size=points) < 0.7
    rho = np.concatenate([[1.0], 1 - np.geomspace(1e-7, 1, 60)])[:, None] + 0 * s
    for _ in range(4):
        P, E = (sum(value * s**i * theta**j * y**k for i, j, k, value in terms) for terms in (row.inner(rho), row.outer(rho)))
        need = np.where(E > 0, theta * np.maximum(P, 0) ** 2 / np.where(E > 0, E, 1), np.inf)
        best, each = need.argmin(axis=0), np.arange(points)
        low, high = rho[np.minimum(best + 1, len(rho) - 1), each], rho[np.maximum(best - 1, 0), each]
        rho = high - (high - low) * np.linspace(0, 1, 13)[:, None]
    return float(need.min(axis=0).max())


@pytest.mark.parametrize("case", CASES)
def test_no_row_needs_more_than_z_and_one_needs_nearly_as_much(case):
    problem, choice, least = chosen(*case)
    row = QuinticRow.of(problem, choice.general)
    assert prove(row, least) > 20
    found = needed(row.mapped(real), np.random.default_rng(3), 20_000)
    assert real(choice.z) * 0.8 <= found <= real(choice.z)


@pytest.mark.parametrize("case", CASES[:2])
def test_a_smaller_z_is_refused(case):
    problem, choice, least = chosen(*case)
    with pytest.raises(CertificationError, match="not proven"):
        prove(QuinticRow.of(problem, choice.with_z(choice.z * fmpq(98, 100)).general), least)


def test_parabolas_and_bernstein_coefficients_stay_below_the_cubic():
    rng = np.random.default_rng(1)
    for _ in range(200):
        f = [*rng.normal(size=3), abs(rng.normal())]
        y0, y1 = np.sort(rng.uniform(0, 1, 2))
        b = in_height(f, y0, y1, (y0 * y1) ** 0.5)
        for v in np.linspace(0, 1, 11):
            y = y0 + (y1 - y0) * v
            quadratic = b[0] * (1 - v) ** 2 + 2 * b[1] * v * (1 - v) + b[2] * v**2
            assert quadratic <= sum(value * y**k for k, value in enumerate(f)) + 1e-12


@pytest.mark.parametrize("case", [*CASES[:2], (3, "1e-12", "rademacher")])
def test_floats_differ_from_balls_by_less_than_their_bound_says(case):
    problem, choice, least = chosen(*case)
    row = QuinticRow.of(problem, choice.general)
    floats = row.mapped(real)
    parts = partition(floats, least)
    assert all(certain(floats, part).all() for part in parts)
    worst = 0.0
    for part in parts[::4]:
        part = part.at(np.arange(min(3, len(part.rho))))
        cells = part.cells
        sides = _sides(ALONG, cells.s0, cells.s1 - cells.s0), _sides(ACROSS, cells.t0, cells.t1 - cells.t0)
        inner, outer = floats.inner(part.rho), floats.outer(part.rho)
        for which, terms in enumerate((inner, outer, floats.gap(inner, outer))):
            b = _bernstein(terms, cells, *sides)
            sizes = _bernstein([(i, j, k, abs(value)) for i, j, k, value in terms], cells, *sides, signs=1)
            for at in range(len(part.rho)):
                with precision(BITS):
                    s0, s1, t0, t1, y0, y1, touch, rho = (
                        arb(float(values[at])) for values in (*vars(cells).values(), cells.touch, part.rho)
                    )
                    balls = row.mapped(arb)
                    exact = balls.inner(rho), balls.outer(rho)
                    matrices = _matrices((*exact, balls.gap(*exact))[which])
                    left, right = to_bernstein(ALONG, s0, s1 - s0), to_bernstein(ACROSS, t0, t1 - t0).transpose()
                    for k, one in enumerate(in_height(matrices, y0, y1, touch)):
                        pairs = zip((left * one * right).entries(), b[k, ..., at].ravel(), sizes[k, ..., at].ravel(), strict=True)
                        worst = max(worst, *(float(abs(value - arb(float(near)))) / size for value, near, size in pairs if size))
    assert worst < ROUNDING / 10


def test_floats_prove_no_cell_that_balls_do_not():
    problem, choice, least = chosen(*CASES[1])
    parts = partition(QuinticRow.of(problem, choice.general).mapped(real), least)
    refused = 0
    for part in (98, 90, 50):
        lower = QuinticRow.of(problem, choice.with_z(choice.z * fmpq(part, 100)).general).mapped(real)
        refused += sum(int((~certain(lower, one)).sum()) for one in parts)
        assert refused  # at a contact no smaller z holds


def test_balls_prove_what_floats_leave(monkeypatch):
    problem, choice, least = chosen(*CASES[1])
    monkeypatch.setattr(coupled_quintic_proof, "certain", lambda row, part: np.zeros(len(part.rho), bool))
    assert prove(QuinticRow.of(problem, choice.general), least) > 20
    parts = partition(QuinticRow.of(problem, choice.general).mapped(real), least)
    monkeypatch.setattr(coupled_quintic_proof, "partition", lambda row, least: parts)
    less = QuinticRow.of(problem, choice.with_z(choice.z * fmpq(98, 100)).general)
    with pytest.raises(CertificationError, match="on the cell"):
        prove(less, least)
