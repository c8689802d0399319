"""Computes integrals over a feature's own value: its transforms, and its loss where it alone is active; with error bounds.

On the line Re s = σ, for z = a s: ψ(z) = ∫₀¹ e^{zu} du and χ(z) = ∫₀¹ u e^{zu} du = (e^z − ψ(z))/z.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from boundcalc.loss.relu.exponentials import SERIES_ERROR, UNIT, exponential, first_moment_series, growth, series, turns
from boundcalc.loss.relu.nodes import Nodes


@dataclass(frozen=True)
class SelfTransforms:
    """ψ(a s) and χ(a s) at nodes, bounds on their sizes and on their errors; each of shape (nodes,)."""

    psi: np.ndarray
    chi: np.ndarray
    psi_size: np.ndarray
    chi_size: np.ndarray
    psi_error: np.ndarray
    chi_error: np.ndarray


def self_transforms(a: float, at: Nodes) -> SelfTransforms:
    """The transforms; for a = 0 they are 1 and 1/2."""
    shape = at.points.shape
    psi, chi = np.ones(shape, complex), np.full(shape, 0.5, complex)
    psi_size, chi_size = self_sizes(a, at.size * (1 - 8 * UNIT), at.nu)
    psi_error, chi_error = np.zeros(shape), np.zeros(shape)
    short = int(at.before(np.array([abs(a)]))[0]) if a else at.count
    if a:
        z = a * at.points[:short]
        psi[:short], chi[:short] = series(z), first_moment_series(z)
        psi_error[:short] = chi_error[:short] = SERIES_ERROR
    if short < at.count:
        k = np.arange(at.first + short, at.first + at.count, dtype=np.float64)
        top = float(exponential(np.array(2 * (a * at.nu))))
        e_z = turns((a * at.nu) * k) * top
        inverse = at.inverse[short:] * (1 / a)
        psi[short:] = (e_z - 1) * inverse
        chi[short:] = (e_z - psi[short:]) * inverse
        size = abs(a) * at.size[short:]
        e_error = top * (16 + 3 * size) * UNIT  # 5u on the circle, 8u of e^{aσ}, a product, phases
        psi_error[short:] = e_error * 1.01 / size + 16 * UNIT * psi_size[short:]
        chi_error[short:] = (e_error + psi_error[short:] + UNIT * (top + psi_size[short:])) * 1.01 / size + 16 * UNIT * chi_size[
            short:
        ]
    return SelfTransforms(psi, chi, psi_size, chi_size, psi_error, chi_error)


def self_sizes(a: float, r: np.ndarray, nu: float) -> tuple[np.ndarray, np.ndarray]:
    """Upper bounds on |ψ(a s)| and |χ(a s)| for |s| ≥ r, by parts: (1 + e^{a₊σ})/|a s| and 2e^{a₊σ}/|a s|, or their values at σ."""
    top = float(exponential(np.array(2 * nu * max(a, 0.0)))) * (1 + 64 * UNIT)
    whole = float(growth(np.array(2 * nu * a)))
    if a == 0:
        return np.ones_like(r), np.full_like(r, 0.5)
    wide = 1 + 16 * UNIT
    return np.minimum((1 + top) / abs(a) / r * wide, whole), np.minimum(2 * top / abs(a) / r * wide, top / 2)


def alone_squares(t: np.ndarray, b: float) -> tuple[np.ndarray, np.ndarray]:
    """E (t u + b)_+², u uniform on [0, 1], for t ≠ 0; and bounds on the errors."""
    end = t + b
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        if b >= 0:
            value = np.where(end >= 0, b * b + b * t + t * t / 3, -(b**3) / (3 * t))
            size = np.where(end >= 0, b * b + np.abs(b * t) + t * t / 3, np.abs(value))
        else:
            value = np.where(end > 0, np.maximum(end, 0) ** 3 / (3 * t), 0.0)
            size = np.abs(value)
    return value, 12 * UNIT * size


def alone_loss(a: float, b: float) -> tuple[float, float]:
    """E (u − (a u + b)_+)², u uniform on [0, 1], and a bound on the error: sums of squares, so that small values keep their digits.

    Outside of [l, r], where a u + b > 0, the integrand is u², inside ((1 − a)u − b)²; they agree at l and r, so the roundings
    of these count to second order.
    """
    left, right = 0.0, 1.0
    if a > 0:
        left = min(max(-b / a, 0.0), 1.0)
    elif a < 0:
        right = min(max(-b / a, 0.0), 1.0)
    elif b <= 0:
        right = 0.0
    slope, width = 1 - a, right - left
    middle = slope * ((left + right) / 2) - b
    wrong = 4 * UNIT * (abs(slope) * (left + right) / 2 + abs(b))
    outside = left**3 / 3 + (1 - right**3) / 3
    inside = width * (middle * middle + (slope * width) ** 2 / 12)
    lost = 4 * UNIT if right < 1 else 0.0
    second_order = 64 * UNIT**2 * (1 + abs(a)) if left > 0 or right < 1 else 0.0
    return outside + inside, width * (2 * abs(middle) * wrong + wrong**2) + 16 * UNIT * (outside + inside) + lost + second_order
