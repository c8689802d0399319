"""Checks of the foundation's bounds and lemmas, step by step."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
import sympy
from flint import fmpq
from proofs.registry import bound_step, checks, proves, step
from samples import LAWS, Sample

from boundcalc.arithmetic import EXACT
from boundcalc.bounds.catalog import BOUNDS
from boundcalc.bounds.upper import rank, tensor_power, very_sparse
from boundcalc.frames.catalog import FRAMES, simplex
from boundcalc.frames.gram import power_sum as gram_power_sum
from boundcalc.frames.library import construct
from boundcalc.frames.quadratic import Quadratic
from boundcalc.lemmas import equiangular, leverage, moment_powers, universal, welch
from boundcalc.moments import row_polynomials
from boundcalc.problem import Problem
from boundcalc.quantities import Quantities


def tau(s: Sample) -> float:
    return math.prod((s.d + 2 * k) / (2 * k + 1) for k in range(s.m))


def rho(s: Sample) -> float:
    return max(0.0, (s.n - s.d) / (s.d * (s.n - 1))) if s.n > 1 else 0.0


@checks(step(welch.LEMMA, "gram"))
def _(s):
    if s.d ** (2 * s.m) <= 2000:
        tensor = s.lifted(s.directions, 2 * s.m) @ (s.a**s.m)
        yield "=", s.T, tensor @ tensor


@checks(step(welch.LEMMA, "projection"))
def _(s):
    yield "<=", s.S**2, tau(s) * s.T


@checks(step(welch.LEMMA, "count"))
def _(s):
    yield "<=", s.S**2, s.n * (s.a ** (2 * s.m)).sum()
    yield "<=", (s.a ** (2 * s.m)).sum(), s.T


@checks(step(leverage.LEMMA, "row"))
def _(s):
    P = s.range_projection
    yield "=", s.a**2, np.diag(P @ s.A) ** 2
    yield "<=", s.a**2, np.diag(P) * s.Q(2)


@checks(step(leverage.LEMMA, "trace"))
def _(s):
    trace = np.trace(s.range_projection)
    yield "=", trace, np.linalg.matrix_rank(s.W, tol=1e-7)
    yield "<=", trace, min(s.n, s.d)


@checks(step(moment_powers.LEMMA, "pure"))
def _(s):
    yield ">=", s.D_rows, s.p * s.mu(2 * s.m) * s.Q(2 * s.m)


@checks(step(moment_powers.LEMMA, "jensen"))
def _(s):
    yield ">=", s.D_rows, (s.p * s.mu(2) * s.Q(2)) ** s.m


def cosines(s: Sample) -> np.ndarray:
    return (s.directions.T @ s.directions) ** 2


@checks(step(equiangular.LEMMA, "tangent"))
def _(s):
    yield ">=", cosines(s) ** s.m, rho(s) ** s.m + s.m * rho(s) ** (s.m - 1) * (cosines(s) - rho(s))


@checks(step(equiangular.LEMMA, "second_moment"))
def _(s):
    omega = s.a**s.m
    yield ">=", omega @ cosines(s) @ omega, omega.sum() ** 2 / s.d


@checks(step(equiangular.LEMMA, "collect"), bound_step("equiangular", "constant"))
def _(s):
    yield ">=", s.T, (1 + (s.n - 1) * rho(s) ** s.m) / s.n * s.S**2


@checks(step(universal.LEMMA, "linear_programming"))
def _(s):
    if s.m == 3:  # h = 2u t^4 - u^2 t^2 lies below t^6 and has nonnegative Gegenbauer coefficients for u <= 12/(d + 4)
        for u in (0.1, 1 / (s.d + 2), 3 / (s.d + 2), 12 / (s.d + 4)):
            h0, x = 6 * u / (s.d * (s.d + 2)) - u * u / s.d, (1 - u) ** 2
            omega = s.a**s.m
            yield ">=", s.T, x * (omega**2).sum() + h0 * omega.sum() ** 2
            if h0 + x / s.n > 0 and x >= 0:
                yield "<=", s.S**2, s.T / (h0 + x / s.n)


@checks(bound_step("trivial", "nonnegative"))
def _(s):
    yield "=", s.p * s.n * s.mu(2) - (2 * s.C - s.D), s.mean(((s.x - s.x_hat) ** 2).sum(1))


@checks(rank.LIFTED)
def _(s):
    lifted = s.lifted(s.W, s.m)
    hidden = s.lifted((s.x @ s.W.T).T, s.m)
    yield "=", s.x_hat, hidden.T @ lifted


@checks(rank.PROJECTION)
def _(s):
    scale = 1 / (np.abs(s.x_hat).max() or 1)
    x_hat, shadow = s.x_hat * scale, s.x @ s.lifted_projection
    yield "=", x_hat @ s.lifted_projection, x_hat
    gain = 2 * (s.x * x_hat).sum(1) - (x_hat**2).sum(1)
    yield "=", gain, (shadow**2).sum(1) - ((shadow - x_hat) ** 2).sum(1)


@checks(step(rank.BOUND, "trace"), step(tensor_power.BOUND, "dimension"))
def _(s):
    trace = np.trace(s.lifted_projection)
    yield "=", s.mean(((s.x @ s.lifted_projection) ** 2).sum(1)), s.p * s.mu(2) * trace
    yield "<=", trace, min(s.n, math.comb(s.d + s.m - 1, s.m), s.d**s.m)


@checks(very_sparse.ALONE)
def _(s):
    alone = s.active.sum(1) == 1
    pi = (1 - s.p) ** (s.n - 1)
    yield "=", s.mean(s.gain * alone), s.p * pi * (2 * s.mu(s.m + 1) * s.S - s.mu(2 * s.m) * s.T)
    if s.T > 0:
        yield "<=", s.mean(s.gain * alone), s.p * pi * s.mu(s.m + 1) ** 2 / s.mu(2 * s.m) * s.S**2 / s.T


@checks(very_sparse.SEVERAL)
def _(s):
    several = s.active.sum(1) >= 2
    shadow = ((s.x @ s.lifted_projection) ** 2).sum(1)
    pi = (1 - s.p) ** (s.n - 1)
    yield "=", s.mean(shadow * several), s.mu(2) * s.p * (1 - pi) * np.trace(s.lifted_projection)


def odd_parts(s: Sample) -> list[tuple[int, float]]:
    return [(k, float((s.a**k * s.Z_moment(s.m - k)).sum())) for k in range(1, s.m + 1, 2)]


@checks(bound_step("uniform", "expansion"))
def _(s):
    yield "=", s.C, s.p * sum(math.comb(s.m, k) * s.mu(k + 1) * part for k, part in odd_parts(s))


@checks(bound_step("uniform", "pure"))
def _(s):
    r, beta, m = min(s.n, s.d), s.mu(2 * s.m), s.m
    crowded = r * s.p ** (-(m - 1) / m) / (beta ** ((m - 1) / m) * s.mu(2))
    yield "<=", s.S**2, min(tau(s) / beta, s.n / beta, crowded) * s.D / s.p


@checks(bound_step("uniform", "mixed"))
def _(s):
    yield "<=", (s.a * s.Z_moment(s.m - 1)).sum() ** 2, min(s.n, s.d) / s.mu(2) * s.D / s.p


@checks(bound_step("uniform", "between"))
def _(s):
    Y = float((s.a * s.Z_moment(s.m - 1)).sum())
    for k, part in odd_parts(s):
        yield "<=", part, s.S ** ((k - 1) / (s.m - 1)) * Y ** ((s.m - k) / (s.m - 1))


@checks(bound_step("uniform", "scale"))
def _(s):
    if s.D > 0:
        yield "<=", 2 * s.C - s.D, s.C**2 / s.D


def supports(s: Sample) -> Iterator[tuple[float, np.ndarray]]:
    for code in range(2**s.n):
        chosen = np.array([bool(code >> i & 1) for i in range(s.n)])
        yield s.p ** chosen.sum() * (1 - s.p) ** (s.n - chosen.sum()), chosen


@checks(bound_step("gaussian_support", "oracle"), bound_step("gaussian_support", "projection"))
def _(s):
    from boundcalc.laws import Gaussian
    from boundcalc.moments import cumulants_from_moments, row_polynomials

    kappa = cumulants_from_moments([1.0] + [s.p * float(Gaussian().moment(2 * j).p) for j in range(1, s.m + 1)])
    C, D = row_polynomials(s.m, kappa, s.a, [0] + [s.Q(2 * j) for j in range(1, s.m + 1)])
    informed, cap = 0.0, 0.0
    for weight, chosen in supports(s):
        ranks = np.linalg.matrix_rank(s.W[:, chosen], tol=1e-9) if chosen.any() else 0
        informed += weight * ranks
        cap += weight * min(s.d, chosen.sum())
    if D.sum() > 0:
        yield "<=", C.sum() ** 2 / D.sum(), informed
    yield "<=", informed, cap


@proves(bound_step("random_directions", "average"))
def _():
    C, D, scale = sympy.symbols("C D s", positive=True)
    gap = C**2 / D - (2 * scale * C - scale**2 * D)
    assert sympy.simplify(gap - D * (scale - C / D) ** 2) == 0


@proves(bound_step("orthonormal", "value"))
def _():
    # A = c Id: row i has y_i = c x_i, so C_i = E x (c x)^m and D_i = E (c x)^{2m} with E x^k = p mu_k
    c, p = sympy.symbols("c p", positive=True)
    for m in (1, 3, 5, 7):
        alpha, beta, r = sympy.symbols("alpha beta r", positive=True)
        C, D = r * p * c**m * alpha, r * p * c ** (2 * m) * beta
        assert sympy.simplify(C**2 / D - r * p * alpha**2 / beta) == 0
        identity = Sample(2 * np.eye(2, 3), Problem(3, 2, m, "1/3", LAWS[2]))
        mu = identity.mu
        assert identity.C == pytest.approx(2 / 3 * 4**m * mu(m + 1), rel=1e-12)
        assert identity.D == pytest.approx(2 / 3 * 16**m * mu(2 * m), rel=1e-12)


@proves(bound_step("half_design", "power_sums"), bound_step("half_design", "value"))
def _():
    # 4 lines of the plane: squared cosines 1, 1/2, 0, 1/2, so Q_2k = 1 + 2/2^k; strength 6
    problem = Problem(4, 2, 3, "1/100", "laplace")
    kappa = Quantities(EXACT, problem).kappa
    C, D = row_polynomials(3, kappa, fmpq(1), [0] + [1 + fmpq(2, 2**k) for k in (1, 2, 3)])
    assert BOUNDS["half_design"].formula(Quantities(EXACT, problem), fmpq(4), fmpq(2)) == 4 * C**2 / D


@proves(bound_step("known_frame", "existence"))
def _():
    # one line against all others for every frame; tests/frames goes through all pairs, or an orbit's representatives
    for frame in FRAMES:
        if frame.key.startswith("plane_lines"):
            continue
        coordinates = construct(frame.key)
        assert (coordinates.n, coordinates.d) == (frame.n, frame.d)
        if frame.n <= 300:
            for j in range(1, 6):
                assert gram_power_sum(coordinates, 0, j) == Quadratic(frame.power_sum(j)), frame.key


@proves(bound_step("known_frame", "value"))
def _():
    # three lines at 60 degrees by enumeration of the states of a finite-support law, against the formula
    lines = Sample(np.array([[1, -0.5, -0.5], [0, math.sqrt(0.75), -math.sqrt(0.75)]]), Problem(3, 2, 3, "1/10", "rademacher"))
    q = Quantities(EXACT, lines.problem)
    value = BOUNDS["known_frame"].formula(q, fmpq(3), [simplex(2).power_sum(j) for j in range(4)])
    assert float(value.p) / float(value.q) == pytest.approx(lines.C**2 / lines.D, rel=1e-12)
