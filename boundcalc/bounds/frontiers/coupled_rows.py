"""Computes the row function of U11 for m = 3 in floating point: its value at the best e of a row, and where it is greatest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from boundcalc.bounds.frontiers.coupled import RowScale
from boundcalc.bounds.frontiers.row_program import Array, RowPoints, Solution, octaves
from boundcalc.numbers.enclosure import to_float

PRICE = 1e-9
"""A z' of a smaller part of z is left out."""
MOST_CONTACTS = 8
END = 1e-6
_ZOOM = 7
_PART = np.arange(9) / 8


@dataclass(frozen=True)
class FloatScale:
    """The constants of the row function as floats."""

    ts: float
    c: float
    b: float
    k: float
    h: float

    @classmethod
    def of(cls, exact: RowScale) -> FloatScale:
        """Those of the exact ones."""
        return cls(*(to_float(value) for value in (exact.ts, exact.c, exact.b, exact.k, exact.h)))

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

    def w_of(self, rho: Array, theta: Array) -> Array:
        """w."""
        return 2.5 * self.h * (1 - rho * rho) * theta

    def needed(self, s: Solution, u: Array, theta: Array, rho: Array) -> Array:
        """θ u N_+²/(u + Z'θ/Z)/E at these rows, to be at most Z; infinity where E is not positive."""
        w = self.w_of(rho, theta)
        near = u + self.c * w
        inner = np.maximum(u + self.c - s.multiplier[0] * near - s.multiplier[1] * rho * np.sqrt(u), 0)
        energy = s.x[0] * u * near * near + self.b * s.x[1] * rho * rho * u * u + self.k * (1 - 0.6 * w * w / self.h)
        share = 1.0 if s.tau <= PRICE * s.sigma else u / (u + s.tau * theta / (self.ts * s.sigma))
        return np.where(energy > 1e-6 * self.k, theta * share * inner * inner / np.maximum(energy, 1e-300), np.inf)

    def best(self, s: Solution, u: Array, theta: Array, steps: int = 16, rounds: int = 2) -> tuple[Array, Array]:
        """The least of ``needed`` over ρ for each row, and that ρ."""
        shape, each = u.shape, np.arange(u.size)
        u, theta = u.reshape(-1, 1), theta.reshape(-1, 1)
        most = np.minimum(2.5 * self.h * theta, np.sqrt(self.h / 0.6))
        rho = 1 - (1 - self.rho_of(most, theta)) * (np.arange(steps + 1) / steps)
        for k in range(rounds + 1):
            found = self.needed(s, u, theta, rho)
            at = found.argmin(axis=1)
            if k < rounds:
                low = rho[each, np.maximum(at - 1, 0)][:, None]
                high = rho[each, np.minimum(at + 1, rho.shape[1] - 1)][:, None]
                rho = low + (high - low) * _PART
        return found[each, at].reshape(shape), rho[each, at].reshape(shape)

    def contact_rows(self, s: Solution, u: Array, theta: Array) -> tuple[Array, Array]:
        """u, θ and the best ρ of rows, and which of them are not at an end."""
        rho = self.best(s, u, theta, rounds=4)[1]
        theta = np.where(theta > 1 - END, 1.0, theta)
        inside = np.stack([u > 0, (theta < 1) & (theta > self.ts * u * (1 + END)), (rho > END) & (rho < 1 - END)])
        return np.stack([u, theta, np.where(rho > 1 - END, 1.0, np.where(rho < END, 0.0, rho))]), inside

    def grid(self, least: float, steps: int, thetas: int) -> tuple[Array, Array]:
        """Rows over the whole domain: u = 0 and from ``least`` up to 1/ts, θ from u ts up to 1."""
        top = 1 / self.ts
        u = np.concatenate([[0.0], octaves(min(least, top / 4), top, steps)])
        low = np.minimum(np.maximum(self.ts * u, 2.0**-8), 1.0)
        theta = low[:, None] + (1 - low[:, None]) * (np.arange(thetas) / (thetas - 1))
        return np.broadcast_to(u[:, None], theta.shape).copy(), theta

    def contacts(self, s: Solution, wide: tuple[Array, Array], rounds: int) -> tuple[Array, Array, Array]:
        """u, θ and value of the greatest rows, located between the points of a grid by grids that are finer and finer."""
        needed, _ = self.best(s, *wide, steps=8)
        once = np.concatenate([np.ones((len(needed), 1), bool), np.diff(wide[1], axis=1) > 0], axis=1)  # at t = 1 θ = 1 alone
        at = np.argwhere(peaks(needed) & once & (needed > needed.max() / 2))
        at = at[np.argsort(-needed[at[:, 0], at[:, 1]], kind="stable")[:MOST_CONTACTS]]
        if not len(at):  # no row needs anything
            at = np.argwhere(needed == needed.max())[:1]
        (rows, columns), (i, j) = needed.shape, at.T
        low = [wide[0][np.maximum(i - 1, 0), j], wide[1][i, np.maximum(j - 1, 0)]]
        high = [wide[0][np.minimum(i + 1, rows - 1), j], wide[1][i, np.minimum(j + 1, columns - 1)]]
        part, each = np.arange(_ZOOM) / (_ZOOM - 1), np.arange(len(at))
        u, theta, value = wide[0][i, j], wide[1][i, j], needed[i, j]
        for _ in range(rounds):
            around = [(a[:, None] + (b - a)[:, None] * part) for a, b in zip(low, high, strict=True)]
            x = np.repeat(around[0][:, :, None], _ZOOM, axis=2)
            y = np.maximum(np.repeat(around[1][:, None, :], _ZOOM, axis=1), np.minimum(self.ts * x, 1))
            near = self.best(s, x, y, steps=8)[0].reshape(len(at), _ZOOM**2)
            k, m = np.divmod(near.argmax(axis=1), _ZOOM)
            found = near.max(axis=1)
            better = found > value
            u, theta = np.where(better, x[each, k, m], u), np.where(better, y[each, k, m], theta)
            value = np.maximum(found, value)
            places = zip(around, (k, m), strict=True)
            ends = [(row[each, np.maximum(n - 1, 0)], row[each, np.minimum(n + 1, _ZOOM - 1)]) for row, n in places]
            low, high = [end[0] for end in ends], [end[1] for end in ends]
        return u, theta, self.best(s, u, theta, rounds=6)[0]


def peaks(values: Array) -> Array:
    """Which entries of an array are at least their neighbours, those at its corners too."""
    most = values
    for axis in range(values.ndim):
        first = [slice(None)] * values.ndim
        last = list(first)
        first[axis], last[axis] = slice(None, -1), slice(1, None)
        near = most.copy()
        np.maximum(near[tuple(first)], most[tuple(last)], out=near[tuple(first)])
        np.maximum(near[tuple(last)], most[tuple(first)], out=near[tuple(last)])
        most = near
    return values >= most
