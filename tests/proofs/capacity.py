"""U7 and U8: the program's polynomials of a row, against the states of the features."""

from __future__ import annotations

import numpy as np
from flint import fmpq
from proofs.registry import checks
from samples import Sample

from boundcalc.bounds.upper.row_forms import has_nonnegative_cumulants, row_parts
from boundcalc.moments import cumulants_from_moments


def used(s: Sample) -> np.ndarray:
    return s.a > 1e-6 * s.a.max(initial=1e-300)


def crowding(s: Sample) -> np.ndarray:
    """q_i/a_i² − 1 of the rows with a_i > 0."""
    return np.maximum(s.Q(2)[used(s)] / s.a[used(s)] ** 2 - 1, 0)


def row_C(s: Sample) -> np.ndarray:
    return s.mean(s.x * s.x_hat)


def least(s: Sample, removed: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """C̃_0 and D̃_0 − removed·(pure term), from the exact polynomials of the program."""
    w = crowding(s)
    gain, energy, pure = ([float(c.p) / float(c.q) for c in part.coeffs()][::-1] for part in row_parts(s.problem))
    return np.polyval(gain, w), np.polyval(energy, w) - removed * np.polyval(pure, w)


@checks("capacity.least")
def _(s: Sample):
    if has_nonnegative_cumulants(s.problem):
        gain, energy = least(s)
        yield "<=", (row_C(s) ** 2 / np.where(s.D_rows > 0, s.D_rows, 1))[used(s)], gain**2 / energy


@checks("capacity_welch.shifted_rows")
def _(s: Sample):
    if not has_nonnegative_cumulants(s.problem):
        return
    moments = [fmpq(1)] + [s.problem.p * s.problem.law.moment(2 * k) for k in range(1, s.m + 1)]
    last = cumulants_from_moments(moments)[s.m]
    pure, alone = float(last.p) / float(last.q), s.p * s.mu(s.m + 1)
    for theta, share in ((0.2, 0.1), (0.9, 0.5), (0.9, 0.9)):
        left = 2 * (row_C(s) - share * alone * s.a**s.m) - (s.D_rows - theta * pure * s.Q(2 * s.m))
        gain, energy = least(s, theta)
        yield "<=", left[used(s)], (gain - share * alone) ** 2 / energy
