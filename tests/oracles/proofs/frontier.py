"""U9, m = 3: the sum over the rows against the supremum over t on a grid, for parameters of the two families of minorants."""

from __future__ import annotations

import numpy as np
from oracles.proofs.registry import checks
from oracles.samples import Sample

from boundcalc.numbers.moments import cumulants_from_moments


def members(d: int) -> list[tuple[float, float, float, float]]:
    """(x_3, y_3, x_2, y_2), from the formulas."""
    cubic = [((1 - u) ** 2, 6 * u / (d * (d + 2)) - u * u / d) for u in (0.2 / (d + 4), 1 / (d + 2), 3 / (d + 2))]
    square = [((1 - v) ** 2, 2 * v / d - v * v) for v in (0.3 / d, 1 / d, 1.5 / d)]
    return [(*three, *two) for three, two in zip(cubic, square, strict=True)]


@checks("frontier.rows", "frontier.capacity")
def _(s: Sample):
    _, k2, k4, k6 = cumulants_from_moments([1.0] + [s.p * s.mu(2 * k) for k in (1, 2, 3)])
    if s.m != 3 or min(k2, k4, k6) <= 0:
        return
    grid = np.geomspace(1e-9, 1, 4000)
    kept = s.a > 1e-9 * s.a.max(initial=1e-300)
    t = s.a[kept] ** 2 / s.Q(2)[kept]
    for x3, y3, x2, y2 in members(s.d):
        for share, pull in ((0.0, 0.0), (0.3, 0.1), (1.0, 0.0), (0.7, 2.0)):
            lam, nu = share * k4, pull * 15 * k4 * k2 * y2

            def g(t: np.ndarray, x3=x3, x2=x2, lam=lam, nu=nu) -> np.ndarray:
                inner = np.maximum(k4 - lam + 3 * k2**2 / t - nu / np.sqrt(t), 0)
                return inner**2 / (k6 * x3 + 15 * k4 * k2 * x2 / t + 15 * k2**3 / t**3)

            constant = lam**2 / (k6 * y3) + nu**2 / (15 * k4 * k2 * y2)
            yield "<=", s.C**2 / s.D if s.D > 0 else 0.0, constant + g(t).sum()
            yield "<=", g(t).sum(), min(s.n, s.d) * (g(grid) / grid).max() * (1 + 1e-5)
