"""Computes rows of the loss and their derivatives in float64, many rows at once: the trapezoid rule without its bounds.

The value is that of :mod:`boundcalc.loss.relu.row`, the derivatives those of its terms for a fixed period. For the other features
∂D/∂y_j = (1 + D)/(1 + y_j), ∂R/∂y_j = (D − y_j)/(1 + y_j), and ∂y_j/∂A_j = (p_j/q_j)(e^{A_j s} − ψ(A_j s))/A_j.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np

from boundcalc.loss.relu.row import ALIAS

_SMALL = 0.05
_TERMS = 8
"""Terms of the series at |z| ≤ 1/20: the rest is below 10^−15."""


@dataclass(frozen=True)
class SomeRows:
    """Some rows of a network of features on [0, 1].

    Attributes
    ----------
    A : shape (r, n)
        Their entries, their own included.
    own : integers, shape (r,)
        The number of each row's feature.
    b, nu : shape (r,)
        Biases; and σ = 2ν of each row.
    p, q : shape (n,)
        Activities of all features, below 1, and 1 − p.
    """

    A: np.ndarray
    own: np.ndarray
    b: np.ndarray
    nu: np.ndarray
    p: np.ndarray
    q: np.ndarray

    def evaluated(self, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Values, shape (r,), derivatives by the entries, (r, n), and by the biases, (r,), with ``count`` nodes."""
        rows = np.arange(len(self.b))
        a, p, q = self.A[rows, self.own], self.p[self.own], self.q[self.own]
        odds = np.broadcast_to(self.p / self.q, self.A.shape).copy()
        odds[rows, self.own] = 0
        silent = np.exp(np.log(self.q).sum() - np.log(q))
        value, by_entry, by_bias = self._removed(a, p, q, odds, silent)
        s = 2 * self.nu[:, None] * (1 + 1j * pi * np.arange(count))
        z = self.A[:, :, None] * s[:, None, :]
        psi, chi, e_z = _means(z)
        own = z[rows, self.own]
        own_psi, own_chi = psi[rows, self.own], chi[rows, self.own]
        second = _second_moment(own, own_chi, e_z[rows, self.own])
        y = odds[:, :, None] * psi
        plus = 1 + y
        product = plus.prod(1)
        D = product - 1
        R = D - y.sum(1)
        weight = 2 * self.nu[:, None] * silent[:, None] * np.where(np.arange(count) == 0, 1, 2)
        square = np.exp(self.b[:, None] * s) * weight / (s * s)
        cube = square / s
        P, Q = p[:, None], q[:, None]
        phi = cube * (Q * R + P * own_psi * D) - square * (P * own_chi * D)
        by_a = P * D * (cube * own_chi - square * second) * s
        by_R = cube * Q
        by_D = P * (cube * own_psi - square * own_chi)
        chi *= odds[:, :, None] * s[:, None, :]
        chi /= plus
        through = ((by_D * product + by_R * D)[:, None, :] * chi).real.sum(2) - (by_R[:, None, :] * chi * y).real.sum(2)
        by_entry += through
        by_entry[rows, self.own] += by_a.real.sum(1)
        return value + phi.real.sum(1), by_entry, by_bias + (phi * s).real.sum(1)

    def _removed(
        self, a: np.ndarray, p: np.ndarray, q: np.ndarray, odds: np.ndarray, silent: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What the sum leaves out: the polynomials of the whole law, and states of at most one active feature with theirs."""
        A, b, T = self.A, self.b, 1 / self.nu
        c0, c1, c2 = ALIAS
        B = b[:, None]
        spread, own_spread = self.p / 3 - self.p**2 / 4, p / 3 - p * p / 4
        mean = b + A @ self.p / 2
        both = p * a / 3 + p / 2 * (mean - p * a / 2)
        alias = c0 * (mean**2 + (A * A) @ spread - 2 * both) + T * c1 * (2 * mean - p) + T * T * c2
        none, one, alone = silent * q, (silent * q)[:, None] * odds, silent * p
        up = np.maximum(b, 0)
        squares, linear, first = _truncated(A, B)
        shift = (2 * T * c1)[:, None]
        value = p / 3 - alias + none * (up**2 + c0 * b * b + 2 * T * c1 * b + T * T * c2)
        tail = (T * T * c2)[:, None]
        value += (one * (squares + c0 * (A * A / 3 + A * B + B * B) + shift * (A / 2 + B) + tail)).sum(1)
        own_squares, own_linear, own_first = _truncated(a, b)
        value += alone * (own_squares + c0 * (a * a / 3 + a * b + b * b) + 2 * T * c1 * (a / 2 + b) + T * T * c2)
        value -= 2 * alone * (own_first + c0 * (a / 3 + b / 2) + c1 * T / 2)
        low, high = _active_part(a, b)
        by_bias = -(c0 * (2 * mean - p) + 2 * T * c1) + none * (2 * up + 2 * c0 * b + 2 * T * c1)
        by_bias += (one * (2 * linear + 2 * c0 * (A / 2 + B) + shift)).sum(1)
        by_bias += alone * (2 * own_linear + 2 * c0 * (a / 2 + b) + 2 * T * c1 - (high**2 - low**2) - c0)
        own_part = (p / 2)[:, None] * self.p
        by_entry = -(c0 * (mean[:, None] * self.p + 2 * spread * A - own_part) + shift / 2 * self.p)
        by_entry += one * (2 * first + 2 * c0 * (A / 3 + B / 2) + shift / 2)
        by_a = -(c0 * (mean * p + 2 * own_spread * a - 2 * p / 3) + T * c1 * p)
        by_a += alone * (2 * own_first + 2 * c0 * (a / 3 + b / 2) + T * c1 - 2 * (high**3 - low**3) / 3 - 2 * c0 / 3)
        by_entry[np.arange(len(b)), self.own] = by_a
        return value, by_entry, by_bias


def _means(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """∫ e^{zu} du, ∫ u e^{zu} du and e^z."""
    e_z = np.exp(z)
    small = np.abs(z) < _SMALL
    inverse = 1 / np.where(small, 1, z)
    psi = (e_z - 1) * inverse
    chi = (e_z - psi) * inverse
    near = z[small]
    psi[small], chi[small] = _series(near, 0), _series(near, 1)
    return psi, chi, e_z


def _second_moment(z: np.ndarray, chi: np.ndarray, e_z: np.ndarray) -> np.ndarray:
    """∫ u² e^{zu} du."""
    small = np.abs(z) < _SMALL
    found = (e_z - 2 * chi) / np.where(small, 1, z)
    found[small] = _series(z[small], 2)
    return found


def _series(z: np.ndarray, power: int) -> np.ndarray:
    """∫₀¹ u^power e^{zu} du for small |z|."""
    total, term = np.full(z.shape, 1 / (power + 1), complex), np.ones(z.shape, complex)
    for k in range(1, _TERMS):
        term = term * z / k
        total += term / (k + power + 1)
    return total


def _active_part(t: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The interval of [0, 1] where t u + b > 0."""
    cut = np.clip(-b / np.where(t == 0, 1, t), 0, 1)
    low, high = np.where(t > 0, cut, 0.0), np.where(t < 0, cut, 1.0)
    return low, np.where((t == 0) & (b <= 0), low, high)


def _truncated(t: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """E (t u + b)_+², E (t u + b)_+ and E u (t u + b)_+."""
    low, high = _active_part(t, b)
    first, second, third = high - low, (high**2 - low**2) / 2, (high**3 - low**3) / 3
    return t * t * third + 2 * t * b * second + b * b * first, t * second + b * first, t * third + b * second
