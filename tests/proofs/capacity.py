"""Checks of U7 and U8: the row function, its least power sums, and the sum over the rows."""

from __future__ import annotations

import math

import numpy as np
import sympy
from flint import fmpq
from proofs.foundation import tau
from proofs.registry import bound_step, checks, proves, step
from samples import Sample

from boundcalc.bounds.upper.row_forms import has_nonnegative_cumulants, row_parts
from boundcalc.lemmas import row
from boundcalc.moments import cumulants_from_moments, moments_from_cumulants


def cumulants(s: Sample) -> list[float]:
    """κ_2, …, κ_{2m} of x as entries 1 to m."""
    moments = [fmpq(1)] + [s.problem.p * s.problem.law.moment(2 * k) for k in range(1, s.m + 1)]
    return [float(fmpq(k).p) / float(fmpq(k).q) for k in cumulants_from_moments(moments)]


def used(s: Sample) -> np.ndarray:
    return s.a > 1e-6 * s.a.max(initial=1e-300)


def normalised(s: Sample) -> list[np.ndarray]:
    """g_0 = n − 1, g_1, …, g_m of the rows with a_i > 0, scaled to a_i = 1."""
    A = s.A[used(s)] / s.a[used(s)][:, None]
    return [np.full(len(A), s.n - 1.0)] + [np.maximum((A ** (2 * j)).sum(1) - 1, 0) for j in range(1, s.m + 1)]


def row_C(s: Sample) -> np.ndarray:
    return s.mean(s.x * s.x_hat)


def ratio(s: Sample) -> np.ndarray:
    """C_i²/D_i of the rows with a_i > 0."""
    return (row_C(s) ** 2 / np.where(s.D_rows > 0, s.D_rows, 1))[used(s)]


def least(s: Sample, w: np.ndarray, removed: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """C̃_0 and D̃_0 − removed·(pure term), from the exact polynomials of the program."""
    gain, energy, pure = ([float(c.p) / float(c.q) for c in part.coeffs()][::-1] for part in row_parts(s.problem))
    return np.polyval(gain, w), np.polyval(energy, w) - removed * np.polyval(pure, w)


@proves(step(row.LEMMA, "square"), bound_step("capacity_welch", "linear"))
def _():
    C, D, A, S, lam = sympy.symbols("C D A S lambda", positive=True)
    assert sympy.simplify(C**2 / D - (2 * C - D) - (C - D) ** 2 / D) == 0
    assert sympy.simplify(lam**2 / A - 2 * lam * S + A * S**2 - (A * S - lam) ** 2 / A) == 0


@checks(step(row.LEMMA, "scaling"))
def _(s):
    c = 1.7
    y = s.y * c
    yield "=", s.mean(s.x * y**s.m), c**s.m * row_C(s)
    yield "=", s.mean(y ** (2 * s.m)), c ** (2 * s.m) * s.D_rows


@checks(step(row.LEMMA, "power_sums"))
def _(s):
    g = normalised(s)
    for j in range(1, s.m):
        size = g[1] ** (2 * j)
        yield ">=", g[j - 1] * g[j + 1] / (1 + size), g[j] ** 2 / (1 + size)
    if s.n > 1:
        for j in range(2, s.m + 1):
            yield ">=", g[j] / (1 + g[1] ** j), g[1] ** j / (s.n - 1) ** (j - 1) / (1 + g[1] ** j)


@proves(step(row.LEMMA, "monotone"))
def _():
    for m in (3, 5):
        kappa = sympy.symbols(f"k1:{m + 1}")
        M = moments_from_cumulants([0, *kappa])
        for j in range(1, m + 1):
            assert sympy.expand(sympy.diff(M[m], kappa[j - 1]) - math.comb(2 * m, 2 * j) * M[m - j]) == 0


@checks(bound_step("capacity", "rows"))
def _(s):
    yield "<=", 2 * s.C - s.D, ratio(s).sum() + 1e-9 * s.D
    yield "<=", (1 / (1 + normalised(s)[1])).sum(), min(s.n, s.d)


@checks(bound_step("capacity", "line"))
def _(s):
    t, h = 1 / (1 + normalised(s)[1]), ratio(s)
    if not len(t):
        return
    yield "<=", h.sum(), min(s.n, s.d) * (h / t).max()
    for slope in (0.0, 0.3 * (h / t).max(), (h / t).max()):
        yield "<=", h.sum(), s.n * max(0.0, (h - slope * t).max()) + slope * min(s.n, s.d)


@checks(bound_step("capacity", "least"))
def _(s):
    if has_nonnegative_cumulants(s.problem):
        gain, energy = least(s, normalised(s)[1])
        yield "<=", ratio(s), gain**2 / energy


@checks(bound_step("capacity", "negative_sixth"))
def _(s):
    _, k2, k4, k6 = cumulants(s)[:4]
    if s.m == 3 and k4 >= 0 > k6 and s.n > 1:
        _, w, g2, g3 = normalised(s)
        scale = 1 + w**3
        yield "<=", g3 / scale, w * g2 / scale
        change = 15 * k4 * k2 * (1 + w) + k6 * w
        rest = k6 + 15 * k4 * k2 * (1 + w) + 15 * k2**3 * (1 + w) ** 3
        energy = s.D_rows[used(s)] / s.a[used(s)] ** 6
        yield ">=", energy / scale, (rest + np.minimum(w**2 / (s.n - 1) * change, w**2 * change)) / scale


@checks(bound_step("capacity", "moments"))
def _(s):
    if s.m == 3:
        v = s.p * s.mu(2) * normalised(s)[1]
        a, scale = s.a[used(s)], 1 + v**3
        energy = s.p * s.mu(6) + 15 * s.p * s.mu(4) * v + 15 * s.p * s.mu(2) * v**2 + v**3
        yield ">=", s.D_rows[used(s)] / a**6 / scale, energy / scale
        yield "=", row_C(s)[used(s)] / a**3 / (1 + v), (s.p * s.mu(4) + 3 * s.p * s.mu(2) * v) / (1 + v)


@checks(bound_step("capacity_welch", "split"))
def _(s):
    pure = cumulants(s)[s.m]
    for theta in (0.3, 1.0):
        if pure >= 0:
            rest = s.D_rows - theta * pure * s.Q(2 * s.m)
            yield ">=", s.D, theta * pure / min(s.n, tau(s)) * s.S**2 + rest.sum()


@checks(bound_step("capacity_welch", "shifted_rows"))
def _(s):
    if not has_nonnegative_cumulants(s.problem):
        return
    pure, alone = cumulants(s)[s.m], s.p * s.mu(s.m + 1)
    a = s.a[used(s)]
    for theta, share in ((0.2, 0.1), (0.9, 0.5), (0.9, 0.9)):
        left = 2 * (row_C(s) - share * alone * s.a**s.m) - (s.D_rows - theta * pure * s.Q(2 * s.m))
        gain, energy = least(s, normalised(s)[1], theta)
        yield "<=", left[used(s)] * (a > 0), (gain - share * alone) ** 2 / energy
