r"""Writes out the row functions of U9 and U11 for m = 3 with their derivatives, in floating point and for any contact.

U9 has the coordinate q = 1/t: gain = kappa_4 + 3 kappa_2^2 q, base = 15 kappa_2^3 q^3, l = t, o = 1; f~ = 1 and q, each with its
least value for n features. U11 has (u, theta, rho), t = ts u and theta = t/l, with w = (5h/2)(1 - rho^2) theta:

    gain = u + c,   base = k (1 - 3 w^2/(5 h)),   l = ts/theta,   o = 1/u,
    b = u + c w and rho sqrt(u),   e = u (u + c w)^2 and b rho^2 u^2,   nothing is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from boundcalc.bounds.frontiers.optimality import RowTerms
from boundcalc.bounds.frontiers.row_program import Array

_TINY = 1e-100


@dataclass(frozen=True)
class FrontierRows:
    """The row function of U9.

    Attributes
    ----------
    fourth, second, rest : float
        κ_4, 3κ_2² and 15κ_2³.
    orders, coefficients : sequences
        3 and 2, and c of each.
    beside : float
        1/(n − 1), 0 for infinitely many features.
    """

    fourth: float
    second: float
    rest: float
    orders: Sequence[int]
    coefficients: Sequence[float]
    beside: float

    def at(self, coordinates: Array) -> tuple[RowTerms, RowTerms]:
        """The terms and their derivatives in q."""
        q = coordinates[0]
        one, zero, root, part = np.ones_like(q), np.zeros_like(q), np.sqrt(q), self.beside
        gap = q - 1
        values = RowTerms(self.fourth + self.second * q, self.rest * (q * q * q), 1 / q, one, [], [], [])
        slopes = RowTerms(self.second * one[None], 3 * self.rest * (q * q)[None], -1 / (q * q)[None], zero[None], [], [], [])
        for k, c in zip(self.orders, self.coefficients, strict=True):
            values.multiplier.append(one if k == 3 else root)
            slopes.multiplier.append((zero if k == 3 else 0.5 / root)[None])
            values.energy.append(c * (one if k == 3 else q))
            slopes.energy.append((zero if k == 3 else c * one)[None])
            values.kept.append(c * (1 + part * part * (gap * gap * gap) if k == 3 else q * (1 + part * gap * gap)))
            slopes.kept.append((c * (3 * part * part * gap * gap if k == 3 else 1 + part * gap * (3 * q - 1)))[None])
        return values, slopes


@dataclass(frozen=True)
class CoupledRows:
    """The row function of U11; ts, c, b, k and h as in :mod:`boundcalc.bounds.frontiers.coupled`."""

    ts: float
    c: float
    b: float
    k: float
    h: float

    def at(self, coordinates: Array) -> tuple[RowTerms, RowTerms]:
        """The terms and their derivatives in u, θ and ρ."""
        u, theta, rho = coordinates
        u = u + _TINY  # a row of u = 0 stands for those of tiny features
        one, zero, root, spread = np.ones_like(u), np.zeros_like(u), np.sqrt(u), 2.5 * self.h
        w = spread * (1 - rho * rho) * theta
        of_theta, of_rho = spread * (1 - rho * rho), -2 * spread * rho * theta
        near, square = u + self.c * w, rho * rho
        bent = -1.2 * self.k * w / self.h
        energy = [u * near * near, self.b * square * u * u]
        values = RowTerms(
            u + self.c, self.k * (1 - 0.6 * w * w / self.h), self.ts / theta, 1 / u, [near, rho * root], energy, [zero, zero]
        )
        slopes = RowTerms(
            np.stack([one, zero, zero]),
            np.stack([zero, bent * of_theta, bent * of_rho]),
            np.stack([zero, -self.ts / (theta * theta), zero]),
            np.stack([-1 / (u * u), zero, zero]),
            [np.stack([one, self.c * of_theta, self.c * of_rho]), np.stack([0.5 * rho / root, zero, root])],
            [
                np.stack([near * near + 2 * u * near, 2 * u * near * self.c * of_theta, 2 * u * near * self.c * of_rho]),
                np.stack([2 * self.b * square * u, zero, 2 * self.b * rho * u * u]),
            ],
            [np.stack([zero, zero, zero])] * 2,
        )
        return values, slopes
