"""Parameters of U11 for m = 3 in floating point: the cone program for fixed e, and the best e of each row, in turn."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from flint import fmpq

from boundcalc.bounds.frontiers.coupled import CoupledChoice, RowScale
from boundcalc.bounds.frontiers.coupled_proof import RowFunction, prove
from boundcalc.bounds.frontiers.cubic_search import Members, octaves
from boundcalc.bounds.frontiers.members import Member, mixture
from boundcalc.bounds.frontiers.rounding import as_float, rational
from boundcalc.bounds.frontiers.row_program import Array, RowPoints, RowProgram, Solution
from boundcalc.model.problem import Problem
from boundcalc.numbers.errors import CertificationError

ROUNDS = 8
CLOSE = 1e-6
PRICE = 1e-9
"""A z' of a smaller part of z is left out."""
NEGLIGIBLE = 1e-9
DIGITS = 8
"""Significant digits of the parameters."""
FEWEST = 16
"""The rows that stay from one program to the next."""
ROOM = 1e-5
"""By what part z exceeds the largest row that floats find."""
LEAST_SCALE = 2.0**-40
"""Below this ts (p near 1e-18) the program leaves what the solver can; the closed form of U12 is within 1e-6 of it there."""
LEAST_INFINITE, LEAST_FINITE = 2.0**-6, 2.0**-16
"""The least u > 0 of the grids."""


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

    def grid(self, least: float, steps: int, thetas: int) -> tuple[Array, Array]:
        """Rows over the whole domain: u = 0 and from ``least`` up to 1/ts, θ from u ts up to 1."""
        top = 1 / self.ts
        u = np.concatenate([[0.0], octaves(min(least, top / 4), top, steps)])
        low = np.minimum(np.maximum(self.ts * u, 2.0**-8), 1.0)
        part = np.arange(thetas) / (thetas - 1)
        theta = low[:, None] + (1 - low[:, None]) * (part * part)
        return np.broadcast_to(u[:, None], theta.shape).copy(), theta

    def largest(self, s: Solution, least: float) -> float:
        """The greatest of the rows' least ``needed``, to about seven digits."""
        u, theta = self.grid(least, 6, 13)
        found = self.best(s, u, theta)[0]
        top = float(found.max())
        for i, j in np.argwhere(peaks(found) & (found > 0.97 * top)):
            us, thetas = u[max(i - 1, 0) : i + 2, 0][[0, -1]], theta[i, max(j - 1, 0) : j + 2][[0, -1]]
            for _ in range(5):
                around = [low + (high - low) * (np.arange(7) / 6) for low, high in (us, thetas)]
                x, y = np.meshgrid(*around, indexing="ij")
                near = self.best(s, x, np.maximum(y, np.minimum(self.ts * x, 1)), rounds=4)[0]
                top = max(top, float(near.max()))
                at = np.unravel_index(near.argmax(), near.shape)
                us, thetas = (row[[max(k - 1, 0), min(k + 1, 6)]] for row, k in zip(around, at, strict=True))
        return top


def peaks(values: Array) -> Array:
    """Which entries of a two-dimensional array are at least their neighbours."""
    padded = np.pad(values, 1, constant_values=-np.inf)
    found = np.ones(values.shape, bool)
    for i in range(3):
        for j in range(3):
            if (i, j) != (1, 1):
                found &= values >= padded[i : i + values.shape[0], j : j + values.shape[1]]
    return found


def search(problem: Problem, frontier: fmpq) -> CoupledChoice | None:
    """The best parameters found, z proven for them; ``None`` where they are not below the value of ``frontier``."""
    exact = RowScale.of(problem)
    scale, size = Scale.of(exact), as_float(frontier / exact.unit)
    if scale.ts < LEAST_SCALE:
        return None
    n = np.inf if problem.is_infinite else float(problem.n)
    centre = scale.rows(np.array([1.0]), np.array([1.0]), np.array([0.0]))
    program = RowProgram(
        float(problem.rank), n, [1.0, scale.b], as_float(rational(size, 2)), centre, [np.inf, np.inf], shares=False
    )
    members, least = Members(problem.d, (3, 2)), LEAST_INFINITE if problem.is_infinite else LEAST_FINITE
    u, theta, w = _first_rows(scale, least)
    wide = scale.grid(least, 3, 9)
    best: tuple[float, Solution, list[list[Member]]] | None = None
    before = np.inf
    for _ in range(ROUNDS):
        s = program.solve(scale.rows(u, theta, w), members.pairs())
        if s is None or s.sigma <= 0:
            break
        z = s.sigma * scale.ts
        needed, _ = scale.best(s, *wide, rounds=1)
        larger = float(needed.max()) / z
        value = s.heads(program.coefficients) + larger * (program.rank * s.sigma + (n * s.tau if s.tau else 0.0))
        if best is None or value < best[0]:
            best = value, s, members.all
        if value < s.value * (1 + CLOSE) and abs(s.value - before) < CLOSE * s.value:
            break
        if before < np.inf and s.value >= size:
            break
        before = s.value
        at = np.nonzero(peaks(needed) & (needed > z / 2))
        more = wide[0][at], wide[1][at]
        old, _ = scale.best(s, u, theta)
        kept = old >= min(z / 10, np.sort(old)[-min(FEWEST, len(old))])
        u, theta = np.concatenate([u[kept], more[0]]), np.concatenate([theta[kept], more[1]])
        u, theta = np.unique(np.stack([u, theta]), axis=1)
        w = scale.w_of(scale.best(s, u, theta)[1], theta)
        members.refine(s)
    if best is None or best[0] >= size:
        return None
    drafted = _rounded(problem, exact, scale, best[1], best[2], least)
    if drafted is None or drafted.value(problem) >= frontier:
        return None
    try:
        prove(RowFunction.of(problem, exact, drafted), exact)
    except CertificationError:
        return None
    return drafted


def _first_rows(scale: Scale, least: float) -> tuple[Array, Array, Array]:
    """Few rows: u by factors of 2 near the balance and of 4 beyond it, θ = 1 and near 1/3, e = 0.6 min(b/ℓ, 3κ_2²/(κ_4 t))."""
    top = 1 / scale.ts
    u = [0.0 if least == LEAST_INFINITE else least, *octaves(min(0.25, top / 4), min(top, 64.0), 1)]
    while u[-1] < top:
        u.append(min(4 * u[-1], top))
    one = np.array(u)
    theta = np.concatenate([np.ones(len(one)), np.maximum(0.3, np.minimum(scale.ts * one, 1))])
    w = 0.6 * np.minimum(np.minimum(2.5 * scale.h * theta, 1.0), np.sqrt(scale.h / 0.6))
    return np.concatenate([one, one]), theta, w


def _rounded(
    problem: Problem, exact: RowScale, scale: Scale, s: Solution, members: list[list[Member]], least: float
) -> CoupledChoice | None:
    """Short rational parameters next to a solution's, and z for them."""
    lam, v = rational(s.multiplier[0], DIGITS), rational(s.multiplier[1], DIGITS)
    mixed, moved = [], []
    for row, weights, part in zip(members, s.weights, s.moved, strict=True):
        kept = [rational(w, DIGITS) if w > NEGLIGIBLE else fmpq(0) for w in weights.tolist()]
        largest = kept.index(max(kept))
        kept[largest] += 1 - sum(kept, fmpq(0))
        mixed.append(mixture(row, kept))
        moved.append(min(rational(part, DIGITS), mixed[-1].x) if part > NEGLIGIBLE else fmpq(0))
    nothing = fmpq(0)
    multipliers = lam * exact.fourth, v * exact.fourth * exact.root
    draft = CoupledChoice(*multipliers, mixed[0], mixed[1], (moved[0], moved[1]), nothing, nothing)
    pairs = [draft.pair(problem, order) for order in (3, 2)]
    if pairs[0][1] <= 0:
        draft = replace(draft, lambda_=fmpq(0))
    if pairs[1][1] <= 0:
        draft = replace(draft, nu=fmpq(0))
    price = rational(s.tau / s.sigma, DIGITS) if s.tau > PRICE * s.sigma else fmpq(0)
    final = replace(
        s,
        multiplier=[as_float(lam), as_float(v)],
        x=[as_float(x) for x, _ in pairs],
        tau=as_float(price) * s.sigma,
    )
    z = rational(scale.largest(final, least) * (1 + ROOM), DIGITS) * exact.unit / exact.ts
    return replace(draft, z=z, alone=price * z)
