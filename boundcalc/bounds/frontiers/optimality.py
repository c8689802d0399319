r"""Solves the conditions of optimality of the programs of U9 and U11 for m = 3 by Newton's method, in floating point: no proof.

A program has finitely many row points, nodes and members; what lies between them takes round after round. Here they move: with

    L = sum nu^2/(c y) + r sigma + n tau + sum_j omega_j [N^2/E - sigma l - tau o](p_j) - sum_i pi_i [s u_i^k - h(u_i)],

every derivative is 0: in nu, v, s, the coefficients of h or the weights and contacts of known members, in sigma, tau, omega and
pi, in the coordinates p of the rows (also those that are ours to choose) and the nodes u. The gradient is written out below;
differences along imaginary steps give its Jacobian. Unknowns at a bound stay there. Where a multiplier comes out negative there is
no answer, and the rounds go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from boundcalc.bounds.frontiers.row_program import Array
from boundcalc.numbers.linear_systems import least_squares, norm, products, solution
from boundcalc.numbers.weighted_sums import shortened, whole_power

STEPS, HALVINGS = 9, 3
CLOSE = 1e-7
"""A step of this part of the unknowns' sizes is the last: the next would be its square."""
NEGLIGIBLE = 1e-6
"""The multiplier of a contact, as a part of its equation, below which it is none."""
_IMAGINARY = 1e-40


@dataclass(frozen=True)
class RowTerms:
    """What a row's condition N² ≤ (σ l + τ o) E is made of, N = gain − Σ ν b and E = base + Σ [e x + k (1 − s)].

    Attributes
    ----------
    gain, base, leverage, alone : shape (…, rows, batch)
        Of the row, and with one more axis in front their derivatives in each coordinate.
    multiplier, energy, kept : lists of the same, one for each order
        b, e and k.
    """

    gain: Array
    base: Array
    leverage: Array
    alone: Array
    multiplier: list[Array]
    energy: list[Array]
    kept: list[Array]


class RowModel(Protocol):
    """The row function of a problem."""

    def at(self, coordinates: Array) -> tuple[RowTerms, RowTerms]:
        """The terms and their derivatives for coordinates of shape (coordinates, rows, batch)."""


@dataclass
class Part:
    """The unknowns of one order.

    Attributes
    ----------
    weight : float
        c.
    order, d, pure : int, int, float
        k, d, and y = 1/τ_k of h = u^k.
    kinds : tuple of str, or None
        The kinds of known members; ``None`` where h has free coefficients.
    basis : shape (coefficients, degree + 1)
        P_{2j} as polynomials in u, one for each coefficient.
    linear, size, free : arrays
        Weights or coefficients, their sizes, and which of them are unknown; the others are 0.
    points, moving : arrays
        Contacts v or nodes u, and which of them move.
    multipliers : array
        π of each node, or the multiplier of Σ weights = 1.
    nu, moved, share : float
        ν, v and s; 0 stays 0.
    loose : bool
        Whether s is unknown.
    """

    weight: float
    order: int
    d: int
    pure: float
    kinds: tuple[str, ...] | None
    basis: Array
    linear: Array
    size: Array
    free: Array
    points: Array
    moving: Array
    multipliers: Array
    nu: float
    moved: float
    share: float
    loose: bool

    def powers(self, u: Array) -> tuple[Array, Array]:
        """P_{2j}(u) and their slopes, shape (coefficients, nodes, batch)."""
        degree = self.basis.shape[1] - 1
        up = [np.ones_like(u)]
        for _ in range(degree):
            up.append(up[-1] * u)
        all_powers = np.array(up)
        slopes = products(self.basis[:, 1:] * np.arange(1, degree + 1), all_powers[:-1])
        return products(self.basis, all_powers), slopes

    def known(self, v: Array) -> tuple[Array, Array, Array, Array]:
        """x, y and their slopes in v of the known members, shape (members, batch)."""
        x, y, x_slope, y_slope = (np.zeros_like(v) for _ in range(4))
        k, d = self.order, self.d
        for i, kind in enumerate(self.kinds or ()):
            t = v[i]
            if kind == "none":
                x[i] = 1
            elif kind == "power":
                y[i] = self.pure
            elif kind == "tangent":
                least = whole_power(t, k - 2)
                steep, below, above = k * (k - 1) * least, k * (least * t), (k - 1) * (least * t * t)
                x[i], x_slope[i] = 1 - below + above, steep * (t - 1)
                y[i], y_slope[i] = below / d - above, steep * (1 / d - t)
            else:
                x[i], x_slope[i] = (1 - t) ** 2, 2 * (t - 1)
                y[i], y_slope[i] = 6 * t / (d * (d + 2)) - t * t / d, 6 / (d * (d + 2)) - 2 * t / d
        return x, y, x_slope, y_slope


@dataclass(frozen=True)
class Slopes:
    """Derivatives of L: in all coefficients or weights, at an optimum none is negative; in x, y and s; what each weight adds."""

    linear: Array
    x: float
    y: float
    share: float
    bound: float


class System:
    """The conditions of optimality for n features and these parts, rows and prices.

    Parameters
    ----------
    rank, n : float
        r and n, or infinity.
    model : RowModel
        The row function.
    rows, inside : shape (coordinates, rows)
        The rows' coordinates, and which of them move.
    sigma, tau : float
        τ = 0 stays 0.
    """

    def __init__(
        self, rank: float, n: float, model: RowModel, parts: list[Part], rows: Array, inside: Array, sigma: float, tau: float
    ) -> None:
        self.rank, self.n, self.model, self.parts = rank, n, model, parts
        self.rows, self.inside, self.sigma, self.tau = rows, inside, sigma, tau
        self.omega = np.zeros(rows.shape[1])
        self._place()

    def _place(self) -> None:
        """Where each unknown stands."""
        self.at: dict[Any, slice] = {}
        self.size = 0
        for k, part in enumerate(self.parts):
            lengths = (part.nu > 0, part.moved > 0, part.loose and part.kinds is None, part.free.sum())
            for name, length in zip(("nu", "moved", "share", "linear"), lengths, strict=True):
                self._add((name, k), int(length))
            self._add(("points", k), int(part.moving.sum()))
            self._add(("multipliers", k), len(part.multipliers))
        for name, length in (("sigma", 1), ("tau", self.tau > 0), ("rows", self.inside.sum()), ("omega", self.rows.shape[1])):
            self._add(name, int(length))

    def _add(self, name: Any, length: int) -> None:
        self.at[name] = slice(self.size, self.size + length)
        self.size += length

    def _filled(self, value: Any) -> Array:
        """An array of all unknowns from a function of their names."""
        found = np.zeros(self.size)
        for name, place in self.at.items():
            if place.stop > place.start:
                found[place] = value(*(name if isinstance(name, tuple) else (name, -1)))
        return found

    def start(self) -> Array:
        """The unknowns as they are."""

        def value(name: str, k: int) -> Any:
            if k < 0:
                return self.rows[self.inside] if name == "rows" else getattr(self, name)
            part = self.parts[k]
            masks = {"points": part.moving, "linear": part.free}
            return getattr(part, name)[masks[name]] if name in masks else getattr(part, name)

        return self._filled(value)

    def sizes(self, start: Array) -> Array:
        """Their natural sizes."""

        def value(name: str, k: int) -> Any:
            if name == "linear":
                return self.parts[k].size[self.parts[k].free]
            if name == "points":
                return np.maximum(start[self.at[name, k]], 0.1 / self.parts[k].d)
            if name in ("moved", "share"):
                return np.maximum(start[self.at[name, k]], 1e-6)
            return np.maximum(np.abs(start[self.at[name if k < 0 else (name, k)]]), 1e-30)

        return self._filled(value)

    def gradient(self, z: Array) -> Array:
        """The gradient of L, for unknowns of shape (unknowns, batch)."""
        return self._gradient(z)[0]

    @property
    def used(self) -> float:
        """Σ ω o, at most n."""
        return float((self.omega * self.model.at(self.rows[:, :, None])[0].alone[:, 0]).sum())

    def slopes(self) -> list[Slopes]:
        """The derivatives of L for each order."""
        found = self._gradient(self.start()[:, None])[1]
        return [Slopes(linear[:, 0], *(float(value[0]) for value in others)) for linear, *others in found]

    def _gradient(self, z: Array) -> tuple[Array, list[tuple[Array, ...]]]:
        out, batch, slopes_of = np.zeros_like(z), z.shape[1], []
        omega = z[self.at["omega"]]
        rows = np.repeat(self.rows[:, :, None].astype(z.dtype), batch, axis=2)
        rows[self.inside] = z[self.at["rows"]]
        sigma, tau = z[self.at["sigma"]], z[self.at["tau"]] if self.tau > 0 else np.zeros((1, batch))
        terms, steep = self.model.at(rows)
        inner, inner_slope, energy, energy_slope = terms.gain, steep.gain, terms.base, steep.base
        states = []
        for k, part in enumerate(self.parts):
            nu, moved, share = (
                z[self.at[name, k]] if self.at[name, k].stop > self.at[name, k].start else np.full((1, batch), getattr(part, name))
                for name in ("nu", "moved", "share")
            )
            linear = np.zeros((len(part.linear), batch), dtype=z.dtype)
            linear[part.free] = z[self.at["linear", k]]
            points = np.repeat(part.points[:, None].astype(z.dtype), batch, axis=1)
            points[part.moving] = z[self.at["points", k]]
            table: Any
            if part.kinds is None:
                x, y = share - linear.sum(axis=0) - moved, linear[:1] + moved / self.n
                table = part.powers(points)
            else:
                table = part.known(points)
                x, y = (linear * table[0]).sum(axis=0) - moved, (linear * table[1]).sum(axis=0) + moved / self.n
                share = linear.sum(axis=0, keepdims=True) if part.loose else share
            inner, inner_slope = inner - nu * terms.multiplier[k], inner_slope - nu * steep.multiplier[k]
            energy = energy + x * terms.energy[k] + (1 - share) * terms.kept[k]
            energy_slope = energy_slope + x * steep.energy[k] + (1 - share) * steep.kept[k]
            states.append((nu, share, linear, points, z[self.at["multipliers", k]], table, y))
        quotient = inner / energy
        out[self.at["omega"]] = quotient * inner - sigma * terms.leverage - tau * terms.alone
        slope = quotient * (2 * inner_slope - quotient * energy_slope) - sigma * steep.leverage - tau * steep.alone
        out[self.at["rows"]] = (omega * slope)[self.inside]
        out[self.at["sigma"]] = self.rank - (omega * terms.leverage).sum(axis=0)
        if self.tau > 0:
            out[self.at["tau"]] = self.n - (omega * terms.alone).sum(axis=0)
        push = omega * quotient * quotient
        for k, (part, (nu, share, linear, points, multipliers, table, y)) in enumerate(zip(self.parts, states, strict=True)):
            of_x, of_share = -(push * terms.energy[k]).sum(axis=0), (push * terms.kept[k]).sum(axis=0)
            of_y = np.zeros(batch)
            if part.nu > 0:
                of_y = -((nu / y) ** 2)[0] / part.weight
                out[self.at["nu", k]] = 2 * nu / (part.weight * y) - 2 * (omega * quotient * terms.multiplier[k]).sum(axis=0)
            if part.moved > 0:
                out[self.at["moved", k]] = of_y / self.n - of_x
            if part.kinds is None:
                values, slopes = table
                below = whole_power(points, part.order - 1)
                power = below * points
                h, h_slope = (linear[:, None] * values).sum(axis=0), (linear[:, None] * slopes).sum(axis=0)
                out[self.at["multipliers", k]] = h - share * power
                turned = multipliers * (h_slope - share * part.order * below)
                out[self.at["points", k]] = turned[part.moving]
                found = (multipliers * values).sum(axis=1) - of_x
                found[0] += of_y
                bound = of_share
                of_share = of_x + of_share - (multipliers * power).sum(axis=0)
                if part.loose:
                    out[self.at["share", k]] = of_share
            else:
                x, y_known, x_slope, y_slope = table
                bound = of_share if part.loose else multipliers[0]
                of_share = of_share - bound
                found = of_x * x + of_y * y_known + bound
                out[self.at["points", k]] = (linear * (of_x * x_slope + of_y * y_slope))[part.moving]
                if not part.loose:
                    out[self.at["multipliers", k]] = linear.sum(axis=0) - part.share
            out[self.at["linear", k]] = found[part.free]
            slopes_of.append((found, of_x, of_y, of_share, bound))
        return out, slopes_of

    def multiply(self) -> bool:
        """Sets the multipliers by least squares and drops contacts whose own is not positive; whether rows are left."""
        while self.rows.shape[1]:
            self._place()
            start = self.start()
            sizes, every = self.sizes(start), np.arange(self.size)
            names = [("multipliers", k) for k in range(len(self.parts))]
            multipliers = np.concatenate([every[self.at[name]] for name in names] + [every[self.at["omega"]]])
            moving = np.concatenate([every[self.at["points", k]] for k in range(len(self.parts))] + [every[self.at["rows"]]])
            equations = np.setdiff1d(every, np.concatenate([multipliers, moving]))
            leverage = self.model.at(self.rows[:, :, None])[0].leverage[:, 0]
            unit = np.concatenate([np.ones(len(multipliers) - len(leverage)), self.rank / leverage])
            batch = np.repeat(start[:, None], len(multipliers) + 1, axis=1)
            batch[multipliers] = 0.0
            batch[multipliers, 1 + np.arange(len(multipliers))] = unit
            found = self.gradient(batch)[equations] * sizes[equations][:, None]
            if not np.isfinite(found).all():
                return False
            matrix = found[:, 1:] - found[:, :1]
            scale = np.maximum(np.abs(matrix).max(axis=0), 1e-300)
            values = least_squares(matrix / scale, -found[:, 0], 1e-13)
            least = NEGLIGIBLE * max(float(np.abs(values).max()), 1e-300)
            solved, values, first = values, values / scale * unit, 0
            dropped = False
            for part in self.parts:
                mine = slice(first, first + len(part.multipliers))
                first = mine.stop
                part.multipliers = values[mine]
                if part.kinds is None:
                    kept = _kept(solved[mine], least)
                    dropped |= not kept.all()
                    part.points, part.moving, part.multipliers = part.points[kept], part.moving[kept], part.multipliers[kept]
            kept = _kept(solved[first:], least)
            self.omega = values[first:][kept]
            if kept.all() and not dropped:
                return True
            self.rows, self.inside = self.rows[:, kept], self.inside[:, kept]
        return False

    def take(self, z: Array) -> bool:
        """Sets the unknowns; whether none is on the wrong side of its bound."""
        for name, place in self.at.items():
            if place.stop == place.start:
                continue
            if isinstance(name, str):
                value: Any = z[place] if name in ("rows", "omega") else float(z[place][0])
                if name == "rows":
                    self.rows[self.inside] = value
                else:
                    setattr(self, name, value)
                continue
            what, part = name[0], self.parts[name[1]]
            if what == "points":
                part.points[part.moving] = z[place]
            elif what == "linear":
                part.linear[part.free] = z[place]
            else:
                setattr(part, what, z[place] if what == "multipliers" else float(z[place][0]))
        signed = [self.omega, np.array([self.tau])]
        for part in self.parts:
            signed += [part.linear[part.kinds is None :], part.points, np.array([part.nu, part.moved, 1 - part.share])]
            signed += [part.multipliers] if part.kinds is None else []
        return all((values >= 0).all() for values in signed)

    def solve(self) -> Array | None:
        """The unknowns where the gradient vanishes; ``None`` where Newton's method does not arrive."""
        z = self.start()
        sizes, every = self.sizes(z), np.arange(self.size)
        for _ in range(STEPS):
            batch = np.repeat(z[:, None].astype(complex), self.size + 1, axis=1)
            batch[every, every] += 1j * _IMAGINARY * sizes
            found = self.gradient(batch)
            # last bits of complex products differ between processors; Newton's method needs less than half of the bits
            jacobian = shortened(found[:, :-1].imag / _IMAGINARY * sizes[:, None], 32)
            scale = np.maximum(np.abs(jacobian).max(axis=1), 1e-300)
            step = solution(jacobian / scale[:, None], -found[:, -1].real * sizes / scale)
            longest = np.inf if step is None else float(np.abs(step).max())
            if step is None or not np.isfinite(longest):
                return None
            if longest < CLOSE:
                return z + step * sizes
            error, part = norm(found[:, -1].real * sizes), 1 / max(1.0, longest)
            for _ in range(HALVINGS):
                tried = z + part * step * sizes
                after = norm(self.gradient(tried[:, None])[:, 0] * sizes)
                if after < error:
                    break
                part /= 2
            else:
                return None
            z = tried
        return None


def _kept(values: Array, least: float) -> Array:
    """All but the most negative ones, and those that are next to nothing."""
    lowest = float(values.min()) if len(values) else 0.0
    return values > (min(0.3 * lowest, least) if lowest < 0 else least)
