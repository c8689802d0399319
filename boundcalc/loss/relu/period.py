"""Chooses the period 1/ν of the trapezoid rule, and bounds what a period below the range of the pre-activation costs.

With Y in [−T, T], T = 1/ν, nothing is lost. Otherwise, for any θ > 2ν, as y² ≤ 4e^{θy}/(eθ)² and y ≤ e^{θy}/(eθ), the terms
beyond T add at most c(θ) E e^{θY} e^{2−θT}/(1 − e^{2−θT}) above and c(θ) E e^{−θY} e^{−2−θT}/(1 − e^{−2−θT}) below, c(θ) =
4/(eθ)² + 2/(eθ).
"""

from __future__ import annotations

from math import e, log

import numpy as np

from boundcalc.loss.relu.exponentials import LARGEST_EXPONENT, UNIT, exponential, growth
from boundcalc.loss.relu.nodes import eight_bits_below

_TRIED = 24
_LARGEST_STEP = 16.0
"""No entry may exceed this many periods: e^{Aσ} stays moderate."""


def choose_period(entries: np.ndarray, p: np.ndarray, b: float, target: float) -> tuple[float, float]:
    """ν and a bound on what its period costs, near ``target`` or below; for Y = b + Σ entries_j x_j, x_j in [0, 1] active with p_j.

    A bad choice would make the bound large, never wrong.
    """
    low, high = (-1.0, 1.0) * np.array(reach_of(entries, b))
    reach = max(high, low)
    theta = np.geomspace(3 / reach, 4000 / reach, _TRIED)
    sides = []
    for sign, bound in ((1.0, high), (-1.0, low)):
        x = sign * theta[:, None] * entries
        with np.errstate(all="ignore"):
            mean = np.where(np.abs(x) > 1e-6, np.expm1(x) / x, 1.0)
            logs = np.log1p(p * (mean - 1)).sum(1)
            periods = (logs + sign * theta * b + 2 + np.log(2 * _factor(theta)) - log(target)) / theta
            periods = np.maximum(periods, 3 / theta)  # the geometric series converge
        periods[(x.max(axis=1, initial=0) > LARGEST_EXPONENT / 2) | ~(logs < LARGEST_EXPONENT)] = np.inf
        best = int(np.argmin(np.where(np.isnan(periods), np.inf, periods)))
        sides.append((sign, bound, float(periods[best]), float(theta[best])))
    wanted = max(min(bound, period) for _, bound, period, _ in sides)
    wanted = max(wanted, float(np.abs(entries).max(initial=0)) / _LARGEST_STEP, reach / 4096)
    nu = eight_bits_below(1 / wanted * (1 - 8 * UNIT))
    return nu, sum(_beyond(entries, p, sign * b, sign, at, nu) for sign, bound, _, at in sides if bound * nu > 1)


def reach_of(entries: np.ndarray, b: float) -> tuple[float, float]:
    """A lower bound of the range of Y, and an upper one: equal signs say that the ReLU is linear, or zero."""
    below, above = float(np.maximum(-entries, 0).sum()), float(np.maximum(entries, 0).sum())
    wide = 4 * (len(entries) + 4) * UNIT
    return b - below - wide * below - 4 * UNIT * (abs(b) + below), b + above + wide * above + 4 * UNIT * (abs(b) + above)


def _factor(theta: np.ndarray) -> np.ndarray:
    return 4 / (e * theta) ** 2 + 2 / (e * theta)


def _beyond(entries: np.ndarray, p: np.ndarray, b: float, sign: float, theta: float, nu: float) -> float:
    """The bound for one side: b and the entries with its sign."""
    x = sign * theta * entries
    exponent = theta * b - theta / nu + 2 * sign
    if x.max(initial=0) > LARGEST_EXPONENT or exponent > LARGEST_EXPONENT:
        return float("inf")
    factors = 1 + p * (mean_growth(x) - 1)
    with np.errstate(over="ignore"):
        product = float(np.prod(factors)) * (1 + 8 * len(x) * UNIT)
    decay = float(exponential(np.array(max(exponent, -LARGEST_EXPONENT)))) * (1 + 8 * UNIT * (theta * abs(b) + theta / nu + 2))
    ratio = float(exponential(np.array(max(-theta / nu + 2 * sign, -LARGEST_EXPONENT)))) * (1 + 1e-9)
    if ratio >= 1:
        return float("inf")
    return float(_factor(np.array(theta))) * product * decay / (1 - ratio) * (1 + 1e-9)


def mean_growth(x: np.ndarray) -> np.ndarray:
    """An upper bound on ∫₀¹ e^{xu} du, x ≤ 700, within 100u of it for |x| ≥ 1/4, otherwise within one part in 5000."""
    clipped = np.maximum(x, -LARGEST_EXPONENT)
    with np.errstate(divide="ignore", invalid="ignore"):
        direct = (exponential(clipped) - 1) / clipped * (1 + 64 * UNIT)
    small = np.where(x > 0, growth(x), 1.0)
    return np.where(np.abs(x) >= 0.25, direct, small)
