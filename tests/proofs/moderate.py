"""Checks of the bounds at moderate and high p: dense features, Walsh frames, direct sums."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
import sympy
from proofs.registry import bound_step, checks, proves
from samples import LAWS, Sample

from boundcalc.bounds.lower.random_walsh import power_sums
from boundcalc.moments import cumulants_from_moments
from boundcalc.problem import Problem


def cumulants(s: Sample) -> list[float]:
    """κ_2, κ_4, κ_6 of x as entries 1 to 3."""
    return cumulants_from_moments([1.0] + [s.p * s.mu(2 * k) for k in (1, 2, 3)])


def is_dense(s: Sample) -> bool:
    return s.m == 3 and cumulants(s)[2] <= 1e-12


@checks(bound_step("dense", "bessel"))
def _(s):
    if s.m != 3:
        return
    kappa, second = cumulants(s), s.p * s.mu(2)
    F = s.mean(s.x[:, None, :] * s.x_hat[:, :, None]) / second
    B, q = s.A**3, s.Q(2)
    yield "=", F, kappa[2] / kappa[1] * B + 3 * kappa[1] * q[:, None] * s.A
    yield "<=", 2 * s.C - s.D, second * (2 * np.trace(F) - (F**2).sum())


@checks(bound_step("dense", "projection"))
def _(s):
    if is_dense(s):
        kappa, P = cumulants(s), s.range_projection
        B, q = s.A**3, s.Q(2)
        F = kappa[2] / kappa[1] * B + 3 * kappa[1] * q[:, None] * s.A
        left = 2 * np.trace(F) - (F**2).sum()
        outside = np.trace(B @ (np.eye(s.n) - P))
        # entries of F reach 1e9 for a huge column: P's rounding times |F|^2 is not a violation
        room = 1e-10 * (F**2).sum()
        yield "<=", left - room, np.trace(P) + 2 * kappa[2] / kappa[1] * outside + room
        yield ">=", outside + room, 0.0
        yield "<=", np.trace(P), min(s.n, s.d)


def unit_energy(s: Sample) -> tuple[float, float, float, np.ndarray, np.ndarray]:
    """p, c, k, X and B after x is scaled to μ_2 = 1."""
    fourth, sixth = s.mu(4) / s.mu(2) ** 2, s.mu(6) / s.mu(2) ** 3
    # x = sqrt(mu_2) z: the reconstruction of z has Gram matrix mu_2^{1/3} A
    A = s.A * s.mu(2) ** (1 / 3)
    c, k = 3 * s.p - fourth, sixth - 15 * s.p * fourth + 30 * s.p**2
    return s.p, c, k, 3 * s.p * (A**2).sum(1)[:, None] * A, A**3


@checks(bound_step("dense", "form"))
def _(s):
    if s.m == 3:
        p, c, k, X, B = unit_energy(s)
        form = 2 * np.trace(X - c * B) - 5 / 3 * (X**2).sum() + 5 * c * (X * B).sum() - k * (B**2).sum()
        yield "=", (2 * s.C - s.D) / (p * s.mu(2)), form


@checks(bound_step("dense", "relations"))
def _(s):
    if s.m == 3:
        p, _, _, X, B = unit_energy(s)
        yield ">=", (X * B).sum(), 3 * p * (B**2).sum()
        yield ">=", (X**2).sum(), 3 * p * (X * B).sum()
        yield ">=", np.trace(X), 3 * p * np.trace(B)


@checks(bound_step("dense", "multipliers"))
def _(s):
    if not is_dense(s):
        return
    p, c, k, X, B = unit_energy(s)
    P = s.range_projection
    rng = np.random.default_rng(1)
    for eta_1, eta_2, xi, zeta in [(0.0, 0.0, 0.0, 0.0), *rng.exponential(1, (20, 4))]:
        b = np.array([1 + xi, -c + zeta - 3 * p * xi])
        mixed = -(5 * c + eta_1 - 3 * p * eta_2) / 2
        M = np.array([[5 / 3 - eta_2, mixed], [mixed, k + 3 * p * eta_1]])
        if np.linalg.eigvalsh(M).min() > 1e-9:
            BP = B @ P
            middle = 2 * b[0] * np.trace(X @ P) + 2 * b[1] * np.trace(BP)
            middle -= M[0, 0] * (X**2).sum() + 2 * M[0, 1] * (X * BP).sum() + M[1, 1] * (BP**2).sum()
            room = 1e-9 * (1 + np.abs(M).max()) * ((X**2).sum() + (B**2).sum())
            yield "<=", (2 * s.C - s.D) / (p * s.mu(2)) - room, middle
            yield "<=", middle, min(s.n, s.d) * b @ np.linalg.solve(M, b) + room


def walsh(bits: int) -> np.ndarray:
    """The Walsh-Hadamard matrix of order 2^bits."""
    H = np.ones((1, 1), dtype=int)
    for _ in range(bits):
        H = np.block([[H, H], [H, -H]])
    return H


@proves(bound_step("random_walsh", "frame"))
def _():
    for bits, d in ((2, 3), (3, 5), (4, 7)):
        H = walsh(bits)
        assert (H @ H.T == 2**bits * np.eye(2**bits, dtype=int)).all()
        G = H[:d].T @ H[:d]
        assert (np.diag(G) == d).all()
        assert ((G**2).sum(1) * d == 2**bits * d * d).all()  # Q_2 = (1/d^2) sum G^2 = n'/d


@proves(bound_step("random_walsh", "tuples"))
def _():
    for bits, d in ((3, 4), (3, 6), (4, 5)):
        H, n = walsh(bits), 2**bits
        fourth, sixth, count = 0, 0, 0
        for rows in combinations(range(n), d):
            G = H[list(rows)].T @ H[list(rows)]
            fourth, sixth, count = fourth + int((G[0] ** 4).sum()), sixth + int((G[0] ** 6).sum()), count + 1
        told = power_sums(Fraction(n), Fraction(d))
        assert told[2] == Fraction(fourth, count * d**4)
        assert told[3] == Fraction(sixth, count * d**6)


@proves(bound_step("random_walsh", "average"))
def _():
    C, D, scale = sympy.symbols("C D s", positive=True)
    assert sympy.simplify(C**2 / D - (2 * scale * C - scale**2 * D) - D * (scale - C / D) ** 2) == 0


@proves(bound_step("direct_sum", "sum"))
def _():
    rng = np.random.default_rng(3)
    for m in (1, 3, 5):
        one, other = rng.standard_normal((1, 2)), rng.standard_normal((2, 2))
        both = np.block([[one, np.zeros((1, 2))], [np.zeros((2, 2)), other]])
        law = LAWS[1]
        parts = [Sample(W, Problem(W.shape[1], W.shape[0], m, "1/3", law)) for W in (one, other, both)]
        gains = [2 * s.C - s.D for s in parts]
        assert gains[2] == pytest.approx(gains[0] + gains[1], rel=1e-11)
