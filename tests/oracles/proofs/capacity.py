"""U7 and U8: the program's polynomials of a row, against the states of the features."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from flint import fmpq
from oracles.proofs.registry import checks
from oracles.samples import Sample

from boundcalc.bounds.rows.forms import has_nonnegative_cumulants, row_parts
from boundcalc.bounds.rows.moments import moment_piece
from boundcalc.lemmas.row import least_share
from boundcalc.numbers.moments import cumulants_from_moments


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


@checks("capacity.log_convex")
def _(s: Sample):
    """Every row against the piece of the whole box and of a small box about its own ratios."""
    if s.m < 5 or s.n < 2:
        return
    A, a, w = s.A[used(s)], s.a[used(s)], crowding(s)
    g = [(A ** (2 * j)).sum(1) / a ** (2 * j) - 1 for j in range(1, (s.m + 1) // 2)]
    found = (row_C(s) ** 2 / np.where(s.D_rows > 0, s.D_rows, 1))[used(s)]
    whole = ((least_share(s.n), fmpq(1)),) * (len(g) - 1)
    for i in np.flatnonzero(w > 1e-6):
        theta = [int(2**20 * up[i] / (w[i] * low[i])) for low, up in pairwise(g)]
        for box in (whole, tuple((fmpq(max(t - 1, 0), 2**20), fmpq(t + 2, 2**20)) for t in theta)):
            piece = moment_piece(s.problem, box)
            gain, energy = (
                np.polyval([float(c.p) / float(c.q) for c in x.coeffs()][::-1], w[i]) for x in (piece.gain, piece.energy)
            )
            yield "<=", found[i], gain**2 / energy
