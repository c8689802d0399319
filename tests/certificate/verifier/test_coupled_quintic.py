"""The verifier's row of U11 for m = 5: P and E against the library's own, and its Bernstein coefficients."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from flint import ctx, fmpq

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.evaluate import report
from boundcalc.bounds.frontiers.coupled_quintic import QuinticRow
from boundcalc.certificate.verifier import coupled_quintic
from boundcalc.certificate.verifier.frontier_general import energy_terms
from boundcalc.certificate.verifier.problem import read_problem
from boundcalc.certificate.write import certificate
from boundcalc.model.problem import Problem
from boundcalc.numbers.parsing import parse_rational

PROBLEM = Problem("inf", 2, 5, "1e-2", "gaussian")


def real(value: fmpq) -> float:
    return int(value.p) / int(value.q)


def test_its_polynomials_are_those_of_the_proof():
    found = report(PROBLEM, digits=20, upper=[BOUNDS["coupled_frontier"]], lower=[BOUNDS["orthonormal"]])
    data = certificate(found)
    model, parameters = read_problem(data["problem"]), data["upper"]["parameters"]
    z = parse_rational(parameters["z"], parameter="z")
    own = coupled_quintic._Row(model, energy_terms(model, parameters), z)
    theirs = QuinticRow.of(PROBLEM, found.best_upper.choice.values["parameters"].general)
    rho = fmpq(3, 7)
    for mine, other in zip(own.parts(rho), (theirs.inner(rho), theirs.outer(rho)), strict=True):
        wanted: dict = {}
        for i, j, k, value in other:
            wanted[i, j, k] = wanted.get((i, j, k), 0) + value
        assert {place: value for place, value in mine.items() if value} == {place: v for place, v in wanted.items() if v}


def basis(n: int, x: float) -> np.ndarray:
    """The Bernstein polynomials of degree n."""
    return np.array([comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(n + 1)])


@pytest.mark.parametrize("box", [(0.25, 0.5, 0.3, 0.7, 0.0, 0.1), (0.5, 1.0, 0.0, 1.0, 0.2, 0.3)])
def test_bernstein_coefficients_enclose_the_polynomial(box):
    rng = np.random.default_rng(2)
    powers = {(int(i), int(j), k): fmpq(int(rng.integers(-9, 10))) for i in (0, 3, 10) for j in (0, 2, 5) for k in range(3)}
    with ctx.workprec(coupled_quintic.BITS):
        lines = [[[float(v.mid()) for v in line] for line in part.tolist()] for part in coupled_quintic._bernstein(powers, box)]
    s0, s1, t0, t1, y0, y1 = box
    for u, v, w in rng.uniform(size=(20, 3)):
        s, theta, y = s0 + u * (s1 - s0), t0 + v * (t1 - t0), y0 + w * (y1 - y0)
        value = sum(real(c) * s**i * theta**j * y**k for (i, j, k), c in powers.items())
        written = np.einsum("k,kij,i,j", basis(2, w), np.array(lines), basis(10, u), basis(5, v))
        assert written == pytest.approx(value, rel=1e-9, abs=1e-9)
