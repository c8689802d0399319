"""Exact proofs that a frame is optimal among all weights, checked against the inequality they come from."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from flint import fmpq
from oracles.samples import climbed

from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.optimal_geometry import equiangular_frames, prove_optimal, window
from boundcalc.bounds.outcome import evaluate_lower
from boundcalc.certify.real_roots import refine
from boundcalc.frames.catalog import FRAMES
from boundcalc.frames.library import construct
from boundcalc.loss.dense import dense_loss
from boundcalc.model.laws import parse_law
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import ParameterError

FRAME = {frame.key: frame for frame in equiangular_frames()}
PROVEN = [
    ("icosahedron", "rademacher", "0.03"),
    ("icosahedron", "rademacher", "0.055"),
    ("icosahedron", "uniform", "0.14"),
    ("simplex_2", "rademacher", "0.055"),
    ("28_lines", "rademacher", "0.02"),
    ("28_lines", "gaussian", "0.1"),
    ("28_lines", "laplace", "1/2"),
    ("276_lines", "uniform", "0.008"),
]


def real(value: fmpq) -> mpmath.mpf:
    return mpmath.mpf(int(value.p)) / int(value.q)


def test_the_frames_of_the_family():
    assert set(FRAME) >= {"simplex_2", "icosahedron", "28_lines", "276_lines"}


@pytest.mark.parametrize(("key", "law", "p"), PROVEN)
def test_the_value_is_the_frames_own(key, law, p):
    frame = FRAME[key]
    proof = prove_optimal(frame, p, law)
    assert proof is not None
    outcome = evaluate_lower(BOUNDS["known_frame"], Problem(frame.n, frame.d, 3, p, law))
    assert outcome.choice.shown["frame"] == key
    assert outcome.exact() == proof.improvement


@pytest.mark.parametrize(("key", "law", "p"), PROVEN)
def test_the_parameters_give_that_value_in_the_inequality_of_u9(key, law, p):
    """Every condition of U9 again, in 50 digits and on grids."""
    frame, proof = FRAME[key], prove_optimal(FRAME[key], p, law)
    with mpmath.workdps(50):
        problem = proof.problem
        rate = real(problem.p)
        m2, m4, m6 = (rate * real(problem.law.moment(k)) for k in (2, 4, 6))
        k2, k4, k6 = m2, m4 - 3 * m2**2, m6 - 15 * m4 * m2 + 30 * m2**3
        u, d = real(frame.squares[0][0]), frame.d
        c, e, q = real(proof.c), real(proof.e), mpmath.mpf(frame.n) / d
        lam, nu = real(proof.lambda_), real(proof.nu_scaled) * mpmath.sqrt(q)
        assert 0 <= lam <= k4
        h3, h2 = (lambda v: v**3 - (v - u) ** 2 * (v + c)), (lambda v: v**2 - e * (v - u) ** 2)
        for v in mpmath.linspace(0, 1, 101):
            assert h3(v) <= v**3
            assert h2(v) <= v**2
        # sphere averages of 1, u, u^2 give h_0; the other coefficients from projections on P_2 and P_4
        one, two = mpmath.mpf(1) / d, mpmath.mpf(3) / (d * (d + 2))
        average = lambda h: coefficient(h, 0) + coefficient(h, 1) * one + coefficient(h, 2) * two  # noqa: E731

        def coefficient(h, k):
            return [
                h(mpmath.mpf(0)),
                (4 * h(mpmath.mpf(1) / 2) - 3 * h(mpmath.mpf(0)) - h(mpmath.mpf(1))),
                2 * h(mpmath.mpf(0)) - 4 * h(mpmath.mpf(1) / 2) + 2 * h(mpmath.mpf(1)),
            ][k]

        y3, y2, x3, x2 = average(h3), average(h2), 1 - h3(mpmath.mpf(1)), 1 - h2(mpmath.mpf(1))
        for h in (h3, h2):
            quadratic, linear = coefficient(h, 2), coefficient(h, 1)
            # t^4 contributes 6/(d + 4) t^2 beyond P_4: h_2 ~ quadratic, h_1 ~ linear + 6/(d + 4) quadratic
            assert quadratic >= 0
            assert linear + 6 * quadratic / (d + 4) >= 0

        def row(t):
            inner = k4 - lam + 3 * k2**2 / t - nu / mpmath.sqrt(t)
            return max(inner, 0) ** 2 / (t * (k6 * x3 + 15 * k4 * k2 * x2 / t + 15 * k2**3 / t**3))

        fixed = lam**2 / (k6 * y3) + nu**2 / (15 * k4 * k2 * y2)
        value = real(proof.improvement)
        assert abs(fixed + d * row(1 / q) - value) < mpmath.mpf(10) ** -40 * value
        grid = [mpmath.mpf(10) ** (-12 * k / mpmath.mpf(600)) for k in range(601)]
        assert max(fixed + d * row(t) for t in grid) <= value * (1 + mpmath.mpf(10) ** -40)


@pytest.mark.parametrize(("key", "law", "p"), [("icosahedron", "rademacher", "0.04"), ("simplex_2", "rademacher", "0.056")])
def test_no_weights_beat_a_proven_frame(key, law, p):
    frame = FRAME[key]
    proof = prove_optimal(frame, p, law)
    ceiling = float(real(proof.improvement))
    rng = np.random.default_rng(11)
    for n in (frame.n, frame.n + 1, 2 * frame.n):
        problem = Problem(n, frame.d, 3, p, law)
        starts = [rng.standard_normal((frame.d, n)) for _ in range(3)]
        near = np.zeros((frame.d, n))
        near[:, : frame.n] = construct(key).to_float()
        starts.append(near + 0.05 * rng.standard_normal(near.shape))
        for start in starts:
            value = dense_loss(climbed(start, problem), m=3, p=p, law=law, transpose=False)
            assert value.C**2 / value.D <= ceiling * (1 + 1e-10)


@pytest.mark.parametrize(
    ("key", "law"), [("icosahedron", "rademacher"), ("icosahedron", "uniform"), ("28_lines", "gaussian"), ("276_lines", "laplace")]
)
def test_proofs_exist_inside_the_window_and_not_outside(key, law):
    frame = FRAME[key]
    ends = window(frame, parse_law(law))
    low, high = (refine(end, 12).lower for end in ends)
    for share in range(-2, 23):
        p = low + (high - low) * fmpq(2 * share + 1, 40)
        assert (prove_optimal(frame, p, law) is not None) == (0 <= share <= 19), share
    for end in ends:
        refined = refine(end, 40)
        assert end.polynomial(refined.lower) * end.polynomial(refined.upper) <= 0


def test_windows_that_do_not_exist():
    for key, law in (("icosahedron", "gaussian"), ("icosahedron", "laplace"), ("simplex_2", "uniform")):
        assert window(FRAME[key], parse_law(law)) is None
        for p in ("0.02", "0.05", "0.1", "0.2", "0.4"):
            assert prove_optimal(FRAME[key], p, law) is None


def test_other_frames_are_refused():
    frame = next(frame for frame in FRAMES if frame.key == "E8")
    with pytest.raises(ParameterError, match="must be equiangular with strength 4 or more"):
        prove_optimal(frame, "0.01", "rademacher")
