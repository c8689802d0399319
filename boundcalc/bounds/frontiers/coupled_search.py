"""Parameters of U11 for m = 3 in floating point: the cone program for fixed e, and the best e of each row, in turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from boundcalc.bounds.frontiers.coupled import RowScale
from boundcalc.bounds.frontiers.cubic_search import Members, octaves
from boundcalc.bounds.frontiers.rounding import as_float
from boundcalc.bounds.frontiers.row_program import Array, RowPoints, RowProgram, Solution

ROUNDS = 6
PRICE = 1e-12


@dataclass(frozen=True)
class Scale:
    """The constants of the row function as floats."""

    ts: float
    c: float
    b: float
    k: float
    h: float

    @classmethod
    def of(cls, exact: RowScale) -> Scale:
        """Those of the exact ones."""
        return cls(*(as_float(value) for value in (exact.ts, exact.c, exact.b, exact.k, exact.h)))

    def rho_of(self, w: Array, theta: Array) -> Array:
        """ρ."""
        return np.sqrt(np.maximum(1 - w / (2.5 * self.h * theta), 0))

    def rows(self, u: Array, theta: Array, w: Array) -> RowPoints:
        """Row points for the program."""
        rho = self.rho_of(w, theta)
        near = u + self.c * w
        return RowPoints(
            u + self.c,
            self.k * (1 - 0.6 * w * w / self.h),
            self.ts / theta,
            1 / np.maximum(u, 1e-300),
            np.stack([near, rho * np.sqrt(u)]),
            np.stack([u * near * near, self.b * rho * rho * u * u]),
            np.zeros((2, len(u))),
        )

    def needed(self, s: Solution, u: Array, theta: Array, rho: Array) -> Array:
        """θ u N_+²/(u + Z'θ/Z)/E at these rows, to be at most Z; infinity where E is not positive."""
        w = 2.5 * self.h * (1 - rho * rho) * theta
        near = u + self.c * w
        inner = np.maximum(u + self.c - s.multiplier[0] * near - s.multiplier[1] * rho * np.sqrt(u), 0)
        energy = s.x[0] * u * near * near + self.b * s.x[1] * rho * rho * u * u + self.k * (1 - 0.6 * w * w / self.h)
        share = 1.0 if s.tau <= PRICE * s.sigma else u / (u + s.tau * theta / (self.ts * s.sigma))
        return np.where(energy > 1e-6 * self.k, theta * share * inner * inner / np.maximum(energy, 1e-300), np.inf)

    def best(self, s: Solution, u: Array, theta: Array, steps: int = 16, rounds: int = 2) -> tuple[Array, Array]:
        """The least of ``needed`` over ρ for each row, and that ρ."""
        most = np.minimum(2.5 * self.h * theta, np.sqrt(self.h / 0.6))
        first = self.rho_of(most, theta)[..., None]
        rho = 1 - (1 - first) * (np.arange(steps + 1) / steps)
        for _ in range(rounds + 1):
            found = self.needed(s, u[..., None], theta[..., None], rho)
            at = found.argmin(-1)[..., None]
            low = np.take_along_axis(rho, np.maximum(at - 1, 0), -1)
            high = np.take_along_axis(rho, np.minimum(at + 1, rho.shape[-1] - 1), -1)
            best, where = np.take_along_axis(found, at, -1)[..., 0], np.take_along_axis(rho, at, -1)[..., 0]
            rho = low + (high - low) * (np.arange(11) / 10)
        return best, where

    def grid(self, steps: int, thetas: int) -> tuple[Array, Array]:
        """Rows over the whole domain: u from 0 up to 1/ts, θ from u ts up to 1."""
        top = 1 / self.ts
        u = np.concatenate([[0.0], octaves(min(2.0**-6, top / 4), top, steps)])
        least = np.minimum(np.maximum(self.ts * u, 2.0**-8), 1.0)
        theta = least[:, None] + (1 - least[:, None]) * (np.arange(thetas) / (thetas - 1)) ** 2
        return np.broadcast_to(u[:, None], theta.shape).copy(), theta


def peaks(values: Array) -> Array:
    """Which entries of a two-dimensional array are at least their neighbours."""
    padded = np.pad(values, 1, constant_values=-np.inf)
    found = np.ones(values.shape, bool)
    for i in range(3):
        for j in range(3):
            if (i, j) != (1, 1):
                found &= values >= padded[i : i + values.shape[0], j : j + values.shape[1]]
    return found
