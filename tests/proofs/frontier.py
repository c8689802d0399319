"""Checks of U9: the frontier of a diagonal and a global term."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy
from proofs.foundation import cosines
from proofs.moderate import cumulants
from proofs.registry import bound_step, checks, proves, step
from samples import Sample

from boundcalc.bounds.upper.frontier_terms import terms
from boundcalc.lemmas import frontier
from boundcalc.moments import cumulants_from_moments


def minorants(d: int) -> Iterator[tuple[int, np.ndarray, float, float]]:
    """(k, coefficients of h in powers of u, x, y) of the two families, written out from their formulas."""
    for u in (0.2 / (d + 4), 1 / (d + 2), 3 / (d + 2), 12 / (d + 4)):
        yield 3, np.array([0, -u * u, 2 * u]), (1 - u) ** 2, 6 * u / (d * (d + 2)) - u * u / d
    for v in (0.3 / d, 1 / d, 0.8):
        yield 2, np.array([-v * v, 2 * v]), (1 - v) ** 2, 2 * v / d - v * v


def weights(s: Sample, k: int) -> np.ndarray:
    """ω = a³ for the pure term, √q a² for the mixed one."""
    return s.a**3 if k == 3 else np.sqrt(s.Q(2)) * s.a**2


@checks(step(frontier.LEMMA, "below"))
def _(s):
    for k, h, x, _ in minorants(s.d):
        omega, u = weights(s, k), cosines(s)
        yield ">=", omega @ (u**k - np.polyval(h[::-1], u)) @ omega, x * (omega**2).sum()


@checks(step(frontier.LEMMA, "count"))
def _(s):
    for k in (2, 3):
        omega = weights(s, k)
        yield ">=", (omega**2).sum(), omega.sum() ** 2 / s.n


def every_cumulant(s: Sample) -> list[float]:
    return cumulants_from_moments([1.0] + [s.p * s.mu(2 * k) for k in range(1, s.m + 1)])


@checks(bound_step("frontier", "energy"))
def _(s):
    kappa, sums = every_cumulant(s), [0, *(s.Q(2 * j) for j in range(1, s.m + 1))]
    yield "=", s.D_rows, sum(t.coefficient(kappa) * t.factor(sums) * sums[t.order] for t in terms(s.m)) + 0 * s.a
    if s.m == 3:
        yield "=", s.D, kappa[3] * s.T + (15 * kappa[2] * kappa[1] * s.Q(4) * s.Q(2) + 15 * kappa[1] ** 3 * s.Q(2) ** 3).sum()
        yield "<=", s.Q(6), s.Q(4) * s.Q(2)


@checks(bound_step("frontier", "symmetrise"))
def _(s):
    for f in (s.Q(2), s.Q(4), s.Q(2) * s.Q(4), s.Q(2) ** 3):
        for power in (2, 4, 6, 8):
            yield ">=", (f[:, None] * s.A**power).sum(), np.sqrt(f) @ s.A**power @ np.sqrt(f)


@checks(bound_step("frontier", "split"))
def _(s):
    for k, _, x, y in minorants(s.d):
        for f in (np.ones(s.n), s.Q(2), s.Q(2) * s.Q(4)):
            total, omega = f * s.Q(2 * k), np.sqrt(f) * s.a**k
            for share in (0.0, 0.6, 1.0):
                least = (1 - share) * total.sum() + share * (x * (omega**2).sum() + y * omega.sum() ** 2)
                yield ">=", total.sum(), least


def applies(s: Sample) -> bool:
    return s.m == 3 and min(cumulants(s)[2:]) > 0


def row_gain(s: Sample, share: float, pull: float, x3: float, x2: float, y2: float) -> tuple[float, float, np.ndarray, float]:
    """λ, ν, the g(t_i) of the rows that are not zero, and sup g(t)/t on a grid."""
    _, k2, k4, k6 = cumulants(s)
    lam, nu = share * k4, pull * 15 * k4 * k2 * y2

    def g(t):
        inner = np.maximum(k4 - lam + 3 * k2**2 / t - nu / np.sqrt(t), 0)
        return inner**2 / (k6 * x3 + 15 * k4 * k2 * x2 / t + 15 * k2**3 / t**3)

    used = s.a > 1e-9 * s.a.max(initial=1e-300)
    grid = np.geomspace(1e-9, 1, 4000)
    return lam, nu, g(s.a[used] ** 2 / s.Q(2)[used]), float((g(grid) / grid).max())


@checks(bound_step("frontier", "rows"), bound_step("frontier", "capacity"))
def _(s):
    if not applies(s):
        return
    _, k2, k4, k6 = cumulants(s)
    pure = [(x, y) for k, _, x, y in minorants(s.d) if k == 3 and y > 0]
    mixed = [(x, y) for k, _, x, y in minorants(s.d) if k == 2 and y > 0]
    for (x3, y3), (x2, y2) in zip(pure, mixed, strict=False):
        for share, pull in ((0.0, 0.0), (0.3, 0.1), (1.0, 0.0), (0.7, 2.0)):
            lam, nu, gains, slope = row_gain(s, share, pull, x3, x2, y2)
            constant = lam**2 / (k6 * y3) + nu**2 / (15 * k4 * k2 * y2)
            yield "<=", s.C**2 / s.D if s.D > 0 else 0.0, constant + gains.sum()
            yield "<=", gains.sum(), min(s.n, s.d) * slope * (1 + 1e-5)


@proves(bound_step("frontier", "linearise"))
def _():
    c, y, s, nu = sympy.symbols("c y s nu", positive=True)
    assert sympy.simplify(nu**2 / (c * y) - 2 * nu * s + c * y * s**2 - c * y * (s - nu / (c * y)) ** 2) == 0
